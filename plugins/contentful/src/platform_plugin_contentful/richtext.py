"""Contentful's rich text as Markdown.

Everything that Contentful documents has a form here; where Markdown has none, plain
HTML elements without attributes stand in. What is unknown is told, and its text kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_core.markdown import code_block
from platform_plugin_contentful.marks import (
    DELIMITERS,
    ELEMENTS,
    Run,
    Runs,
    clean,
    destination,
    escape,
    is_safe,
)

__all__ = ["Target", "Writer", "plain_text", "to_markdown"]

_DEEPEST = 60
_LINE_START = re.compile(r"^(\s*)([#+=:>-]|\d{1,9}(?=[.)]))", re.MULTILINE)
_LISTS = {"unordered-list": ("-", "*"), "ordered-list": (".", ")")}
_BARE_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Target:
    """What a link or an embedding leads to.

    Attributes:
        url: Empty for what is no page and no file of the site.
        is_image: Whether it can be shown.
        alt: What a person who can't see it should know.
    """

    title: str
    url: str = ""
    is_image: bool = False
    alt: str = ""


Find = Callable[[str, str], Target | None]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one document.

    Attributes:
        find: Given ``Entry`` or ``Asset`` and an id, returns what that is.
        tell: Told what has no form in Markdown.
    """

    find: Find
    tell: Callable[[str], None]

    def document(self, node: Any) -> str:
        """Return the Markdown of a whole document, with a line break at its end."""
        text = self._blocks(_content(node), 0)
        return f"{text}\n" if text else ""

    def _blocks(self, nodes: Sequence[Any], depth: int, *, tight: bool = False) -> str:
        parts: list[str] = []
        before = ("", 0)
        for node in nodes:
            kind = _kind(node)
            # Two lists in a row would be one, so the second has other marks.
            before = (kind, before[1] + 1 if kind == before[0] else 0)
            if text := self._block(kind, node, depth + 1, before[1] % 2):
                parts.append(text)
        return ("\n" if tight else "\n\n").join(parts)

    def _block(self, kind: str, node: Any, depth: int, turn: int) -> str:
        if depth > _DEEPEST:
            self.tell("it is nested too deeply")
            return _on_one_line(escape(plain_text(node)))
        if kind in _LISTS:
            return self._list(kind, node, depth, turn)
        match kind:
            case "paragraph" | "text":
                return self._paragraph(node)
            case "heading-1" | "heading-2" | "heading-3" | "heading-4" | "heading-5" | "heading-6":
                text = _on_one_line(self._inline(_content(node)))
                return f"{'#' * int(kind[-1])} {text}" if text else ""
            case "blockquote":
                return _prefixed(self._blocks(_content(node), depth), "> ", "> ")
            case "hr":
                return "---"
            case "table":
                return self._table(node, depth)
            case "embedded-asset-block":
                return self._embedded(node, "Asset")
            case "embedded-entry-block":
                return self._embedded(node, "Entry")
            case _:
                return self._unknown(kind, node, depth)

    def _unknown(self, kind: str, node: Any, depth: int) -> str:
        self.tell(f"it has a {kind or 'thing'} that can't be shown")
        inner = _content(node)
        if all(_is_inline(item) for item in inner):
            return self._paragraph(node)
        return self._blocks(inner, depth)

    def _paragraph(self, node: Any) -> str:
        nodes = _content(node) if _kind(node) != "text" else [node]
        texts = [item for item in nodes if _kind(item) != "text" or _text(item)]
        if texts and all(_kind(item) == "text" and "code" in _marks(item) for item in texts):
            words = "".join(map(_text, texts))
            if "\n" in words:
                return code_block(words.strip("\n"))
        return _lines(self._inline(nodes))

    def _list(self, kind: str, node: Any, depth: int, turn: int) -> str:
        mark = _LISTS[kind][turn]
        items: list[str] = []
        for number, item in enumerate(_content(node), 1):
            head = f"{mark} " if kind == "unordered-list" else f"{number}{mark} "
            parts = _content(item) if _kind(item) == "list-item" else [item]
            tight = [_kind(part) for part in parts[1:]] in ([], ["unordered-list"], ["ordered-list"])
            text = self._blocks(parts, depth, tight=tight)
            items.append(_prefixed(text, head, " " * len(head)) if text else head.rstrip())
        return ("\n" if not any("\n\n" in item for item in items) else "\n\n").join(items)

    def _table(self, node: Any, depth: int) -> str:
        rows: list[list[str]] = []
        heads = [_kind(cell) == "table-header-cell" for cell in _content((_content(node) or [None])[0])]
        for row in _content(node):
            cells: list[str] = []
            for cell in _content(row):
                text = self._blocks(_content(cell), depth) if depth < _DEEPEST else escape(plain_text(cell))
                cells += [_BARE_PIPE.sub(r"\|", _on_one_line(text)), *[""] * (_span(cell) - 1)]
            rows.append(cells)
        width = max(map(len, rows), default=0)
        if not width:
            return ""
        if not all(heads):
            rows.insert(0, [])  # Markdown has no table without a head
        lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
        return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

    def _embedded(self, node: Any, kind: str) -> str:
        found = self._target(node, kind)
        if found is None:
            return ""
        if found.is_image:
            return f"![{_on_one_line(escape(found.alt or found.title))}]({destination(found.url)})"
        title = _on_one_line(escape(found.title))
        if found.url:
            return f"[{title}]({destination(found.url)})"
        self.tell(f"it shows {found.title!r}, which is no page of the site")
        return f"*{title}*" if title and not title[:1].isspace() else ""

    def _target(self, node: Any, kind: str) -> Target | None:
        target = _data(node).get("target")
        sys = target.get("sys") if isinstance(target, dict) else None
        name = sys.get("id") if isinstance(sys, dict) else None
        found = self.find(kind, name) if isinstance(name, str) else None
        if found is None:
            self.tell(f"it refers to the {kind.lower()} {name!r}, which is not published")
        return found

    def _inline(self, nodes: Iterable[Any], depth: int = 0) -> str:
        return Runs([run for node in nodes for run in self._runs(node, depth)]).text()

    def _runs(self, node: Any, depth: int) -> list[Run]:
        kind = _kind(node)
        if depth > _DEEPEST:
            self.tell("it is nested too deeply")
            return [Run(escape(plain_text(node)))]
        match kind:
            case "text":
                return [_text_run(node)]
            case "hyperlink":
                return self._link(node, str(_data(node).get("uri") or ""), depth)
            case "entry-hyperlink" | "asset-hyperlink":
                found = self._target(node, "Entry" if kind == "entry-hyperlink" else "Asset")
                if found and not found.url:
                    self.tell(f"it has a link to {found.title!r}, which is no page of the site")
                return self._link(node, found.url if found else "", depth)
            case "embedded-entry-inline":
                found = self._target(node, "Entry")
                return [] if found is None else _link_runs(_on_one_line(escape(found.title)), found.url)
            case _:
                self.tell(f"it has a {kind or 'thing'} that can't be shown")
                return [run for item in _content(node) for run in self._runs(item, depth + 1)]

    def _link(self, node: Any, url: str, depth: int) -> list[Run]:
        # A link in a link would not be one.
        inner = [item if _kind(item) == "text" else _as_text(item) for item in _content(node)]
        text = self._inline(inner, depth + 1)
        if url and not is_safe(url):
            self.tell(f"it has a link to {url[:60]!r}, which no page should have")
            url = ""
        return _link_runs(text, url)


