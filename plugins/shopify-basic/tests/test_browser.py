"""Links and Shopify's real Buy Button in a real browser, against the stand-in of the shop.

Shopify's hosts are answered by the test: its script host with the package that Shopify
publishes on npm, the shop's host with the stand-in.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pluggy
import pytest

from platform_core.composition import Composition, Member
from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.discovery import Plugin
from platform_core.errors import ToolError
from platform_core.headers import csp_text
from platform_core.hookspecs import PROJECT, spec_modules
from platform_core.manifest import Manifest
from platform_core.node import ensure_tarball
from platform_core.site import Site
from platform_plugin_shopify_basic import plugin

pytestmark = pytest.mark.browser

SITE = "https://www.acme.example"
_SDK = (
    "@shopify/buy-button-js",
    "3.0.6",
    "sha512-igPl+xyVHVTZ0xRhTOuZC6h2kHgRE/gnPNkGR3bb9kRz/cx4Pc4mYIpmQOMzmsdv7aJ9uH5w/hVRquV71eGTww==",
)
_WATCH = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective + " " + event.blockedURI));
"""


@pytest.fixture(scope="module", name="sdk")
def _sdk() -> Path:
    """The files of Shopify's Buy Button."""
    try:
        return ensure_tarball(*_SDK) / "dist"
    except ToolError as error:
        pytest.skip(f"the Buy Button can't be fetched: {error.what}")


@pytest.fixture(name="page")
def _page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.add_init_script(_WATCH)
    yield page
    context.close()


@pytest.fixture(name="expect")
def _expect() -> Any:
    from playwright.sync_api import expect

    expect.set_options(timeout=10_000)
    return expect


@pytest.fixture(name="open_shop")
def _open_shop(
    page: Any, shop: Any, manifest: Manifest, settings_of: Callable[..., dict[str, Any]]
) -> Callable[..., None]:
    """Pull, compose, and open a page with all products, with the policy that core makes."""

    def opened(**given: Any) -> None:
        shop.pull()
        manager = pluggy.PluginManager(PROJECT)
        for module in spec_modules().values():
            manager.add_hookspecs(module)
        manager.register(plugin, "ecommerce:shopify-basic")
        origin = Plugin("shopify-basic", "ecommerce", 1, "platform-plugin-shopify-basic", "0", "x")
        member = Member(origin, manifest, settings_of(**given))
        site = Site(client="acme", domain="www.acme.example", engine="hugo", shop="shopify-basic")
        composition = Composition(site, Content(shop.root), (member,), manager)
        stage = Stage("aws", SITE)
        slots = composition.fragments(stage)
        cards = "".join(
            f'<li id="{item.url.split("/")[2]}">{composition.buy_button(item, stage)}</li>'
            for item in composition.content.products
        )
        html = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>{slots["head"]}</head><body>'
            f"<nav>{slots['navigation']}</nav><ul>{cards}</ul>{slots['body-end']}</body></html>"
        )
        policy = {"Content-Security-Policy": csp_text(composition.csp(stage), https=True)}
        page.route(f"{SITE}/**", lambda route: route.fulfill(status=404, body=""))
        page.route(f"{SITE}/", lambda route: route.fulfill(body=html, content_type="text/html", headers=policy))
        for item in composition.files(stage):
            page.route(f"{SITE}/{item.value.path}", _file(item.value.content))
        page.route("https://acme.myshopify.com/**", lambda route: _forward(route, shop.base))
        page.goto(f"{SITE}/")

    return opened


def _file(content: bytes | Path) -> Callable[[Any], None]:
    body = content if isinstance(content, bytes) else content.read_bytes()
    return lambda route: route.fulfill(body=body, content_type="text/javascript")


def _forward(route: Any, base: str) -> None:
    """Hand a request for the shop's host to the stand-in.

    Redirects are followed here: what a browser asks after one does not come to the test.
    """
    asked = route.request
    host = "http://acme.myshopify.com"
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    target = asked.url.removeprefix(host.replace("http:", "https:"))
    for _ in range(3):
        data = asked.post_data_buffer if asked.method == "POST" else None
        connection.request(asked.method, target, data, {**asked.headers, "host": "acme.myshopify.com"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 302:
            break
        target = str(answer.headers["Location"]).removeprefix(host)
    connection.close()
    # What the stand-in says of itself is of plain HTTP; the shop is not.
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    route.fulfill(
        status=answer.status,
        body=body.replace(host.encode(), host.replace("http:", "https:").encode()),
        headers=headers,
    )


def test_a_link_leads_to_the_checkout(page: Any, expect: Any, open_shop: Callable[..., None]) -> None:
    """A choice is unfolded and pressed; the checkout holds it; the page ran no script and loaded nothing."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_shop()
    card = page.locator("#harbour-blend")
    card.get_by_text("Buy now").click()
    link = card.get_by_role("link", name="1 kg / Whole beans €34.00")
    assert {url for url in asked if not url.endswith("favicon.ico")} == {f"{SITE}/"}
    link.click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    expect(page.locator("li")).to_have_text("1 x Harbour Blend (1 kg / Whole beans): €34.00")


def test_shopifys_buy_button_takes_the_place_of_the_links(
    page: Any, expect: Any, open_shop: Callable[..., None], sdk: Path
) -> None:
    """Shopify's own script draws choices and a cart under the site's policy, and goes to the checkout."""
    for name, kind in (("buybutton.min.js", "text/javascript"), ("buybutton.css", "text/css")):
        page.route(f"https://sdks.shopifycdn.com/**/{name}", _published(sdk / name, kind))
    open_shop(buy="buy-button", storefront_token="0" * 32)
    card = page.locator("#harbour-blend")
    card.get_by_label("Bag").select_option("1 kg")
    expect(card.locator(".shop-links")).to_be_hidden()
    card.get_by_role("button", name="Buy now").click()
    cart = page.locator(".shopify-buy__cart")
    expect(cart).to_contain_text("Harbour Blend")
    expect(cart).to_contain_text("€34.00")
    # Its style sheet inside the page is refused; the one that is published beside the script is loaded.
    refused = {text for text in page.evaluate("refused") if not text.startswith("img-src")}
    assert refused <= {"style-src-elem inline", "style-src-attr inline"}
    cart.get_by_role("button", name="Checkout").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    expect(page.locator("li")).to_have_text("1 x Harbour Blend (1 kg / Whole beans): €34.00")


def test_without_the_buy_button_the_links_stay(page: Any, expect: Any, open_shop: Callable[..., None]) -> None:
    """When Shopify's script host can't be reached, what works without it is still there."""
    page.route("https://sdks.shopifycdn.com/**", lambda route: route.abort("namenotresolved"))
    open_shop(buy="buy-button")
    holder = page.locator("#enamel-mug .shop-buy-button")
    expect(holder).to_have_attribute("data-state", "failed")
    holder.get_by_role("link", name="Buy now: Enamel Mug").click()
    expect(page.locator("li")).to_have_text("1 x Enamel Mug: €14.00")


def _published(path: Path, kind: str) -> Callable[[Any], None]:
    return lambda route: route.fulfill(path=path, content_type=kind)
