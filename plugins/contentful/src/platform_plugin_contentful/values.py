"""Values of a space as front matter has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from platform_plugin_contentful.marks import clean

__all__ = ["MOMENTS", "fact", "moment", "plain"]

MOMENTS = frozenset({"date", "updated", "publish_at", "expire_at"})
_AMOUNTS = frozenset({"price"})


def moment(value: Any) -> Any:
    """Return a date or a time; what is neither stays as it is."""
    if not isinstance(value, str):
        return plain(value)
    try:
        if len(value) == len("2026-01-02"):
            return dt.date.fromisoformat(value)
        found = dt.datetime.fromisoformat(value)
        # A zone of seconds is none that YAML can hold.
        return plain(value) if (found.utcoffset() or dt.timedelta()).seconds % 60 else found.replace(microsecond=0)
    except ValueError:
        return plain(value)


def plain(value: Any) -> Any:
    """Return JSON without characters that no file can hold."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def fact(name: str, value: Any) -> Any:
    """Return a product's value: an amount is text, a count is a whole number."""
    if name in _AMOUNTS and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if name in {"stock", "weight"} and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