def to_markdown(node: Any, find: Find, tell: Callable[[str], None]) -> str:
    """Return the Markdown of a rich text document."""
    return Writer(find, tell).document(node)


def plain_text(node: Any) -> str:
    """Return the words of a document, without any form."""
    words: list[str] = []
    stack = [node]
    while stack:
        item = stack.pop()
        if _kind(item) == "text":
            words.append(_text(item))
        else:
            stack += reversed(_content(item))
            if words and _kind(item) in {"paragraph", "list-item", "table-row", "blockquote", "hr"}:
                words.append(" ")
    return " ".join("".join(words).split())


def _text_run(node: Any) -> Run:
    text = _text(node)
    marks = tuple(mark for mark in _marks(node) if mark in DELIMITERS or mark in ELEMENTS)
    if "code" in _marks(node) and text.strip():
        return Run(text, marks, code=True)
    return Run(escape(text), marks)


def _link_runs(text: str, url: str) -> list[Run]:
    text = text.strip()
    if not text or not url:
        return [Run(text)] if text else []
    return [Run(f"[{text}]({destination(url)})")]


def _lines(text: str) -> str:
    """Return a paragraph: lines break where the author broke them, and none begins a block."""
    rows = [row.strip() for row in text.split("\n")]
    rows = [_LINE_START.sub(_mask, row) for row in rows if row]
    return "  \n".join(rows)


def _mask(found: re.Match[str]) -> str:
    # A number is masked at the sign behind it.
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _prefixed(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return (
        "\n".join([first + lines[0], *(rest + line if line else rest.rstrip() for line in lines[1:])]) if text else ""
    )


def _as_text(node: Any) -> dict[str, Any]:
    return {"nodeType": "text", "value": plain_text(node), "marks": []}


def _is_inline(node: Any) -> bool:
    return _kind(node) in {
        "text",
        "hyperlink",
        "entry-hyperlink",
        "asset-hyperlink",
        "resource-hyperlink",
        "embedded-entry-inline",
        "embedded-resource-inline",
    }


def _kind(node: Any) -> str:
    kind = node.get("nodeType") if isinstance(node, Mapping) else None
    return kind if isinstance(kind, str) else ""


def _content(node: Any) -> list[Any]:
    found = node.get("content") if isinstance(node, Mapping) else None
    return found if isinstance(found, list) else []


def _data(node: Any) -> Mapping[str, Any]:
    found = node.get("data") if isinstance(node, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _text(node: Any) -> str:
    value = node.get("value") if isinstance(node, Mapping) else None
    return clean(value) if isinstance(value, str) else ""


def _marks(node: Any) -> list[str]:
    rows = node.get("marks") if isinstance(node, Mapping) else None
    found = [row.get("type") for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return list(dict.fromkeys(kind for kind in found if isinstance(kind, str)))


def _span(cell: Any) -> int:
    width = _data(cell).get("colspan", 1)
    return width if type(width) is int and 1 <= width <= 50 else 1
