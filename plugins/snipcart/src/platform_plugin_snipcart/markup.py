"""The HTML that Snipcart needs on a page.

Snipcart's own snippet is an inline script, which the site's content security
policy refuses. The older documented form needs none: a stylesheet, an element
that holds the configuration, and the script itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from html import escape
from typing import Any

from platform_core.content import Product
from platform_core.product_data import price_text
from platform_plugin_snipcart.products import VALIDATION_PATH, Sale, one_line

__all__ = ["CART_SCRIPT", "buy_button", "cart_button", "choices", "loader", "preconnect", "sold_out_button"]

CART_SCRIPT = "/snipcart/cart.js"
CDN = "https://cdn.snipcart.com"
APP = "https://app.snipcart.com"
# What a variant does when the settings do not say.
_BEHAVIOUR = {
    "simple_store": ("full", "open"),
    "digital_products": ("full", "open"),
    "catalog_basic": ("side", "stay"),
}


def preconnect() -> str:
    """Return the hints for the head: both hosts are asked as soon as the script runs."""
    return f'<link rel="preconnect" href="{CDN}"><link rel="preconnect" href="{APP}">'


def loader(settings: Mapping[str, Any], currency: str) -> str:
    """Return what ends the body.

    The stylesheet stands here, not in the head, where a slow answer of Snipcart's
    servers would keep the whole page from being drawn.
    """
    style, after = _BEHAVIOUR[settings["variant"]]
    style = style if settings["cart_style"] == "variant" else settings["cart_style"]
    after = after if settings["after_add"] == "variant" else settings["after_add"]
    configuration = {"id": "snipcart", "data-api-key": settings["public_api_key"]}
    if currency:
        configuration["data-currency"] = currency
    if style == "side":
        configuration["data-config-modal-style"] = "side"
    if after == "stay":
        configuration["data-config-add-product-behavior"] = "none"
    theme = f"{CDN}/themes/v{settings['version']}/default/snipcart"
    return (
        f'<link rel="stylesheet"{_attributes({"href": f"{theme}.css"})}>'
        f"<div hidden{_attributes(configuration)}></div>"
        f"<script defer{_attributes({'src': CART_SCRIPT, 'data-missing': settings['missing_label']})}></script>"
        f"<script async{_attributes({'src': f'{theme}.js'})}></script>"
    )


def cart_button(settings: Mapping[str, Any]) -> str:
    """Return the button that opens the cart; Snipcart fills in the number of items."""
    return (
        f'<button type="button" class="shop-cart snipcart-checkout">{escape(settings["cart_label"])} '
        '<span class="shop-cart-count snipcart-items-count"></span></button>'
        f"<noscript>{escape(settings['no_script_label'])}</noscript>"
    )


def buy_button(sale: Sale, settings: Mapping[str, Any]) -> str:
    """Return the button that puts *sale* into the cart."""
    label = settings["add_label"]
    attributes = {"class": "shop-buy snipcart-add-item", "aria-label": f"{label}: {sale.name}"}
    return f'<button type="button"{_attributes(attributes | _item(sale))}>{escape(label)}</button>'


def choices(product: Product, sales: Iterable[Sale], settings: Mapping[str, Any], locale: str) -> str:
    """Return a list that unfolds, with a button for each variant; one that is sold out has none."""
    rows = "".join(f"<li>{_row(sale, product.currency, settings, locale)}</li>" for sale in sales)
    name = f'<span class="visually-hidden">: {escape(one_line(product.name))}</span>'
    return (
        f'<details class="shop-choices"><summary class="button shop-buy">{escape(settings["add_label"])}{name}</summary>'
        f"<ul>{rows}</ul></details>"
    )


def _row(sale: Sale, currency: str, settings: Mapping[str, Any], locale: str) -> str:
    text = price_text(Decimal(sale.price), currency, locale)
    what = f'{escape(sale.choice)} <data class="shop-price" value="{sale.price}">{escape(text)}</data>'
    if sale.most == 0:
        return f'<span class="shop-sold-out">{what} {escape(settings["sold_out_label"])}</span>'
    attributes = {"class": "shop-buy snipcart-add-item"} | _item(sale)
    return f'<button type="button"{_attributes(attributes)}>{what}</button>'


def sold_out_button(name: str, settings: Mapping[str, Any]) -> str:
    """Return a button that does nothing and says why; Snipcart does not see it."""
    label = settings["sold_out_label"]
    attributes = {"class": "shop-buy", "aria-label": f"{label}: {name}"}
    return f'<button type="button" disabled{_attributes(attributes)}>{escape(label)}</button>'


def _item(sale: Sale) -> dict[str, str]:
    item = {"id": sale.sku, "name": sale.name, "price": sale.price, "url": VALIDATION_PATH}
    item |= {key: value for key, value in (("description", sale.description), ("image", sale.image)) if value}
    for number, (name, choices) in enumerate(sale.fields, 1):
        item |= {f"custom{number}-name": name, f"custom{number}-options": choices}
    if sale.weight is not None:
        item["weight"] = str(sale.weight)
    if not sale.shippable:
        item["shippable"] = "false"
    if sale.file:
        item["file-guid"] = sale.file
    if sale.most is not None:
        item["max-quantity"] = str(sale.most)
    return {f"data-item-{key}": value for key, value in item.items()}


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items())
