"""Price integrity: the page and the validation file say the same of every product."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.content import Content, Product, ProductVariant
from platform_core.content.products import skus_of
from platform_core.errors import ContentError
from platform_core.site import Site
from platform_plugin_snipcart.plugin import platform_buy_button, platform_files

SITE = Site(client="acme", domain="www.acme.example", engine="hugo", shop="snipcart")
SettingsOf = Callable[..., dict[str, Any]]
ContentOf = Callable[..., Content]

_TEXT = st.text(max_size=40)
_CHOICES = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4).map(tuple)
_SKUS = st.from_regex(r"[A-Za-z0-9._-]{1,12}", fullmatch=True)
_PRICES = st.decimals(min_value=0, max_value=10**9, places=2) | st.decimals(min_value=0, max_value=100, places=0)
_STOCKS = st.none() | st.integers(0, 5)
_VARIANTS = st.lists(
    st.builds(
        ProductVariant,
        sku=_SKUS,
        options=st.dictionaries(st.text(min_size=1, max_size=12), st.text(max_size=12), max_size=2),
        price=st.none() | _PRICES,
        stock=_STOCKS,
    ),
    max_size=4,
).map(tuple)
_PRODUCTS = st.lists(
    st.builds(
        Product,
        sku=_SKUS,
        name=_TEXT,
        price=_PRICES,
        currency=st.just("EUR"),
        url=st.just("/products/x/"),
        description=_TEXT,
        image=st.sampled_from(["", "/images/a b.webp", '/images/"quoted".webp']),
        options=st.dictionaries(st.text(min_size=1, max_size=12), _CHOICES, max_size=3),
        variants=_VARIANTS,
        stock=_STOCKS,
        weight=st.none() | st.integers(0, 10**6),
    ),
    max_size=8,
).filter(lambda products: len(skus := [sku for product in products for sku in skus_of(product)]) == len(set(skus)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(products=_PRODUCTS, variant=st.sampled_from(["simple_store", "digital_products", "catalog_basic"]))
def test_page_and_file_agree_for_any_products(till: Any, products: list[Product], variant: str) -> None:
    """Whatever is for sale passes the crawler; what can't be sold is refused by button and file alike."""
    refused = _refused(till, products, variant)
    sold = [product for product in products if product.sku not in refused]
    items = till.open(*sold, variant=variant)
    assert [(item["data-item-id"], Decimal(item["data-item-price"])) for item in items] == [*_for_sale(sold)]
    assert [till.crawler.complaints(item) for item in items] == [[] for _ in items]
    rows = json.loads(till.file(), parse_float=str, parse_int=str)
    assert [row["price"] for row in rows] == [item["data-item-price"] for item in items]


def _for_sale(products: list[Product]) -> Iterator[tuple[str, Decimal]]:
    """Yield what can be bought, and what it costs."""
    for product in products:
        if product.variants and product.stock != 0:
            for one in product.variants:
                if one.stock != 0:
                    yield one.sku, product.price if one.price is None else one.price
        elif product.stock != 0:
            yield product.sku, product.price


def _refused(till: Any, products: list[Product], variant: str) -> set[str]:
    """Return the products that the file refuses, after the button was seen to refuse just the same."""
    chosen = till.settings_of(variant=variant)
    by_file: set[str] = set()
    try:
        list(platform_files(chosen, till.content_of(*products)))
    except ContentError as error:
        by_file = {problem.where.removeprefix("product ") for problem in error.problems}
    by_button = set()
    for product in products:
        try:
            platform_buy_button(SITE, chosen, product)
        except ContentError:
            by_button.add(product.sku)
    assert by_button == by_file
    return by_file


