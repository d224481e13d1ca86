"""Hooks of a shop (kind ``ecommerce``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from platform_core.hookspecs import hookspec

if TYPE_CHECKING:
    from platform_core.content import Product
    from platform_core.contributions import Stage
    from platform_core.site import Site

__all__ = ["platform_buy_button"]


@hookspec
def platform_buy_button(
    site: Site, settings: Mapping[str, Any], product: Product, stage: Stage, secrets: Mapping[str, str]
) -> str:
    """Return the HTML with which *product* is bought. Required.

    The engine's template puts it into the product's card and page as it is, so
    every value in it must be escaped.

    Example:
        >>> from decimal import Decimal
        >>> from html import escape
        >>> from platform_core.content import Product
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_buy_button(product):
        ...     return f'<a href="/buy?sku={escape(product.sku)}">Buy {escape(product.name)}</a>'
        >>> platform_buy_button(Product("mug", "Mug & saucer", Decimal("9.50"), "EUR", "/mug/"))
        '<a href="/buy?sku=mug">Buy Mug &amp; saucer</a>'
    """
