"""One product as Foxy is told of it: fields with fixed values, and choices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from platform_core.content import Product, ProductVariant
from platform_core.errors import ContentError, Problem
from platform_core.product_data import price_text

__all__ = ["Choice", "Sale", "check_products", "sale_of"]

SUBSCRIPTIONS = "subscription_store"
ONCE = "once"
_GRAMS = {"kg": Decimal(1000), "lb": Decimal("453.59237"), "g": Decimal(1)}
_FREQUENCY = re.compile(r"[1-9][0-9]{0,2}[dwmy]|\.5m")
_DATE = re.compile(r"[0-9]{8}|[0-9]{1,2}|[1-9][0-9]{0,2}[dwmy]")
_COUNT = re.compile(r"[1-9][0-9]{0,5}")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,50}")
_EXTRA: Mapping[str, tuple[re.Pattern[str], str]] = {
    "sub_startdate": (_DATE, "a date such as 20300131, a day of the month, or a span such as 1m"),
    "sub_enddate": (_DATE, "a date such as 20300131, or a span such as 1y"),
    "category": (_WORD, "the code of a category of the store"),
    "quantity_min": (_COUNT, "a whole number above 0"),
    "quantity_max": (_COUNT, "a whole number above 0"),
}
# Names that mean something to Foxy; an option of that name would change the product.
_RESERVED = frozenset(
    {"category", "code", "expires", "image", "length", "name", "parent_code", "price", "quantity", "shipto", "url"}
    | {"weight", "width", "height", "quantity_max", "quantity_min", "discount_name", "cart", "empty", "coupon"}
    | {"output", "redirect", "locale", "template_set", "fcsid", "callback"}
)
# Foxy reads "{p+2|c:x}" in a choice as a change of the product, "||" as the start of a signature, "1:" as an index.
_MEANS_SOMETHING = re.compile(r"[{}|]")
_CODE_LIMIT = 50
_IMAGE_LIMIT = 500
_SPANS = {"d": "day", "w": "week", "m": "month", "y": "year"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a customer may pick.

    Attributes:
        value: With Foxy's modifiers, for example ``L{p:19.00|c:mug-l}``.
        label: What the customer reads.
        available: Whether it can be bought now.
    """

    value: str
    label: str
    available: bool = True


@dataclass(frozen=True, slots=True)
class Sale:
    """What Foxy has to know of one product.

    Attributes:
        code: Its code, which is part of every signature.
        name: As the cart shows it.
        fields: Name -> value, in the order of the form.
        choices: Name -> what can be picked.
        available: Whether anything of it can be bought now.
    """

    code: str
    name: str
    fields: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, tuple[Choice, ...]], ...]
    available: bool


def check_products(products: Iterable[Product], settings: Mapping[str, Any]) -> None:
    """Check whether the store can sell all of *products*.

    Raises:
        ContentError: With every problem of every product.
    """
    products = list(products)
    # A store charges in one currency, whatever a page says.
    currency = settings["currency"] or next((product.currency for product in products), "")
    given = {**settings, "currency": currency}
    if problems := [problem for product in products for problem in _problems(product, given)]:
        raise _unsellable(problems)


def sale_of(product: Product, settings: Mapping[str, Any], *, base_url: str, locale: str) -> Sale:
    """Return what Foxy is told of *product*.

    Args:
        product: As the site has it.
        settings: Of the shop.
        base_url: The site's address, for the links in the cart.
        locale: How prices are written.

    Raises:
        ContentError: It can't be sold as it is; every problem.
    """
    problems = list(_problems(product, settings))
    if problems:
        raise _unsellable(problems)
    frequencies = _frequencies(product, settings)
    fields = dict(_fields(product, settings, base_url))
    if len(frequencies) == 1:
        fields["sub_frequency"] = frequencies[0]
    choices = list(_choices(product, locale))
    if len(frequencies) > 1:
        labels = dict(item.partition("=")[::2] for item in settings["frequencies"])
        rows = tuple(Choice(span, labels.get(span) or _in_words(span)) for span in frequencies)
        choices.append(("sub_frequency", rows))
    available = product.stock != 0 and all(any(row.available for row in rows) for _, rows in choices)
    return Sale(product.sku, fields["name"], tuple(fields.items()), tuple(choices), available)


