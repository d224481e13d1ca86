"""Products as entries of ``content/products/``, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from platform_core.content.entries import is_terms
from platform_core.content.model import Entry, Product, ProductVariant, entry_url
from platform_core.errors import Problem

__all__ = ["PRODUCTS", "product_entry", "read_product", "skus_of"]

PRODUCTS = "products"
_SKU = re.compile(r"[A-Za-z0-9._-]{1,64}")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_OWN = ("sku", "price", "currency", "prices", "options", "variants", "stock", "weight")
_OWN_OF_VARIANT = ("sku", "options", "price", "stock")


def read_product(entry: Entry, where: str, problems: list[Problem]) -> Product | None:
    """Return what *entry* sells; None when something is wrong, which then is in *problems*."""
    extra = entry.extra
    found = [*_wrong(extra, where), *_wrong_options(extra, where)]
    problems += found
    if found:
        return None
    return Product(
        sku=str(extra["sku"]),
        name=entry.title,
        price=Decimal(str(extra["price"])),
        currency=str(extra["currency"]),
        url=entry_url(entry),
        description=entry.description,
        image=entry.image,
        prices={currency: Decimal(str(amount)) for currency, amount in (extra.get("prices") or {}).items()},
        options={str(name): tuple(choices) for name, choices in (extra.get("options") or {}).items()},
        variants=tuple(_variant(row) for row in extra.get("variants") or ()),
        stock=extra.get("stock"),
        weight=extra.get("weight"),
        extra={key: value for key, value in extra.items() if key not in _OWN},
    )


def product_entry(product: Product, slug: str, *, body: str = "") -> Entry:
    """Return the entry that sells *product*; `read_product` of it gives an equal product.

    Args:
        product: Its *url* is kept when it is not the usual one.
        slug: The name of its file.
        body: What its page says, in Markdown.
    """
    data: dict[str, Any] = {"sku": product.sku, "price": str(product.price), "currency": product.currency}
    if product.prices:
        data["prices"] = {currency: str(amount) for currency, amount in product.prices.items()}
    if product.options:
        data["options"] = {name: list(choices) for name, choices in product.options.items()}
    if product.variants:
        data["variants"] = [_row(variant) for variant in product.variants]
    data |= {key: value for key in ("stock", "weight") if (value := getattr(product, key)) is not None}
    usual = entry_url(Entry(PRODUCTS, slug, title=""))
    return Entry(
        PRODUCTS,
        slug,
        title=product.name,
        body=body,
        description=product.description,
        image=product.image,
        url="" if product.url == usual else product.url,
        extra={**data, **product.extra},
    )


def skus_of(product: Product) -> Iterator[str]:
    """Yield the product's sku and those of its variants."""
    yield product.sku
    yield from (variant.sku for variant in product.variants)


def _row(variant: ProductVariant) -> dict[str, Any]:
    row: dict[str, Any] = {"sku": variant.sku, "options": dict(variant.options)}
    if variant.price is not None:
        row["price"] = str(variant.price)
    if variant.stock is not None:
        row["stock"] = variant.stock
    return {**row, **variant.extra}


def _variant(row: Mapping[str, Any]) -> ProductVariant:
    price = row.get("price")
    return ProductVariant(
        sku=str(row["sku"]),
        options={str(name): str(choice) for name, choice in row["options"].items()},
        price=None if price is None else Decimal(str(price)),
        stock=row.get("stock"),
        extra={key: value for key, value in row.items() if key not in _OWN_OF_VARIANT},
    )


def _wrong(data: Mapping[str, Any], where: str) -> Iterator[Problem]:
    yield from _wrong_sku(data, where)
    if not _AMOUNT.fullmatch(str(data.get("price", ""))):
        yield Problem(where, f"the price {data.get('price')!r} is not an amount such as 18.50.")
    if not _CURRENCY.fullmatch(str(data.get("currency", ""))):
        yield Problem(where, f"the currency {data.get('currency', '')!r} is not an ISO 4217 code such as EUR.")
    prices = data.get("prices") or {}
    if not isinstance(prices, dict) or not all(
        _CURRENCY.fullmatch(str(currency)) and _AMOUNT.fullmatch(str(amount)) for currency, amount in prices.items()
    ):
        yield Problem(where, "prices is not a table such as { USD = '20.00' }.")
    for key in ("stock", "weight"):
        yield from _wrong_count(data, key, where)


def _wrong_sku(data: Mapping[str, Any], where: str) -> Iterator[Problem]:
    sku = str(data.get("sku", ""))
    if not _SKU.fullmatch(sku):
        yield Problem(where, f"the sku {sku!r} is not 1-64 letters, digits, dots, dashes or underscores.")


def _wrong_count(data: Mapping[str, Any], key: str, where: str) -> Iterator[Problem]:
    value = data.get(key)
    if value is not None and (type(value) is not int or value < 0):
        yield Problem(where, f"{key} is not a whole number of 0 or more.")


def _wrong_options(data: Mapping[str, Any], where: str) -> Iterator[Problem]:
    options = data.get("options") or {}
    if not isinstance(options, dict) or not all(map(is_terms, options.values())):
        yield Problem(where, "options is not a table of lists of choices.")
        return
    variants = data.get("variants") or []
    if not isinstance(variants, list) or not all(isinstance(row, dict) for row in variants):
        yield Problem(where, "variants is not a list of tables.")
        return
    for number, row in enumerate(variants, 1):
        yield from _wrong_variant(row, options, f"{where} variant {number}")


def _wrong_variant(row: Mapping[str, Any], options: Mapping[str, Any], where: str) -> Iterator[Problem]:
    yield from _wrong_sku(row, where)
    if row.get("price") is not None and not _AMOUNT.fullmatch(str(row["price"])):
        yield Problem(where, f"the price {row['price']!r} is not an amount such as 18.50.")
    yield from _wrong_count(row, "stock", where)
    chosen = row.get("options")
    if not isinstance(chosen, dict) or chosen.keys() != options.keys():
        yield Problem(
            where, f"options does not name one choice of each of {', '.join(map(str, options)) or 'no options'}."
        )
        return
    for name, choice in chosen.items():
        if choice not in options[name]:
            yield Problem(where, f"{choice!r} is not a choice of {name!r}.")
