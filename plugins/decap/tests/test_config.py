"""The editor's configuration follows the site's content model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.errors import ContentError, SiteError
from platform_core.site import Aws, Site
from platform_plugin_decap import config

Settings = Callable[..., dict[str, Any]]
GITHUB = {"repository": "acme/website", "oauth_client_id": "Iv1.0123456789abcdef"}


@pytest.fixture
def made(site: Site, settings: Settings, content: Content, local: Stage) -> dict[str, Any]:
    """The configuration of `platform up`."""
    return config.build_config(site, settings(), content, local)


def collection(configuration: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in configuration["collections"] if item["name"] == name)


def field(configuration: dict[str, Any], name: str, *, of: str = "posts") -> dict[str, Any]:
    return next(item for item in collection(configuration, of)["fields"] if item["name"] == name)


def test_local_editing_goes_to_the_local_server(made: dict[str, Any]) -> None:
    """On this machine the editor talks to the local edge at a path of its own origin, and to nobody else."""
    assert made["backend"] == {"name": "proxy", "proxy_url": "/_local/decap/api/v1", "branch": "main"}


def test_deployed_editing_goes_to_github(site: Site, settings: Settings, content: Content, aws: Stage) -> None:
    """On AWS the editor writes to the repository and logs in at the site's own address."""
    made = config.build_config(site, settings(**GITHUB, branch="live"), content, aws)
    assert made["backend"] == {
        "name": "github",
        "repo": "acme/website",
        "branch": "live",
        "base_url": "https://www.acme.example",
        "auth_endpoint": "_platform/decap/auth",
        "auth_scope": "repo",
    }


def test_the_build_machines_repository_is_the_default(settings: Settings, content: Content, aws: Stage) -> None:
    """A repository in [aws] need not be named twice."""
    site = Site(client="acme", domain="acme.example", engine="hugo", aws=Aws(repository="acme/other"))
    made = config.build_config(site, settings(oauth_client_id=GITHUB["oauth_client_id"]), content, aws)
    assert made["backend"]["repo"] == "acme/other"


def test_what_is_missing_on_aws_is_named_at_once(site: Site, settings: Settings, content: Content, aws: Stage) -> None:
    """Without repository and client id nothing is deployed, and both are asked for."""
    with pytest.raises(SiteError) as caught:
        config.build_config(site, settings(), content, aws)
    assert [problem.where for problem in caught.value.problems] == [
        "site.toml [settings.decap] repository",
        "site.toml [settings.decap] oauth_client_id",
    ]
    assert "https://www.acme.example/_platform/decap/callback" in caught.value.problems[1].hint


def test_a_folder_of_the_repository(site: Site, settings: Settings, content: Content, aws: Stage, local: Stage) -> None:
    """In a repository of many sites GitHub's paths begin with the site's folder, and local ones do not."""
    chosen = settings(**GITHUB, folder="sites/acme")
    deployed, here = (config.build_config(site, chosen, content, stage) for stage in (aws, local))
    assert collection(deployed, "posts")["folder"] == "sites/acme/content/posts"
    assert deployed["media_folder"] == "sites/acme/static/media"
    assert (collection(here, "posts")["folder"], here["media_folder"]) == ("content/posts", "static/media")


def test_media_are_published_where_the_site_says(made: dict[str, Any]) -> None:
    """Uploads lie below static/media and answer at /media."""
    assert (made["media_folder"], made["public_folder"]) == ("static/media", "/media")


def test_a_collection_is_a_folder(made: dict[str, Any]) -> None:
    """Folder, format, file names and the address of an entry follow the model."""
    found = collection(made, "posts")
    assert (found["folder"], found["extension"], found["format"]) == ("content/posts", "md", "yaml-frontmatter")
    assert (found["slug"], found["preview_path"]) == ("{{year}}-{{month}}-{{slug}}", "posts/{{slug}}/")
    assert found["description"] == "What is new."


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("title", {"widget": "string", "required": True}),
        ("date", {"widget": "datetime", "default": "{{now}}", "format": "YYYY-MM-DDTHH:mm:ssZ"}),
        ("description", {"widget": "text", "required": False}),
        ("image", {"widget": "image", "choose_url": False}),
        ("tags", {"widget": "list"}),
        ("rating", {"widget": "number", "value_type": "float", "hint": "1 to 5"}),
        ("mood", {"widget": "select", "options": ["good", "1e3", "yes"]}),
        ("draft", {"widget": "boolean", "default": False}),
        ("body", {"widget": "markdown"}),
    ],
)
def test_each_type_has_its_widget(made: dict[str, Any], name: str, expected: dict[str, Any]) -> None:
    """Every type of the content model is mapped."""
    found = field(made, name)
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("git_cms_basic", (["rich_text", "raw"], True, "simple")),
        ("markdown_focused", (["raw", "rich_text"], True, "simple")),
        ("developer_friendly", (["raw"], False, "editorial_workflow")),
    ],
)
def test_the_variants_differ(
    request: pytest.FixtureRequest, settings: Settings, aws: Stage, variant: str, expected: tuple[Any, ...]
) -> None:
    """Each variant's summary is what its configuration does."""
    site, content = request.getfixturevalue("site"), request.getfixturevalue("content")
    made = config.build_config(site, settings(**GITHUB, variant=variant), content, aws)
    assert (field(made, "body")["modes"], made["editor"]["preview"], made["publish_mode"]) == expected


def test_the_publish_mode_can_be_chosen(site: Site, settings: Settings, content: Content, aws: Stage) -> None:
    """The setting wins over the variant."""
    made = config.build_config(site, settings(**GITHUB, publish_mode="editorial_workflow"), content, aws)
    assert made["publish_mode"] == "editorial_workflow"


