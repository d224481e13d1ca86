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
from platform_plugin_shopify_basic.api import API_VERSION
from platform_plugin_shopify_basic.money import shown

__all__ = ["ACCOUNTS", "FOLDER", "LABELS", "fragments", "labels_of", "logs_in", "product_html", "published"]

FOLDER = "/shopify"
ACCOUNTS = "https://shopify.com"
"""Where buyers log in, and where the Customer Account API is: below a path with the shop's number."""
_FILES = (
    "shop.js",
    "account.js",
    "api.js",
    "cart.js",
    "drawer.js",
    "login.js",
    "products.js",
    "queries.js",
    "shop.css",
)
LABELS: Mapping[str, str] = {
    "add": "Add to cart",
    "added": "{name} is in your cart.",
    "back": "Back to the shop",
    "break": "From {count} pieces: {price} each",
    "buyer": "For {name}",
    "cart": "Cart",
    "checkout": "Go to checkout",
    "close": "Close the cart",
    "country": "Country and currency",
    "empty": "Your cart is empty.",
    "failed": "That did not work. Please try again in a moment.",
    "left": "Only {count} left.",
    "location": "Where do you buy for?",
    "login": "Log in for companies",
    "logout": "Log out",
    "noCompany": "This account does not buy for a company.",
    "quantity": "Quantity",
    "remove": "Remove",
    "rule": "At least {least} pieces, in steps of {step}.",
    "soldOut": "Sold out",
    "stale": "See the price at the checkout",
    "total": "Subtotal: {price}",
    "wait": "One moment.",
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
    if logs_in(settings):
        navigation += ' <span class="shop-buyer"></span>'
    return [
        Fragment("head", f'<link rel="stylesheet" href="{FOLDER}/shop.css">{_preconnect(settings, stage)}'),
        Fragment("navigation", navigation),
        Fragment("body-end", _config(settings, stage, labels) + _script("shop.js")),
    ]


def logs_in(settings: Mapping[str, Any]) -> bool:
    """Tell whether buyers of companies log in here.

    Raises:
        SiteError: Half of what that takes is missing.
    """
    given = bool(settings["shop_id"]), bool(settings["customer_client_id"])
    if given[0] != given[1]:
        missing = "customer_client_id" if given[0] else "shop_id"
        hint = "Shopify shows both in the Headless channel, Customer Account API settings."
        problem = Problem(f"[settings.shopify-advanced] {missing}", "companies can't log in without it.", hint)
        raise SiteError("shopify-settings", "half of the login for companies is missing", problems=[problem])
    return all(given) and settings["variant"] == "b2b_catalog"


def published(settings: Mapping[str, Any], stage: Stage, locale: str) -> list[File]:
    """Return the script's modules, the style sheet and, where buyers log in, the page that they come back to."""
    folder = Path(__file__).parent / "assets"
    found = [File(f"{FOLDER.lstrip('/')}/{name}", folder / name) for name in _FILES]
    if logs_in(settings):
        found.append(File(f"{FOLDER.lstrip('/')}/login/index.html", _login_page(settings, stage, locale).encode()))
    return found


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
        **_accounts(settings, stage),
    }
    return f"<div hidden{markup.attributes(given)}></div>"


def _script(name: str) -> str:
    return f'<script type="module" src="{FOLDER}/{name}"></script>'


def _accounts(settings: Mapping[str, Any], stage: Stage) -> dict[str, str]:
    """Return where buyers log in (shopify.dev, Customer Account API; Hydrogen makes the same addresses)."""
    if not logs_in(settings):
        return {}
    base = shared.shop_address(settings, stage) if stage.offline else ACCOUNTS
    return {
        "data-login": f"{base}/authentication/{settings['shop_id']}",
        "data-accounts": f"{base}/{settings['shop_id']}/account/customer/api/{API_VERSION}/graphql",
        "data-client": settings["customer_client_id"],
    }


def _login_page(settings: Mapping[str, Any], stage: Stage, locale: str) -> str:
    labels = labels_of(settings)
    return (
        f'<!doctype html>\n<html lang="{escape(locale)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<meta name="referrer" content="no-referrer"><title>{escape(labels["login"])}</title>'
        f'<link rel="stylesheet" href="{FOLDER}/shop.css"></head><body class="shop-login"><main>'
        f'<h1>{escape(labels["login"])}</h1><p role="status">{escape(labels["wait"])}</p>'
        f'<p><a href="/">{escape(labels["back"])}</a></p></main>'
        f"{_config(settings, stage, labels)}{_script('login.js')}</body></html>\n"
    )


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
