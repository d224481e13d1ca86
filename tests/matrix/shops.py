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
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from platform_core.build_secrets import OFFLINE
from platform_core.content import Product

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

__all__ = ["faults_of_button"]

# Foxy's "{p:19.00|c:mug-l}" in a choice: its own price, and its own code.
_MODIFIER = re.compile(r"[{|]([pc]):([^|}]+)")
_PERMALINK = re.compile(r"/cart/([0-9]+):[0-9]+")


def faults_of_button(shop: str, tab: Tab, product: Product) -> str:
    """Return what is wrong with the button of *product* on the page that is open; empty when nothing is."""
    return RULES[shop](tab, product)


def _forms(product: Product) -> dict[str, Decimal]:
    """Return what can be bought of *product*, and for how much: itself, or each variant that is there."""
    if not product.variants:
        return {product.sku: product.price}
    return {
        form.sku: product.price if form.price is None else form.price for form in product.variants if form.stock != 0
    }


def _snipcart(tab: Tab, product: Product) -> str:
    """Compare as Snipcart's crawler does: id and price of each button with those at its data-item-url.

    A choice that would change the price is none of the rules: no button here has one.
    """
    wanted, known = _forms(product), {product.sku, *(form.sku for form in product.variants)}
    for summary in tab.locator("main summary").all():
        summary.click()
    sold: dict[str, Decimal] = {}
    for button in tab.locator("main .snipcart-add-item").all():
        given = {name: button.get_attribute(f"data-item-{name}") or "" for name in ("id", "name", "price", "url")}
        if given["id"] not in known:
            continue
        if not all(given.values()) or not button.is_visible():
            return f"a button can't be seen, or lacks what Snipcart needs: {given}"
        with urllib.request.urlopen(urljoin(tab.url, given["url"]), timeout=10) as answer:
            rows = json.load(answer, parse_float=Decimal, parse_int=Decimal)
        crawled = {row["id"]: row["price"] for row in rows if row["id"] in known}
        sold[given["id"]] = Decimal(given["price"])
        choices = [button.get_attribute(f"data-item-custom{number}-options") or "" for number in range(1, 10)]
        if crawled != wanted or any("[" in choice for choice in choices):
            return f"the crawler finds {crawled}, for sale is {wanted}; the choices are {choices}"
    return "" if sold == wanted else f"the buttons sell {sold}, for sale is {wanted}"


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
    sold = {} if product.variants else {code: Decimal(plain.get("price", "0"))}
    for choice in form.locator("select").all():
        field = (choice.get_attribute("name") or "").removeprefix("0:")
        for option in choice.locator("option:not([disabled])").all():
            value, _, _ = (option.get_attribute("value") or "").removeprefix("0:").partition("||")
            if not _is_signed(code, field, value, option.get_attribute("value") or ""):
                wrong.append(f"{field}={value}")
            changes = dict(_MODIFIER.findall(value))
            if product.variants:
                sold[changes.get("c", code)] = Decimal(changes.get("p", plain.get("price", "0")))
    if unsigned or wrong:
        return f"the signatures do not hold: unsigned {unsigned}, wrong {wrong}"
    if sold != _forms(product):
        return f"the form sells {sold}, for sale is {_forms(product)}"
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
    """Buy as a visitor does: at the price that the API says now, into the cart, and to the address of the checkout."""
    if fault := _fault_of_price(tab, product):
        return fault
    tab.locator("main").get_by_role("button", name="Add to cart").first.click()
    drawer = tab.get_by_role("dialog")
    drawer.get_by_role("listitem").first.wait_for()
    if product.name not in drawer.inner_text():
        return f"the cart does not hold it: {drawer.inner_text()[:200]!r}"
    drawer.get_by_role("link", name="Go to checkout").click()
    tab.wait_for_url("**/cart/c/**")
    return "" if product.name in tab.inner_text("body") else "the checkout does not show it"


def _fault_of_price(tab: Tab, product: Product) -> str:
    """Compare the prices beside the product's form with what the Storefront API says, once the page calls them fresh."""
    form = tab.locator("main .shop-product").first
    tab.locator('main .shop-product[data-state="fresh"]').first.wait_for()
    chosen = [select.input_value() for select in form.locator("select").all()]
    numbers = [
        number
        for extra, values in _extras(product)
        if values == chosen
        for number in re.findall(r"[0-9]{6,}", str(extra.get("shopify_variant", "")))
    ]
    config = tab.locator("#shopify-config")
    body = {
        "query": "query($ids: [ID!]!) { nodes(ids: $ids) { ... on ProductVariant { price { amount currencyCode } } } }",
        "variables": {"ids": [f"gid://shopify/ProductVariant/{number}" for number in numbers]},
    }
    headers = {
        "content-type": "application/json",
        "X-Shopify-Storefront-Access-Token": config.get_attribute("data-token") or "",
    }
    address = urljoin(tab.url, config.get_attribute("data-endpoint") or "")
    with urllib.request.urlopen(
        urllib.request.Request(address, json.dumps(body).encode(), headers), timeout=10
    ) as answer:
        prices = [node["price"] for node in json.load(answer)["data"]["nodes"]]
    written = [
        tab.evaluate(
            "({amount, currencyCode}) => new Intl.NumberFormat(document.documentElement.lang || undefined,"
            " {style: 'currency', currency: currencyCode}).format(amount)",
            price,
        )
        for price in prices
    ]
    shown = [text.strip() for text in tab.locator(".product-facts .price").all_inner_texts()]
    return "" if len(written) == 1 and set(shown) == set(written) else f"the page says {shown}, the API {prices}"


def _extras(product: Product) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    """Yield what the shop alone knows of each thing that can be bought, and the choices that lead to it."""
    if not product.variants:
        yield product.extra, []
    for form in product.variants:
        yield form.extra, [form.options[name] for name in product.options]


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
