"""JSON from outside, read strictly.

Two parsers that disagree about one body are a way around a check, so what the
standard leaves open is refused: a key twice, NaN and Infinity, numbers that
overflow, half a surrogate pair, a byte order mark, nesting without end.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

__all__ = ["MAX_DEPTH", "loads"]

MAX_DEPTH = 64


def loads(body: bytes) -> Any:
    """Parse *body* as one JSON value.

    Raises:
        ValueError: It is not UTF-8, not JSON, or not unambiguous.
    """
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _check(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        if not level:
            return
        for item in level:
            _check_text(item)
        level = [child for item in level for child in _children(item)]
    if level:
        raise ValueError("nested too deeply")


def _check_text(item: Any) -> None:
    # UnicodeEncodeError is a ValueError; JSON's \ud800 is legal, but no store takes it.
    if isinstance(item, str):
        item.encode("utf-8")
    elif isinstance(item, dict):
        for key in item:
            key.encode("utf-8")


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []
