"""The stand-in: it answers as Shopify documents it, and Shopify's own client can't tell."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from graphql import find_breaking_changes, parse, validate

from platform_core.errors import ContentError
from platform_plugin_shopify_basic import queries
from platform_plugin_shopify_basic.api import API_VERSION, path
from platform_plugin_shopify_basic.standin.catalogue import Catalogue
from platform_plugin_shopify_basic.standin.csv_products import read_products
from platform_plugin_shopify_basic.standin.server import schema

QUERIES = {name: getattr(queries, name) for name in queries.__all__}
CART = """fragment C on Cart { id checkoutUrl totalQuantity cost { subtotalAmount { amount currencyCode } }
  lines(first: 10) { nodes { id quantity cost { totalAmount { amount } } merchandise { ... on ProductVariant { title } } } } }"""
CREATE = f"mutation M($input: CartInput) {{ cartCreate(input: $input) {{ cart {{ ...C }} userErrors {{ code field message }} warnings {{ code target }} }} }} {CART}"
CHANGE = "mutation M($id: ID!, $lines: [{kind}!]!) {{ {name}(cartId: $id, {argument}: $lines) {{ cart {{ ...C }} userErrors {{ code }} warnings {{ code }} }} }} {cart}"


def ask(base: str, method: str, target: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send one request and return status, headers and body."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(
        method, target, None if body is None else json.dumps(body), {"Content-Type": "application/json", **named}
    )
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    connection.close()
    return found


def test_its_schema_is_a_part_of_shopifys(published_schema: Any) -> None:
    """Whatever the stand-in's schema allows, the one that Shopify publishes allows too, in the same types."""
    codes = re.compile(r"(?:removed from enum type (?:CountryCode|CurrencyCode|LanguageCode))|directive", re.IGNORECASE)
    found = [one.description for one in find_breaking_changes(schema(), published_schema)]
    assert [text for text in found if not codes.search(text)] == []


@pytest.mark.parametrize("name", QUERIES)
def test_what_builds_ask_is_valid_at_shopify(published_schema: Any, name: str) -> None:
    """Each query of this plugin is valid in Shopify's published schema and in the stand-in's."""
    document = parse(QUERIES[name])
    assert validate(published_schema, document) == []
    assert validate(schema(), document) == []


def test_shopifys_client_works_against_it(run_client: Callable[..., Any], shop: Any) -> None:
    """@shopify/storefront-api-client pages, reads contexts, makes and changes a cart, and sees errors, unchanged."""
    number = shop.standin.catalogue.by_handle("enamel-mug").variants[0].number
    lines = [{"merchandiseId": f"gid://shopify/ProductVariant/{number}", "quantity": 2}]
    context = 'query Q($c: CountryCode) @inContext(country: $c) { product(handle: "enamel-mug") { priceRange { minVariantPrice { amount currencyCode } } } }'
    asked = [
        [queries.IDS, {}],
        [context, {"c": "US"}],
        [CREATE, {"input": {"lines": lines}}],
        ["{ shop { nonsense } }", {}],
    ]
    ids, price, made, wrong = run_client("storefront.mjs", asked, shop.base, API_VERSION, "offline")
    assert len(ids["data"]["products"]["nodes"]) == 4
    assert price["data"]["product"]["priceRange"]["minVariantPrice"] == {"amount": "15.4", "currencyCode": "USD"}
    cart = made["data"]["cartCreate"]["cart"]
    assert (cart["totalQuantity"], cart["cost"]["subtotalAmount"]["amount"]) == (2, "28.0")
    assert "nonsense" in json.dumps(wrong["errors"])
    (refused,) = run_client("storefront.mjs", [["{ shop { name } }", {}]], shop.base, API_VERSION, "wrong")
    assert refused["errors"]["networkStatusCode"] == 401


