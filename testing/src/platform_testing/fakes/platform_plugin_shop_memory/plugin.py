"""A shop whose buy button is a link."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

from platform_core.content import Product
from platform_core.contributions import Fragment
from platform_core.hookspecs import hookimpl


@hookimpl
def platform_buy_button(settings: Mapping[str, Any], product: Product) -> str:
    """Name the product and its price in a link."""
    query = urlencode({"sku": product.sku, "price": str(product.price), "currency": product.currency})
    return f'<a href="{escape(settings["endpoint"] + "?" + query)}">Buy {escape(product.name)}</a>'


@hookimpl
def platform_fragments(settings: Mapping[str, Any]) -> Iterable[Fragment]:
    """Link to the cart."""
    yield Fragment("navigation", f'<a href="{escape(settings["endpoint"])}">Cart</a>')


@hookimpl
def platform_csp() -> Mapping[str, Sequence[str]]:
    """Nothing but links: no source is needed."""
    return {}
