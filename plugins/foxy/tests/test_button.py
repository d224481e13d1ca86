"""What a product says to Foxy, and what is refused before it is said."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.build_secrets import BuildSecrets
from platform_core.content import Content, Product
from platform_core.contributions import Stage
from platform_core.errors import ContentError, SiteError, UserError
from platform_core.site import Site
from platform_plugin_foxy import plugin

SITE = Site(client="acme", domain="www.acme.example", engine="hugo", shop="foxy")
LOCAL = Stage("local", "http://localhost:8080")
Button = Callable[..., str]


def unsigned(button: Button, product: Product, **given: Any) -> str:
    return button(product, key="", stage=LOCAL, **given)


def problems(button: Button, product: Product, **given: Any) -> str:
    with pytest.raises(ContentError) as error:
        button(product, **given)
    return " ".join(map(str, error.value.problems))


def test_a_product_says_all_that_the_cart_shows(button: Button, product: Product, read_form: Any) -> None:
    """Price to the digit, picture and page as addresses, weight in the store's unit, no more than there are."""
    form = read_form(unsigned(button, product, category="coffee"))
    assert form.fields == {
        "name": 'Night Rate "Filter" & Espresso',
        "price": "18.50",
        "code": "night-rate",
        "image": "http://localhost:8080/images/night-rate.webp",
        "url": "http://localhost:8080/products/night-rate/",
        "weight": "0.250",
        "category": "coffee",
        "quantity_max": "12",
    }
    assert form.lists == {"Grind_Size": ["whole", "für Filter"], "Bag": ["paper", "tin"]}


def test_a_form_works_without_javascript(button: Button, product: Product) -> None:
    """It is posted to the store; nothing in it waits for a script."""
    html = button(product)
    assert '<form class="shop-form" action="https://acme.foxycart.com/cart" method="post"' in html
    assert 'class="shop-buy" aria-label="Add to cart: Night Rate &quot;Filter&quot; &amp; Espresso"' in html
    assert "<script" not in html
    assert "onclick" not in html


def test_forms_of_a_product_set_their_own_price_and_code(button: Button, shirt: Product, read_form: Any) -> None:
    """The modifiers are Foxy's; a form that costs the same changes the code only; one that is sold out can't be sent."""
    html = unsigned(button, shirt)
    assert read_form(html).lists == {"Size": ["S{c:shirt-S}", "L{p:22.00|c:shirt-L}"]}
    assert "<option disabled" in html
    assert "XL (€24.00): Sold out" in html
    assert "L (€22.00)</option>" in html


def test_a_form_that_is_sold_out_has_no_signature(button: Button, shirt: Product) -> None:
    """A page that somebody mends can't sell what is not there."""
    assert "shirt-XL" not in button(shirt)


@pytest.mark.parametrize("change", [{"stock": 0}, {"variants": "none left"}])
def test_what_is_sold_out_has_no_form(button: Button, shirt: Product, change: dict[str, Any]) -> None:
    """The button is there, does nothing and says why."""
    if "variants" in change:
        change = {"variants": tuple(dataclasses.replace(form, stock=0) for form in shirt.variants)}
    html = button(dataclasses.replace(shirt, **change))
    assert "<form" not in html
    assert '<button type="button" disabled class="shop-buy" aria-label="Sold out: Shirt">Sold out</button>' in html


def test_a_product_without_choices_may_be_a_link(button: Button, product: Product) -> None:
    """Without the sidecart a link does; with choices it stays a form."""
    plain = dataclasses.replace(product, options={})
    html = button(plain, cart="link")
    assert html.startswith('<a class="shop-buy button" rel="nofollow" href="https://acme.foxycart.com/cart?name||')
    assert "<form" in button(product, cart="link")
    assert "<form" in button(plain)


STORE = {"variant": "subscription_store"}


@pytest.mark.parametrize(
    ("given", "extra", "sent"),
    [
        ({}, {}, {}),
        ({}, {"sub_frequency": "2w"}, {"sub_frequency": "2w"}),
        (STORE, {}, {"sub_frequency": "1m"}),
        ({**STORE, "frequency": "1y"}, {}, {"sub_frequency": "1y"}),
        (STORE, {"sub_frequency": "once"}, {}),
        ({}, {"sub_frequency": ".5m", "sub_startdate": "15"}, {"sub_frequency": ".5m", "sub_startdate": "15"}),
        ({}, {"sub_frequency": "1m", "sub_enddate": "1y"}, {"sub_frequency": "1m", "sub_enddate": "1y"}),
    ],
)
def test_subscriptions(
    button: Button, product: Product, given: dict[str, Any], extra: dict[str, Any], sent: dict[str, str]
) -> None:
    """A product says how often it is charged; in a subscription store all are, unless they say otherwise."""
    html = unsigned(button, dataclasses.replace(product, extra=extra), **given)
    assert dict(re.findall(r'name="(sub_\w+)" value="([^"]*)"', html)) == sent


