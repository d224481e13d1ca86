"""Blocks to Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from platform_plugin_sanity.portable.inline import Piece, escape_line_starts, inline_markdown, link_address

__all__ = ["Resolver", "to_markdown"]

_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_MAX_LEVEL = 10


class Resolver(Protocol):
    """Knows what stands outside of a text: pictures, references, objects of the site's own."""

    def address(self, annotation: Mapping[str, Any]) -> str:
        """Return where an annotation leads, or an empty string when it is no link."""
        ...

    def object(self, item: Mapping[str, Any], *, inline: bool) -> str:
        """Return the Markdown of something that is no text; empty when there is none."""
        ...


def to_markdown(blocks: Any, resolver: Resolver) -> str:
    """Return portable text as Markdown, with a newline at its end unless it is empty.

    Args:
        blocks: The array. What is not a block is left to *resolver*.
        resolver: Turns objects and annotations into Markdown.
    """
    items = [item for item in blocks if isinstance(item, Mapping)] if isinstance(blocks, list) else []
    parts = [part for part in _parts(items, resolver) if part]
    return "\n\n".join(parts) + "\n" if parts else ""


def _parts(items: Sequence[Mapping[str, Any]], resolver: Resolver) -> Iterator[str]:
    listed: list[Mapping[str, Any]] = []
    for item in items:
        if item.get("_type") == "block" and item.get("listItem"):
            listed.append(item)
            continue
        yield _list(listed, resolver)
        listed = []
        yield _block(item, resolver) if item.get("_type") == "block" else resolver.object(item, inline=False)
    yield _list(listed, resolver)


def _block(item: Mapping[str, Any], resolver: Resolver) -> str:
    style = item.get("style")
    pieces = _pieces(item, resolver)
    if style in _HEADINGS:
        text = inline_markdown(pieces, breaks=False)
        # A row of # at the end would close the heading.
        return f"{_HEADINGS[style]} {re.sub(r'(#+)$', _escaped_run, text)}" if text else ""
    text = escape_line_starts(inline_markdown(pieces))
    if style == "blockquote" and text:
        return "\n".join(f"> {line}" for line in text.split("\n"))
    return text


def _escaped_run(match: re.Match[str]) -> str:
    return "\\#" * len(match[1])


def _list(items: Sequence[Mapping[str, Any]], resolver: Resolver) -> str:
    """Nest the items of a list by their levels; a level that is skipped is one step."""
    lines: list[str] = []
    open_levels: list[tuple[int, int, str]] = []  # level, column of its text, kind
    numbers: list[int] = []
    for item in items:
        level, kind, text = _level(item), str(item.get("listItem")), _block(item, resolver)
        if not text:
            continue  # what follows an empty item would not be read as a list
        while open_levels and open_levels[-1][0] > level:
            open_levels.pop()
            numbers.pop()
        if open_levels and open_levels[-1][0] == level and open_levels[-1][2] != kind:
            open_levels.pop()
            numbers.pop()
        if not open_levels or open_levels[-1][0] < level:
            open_levels.append((level, 0, kind))
            numbers.append(0)
        numbers[-1] += 1
        outer = open_levels[-2][1] if len(open_levels) > 1 else 0
        marker = f"{numbers[-1]}." if kind == "number" else "-"
        open_levels[-1] = (level, outer + len(marker) + 1, kind)
        lines += _item_lines(text, f"{' ' * outer}{marker} ")
    return "\n".join(lines)


def _item_lines(text: str, begin: str) -> Iterator[str]:
    first, *rest = text.split("\n")
    yield f"{begin}{first}".rstrip()
    yield from (f"{' ' * len(begin)}{line}" for line in rest)


def _level(item: Mapping[str, Any]) -> int:
    level = item.get("level")
    return min(max(level, 1), _MAX_LEVEL) if isinstance(level, int) else 1


def _pieces(item: Mapping[str, Any], resolver: Resolver) -> Iterator[Piece]:
    hrefs = {str(mark.get("_key")): link_address(resolver.address(mark)) for mark in _mappings(item.get("markDefs"))}
    for child in _mappings(item.get("children")):
        given = child.get("marks")
        marks = [mark for mark in given if isinstance(mark, str)] if isinstance(given, list) else []
        href = next((hrefs[mark] for mark in marks if hrefs.get(mark)), "")
        text = child.get("text")
        if child.get("_type", "span") == "span":
            yield Piece(text if isinstance(text, str) else "", frozenset(marks), href)
        elif markdown := resolver.object(child, inline=True):
            yield Piece(markdown, href=href, raw=True)


def _mappings(value: Any) -> Iterable[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
