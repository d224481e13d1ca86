"""Small parts of the stand-in's answers: connections, ids, times, searches."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any

from babel import Locale
from graphql import GraphQLError

from platform_plugin_shopify_basic.standin.catalogue import Item

__all__ = ["MOST", "connection", "handle", "language", "matches", "number", "options", "time", "with_token"]

MOST = 250
"""How many rows or ids one field takes."""
_TIME = re.compile(r"updated_at:(>=|>)'([^']+)'")


def with_token(info: Any, field: str, value: Any) -> Any:
    """Return *value* to whoever has a token; without one the API refuses the field."""
    if info.context.token:
        return value
    message = f"Access denied for {field} field. Required access: an access token."
    raise GraphQLError(message, extensions={"code": "ACCESS_DENIED"})


def connection(
    rows: Sequence[Any],
    shown: Callable[[Any], Any],
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
    reverse: bool = False,
) -> dict[str, Any]:
    """Return one page of *rows*, as a connection."""
    if (first is None) == (last is None):
        raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
    if not 0 <= (first if first is not None else last or 0) <= MOST:
        raise GraphQLError(f"first and last are limited to {MOST}", extensions={"code": "BAD_REQUEST"})
    rows = list(reversed(rows)) if reverse else list(rows)
    begin = _place(after) + 1 if after else 0
    end = _place(before) if before else len(rows)
    if first is not None:
        end = min(end, begin + first)
    else:
        begin = max(begin, end - (last or 0))
    nodes = [shown(row) for row in rows[begin:end]]
    edges = [{"cursor": _cursor(begin + number), "node": node} for number, node in enumerate(nodes)]
    return {
        "nodes": nodes,
        "edges": edges,
        "pageInfo": {
            "hasNextPage": end < len(rows),
            "hasPreviousPage": begin > 0,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _cursor(place: int) -> str:
    return base64.b64encode(f"place:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("place:"))
    except ValueError:
        raise GraphQLError("Invalid cursor for current pagination sort.", extensions={"code": "BAD_REQUEST"}) from None


def matches(item: Item, query: str) -> bool:
    """Tell whether a product is what a search asks for; only the time of change is understood."""
    found = _TIME.fullmatch(query.strip())
    if not query.strip():
        return True
    if not found:
        raise GraphQLError(f"The stand-in does not understand the search {query!r}.")
    since = dt.datetime.fromisoformat(found[2])
    return item.updated >= since if found[1] == ">=" else item.updated > since


def options(item: Item) -> list[dict[str, Any]]:
    """Return the options of a product, in the order of its variants."""
    names: dict[str, dict[str, None]] = {}
    for sold in item.variants:
        for name, value in sold.options.items():
            names.setdefault(name, {})[value] = None
    return [
        {
            "__typename": "ProductOption",
            "id": f"gid://shopify/ProductOption/{item.number}{place}",
            "name": name,
            "values": list(values),
            "optionValues": [
                {
                    "__typename": "ProductOptionValue",
                    "id": f"gid://shopify/ProductOptionValue/{item.number}{place}{number}",
                    "name": value,
                }
                for number, value in enumerate(values)
            ],
        }
        for place, (name, values) in enumerate(names.items())
    ]


def language(code: str) -> dict[str, str]:
    """Return a language as the API describes it."""
    own = Locale.parse(code.lower().split("_")[0])
    return {"isoCode": code, "name": own.get_display_name("en") or code, "endonymName": own.get_display_name() or code}


def handle(tag: str) -> str:
    """Return what an address says for *tag*."""
    return re.sub(r"[^a-z0-9]+", "-", tag.lower()).strip("-")


def number(gid: str | None) -> int:
    """Return the number at the end of an id; 0 without one."""
    digits = (gid or "").rpartition("/")[2].partition("?")[0]
    return int(digits) if digits.isdecimal() else 0


def time(moment: dt.datetime) -> str:
    """Return *moment* as the API writes it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