@pytest.mark.parametrize(
    "tampered",
    [
        {"data-item-price": "0.01"},
        {"data-item-price": "18.49"},
        {"data-item-id": "another"},
        {"data-item-url": "/elsewhere.json"},
        {"data-item-url": "https://evil.example/products.json"},
        {"data-item-custom1-options": "whole[-18.00]|filter"},
        {"data-item-weight": "1"},
    ],
)
def test_a_tampered_cart_is_noticed(till: Any, product: Product, tampered: dict[str, str]) -> None:
    """The file holds enough to refuse a cart that was changed in the browser."""
    (item,) = till.open(product)
    assert till.crawler.complaints(item) == []
    assert till.crawler.complaints(item | tampered) != []


def test_a_changed_price_is_refused_until_the_site_is_built_again(till: Any, product: Product) -> None:
    """An old page beside a new file can't sell at the old price."""
    (old,) = till.open(product)
    till.open(dataclasses.replace(product, price=Decimal("19.00")))
    assert till.crawler.complaints(old) == ["price: cart Decimal('18.50'), crawled Decimal('19.00')"]


def test_a_sold_out_product_can_not_be_bought_from_an_old_cart(till: Any, product: Product) -> None:
    """It leaves the file, so the crawler does not find it."""
    (old,) = till.open(product)
    assert till.open(dataclasses.replace(product, stock=0)) == []
    assert till.crawler.complaints(old) == ["0 products have the id night-rate"]


def test_a_variant_is_sold_at_its_own_price(till: Any, tea: Product) -> None:
    """Page and file have an item for each variant that is there, and none for the product or for what is sold out."""
    items = till.open(tea)
    assert [(item["data-item-id"], item["data-item-price"]) for item in items] == [
        ("tea-tin", "210.00"),
        ("tea-bag", "18.50"),
    ]
    assert [till.crawler.complaints(item) for item in items] == [[], []]
    rows = json.loads(till.file(), parse_float=str)
    assert [(row["id"], row["price"], row["customFields"]) for row in rows] == [
        ("tea-tin", "210.00", []),
        ("tea-bag", "18.50", []),
    ]


def test_a_dear_variant_can_not_be_had_for_the_price_of_the_product(till: Any, tea: Product) -> None:
    """Neither a changed page nor a cart from before the product had variants gets past the crawler."""
    tin, bag = till.open(tea)
    assert till.crawler.complaints(tin | {"data-item-price": "18.50"})
    assert till.crawler.complaints(
        tin | {"data-item-custom1-name": "Pack", "data-item-custom1-options": "tin[-191.50]"}
    )
    assert till.crawler.complaints(bag | {"data-item-id": "tea"}) == ["0 products have the id tea"]


def test_a_variant_that_sells_out_can_not_be_bought_from_an_old_cart(till: Any, tea: Product) -> None:
    """It leaves the file, the others stay."""
    tin, bag = till.open(tea)
    gone = tuple(dataclasses.replace(one, stock=0) if one.sku == "tea-tin" else one for one in tea.variants)
    assert till.open(dataclasses.replace(tea, variants=gone)) == [bag]
    assert till.crawler.complaints(tin) == ["0 products have the id tea-tin"]


def test_the_crawler_names_itself(till: Any, product: Product) -> None:
    """The stand-in sends what Snipcart documents, so a test of a bot rule can use it."""
    till.crawler.complaints(till.open(product)[0])
    _, headers = till.shop.seen[-1]
    assert headers["user-agent"] == "Snipcart/1.0"
    assert headers["x-snipcart-purpose"] == "Crawling"
    assert headers["x-snipcart-requesttoken"]


def test_the_file_holds_what_moves_the_price_and_nothing_else(
    settings_of: SettingsOf, content_of: ContentOf, product: Product
) -> None:
    """One row a product, with the page's digits; the weight stands below dimensions."""
    file, helper = platform_files(settings_of(), content_of(product))
    assert (file.path, helper.path) == ("snipcart/products.json", "snipcart/cart.js")
    assert b'"price": 18.50,' in file.content  # type: ignore[operator]
    assert json.loads(file.content) == [  # type: ignore[arg-type]
        {
            "id": "night-rate",
            "price": 18.5,
            "url": "/snipcart/products.json",
            "customFields": [{"name": "Grind", "options": "whole|filter"}, {"name": "Bag", "options": "paper|tin"}],
            "dimensions": {"weight": 250},
        }
    ]


