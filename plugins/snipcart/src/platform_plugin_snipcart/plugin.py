"""What Snipcart adds to a composition: buttons, cart, price validation and webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.contributions import File, Fragment, WebhookAdapter
from platform_core.hookspecs import hookimpl
from platform_plugin_snipcart import markup, products

if TYPE_CHECKING:
    from platform_core.content import Content, Product
    from platform_core.site import Site

__all__ = [
    "platform_buy_button",
    "platform_csp",
    "platform_files",
    "platform_fragments",
    "platform_webhook_adapter",
]

_HERE = Path(__file__).parent
_PAYMENT = "https://payment.snipcart.com"


@hookimpl
def platform_fragments(settings: Mapping[str, Any], content: Content) -> Iterable[Fragment]:
    """Load the cart on every page, and put its button into the navigation."""
    return [
        Fragment("head", markup.preconnect()),
        Fragment("navigation", markup.cart_button(settings)),
        Fragment("body-end", markup.loader(settings, products.currency_of(content.products, settings))),
    ]


@hookimpl
def platform_buy_button(site: Site, settings: Mapping[str, Any], product: Product) -> str:
    """Return what puts *product* into the cart: a button, or one for each of its variants."""
    sales = products.sales_of(product, settings)
    if all(sale.most == 0 for sale in sales):
        return markup.sold_out_button(products.one_line(product.name), settings)
    if product.variants:
        return markup.choices(product, sales, settings, site.locale)
    return markup.buy_button(sales[0], settings)


@hookimpl
def platform_files(settings: Mapping[str, Any], content: Content) -> Iterable[File]:
    """Publish what Snipcart's crawler compares each order with, and the cart's helper.

    What is sold out is left out, so that a cart from yesterday can't buy it.
    """
    sales = products.sales_of_all(content.products, settings)
    return [
        File(products.VALIDATION_PATH.lstrip("/"), products.validation_file(sales)),
        File(markup.CART_SCRIPT.lstrip("/"), _HERE / "assets" / "cart.js"),
    ]


@hookimpl
def platform_csp(settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Allow Snipcart's three hosts, and what its script is known to need.

    Snipcart documents no policy. The policies that shops publish let its script compile
    templates (`'unsafe-eval'`), without which no cart is drawn.
    """
    return {
        "script-src": [markup.CDN, *([] if settings["strict_csp"] else ["'unsafe-eval'"])],
        "style-src": [markup.CDN],
        "img-src": [markup.CDN, "data:"],
        "font-src": [markup.CDN],
        "connect-src": [markup.APP, markup.CDN, _PAYMENT],
        "frame-src": [_PAYMENT],
    }


@hookimpl
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Verify webhooks with the secret key, at Snipcart's API."""
    config = {"rebuild_on_order": "true" if settings["rebuild_on_order"] else "false"}
    if settings["validation_url"]:
        config["validation_url"] = settings["validation_url"]
    return WebhookAdapter(
        provider="snipcart",
        module=_HERE / "runtime" / "snipcart.py",
        secret=settings["secret_api_key"] or f"platform/{site.client}/snipcart",
        config=config,
    )
