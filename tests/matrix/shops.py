"""Whether a buy button is one that the shop would accept, by the vendor's documented rules.

Nothing of the plugins is used here: the rules are read off the page and written anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from platform_core.build_secrets import OFFLINE
from platform_core.content import Product

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

__all__ = ["faults_of_button"]

_PERMALINK = re.compile(r"/cart/([0-9]+):[0-9]+")


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


def _foxy(tab: Tab, product: Product) -> str:
    """Check each signature of the form or link as Foxy's server does, with the store's key."""
    form = tab.locator(f'form[action$="/cart"]:has(input[value="{product.sku}"])').first
    if not form.is_visible() or not form.locator("button").first.is_visible():
        return "there is no visible form that sells it"
    inputs = [
        (field.get_attribute("name") or "", field.get_attribute("value") or "") for field in form.locator("input").all()
    ]
    plain = {_name(name): value for name, value in inputs}
    code = plain.get("code", "")
    unsigned = [name for name, _ in inputs if "||" not in name and name not in {"quantity", "template_set"}]
    wrong = [name for name, value in inputs if "||" in name and not _is_signed(code, _name(name), value, name)]
    for choice in form.locator("select").all():
        field = (choice.get_attribute("name") or "").removeprefix("0:")
        for option in choice.locator("option:not([disabled])").all():
            value, _, _ = (option.get_attribute("value") or "").removeprefix("0:").partition("||")
            if not _is_signed(code, field, value, option.get_attribute("value") or ""):
                wrong.append(f"{field}={value}")
    if unsigned or wrong:
        return f"the signatures do not hold: unsigned {unsigned}, wrong {wrong}"
    if Decimal(re.match(r"[0-9.]+", plain.get("price", "0"))[0]) != product.price:  # type: ignore[index]
        return f"the form says {plain.get('price')}, the product costs {product.price}"
    return "" if code == product.sku and plain.get("name") == product.name else f"the form sells {plain}"


def _name(name: str) -> str:
    return name.removeprefix("0:").partition("||")[0]


def _is_signed(code: str, name: str, value: str, signed: str) -> bool:
    digest = hmac.new(OFFLINE.encode(), f"{code}{name}{value or '--OPEN--'}".encode(), hashlib.sha256).hexdigest()
    return digest in signed.split("||")


def _shopify(tab: Tab, product: Product) -> str:
    """Follow a cart link to the shop's stand-in: the link is /cart/<variant>:<quantity>, and a cart with the product follows."""
    main = tab.locator("main").first
    if not main.locator(".shop-buy").first.is_visible():
        return "there is no visible button"
    links = [link.get_attribute("href") or "" for link in main.locator('a[href*="/cart/"]').all()]
    known = {str(item) for item in _numbers(product)}
    mine = [link for link in links if (found := _PERMALINK.search(link)) and found[1] in known]
    if not mine:
        return f"no link to a cart names one of its variants: {links[:3]}"
    answer = tab.goto(urljoin(tab.url, mine[0]))
    if answer is None or answer.status != 200 or product.name not in tab.inner_text("body"):
        return f"{mine[0]} leads to {answer.status if answer else 'nothing'} without the product"
    return ""


def _storefront(tab: Tab, product: Product) -> str:
    """Buy as a visitor does: into the cart by the Cart API, and to the address that it gives for the checkout."""
    tab.locator("main").get_by_role("button", name="Add to cart").first.click()
    drawer = tab.get_by_role("dialog")
    drawer.get_by_role("listitem").first.wait_for()
    if product.name not in drawer.inner_text():
        return f"the cart does not hold it: {drawer.inner_text()[:200]!r}"
    drawer.get_by_role("link", name="Go to checkout").click()
    tab.wait_for_url("**/cart/c/**")
    return "" if product.name in tab.inner_text("body") else "the checkout does not show it"


def _numbers(product: Product) -> Iterator[str]:
    """Yield the numbers that the shop gave the product's variants, whatever their field is called."""
    for extra in (product.extra, *(variant.extra for variant in product.variants)):
        for value in extra.values():
            yield from re.findall(r"[0-9]{6,}", str(value))


RULES: Mapping[str, Callable[[Tab, Product], str]] = {
    "foxy": _foxy,
    "shopify-advanced": _storefront,
    "shopify-basic": _shopify,
    "snipcart": _snipcart,
}
