"""Content types follow the content model, and Contentful's own programs take them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.errors import ContentError
from platform_plugin_contentful.migration import migration_script
from platform_plugin_contentful.model import MORE, ContentType, content_types
from platform_plugin_contentful.naming import field_id, slugify, type_id
from platform_plugin_contentful.transfer import import_file, main


def by_id(types: tuple[ContentType, ...], name: str) -> dict[str, dict[str, Any]]:
    """Return field id -> definition of one type."""
    (found,) = [item for item in types if item.id == name]
    return {one.id: {**one.definition, "widget": one.widget} for one in found.fields}


def put(content: Content, model: str) -> Content:
    """Give a site another content model."""
    (content.root / "content.toml").write_text(model, "utf-8")
    return Content(content.root)


def test_collections_become_types(content: Content) -> None:
    """Each collection has a type, and so have products and pages of the root."""
    types = content_types(content)
    assert [(item.id, item.collection) for item in types] == [
        ("posts", "posts"),
        ("docs_guides", "docs/guides"),
        ("products", "products"),
        ("pages", ""),
    ]


def test_each_type_of_field_has_its_own(content: Content) -> None:
    """A form in Contentful has the fields of the content model, an address, and one for the rest; drafts are its own."""
    fields = by_id(content_types(content), "posts")
    assert {name: (item["type"], item["widget"]) for name, item in fields.items()} == {
        "title": ("Symbol", "singleLine"),
        "slug": ("Symbol", "slugEditor"),
        "date": ("Date", "datePicker"),
        "description": ("Text", "multipleLine"),
        "image": ("Link", "assetLinkEditor"),
        "image_alt": ("Symbol", "singleLine"),
        "tags": ("Array", "tagEditor"),
        "rating": ("Number", "numberEditor"),
        "mood": ("Symbol", "dropdown"),
        "body": ("Text", "markdown"),
        "related": ("Array", "entryLinksEditor"),
        MORE: ("Object", "objectEditor"),
    }
    assert fields["mood"]["validations"] == [{"in": ["good", "1e3", "yes"]}]


def test_texts_can_be_translated(content: Content) -> None:
    """With several languages texts are localized, and what is true in each of them is not."""
    types = content_types(content, localized=True)
    localized = {name for name, item in by_id(types, "posts").items() if item["localized"]}
    assert localized == {"title", "slug", "description", "image_alt", "tags", "body", MORE}
    assert {name for name, item in by_id(types, "products").items() if item["localized"]} == {
        "title", "slug", "description", "body", MORE,
    }  # fmt: skip


def test_products_are_checked_in_the_form(content: Content) -> None:
    """An editor can't save a price that no shop takes."""
    fields = by_id(content_types(content), "products")
    assert (fields["price"]["type"], fields["stock"]["type"]) == ("Symbol", "Integer")
    assert all(fields[name]["required"] for name in ("title", "sku", "price", "currency"))
    assert fields["sku"]["validations"][0] == {"unique": True}


def collection(name: str, *fields: str) -> str:
    """Return a collection of a content model."""
    return f'[[collections]]\nname="{name}"\nlabel="A"\nlabel_singular="a"\nfields=[{",".join(fields)}]\n'


@pytest.mark.parametrize(
    ("model", "what"),
    [
        (collection("a/b") + collection("a b"), "2 collections would be"),
        (collection("a", '{name="x-y",label="X"}', '{name="x_y",label="Y"}'), "2 fields would be 'x_y'"),
        (collection("a", '{name="x",label="X",type="strin"}'), "Did you mean"),
        (collection("a", '{name="x",label="X",type="select"}'), "no choices"),
        (collection("a", '{name="1x",label="X"}'), "begins with a digit"),
        (collection("a", *(f'{{name="f{number}",label="F"}}' for number in range(49))), "at most 50"),
    ],
)
def test_what_contentful_can_not_have_is_told(content: Content, model: str, what: str) -> None:
    """A content model that a space would refuse is refused here, with its place."""
    with pytest.raises(ContentError) as caught:
        content_types(put(content, model))
    assert what in str(caught.value)


