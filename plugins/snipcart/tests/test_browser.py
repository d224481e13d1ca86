"""A shop in a real browser, under the policy that core composes, without Snipcart's servers.

Those can't be reached from a test, so calls to them are cut off, or answered by a
stand-in that does what its test says. What the real cart does is not tested here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from platform_core.composition import Composition
from platform_core.content import Product
from platform_core.contributions import Stage
from platform_testing.quality import wait_in_page

pytestmark = pytest.mark.browser

SNIPCART = "https://*.snipcart.com/**"
NOTICE = "The cart could not be loaded. Please try again in a moment."
# Records what the policy refuses, before anything of the page runs.
_WATCH = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective + " " + event.blockedURI));
"""


@pytest.fixture(name="open_shop")
def _open_shop(compose: Callable[..., Composition], product: Product, shop: Any) -> Callable[..., str]:
    """Publish a page with two products, and return its address."""
    mug = dataclasses.replace(product, sku="mug", name="Mug", price=Decimal(9), options={}, stock=0)

    def publish(**given: Any) -> str:
        composition, stage = compose(product, mug, **given), Stage("local", shop.base)
        slots = composition.fragments(stage)
        shop.publish(*(item.value for item in composition.files(stage)))
        shop.policy = "; ".join(" ".join((name, *values)) for name, values in composition.csp(stage).items())
        cards = "".join(f"<li><h2>{item.sku}</h2>{composition.buy_button(item, stage)}</li>" for item in (product, mug))
        shop.pages["/"] = (
            f'<!doctype html><html lang="en"><head><title>Shop</title>{slots["head"]}<link rel="icon" href="data:,"></head>'
            f"<body><nav>{slots['navigation']}</nav><main><h1>Shop</h1><ul>{cards}</ul></main>{slots['body-end']}</body></html>"
        ).encode()
        return f"{shop.base}/"

    return publish


@pytest.fixture(name="page")
def _page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.add_init_script(_WATCH)
    yield page
    context.close()


def _stand_in(route: Any, script: str) -> None:
    """Answer for Snipcart's servers."""
    kinds = {"stylesheet": ("text/css", ".from-snipcart{}"), "script": ("text/javascript", script)}
    kind, body = kinds.get(route.request.resource_type, ("text/html", "<p>a frame"))
    route.fulfill(status=200, content_type=kind, body=body, headers={"Access-Control-Allow-Origin": "*"})


def test_a_page_works_while_snipcart_can_not_be_reached(page: Any, open_shop: Callable[..., str]) -> None:
    """The page complains of the two missing files and of nothing else, and its buttons have names."""
    problems: list[str] = []
    page.on("console", lambda message: problems.append(f"{message.text} {message.location['url']}"))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.route(SNIPCART, lambda route: route.abort("namenotresolved"))
    page.goto(open_shop(), wait_until="load")
    files = ("snipcart.css", "snipcart.js")
    missing = [f"https://cdn.snipcart.com/themes/v3.7.3/default/{name}" for name in files]
    expected = [f"Failed to load resource: net::ERR_NAME_NOT_RESOLVED {address}" for address in missing]
    assert sorted(problems) == expected
    assert page.evaluate("refused") == []
    assert page.get_by_role("button", name="Cart", exact=True).is_enabled()
    assert page.get_by_role("button", name='Add to cart: Night Rate "Filter" & Espresso', exact=True).is_enabled()
    assert page.get_by_role("button", name="Sold out: Mug", exact=True).is_disabled()


def test_the_browser_reads_the_buttons_as_they_were_meant(page: Any, open_shop: Callable[..., str], shop: Any) -> None:
    """The attributes in the document are those of the product, and the file that they name agrees."""
    page.route(SNIPCART, lambda route: route.abort("namenotresolved"))
    page.goto(open_shop(), wait_until="load")
    found = page.locator(".snipcart-add-item").evaluate_all("found => found.map(item => ({...item.dataset}))")
    assert [(item["itemId"], item["itemPrice"], item["itemName"]) for item in found] == [
        ("night-rate", "18.50", 'Night Rate "Filter" & Espresso')
    ]
    rows = page.evaluate("address => fetch(address).then(answer => answer.json())", found[0]["itemUrl"])
    assert [(row["id"], row["price"], row["url"]) for row in rows] == [("night-rate", 18.5, "/snipcart/products.json")]


