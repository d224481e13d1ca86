"""What Tina edits follows the site's content model."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.content import Content
from platform_core.errors import ContentError
from platform_core.node import node
from platform_core.site import Aws, Site
from platform_plugin_tina import admin, cloud_files, schema

Settings = Callable[..., dict[str, Any]]
HERE = Path(__file__).parent


@pytest.fixture
def made(site: Site, settings: Settings, content: Content) -> dict[str, Any]:
    """What is made of the test's site."""
    return schema.build_spec(site, settings(), content)


@pytest.fixture(scope="module")
def judge() -> Callable[[list[Any]], list[str]]:
    """Give a function that has Tina's own checker judge schemas; an empty text is praise."""
    packages = admin.tina_packages()

    def run(schemas: list[Any]) -> list[str]:
        command = [str(node()), str(HERE / "validate.mjs"), str(packages)]
        done = subprocess.run(
            command, input=json.dumps(schemas), capture_output=True, text=True, timeout=120, check=True
        )
        found: list[str] = json.loads(done.stdout.splitlines()[-1])
        return found

    return run


def collection(spec: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in spec["config"]["schema"]["collections"] if item["name"] == name)
    return found


def field(spec: dict[str, Any], name: str, *, of: str = "posts") -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in collection(spec, of)["fields"] if item["name"] == name)
    return found


def test_each_type_has_its_field(made: dict[str, Any]) -> None:
    """Every type of the content model becomes the field that keeps its values."""
    kinds = {item["name"]: item["type"] for item in collection(made, "posts")["fields"]}
    assert kinds == {
        "title": "string",
        "date": "datetime",
        "description": "string",
        "image": "image",
        "tags": "string",
        "rating": "number",
        "mood": "string",
        "read_more": "string",
        "draft": "boolean",
        "body": "rich-text",
    }
    assert field(made, "tags")["list"] is True
    assert field(made, "mood")["options"] == ["good", "1e3", "yes"]
    assert field(made, "title")["isTitle"] is True
    assert field(made, "rating")["description"] == "1 to 5"


def test_the_text_is_read_as_markdown(made: dict[str, Any]) -> None:
    """The body is no MDX, which would refuse comments, shortcodes and braces."""
    assert field(made, "body")["parser"] == {"type": "markdown"}
    assert field(made, "body")["isBody"] is True


def test_the_source_variant_keeps_the_text_as_it_is(site: Site, settings: Settings, content: Content) -> None:
    """In the variant for markup of one's own, the body is text."""
    spec = schema.build_spec(site, settings(variant="react_based"), content)
    assert field(spec, "body")["type"] == "string"


def test_names_that_tina_refuses_are_kept_in_the_file(made: dict[str, Any]) -> None:
    """Dashes, slashes, spaces and GraphQL's own words get another name in the editor alone."""
    assert field(made, "read_more")["nameOverride"] == "read-more"
    assert collection(made, "docs_guides")["path"] == "content/docs/guides"
    assert field(made, "f_id", of="docs_guides")["nameOverride"] == "id"
    assert [item.get("nameOverride") for item in field(made, "options", of="products")["fields"]] == [None, "Bag size"]


def test_index_pages_and_sub_folders_are_left_out(made: dict[str, Any]) -> None:
    """Index pages belong to the engine, a sub-folder is a collection of its own."""
    assert collection(made, "posts")["match"] == {"include": "*", "exclude": "_*"}


def test_products_are_checked(made: dict[str, Any]) -> None:
    """What a shop could not sell is refused in the form; a new product has the shop's currency."""
    form = made["forms"]["products"]
    assert sorted(form["rules"]) == ["currency", "price", "sku", "stock", "weight"]
    assert form["defaults"]["currency"] == "CHF"
    assert field(made, "price", of="products")["type"] == "string"


def test_a_form_says_how_it_begins(made: dict[str, Any]) -> None:
    """Names of files, starting values and optional fields come from the model."""
    form = made["forms"]["posts"]
    assert form["slug"] == "{year}-{month}-{slug}"
    assert form["defaults"] == {"date": "{now}", "draft": False}
    assert "rating" in form["optional"]
    assert "title" not in form["optional"]


def test_without_a_shop_there_are_no_products(settings: Settings, content: Content) -> None:
    """A site that sells nothing has no product form."""
    for path in (content.root / "content" / "products").iterdir():
        path.unlink()
    (content.root / "content" / "products").rmdir()
    site = Site(client="acme", domain="acme.example", engine="hugo")
    spec = schema.build_spec(site, settings(), Content(content.root))
    assert [item["name"] for item in spec["config"]["schema"]["collections"]] == ["posts", "docs_guides"]


