"""Documents become entries, and what can't is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.content import Content, Entry
from platform_core.site import Site
from platform_core.sources import Converted
from platform_plugin_sanity.convert import Converter
from platform_plugin_sanity.model import Kind, kinds_of

IMAGE = "image-0123456789abcdef-2000x1000-jpg"
Convert = Callable[..., Converted]


@pytest.fixture
def convert(site: Site, settings: Callable[..., dict[str, Any]], content: Content) -> Convert:
    """Give a function that converts documents with the site's content model."""

    def run(*documents: dict[str, Any], **given: Any) -> Converted:
        kinds = kinds_of(site, settings(**given), content)
        cdn = "https://cdn.sanity.io"
        converter = Converter(kinds, "en", f"{cdn}/images/abc12345/production", f"{cdn}/files/abc12345/production")
        return converter.convert({item["_id"]: item for item in documents})

    return run


def post(**fields: Any) -> dict[str, Any]:
    slug = {"_type": "slug", "current": "hello"}
    return {"_id": "p1", "_type": "posts", "_rev": "1", "title": "Hello", "slug": slug, **fields}


def text(*words: str) -> list[dict[str, Any]]:
    return [{"_type": "block", "children": [{"_type": "span", "text": word}]} for word in words]


def only(converted: Converted) -> Entry:
    assert not converted.skipped, converted.skipped
    (entry,) = converted.entries.values()
    return entry


def test_a_document_is_an_entry(convert: Convert) -> None:
    """Every field of the content model arrives with its name and its type."""
    entry = only(
        convert(
            post(
                date="2026-01-02T03:04:05.000Z",
                description="Short.",
                tags=["a", "b"],
                rating=4.0,
                mood="good",
                seo_title="For searches",
                summary=text("In short."),
                body=text("One.", "Two."),
            )
        )
    )
    assert (entry.collection, entry.slug, entry.title) == ("posts", "hello", "Hello")
    assert entry.date == dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    assert entry.taxonomies == {"tags": ("a", "b")}
    assert entry.body == "One.\n\nTwo.\n"
    assert entry.description == "Short."
    assert entry.extra == {"rating": 4, "mood": "good", "seo-title": "For searches", "summary": "In short.\n"}


def test_a_collection_of_a_folder_has_its_own_type(convert: Convert) -> None:
    """The type docs_guides is the collection docs/guides, and a file without a slug is named by the pattern."""
    guide = {"_id": "g1", "_type": "docs_guides", "title": "First steps", "_createdAt": "2025-03-04T00:00:00Z"}
    assert only(convert(guide)).path == "docs/guides/2025-first-steps.md"


def test_a_picture_is_fetched(convert: Convert) -> None:
    """An image becomes the address of its copy, with its description; a crop is left aside."""
    asset = {"_id": IMAGE, "_type": "sanity.imageAsset", "originalFilename": "My Cat.JPG", "altText": "A cat"}
    image = {"_type": "image", "asset": {"_ref": IMAGE}, "hotspot": {"x": 0.1}}
    converted = convert(post(image=image, body=[{**image, "alt": "The cat", "caption": 'A "cat"'}]), asset)
    path = "media/sanity/0123456789abcdef-my-cat.jpg"
    address = "https://cdn.sanity.io/images/abc12345/production/0123456789abcdef-2000x1000.jpg"
    assert converted.assets == {path: address}
    entry = only(converted)
    assert (entry.image, entry.extra["image_alt"]) == (f"/{path}", "A cat")
    assert entry.body == f'![The cat](/{path} "A \\"cat\\"")\n'


@pytest.mark.parametrize(
    "reference", ["image-../../etc-1x1-png", "image-short-1x1-png", "nonsense", "image-0123456789abcdef-1x1-p/g"]
)
def test_an_asset_with_an_odd_id_is_told(convert: Convert, reference: str) -> None:
    """An id that is none of Sanity's makes no path."""
    converted = convert(post(image={"asset": {"_ref": reference}}))
    assert converted.assets == {}
    assert reference in str(converted.skipped["p1#0"])


def test_references_lead_to_entries_or_have_names(convert: Convert) -> None:
    """A reference to an entry leads there, any other has the name of what it refers to, and tags are names."""
    other = post(_id="p2", slug={"_type": "slug", "current": "other"}, title="Other")
    author = {"_id": "a1", "_type": "author", "name": "Ada"}
    converted = convert(
        post(author={"_ref": "a1"}, next={"_ref": "p2"}, related=[{"_ref": "p2"}], tags=[{"_ref": "a1"}, "x"]),
        other,
        author,
    )
    entry = converted.entries["p1"]
    assert entry.references == {"next": ("posts/other",), "related": ("posts/other",)}
    assert entry.extra == {"author": "Ada"}
    assert entry.taxonomies == {"tags": ("Ada", "x")}


def test_a_reference_to_nothing_is_told(convert: Convert) -> None:
    """What is not published is named, and the entry is there all the same."""
    converted = convert(post(author={"_ref": "gone"}))
    assert list(converted.entries) == ["p1"]
    assert "gone" in str(converted.skipped["p1#0"])


def test_an_internal_link_leads_to_the_page(convert: Convert) -> None:
    """A reference in rich text becomes a link to the entry's page."""
    body = [
        {
            "_type": "block",
            "markDefs": [{"_key": "k", "_type": "internalLink", "reference": {"_ref": "p1"}}],
            "children": [{"_type": "span", "text": "here", "marks": ["k"]}],
        }
    ]
    assert only(convert(post(body=body))).body == "[here](/posts/hello/)\n"


