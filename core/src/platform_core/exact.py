"""Numbers with the digits that they were written with, so that a price is never rounded.

A float can't tell 18.10 from 18.1, and has no digits of its own. What reads files and
answers keeps them; what doesn't know of it sees a float.
"""

from __future__ import annotations

import json
import re
from typing import Any, Self

__all__ = ["Exact", "dump_json", "is_exact", "load_json", "read_number"]

_WRITTEN = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
# No name that a provider gives a field.
_DIGITS = "\0digits"


class Exact(float):
    """A float that remembers its digits: ``str`` of it is what was written."""

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str | float) -> Self:
        """Read *text*; a float, as copying gives one, has the digits that Python shows."""
        made = super().__new__(cls, text)
        made._text = str(text)
        return made

    def __str__(self) -> str:
        return self._text

    __repr__ = __str__


def is_exact(text: str) -> bool:
    """Tell whether *text* is a plain decimal number, whose digits are worth keeping."""
    return bool(_WRITTEN.fullmatch(text))


def read_number(text: str) -> float:
    """Read a number that is no whole one; what JSON and TOML call with its text."""
    return Exact(text) if is_exact(text) else float(text)


def load_json(text: str | bytes) -> Any:
    """Read JSON, with the digits of its numbers.

    Raises:
        ValueError: It is none.
    """
    return json.loads(text, parse_float=read_number, object_hook=_with_digits)


def dump_json(value: Any) -> str:
    """Write JSON for `load_json`; digits are kept beside their numbers, for which JSON's writer has no place."""
    return json.dumps(_marked(value))


def _with_digits(found: dict[str, Any]) -> Any:
    return Exact(found[_DIGITS]) if found.keys() == {_DIGITS} else found


def _marked(value: Any) -> Any:
    if isinstance(value, Exact):
        return {_DIGITS: str(value)}
    if isinstance(value, dict):
        return {name: _marked(one) for name, one in value.items()}
    return [_marked(one) for one in value] if isinstance(value, list | tuple) else value
