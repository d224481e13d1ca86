"""The storefront in a real browser, under the policy that core composes, against the stand-in of the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from platform_core.composition import Composition
from platform_testing.quality.tooling import axe_source

pytestmark = pytest.mark.browser

_WATCH = """
window.refused = [];
addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective + " " + event.blockedURI));
"""


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


@pytest.fixture(name="blend")
def _blend(page: Any) -> Any:
    """The card of the coffee with four variants."""
    return page.locator("#harbour-blend")


def test_from_a_choice_to_the_checkout(
    page: Any, expect: Any, blend: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """A visitor chooses a variant, sees its price, adds it, and reaches the checkout; the policy refuses nothing."""
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(front.open(compose()))
    expect(blend.locator(".price")).to_have_text("€9.50")
    blend.get_by_label("Bag").select_option("1 kg")
    expect(blend.locator(".price")).to_have_text("€34.00")
    blend.get_by_role("button", name="Add to cart").click()
    drawer = page.get_by_role("dialog", name="Cart")
    expect(drawer.get_by_role("status")).to_have_text("Harbour Blend is in your cart.")
    expect(drawer.get_by_role("listitem")).to_contain_text("Harbour Blend, 1 kg / Whole beans")
    expect(page.locator(".shop-cart-count")).to_have_text("(1)")
    assert page.evaluate("refused") == []
    assert problems == []
    drawer.get_by_role("link", name="Go to checkout").click()
    page.wait_for_url("**/cart/c/**")
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
    expect(page.locator("li")).to_have_text("1 x Harbour Blend (1 kg / Whole beans): €34.00")


def test_the_cart_is_changed_and_kept(
    page: Any, expect: Any, blend: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """Quantities change, too many are cut to what is there, a line goes, and another page has the same cart."""
    page.goto(front.open(compose()))
    blend.get_by_label("Grind").select_option("Filter")
    expect(blend.locator(".shop-stock")).to_have_text("Only 3 left.")
    blend.get_by_role("button", name="Add to cart").click()
    drawer = page.get_by_role("dialog")
    count = drawer.get_by_label("Quantity")
    count.fill("5")
    count.blur()
    expect(drawer.get_by_role("status")).to_have_text(
        "Only 3 items of 'Harbour Blend' were added to your cart due to availability."
    )
    expect(count).to_have_value("3")
    expect(drawer.locator(".shop-total")).to_have_text("Subtotal: €28.50")
    page.goto(f"{front.base}/products/enamel-mug/")
    expect(page.locator(".shop-cart-count")).to_have_text("(3)")
    page.get_by_role("link", name="Cart").click()
    page.get_by_role("button", name="Remove").click()
    expect(drawer.locator(".shop-total")).to_have_text("Your cart is empty.")
    expect(drawer.get_by_role("link", name="Go to checkout")).to_be_hidden()


def test_the_drawer_is_for_keyboards_too(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """Enter opens it, focus goes in, Escape closes it, and focus is back where it was."""
    page.goto(front.open(compose()))
    expect(page.locator("#enamel-mug .price")).to_have_text("€14.00")
    link = page.get_by_role("link", name="Cart")
    link.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Cart")
    expect(drawer).to_be_visible()
    assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(link).to_be_focused()


@pytest.mark.parametrize("opened", [False, True])
def test_axe_finds_nothing(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition], opened: bool
) -> None:
    """Forms, stock, rules and the open cart pass the checks of axe-core."""
    page.goto(front.open(compose(countries=["CH"])))
    expect(page.locator("#enamel-mug .price")).to_have_text("€14.00")
    expect(page.get_by_label("Country and currency")).to_be_visible()
    if opened:
        page.locator("#enamel-mug").get_by_role("button", name="Add to cart").click()
        expect(page.get_by_role("dialog").get_by_role("listitem")).to_be_visible()
    page.evaluate(axe_source())
    found = page.evaluate("axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))")
    assert found == []


def test_a_price_that_changed_is_corrected(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """What changed since the build is on the page at once, and what changes later within the bound."""
    address = front.open(compose(fresh_seconds=5))
    mug = front.standin.catalogue.by_handle("enamel-mug")
    mug.variants[0].price = Decimal("16.00")
    page.goto(address)
    card = page.locator("#enamel-mug")
    expect(card.locator(".price")).to_have_text("€16.00")
    mug.variants[0].price, mug.variants[0].stock = Decimal("17.25"), 0
    expect(card.locator(".price")).to_have_text("€17.25", timeout=6_000)
    expect(card.get_by_role("button", name="Sold out: Enamel Mug")).to_be_disabled()


def test_each_price_of_a_product_is_corrected_and_no_other_ones(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """A template may write the price twice, and cards of other products into the same article."""
    address = front.open(compose())
    front.standin.catalogue.by_handle("enamel-mug").variants[0].price = Decimal("16.00")
    own, other = (front.pages[f"/products/{slug}/"].decode() for slug in ("enamel-mug", "tide-table-poster"))
    card = other[other.index("<article") : other.index("</article>") + len("</article>")]
    own = own.replace('<p class="price">', '<p class="price">€13.00</p><p class="price">').replace(
        "</article>", f'<aside><div class="card">{card}</div></aside></article>'
    )
    front.pages["/products/enamel-mug/"] = own.encode()
    page.goto(f"{address}products/enamel-mug/")
    expect(page.locator("#enamel-mug > .price")).to_have_text(["€16.00", "€16.00"])
    expect(page.locator("#tide-table-poster .price")).to_have_text("€18.00")


def test_an_old_price_does_not_stay(page: Any, expect: Any, front: Any, compose: Callable[..., Composition]) -> None:
    """While the shop can't be asked, the last answer is shown for as long as it is fresh, and then a note."""
    page.clock.install(time=dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    page.goto(front.open(compose(fresh_seconds=60)))
    price = page.locator("#enamel-mug .price")
    expect(price).to_have_text("€14.00")
    page.wait_for_selector("#enamel-mug [data-state=fresh]")
    front.down = True
    page.clock.run_for(55_000)
    expect(price).to_have_text("€14.00")
    page.clock.run_for(6_000)
    expect(price).to_have_text("See the price at the checkout")
    front.down = False
    page.clock.run_for(31_000)
    expect(price).to_have_text("€14.00")


def test_without_an_answer_the_price_of_the_build_goes(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """A page that never reached the shop shows the build's price for three seconds at most."""
    address = front.open(compose())
    front.down = True
    page.goto(address)
    expect(page.locator("#enamel-mug .price")).to_have_text("See the price at the checkout")
    page.locator("#enamel-mug").get_by_role("button", name="Add to cart").click()
    expect(page.locator("#enamel-mug").get_by_role("alert")).to_have_text(
        "That did not work. Please try again in a moment."
    )


def test_another_country_has_another_currency(
    page: Any, expect: Any, blend: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """The choice of a country changes products and cart, and stays."""
    page.goto(front.open(compose(variant="multi_currency", countries=["CH", "US"])))
    blend.get_by_role("button", name="Add to cart").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".shop-total")).to_have_text("Subtotal: €9.50")
    page.keyboard.press("Escape")
    country = page.get_by_label("Country and currency")
    country.select_option("CH")
    expect(country.locator("option:checked")).to_have_text("Switzerland (CHF)")
    expect(blend.locator(".price")).to_have_text("CHF 9.03")
    expect(page.locator(".shop-total")).to_have_text("Subtotal: CHF 9.03")
    page.reload()
    expect(page.locator("#enamel-mug .price")).to_have_text("CHF 13.30")
    expect(page.get_by_label("Country and currency")).to_have_value("CH")


def test_a_buyer_of_a_company_has_prices_and_rules_of_its_own(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """A login of the site tells who buys: price, least quantity, steps and discounts follow, also in the cart."""
    page.goto(front.open(compose(variant="b2b_catalog")))
    mug = page.locator("#enamel-mug")
    expect(mug.locator(".price")).to_have_text("€14.00")
    page.evaluate("""document.dispatchEvent(new CustomEvent('shopify:buyer', { detail: {
        customerAccessToken: 'stand-in-buyer', companyLocationId: 'gid://shopify/CompanyLocation/1' } }))""")
    expect(mug.locator(".price")).to_have_text("€11.20")
    expect(mug.locator(".shop-rules p")).to_have_text("At least 6 pieces, in steps of 6.")
    expect(mug.locator(".shop-rules li").first).to_have_text("From 12 pieces: €10.50 each")
    count = mug.get_by_label("Quantity")
    expect(count).to_have_value("6")
    count.fill("12")
    mug.get_by_role("button", name="Add to cart").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".shop-total")).to_have_text("Subtotal: €126.00")
    drawer.get_by_label("Quantity").fill("7")
    drawer.get_by_label("Quantity").blur()
    expect(drawer.get_by_role("status")).to_have_text("The quantity must be a multiple of 6.")
    page.keyboard.press("Escape")
    page.evaluate("document.dispatchEvent(new CustomEvent('shopify:buyer', { detail: null }))")
    expect(mug.locator(".price")).to_have_text("€14.00")
    expect(page.locator(".shop-total")).to_have_text("Your cart is empty.")
    assert page.evaluate("[localStorage.getItem('shopify-cart'), sessionStorage.getItem('shopify-buyer')]") == [
        None,
        None,
    ]