def test_an_unknown_object_is_told(convert: Convert) -> None:
    """An object without a form in Markdown leaves a note, in the page and in the log."""
    converted = convert(post(body=[{"_type": "callTo-->Action", "_key": "k"}]))
    assert converted.entries["p1"].body == "<!-- sanity: callToAction -->\n"
    assert "callTo-->Action" in str(converted.skipped["p1#0"])


@pytest.mark.parametrize("name", ["drafts.p1", "versions.r1.p1"])
def test_drafts_are_left_out(convert: Convert, name: str) -> None:
    """A draft and a version of a release give no entry."""
    assert convert(post(_id=name)).entries == {}


def test_a_draft_of_that_perspective_is_marked(convert: Convert) -> None:
    """What the perspective for drafts brings says what it is."""
    assert only(convert(post(_originalId="drafts.p1"))).draft


def test_languages_have_folders(convert: Convert) -> None:
    """Another language has a folder of its own, and translations share a word; the site's own has none."""
    metadata = {
        "_id": "t1",
        "_type": "translation.metadata",
        "translations": [{"_key": "en", "value": {"_ref": "p1"}}, {"_key": "de", "value": {"_ref": "p2"}}],
    }
    converted = convert(post(language="en"), post(_id="p2", language="de"), metadata)
    assert {entry.path: (entry.locale, entry.translation) for entry in converted.entries.values()} == {
        "posts/hello.md": ("", "t1"),
        "de/posts/hello.md": ("de", "t1"),
    }


def test_an_odd_language_is_told(convert: Convert) -> None:
    """What names no language makes no folder."""
    converted = convert(post(language="../etc"))
    assert (dict(converted.entries), list(converted.skipped)) == ({}, ["p1"])


def test_a_field_of_the_model_that_is_called_language_is_a_field(convert: Convert, content: Content) -> None:
    """Where the site's own model has a field of that name, it says what the site means by it."""
    model = content.root / "content.toml"
    model.write_text(
        model.read_text().replace('{ name = "rating"', '{ name = "language", label = "x" },\n  { name = "rating"')
    )
    entry = only(convert(post(language="Sign language")))
    assert (entry.path, entry.extra["language"]) == ("posts/hello.md", "Sign language")


def test_types_of_others_are_mapped(convert: Convert) -> None:
    """Fields of a type that Platform did not make are guessed, and words with another meaning are set apart."""
    document = {
        "_id": "b1",
        "_type": "blogPost",
        "name": "Hello",
        "slug": {"_type": "slug", "current": "hello"},
        "publishedAt": "2026-01-02T00:00:00Z",
        "mainImage": {"asset": {"_ref": IMAGE}},
        "excerpt": "Short.",
        "categories": [{"_ref": "c1"}],
        "content": text("One."),
        "url": "https://example.org",
        "draft": True,
        "seo": {"_type": "seo", "noIndex": True},
    }
    converted = convert(document, {"_id": "c1", "_type": "category", "title": "News"}, types=("blogPost=posts",))
    entry = only(converted)
    assert (entry.path, entry.title, entry.description, entry.body) == ("posts/hello.md", "Hello", "Short.", "One.\n")
    assert entry.image == "/media/sanity/0123456789abcdef.jpg"
    assert entry.taxonomies == {"tags": ("News",)}
    assert (entry.url, entry.draft) == ("", False)
    assert entry.extra == {"blogPost_url": "https://example.org", "blogPost_draft": True, "seo": {"noIndex": True}}


def test_products_have_prices_and_options(convert: Convert) -> None:
    """Rows of the dataset become the tables of a product."""
    entry = only(
        convert(
            post(
                _type="products",
                sku="T-1",
                price="18.50",
                currency="EUR",
                stock=3.0,
                prices=[{"_key": "a", "currency": "USD", "amount": "20.00"}],
                options=[{"_key": "a", "_type": "productOption", "name": "Size", "choices": ["S", "L"]}],
                variants=[
                    {
                        "_key": "a",
                        "sku": "T-1-S",
                        "price": "17",
                        "stock": 1,
                        "options": [{"name": "Size", "choice": "S"}],
                    }
                ],
            )
        )
    )
    assert entry.extra == {
        "sku": "T-1",
        "price": "18.50",
        "currency": "EUR",
        "stock": 3,
        "prices": {"USD": "20.00"},
        "options": {"Size": ["S", "L"]},
        "variants": [{"sku": "T-1-S", "price": "17", "stock": 1, "options": {"Size": "S"}}],
    }


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["_type", "_ref", "_key", "asset", "current", "children", "rows", "url", "text", "alt", "title"]
            )
            | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "title",
                "slug",
                "date",
                "image",
                "tags",
                "body",
                "summary",
                "rating",
                "language",
                "draft",
                "url",
                "other",
                "_originalId",
            ]
        ),
        json_values,
        max_size=6,
    )
)
def test_any_document_is_read_without_a_fault(fields: dict[str, Any]) -> None:
    """Whatever stands in a document, it gives an entry or a reason."""
    kinds = {"posts": Kind("posts", {}, own=True), "other": Kind("posts", {}, own=False)}
    converter = Converter(kinds, "en", "https://cdn.sanity.io/images/a/b", "https://cdn.sanity.io/files/a/b")
    for kind in kinds:
        converted = converter.convert({"x": {"_id": "x", "_type": kind, **fields}})
        assert converted.entries or converted.skipped
