"""Entries of any space become entries of the site, in each language and with their pictures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.content import Collection, Entry, Field, read_product, render_entry
from platform_core.exact import Exact
from platform_core.sources import Converted
from platform_plugin_contentful.entries import Rules, convert
from platform_plugin_contentful.space import LOCALES, TYPES, read_locales

EN, DE, CH = "en-US", "de", "de-CH"
LOCALE_ROWS = [
    {"code": EN, "default": True, "fallbackCode": None},
    {"code": DE, "fallbackCode": EN},
    {"code": CH, "fallbackCode": DE},
]


def link(kind: str, name: str) -> dict[str, Any]:
    return {"sys": {"type": "Link", "linkType": kind, "id": name}}


def entry(kind: str = "blogPost", /, *, approval: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    """Return an entry; a field that is no table of locales is one in English."""
    found = {
        name: value if isinstance(value, dict) and set(value) <= {EN, DE, CH} else {EN: value}
        for name, value in fields.items()
    }
    metadata = {"tags": [link("Tag", name) for name in approval]}
    sys = {"type": "Entry", "contentType": link("ContentType", kind), "createdAt": "2026-01-05T10:00:00.123Z"}
    return {"sys": sys, "metadata": metadata, "fields": found}


def asset(url: str = "//images.ctfassets.net/s/sun/t/Sun%20set.JPG", **fields: Any) -> dict[str, Any]:
    """Return a picture."""
    file = {"url": url, "fileName": "Sun set.JPG", "contentType": "image/jpeg"}
    return {"sys": {"type": "Asset"}, "fields": {"title": {EN: "Sun"}, "file": {EN: file}, **fields}}


def of_type(name: str, display: str, /, **kinds: str) -> dict[str, Any]:
    """Return a content type."""
    return {
        "sys": {"id": name},
        "displayField": display,
        "fields": [{"id": one, "type": kind} for one, kind in kinds.items()],
    }


POST = of_type(
    "blogPost", "headline", headline="Symbol", slug="Symbol", content="RichText", summary="Text", publishDate="Date",
    heroImage="Link", tags="Array", author="Link", related="Array", score="Number", data="Object", url="Symbol", text="Text",
)  # fmt: skip
PERSON = of_type("person", "name", name="Symbol", title="Symbol")


def converted(documents: Mapping[str, Any], *, types: tuple[Any, ...] = (POST, PERSON), **rules: Any) -> Converted:
    """Convert documents by rules that have a folder for posts."""
    given: dict[str, Any] = {
        "collections": {"blogPost": "posts"}, "model": {}, "locale": "en", "left_out": frozenset({"person"}), **rules,
    }  # fmt: skip
    return convert({LOCALES: LOCALE_ROWS, TYPES: list(types), **documents}, Rules(**given))


def only(found: Converted) -> Entry:
    (one,) = found.entries.values()
    return one


def test_usual_names_of_fields_are_understood() -> None:
    """A space that Platform did not make has its fields where a site has them."""
    documents = {
        "1": entry(headline="Hello", slug="hello", summary="Short.", publishDate="2026-01-02T10:00+01:00",
                   heroImage=link("Asset", "sun"), tags=["a", "b"], score=4.5, data={"x": [1]}, url="https://x.example",
                   content={"nodeType": "document", "content": []}, text="More."),
        "asset:sun": asset(description={EN: "A low sun"}),
    }  # fmt: skip
    found = converted(documents)
    assert found.skipped == {}
    assert only(found) == Entry(
        "posts", "hello", title="Hello", date=dt.datetime(2026, 1, 2, 10, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        description="Short.", image="/media/contentful/sun-Sun-set.jpg", taxonomies={"tags": ("a", "b")},
        extra={"image_alt": "A low sun", "score": 4.5, "data": {"x": [1]}, "url_": "https://x.example", "text": "More."},
    )  # fmt: skip
    assert found.assets == {"media/contentful/sun-Sun-set.jpg": "https://images.ctfassets.net/s/sun/t/Sun%20set.JPG"}


def test_a_type_of_the_content_model_has_its_names() -> None:
    """Fields whose names Contentful does not take come back under the names of the content model."""
    model = Collection("docs/guides", "Guides", "guide", (Field("title", "T"), Field("reading-time", "M", "number")))
    kind = of_type("docs_guides", "title", title="Symbol", slug="Symbol", reading_time="Number", more_fields="Object")
    documents = {
        "1": entry("docs_guides", title="Start", slug="start", reading_time=2, more_fields={"url": "/go/", "odd": "x"})
    }
    found = only(
        converted(documents, types=(kind,), collections={"docs_guides": "docs/guides"}, model={"docs/guides": model})
    )
    assert (found.path, found.url, found.extra) == ("docs/guides/start.md", "/go/", {"reading-time": 2, "odd": "x"})
    assert found.date is None


def test_a_thing_is_called_what_contentful_shows() -> None:
    """The field that Contentful shows in lists is the name; a person's title is not."""
    documents = {"1": entry(headline="H", author=link("Entry", "p")), "p": entry("person", name="Ada Berg", title="Dr")}
    assert only(converted(documents)).extra["author"] == "Ada Berg"