def test_the_customer_may_choose_how_often(button: Button, product: Product, read_form: Any) -> None:
    """Several spans are a list, in words."""
    chosen = dataclasses.replace(product, extra={"sub_frequency": ["2w", "1m"]})
    html = unsigned(button, chosen, frequencies=["1m=Monatlich"], frequency_label="Lieferung")
    assert read_form(html).lists["sub_frequency"] == ["2w", "1m"]
    assert ">Every 2 weeks</option>" in html
    assert ">Monatlich</option>" in html
    assert "Lieferung" in html


def test_a_checkout_of_its_own_is_named(
    button: Button, product: Product, settings_of: Callable[..., dict[str, Any]], content_of: Callable[..., Content]
) -> None:
    """The template set goes with every form, unsigned as Foxy has it; the variant needs one."""
    assert 'name="template_set" value="look-2"' in button(product, template_set="look-2")
    with pytest.raises(SiteError):
        plugin.platform_fragments(settings_of(variant="custom_checkout"), content_of())


def test_a_local_build_without_a_key_says_so(button: Button, product: Product) -> None:
    """The page tells that nothing is signed; with a key it is signed there too."""
    assert "Not signed" in unsigned(button, product)
    assert "||" not in unsigned(button, product)
    signed = button(product, stage=LOCAL)
    assert "Not signed" not in signed
    assert "||" in signed


def test_offline_nothing_is_signed(product: Product, settings_of: Callable[..., dict[str, Any]]) -> None:
    """The value that every secret has offline is no key."""
    secrets = BuildSecrets({plugin.SIGNING: "acme/foxy"}, offline=True)
    html = plugin.platform_buy_button(SITE, settings_of(), product, dataclasses.replace(LOCAL, offline=True), secrets)
    assert "Not signed" in html


def test_a_build_for_aws_needs_the_key(
    product: Product, settings_of: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends, and names the secret and the variable; nothing unsigned is ever deployed."""
    monkeypatch.delenv("PLATFORM_SECRET_FOXY_SIGNING", raising=False)
    secrets = BuildSecrets({plugin.SIGNING: "platform/acme/foxy-signing"})
    with pytest.raises(UserError, match="platform/acme/foxy-signing") as error:
        plugin.platform_buy_button(SITE, settings_of(), product, Stage("aws", "https://a.example"), secrets)
    assert "PLATFORM_SECRET_FOXY_SIGNING" in error.value.hint


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"options": {"Price": ("1", "2")}}, "means something else to Foxy"),
        ({"options": {"sub_token": ("1",)}}, "means something else to Foxy"),
        ({"options": {"a:b": ("1",)}}, "which Foxy reads otherwise"),
        ({"options": {" ": ("1",)}}, "which Foxy reads otherwise"),
        ({"options": {"Size": ("L{p-19}",)}}, "reads as a change of the product"),
        ({"options": {"Size": ("L||0",)}}, "reads as a change of the product"),
        ({"options": {"Size": ("S",), " Size": ("S",)}}, "a name of its own"),
        ({"sku": "x" * 51}, "longer than 50"),
        ({"name": "\n"}, "it has no name"),
        ({"extra": {"sub_frequency": "monthly"}}, "is not a span"),
        ({"extra": {"sub_frequency": ["1m", "0d"]}}, "is not a span"),
        ({"extra": {"sub_startdate": "soon"}}, "is not a date"),
        ({"extra": {"category": "a b"}}, "is not the code of a category"),
        ({"extra": {"quantity_max": 0.5}}, "is not a whole number"),
    ],
)
def test_what_foxy_would_misread_is_refused(
    button: Button, product: Product, change: dict[str, Any], what: str
) -> None:
    """Before anything is sold at a price that nobody set."""
    assert what in problems(button, dataclasses.replace(product, **change))


def test_all_problems_come_at_once(button: Button, product: Product) -> None:
    """One build tells everything."""
    wrong = dataclasses.replace(product, name="", options={"Price": ("{",)}, extra={"category": "/"})
    assert problems(button, wrong, currency="USD").count("product night-rate:") == 5


def test_one_build_tells_the_problems_of_every_product(
    product: Product, shirt: Product, settings_of: Callable[..., dict[str, Any]], content_of: Callable[..., Content]
) -> None:
    """Also that two are not in one currency, which a store would charge as one."""
    content = content_of(product, dataclasses.replace(shirt, currency="USD", extra={"category": "/"}))
    with pytest.raises(ContentError) as error:
        plugin.platform_fragments(settings_of(), content)
    assert [str(problem) for problem in error.value.problems] == [
        "product shirt: its price is in USD, and the store's prices are in EUR.",
        "product shirt: category '/' is not the code of a category of the store.",
    ]
    with pytest.raises(ContentError, match="some products") as error:
        plugin.platform_fragments(settings_of(currency="GBP"), content_of(product))


def test_a_price_is_never_rounded(button: Button, product: Product, read_form: Any) -> None:
    """The page shows the very digits of the content file."""
    for price in ("0.10", "1234567.10", "100", "0.0001"):
        form = read_form(unsigned(button, dataclasses.replace(product, price=Decimal(price))))
        assert form.fields["price"] == price