def test_a_press_without_a_cart_is_answered(page: Any, open_shop: Callable[..., str]) -> None:
    """A person who wants to buy is told that the cart is not there, beside the button."""
    page.route(SNIPCART, lambda route: route.abort("namenotresolved"))
    page.goto(open_shop(), wait_until="load")
    assert page.get_by_role("alert").count() == 0
    for button in ("Cart", 'Add to cart: Night Rate "Filter" & Espresso'):
        page.get_by_role("button", name=button, exact=True).click()
        notice = page.get_by_role("alert")
        assert notice.inner_text() == NOTICE
        assert notice.evaluate("notice => notice.previousElementSibling.tagName") == "BUTTON"


def test_a_press_with_a_cart_is_snipcarts(page: Any, open_shop: Callable[..., str]) -> None:
    """When the cart is there, nothing of ours gets in its way."""
    script = "window.Snipcart = {}; window.pressed = 0; addEventListener('click', () => pressed++);"
    page.route(SNIPCART, lambda route: _stand_in(route, script))
    page.goto(open_shop(), wait_until="load")
    page.get_by_role("button", name="Add to cart").click()
    assert page.evaluate("pressed") == 1
    assert page.get_by_role("alert").count() == 0


_CART = """
window.Snipcart = {};
window.done = (async () => {
  const add = (kind, values) => new Promise((told) => {
    const element = Object.assign(document.createElement(kind), values, {onload: () => told("loaded"), onerror: () => told("refused")});
    document.body.append(element);
  });
  const attempt = (work) => { try { work(); return "ran"; } catch { return "refused"; } };
  const style = document.createElement("style");
  style.textContent = "h1 { letter-spacing: 7px }";
  document.head.append(style);
  return {
    app: await fetch("https://app.snipcart.com/api").then(() => "loaded", () => "refused"),
    elsewhere: await fetch("https://evil.example/").then(() => "loaded", () => "refused"),
    script: await add("script", {src: "https://evil.example/x.js"}),
    more: await add("script", {src: "https://cdn.snipcart.com/more.js"}),
    evaluate: attempt(() => new Function("return 1")()),
    style: getComputedStyle(document.querySelector("h1")).letterSpacing === "7px" ? "ran" : "refused",
    payment: await add("iframe", {src: "https://payment.snipcart.com/form"}),
  };
})();
"""


@pytest.mark.parametrize(("strict", "compiled"), [(False, "ran"), (True, "refused")])
def test_the_policy_lets_snipcart_work_and_nobody_else(
    page: Any, open_shop: Callable[..., str], strict: bool, compiled: str
) -> None:
    """A script from Snipcart's server reaches its three hosts; other hosts stay out, and strict means strict."""
    page.route("**/*", lambda route: route.fulfill(status=200, body="", headers={"Access-Control-Allow-Origin": "*"}))
    page.route(SNIPCART, lambda route: _stand_in(route, "" if "more" in route.request.url else _CART))
    page.route("http://127.0.0.1:*/**", lambda route: route.continue_())
    page.goto(open_shop(strict_csp=strict), wait_until="load")
    assert page.evaluate("done") == {
        "app": "loaded",
        "elsewhere": "refused",
        "script": "refused",
        "more": "loaded",
        "evaluate": compiled,
        "style": "refused",
        "payment": "loaded",
    }
    refused = page.evaluate("refused")
    assert "connect-src https://evil.example/" in refused
    assert "script-src-elem https://evil.example/x.js" in refused
    assert not [entry for entry in refused if "snipcart.com" in entry]


def test_a_page_is_drawn_while_snipcart_does_not_answer(page: Any, open_shop: Callable[..., str]) -> None:
    """Servers that hang keep nobody from reading."""
    held: list[Any] = []
    page.route(SNIPCART, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    page.goto(open_shop(), wait_until="commit")
    wait_in_page(page, "performance.getEntriesByName('first-contentful-paint').length > 0")
    assert page.evaluate("document.readyState") != "complete"
    assert len(held) >= 1
    for route in held:
        route.abort()


def test_a_visitor_without_javascript_is_told(page: Any, open_shop: Callable[..., str], shop: Any) -> None:
    """The explanation stands beside the cart button, for them alone."""
    page.route(SNIPCART, lambda route: route.abort("namenotresolved"))
    address = open_shop()
    shop.policy += "; sandbox"  # a document that may not run scripts
    page.goto(address, wait_until="load")
    assert page.locator("noscript").is_visible()
    assert page.locator("noscript").inner_text() == "The cart needs JavaScript."
    shop.policy = shop.policy.removesuffix("; sandbox")
    page.reload(wait_until="load")
    assert not page.locator("noscript").is_visible()
