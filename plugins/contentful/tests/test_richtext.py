"""Rich text becomes Markdown that says the same, and nothing is lost in silence."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from platform_plugin_contentful.marks import escape
from platform_plugin_contentful.richtext import Target, plain_text, to_markdown

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TARGETS = {
    ("Asset", "sun"): Target("Sun", "/media/contentful/sun.png", is_image=True, alt="A [low] sun"),
    ("Asset", "plan"): Target("The plan", "/media/contentful/plan.pdf"),
    ("Entry", "hello"): Target("Hello *you*", "/posts/hello/"),
    ("Entry", "person"): Target("Ada"),
}
MARKS = ["bold", "italic", "underline", "code", "superscript", "subscript", "strikethrough"]


def node(kind: str, *content: Any, **data: Any) -> dict[str, Any]:
    return {"nodeType": kind, "data": data, "content": list(content)}


def text(value: str, *marks: str) -> dict[str, Any]:
    return {"nodeType": "text", "value": value, "marks": [{"type": mark} for mark in marks], "data": {}}


def p(*content: Any) -> dict[str, Any]:
    return node("paragraph", *(text(item) if isinstance(item, str) else item for item in content))


def li(*content: Any) -> dict[str, Any]:
    return node("list-item", *(p(item) if isinstance(item, str) else item for item in content))


def link(kind: str, name: str) -> dict[str, Any]:
    return {"sys": {"type": "Link", "linkType": kind, "id": name}}


def written(*blocks: Any, told: list[str] | None = None) -> str:
    """Return the Markdown of a document; what it tells goes into *told*, else nothing may be told."""
    said: list[str] = []
    found = to_markdown(node("document", *blocks), lambda kind, name: TARGETS.get((kind, name)), said.append)
    if told is None:
        assert said == []
    else:
        told += said
    return found


def words(markdown: str) -> list[str]:
    """Return the words of a page."""
    html = re.sub(r"</?(?:b|strong|em|del|s|u|sup|sub|code|a)\b[^>]*>", "", MARKDOWN.render(markdown))
    return unescape(re.sub(r"<[^>]+>", " ", html)).split()


@pytest.mark.parametrize(
    ("block", "markdown"),
    [
        (p("Plain"), "Plain"),
        *((node(f"heading-{level}", text("Head")), f"{'#' * level} Head") for level in range(1, 7)),
        (node("unordered-list", li("a"), li("b")), "- a\n- b"),
        (node("ordered-list", li("a"), li("b")), "1. a\n2. b"),
        (node("unordered-list", li("a", node("ordered-list", li("b")))), "- a\n  1. b"),
        (node("ordered-list", li("a", "b")), "1. a\n\n   b"),
        (node("blockquote", p("a"), p("b")), "> a\n>\n> b"),
        (node("hr"), "---"),
        (p(text("b", "bold"), " ", text("i", "italic"), " ", text("s", "strikethrough")), "**b** *i* ~~s~~"),
        (
            p(text("x", "superscript"), text("y", "subscript"), text("z", "underline")),
            "<sup>x</sup><sub>y</sub><u>z</u>",
        ),
        (p(text("a`b", "code")), "``a`b``"),
        (p(text("one\ntwo", "code")), "```\none\ntwo\n```"),
        (p("one\ntwo"), "one  \ntwo"),
        (p(node("hyperlink", text("here"), uri="https://x.example/a b(c)")), "[here](https://x.example/a%20b%28c%29)"),
        (p(node("entry-hyperlink", text("there"), target=link("Entry", "hello"))), "[there](/posts/hello/)"),
        (p(node("asset-hyperlink", text("plan"), target=link("Asset", "plan"))), "[plan](/media/contentful/plan.pdf)"),
        (
            p("See ", node("embedded-entry-inline", target=link("Entry", "hello"))),
            "See [Hello \\*you\\*](/posts/hello/)",
        ),
        (p("By ", node("embedded-entry-inline", target=link("Entry", "person"))), "By Ada"),
        (node("embedded-entry-block", target=link("Entry", "hello")), "[Hello \\*you\\*](/posts/hello/)"),
        (node("embedded-asset-block", target=link("Asset", "sun")), "![A \\[low\\] sun](/media/contentful/sun.png)"),
        (node("embedded-asset-block", target=link("Asset", "plan")), "[The plan](/media/contentful/plan.pdf)"),
        (
            node(
                "table",
                node("table-row", node("table-header-cell", p("a|b")), node("table-header-cell", p("c"))),
                node("table-row", node("table-cell", p("d"), p("e")), node("table-cell", p(text("x|y", "code")))),
            ),
            "| a\\|b | c |\n| --- | --- |\n| d e | `x\\|y` |",
        ),
        (node("table", node("table-row", node("table-cell", p("a")))), "|  |\n| --- |\n| a |"),
        (
            node(
                "table",
                node("table-row", node("table-header-cell", p("a"), colspan=2)),
                node("table-row", node("table-cell", p("b")), node("table-cell", p("c"))),
            ),
            "| a |  |\n| --- | --- |\n| b | c |",
        ),
    ],
)
def test_every_kind_of_node_has_a_form(block: dict[str, Any], markdown: str) -> None:
    """Each node that Contentful documents is written as Markdown has it."""
    assert written(block) == f"{markdown}\n"


@pytest.mark.parametrize(
    ("runs", "markdown"),
    [
        ([text("a "), text("bold ", "bold"), text("b")], "a **bold** b"),
        ([text("a", "bold"), text("b", "bold", "italic"), text("c", "bold")], "**a*b*c**"),
        ([text("x"), text("(y)", "bold"), text("z")], "x<strong>(y)</strong>z"),
        ([text("a", "bold"), text("b", "italic")], "**a**<em>b</em>"),
        ([text(" ", "bold"), text("a")], "a"),
        ([text("wow!"), node("hyperlink", text("x"), uri="/y")], "wow\\![x](/y)"),
        ([node("hyperlink", text("b", "bold"), uri="/y")], "[**b**](/y)"),
    ],
)
def test_marks_are_seen_as_marks(runs: list[Any], markdown: str) -> None:
    """Where Markdown's signs would be read as signs, elements stand in."""
    found = written(p(*runs))
    assert found == f"{markdown}\n"