def test_local_editing_has_no_pull_requests(site: Site, settings: Settings, content: Content, local: Stage) -> None:
    """The local server knows no editorial workflow, so it is not offered there."""
    made = config.build_config(site, settings(variant="developer_friendly"), content, local)
    assert made["publish_mode"] == "simple"


def test_products_can_be_edited_without_a_model(made: dict[str, Any]) -> None:
    """A site with a shop has the product form, with its checks and its own currency."""
    found = {item["name"]: item for item in collection(made, "products")["fields"]}
    assert list(found) == [
        "title", "sku", "price", "currency", "description", "image", "stock", "weight", "draft", "body", "options",
    ]  # fmt: skip
    assert found["price"]["widget"] == "string"
    assert found["currency"]["default"] == "CHF"
    assert [item["name"] for item in found["options"]["fields"]] == ["Grind"]


def test_a_model_of_products_keeps_its_words_and_gets_the_checks(
    site: Site, settings: Settings, content: Content, local: Stage
) -> None:
    """Labels and own fields come from the model; what a product must have is added."""
    (content.root / "content.toml").write_text(
        '[[collections]]\nname = "products"\nlabel = "Coffees"\nlabel_singular = "Coffee"\n'
        'fields = [{ name = "price", label = "Price in francs" }, { name = "origin", label = "Origin" }]\n'
    )
    made = config.build_config(site, settings(), Content(content.root), local)
    assert [item["name"] for item in collection(made, "products")["fields"]] == [
        "title", "sku", "currency", "price", "origin", "options",
    ]  # fmt: skip
    price = field(made, "price", of="products")
    assert (price["label"], "pattern" in price) == ("Price in francs", True)


def test_without_a_model_the_folders_are_offered(
    site: Site, settings: Settings, content: Content, local: Stage
) -> None:
    """A site that never wrote a content model can be edited all the same."""
    (content.root / "content.toml").unlink()
    (content.root / "content" / "field-notes").mkdir()
    (content.root / "content" / "field-notes" / "a.md").write_text("---\ntitle: A\n---\n")
    made = config.build_config(site, settings(), Content(content.root), local)
    assert [(item["name"], item["label"]) for item in made["collections"]] == [
        ("field-notes", "Field notes"),
        ("posts", "Posts"),
        ("products", "Products"),
    ]


def test_an_empty_site_can_be_edited(settings: Settings, tmp_path: Path, local: Stage) -> None:
    """The editor needs one collection: it can begin with posts."""
    site = Site(client="acme", domain="acme.example", engine="hugo")
    made = config.build_config(site, settings(), Content(tmp_path), local)
    assert [(item["name"], item["folder"]) for item in made["collections"]] == [("posts", "content/posts")]


def test_a_nested_collection_has_an_address(site: Site, settings: Settings, content: Content, local: Stage) -> None:
    """A slash in a collection's name stays in the folder and goes from the editor's addresses."""
    (content.root / "content.toml").write_text(
        '[[collections]]\nname = "docs/v1.2"\nlabel = "Docs"\nlabel_singular = "Page"\n'
        'fields = [{ name = "body", label = "Text", type = "markdown" }]\n'
    )
    found = collection(config.build_config(site, settings(), Content(content.root), local), "docs-v1.2")
    assert (found["folder"], found["preview_path"]) == ("content/docs/v1.2", "docs/v1.2/{{slug}}/")
    assert found["fields"][0]["name"] == "title"


def test_a_model_that_no_form_can_show_is_refused(
    site: Site, settings: Settings, content: Content, local: Stage
) -> None:
    """Unknown types, empty selections and doubled names are told at once, before the browser would."""
    (content.root / "content.toml").write_text(
        '[[collections]]\nname = "a"\nlabel = "A"\nlabel_singular = "A"\nfields = [\n'
        '{ name = "x", label = "X", type = "txt" }, { name = "y", label = "Y", type = "select" },\n'
        '{ name = "y", label = "Y" } ]\n'
    )
    with pytest.raises(ContentError) as caught:
        config.build_config(site, settings(), Content(content.root), local)
    text = str(caught.value)
    assert "Did you mean 'text'?" in text
    assert "no choices" in text
    assert "2 times" in text


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (("", "de-AT"), "de"),
        (("", "nb"), "nb_no"),
        (("", "zh-TW"), "zh_Hant"),
        (("", "zh"), "zh_Hans"),
        (("", "el"), "gr"),
        (("", "eo"), "en"),
        (("fr", "de"), "fr"),
    ],
)
def test_the_editors_language(
    settings: Settings, content: Content, local: Stage, languages: tuple[str, str], expected: str
) -> None:
    """The editor speaks the site's language when it can."""
    site = Site(client="acme", domain="acme.example", engine="hugo", locale=languages[1])
    assert config.build_config(site, settings(locale=languages[0]), content, local)["locale"] == expected


def test_fields_that_may_be_left_out(made: dict[str, Any]) -> None:
    """The page is told which fields disappear when they are emptied; the text is not among them."""
    assert config.optional_fields(made)["products"] == ["description", "image", "stock", "weight", "draft", "options"]


def test_the_file_reads_back(made: dict[str, Any]) -> None:
    """What is written is what was meant."""
    assert yaml.safe_load(config.render(made)) == made


@given(st.text(max_size=40))
def test_no_string_changes_its_meaning(text: str) -> None:
    """Only plain words stand without quotes, so YAML 1.1 and 1.2 read every string alike."""
    rendered = config.render({"key": text}).decode()
    value = rendered.splitlines()[1].removeprefix("key: ") if text else '""'
    assert yaml.safe_load(rendered) == {"key": text}
    assert (
        value.startswith(('"', "'"))
        or value.replace("-", "").replace("/", "").replace("_", "").replace(" ", "").isalnum()
    )
    assert not value[:1].isdigit()
