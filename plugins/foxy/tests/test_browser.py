"""In a real browser without JavaScript: what a customer picks is what the store is sent, signed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from platform_core.content import Product
from platform_core.headers import csp_text
from platform_plugin_foxy import plugin
from platform_plugin_foxy.signing import Signer

pytestmark = pytest.mark.browser

PAGE = "https://www.acme.example/"


@pytest.fixture(name="visit")
def _visit(browser: Any, settings_of: Callable[..., dict[str, Any]]) -> Iterator[Callable[..., tuple[Any, list[Any]]]]:
    """Open a page with the given body under the site's policy; the store is a stand-in that notes what it is sent."""
    contexts = []

    def visit(body: str, **given: Any) -> tuple[Any, list[Any]]:
        context = browser.new_context(java_script_enabled=False)
        contexts.append(context)
        asked: list[Any] = []
        policy = {"default-src": ["'self'"]}
        for directive, sources in plugin.platform_csp(settings_of(**given)).items():
            policy[directive] = ["'self'", *sources]
        headers = {"content-security-policy": csp_text(policy, https=True)}

        def answer(route: Any) -> None:
            if route.request.url == PAGE:
                html = f"<!doctype html><title>Shop</title><body>{body}"
                route.fulfill(body=html, headers=headers, content_type="text/html; charset=utf-8")
            else:
                asked.append(route.request)
                route.fulfill(body="<!doctype html><title>Cart</title>", content_type="text/html")

        context.route("**/*", answer)
        page = context.new_page()
        page.goto(PAGE)
        return page, asked

    yield visit
    for context in contexts:
        context.close()


def test_what_is_picked_is_what_is_sent(visit: Any, button: Callable[..., str], shirt: Product) -> None:
    """The form goes to the store with every name and the chosen value under its signature."""
    page, asked = visit(button(shirt, key="k"))
    page.get_by_label("Size").select_option(label="L (€22.00)")
    page.get_by_role("button", name="Add to cart: Shirt").click()
    page.wait_for_url("https://acme.foxycart.com/cart")
    (request,) = asked
    signer = Signer("k", "shirt")
    assert request.method == "POST"
    assert dict(parse_qsl(request.post_data)) == {
        signer.name("name", "Shirt"): "Shirt",
        signer.name("price", "20.00"): "20.00",
        signer.name("code", "shirt"): "shirt",
        "Size": signer.value("Size", "L{p:22.00|c:shirt-L}"),
    }


def test_what_is_sold_out_can_not_be_picked(visit: Any, button: Callable[..., str], shirt: Product) -> None:
    """It is shown, and the browser does not let it be chosen."""
    page, _ = visit(button(shirt, key="k"))
    assert page.locator("option", has_text="XL").is_disabled()
    assert page.get_by_label("Size").input_value() == Signer("k", "shirt").value("Size", "S{c:shirt-S}")


def test_a_link_arrives_as_it_was_signed(visit: Any, button: Callable[..., str], product: Product) -> None:
    """The browser sends names, signatures and text of any script unchanged; the policy lets it go."""
    plain = dataclasses.replace(product, name="Süß & 100% + 日本", options={})
    page, asked = visit(button(plain, key="k", cart="link"), cart="link")
    page.get_by_role("link", name="Add to cart").click()
    page.wait_for_url("https://acme.foxycart.com/cart?*")
    sent = dict(parse_qsl(urlsplit(asked[0].url).query))
    signer = Signer("k", product.sku)
    assert sent[signer.parameter("name", plain.name)[0]] == "Süß & 100% + 日本"
    assert sent[signer.parameter("price", "18.50")[0]] == "18.50"
