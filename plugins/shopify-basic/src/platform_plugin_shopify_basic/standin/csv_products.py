"""Products from a CSV file as Shopify exports it, of both generations of headers.

The old one begins ``Handle,Title,Body (HTML)``, the new one ``Title,URL handle,
Description``. A row that has no title belongs to the product above it: another
variant, another picture, or both.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from platform_core.errors import ContentError, Problem
from platform_plugin_shopify_basic.standin.catalogue import Item, Picture, Sold

__all__ = ["read_products"]

_NAMES: Mapping[str, tuple[str, ...]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "html": ("body (html)", "description"),
    "vendor": ("vendor",),
    "type": ("type",),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "sku": ("variant sku", "sku"),
    "grams": ("variant grams", "weight value (grams)"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "policy": ("variant inventory policy", "continue selling when out of stock"),
    "price": ("variant price", "price"),
    "compare": ("variant compare at price", "compare-at price", "compare at price"),
    "ships": ("variant requires shipping", "requires shipping"),
    "picture": ("image src", "product image url"),
    "alt": ("image alt text",),
    "own_picture": ("variant image", "variant image url"),
    "seo": ("seo description",),
}
_GOES_ON = frozenset({"continue", "true", "yes"})
_NO = frozenset({"false", "no", "draft", "archived", "unlisted"})
_NOT_IN_HANDLE = re.compile(r"[^\w]+")


def read_products(text: str, where: str) -> list[Item]:
    """Return the products of a file.

    Raises:
        ContentError: It is no such file, or prices are missing; every problem.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=False)
    headers = {str(name).strip().lower(): str(name) for name in reader.fieldnames or ()}
    known = {key: next((headers[name] for name in names if name in headers), "") for key, names in _NAMES.items()}
    options = [_option_headers(headers, number) for number in (1, 2, 3)]
    if not known["title"]:
        raise _refused(where, [Problem(where, "there is no column named Title.")])
    items: list[Item] = []
    problems: list[Problem] = []
    names: list[str] = []
    for number, raw in enumerate(reader, 2):
        row = {key: (raw.get(name) or "").strip() for key, name in known.items() if name}
        values = [((raw.get(name) or "").strip(), (raw.get(value) or "").strip()) for name, value in options]
        if row["title"]:
            item = _item(row)
            items.append(item)
            names = [name for name, _ in values if name]
        elif not items:
            problems.append(Problem(f"{where}:{number}", "a variant without a product above it."))
            continue
        _add(
            items[-1],
            row,
            dict(zip(names, (value for _, value in values), strict=False)),
            problems,
            f"{where}:{number}",
        )
    if problems:
        raise _refused(where, problems)
    return [item for item in items if item.variants]


def _option_headers(headers: Mapping[str, str], number: int) -> tuple[str, str]:
    return headers.get(f"option{number} name", ""), headers.get(f"option{number} value", "")


def _item(row: Mapping[str, str]) -> Item:
    handle = row.get("handle") or _NOT_IN_HANDLE.sub("-", row["title"].lower()).strip("-")
    return Item(
        handle=handle,
        title=row["title"],
        html=row.get("html", ""),
        vendor=row.get("vendor", ""),
        kind=row.get("type", ""),
        tags=tuple(tag.strip() for tag in row.get("tags", "").split(",") if tag.strip()),
        seo=row.get("seo", ""),
        hidden=row.get("published", "").lower() in _NO or row.get("status", "").lower() in _NO,
    )


def _add(item: Item, row: Mapping[str, str], options: Mapping[str, str], problems: list[Problem], where: str) -> None:
    """Add what one row brings: a picture, a variant, or both."""
    if row.get("picture"):
        item.pictures.append(Picture(row["picture"], row.get("alt", "")))
    chosen = {name: value for name, value in options.items() if value}
    if not row.get("price"):
        if chosen and row.get("sku"):
            problems.append(Problem(where, "the variant has no price."))
        return
    try:
        prices = [Decimal(row[key]) if row.get(key) else None for key in ("price", "compare")]
        counted = int(Decimal(row.get("quantity") or 0)) if row.get("tracker") else None
        grams = int(Decimal(row.get("grams") or 0))
    except (InvalidOperation, ValueError, OverflowError):
        problems.append(Problem(where, "price, quantity or weight is not a number."))
        return
    item.variants.append(
        Sold(
            options=chosen or {"Title": "Default Title"},
            price=prices[0] or Decimal(0),
            compare_at=prices[1],
            sku=row.get("sku", ""),
            stock=counted,
            goes_on=row.get("policy", "").lower() in _GOES_ON,
            grams=grams,
            ships=row.get("ships", "").lower() not in _NO,
            picture=row.get("own_picture", ""),
        )
    )


def _refused(where: str, problems: Iterable[Problem]) -> ContentError:
    return ContentError("shopify-csv", f"{where} is not a product file of Shopify", problems=problems)
