"""Portable text becomes Markdown that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from platform_plugin_sanity.portable import to_markdown
from platform_plugin_sanity.portable.inline import link_address
from platform_plugin_sanity.portable.tables import table_markdown

TAGS = {"strong": "strong", "em": "em", "s": "strike-through", "code": "code", "a": "link"}
BLOCKS = {"p", "blockquote", "li", *(f"h{level}" for level in range(1, 7))}


class Plain:
    """Knows links, and one object."""

    def address(self, annotation: Mapping[str, Any]) -> str:
        """Return whatever stands there."""
        return annotation.get("href", "")

    def object(self, item: Mapping[str, Any], *, inline: bool) -> str:
        """Return a picture in a line, and a word elsewhere."""
        return f"![{item['_type']}](/x.png)" if inline else f"[{item['_type']}]"


class Marks(HTMLParser):
    """Collects each visible character with the marks and blocks around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.found: list[tuple[str, frozenset[str]]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Note that an element begins."""
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        """A break or a picture has nothing in it."""

    def handle_endtag(self, tag: str) -> None:
        """Note that it ends; nothing else was left open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep each visible character."""
        marks = frozenset(TAGS.get(tag, tag) for tag in self.open if tag in TAGS or tag in BLOCKS - {"p"})
        self.found += [(letter, marks) for letter in data if not letter.isspace()]


def read_marks(markdown: str) -> list[tuple[str, frozenset[str]]]:
    parser = Marks()
    parser.feed(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))
    parser.close()
    return parser.found


def block(*spans: dict[str, Any], **rest: Any) -> dict[str, Any]:
    link = {"_type": "link", "_key": "link", "href": "/there/"}
    return {"_type": "block", "style": "normal", "markDefs": [link], "children": list(spans), **rest}


def span(text: str, *marks: str) -> dict[str, Any]:
    return {"_type": "span", "text": text, "marks": list(marks)}


# Signs that mean something in Markdown, next to letters of several scripts.
signs = st.text(
    st.sampled_from("ab1é語€ \n*_`~[]()<>&#+-=|:.!\\\"'{}%/;x\u00a0\u2019")
    | st.characters(exclude_categories=("Cs", "Cc")),
    max_size=12,
)
marks = st.lists(st.sampled_from(["strong", "em", "strike-through", "code", "link"]), unique=True)
spans = st.lists(
    st.builds(span, signs).flatmap(lambda made: marks.map(lambda given: {**made, "marks": given})), max_size=5
)
styles = st.sampled_from(["normal", "blockquote", "h1", "h2", "h6"])


@given(spans, styles)
def test_every_character_keeps_its_marks(given_spans: list[dict[str, Any]], style: str) -> None:
    """A reader of CommonMark sees each character with the marks that it had, and no other character."""
    around = frozenset() if style == "normal" else frozenset({style})
    wanted = [
        (letter, frozenset(item["marks"]) | around)
        for item in given_spans
        for letter in item["text"]
        if not letter.isspace()
    ]
    found = read_marks(to_markdown([block(*given_spans, style=style)], Plain()))
    assert found == wanted


@given(st.lists(st.tuples(signs, st.integers(1, 3), st.sampled_from(["bullet", "number"])), min_size=1, max_size=6))
def test_every_item_stays_in_its_list(items: list[tuple[str, int, str]]) -> None:
    """Whatever the levels and kinds, every character of an item is in a list, in the same order."""
    blocks = [block(span(text), listItem=kind, level=level) for text, level, kind in items]
    wanted = [letter for text, _, _ in items for letter in text if not letter.isspace()]
    found = read_marks(to_markdown(blocks, Plain()))
    assert [letter for letter, _ in found] == wanted
    assert all("li" in around for _, around in found)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda v: (
            st.lists(v)
            | st.dictionaries(
                st.sampled_from(
                    ["_type", "children", "markDefs", "marks", "text", "level", "listItem", "style", "_key"]
                )
                | st.text(),
                v,
            )
        ),
    )
)
def test_anything_is_read_without_a_fault(value: Any) -> None:
    """Whatever stands in place of rich text, the answer is text."""

    class Silent(Plain):
        def object(self, item: Mapping[str, Any], *, inline: bool) -> str:
            return ""

    for blocks in (value, [value], [{"_type": "block", "children": value, "markDefs": value}]):
        assert isinstance(to_markdown(blocks, Silent()), str)


@pytest.mark.parametrize(
    ("blocks", "markdown"),
    [
        ([], ""),
        ([block(span("One")), block(span("Two"))], "One\n\nTwo\n"),
        ([block(span("One "), span("word", "strong"), span("."))], "One **word**.\n"),
        ([block(span("to "), span("there ", "link"), span("now"))], "to [there](/there/) now\n"),
        ([block(span("a\nb"))], "a\\\nb\n"),
        ([block(span("Head #"), style="h3")], "### Head \\#\n"),
        ([block(span("a\nb"), style="blockquote")], "> a\\\n> b\n"),
        ([block(span("x"), listItem="number"), block(span("y"), listItem="number")], "1. x\n2. y\n"),
        (
            [block(span("x"), listItem="number", level=1), block(span("y"), listItem="bullet", level=2)],
            "1. x\n   - y\n",
        ),
        ([block(span("1. no list"))], "1\\. no list\n"),
        ([block(span("{{ template }}"))], "&#123;&#123; template }}\n"),
        ([block(span("a "), {"_type": "inlineImage"}, span(" b"))], "a ![inlineImage](/x.png) b\n"),
        ([{"_type": "chart"}], "[chart]\n"),
    ],
)
def test_it_is_written_as_people_write_it(blocks: list[dict[str, Any]], markdown: str) -> None:
    """The usual texts are written in the usual way."""
    assert to_markdown(blocks, Plain()) == markdown


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "java\nscript:x",
        "",
        None,
        "vbscript:x",
    ],
)
def test_a_link_to_a_script_is_none(href: Any) -> None:
    """Scripts, data and hosts without a scheme are no addresses; the text stays."""
    assert link_address(href) == ""
    text = block(span("click", "link"))
    text["markDefs"][0]["href"] = href
    assert to_markdown([text], Plain()) == "click\n"


@given(st.text(max_size=30))
def test_an_address_cannot_leave_its_link(text: str) -> None:
    """Whatever an address is, nothing of it stands outside of the link."""
    made = block(span("label", "link"))
    made["markDefs"][0]["href"] = f"https://example.org/{text}"
    found = read_marks(to_markdown([made], Plain()))
    assert "".join(letter for letter, _ in found) == "label"


@given(st.lists(st.lists(signs, max_size=3), min_size=1, max_size=3))
def test_a_table_keeps_its_cells(rows: list[list[str]]) -> None:
    """Every character of every cell is in the table."""
    markdown = table_markdown([{"cells": cells} for cells in rows])
    wanted = [letter for cells in rows for cell in cells for letter in cell if not letter.isspace()]
    assert [letter for letter, _ in read_marks(markdown)] == wanted
