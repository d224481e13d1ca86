"""Words of a text as Markdown: marks around them, addresses, and what has to be masked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from platform_core.markdown import code_span, without_braces

__all__ = ["DELIMITERS", "ELEMENTS", "Run", "Runs", "clean", "destination", "escape", "is_safe"]

_SPECIAL = re.compile(r"([\\`*\[\]<>|~])")
_ENTITY = re.compile(r"&(?=#?\w{1,40};)")
_LONE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ALLOWED = ("http:", "https:", "mailto:", "tel:")
DELIMITERS = {"bold": ("**", "strong"), "italic": ("*", "em"), "strikethrough": ("~~", "del")}
ELEMENTS = {"underline": "u", "superscript": "sup", "subscript": "sub"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff]")


def clean(text: str) -> str:
    """Return *text* without characters that no file can hold."""
    found = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", found.replace("\r\n", "\n").replace("\r", "\n"))


def escape(text: str) -> str:
    """Return *text* so that Markdown, and the templates of engines, take it for words."""
    found = _SPECIAL.sub(r"\\\1", text)
    found = _LONE_UNDERSCORE.sub(r"\_", found)
    found = without_braces(_ENTITY.sub(r"\\&", found))
    # An exclamation mark before a link would make a picture of it.
    return re.sub(r"!$", r"\!", found)


@dataclass(frozen=True, slots=True)
class Run:
    """Inline Markdown, or code as it is, with the marks that are still to be written around it."""

    text: str
    marks: tuple[str, ...] = ()
    code: bool = False


class Runs:
    """Writes marks around runs, so that neighbours share them and Markdown sees them."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = list(_joined(run for run in runs if run.text))

    def text(self) -> str:
        """Return the Markdown of all runs."""
        return self._write(self._runs, (), "", "")

    def _write(self, runs: Sequence[Run], done: tuple[str, ...], before: str, after: str) -> str:
        out = ""
        at = 0
        while at < len(runs):
            mark, end = self._longest(runs, at, done)
            follows = _first(runs[end].text) if end < len(runs) else after
            if not mark:
                out += runs[at].text
            else:
                inner = self._write(runs[at:end], (*done, mark), "", "")
                out += _marked(inner, mark, (out or before)[-1:], follows)
            at = end
        return out

    @staticmethod
    def _longest(runs: Sequence[Run], at: int, done: tuple[str, ...]) -> tuple[str, int]:
        """Return the mark that goes on for most runs, and where it ends."""
        best, reach = "", at + 1
        for mark in runs[at].marks:
            if mark in done:
                continue
            end = at
            while end < len(runs) and mark in runs[end].marks:
                end += 1
            if not best or end > reach:
                best, reach = mark, end
        return best, reach


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield Markdown; code that comes in pieces becomes one, since the backticks of two would be read as a longer sign."""
    for (code, _), group in groupby(runs, key=lambda run: (run.code, frozenset(run.marks))):
        pieces = list(group)
        if code:
            yield Run(code_span("".join(piece.text for piece in pieces)), pieces[0].marks)
        else:
            yield from pieces


def _marked(text: str, mark: str, before: str, after: str) -> str:
    """Write one mark around *text*; as an element where its signs would not be seen as a mark."""
    inner = text.strip()
    if not inner:
        return text
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    left, right = lead or before, trail or after
    if mark in DELIMITERS:
        sign, name = DELIMITERS[mark]
        if _opens(left, inner) and _closes(inner, right) and sign[0] not in (left[-1:], right[:1], inner[0], inner[-1]):
            return f"{lead}{sign}{inner}{sign}{trail}"
    else:
        name = ELEMENTS[mark]
    return f"{lead}<{name}>{inner}</{name}>{trail}"


def _opens(before: str, inner: str) -> bool:
    return not _is_punctuation(inner[0]) or not before or before[-1].isspace() or _is_punctuation(before[-1])


def _closes(inner: str, after: str) -> bool:
    return not _is_punctuation(inner[-1]) or not after or after[0].isspace() or _is_punctuation(after[0])


def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"


def destination(url: str) -> str:
    """Return *url* so that it can stand between parentheses."""
    found = "".join(letter if letter > " " else f"%{ord(letter):02X}" for letter in url)
    for letter in "()<>\\[]{}|`*~":
        found = found.replace(letter, f"%{ord(letter):02X}")
    return found


def is_safe(url: str) -> bool:
    """Tell whether a page may lead to *url*: no script, no file of the reader's machine."""
    found = _SCHEME.match("".join(letter for letter in url if letter > " "))
    return found is None or found[0].lower() in _ALLOWED


def _first(text: str) -> str:
    return text[:1]
