"""What the API says of a product, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.content import parse_entry, product_entry, read_product, render_entry
from platform_core.sources import Converted
from platform_plugin_shopify_basic.money import amount, shown
from platform_plugin_shopify_basic.products import convert


def variant(number: int, **given: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "sku": f"SKU-{number}",
        "title": "Default Title",
        "availableForSale": True,
        "quantityAvailable": 5,
        "weight": 0.25,
        "weightUnit": "KILOGRAMS",
        "requiresShipping": True,
        "price": {"amount": "18.5", "currencyCode": "EUR"},
        "compareAtPrice": None,
        "selectedOptions": [{"name": "Title", "value": "Default Title"}],
        "image": None,
        "quantityRule": {"minimum": 1, "maximum": None, "increment": 1},
        "quantityPriceBreaks": {"nodes": []},
        **given,
    }


def document(**given: Any) -> dict[str, Any]:
    return {
        "id": "gid://shopify/Product/1",
        "handle": "mug",
        "title": "Mug",
        "descriptionHtml": "<p>A mug.</p>",
        "productType": "",
        "vendor": "Acme",
        "availableForSale": True,
        "requiresSellingPlan": False,
        "createdAt": "2026-01-05T09:00:00Z",
        "publishedAt": "2026-01-05T09:00:00Z",
        "updatedAt": "2026-01-05T09:00:00Z",
        "seo": {"description": None},
        "images": {"nodes": []},
        "options": [{"name": "Title", "optionValues": [{"name": "Default Title"}]}],
        "variants": [variant(11)],
        **given,
    }


def converted(*documents: dict[str, Any]) -> Converted:
    return convert({one["id"].rpartition("/")[2]: one for one in documents}, "acme.myshopify.com")


def product_of(**given: Any) -> Any:
    entry = converted(document(**given)).entries["1"]
    found = read_product(entry, "here", problems := [])
    assert problems == []
    return found


def test_skus_are_unique_whatever_the_shop_has() -> None:
    """Shopify lets variants share a sku or have none; then the variant's number stands in."""
    rows = [
        document(id=f"gid://shopify/Product/{n}", handle=f"p{n}", variants=[variant(n, sku=sku)])
        for n, sku in enumerate(["SAME", "SAME", None, "", "with space", "own"], 1)
    ]
    found = [entry.extra["sku"] for entry in converted(*rows).entries.values()]
    assert found == ["shopify-1", "shopify-2", "shopify-3", "shopify-4", "shopify-5", "own"]


def test_a_product_with_options_has_the_handle_as_sku_unless_it_is_taken() -> None:
    """The handle of one product may be the sku of another's variant."""
    options = [{"name": "Size", "optionValues": [{"name": "S"}]}]
    chosen = [{"name": "Size", "value": "S"}]
    first = document(options=options, variants=[variant(11, selectedOptions=chosen)])
    second = document(id="gid://shopify/Product/2", handle="other", variants=[variant(12, sku="mug")])
    assert converted(first).entries["1"].extra["sku"] == "mug"
    assert converted(first, second).entries["1"].extra["sku"] == "shopify-product-1"


@pytest.mark.parametrize(
    ("available", "count", "stock"),
    [(True, 5, 5), (True, 0, None), (True, -3, None), (True, None, None), (False, 5, 0)],
)
def test_stock_says_what_can_be_bought(available: bool, count: int | None, stock: int | None) -> None:
    """A shop may sell on with nothing left, and may not sell what is there."""
    assert product_of(variants=[variant(11, availableForSale=available, quantityAvailable=count)]).stock == stock


def test_the_price_is_that_of_the_first_one_for_sale() -> None:
    """Page and preselected choice agree; a variant with another price has its own."""
    options = [{"name": "Size", "optionValues": [{"name": "S"}, {"name": "M"}]}]
    rows = [
        variant(11, availableForSale=False, selectedOptions=[{"name": "Size", "value": "S"}]),
        variant(12, price={"amount": "20.0", "currencyCode": "EUR"}, selectedOptions=[{"name": "Size", "value": "M"}]),
    ]
    product = product_of(options=options, variants=rows)
    assert product.price == Decimal("20.00")
    assert [one.price for one in product.variants] == [Decimal("18.50"), None]