@pytest.mark.parametrize("kind", ["unordered-list", "ordered-list"])
def test_two_lists_in_a_row_stay_two(kind: str) -> None:
    """The second list has other marks, or it would go on with the first."""
    html = MARKDOWN.render(written(node(kind, li("a")), node(kind, li("b"))))
    assert html.count("<ul>") + html.count("<ol>") == 2


@pytest.mark.parametrize(
    "value",
    ["# no head", "- no item", "1. no item", "12) no", "> no quote", "a\n===", "a\n---", "+ no", "    no code", "***", "```",
     "<script>alert(1)</script>", "&copy; &#35;", "![no](picture)", "[no](link)", "|a|b|\n|-|-|", "~~~", "{{< shortcode >}}",
     "{% raw %}", "{# no comment #}", "_no_ *no* `no`", "snake_case_name", "a\\b", "https://x.example/_a_", ": no term"],
)  # fmt: skip
def test_words_stay_words(value: str) -> None:
    """Text that looks like Markdown, HTML or a template is none of it."""
    found = written(p(value))
    html = MARKDOWN.render(found)
    assert words(found) == value.split()
    assert re.sub(r"<br ?/?>|</?p>", "", html).count("<") == 0
    assert not re.search(r"\{\{|\{%|\{#", found)


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "JaVa\nScript:x", "data:text/html,x", "vbscript:x", "file:///etc"]
)
def test_a_dangerous_link_is_told_and_dropped(uri: str) -> None:
    """The words of the link stay, its address does not."""
    told: list[str] = []
    assert written(p(node("hyperlink", text("here"), uri=uri)), told=told) == "here\n"
    assert len(told) == 1


@pytest.mark.parametrize("uri", ["https://x.example/", "mailto:a@b.example", "tel:+1", "/a", "#b", "a:b/c"[2:]])
def test_a_common_link_is_kept(uri: str) -> None:
    """Pages, mail, telephones and places of the site can be linked to."""
    assert f"]({uri})" in written(p(node("hyperlink", text("here"), uri=uri)))


@pytest.mark.parametrize(
    ("block", "kept"),
    [
        (node("embedded-resource-block", target={"sys": {"type": "ResourceLink", "urn": "crn:x"}}), ""),
        (p("a ", node("resource-hyperlink", text("b"), target={})), "a b\n"),
        (p("a ", node("embedded-resource-inline", target={})), "a\n"),
        (node("carousel", p("inside")), "inside\n"),
        (node("embedded-entry-block", target=link("Entry", "gone")), ""),
        (node("embedded-asset-block", target=link("Asset", "gone")), ""),
        (p(node("entry-hyperlink", text("words"), target=link("Entry", "gone"))), "words\n"),
        (node("embedded-entry-block", target=link("Entry", "person")), "*Ada*\n"),
        (p(node("entry-hyperlink", text("words"), target=link("Entry", "person"))), "words\n"),
    ],
)
def test_what_has_no_form_is_told(block: dict[str, Any], kept: str) -> None:
    """Nothing vanishes in silence, and words are kept."""
    told: list[str] = []
    assert written(block, told=told) == kept
    assert told


