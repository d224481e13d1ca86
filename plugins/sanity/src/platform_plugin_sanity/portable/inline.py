"""The text inside a block: spans with marks to inline Markdown, by the rules of CommonMark.

Whether ``**`` begins or ends something depends on its neighbours. Where a neighbour is
a letter and that would matter, it is written as a character reference: those end with
punctuation, beside which the mark is always one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit

from platform_core.markdown import code_span, without_braces

__all__ = ["Piece", "escape_line_starts", "image_markdown", "inline_markdown", "link_address", "link_markdown"]

# Outermost first; code can hold nothing else.
_DELIMITERS: Mapping[str, str] = {"strong": "**", "em": "_", "strike-through": "~~"}
_CODE = "code"
_SPECIAL = re.compile(r"[\\`*_\[\]<>~]|&(?=#?\w+;)")
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "ftp"})
# Halves of surrogate pairs can come out of JSON, and into no file.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LINE_START = re.compile(r"(?P<digits>\d{1,9})(?=[.)](?:\s|$))|(?=[#+\-=|:])")


@dataclass(frozen=True)
class Piece:
    """A run of text, or of Markdown that is finished, with its marks.

    Attributes:
        marks: Names of decorators.
        href: Where the text leads, or an empty string.
        raw: Whether *text* is Markdown already.
    """

    text: str
    marks: frozenset[str] = frozenset()
    href: str = ""
    raw: bool = False


def inline_markdown(pieces: Iterable[Piece], *, breaks: bool = True) -> str:
    """Return *pieces* as one line of Markdown, or several when *breaks* are allowed in it."""
    cleaned = [_clean(piece, breaks=breaks) for piece in pieces]
    text = _join(_links([piece for piece in cleaned if piece.text])).strip(" \t\n")
    lines = [line.strip(" \t") for line in text.split("\n")]
    return "\\\n".join(line for line in lines if line) if breaks else " ".join(lines).strip()


def escape_line_starts(text: str) -> str:
    """Escape what would begin a list, a heading or a rule at the start of a line."""
    return "\n".join(_escape_start(line) for line in text.split("\n"))


def link_address(href: Any) -> str:
    """Return *href* as it may stand in a link; empty when it leads to no page.

    Scripts and data are no pages.
    """
    text = _CONTROL.sub("", href).strip() if isinstance(href, str) else ""
    try:
        scheme = urlsplit(text).scheme.lower()
    except ValueError:
        return ""
    if not text or (scheme and scheme not in _SCHEMES) or text.startswith(("//", "\\", "/\\")):
        return ""
    encoded = quote(text, safe=":/?#[]@!$&'*+,;=%-._~")
    return re.sub(r"&(?=#?\w+;)", "&amp;", encoded)


def link_markdown(label: str, href: str) -> str:
    """Return a link whose *label* is plain text; the label alone when *href* leads nowhere."""
    return inline_markdown([Piece(label or href, href=link_address(href))], breaks=False)


def image_markdown(alt: str, address: str, caption: str = "") -> str:
    """Return an image; *alt* and *caption* are plain text."""
    label = inline_markdown([Piece(alt)], breaks=False)
    title = " ".join(caption.split()).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    title = without_braces(title)
    return f'![{label}]({address} "{title}")' if title else f"![{label}]({address})"


@dataclass(frozen=True)
class _Node:
    """Finished Markdown, and the delimiters at its ends (empty for text)."""

    text: str
    marked: bool = False


def _clean(piece: Piece, *, breaks: bool) -> Piece:
    text = piece.text
    if not piece.raw:
        text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\t", " ")
    if not breaks:
        text = text.replace("\n", " ")
    return Piece(text, piece.marks & {*_DELIMITERS, _CODE}, piece.href, piece.raw)


def _links(pieces: Sequence[Piece]) -> Iterator[_Node]:
    for href, group in groupby(pieces, key=lambda piece: piece.href):
        nodes = list(_marked(list(group), tuple(_DELIMITERS)))
        if not href:
            yield from nodes
            continue
        before, inner, after = _trim(_join(nodes))
        if inner:
            yield from _around(before, f"[{inner}]({href})", after)
        elif before:
            yield _Node(before)


def _marked(pieces: Sequence[Piece], marks: Sequence[str]) -> Iterator[_Node]:
    """Yield the nodes of *pieces*, grouped by the first of *marks*, then the next inside it."""
    if not marks:
        yield from _plain(pieces)
        return
    delimiter = _DELIMITERS[marks[0]]
    for has, group in groupby(pieces, key=lambda piece: marks[0] in piece.marks):
        nodes = list(_marked(list(group), marks[1:]))
        if not has:
            yield from nodes
            continue
        before, inner, after = _trim(_join(nodes))
        if inner:
            yield from _around(before, f"{delimiter}{inner}{delimiter}", after)
        elif before:
            yield _Node(before)


def _plain(pieces: Sequence[Piece]) -> Iterator[_Node]:
    for (raw, code), group in groupby(pieces, key=lambda piece: (piece.raw, _CODE in piece.marks)):
        text = "".join(piece.text for piece in group)
        if raw:
            yield _Node(text, marked=True)
        elif not code:
            yield _Node(_escape(text))
        elif text.strip(" \n"):
            before, inner, after = _trim(text)
            yield from _around(before, code_span(inner), after)
        else:
            yield _Node(text)


def _around(before: str, inner: str, after: str) -> Iterator[_Node]:
    """Put white space outside of marks: beside it a mark would not be one."""
    if before:
        yield _Node(before)
    yield _Node(inner, marked=True)
    if after:
        yield _Node(after)


def _join(nodes: Iterable[_Node]) -> str:
    """Join nodes so that each mark stays one beside its neighbours."""
    result = ""
    last_marked = False
    for node in nodes:
        text = node.text
        if not text:
            continue
        if node.marked and result and _is_word(result[-1]):
            # A letter that is the end of an escape or a reference is none: those end with punctuation.
            result = f"{result[:-1]}&#{ord(result[-1])};"
        elif node.marked and result.endswith("!") and text.startswith("["):
            result = f"{result[:-1]}\\!"
        if last_marked and not node.marked and _is_word(text[0]):
            text = f"&#{ord(text[0])};{text[1:]}"
        result += text
        last_marked = node.marked
    return result


def _trim(text: str) -> tuple[str, str, str]:
    inner = text.strip()
    if not inner:
        return text, "", ""
    start = text.index(inner)
    return text[:start], inner, text[start + len(inner) :]


def _escape(text: str) -> str:
    return without_braces(_SPECIAL.sub(lambda match: f"\\{match[0]}", text))


def _is_word(character: str) -> bool:
    # Older readers take symbols beyond ASCII for letters.
    symbol = character.isascii() and not character.isalnum()
    return not symbol and not character.isspace() and unicodedata.category(character)[0] not in "PZ"


def _escape_start(line: str) -> str:
    match = _LINE_START.match(line)
    if not match:
        return line
    digits = match["digits"] or ""
    return f"{digits}\\{line[len(digits) :]}"
