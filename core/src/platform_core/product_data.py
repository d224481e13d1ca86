"""What templates see of a product, and how its price is written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from platform_core.content import Product, ProductVariant

__all__ = ["price_text", "product_data"]


def product_data(product: Product, buy: str, locale: str) -> dict[str, Any]:
    """Return what templates see of *product*.

    Args:
        product: As the site has it.
        buy: The HTML with which it is bought.
        locale: How prices are written.
    """
    return {
        "sku": product.sku,
        "name": product.name,
        "price": str(product.price),
        "currency": product.currency,
        "price_text": price_text(product.price, product.currency, locale),
        "url": product.url,
        "description": product.description,
        "image": product.image,
        "prices": {currency: str(amount) for currency, amount in product.prices.items()},
        "options": {name: list(choices) for name, choices in product.options.items()},
        "variants": [_variant_data(item, product, locale) for item in product.variants],
        "stock": product.stock,
        "weight": product.weight,
        "buy": buy,
    }


def _variant_data(variant: ProductVariant, product: Product, locale: str) -> dict[str, Any]:
    price = product.price if variant.price is None else variant.price
    return {
        "sku": variant.sku,
        "options": dict(variant.options),
        "price": str(price),
        "price_text": price_text(price, product.currency, locale),
        "stock": variant.stock,
    }


def price_text(price: Decimal, currency: str, locale: str) -> str:
    """Write the price as people of the site's language do."""
    from babel import Locale, UnknownLocaleError
    from babel.numbers import format_currency

    try:
        known = Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        known = Locale("en")
    return format_currency(price, currency, locale=known)
