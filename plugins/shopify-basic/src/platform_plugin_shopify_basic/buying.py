"""How Shopify Basic sells: cart links everywhere, and the Buy Button where it is chosen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from platform_core.content import Product
from platform_core.contributions import File, Fragment, Stage
from platform_plugin_shopify_basic import markup
from platform_plugin_shopify_basic import settings as shared
from platform_plugin_shopify_basic.money import pattern

__all__ = ["SCRIPT", "SDK", "button", "fragments", "policy", "published", "uses_buy_button"]

SDK = "https://sdks.shopifycdn.com"
CDN = "https://cdn.shopify.com"
SCRIPT = "/shopify/buy-button.js"
_BUY = {"performance_optimized": "permalink", "static_site_ecommerce": "buy-button", "agency_alternative": "permalink"}
_LANDING = {"agency_alternative": "cart"}


def uses_buy_button(settings: Mapping[str, Any]) -> bool:
    """Tell whether pages load Shopify's Buy Button."""
    chosen = settings["buy"]
    return (_BUY[settings["variant"]] if chosen == "variant" else chosen) == "buy-button"


def button(product: Product, settings: Mapping[str, Any], stage: Stage, locale: str) -> str:
    """Return the HTML with which *product* is bought."""
    links = markup.links(product, _links(settings, stage, locale))
    number = markup.product_number(product)
    if not number or not uses_buy_button(settings):
        return links
    # The Buy Button takes the place of the links once it is there; without a script they stay.
    given = {"class": "shop-buy-button", "data-product": number, "data-money": pattern(product.currency, locale)}
    return f'<div{markup.attributes(given)}><div class="shop-links">{links}</div></div>'


def fragments(settings: Mapping[str, Any], stage: Stage, has_products: bool) -> list[Fragment]:
    """Return what every page carries; nothing, when a shop consists of links alone."""
    base = shared.shop_address(settings, stage)
    cart = f'<a class="shop-cart"{markup.attributes({"href": f"{base}/cart"})}>{escape(settings["cart_label"])}</a>'
    if not uses_buy_button(settings):
        return [Fragment("navigation", cart)] if _landing(settings) == "cart" else []
    # Offline Shopify's script can't be had, so the links stay.
    if not has_products or stage.offline:
        return []
    folder = f"{SDK}/buy-button/{settings['buy_button_version']}"
    labels = {"buy": settings["buy_label"], "soldOut": settings["sold_out_label"], "cart": settings["cart_label"]}
    given = {
        "src": SCRIPT,
        "data-shop": settings["shop"],
        "data-token": settings["storefront_token"],
        "data-sdk": f"{folder}/buybutton.min.js",
        "data-style": f"{SDK}/buy-button/latest/buybutton.css",
        "data-labels": json.dumps(labels, ensure_ascii=False, sort_keys=True),
    }
    return [Fragment("body-end", f"<script defer{markup.attributes(given)}></script>")]


def published(settings: Mapping[str, Any]) -> list[File]:
    """Return the script of the Buy Button, when it is used."""
    if not uses_buy_button(settings):
        return []
    return [File(SCRIPT.lstrip("/"), Path(__file__).parent / "assets" / "buy-button.js")]


def policy(settings: Mapping[str, Any], stage: Stage) -> dict[str, Sequence[str]]:
    """Return what the pages load beyond the site's own files.

    The Buy Button is drawn in the page itself, not in a frame, so no frame and no inline
    style sheet has to be allowed.
    """
    if not uses_buy_button(settings) or stage.offline:
        return {}
    shop = f"https://{settings['shop']}"
    return {"script-src": [SDK], "style-src": [SDK], "img-src": [CDN, SDK], "connect-src": [shop]}


def _landing(settings: Mapping[str, Any]) -> str:
    chosen = settings["landing"]
    return _LANDING.get(settings["variant"], "checkout") if chosen == "variant" else str(chosen)


def _links(settings: Mapping[str, Any], stage: Stage, locale: str) -> markup.Links:
    return markup.Links(
        base=shared.shop_address(settings, stage),
        locale=locale,
        label=settings["buy_label"],
        sold_out=settings["sold_out_label"],
        missing=settings["missing_label"],
        query="?storefront=true" if _landing(settings) == "cart" else "",
    )