def test_links_to_pages_are_references() -> None:
    """What an entry refers to is named by its path, and a text links to its address."""
    text = {"nodeType": "document", "content": [{"nodeType": "paragraph", "content": [
        {"nodeType": "entry-hyperlink", "data": {"target": link("Entry", "2")}, "content": [{"nodeType": "text", "value": "b"}]}]}]}  # fmt: skip
    documents = {
        "1": entry(headline="A", content=text, related=[link("Entry", "2"), link("Entry", "gone")]),
        "2": entry(headline="B b", slug="deep/b-b"),
    }
    found = converted(documents)
    assert found.entries["1"].references == {"related": ("posts/deep/b-b",)}
    assert found.entries["1"].body == "[b](/posts/deep/b-b/)\n"
    assert [problem.what for problem in found.skipped.values()] == ["related is an entry that is not published."]


def test_pictures_of_texts_are_files_of_the_site() -> None:
    """Markdown stays as it is, but for pictures of the space, in whichever size they are asked for."""
    text = "![x](//images.ctfassets.net/s/sun/t/Sun%20set.JPG?w=800) ![y](https://elsewhere.example/y.png) *as* it is"
    found = only(
        converted(
            {"1": entry(headline="A", text=text), "asset:sun": asset()},
            types=(of_type("blogPost", "headline", headline="Symbol", text="Text"),),
        )
    )
    assert found.body == "![x](/media/contentful/sun-Sun-set.jpg) ![y](https://elsewhere.example/y.png) *as* it is"


def test_each_language_with_words_of_its_own_is_a_page() -> None:
    """A missing word comes from the language that the space falls back to; without any own word there is no page."""
    documents = {
        "1": entry(
            headline={EN: "Hello", DE: "Hallo"}, slug={EN: "hello", DE: "hallo"}, summary={EN: "Short.", CH: "Churz."}
        ),
        "2": entry(headline="Alone"),
    }
    found = converted(documents, every_locale=True)
    assert {
        key: (one.path, one.title, one.description, one.locale, one.translation) for key, one in found.entries.items()
    } == {
        "1": ("posts/hello.md", "Hello", "Short.", "", "1"),
        "1#de": ("de/posts/hallo.md", "Hallo", "Short.", "de", "1"),
        "1#de-CH": ("de-CH/posts/hallo.md", "Hallo", "Churz.", "de-CH", "1"),
        "2": ("posts/alone.md", "Alone", "", "", ""),
    }


def test_references_stay_in_their_language() -> None:
    """A page refers to the page in its own language, where there is one."""
    documents = {
        "1": entry(headline={EN: "A", DE: "Ä"}, related=[link("Entry", "2"), link("Entry", "3")]),
        "2": entry(headline={EN: "B", DE: "Bé"}),
        "3": entry(headline="C"),
    }
    found = converted(documents, every_locale=True)
    assert found.entries["1#de"].references == {"related": ("de/posts/bé", "posts/c")}


@pytest.mark.parametrize(
    ("own", "wanted", "every", "expected"),
    [
        ("en", {}, False, [(EN, "", (EN,))]),
        ("de", {}, False, [(DE, "", (DE, EN))]),
        ("de-CH", {}, True, [(CH, "", (CH, DE, EN)), (EN, "en-US", (EN,)), (DE, "de", (DE, EN))]),
        ("fr", {}, False, [(EN, "", (EN,))]),
        ("en", {"de-CH": "ch"}, False, [(EN, "", (EN,)), (CH, "ch", (CH, DE, EN))]),
        ("en", {"de": "en", "en-US": "us"}, False, [(DE, "", (DE, EN)), (EN, "us", (EN,))]),
        ("en", {"it": "it"}, True, [(EN, "", (EN,))]),
    ],
)
def test_locales_follow_the_site(own: str, wanted: dict[str, str], every: bool, expected: list[Any]) -> None:
    """The site's language is the space's nearest; the others are those that are asked for."""
    found = read_locales(LOCALE_ROWS, own, wanted, every=every)
    assert [(one.code, one.name, one.chain) for one in found] == expected


def test_a_circle_of_fallbacks_ends() -> None:
    """Locales that fall back to each other do not go round for ever."""
    rows = [{"code": "a", "fallbackCode": "b", "default": True}, {"code": "b", "fallbackCode": "a"}]
    assert read_locales(rows, "a", {}, every=False)[0].chain == ("a", "b")


def test_only_what_is_approved_is_published() -> None:
    """With an approval tag, an entry without it has no page."""
    documents = {
        "1": entry(headline="A", approval=("approved",)),
        "2": entry(headline="B", approval=("other",)),
        "3": entry(headline="C"),
    }
    assert list(converted(documents, approval_tag="approved").entries) == ["1"]


