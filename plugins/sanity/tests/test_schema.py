"""The schema that is made from the content model is one for Sanity's own compiler."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Collection, Content, Field
from platform_core.errors import ContentError, SiteError
from platform_core.site import Site
from platform_plugin_sanity import schema
from platform_plugin_sanity.model import collections_of
from platform_plugin_sanity.naming import field_id, foreign_types, slugify, type_name

PLUGINS = Path(__file__).parents[2]
STUDIO = Path(schema.__file__).parent / "studio"
VALIDATE = """
import {pathToFileURL} from 'node:url'
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
const {validateSchema, groupProblems} = (await import('@sanity/schema/_internal'))
const [converter, file] = process.argv.slice(2)
const {toTypes} = await import(pathToFileURL(converter).href)
const problems = JSON.parse(readFileSync(file)).map((types) =>
  groupProblems(validateSchema(toTypes(types)).getTypes())
    .flatMap(({path, problems}) => problems.map(({severity, message}) => `${severity} ${path.map((item) => item.name).join('.')}: ${message}`)))
console.log(JSON.stringify(problems))
"""


@pytest.fixture
def validate(run_node: Callable[..., Any], tmp_path: Path) -> Callable[..., list[list[str]]]:
    """Give a function that returns what Sanity's own validator says of schemas."""

    def run(*schemas: list[dict[str, Any]]) -> list[list[str]]:
        file = tmp_path / "schemas.json"
        file.write_text(json.dumps(schemas), "utf-8")
        found: list[list[str]] = run_node(VALIDATE, str(STUDIO / "schema.js"), str(file))
        return found

    return run


def test_the_schema_of_every_starter_is_valid(site: Site, validate: Callable[..., list[list[str]]]) -> None:
    """Sanity's validator finds nothing in the schema of any starter's content model."""
    models = sorted(PLUGINS.glob("*/src/*/starters/*/content.toml"))
    assert len(models) > 10
    schemas = [schema.build_schema(collections_of(site, Content(path.parent))) for path in models]
    assert validate(*schemas) == [[] for _ in models]


def test_every_kind_of_field_is_valid(site: Site, content: Content, validate: Callable[..., list[list[str]]]) -> None:
    """So it is for a model with every kind of field, names that Sanity would refuse, and products."""
    kinds = ("string", "text", "markdown", "datetime", "boolean", "number", "image", "list", "select")
    fields = tuple(Field(f"my {kind}", kind, kind, choices=("a", "b")) for kind in kinds)
    odd = Collection("2026/über-uns", "Odd", "Odd", (Field("title", "Title"), *fields))
    assert validate(schema.build_schema([*collections_of(site, content), odd])) == [[]]


def test_the_validator_finds_what_is_wrong(validate: Callable[..., list[list[str]]]) -> None:
    """The check is not empty: an unknown type and a bad name are found."""
    fields = [{"name": "title", "type": "nothing"}, {"name": "no-dash", "type": "string"}]
    (problems,) = validate([{"name": "posts", "type": "document", "fields": fields}])
    assert any("nothing" in problem for problem in problems)
    assert any("no-dash" in problem for problem in problems)


def test_forms_have_the_words_of_the_model(site: Site, content: Content) -> None:
    """Labels, hints, choices and what is required come from content.toml; a slug is added after the title."""
    posts = schema.build_schema(collections_of(site, content))[0]
    fields = {field["name"]: field for field in posts["fields"]}
    assert list(fields)[:2] == ["title", "slug"]
    assert (posts["name"], posts["title"], posts["plural"]) == ("posts", "Post", "Posts")
    assert fields["rating"] | {"description": "1 to 5"} == fields["rating"]
    assert fields["mood"]["options"] == {"list": ["good", "bad"]}
    assert fields["title"]["rules"] == {"required": True}
    assert "rules" not in fields["seo_title"]


def test_money_is_text(site: Site, content: Content) -> None:
    """A price is a string with a pattern, whatever the model calls it, so that no digit is lost."""
    products = next(item for item in schema.build_schema(collections_of(site, content)) if item["name"] == "products")
    fields = {field["name"]: field for field in products["fields"]}
    assert fields["price"]["type"] == "string"
    assert fields["price"]["rules"]["pattern"]
    assert {"options", "variants", "prices"} <= fields.keys()


@pytest.mark.parametrize(
    ("names", "fields"),
    [(("docs/a", "docs_a"), ("title",)), (("posts",), ("title", "a-b", "a_b")), (("posts", "posts"), ("title",))],
)
def test_two_names_that_become_one_are_refused(
    site: Site, content: Content, names: tuple[str, ...], fields: tuple[str, ...]
) -> None:
    """Types and fields lead back to the model, so two of them can't share a name."""
    rows = ", ".join(f'{{ name = "{name}", label = "x" }}' for name in fields)
    model = "".join(
        f'[[collections]]\nname = "{name}"\nlabel = "x"\nlabel_singular = "x"\nfields = [{rows}]\n' for name in names
    )
    (content.root / "content.toml").write_text(model, "utf-8")
    with pytest.raises(ContentError):
        collections_of(site, Content(content.root))


@pytest.mark.parametrize(
    ("name", "legal"),
    [
        ("posts", "posts"),
        ("docs/start", "docs_start"),
        ("über-uns", "uber_uns"),
        ("2026", "x_2026"),
        ("image", "image_"),
        ("", "pages"),
    ],
)
def test_a_collection_has_a_legal_type(name: str, legal: str) -> None:
    """Names are letters, digits and underscores, and none of Sanity's own."""
    assert type_name(name) == legal
    assert field_id("seo-title") == "seo_title"


def test_a_mapping_is_checked(settings: Callable[..., dict[str, Any]]) -> None:
    """Rows of the setting types are a type and a collection, nothing else."""
    assert foreign_types(settings(types=("blogPost=posts", "page = pages/info"))) == {
        "blogPost": "posts",
        "page": "pages/info",
    }
    with pytest.raises(SiteError) as caught:
        foreign_types(settings(types=("blogPost", "a=../etc", "=posts")))
    assert str(caught.value).count("is not such as") == 3


@pytest.mark.parametrize(
    ("text", "slug"), [("Hello, World!", "hello-world"), ("  ", ""), ("Ünï / 日本", "ünï-日本"), ("../etc", "etc")]
)
def test_a_title_becomes_a_name(text: str, slug: str) -> None:
    """A slug is words with dashes between, and never leads elsewhere."""
    assert slugify(text) == slug