def test_a_deep_document_is_told() -> None:
    """Nesting without end neither breaks the pull nor loses the words."""
    block = p("inside")
    for _ in range(400):
        block = node("blockquote", block)
    told: list[str] = []
    assert "inside" in written(block, told=told)
    assert told == ["it is nested too deeply"]


TEXTS = st.builds(
    text, st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf"]), max_size=12), st.sampled_from(MARKS)
) | st.builds(text, st.text("ab *_`~[]()!<>#&-.1\n", max_size=12))
INLINES = st.lists(
    TEXTS
    | st.builds(
        lambda one, uri: node("hyperlink", one, uri=uri), TEXTS, st.sampled_from(["/a", "https://x.example/?b=(c)"])
    ),
    max_size=5,
)
BLOCKS = st.recursive(
    st.builds(lambda runs: node("paragraph", *runs), INLINES),
    lambda inner: (
        st.builds(lambda items: node("blockquote", *items), st.lists(inner, max_size=3))
        | st.builds(
            lambda kind, items: node(kind, *(node("list-item", item) for item in items)),
            st.sampled_from(["ordered-list", "unordered-list"]),
            st.lists(inner, max_size=3),
        )
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("second", [{"marks": [{"type": "code"}]}, {"marks": [{"type": "bold"}, {"type": "code"}]}])
def test_code_in_pieces_is_read_whole(second: dict[str, Any]) -> None:
    """An editor splits what somebody formats in two goes; the signs of neighbours do not run together."""
    first = {"nodeType": "text", "value": "0", "marks": [{"type": "code"}], "data": {}}
    found = written(node("paragraph", first, {**first, "value": "1", **second}))
    assert "".join(words(found)) == "01"


@given(st.lists(BLOCKS, max_size=4))
def test_no_word_is_lost(blocks: list[Any]) -> None:
    """Whatever is written, in whichever marks, a reader of the page reads all of its words, in order."""
    found = written(*blocks)
    said = "".join(_values(node("document", *blocks)))
    assert "".join(words(found)) == "".join(said.split())


def _values(item: Any) -> list[str]:
    return (
        [item["value"]] if item["nodeType"] == "text" else [value for one in item["content"] for value in _values(one)]
    )


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(
    st.sampled_from(["nodeType", "content", "data", "value", "marks", "target", "sys", "id", "type", "uri", "colspan"]), v | st.sampled_from(
        ["text", "table", "table-row", "paragraph", "hyperlink", "unordered-list", "document", "embedded-entry-block"])), max_leaves=30))  # fmt: skip
def test_any_json_is_read_without_a_fault(value: Any) -> None:
    """What is no rich text at all gives some text, and never an error."""
    for item in (value, {"nodeType": "document", "content": value}):
        assert isinstance(to_markdown(item, lambda *_: None, lambda _: None), str)
        assert isinstance(plain_text(item), str)


@given(st.text())
def test_escaped_text_is_one_paragraph_of_words(value: str) -> None:
    """No text becomes markup inside of a line."""
    flat = " ".join(value.split())
    html = MARKDOWN.renderInline(escape(flat))
    assert "<" not in html.replace("&lt;", "")


def test_contentfuls_own_types_say_the_same(packages: Path) -> None:
    """Every node and mark of the vendor's package is known here."""
    data = json.loads((packages / "@contentful" / "rich-text-types" / "package.json").read_text("utf-8"))
    source = "".join(
        path.read_text("utf-8") for path in (packages / "@contentful" / "rich-text-types" / "dist").rglob("*.js")
    )
    kinds = set(re.findall(r'(?:BLOCKS|INLINES)\["[A-Z_0-9]+"\] = "([a-z0-9-]+)"', source))
    marks = set(re.findall(r'MARKS\["[A-Z_0-9]+"\] = "([a-z0-9-]+)"', source))
    assert len(kinds) >= 25, data["version"]
    without_form = {kind for kind in kinds - {"document", "list-item"} if "can't be shown" in "".join(_told(kind))}
    assert without_form == {
        "embedded-resource-block", "embedded-resource-inline", "resource-hyperlink", "table-cell", "table-header-cell", "table-row",
    }  # fmt: skip
    assert marks == set(MARKS)


def _told(kind: str) -> list[str]:
    told: list[str] = []
    inline = kind.endswith(("hyperlink", "inline"))
    item = node(kind, text("a"), target=link("Entry", "hello"), uri="/x")
    written(p(item) if inline else item, told=told)
    return told


def test_plain_text_has_the_words_alone() -> None:
    """A description is text without any form."""
    block = node("document", p("One ", text("two", "bold")), node("unordered-list", li("three")), node("hr"))
    assert plain_text(block) == "One two three"
