"""Markdown becomes portable text, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from platform_core.markdown import code_block
from platform_plugin_sanity.portable import to_blocks, to_markdown
from platform_plugin_sanity.portable.reading import RAW

LINES = st.sampled_from(
    ["# Head", "text", "*em* and **strong**", "- item", "  - inner", "1. one", "2. two", "3) three", "> quote", ">", "```", "~~~js",
     "    code", "***", "---", "===", "| a | b |", "| - | - |", '[link](/x "t")', "[ref]", "[ref]: /y", "![p](/a.png)", "<b>html</b>",
     "{{< short >}}", "a  ", "\\*", "&amp;", "`x`", "~~s~~", "", "", "<https://a.example>", "[^1]: note", "a[^1]"]
) | st.text(st.sampled_from("ab*_`[]()#>-+1.\\ ~<&!|:"), max_size=12)  # fmt: skip


class Plain:
    """Writes back what was read."""

    def address(self, annotation: Mapping[str, Any]) -> str:
        """Return the address as it stood there."""
        return str(annotation["href"])

    def object(self, item: Mapping[str, Any], *, inline: bool) -> str:
        """Return what is no text."""
        assert not inline
        return item["markdown"] if item["_type"] == RAW else code_block(item["code"], item["language"])


def rendered(markdown: str) -> str:
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)
    return " ".join(html.split())


@given(st.lists(LINES, max_size=8))
def test_it_comes_back_as_it_was(lines: list[str]) -> None:
    """Markdown, read and written again, is shown in the same way."""
    markdown = "\n".join(lines)
    assert rendered(to_markdown(to_blocks(markdown), Plain())) == rendered(markdown.strip("\n") + "\n")


@given(st.lists(LINES, max_size=8))
def test_keys_are_unique(lines: list[str]) -> None:
    """Everything in an array has a key of its own, as the studio wants it."""
    for items in (blocks := to_blocks("\n".join(lines)), *(item.get("children", []) for item in blocks)):
        keys = [item["_key"] for item in items]
        assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("markdown", "types"),
    [
        ("# Head\n\nSome *text*.", ["block", "block"]),
        ("- a\n- b\n  1. c", ["block", "block", "block"]),
        ("```js\nx\n```", ["code"]),
        ("> said", ["block"]),
        ("| a |\n| - |\n| b |", [RAW]),
        ("Hi.\n\n<div>html</div>\n\nBye.", ["block", RAW, "block"]),
        ("{{< youtube x >}}", [RAW]),
        ("One.\n\n```html\n{{< youtube x >}}\n```", ["block", RAW]),
        ("- a\n\n- b", [RAW]),
        ("text[^1]\n\n[^1]: note", [RAW]),
        ("", []),
    ],
)
def test_what_becomes_what(markdown: str, types: list[str]) -> None:
    """What portable text can say becomes blocks; the rest stays Markdown, block by block."""
    assert [item["_type"] for item in to_blocks(markdown)] == types


def test_a_picture_becomes_an_object() -> None:
    """A picture that stands alone is handed over, with its words."""
    asked: list[tuple[str, str, str]] = []

    def image(*given: str) -> dict[str, Any]:
        asked.append(given)  # type: ignore[arg-type]
        return {"_type": "image", "alt": given[1], "caption": given[2]}

    (made,) = to_blocks('![A cat](/cat.png "Tom")', image)
    assert asked == [("/cat.png", "A cat", "Tom")]
    assert made == {"_type": "image", "alt": "A cat", "caption": "Tom", "_key": "b0000"}