LOGIN = {
    "variant": "b2b_catalog",
    "shop_id": "55145660472",
    "customer_client_id": "0f1e2d3c-0000-4000-8000-0123456789ab",
}


def log_in(page: Any, answer: str = "Log in as a buyer of Stand-in Ltd") -> None:
    """Log in as a buyer does, up to Shopify's answer."""
    page.get_by_role("button", name="Log in for companies").click()
    page.get_by_role("link", name=answer).click()


def test_a_buyer_logs_in_chooses_a_location_and_leaves(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """The whole way, under the policy: Shopify's login, a location, its prices, its cart; and none of it afterwards."""
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    front.open(compose(**LOGIN))
    page.goto(f"{front.base}/products/enamel-mug/?from=letter")
    mug = page.locator("#enamel-mug")
    mug.get_by_role("button", name="Add to cart").click()
    expect(page.locator(".shop-total")).to_have_text("Subtotal: €14.00")
    page.keyboard.press("Escape")
    log_in(page)
    expect(page.get_by_role("status")).to_have_text("Where do you buy for?")
    assert page.evaluate("location.search") == ""
    page.evaluate(axe_source())
    assert page.evaluate("axe.run().then(({ violations }) => violations.map(({ id }) => id))") == []
    page.get_by_role("button", name="Stand-in Ltd, Warehouse").click()
    page.wait_for_url("**/products/enamel-mug/?from=letter")
    expect(page.locator(".shop-buyer")).to_have_text("For Stand-in Ltd, Warehouse Log out")
    expect(mug.locator(".price")).to_have_text("€11.20")
    cart = front.standin.carts.get(page.evaluate("localStorage.getItem('shopify-cart')"))
    assert cart.company == "gid://shopify/CompanyLocation/2"
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{front.base}/")
    expect(page.get_by_role("button", name="Log in for companies")).to_be_visible()
    expect(mug.locator(".price")).to_have_text("€14.00")
    assert page.evaluate("[Object.keys(sessionStorage), localStorage.getItem('shopify-cart')]") == [[], None]
    assert page.evaluate("refused") == []
    assert problems == []


def test_a_buyer_of_one_location_is_not_asked(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """There is nothing to choose, so the page goes back by itself: to where it came from, whatever that looks like."""
    front.standin.accounts.locations.popitem()
    front.open(compose(**LOGIN))
    front.pages["/evil/"] = front.pages["/"]  # http.server makes one slash of two
    page.goto(f"{front.base}//evil/")
    log_in(page)
    expect(page.locator(".shop-buyer")).to_have_text("For Stand-in Ltd, Head office Log out")
    assert page.url == f"{front.base}//evil/"


def test_who_buys_for_no_company_is_told(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """An account without a company is logged in nowhere."""
    front.standin.accounts.locations.clear()
    page.goto(front.open(compose(**LOGIN)))
    log_in(page)
    expect(page.get_by_role("status")).to_have_text("This account does not buy for a company.")
    page.get_by_role("link", name="Back to the shop").click()
    expect(page.get_by_role("button", name="Log in for companies")).to_be_visible()


def test_a_login_that_fails_says_so(page: Any, expect: Any, front: Any, compose: Callable[..., Composition]) -> None:
    """Refused, forged, or out of reach: there is a text, and nobody is logged in."""
    front.open(compose(**LOGIN))
    failed = "That did not work. Please try again in a moment."
    page.goto(f"{front.base}/")
    log_in(page, "Refuse")
    expect(page.get_by_role("status")).to_have_text(failed)
    page.goto(f"{front.base}/shopify/login/?code=forged&state=forged")
    expect(page.get_by_role("status")).to_have_text(failed)
    page.goto(f"{front.base}/")
    page.get_by_role("button", name="Log in for companies").click()
    page.wait_for_url("**/oauth/authorize?**")
    link = page.get_by_role("link", name="Log in as a buyer of Stand-in Ltd")
    page.evaluate("""() => {
        const started = JSON.parse(sessionStorage.getItem('shopify-login'));
        sessionStorage.setItem('shopify-login', JSON.stringify({ ...started, verifier: 'x'.repeat(43) }));
    }""")
    link.click()
    expect(page.get_by_role("status")).to_have_text(failed)
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_a_login_ends_with_its_token(page: Any, expect: Any, front: Any, compose: Callable[..., Composition]) -> None:
    """A minute before the token ends the prices are everybody's again, on a page that stays open."""
    page.clock.install(time=dt.datetime(2026, 11, 1, 9, 0, tzinfo=dt.UTC))
    front.standin.accounts.locations.popitem()
    front.standin.accounts.seconds = 120
    page.goto(front.open(compose(**LOGIN)))
    log_in(page)
    expect(page.locator("#enamel-mug .price")).to_have_text("€11.20")
    page.clock.run_for(61_000)
    expect(page.get_by_role("button", name="Log in for companies")).to_be_visible()
    expect(page.locator("#enamel-mug .price")).to_have_text("€14.00")


def test_without_a_script_links_lead_to_the_checkout(
    browser: Any, front: Any, expect: Any, compose: Callable[..., Composition]
) -> None:
    """Each choice is a link of Shopify's documented form."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(front.open(compose(countries=["US"])))
    card = page.locator("#harbour-blend")
    expect(card.locator(".shop-prices")).to_have_text("$10.45")
    card.locator("summary").click()
    links = card.get_by_role("link")
    expect(links).to_have_count(3)
    expect(card.locator(".shop-sold-out")).to_contain_text("1 kg / Filter")
    href = links.nth(2).get_attribute("href")
    page.goto(front.upstream + href.removeprefix("/_local/shopify-stand-in"))
    expect(page.locator("li")).to_have_text("1 x Harbour Blend (1 kg / Whole beans): €34.00")
    context.close()


def test_products_that_come_later_are_made_ready_too(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """An engine that changes pages without loading them gets working products."""
    page.goto(front.open(compose()))
    expect(page.locator("#enamel-mug form")).to_be_visible()
    html = front.pages["/products/tide-table-poster/"].decode()
    main = html[html.index("<main>") : html.index("</main>")]
    page.evaluate("html => { document.querySelector('main').innerHTML = html }", main)
    poster = page.locator("#tide-table-poster")
    poster.get_by_label("Size").select_option("A2")
    expect(poster.locator(".price")).to_have_text("€26.00")
    expect(poster.locator(".shop-product")).to_have_attribute("data-state", "fresh")


def test_a_framework_that_writes_over_the_page_is_written_over(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """A framework that takes a page over may put the build's price back, in the same element or in another one."""
    address = front.open(compose())
    front.standin.catalogue.by_handle("enamel-mug").variants[0].price = Decimal("16.00")
    page.goto(address)
    price = page.locator("#enamel-mug .price")
    expect(price).to_have_text("€16.00")
    page.evaluate("document.querySelector('#enamel-mug .price').firstChild.data = '€14.00'")
    expect(price).to_have_text("€16.00")
    page.evaluate("""() => {
        const old = document.querySelector('#enamel-mug .price');
        const made = Object.assign(document.createElement('p'), { className: 'price', textContent: '€14.00' });
        old.replaceWith(made);
    }""")
    expect(price).to_have_text("€16.00")


def test_a_cart_that_has_ended_is_replaced(
    page: Any, expect: Any, front: Any, compose: Callable[..., Composition]
) -> None:
    """When Shopify does not know the cart any more, the next thing that is bought begins another."""
    page.goto(front.open(compose()))
    page.evaluate("localStorage.setItem('shopify-cart', 'gid://shopify/Cart/gone?key=x')")
    page.locator("#enamel-mug").get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("dialog").locator(".shop-total")).to_have_text("Subtotal: €14.00")
