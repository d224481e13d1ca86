"""A product's tables: rows of objects in the dataset, tables in the front matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["product_data", "product_rows"]


def product_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return front matter of a product as core reads it, with tables in place of rows."""
    found = dict(data)
    for key in ("price", "sku", "currency"):
        if isinstance(found.get(key), int | float) and not isinstance(found[key], bool):
            found[key] = str(found[key])
    tables = {
        "prices": dict(_pairs(found.get("prices"), "currency", "amount")),
        "options": dict(_pairs(found.get("options"), "name", "choices")),
        "variants": [_variant(row) for row in _rows(found.get("variants"))],
    }
    for key, table in tables.items():
        if isinstance(found.get(key), list):
            found[key] = table
        if key in found and not found[key]:
            del found[key]
    return found


def product_rows(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of a product's front matter as rows for the dataset, the reverse of `product_data`."""
    found: dict[str, Any] = {}
    if isinstance(prices := data.get("prices"), Mapping):
        found["prices"] = _keyed("productPrice", [{"currency": c, "amount": str(a)} for c, a in prices.items()])
    if isinstance(options := data.get("options"), Mapping):
        rows = [
            {"name": str(name), "choices": [str(choice) for choice in choices]} for name, choices in options.items()
        ]
        found["options"] = _keyed("productOption", rows)
    if isinstance(variants := data.get("variants"), list):
        found["variants"] = _keyed("productVariant", [_variant_row(row) for row in variants])
    return found


def _variant(row: Mapping[str, Any]) -> dict[str, Any]:
    chosen = dict(_pairs(row.get("options"), "name", "choice"))
    price = {} if row.get("price") is None else {"price": str(row["price"])}
    return {**row, "options": chosen, **price}


def _variant_row(row: Mapping[str, Any]) -> dict[str, Any]:
    chosen = [{"name": str(name), "choice": str(choice)} for name, choice in (row.get("options") or {}).items()]
    found = {key: value for key, value in row.items() if key in {"sku", "stock"}}
    price = {} if row.get("price") is None else {"price": str(row["price"])}
    return {**found, "options": _keyed("productChoice", chosen), **price}


def _keyed(kind: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"_type": kind, "_key": f"r{number:04x}", **row} for number, row in enumerate(rows)]


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _pairs(value: Any, key: str, of: str) -> Iterator[tuple[str, Any]]:
    for row in _rows(value):
        if row.get(key) is not None and row.get(of) is not None:
            yield str(row[key]), row[of]
