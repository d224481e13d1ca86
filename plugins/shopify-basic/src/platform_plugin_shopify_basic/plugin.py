"""The hooks of Shopify Basic."""

from __future__ import annotations

from html import escape

from platform_core.content import Product
from platform_core.hookspecs import hookimpl

__all__ = ["platform_buy_button"]


@hookimpl
def platform_buy_button(product: Product) -> str:
    """Return a link to the product."""
    return f'<a href="{escape(product.url)}">{escape(product.name)}</a>'
