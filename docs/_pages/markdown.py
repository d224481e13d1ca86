"""Small pieces of Markdown, and docstrings turned into them."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

__all__ = ["NOTICE", "cell", "code", "page", "plain", "prose", "record", "sections", "table", "terms"]

NOTICE = "<!-- Written by `nox -s gen` from the code. Change the code, not this page. -->"
_SECTION = re.compile(r"^(Args|Attributes|Example|Raises|Returns):$", re.MULTILINE)
_TERM = re.compile(r"^    (\*{0,2}\w+): ", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z`*\"'])")


def page(title: str, parts: Iterable[str]) -> str:
    """Return a whole page."""
    return "\n\n".join([f"# {title}", NOTICE, *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells may hold anything."""
    lines = [columns, ["---"] * len(columns), *([cell(item) for item in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """Return *text* on one line, with nothing in it that would end a cell."""
    return plain(" ".join(text.split())).replace("|", "\\|")


def plain(text: str) -> str:
    """Keep what looks like a tag from being one, outside code."""
    return "".join(part if part.startswith("`") else part.replace("<", "&lt;") for part in re.split(r"(`[^`]*`)", text))


def code(text: str, language: str = "text") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.strip(chr(10))}\n```"


def prose(text: str) -> str:
    """Return the prose of a docstring as Markdown, one sentence on a line; indented blocks stay blocks."""
    parts = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if all(line.startswith("    ") for line in block.splitlines()):
            parts.append(code(inspect.cleandoc(block)))
        elif block.lstrip().startswith("- "):
            parts.append(re.sub(r"\n  +", " ", _ticks(block)))
        else:
            parts.append(_SENTENCE.sub("\n", _ticks(" ".join(block.split()))))
    return "\n\n".join(part if part.startswith("```") else plain(part) for part in parts)


def _ticks(text: str) -> str:
    return text.replace("``", "`")


def sections(documented: Any) -> dict[str, str]:
    """Split a docstring: what comes first is under the empty name."""
    first, *rest = _SECTION.split(inspect.getdoc(documented) or "")
    return {"": first, **dict(zip(rest[::2], rest[1::2], strict=True))}


def terms(text: str) -> dict[str, str]:
    """Return name -> text of a section such as Attributes."""
    _, *rest = _TERM.split(text)
    return {name: _ticks(" ".join(words.split())) for name, words in zip(rest[::2], rest[1::2], strict=True)}


def record(cls: type) -> Iterator[str]:
    """Describe a dataclass: its prose, then a table of its fields."""
    parts = sections(cls)
    meanings = terms(parts.get("Attributes", ""))
    yield prose(parts[""])
    rows = [
        (f"`{item.name}`", f"`{item.type}`", _default(item), meanings.get(item.name, ""))
        for item in dataclasses.fields(cls)
    ]
    yield table(("field", "type", "default", "meaning"), rows)


def _default(item: dataclasses.Field[Any]) -> str:
    if item.default_factory is not dataclasses.MISSING:
        return f"`{item.default_factory()!r}`"
    return "required" if item.default is dataclasses.MISSING else f"`{item.default!r}`"
