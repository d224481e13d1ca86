"""One product as Snipcart is told of it.

The buy button on the page and the row in the validation file are both made from
one `Sale`, so a price can't differ between them.

A product with variants is an item for each of them. Snipcart could raise a price by a
choice as well (``tin[+191.50]``), but then the order names the product alone, no stock is
kept of a choice, and the price hangs on a text of the page: a changed one has gone through
(snipcart/snipcart-v3-feedback#56). An item's own price is always compared.
"""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platform_core.content import Product, ProductVariant
from platform_core.errors import ContentError, Problem

__all__ = [
    "VALIDATION_PATH",
    "Sale",
    "currency_of",
    "one_line",
    "product_row",
    "sales_of",
    "sales_of_all",
    "validation_file",
]

VALIDATION_PATH = "/snipcart/products.json"
DIGITAL = "digital_products"
# Snipcart reads "Large[+2.00]" as a choice that costs more, and "|" parts choices.
_MEANS_SOMETHING = re.compile(r"[|\[\]]")
_FILE = re.compile(r"([A-Za-z0-9._-]{1,64})=([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
_HIGHEST_DIGIT = 9
_LOWEST_DIGIT = -4


@dataclass(frozen=True, slots=True)
class Sale:
    """What Snipcart needs to know of one product, or of one variant of it.

    Attributes:
        price: Plain digits with a dot, exactly the product's.
        choice: What tells a variant from the others, ``tin / whole``; ``""`` for a product without variants.
        fields: Name -> choices joined by ``|``; the customer picks in the cart.
        weight: Grams, or None.
        file: GUID of the download, or ``""``.
        most: How many can be bought at once, or None; 0 when it is sold out.
    """

    sku: str
    name: str
    price: str
    description: str = ""
    image: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    weight: int | None = None
    shippable: bool = True
    file: str = ""
    most: int | None = None
    choice: str = ""


def sales_of(product: Product, settings: Mapping[str, Any]) -> list[Sale]:
    """Return what Snipcart is told of *product*: one item, or one for each variant, also of those that are sold out.

    Raises:
        ContentError: It can't be sold as it is; every problem.
    """
    problems = list(_problems(product, settings["currency"]))
    if problems:
        raise _unsellable(problems)
    if product.variants:
        return [_sale_of_variant(product, variant, settings) for variant in product.variants]
    fields = tuple((one_line(name), "|".join(map(one_line, choices))) for name, choices in product.options.items())
    return [dataclasses.replace(_sale(product, product.sku, product.price, settings), fields=fields)]


def sales_of_all(products: Iterable[Product], settings: Mapping[str, Any]) -> list[Sale]:
    """Return everything that is in stock, as Snipcart is told of it.

    Raises:
        ContentError: With every problem of every product.
    """
    products = list(products)
    currency = settings["currency"] or next((product.currency for product in products), "")
    problems = [problem for product in products for problem in _problems(product, currency)]
    items = {sku for product in products for sku in _items_of(product)}
    for sku, _ in _files(settings["files"]):
        if settings["variant"] != DIGITAL:
            problems.append(Problem("[settings.snipcart] files", f"downloads need variant = {DIGITAL!r}."))
            break
        if sku not in items:
            what = f"there is no product with the sku {sku!r}, or it is sold as its variants."
            problems.append(Problem("[settings.snipcart] files", what))
    if problems:
        raise _unsellable(problems)
    return [sale for product in products for sale in sales_of(product, settings) if sale.most != 0]


def _sale_of_variant(product: Product, variant: ProductVariant, settings: Mapping[str, Any]) -> Sale:
    choice = " / ".join(filter(None, map(one_line, variant.options.values()))) or variant.sku
    sale = _sale(product, variant.sku, product.price if variant.price is None else variant.price, settings)
    counts = [count for count in (variant.stock, product.stock) if count is not None]
    name = f"{sale.name} ({choice})"
    return dataclasses.replace(sale, name=name, choice=choice, most=min(counts, default=None))


def _sale(product: Product, sku: str, price: Decimal, settings: Mapping[str, Any]) -> Sale:
    digital = settings["variant"] == DIGITAL
    files = dict(_files(settings["files"])) if digital else {}
    return Sale(
        sku=sku,
        name=one_line(product.name),
        price=format(price.copy_abs(), "f"),
        description=one_line(product.description),
        image=product.image,
        weight=None if digital else product.weight,
        shippable=not digital,
        file=files.get(sku, ""),
        most=product.stock,
    )


def _items_of(product: Product) -> Iterator[str]:
    """Yield the skus under which *product* is sold."""
    yield from (variant.sku for variant in product.variants) if product.variants else (product.sku,)


def currency_of(products: Iterable[Product], settings: Mapping[str, Any]) -> str:
    """Return the cart's currency in lower case, as Snipcart writes it; empty without any."""
    first = next((product.currency for product in products), "")
    return str(settings["currency"] or first).lower()


def validation_file(sales: Iterable[Sale]) -> bytes:
    """Return what Snipcart's crawler compares an order with."""
    rows = ",\n".join(map(product_row, sales))
    return f"[\n{rows}\n]\n".encode() if rows else b"[]\n"


def product_row(sale: Sale) -> str:
    """Return one product of the validation file as JSON.

    Snipcart looks at the identity and at whatever moves the price: the choices,
    and the weight, which it wants below ``dimensions``.
    """
    row: dict[str, Any] = {
        "id": sale.sku,
        "url": VALIDATION_PATH,
        "customFields": [{"name": name, "options": choices} for name, choices in sale.fields],
    }
    if sale.weight is not None:
        row["dimensions"] = {"weight": sale.weight}
    if not sale.shippable:
        row["shippable"] = False
    # A JSON number with the very digits of the page: a float would round some.
    return f'{{"price": {sale.price}, {json.dumps(row)[1:]}'


def _problems(product: Product, currency: str) -> Iterator[Problem]:
    where = f"product {product.sku}"
    if currency and product.currency != currency:
        yield Problem(where, f"its price is in {product.currency}, and the cart is in {currency}.")
    for price in (product.price, *(variant.price for variant in product.variants)):
        if price is not None and not _chargeable(price):
            yield Problem(where, f"the price {price} is not an amount that can be charged.")
    if product.variants:
        return  # their choices are words of a name, and no fields
    names = [one_line(name) for name in product.options]
    if "" in names or len(set(names)) < len(names):
        yield Problem(where, "each of its options needs a name of its own.")
    for name, choices in product.options.items():
        for choice in choices:
            if not one_line(choice) or _MEANS_SOMETHING.search(choice):
                what = f"the choice {choice!r} of {name!r} is empty or holds one of | [ ], which Snipcart reads as a price."
                yield Problem(where, what, "Give a form that costs more a row in variants.")


def _chargeable(price: Decimal) -> bool:
    exponent = price.as_tuple().exponent
    return isinstance(exponent, int) and price >= 0 and price.adjusted() <= _HIGHEST_DIGIT and exponent >= _LOWEST_DIGIT


def _files(settings: Iterable[str]) -> Iterator[tuple[str, str]]:
    for item in settings:
        match = _FILE.fullmatch(item)
        if not match:
            problem = Problem("[settings.snipcart] files", f"{item!r} is not <sku>=<GUID>.")
            raise _unsellable([problem])
        yield match[1], match[2].lower()


def _unsellable(problems: Iterable[Problem]) -> ContentError:
    return ContentError(
        "snipcart-products", "some products can't be sold through Snipcart as they are", problems=problems
    )


def one_line(text: str) -> str:
    """Return *text* on one line, without characters that HTML can't hold."""
    kept = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return " ".join(kept.split())