@pytest.mark.parametrize(
    ("version", "status", "answered"),
    [
        (API_VERSION, 200, API_VERSION),
        ("unstable", 200, "unstable"),
        ("2025-01", 200, "2026-01"),
        ("2031-01", 404, ""),
        ("v1", 404, ""),
    ],
)
def test_versions(shop: Any, version: str, status: int, answered: str) -> None:
    """A version that is over falls forward to the oldest supported one; one that is none is not found."""
    found, headers, _ = ask(shop.base, "POST", f"/api/{version}/graphql.json", {"query": "{ shop { name } }"})
    assert (found, headers.get("x-shopify-api-version", "")) == (status, answered)
    assert headers["x-platform-stand-in"] == "shopify"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        "{",
        {"query": 3},
        {"query": "{"},
        {"variables": {}},
        [],
        {"query": "query A{shop{name}} query B{shop{name}}"},
    ],
)
def test_nonsense_is_answered_with_errors(shop: Any, body: Any) -> None:
    """Whatever comes, the answer is JSON with errors."""
    status, _, found = ask(shop.base, "POST", path(), body if isinstance(body, dict | list) else str(body))
    assert status == 200
    assert json.loads(found)["errors"]


def test_browsers_may_ask_from_anywhere(shop: Any) -> None:
    """A preflight is allowed, with the header of the token."""
    status, headers, _ = ask(shop.base, "OPTIONS", path(), Origin="https://www.acme.example")
    assert (status, headers["access-control-allow-origin"]) == (204, "*")
    assert "X-Shopify-Storefront-Access-Token" in headers["access-control-allow-headers"]


