"""The HTML with which a product is bought: links that work without a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any

from platform_core.content import Product
from platform_plugin_shopify_basic.money import shown
from platform_plugin_shopify_basic.products import PRODUCT, VARIANT

__all__ = ["Choice", "Links", "attributes", "choices_of", "links", "product_number"]

_CONTROLS = str.maketrans("", "", "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 127))))


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be put into a cart.

    Attributes:
        variant: Its number at Shopify; empty when Shopify does not know it.
        label: The chosen options, ``Small / Blue``; empty for a product without options.
        values: The chosen options, in the product's order.
        least: How many have to be bought at once.
        sold_out: Whether none is left.
    """

    variant: str
    label: str
    values: tuple[str, ...]
    price: Decimal
    stock: int | None
    least: int = 1

    @property
    def sold_out(self) -> bool:
        """Whether none is left."""
        return self.stock == 0


@dataclass(frozen=True, slots=True)
class Links:
    """How links are made and what they say.

    Attributes:
        base: Address of the shop, or of its stand-in, without a trailing slash.
        query: What follows the cart's address, with its question mark.
    """

    base: str
    locale: str
    label: str
    sold_out: str
    missing: str
    query: str = ""

    def address(self, choice: Choice) -> str:
        """Return the permalink of a cart with *choice*."""
        return f"{self.base}/cart/{choice.variant}:{choice.least}{self.query}"


def choices_of(product: Product) -> tuple[Choice, ...]:
    """Return everything of *product* that can be bought on its own."""
    if not product.variants:
        variant = _digits(product.extra.get(VARIANT))
        return (Choice(variant, "", (), product.price, product.stock, _least(product.extra)),)
    return tuple(
        Choice(
            _digits(one.extra.get(VARIANT)),
            " / ".join(one.options[name] for name in product.options),
            tuple(one.options[name] for name in product.options),
            product.price if one.price is None else one.price,
            one.stock,
            _least(one.extra),
        )
        for one in product.variants
    )


def product_number(product: Product) -> str:
    """Return the product's number at Shopify; empty when it has none."""
    return _digits(product.extra.get(PRODUCT))


def links(product: Product, how: Links) -> str:
    """Return links to carts: one for a single choice, a list that unfolds for several."""
    choices = choices_of(product)
    for_sale = [choice for choice in choices if choice.variant]
    if not for_sale:
        return _disabled(product, how.missing)
    if all(choice.sold_out for choice in choices):
        return _disabled(product, how.sold_out)
    if len(choices) == 1:
        return _link(product, choices[0], how)
    rows = "".join(f"<li>{row}</li>" for row in _rows(product, choices, how))
    name = f'<span class="visually-hidden">: {_text(product.name)}</span>'
    return (
        f'<details class="shop-choices"><summary class="button shop-buy">{_text(how.label)}{name}</summary>'
        f"<ul>{rows}</ul></details>"
    )


def attributes(values: Mapping[str, str]) -> str:
    """Return attributes of an element, escaped."""
    return "".join(f' {name}="{escape(value.translate(_CONTROLS))}"' for name, value in values.items())


def _rows(product: Product, choices: tuple[Choice, ...], how: Links) -> Iterator[str]:
    for choice in choices:
        price = shown(choice.price, product.currency, how.locale)
        what = f'{_text(choice.label)} <data class="shop-price" value="{choice.price:f}">{_text(price)}</data>'
        if choice.sold_out or not choice.variant:
            yield f'<span class="shop-sold-out">{what} {_text(how.sold_out if choice.variant else how.missing)}</span>'
        else:
            yield f"<a{attributes({'href': how.address(choice), 'rel': 'nofollow'})}>{what}</a>"


def _link(product: Product, choice: Choice, how: Links) -> str:
    given = {
        "class": "button shop-buy",
        "href": how.address(choice),
        "rel": "nofollow",
        "aria-label": f"{how.label}: {product.name}",
        "data-price": f"{choice.price:f}",
        "data-currency": product.currency,
    }
    return f"<a{attributes(given)}>{_text(how.label)}</a>"


def _disabled(product: Product, label: str) -> str:
    given = {
        "class": "shop-buy",
        "aria-label": f"{label}: {product.name}",
        "data-price": f"{product.price:f}",
        "data-currency": product.currency,
    }
    return f'<button type="button" disabled{attributes(given)}>{_text(label)}</button>'


def _text(value: str) -> str:
    return escape(value.translate(_CONTROLS))


def _digits(value: Any) -> str:
    """Return a number of Shopify's as text; it becomes part of an address."""
    text = str(value or "")
    return text if text.isascii() and text.isdecimal() and len(text) <= 20 else ""


def _least(extra: Mapping[str, Any]) -> int:
    rule = extra.get("quantity")
    least = rule.get("minimum") if isinstance(rule, Mapping) else None
    return least if isinstance(least, int) and least > 0 else 1
