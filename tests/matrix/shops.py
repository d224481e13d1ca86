"""Whether a buy button is one that the shop would accept, by the vendor's documented rules.

Nothing of the plugins is used here: the rules are read off the page and written anew.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from platform_core.content import Product

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

__all__ = ["faults_of_button"]


def faults_of_button(shop: str, tab: Tab, product: Product) -> str:
    """Return what is wrong with the button of *product* on the page that is open; empty when nothing is."""
    return RULES[shop](tab, product)


def _snipcart(tab: Tab, product: Product) -> str:
    """Compare as Snipcart's crawler does: id and price of the button with those at its data-item-url."""
    button = tab.locator(f'.snipcart-add-item[data-item-id="{product.sku}"]').first
    if not button.is_visible():
        return "there is no visible button with its id"
    given = {name: button.get_attribute(f"data-item-{name}") or "" for name in ("name", "price", "url")}
    if not all(given.values()):
        return f"the button lacks what Snipcart needs: {given}"
    with urllib.request.urlopen(urljoin(tab.url, given["url"]), timeout=10) as answer:
        rows = json.load(answer, parse_float=Decimal, parse_int=Decimal)
    prices = [row["price"] for row in rows if row["id"] == product.sku]
    if prices != [Decimal(given["price"])] or prices != [product.price]:
        return f"the button says {given['price']}, the crawler finds {prices}, the product costs {product.price}"
    return ""


RULES: Mapping[str, Callable[[Tab, Product], str]] = {"snipcart": _snipcart}
