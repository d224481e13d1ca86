"""Search parameters of the delivery API: which items an answer has, and in which order."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

__all__ = ["QueryError", "ordered", "picked", "selected"]

_CONDITION = re.compile(
    r"((?:sys|fields|metadata)(?:\.[A-Za-z0-9_-]+)+)(?:\[(in|nin|ne|exists|match|lt|lte|gt|gte|all)\])?"
)
_ELSEWHERE = frozenset(
    {"access_token", "content_type", "include", "limit", "locale", "mimetype_group", "order", "query", "select", "skip"}
)


class QueryError(ValueError):
    """A parameter that the API refuses."""


def picked(items: Iterable[Mapping[str, Any]], query: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Return the items that fulfil every condition of *query*.

    Raises:
        QueryError: There is no such condition.
    """
    conditions = [_condition(name, value) for name, value in query.items() if name not in _ELSEWHERE]
    if kind := query.get("content_type"):
        conditions.append(lambda item: _found(item, "sys.contentType.sys.id") == [kind])
    if group := query.get("mimetype_group"):
        conditions.append(lambda item: str(_found(item, "fields.file.contentType")[:1]).find(f"{group}/") >= 0)
    if words := query.get("query"):
        conditions.append(lambda item: words.lower() in str(item.get("fields")).lower())
    return [item for item in items if all(holds(item) for holds in conditions)]


def ordered(items: Sequence[Mapping[str, Any]], order: str) -> list[Mapping[str, Any]]:
    """Return the items in an order such as ``-sys.updatedAt,fields.title``."""
    found = list(items)
    for name in reversed([part for part in order.split(",") if part]):
        path = name.lstrip("-")
        if not _CONDITION.fullmatch(path):
            raise QueryError(f"The order {name!r} is not one.")
        with_value = [item for item in found if _found(item, path)]
        without = [item for item in found if not _found(item, path)]
        with_value.sort(key=lambda item: str(_found(item, path)[0]), reverse=name.startswith("-"))
        found = [*with_value, *without]
    return found


def selected(item: Mapping[str, Any], select: str) -> Mapping[str, Any]:
    """Return an item with nothing but what ``select`` names."""
    names = [part.strip() for part in select.split(",") if part.strip()]
    if not names:
        return item
    whole = {name for name in names if "." not in name}
    kept = {name.partition(".")[2] for name in names if name.startswith("fields.")}
    result = {name: value for name, value in item.items() if name in {"sys", *whole}}
    if kept and "fields" not in whole:
        result["fields"] = {name: value for name, value in item.get("fields", {}).items() if name in kept}
    return result


def _condition(name: str, wanted: str) -> Callable[[Mapping[str, Any]], bool]:
    match = _CONDITION.fullmatch(name)
    if not match:
        raise QueryError(f"The query parameter {name!r} is not known.")
    path, operator = match[1], match[2] or "eq"
    words = wanted.split(",")

    def holds(item: Mapping[str, Any]) -> bool:
        found = [_text(value) for value in _found(item, path)]
        match operator:
            case "eq":
                return wanted in found
            case "ne":
                return wanted not in found
            case "in":
                return any(value in words for value in found)
            case "nin":
                return not any(value in words for value in found)
            case "all":
                return all(word in found for word in words)
            case "exists":
                return bool(found) == (wanted == "true")
            case "match":
                return any(wanted.lower() in value.lower() for value in found)
            case _:
                return any(_compares(operator, value, wanted) for value in found)

    return holds


def _compares(operator: str, value: str, wanted: str) -> bool:
    left: Any = value
    right: Any = wanted
    with contextlib.suppress(ValueError):
        left, right = float(value), float(wanted)
    return bool((left < right, left <= right, left > right, left >= right)[("lt", "lte", "gt", "gte").index(operator)])


def _found(item: Any, path: str) -> list[Any]:
    """Return the values at a path; lists on the way are gone through."""
    values = [item]
    for part in path.split("."):
        values = [value[part] for value in values if isinstance(value, Mapping) and value.get(part) is not None]
        values = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return values


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