def _fields(product: Product, settings: Mapping[str, Any], base_url: str) -> Iterator[tuple[str, str]]:
    yield "name", _line(product.name)
    yield "price", _digits(product.price)
    yield "code", product.sku
    image = f"{base_url}{product.image}" if product.image.startswith("/") else product.image
    if image and len(image) <= _IMAGE_LIMIT:
        yield "image", image
        # Foxy links the picture, so it takes an address only together with one.
        yield "url", f"{base_url}{product.url}"
    if product.weight is not None:
        yield "weight", _digits((product.weight / _GRAMS[settings["weight_unit"]]).quantize(Decimal("0.001")))
    if category := settings["category"]:
        yield "category", category
    if product.stock:
        yield "quantity_max", str(product.stock)
    for key in _EXTRA:
        if value := product.extra.get(key):
            yield key, str(value)


def _choices(product: Product, locale: str) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    """Yield what can be picked: forms with a price of their own are one list, or else each option is one."""
    if product.variants:
        name = " ".join(map(_line, product.options)) or "Form"
        yield name, tuple(_form(product, variant, locale) for variant in product.variants)
        return
    for name, choices in product.options.items():
        yield _line(name), tuple(Choice(_line(choice), _line(choice)) for choice in choices)


def _form(product: Product, variant: ProductVariant, locale: str) -> Choice:
    """Return a form as a choice that sets its own code and, where it differs, price."""
    words = " / ".join(_line(choice) for choice in variant.options.values()) or variant.sku
    changes = [f"c:{variant.sku}"]
    label = words
    if variant.price is not None and variant.price != product.price:
        changes.insert(0, f"p:{_digits(variant.price)}")
        label = f"{words} ({price_text(variant.price, product.currency, locale)})"
    return Choice(f"{words}{{{'|'.join(changes)}}}", label, variant.stock != 0)


def _frequencies(product: Product, settings: Mapping[str, Any]) -> list[str]:
    """Return how often the product is charged; nothing for one that is bought once."""
    given = product.extra.get("sub_frequency")
    if given in (None, ""):
        given = settings["frequency"] if settings["variant"] == SUBSCRIPTIONS else ONCE
    listed = given if isinstance(given, list) else [given]
    return [str(item) for item in listed if item != ONCE]


def _problems(product: Product, settings: Mapping[str, Any]) -> Iterator[Problem]:
    where = f"product {product.sku}"
    if settings["currency"] and product.currency != settings["currency"]:
        yield Problem(
            where, f"its price is in {product.currency}, and the store's prices are in {settings['currency']}."
        )
    for code in (product.sku, *(variant.sku for variant in product.variants)):
        if len(code) > _CODE_LIMIT:
            yield Problem(where, f"the sku {code!r} is longer than {_CODE_LIMIT} characters.")
    if not _line(product.name):
        yield Problem(where, "it has no name.")
    yield from _option_problems(product, where)
    for key, (pattern, shown_as) in _EXTRA.items():
        value = product.extra.get(key)
        if value not in (None, "") and not pattern.fullmatch(str(value)):
            yield Problem(where, f"{key} {value!r} is not {shown_as}.")
    for span in _frequencies(product, settings):
        if not _FREQUENCY.fullmatch(span):
            yield Problem(where, f"sub_frequency {span!r} is not a span such as 2w, 1m, .5m or 1y, or {ONCE!r}.")


def _option_problems(product: Product, where: str) -> Iterator[Problem]:
    names = [_line(name) for name in product.options]
    if len(set(names)) < len(names):
        yield Problem(where, "each of its options needs a name of its own.")
    for name in names:
        plain = name.lower().replace(" ", "_")
        if not name or ":" in name or _MEANS_SOMETHING.search(name):
            yield Problem(where, f"the option {name!r} is empty or holds one of : {{ }} |, which Foxy reads otherwise.")
        elif plain in _RESERVED or plain.startswith(("sub_", "utm_", "__", "customer_", "billing_", "shipping_")):
            yield Problem(where, f"the option {name!r} has a name that means something else to Foxy.")
    for choice in chain.from_iterable(product.options.values()):
        if not _line(choice) or _MEANS_SOMETHING.search(choice):
            what = (
                f"the choice {choice!r} is empty or holds one of {{ }} |, which Foxy reads as a change of the product."
            )
            yield Problem(where, what, "Give a form that costs more a row in variants.")


def _unsellable(problems: Iterable[Problem]) -> ContentError:
    return ContentError("foxy-products", "some products can't be sold through Foxy as they are", problems=problems)


def _digits(amount: Decimal) -> str:
    return format(amount.copy_abs(), "f")


def _in_words(span: str) -> str:
    if span == ".5m":
        return "Twice a month"
    number, unit = int(span[:-1]), _SPANS[span[-1]]
    return f"Every {unit}" if number == 1 else f"Every {number} {unit}s"


def _line(text: str) -> str:
    """Return *text* on one line without outer spaces: Foxy cuts them off, and the signature would not fit."""
    kept = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return " ".join(kept.split())