def test_names_are_legal() -> None:
    """Ids have the letters that Contentful takes, and addresses those of a file."""
    assert (type_id("docs/guides"), type_id(""), field_id("reading-time")) == ("docs_guides", "pages", "reading_time")
    assert [slugify(text) for text in ("Über uns!", " a--b ", "...", "日本 語", "It's")] == [
        "über-uns",
        "a-b",
        "",
        "日本-語",
        "its",
    ]


def test_contentfuls_migration_takes_the_script(content: Content, tmp_path: Path, vendor: Callable[..., Any]) -> None:
    """The vendor's own parser finds no fault, and would make the types that are meant."""
    script = tmp_path / "migration.js"
    types = content_types(content, localized=True)
    script.write_text(migration_script(types), "utf-8")
    found = vendor("migrate.cjs", str(script))
    assert found["errors"] == []
    made = {row["url"].rpartition("/")[2]: row["data"] for row in found["requests"] if row["url"].count("/") == 2}
    assert {name: [one["id"] for one in data["fields"]] for name, data in made.items()} == {
        item.id: [one.id for one in item.fields] for item in types
    }
    published = [row["url"] for row in found["requests"] if row["url"].endswith("/published")]
    assert len(published) == len(types)


def test_the_migration_can_be_run_again(content: Content, tmp_path: Path, vendor: Callable[..., Any]) -> None:
    """A space that has the types gets what is missing, keeps what its editors made of the rest, and loses nothing."""
    script = tmp_path / "migration.js"
    script.write_text(migration_script(content_types(content)), "utf-8")
    done = vendor("migrate.cjs", str(script))["requests"]
    there = [
        {
            "sys": {"id": row["url"].rpartition("/")[2], "type": "ContentType", "version": 2, "publishedVersion": 1},
            **row["data"],
        }
        for row in done
        if row["url"].count("/") == 2
    ]
    there[0]["fields"][0]["name"] = "Renamed by an editor"
    there[0]["fields"].append({"id": "own", "name": "Own", "type": "Symbol"})
    gone = there[1]["fields"].pop()
    found = vendor("migrate.cjs", str(script), json.dumps(there))
    assert found["errors"] == []
    made = {
        row["url"].rpartition("/")[2]: row["data"]["fields"] for row in found["requests"] if row["url"].count("/") == 2
    }
    assert made["posts"][0]["name"] == "Renamed by an editor"
    assert "own" in [one["id"] for one in made["posts"]]
    assert gone["id"] in [one["id"] for one in made["docs_guides"]]


def test_contentfuls_import_takes_the_file(content: Content, tmp_path: Path, vendor: Callable[..., Any]) -> None:
    """The vendor's program finds no fault in the file, and goes on to ask the host, which is closed here."""
    file = tmp_path / "import.json"
    data = import_file(content, content_types(content), locale="en-US", domain="www.acme.example").data
    file.write_text(json.dumps(data), "utf-8")
    assert [error["name"] for error in vendor("import.cjs", str(file))] != ["ValidationError"]
    assert "ECONNREFUSED" in str(vendor("import.cjs", str(file)))
    broken = {**data, "locales": [{"name": "English"}]}
    file.write_text(json.dumps(broken), "utf-8")
    assert vendor("import.cjs", str(file))[0]["name"] == "ValidationError"


def test_the_program_writes_both_files(content: Content, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One command writes the migration, the import and the pictures, and says what stays behind."""
    out = tmp_path / "out"
    assert main([str(content.root), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "content/posts/_index.md" in said
    assert "4 content types, 5 entries, 1 pictures" in said
    data = json.loads((out / "contentful-import.json").read_text("utf-8"))
    assert [row["code"] for row in data["locales"]] == ["en-US"]
    picture = data["assets"][0]["fields"]["file"]["en-US"]["url"].removeprefix("//")
    assert (out / picture).read_bytes() == (content.root / "static/images/sun.png").read_bytes()
    assert (out / "contentful-migration.js").is_file()


def test_a_folder_without_a_site_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong folder is an error for people, not a traceback."""
    assert main([str(tmp_path)]) == 2
    assert "site.toml" in capsys.readouterr().err