def test_without_a_model_each_folder_has_a_form(site: Site, settings: Settings, content: Content) -> None:
    """A site that was not made by a starter can be edited too."""
    (content.root / "content.toml").unlink()
    spec = schema.build_spec(site, settings(), Content(content.root))
    names = [item["name"] for item in spec["config"]["schema"]["collections"]]
    assert names == ["docs_guides", "posts", "products"]


def test_toml_front_matter_is_kept(site: Site, settings: Settings, content: Content) -> None:
    """A collection whose files begin with +++ is written so."""
    (content.root / "content" / "docs" / "guides" / "first.md").write_text('+++\ntitle = "First"\n+++\nHi.\n', "utf-8")
    found = collection(schema.build_spec(site, settings(), content), "docs_guides")
    assert (found["frontmatterFormat"], found["frontmatterDelimiters"]) == ("toml", "+++")


def test_history_is_for_teams(settings: Settings, content: Content) -> None:
    """The team's variant knows the repository; the others do not mention it."""
    site = Site(client="acme", domain="acme.example", engine="hugo", aws=Aws(repository="acme/website"))
    assert "history" not in schema.build_spec(site, settings(), content)
    spec = schema.build_spec(site, settings(variant="collaboration_focused", folder="sites/a"), content)
    assert spec["history"] == {"repository": "acme/website", "folder": "sites/a", "branch": "main"}


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ('{ name = "a", label = "A", type = "select" }', "no choices"),
        ('{ name = "a-b", label = "A" }, { name = "a_b", label = "B" }', "2 fields are called 'a_b'"),
    ],
)
def test_a_model_that_no_form_can_show_is_refused(
    site: Site, settings: Settings, content: Content, fields: str, word: str
) -> None:
    """Problems are told with the collection's name, before Tina starts."""
    text = f'[[collections]]\nname = "posts"\nlabel = "Posts"\nlabel_singular = "Post"\nfields = [{fields}]\n'
    (content.root / "content.toml").write_text(text, "utf-8")
    with pytest.raises(ContentError) as caught:
        schema.build_spec(site, settings(), Content(content.root))
    assert word in str(caught.value) + "".join(map(str, caught.value.problems))


def test_tina_accepts_the_schema(made: dict[str, Any], judge: Callable[[list[Any]], list[str]]) -> None:
    """Tina's own checker finds no fault, and finds one where there is one."""
    good = made["config"]["schema"]
    dashed = json.loads(json.dumps(good).replace('"read_more"', '"read-more"'))
    unknown = json.loads(json.dumps(good).replace('"type": "number"', '"type": "numeral"'))
    verdicts = judge([good, dashed, unknown])
    assert verdicts[0] == ""
    assert all(verdicts[1:])


def test_tina_accepts_every_starter(site: Site, settings: Settings, judge: Callable[[list[Any]], list[str]]) -> None:
    """The schema of each engine's starters passes Tina's own checker, in each variant."""
    roots = starters()
    schemas = [
        schema.build_spec(site, settings(variant=variant), Content(root))["config"]["schema"]
        for root in roots
        for variant in ("visual_editor", "react_based")
    ]
    assert len(roots) >= 3
    assert judge(schemas) == [""] * len(schemas)


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6, unique=True))
def test_any_name_becomes_a_legal_one(names: list[str]) -> None:
    """Whatever a field is called, its name in the editor is one that GraphQL takes."""
    for name in names:
        legal = schema._legal(name)
        assert legal.isascii()
        assert legal.replace("_", "a").isalnum()
        assert legal[0].isalpha()


def test_the_file_for_the_cloud_needs_no_packages(made: dict[str, Any], tmp_path: Path) -> None:
    """tina/config.js is a module of plain data that any Node can load."""
    (tmp_path / "config.mjs").write_text(cloud_files.render_config(made["config"]), "utf-8")
    script = "import(process.argv[1]).then((m) => console.log(JSON.stringify(m.default)))"
    command = [str(node()), "-e", script, str(tmp_path / "config.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == made["config"]


def starters() -> list[Path]:
    """Find the starters of the engines that are installed here."""
    engines = ("hugo", "eleventy", "astro", "gatsby", "nextjs", "nuxt", "jekyll")
    specs = [importlib.util.find_spec(f"platform_plugin_{engine}") for engine in engines]
    folders = [Path(spec.origin).parent / "starters" for spec in specs if spec and spec.origin]
    return sorted(path.parent for folder in folders for path in folder.glob("*/content.toml"))
