"""Markdown to blocks, for content that moves into a dataset.

What portable text can't say (tables, HTML, short codes, lists of whole paragraphs) is
kept as Markdown in an object of its own. Each text is written back and compared; one
that would come out otherwise is kept as Markdown whole, so nothing is lost.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_core.markdown import code_block, has_template
from platform_plugin_sanity.portable.inline import image_markdown
from platform_plugin_sanity.portable.writing import to_markdown

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["RAW", "to_blocks"]

RAW = "rawMarkdown"
Image = Callable[[str, str, str], "dict[str, Any] | None"]
_DECORATORS = {"strong": "strong", "em": "em", "s": "strike-through"}
# Template languages and footnotes mean something only in the place where they stand.
_TEMPLATE = re.compile(r"\{\{|\{%|\[\^")


class _Unsaid(Exception):  # noqa: N818 - a turn of events
    """Portable text has no words for it."""


def to_blocks(markdown: str, image: Image = lambda *_: None) -> list[dict[str, Any]]:
    """Return *markdown* as portable text.

    Args:
        markdown: A whole text.
        image: Gets address, alternative text and title of a picture that stands alone,
            and returns its object, or None when it can't be one.
    """
    if not markdown.strip():
        return []
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    blocks = _Reader(text, image).blocks() if not re.search(r"^\[\^", text, re.MULTILINE) else None
    if blocks is None or not _same(text, blocks):
        blocks = [{"_type": RAW, "markdown": text.strip("\n")}]
    return _keyed([{key: value for key, value in block.items() if key != "address"} for block in blocks])


class _Reader:
    """Reads the top level of one text."""

    def __init__(self, text: str, image: Image) -> None:
        self._lines = text.split("\n")
        self._env: dict[str, Any] = {}
        self._tokens = _parser().parse(text, self._env)
        self._image = image

    def blocks(self) -> list[dict[str, Any]] | None:
        """Return the blocks, or None when the text hangs together otherwise."""
        found: list[dict[str, Any]] = []
        for group in _groups(self._tokens):
            made = self._tried(group)
            if not made or (found and _joins(found[-1], made[0])):
                if self._env.get("references"):
                    return None
                begin, end = group[0].map or (0, 0)
                made = [{"_type": RAW, "markdown": "\n".join(self._lines[begin:end]).rstrip()}]
            found += made
        return found

    def _tried(self, group: Sequence[Token]) -> list[dict[str, Any]]:
        try:
            return list(self._made(group))
        except _Unsaid:
            return []

    def _made(self, group: Sequence[Token]) -> Iterator[dict[str, Any]]:
        match group[0].type:
            case "paragraph_open":
                yield self._picture(group[1]) or _block(group[1], "normal")
            case "heading_open":
                yield _block(group[1], group[0].tag)
            case "fence" | "code_block" if not has_template(group[0].content):
                yield {
                    "_type": "code",
                    "language": _language(group[0].info),
                    "code": group[0].content.removesuffix("\n"),
                }
            case "blockquote_open" if [token.type for token in group[1:4]] == _ONE_PARAGRAPH and len(group) == 5:
                yield _block(group[2], "blockquote")
            case "bullet_list_open" | "ordered_list_open":
                yield from _items(group, 1)
            case _:
                raise _Unsaid

    def _picture(self, inline: Token) -> dict[str, Any] | None:
        children = inline.children or []
        if len(children) != 1 or children[0].type != "image":
            return None
        picture = children[0]
        source, title = str(picture.attrs["src"]), str(picture.attrs.get("title", ""))
        found = self._image(source, picture.content, title)
        return found and {**found, "address": source}


_ONE_PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]


def _groups(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the tokens of each block of one level."""
    start = depth = 0
    for place, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : place + 1]
            start = place + 1


def _joins(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether two lists, one after the other, would become one."""
    kind = before.get("listItem")
    return bool(kind) and kind == after.get("listItem")


def _items(group: Sequence[Token], level: int) -> Iterator[dict[str, Any]]:
    ordered = group[0].type == "ordered_list_open"
    if ordered and group[0].attrs.get("start", 1) != 1:
        raise _Unsaid
    for item in _groups(group[1:-1]):
        parts = list(_groups(item[1:-1]))
        if not parts or [token.type for token in parts[0]] != _ONE_PARAGRAPH or not parts[0][0].hidden:
            raise _Unsaid
        yield {
            **_block(parts[0][1], "normal"),
            "listItem": "number" if ordered else "bullet",
            "level": level,
        }
        for part in parts[1:]:
            if part[0].type not in {"bullet_list_open", "ordered_list_open"}:
                raise _Unsaid
            yield from _items(part, level + 1)


def _block(inline: Token, style: str) -> dict[str, Any]:
    if _TEMPLATE.search(inline.content):
        raise _Unsaid
    spans: list[dict[str, Any]] = []
    definitions: list[dict[str, Any]] = []
    marks: list[str] = []
    for token in inline.children or []:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.nesting > 0:
            marks.append(_mark(token, name, definitions))
        elif token.nesting < 0:
            marks.pop()
        else:
            text, own = _text(token)
            spans.append({"_type": "span", "text": text, "marks": [*marks, *own]})
    return {
        "_type": "block",
        "style": style,
        "markDefs": definitions,
        "children": _merged(spans) or [{"_type": "span", "text": "", "marks": []}],
    }


def _mark(token: Token, name: str, definitions: list[dict[str, Any]]) -> str:
    if name == "link":
        if token.attrs.get("title"):
            raise _Unsaid
        key = f"link{len(definitions)}"
        definitions.append({"_type": "link", "_key": key, "href": str(token.attrs["href"])})
        return key
    return _DECORATORS[name]


def _text(token: Token) -> tuple[str, tuple[str, ...]]:
    match token.type:
        case "text" | "text_special":
            return token.content, ()
        case "softbreak":
            return " ", ()
        case "hardbreak":
            return "\n", ()
        case "code_inline":
            return token.content, ("code",)
        case _:
            raise _Unsaid


def _merged(spans: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    groups = itertools.groupby(spans, key=lambda span: span["marks"])
    return [
        {"_type": "span", "text": text, "marks": marks}
        for marks, group in groups
        if (text := "".join(span["text"] for span in group))
    ]


def _keyed(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give keys to everything in an array; the same text has the same ones."""
    for number, block in enumerate(blocks):
        block["_key"] = f"b{number:04x}"
        for place, span in enumerate(block.get("children", ())):
            span["_key"] = f"s{place:04x}"
    return blocks


def _language(info: str) -> str:
    words = info.split()
    if len(words) > 1:
        raise _Unsaid
    return words[0] if words else ""


class _Plain:
    """Writes back what `to_blocks` made, as it stood there."""

    def address(self, annotation: Mapping[str, Any]) -> str:
        return str(annotation.get("href", ""))

    def object(self, item: Mapping[str, Any], *, inline: bool) -> str:
        if item["_type"] == RAW:
            return str(item["markdown"])
        if item["_type"] == "code":
            return code_block(item["code"], item["language"])
        return image_markdown(item.get("alt", ""), item["address"], item.get("caption", ""))


def _same(text: str, blocks: list[dict[str, Any]]) -> bool:
    """Tell whether *blocks* come out as what *text* is."""
    return _rendered(to_markdown(blocks, _Plain())) == _rendered(text + "\n")


def _rendered(text: str) -> str:
    return " ".join(str(_parser().render(text)).split())


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # slow to import, and only what moves content needs it

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])
