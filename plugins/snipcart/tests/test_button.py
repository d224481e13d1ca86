"""The buy button: what Snipcart and a person read from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.content import Product
from platform_core.errors import ContentError
from platform_core.site import Site
from platform_plugin_snipcart.plugin import platform_buy_button

SITE = Site(client="acme", domain="www.acme.example", engine="hugo", shop="snipcart")
SettingsOf = Callable[..., dict[str, Any]]
FILE = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_a_button_carries_everything_that_snipcart_asks_for(
    settings_of: SettingsOf, product: Product, parse: Callable[[str], Any]
) -> None:
    """Identity, price, address, text, image, choices, weight and stock are there, unescaped by a parser."""
    ((tag, found),) = parse(platform_buy_button(SITE, settings_of(), product)).elements
    assert tag == "button"
    assert {name.removeprefix("data-item-"): value for name, value in found.items() if name.startswith("data-")} == {
        "id": "night-rate",
        "name": 'Night Rate "Filter" & Espresso',
        "price": "18.50",
        "url": "/snipcart/products.json",
        "description": "Washed, from Huila. Tastes of <plum>.",
        "image": "/images/night-rate.webp",
        "custom1-name": "Grind",
        "custom1-options": "whole|filter",
        "custom2-name": "Bag",
        "custom2-options": "paper|tin",
        "weight": "250",
        "max-quantity": "12",
    }


def test_a_button_says_what_it_buys(settings_of: SettingsOf, product: Product, parse: Callable[[str], Any]) -> None:
    """Its name for a screen reader begins with the visible text and tells the product."""
    html = parse(platform_buy_button(SITE, settings_of(add_label="In den Warenkorb"), product))
    assert html.text == "In den Warenkorb"
    assert html.elements[0][1]["aria-label"] == 'In den Warenkorb: Night Rate "Filter" & Espresso'
    assert html.elements[0][1]["type"] == "button"


@pytest.mark.parametrize(
    ("price", "text"),
    [
        ("18.50", "18.50"),
        ("18.5", "18.5"),
        ("0", "0"),
        ("-0", "0"),
        ("1E+2", "100"),
        ("1234567890.99", "1234567890.99"),
    ],
)
def test_a_price_is_plain_digits(
    settings_of: SettingsOf, product: Product, parse: Callable[[str], Any], price: str, text: str
) -> None:
    """A price keeps its digits and never has an exponent or a sign."""
    html = platform_buy_button(SITE, settings_of(), dataclasses.replace(product, price=Decimal(price)))
    assert parse(html).items()[0]["data-item-price"] == text


@pytest.mark.parametrize("price", ["NaN", "Infinity", "-1", "1E+10", "0.00001", "1E-400000", "1E+400000"])
def test_a_price_that_is_no_amount_is_refused(settings_of: SettingsOf, product: Product, price: str) -> None:
    """A price that nobody can be charged is not offered."""
    with pytest.raises(ContentError, match="not an amount"):
        platform_buy_button(SITE, settings_of(), dataclasses.replace(product, price=Decimal(price)))


def test_a_product_without_stock_can_not_be_bought(
    settings_of: SettingsOf, product: Product, parse: Callable[[str], Any]
) -> None:
    """The button is disabled, says so, and Snipcart does not know it."""
    html = parse(platform_buy_button(SITE, settings_of(), dataclasses.replace(product, stock=0)))
    ((_, found),) = html.elements
    assert "disabled" in found
    assert html.text == "Sold out"
    assert not html.items()
    assert not [name for name in found if name.startswith("data-")]


def test_stock_that_is_not_counted_has_no_limit(
    settings_of: SettingsOf, product: Product, parse: Callable[[str], Any]
) -> None:
    """Without a number nothing limits the quantity."""
    html = platform_buy_button(SITE, settings_of(), dataclasses.replace(product, stock=None))
    assert "data-item-max-quantity" not in parse(html).items()[0]


def test_a_download_is_not_shipped(settings_of: SettingsOf, product: Product, parse: Callable[[str], Any]) -> None:
    """Digital goods have no weight, ask for no address, and bring their file."""
    settings = settings_of(variant="digital_products", files=[f"night-rate={FILE.upper()}"])
    (item,) = parse(platform_buy_button(SITE, settings, product)).items()
    assert item["data-item-shippable"] == "false"
    assert item["data-item-file-guid"] == FILE
    assert "data-item-weight" not in item


@pytest.mark.parametrize("choice", ["large[+2.00]", "a|b", "free]", " ", "\n"])
def test_a_choice_that_would_change_the_price_is_refused(
    settings_of: SettingsOf, product: Product, choice: str
) -> None:
    """An editor's text can't become a price that Snipcart reads."""
    with pytest.raises(ContentError, match="reads as a price"):
        platform_buy_button(SITE, settings_of(), dataclasses.replace(product, options={"Size": ("small", choice)}))


def test_options_that_snipcart_could_not_tell_apart_are_refused(settings_of: SettingsOf, product: Product) -> None:
    """Two options that differ in white space only would share one field."""
    options = {"Size": ("s",), " Size ": ("m",)}
    with pytest.raises(ContentError, match="a name of its own"):
        platform_buy_button(SITE, settings_of(), dataclasses.replace(product, options=options))


def test_a_price_in_another_currency_is_refused(settings_of: SettingsOf, product: Product) -> None:
    """18.50 EUR is not sold for 18.50 USD."""
    with pytest.raises(ContentError, match=r"in EUR, and the cart is in USD"):
        platform_buy_button(SITE, settings_of(currency="USD"), product)


def test_each_variant_has_a_button_of_its_own(
    settings_of: SettingsOf, tea: Product, parse: Callable[[str], Any]
) -> None:
    """It names the variant to the cart and its price to the visitor, and sells no more than there are."""
    html = parse(platform_buy_button(SITE, settings_of(), tea))
    assert "Add to cart: Tea & <Leaves>tin €210.00bag €18.50paper €17.00 Sold out" in html.text
    found = [
        (item["data-item-id"], item["data-item-name"], item["data-item-price"], item.get("data-item-max-quantity"))
        for item in html.items()
    ]
    assert found == [
        ("tea-tin", "Tea & <Leaves> (tin)", "210.00", "2"),
        ("tea-bag", "Tea & <Leaves> (bag)", "18.50", None),
    ]


def test_all_of_a_products_stock_bounds_its_variants(
    settings_of: SettingsOf, tea: Product, parse: Callable[[str], Any]
) -> None:
    """Where the product counts fewer pieces than a variant, no more than those are sold."""
    html = parse(platform_buy_button(SITE, settings_of(), dataclasses.replace(tea, stock=1)))
    assert [item["data-item-max-quantity"] for item in html.items()] == ["1", "1"]


@pytest.mark.parametrize("gone", ["product", "variants"])
def test_a_product_of_which_no_variant_is_left_can_not_be_bought(
    settings_of: SettingsOf, tea: Product, parse: Callable[[str], Any], gone: str
) -> None:
    """It has the one disabled button that any product has then."""
    variants = tuple(dataclasses.replace(one, stock=0) for one in tea.variants)
    left = dataclasses.replace(tea, stock=0) if gone == "product" else dataclasses.replace(tea, variants=variants)
    html = parse(platform_buy_button(SITE, settings_of(), left))
    assert [(tag, found["aria-label"]) for tag, found in html.elements] == [("button", "Sold out: Tea & <Leaves>")]


def test_a_variants_words_are_no_price(settings_of: SettingsOf, tea: Product, parse: Callable[[str], Any]) -> None:
    """What would be a price in a choice is a word of the name, so it needs no refusal."""
    odd = dataclasses.replace(tea.variants[0], options={"Pack": "tin[-209.00]|x"})
    (item,) = parse(platform_buy_button(SITE, settings_of(), dataclasses.replace(tea, variants=(odd,)))).items()
    assert (item["data-item-name"], item["data-item-price"]) == ("Tea & <Leaves> (tin[-209.00]|x)", "210.00")
    assert not [name for name in item if "custom" in name]


def test_a_variants_price_that_is_no_amount_is_refused(settings_of: SettingsOf, tea: Product) -> None:
    """As the product's own would be."""
    odd = dataclasses.replace(tea.variants[0], price=Decimal(-1))
    with pytest.raises(ContentError, match="not an amount"):
        platform_buy_button(SITE, settings_of(), dataclasses.replace(tea, variants=(odd,)))


def test_a_download_may_belong_to_a_variant(settings_of: SettingsOf, tea: Product, parse: Callable[[str], Any]) -> None:
    """The file is named by the variant's sku."""
    settings = settings_of(variant="digital_products", files=[f"tea-tin={FILE}"])
    items = parse(platform_buy_button(SITE, settings, tea)).items()
    assert [item.get("data-item-file-guid") for item in items] == [FILE, None]