def test_the_team_finds_the_entry() -> None:
    """Every page knows where it is edited, when that is asked for."""
    found = converted({"1": entry(headline="A")}, edit_url="https://app.contentful.com/entries/{id}")
    assert only(found).extra["edit_url"] == "https://app.contentful.com/entries/1"


def test_types_without_a_folder_are_told_once() -> None:
    """A type that belongs nowhere is named, with what to write."""
    documents = {"1": entry("landing", title="A"), "2": entry("landing", title="B"), "3": entry("person", name="C")}
    (problem,) = converted(documents).skipped.values()
    assert "landing=<folder>" in problem.hint


@pytest.mark.parametrize(
    ("slug", "title", "path"),
    [
        ("hello", "T", "posts/hello.md"),
        ("/a/b/", "T", "posts/a/b.md"),
        ("Über uns", "T", "posts/über-uns.md"),
        ("../../etc/passwd", "T", "posts/etc/passwd.md"),
        (".hidden", "T", "posts/hidden.md"),
        ("///", "A title", "posts/a-title.md"),
        (None, "A title!", "posts/a-title.md"),
        (None, "!?", "posts/1.md"),
    ],
)
def test_addresses_stay_in_their_folder(slug: str | None, title: str, path: str) -> None:
    """Whatever an editor writes as an address is a file below the collection."""
    fields = {"headline": title} | ({"slug": slug} if slug else {})
    assert only(converted({"1": entry(**fields)})).path == path


def test_equal_titles_are_told_apart() -> None:
    """Two entries without an address, and with the same title, both have a page."""
    found = converted({"1": entry(headline="A"), "2": entry(headline="A")})
    assert [one.slug for one in found.entries.values()] == ["a", "a-2"]


def test_each_language_may_have_its_picture() -> None:
    """Two files of one asset are two files of the site."""
    files = {EN: {"url": "//h/en.png", "fileName": "x.png", "contentType": "image/png"},
             DE: {"url": "//h/de.png", "fileName": "x.png", "contentType": "image/png"}}  # fmt: skip
    documents = {"1": entry(headline={EN: "A", DE: "B"}, heroImage=link("Asset", "s")), "asset:s": asset(file=files)}
    found = converted(documents, every_locale=True)
    assert sorted(found.assets.values()) == ["https://h/de.png", "https://h/en.png"]
    assert found.entries["1"].image != found.entries["1#de"].image


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ({"contentType": "video/mp4", "fileName": "x.mp4", "details": {"size": 10**9}}, "stays with Contentful"),
        ({"contentType": "application/pdf", "fileName": "x.pdf"}, "is no picture"),
    ],
)
def test_files_that_are_no_pictures_are_told(file: dict[str, Any], what: str) -> None:
    """A film that is too large is not fetched, and a document is no picture."""
    documents = {
        "1": entry(headline="A", heroImage=link("Asset", "x")),
        "asset:x": asset(file={EN: {"url": "//h/x", **file}}),
    }
    found = converted(documents)
    assert any(what in problem.what for problem in found.skipped.values())
    assert only(found).image == ""
    assert all(path.endswith(".pdf") for path in found.assets)


@pytest.mark.parametrize(
    ("price", "text"), [("18.50", "18.50"), (18.5, "18.5"), (18, "18"), (0.1, "0.1"), (Exact("18.10"), "18.10")]
)
def test_a_product_is_for_sale(price: Any, text: str) -> None:
    """Amounts are text, also where a space has them as numbers."""
    kind = of_type("product", "title", title="Symbol", sku="Symbol", price="Number", currency="Symbol", stock="Integer")
    documents = {"1": entry("product", title="Pot", sku="P-1", price=price, currency="EUR", stock=3)}
    found = only(converted(documents, types=(kind,), collections={"product": "products"}))
    problems: list[Any] = []
    product = read_product(found, "x", problems)
    assert problems == []
    assert product
    assert (str(product.price), product.stock) == (text, 3)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([EN, DE, "sys", "id", "type", "linkType", "nodeType", "content", "fields", "code"]) | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(["1", "2", "asset:1", LOCALES, TYPES]), JSON),
    st.dictionaries(st.sampled_from([one["id"] for one in POST["fields"]]), JSON),
)
def test_any_document_is_read_without_a_fault(documents: dict[str, Any], fields: dict[str, Any]) -> None:
    """Whatever a space holds, each of its entries is a file that can be written, or is told."""
    for given_documents in (documents, {**documents, "9": entry(**fields)}, {"9": {**entry(), "fields": fields}}):
        found = convert({TYPES: [POST], **given_documents}, Rules({"blogPost": "posts"}, {}, "en", every_locale=True))
        for one in found.entries.values():
            render_entry(one).encode()
