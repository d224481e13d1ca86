"""A shop whose buy buttons are links."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlencode

from platform_core.content import Product, ProductVariant
from platform_core.contributions import Fragment
from platform_core.hookspecs import hookimpl


@hookimpl
def platform_buy_button(settings: Mapping[str, Any], product: Product) -> str:
    """Name what is sold and its price in a link, one for each variant that is there."""
    forms = product.variants or (product,)
    links = [_link(settings, product, form) for form in forms if 0 not in (form.stock, product.stock)]
    return " ".join(links) or f"{escape(product.name)} is sold out"


def _link(settings: Mapping[str, Any], product: Product, form: Product | ProductVariant) -> str:
    price = product.price if form.price is None else form.price
    query = urlencode({"sku": form.sku, "price": str(price), "currency": product.currency})
    words = product.name if form is product else " ".join([product.name, *form.options.values()])
    return f'<a href="{escape(settings["endpoint"] + "?" + query)}">Buy {escape(words)}</a>'


@hookimpl
def platform_fragments(settings: Mapping[str, Any]) -> Iterable[Fragment]:
    """Link to the cart."""
    yield Fragment("navigation", f'<a href="{escape(settings["endpoint"])}">Cart</a>')


@hookimpl
def platform_csp() -> Mapping[str, Sequence[str]]:
    """Nothing but links: no source is needed."""
    return {}
