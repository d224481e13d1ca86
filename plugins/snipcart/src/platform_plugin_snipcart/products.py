"""One product as Snipcart is told of it.

The buy button on the page and the row in the validation file are both made from
one `Sale`, so a price can't differ between them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platform_core.content import Product
from platform_core.errors import ContentError, Problem

__all__ = ["VALIDATION_PATH", "Sale", "currency_of", "product_row", "sale_of", "sales_of", "validation_file"]

VALIDATION_PATH = "/snipcart/products.json"
DIGITAL = "digital_products"
# Snipcart reads "Large[+2.00]" as a choice that costs more, and "|" parts choices.
_MEANS_SOMETHING = re.compile(r"[|\[\]]")
_FILE = re.compile(r"([A-Za-z0-9._-]{1,64})=([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
_HIGHEST_DIGIT = 9
_LOWEST_DIGIT = -4


@dataclass(frozen=True, slots=True)
class Sale:
    """What Snipcart needs to know of one product.

    Attributes:
        price: Plain digits with a dot, exactly the product's.
        fields: Name -> choices joined by ``|``; the customer picks in the cart.
        weight: Grams, or None.
        file: GUID of the download, or ``""``.
        most: How many can be bought at once, or None.
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


def sale_of(product: Product, settings: Mapping[str, Any]) -> Sale:
    """Return what Snipcart is told of *product*.

    Raises:
        ContentError: It can't be sold as it is; every problem.
    """
    problems = list(_problems(product, settings["currency"]))
    if problems:
        raise _unsellable(problems)
    digital = settings["variant"] == DIGITAL
    files = dict(_files(settings["files"])) if digital else {}
    return Sale(
        sku=product.sku,
        name=_line(product.name),
        price=format(product.price.copy_abs(), "f"),
        description=_line(product.description),
        image=product.image,
        fields=tuple((_line(name), "|".join(map(_line, choices))) for name, choices in product.options.items()),
        weight=None if digital else product.weight,
        shippable=not digital,
        file=files.get(product.sku, ""),
        most=product.stock,
    )


def sales_of(products: Iterable[Product], settings: Mapping[str, Any]) -> list[Sale]:
    """Return every product that is in stock, as Snipcart is told of it.

    Raises:
        ContentError: With every problem of every product.
    """
    products = list(products)
    currency = settings["currency"] or next((product.currency for product in products), "")
    problems = [problem for product in products for problem in _problems(product, currency)]
    skus = {product.sku for product in products}
    for sku, _ in _files(settings["files"]):
        if settings["variant"] != DIGITAL:
            problems.append(Problem("[settings.snipcart] files", f"downloads need variant = {DIGITAL!r}."))
            break
        if sku not in skus:
            problems.append(Problem("[settings.snipcart] files", f"there is no product with the sku {sku!r}."))
    if problems:
        raise _unsellable(problems)
    return [sale_of(product, settings) for product in products if product.stock != 0]


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
    if not _chargeable(product.price):
        yield Problem(where, f"the price {product.price} is not an amount that can be charged.")
    names = [_line(name) for name in product.options]
    if "" in names or len(set(names)) < len(names):
        yield Problem(where, "each of its options needs a name of its own.")
    for name, choices in product.options.items():
        for choice in choices:
            if not _line(choice) or _MEANS_SOMETHING.search(choice):
                what = f"the choice {choice!r} of {name!r} is empty or holds one of | [ ], which Snipcart reads as a price."
                yield Problem(where, what, "A choice that costs more is a product of its own.")


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


def _line(text: str) -> str:
    """Return *text* on one line, without characters that HTML can't hold."""
    kept = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return " ".join(kept.split())
