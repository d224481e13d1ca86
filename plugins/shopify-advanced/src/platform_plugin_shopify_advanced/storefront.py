"""The storefront: what each page and each product carries for the script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from platform_core.content import Product
from platform_core.contributions import File, Fragment, Stage
from platform_core.errors import Problem, SiteError, did_you_mean
from platform_plugin_shopify_basic import markup
from platform_plugin_shopify_basic import settings as shared
from platform_plugin_shopify_basic.money import shown

__all__ = ["FOLDER", "LABELS", "fragments", "labels_of", "product_html", "published"]

FOLDER = "/shopify"
_FILES = ("shop.js", "api.js", "cart.js", "drawer.js", "products.js", "queries.js", "shop.css")
LABELS: Mapping[str, str] = {
    "add": "Add to cart",
    "added": "{name} is in your cart.",
    "break": "From {count} pieces: {price} each",
    "cart": "Cart",
    "checkout": "Go to checkout",
    "close": "Close the cart",
    "country": "Country and currency",
    "empty": "Your cart is empty.",
    "failed": "That did not work. Please try again in a moment.",
    "left": "Only {count} left.",
    "quantity": "Quantity",
    "remove": "Remove",
    "rule": "At least {least} pieces, in steps of {step}.",
    "soldOut": "Sold out",
    "stale": "See the price at the checkout",
    "total": "Subtotal: {price}",
}
"""What the script says; `labels` of the settings replaces any of it."""


def labels_of(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return every text of the script.

    Raises:
        SiteError: A setting names none of them; every problem.
    """
    found = dict(LABELS)
    problems = []
    for row in settings["labels"]:
        name, equals, text = row.partition("=")
        if not equals or name not in LABELS or not text.strip():
            hint = did_you_mean(name, LABELS) or f"There are {', '.join(LABELS)}."
            problems.append(Problem("[settings.shopify-advanced] labels", f"{row!r} is not <name>=<text>.", hint))
        found[name] = text.strip()
    if problems:
        raise SiteError("shopify-settings", "some texts of the shop have no place", problems=problems)
    return found


def product_html(product: Product, settings: Mapping[str, Any], stage: Stage, locale: str) -> str:
    """Return the HTML with which *product* is bought."""
    labels = labels_of(settings)
    how = markup.Links(
        base=shared.shop_address(settings, stage),
        locale=locale,
        label=settings["buy_label"],
        sold_out=labels["soldOut"],
        missing=settings["missing_label"],
    )
    links = markup.links(product, how)
    variants = [choice for choice in markup.choices_of(product) if choice.variant]
    if not variants:
        return links
    rows = [
        {
            "id": choice.variant,
            "values": choice.values,
            "price": f"{choice.price:f}",
            "currency": product.currency,
            "stock": choice.stock,
        }
        for choice in variants
    ]
    given = {
        "class": "shop-product",
        "data-name": product.name,
        "data-options": _json(list(product.options) if product.variants else []),
        "data-variants": _json(rows),
    }
    return f'<div{markup.attributes(given)}><div class="shop-links">{links}{_prices(product, locale)}</div></div>'


def fragments(settings: Mapping[str, Any], stage: Stage) -> list[Fragment]:
    """Return what every page carries."""
    labels = labels_of(settings)
    cart = {"class": "shop-cart", "href": f"{shared.shop_address(settings, stage)}/cart", "rel": "nofollow"}
    navigation = f'<a{markup.attributes(cart)}>{escape(labels["cart"])} <span class="shop-cart-count"></span></a>'
    if settings["countries"]:
        navigation += ' <span class="shop-country"></span>'
    return [
        Fragment("head", f'<link rel="stylesheet" href="{FOLDER}/shop.css">{_preconnect(settings, stage)}'),
        Fragment("navigation", navigation),
        Fragment("body-end", _config(settings, stage, labels)),
    ]


def published() -> list[File]:
    """Return the script's modules and the style sheet."""
    folder = Path(__file__).parent / "assets"
    return [File(f"{FOLDER.lstrip('/')}/{name}", folder / name) for name in _FILES]


def _config(settings: Mapping[str, Any], stage: Stage, labels: Mapping[str, str]) -> str:
    given = {
        "id": "shopify-config",
        "data-endpoint": shared.api_endpoint(settings, stage),
        "data-token": settings["storefront_token"],
        "data-fresh": str(settings["fresh_seconds"]),
        "data-country": settings["country"],
        "data-language": settings["language"],
        "data-countries": _json(list(settings["countries"])),
        "data-company": "true" if settings["variant"] == "b2b_catalog" else "false",
        "data-labels": _json(labels),
    }
    return f'<div hidden{markup.attributes(given)}></div><script type="module" src="{FOLDER}/shop.js"></script>'


def _preconnect(settings: Mapping[str, Any], stage: Stage) -> str:
    address = shared.api_endpoint(settings, stage)
    # The API is asked without credentials, so the connection has to be one without them.
    host = f"https://{settings['shop']}"
    return f'<link rel="preconnect" href="{escape(host)}" crossorigin>' if address.startswith("https:") else ""


def _prices(product: Product, locale: str) -> str:
    """Return prices in other currencies, for pages without a script."""
    if not product.prices:
        return ""
    found = " · ".join(escape(shown(amount, currency, locale)) for currency, amount in product.prices.items())
    return f'<p class="shop-prices">{found}</p>'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