def test_rules_for_quantities_are_kept() -> None:
    """What a catalogue for companies asks for is there for links and pages."""
    rule = {"minimum": 6, "maximum": 60, "increment": 6}
    breaks = {"nodes": [{"minimumQuantity": 12, "price": {"amount": "17.0", "currencyCode": "EUR"}}]}
    extra = product_of(variants=[variant(11, quantityRule=rule, quantityPriceBreaks=breaks)]).extra
    assert extra["quantity"] == rule
    assert extra["price_breaks"] == [{"quantity": 12, "price": "17.00"}]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"variants": []}, "no variant"),
        ({"requiresSellingPlan": True}, "subscription"),
        ({"variants": [variant(1), variant(2, price={"amount": "1", "currencyCode": "USD"})]}, "EUR, USD"),
        ({"variants": [variant(1, price={"amount": "NaN", "currencyCode": "EUR"})]}, "not a number"),
        ({"variants": [variant(1, price={"amount": "-1", "currencyCode": "EUR"})]}, "not a number"),
        ({"variants": [variant(1, price={"amount": "free", "currencyCode": "EUR"})]}, "not a number"),
    ],
)
def test_what_can_not_be_sold_is_told(given: dict[str, Any], why: str) -> None:
    """Such a product gives no entry, and a reason."""
    found = converted(document(**given))
    assert found.entries == {}
    assert why in found.skipped["1"].what


def test_the_description_is_markdown_without_markup_of_others() -> None:
    """What runs or leads to a script is left out."""
    html = '<p>Good <em>mug</em>.</p><script>alert(1)</script><a href="javascript:alert(1)">here</a>'
    entry = converted(document(descriptionHtml=html)).entries["1"]
    assert "Good *mug*." in entry.body
    assert "alert" not in entry.body
    assert entry.description.startswith("Good mug")


def test_pictures_are_files_below_the_sources_folder() -> None:
    """A hostile address can't choose the place of a file."""
    url = "https://cdn.shopify.com/s/files/..%2F..%2Fetc/a%20b%00.jpg?v=1&width=2048"
    images = {"nodes": [{"id": "gid://shopify/ProductImage/7", "altText": "<b>Front</b>", "url": url}]}
    found = converted(document(images=images))
    assert found.assets == {"media/shopify/7-a-b-.jpg": url}
    assert found.entries["1"].image == "/media/shopify/7-a-b-.jpg"
    assert found.entries["1"].extra["image_alt"] == "Front"


@given(
    title=st.text(max_size=60),
    handle=st.text(max_size=300),
    html=st.text(max_size=200),
    option=st.text(min_size=1, max_size=20),
)
def test_any_text_gives_an_entry_that_reads_back(title: str, handle: str, html: str, option: str) -> None:
    """Whatever a shop's owner typed, a file is made that says the same, or the pull tells why not."""
    chosen = [{"name": option, "value": option}]
    given = document(
        title=title,
        handle=handle,
        descriptionHtml=html,
        options=[{"name": option, "optionValues": [{"name": option}]}],
        variants=[variant(11, selectedOptions=chosen)],
    )
    entry = converted(given).entries["1"]
    assert entry.slug
    assert "/" not in entry.slug
    product = read_product(entry, "here", problems := [])
    assert problems == []
    assert product
    assert read_product(product_entry(product, entry.slug, body=entry.body), "here", []) == product
    assert parse_entry(render_entry(entry), PurePosixPath(entry.path)).extra["sku"] == product.sku


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [("18.5", "EUR", "18.50"), ("18.0", "JPY", "18"), ("1.2345", "EUR", "1.2345"), ("0.5", "KWD", "0.500")],
)
def test_amounts_have_the_digits_of_their_currency(text: str, currency: str, value: str) -> None:
    """No digit is made up, and none is lost."""
    assert str(amount(text, currency)) == value


def test_a_price_is_written_as_the_page_does() -> None:
    """Language and currency decide; an unknown language does not fail."""
    assert shown(Decimal("18.50"), "EUR", "de") == "18,50\xa0€"
    assert shown(Decimal("18.50"), "EUR", "xx-unknown") == "€18.50"