def test_a_shop_without_products_has_a_file_too(settings_of: SettingsOf, content_of: ContentOf) -> None:
    """An empty shop is still valid JSON."""
    assert next(iter(platform_files(settings_of(), content_of()))).content == b"[]\n"


def test_every_problem_of_every_product_is_told_at_once(
    settings_of: SettingsOf, content_of: ContentOf, product: Product
) -> None:
    """An editor sees the whole list, with the products' names."""
    dollars = dataclasses.replace(product, sku="mug", currency="USD", options={"Size": ("l[+2]",)})
    with pytest.raises(ContentError) as caught:
        list(platform_files(settings_of(), content_of(product, dollars)))
    assert [str(problem) for problem in caught.value.problems] == [
        "product mug: its price is in USD, and the cart is in EUR.",
        (
            "product mug: the choice 'l[+2]' of 'Size' is empty or holds one of | [ ], which Snipcart reads as a price. "
            "Give a form that costs more a row in variants."
        ),
    ]


@pytest.fixture(name="stocked")
def _stocked(content_of: ContentOf, product: Product, tea: Product) -> Content:
    """A product with variants beside one without."""
    return content_of(product, tea)


@pytest.mark.parametrize(
    ("given_settings", "told"),
    [
        ({"files": ["night-rate=0f8fad5b-d9cb-469f-a165-70867728950e"]}, "downloads need variant"),
        (
            {"variant": "digital_products", "files": ["mug=0f8fad5b-d9cb-469f-a165-70867728950e"]},
            "no product with the sku 'mug'",
        ),
        ({"variant": "digital_products", "files": ["night-rate"]}, "is not <sku>=<GUID>"),
        (
            {"variant": "digital_products", "files": ["tea=0f8fad5b-d9cb-469f-a165-70867728950e"]},
            "no product with the sku 'tea', or it is sold as its variants",
        ),
    ],
)
def test_a_download_that_could_not_be_delivered_is_refused(
    settings_of: SettingsOf, stocked: Content, given_settings: dict[str, Any], told: str
) -> None:
    """A file for no product, or for a shop that ships, is a mistake and is named."""
    with pytest.raises(ContentError, match=told):
        list(platform_files(settings_of(**given_settings), stocked))


@pytest.mark.realdata
@pytest.mark.parametrize(
    "name", ["shopify-apparel.csv", "shopify-home-and-garden.csv", "woocommerce-sample_products.csv"]
)
def test_page_and_file_agree_for_real_catalogues(till: Any, data_folder: Path, name: str) -> None:
    """Products that shops published, with their own words, pass the crawler one and all."""
    with (data_folder / "shops" / name).open(encoding="utf-8-sig", newline="") as file:
        products = tuple(filter(None, map(_product_of, csv.DictReader(file))))
    items = till.open(*products)
    assert len(items) == len(products) >= 10
    assert [till.crawler.complaints(item) for item in items] == [[] for _ in items]


def _product_of(row: Mapping[str, str]) -> Product | None:
    """Read one row of a Shopify or WooCommerce export; variants of one are left out."""
    name = row.get("Title") or row.get("Name") or ""
    price = row.get("Variant Price") or row.get("Regular price") or ""
    sku = re.sub(r"[^A-Za-z0-9._-]", "-", row.get("Handle") or row.get("SKU") or "")
    if not (name and price and sku):
        return None
    option, choice = row.get("Attribute 1 name") or "", row.get("Attribute 1 value(s)") or ""
    return Product(
        sku,
        name,
        Decimal(price),
        "USD",
        f"/products/{sku.lower()}/",
        description=row.get("Body (HTML)") or row.get("Description") or "",
        image=(row.get("Image Src") or row.get("Images") or "").split(",")[0],
        options={option: tuple(part.strip() for part in choice.split(","))} if option and choice else {},
    )