@pytest.fixture(name="run")
def _run(shop: Any) -> Callable[..., Any]:
    """Run one operation and return its data."""

    def run(query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        _, _, found = ask(shop.base, "POST", path(), body, X_Shopify_Storefront_Access_Token="offline")
        return json.loads(found)["data"]

    return run


def change(name: str, kind: str, argument: str = "lines") -> str:
    return CHANGE.format(name=name, kind=kind, argument=argument, cart=CART)


def test_a_cart_is_made_changed_and_paid(shop: Any, run: Callable[..., Any]) -> None:
    """Lines are joined, changed and removed; stock limits them with a warning; the checkout shows them."""
    number = shop.standin.catalogue.by_handle("harbour-blend").variants[1].number  # three are left
    line = {"merchandiseId": f"gid://shopify/ProductVariant/{number}", "quantity": 2}
    cart = run(CREATE, input={"lines": [line]})["cartCreate"]["cart"]
    added = run(change("cartLinesAdd", "CartLineInput"), id=cart["id"], lines=[line])["cartLinesAdd"]
    assert (added["cart"]["totalQuantity"], added["warnings"]) == (3, [{"code": "MERCHANDISE_NOT_ENOUGH_STOCK"}])
    (row,) = added["cart"]["lines"]["nodes"]
    changed = run(
        change("cartLinesUpdate", "CartLineUpdateInput"), id=cart["id"], lines=[{"id": row["id"], "quantity": 1}]
    )
    assert changed["cartLinesUpdate"]["cart"]["totalQuantity"] == 1
    status, _, page = ask(shop.base, "GET", urlsplit(cart["checkoutUrl"]).path)
    assert (status, b"1 x Harbour Blend (250 g / Filter)" in page) == (200, True)
    emptied = run(change("cartLinesRemove", "ID", "lineIds"), id=cart["id"], lines=[row["id"]])
    assert emptied["cartLinesRemove"]["cart"]["lines"]["nodes"] == []


def test_a_cart_refuses_what_is_not_there(shop: Any, run: Callable[..., Any]) -> None:
    """Unknown things, quantities below one and unknown carts are errors with the documented codes."""
    number = shop.standin.catalogue.by_handle("enamel-mug").variants[0].number
    known = f"gid://shopify/ProductVariant/{number}"
    for line, code in (
        ({"merchandiseId": "gid://shopify/ProductVariant/1"}, "INVALID"),
        ({"merchandiseId": known, "quantity": 0}, "LESS_THAN"),
    ):
        found = run(CREATE, input={"lines": [line]})["cartCreate"]
        assert (found["cart"], found["userErrors"][0]["code"]) == (None, code)
    gone = run(change("cartLinesAdd", "CartLineInput"), id="gid://shopify/Cart/none", lines=[{"merchandiseId": known}])
    assert gone["cartLinesAdd"] == {"cart": None, "userErrors": [{"code": "INVALID"}], "warnings": []}
    sold_out = shop.standin.catalogue.by_handle("brewing-evening").variants[0].number
    made = run(CREATE, input={"lines": [{"merchandiseId": f"gid://shopify/ProductVariant/{sold_out}"}]})["cartCreate"]
    assert (made["cart"]["totalQuantity"], made["warnings"][0]["code"]) == (0, "MERCHANDISE_OUT_OF_STOCK")


def test_cart_links(shop: Any) -> None:
    """A permalink makes a cart and leads to its checkout, or to the cart when it says so."""
    catalogue = shop.standin.catalogue
    mug, poster = (catalogue.by_handle(handle).variants[0].number for handle in ("enamel-mug", "tide-table-poster"))
    status, headers, _ = ask(shop.base, "GET", f"/cart/{mug}:2,{poster}:1")
    assert status == 302
    _, _, page = ask(shop.base, "GET", urlsplit(headers["location"]).path)
    assert "Total: €46.00" in page.decode()
    status, _, page = ask(shop.base, "GET", f"/cart/{mug}:1?storefront=true")
    assert (status, "<h1>Cart</h1>" in page.decode()) == (200, True)
    assert ask(shop.base, "GET", "/cart/1:1")[0] == 404
    assert ask(shop.base, "GET", "/cart/../secret")[0] == 404


OLD = """Handle,Title,Body (HTML),Vendor,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,Image Alt Text
shirt,Shirt,<p>A shirt.</p>,Acme,"a, b",true,Size,S,SH-S,200,shopify,3,deny,19.00,https://x.example/shirt.jpg,Front
shirt,,,,,,,M,SH-M,220,shopify,0,continue,21.00,https://x.example/back.jpg,Back
hidden,Hidden,,,,false,Title,Default Title,H,,,,,5,,
"""
NEW = """Title,URL handle,Description,Vendor,Tags,Published on online store,Option1 name,Option1 value,SKU,Weight value (grams),Inventory tracker,Inventory quantity,Continue selling when out of stock,Price,Product image URL,Image alt text
Shirt,shirt,<p>A shirt.</p>,Acme,"a, b",TRUE,Size,S,SH-S,200,shopify,3,FALSE,19.00,https://x.example/shirt.jpg,Front
,shirt,,,,,,M,SH-M,220,shopify,0,TRUE,21.00,https://x.example/back.jpg,Back
Hidden,hidden,,,,FALSE,Title,Default Title,H,,,,,5,,
"""


def test_both_generations_of_the_product_file_say_the_same() -> None:
    """Old and new headers give the same products; what is not published is not sold."""
    old, new = (Catalogue(read_products(text, "products.csv")) for text in (OLD, NEW))
    for catalogue in (old, new):
        (shirt,) = catalogue.items.values()
        assert (shirt.handle, shirt.tags, [one.alt for one in shirt.pictures]) == (
            "shirt",
            ("a", "b"),
            ["Front", "Back"],
        )
        assert [(one.options, str(one.price), one.stock, one.goes_on) for one in shirt.variants] == [
            ({"Size": "S"}, "19.00", 3, False),
            ({"Size": "M"}, "21.00", 0, True),
        ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a,b\n1,2\n", "no column named Title"),
        (OLD.replace("19.00", "dear"), "not a number"),
        ("Title,Price\n,5\n", "a product above it"),
    ],
)
def test_a_file_that_is_none_is_refused(text: str, what: str) -> None:
    """The message names the line and what is wrong there."""
    with pytest.raises(ContentError, match=what):
        read_products(text, "products.csv")


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "variants"), [("shopify-apparel.csv", 22), ("shopify-home-and-garden.csv", 21)])
def test_public_product_files_become_products(realdata: Path, shop: Any, name: str, variants: int) -> None:
    """Files that Shopify gives to partners are served, pulled and read back whole."""
    text = (realdata / "shops" / name).read_text("utf-8-sig")
    catalogue = Catalogue(read_products(text, name), currency="USD", country="US")
    assert sum(len(item.variants) for item in catalogue.items.values()) == variants
    shop.standin.__init__(catalogue)
    done = shop.pull()
    assert (done.documents, done.skipped) == (20, ())
    products = shop.products().values()
    assert {product.currency for product in products} == {"USD"}
    assert sum(len(product.variants) or 1 for product in products) == variants
