"""Shopify's webhooks are checked before they are believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.runtime.adapter import Event, Rejected, Request
from platform_plugin_shopify_basic.runtime import shopify

SECRET = "shpss_made-up-for-tests"
PRODUCT = {
    "id": 788032119674292922,
    "title": "Shirt",
    "handle": "shirt",
    "updated_at": "2026-11-23T10:00:00-05:00",
    "variants": [{"id": 1, "price": "19.00", "sku": "S-1"}],
}
LEVEL = {
    "inventory_item_id": 271878346596884015,
    "location_id": 24826418,
    "available": 4,
    "updated_at": "2026-11-23T10:00:00-05:00",
}
ORDER: dict[str, Any] = {
    "id": 820982911946154508,
    "name": "#1001",
    "email": "ada@acme.example",
    "phone": "+44 20 7946 0000",
    "currency": "EUR",
    "financial_status": "paid",
    "updated_at": "2026-11-23T10:00:00-05:00",
    "customer": {"first_name": "Ada", "last_name": "Lovelace"},
    "billing_address": {"name": "Ada Lovelace", "address1": "12 St James's Square"},
    "line_items": [{"sku": "S-1", "quantity": 2, "name": "Shirt"}, {"sku": "", "variant_id": 77, "quantity": 1}],
}
CONFIG = {"shop": "acme.myshopify.com", "inventory": "true"}


def signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def request(body: bytes, given: str | None = None, **headers: str) -> Request:
    found = {name.replace("_", "-"): value for name, value in headers.items()}
    if given is not None:
        found["x-shopify-hmac-sha256"] = given
    return Request("POST", "/_platform/webhooks/shopify", found, body, 1_800_000_000.0)


def read(topic: str, payload: Any, config: dict[str, str] = CONFIG, **headers: str) -> Event | None:
    """Return the event of a delivery of the older kind."""
    named = {"x_shopify_topic": topic, "x_shopify_shop_domain": "acme.myshopify.com", **headers}
    return shopify.normalize(request(json.dumps(payload).encode(), **named), payload, config)


@pytest.mark.realdata
def test_all_vectors(realdata: Path) -> None:
    """Every collected vector passes, with either spelling of the header, and none does with one more byte."""
    rows = json.loads((realdata / "vectors.json").read_text())["vectors"]
    rows = [row for row in rows if row["provider"] == "shopify"]
    assert len(rows) >= 3
    for row in rows:
        body = row["body"].encode()
        shopify.verify(request(body, row["signature"]), [row["secret"]], {})
        shopify.verify(request(body, shopify_hmac_sha256=row["signature"]), [row["secret"]], {})
        with pytest.raises(Rejected):
            shopify.verify(request(body + b" ", row["signature"]), [row["secret"]], {})


def test_shopifys_own_library_signs_and_agrees(run_client: Callable[..., Any]) -> None:
    """What @shopify/shopify-api signs passes here, and what passes or fails here does so there."""
    bodies = ['{"id":1}', json.dumps(PRODUCT), '{"title":"Ünïcødé — 日本語 ✓","n":1.0}', ""]
    signed = run_client("webhooks.mjs", [{"secret": SECRET, "body": body} for body in bodies])
    rows = []
    for body, found in zip(bodies, signed, strict=True):
        shopify.verify(request(body.encode(), found["signature"]), [SECRET], {})
        for text in (body, body + " "):
            headers = {
                "X-Shopify-Hmac-Sha256": signature(SECRET, body.encode()),
                "X-Shopify-Topic": "products/update",
                "X-Shopify-Shop-Domain": "acme.myshopify.com",
                "X-Shopify-API-Version": "2026-10",
                "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
            }
            rows.append({"secret": SECRET, "body": text, "headers": headers})
    for row, found in zip(rows, run_client("webhooks.mjs", rows), strict=True):
        ours = True
        try:
            shopify.verify(request(row["body"].encode(), row["headers"]["X-Shopify-Hmac-Sha256"]), [SECRET], {})
        except Rejected:
            ours = False
        # An empty body is no webhook for the library; here the router refuses it as no JSON.
        assert found["valid"] is ours or not row["body"], (row["body"], found)


@given(st.binary(max_size=300), st.data())
def test_a_flipped_bit_is_refused(body: bytes, data: st.DataObject) -> None:
    """Whichever bit of body or signature changes, the request is refused."""
    good = signature(SECRET, body)
    if body and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(body) * 8 - 1))
        changed = bytearray(body)
        changed[place // 8] ^= 1 << place % 8
        asked = request(bytes(changed), good)
    else:
        place = data.draw(st.integers(0, len(good) * 7 - 1))
        letters = [ord(letter) for letter in good]
        letters[place // 7] ^= 1 << place % 7
        asked = request(body, "".join(map(chr, letters)))
    with pytest.raises(Rejected) as caught:
        shopify.verify(asked, [SECRET], {})
    assert caught.value.status == 401


@given(st.text(max_size=100))
def test_no_text_is_a_signature(text: str) -> None:
    """Any header ends in a refusal, never in another error."""
    with pytest.raises(Rejected):
        shopify.verify(request(b"{}", text), [SECRET], {})


def test_another_spelling_of_the_same_signature_is_refused() -> None:
    """Base64 can write the last bits in several ways; only Shopify's is taken."""
    good = signature(SECRET, b"{}")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = good[:-2] + alphabet[alphabet.index(good[-2]) ^ 1] + "="
    assert base64.b64decode(other) == base64.b64decode(good)
    for text in (
        other,
        good.rstrip("="),
        good.replace("=", "%3D"),
        hmac.new(SECRET.encode(), b"{}", "sha256").hexdigest(),
    ):
        with pytest.raises(Rejected):
            shopify.verify(request(b"{}", text), [SECRET], {})


def test_two_signatures_that_differ_are_refused() -> None:
    """A request with both spellings of the header must mean one signature."""
    good = signature(SECRET, b"{}")
    shopify.verify(request(b"{}", good, shopify_hmac_sha256=good), [SECRET], {})
    with pytest.raises(Rejected):
        shopify.verify(request(b"{}", good, shopify_hmac_sha256=signature("x", b"{}")), [SECRET], {})


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("products/create", PRODUCT),
        ("products/update", PRODUCT),
        ("products/delete", {"id": 788032119674292922}),
        ("collections/update", {"id": 1, "handle": "coffee", "updated_at": "2026-11-23T10:00:00Z"}),
        ("collections/delete", {"id": 1}),
        ("inventory_levels/update", LEVEL),
    ],
)
def test_changes_of_the_catalogue_build(topic: str, payload: dict[str, Any]) -> None:
    """Products, collections and stock start a build."""
    event = read(topic, payload)
    assert event is not None
    assert (event.type, event.build, event.detail["topic"]) == ("product.changed", True, topic)


def test_stock_builds_only_when_it_is_wanted() -> None:
    """A site whose pages ask for the stock themselves may leave it out; the event is recorded."""
    event = read("inventory_levels/update", LEVEL, CONFIG | {"inventory": "false"})
    assert event is not None
    assert not event.build


@pytest.mark.parametrize(("topic", "kind"), [("orders/create", "order.placed"), ("orders/paid", "order.changed")])
def test_orders_are_recorded_without_the_customer(topic: str, kind: str) -> None:
    """Number, state and pieces are kept; who bought is not."""
    event = read(topic, ORDER)
    assert event is not None
    assert (event.type, event.build, event.subject) == (kind, False, f"{topic} #1001")
    assert event.detail["items"] == {"S-1": 2, "77": 1}
    for private in ("ada", "Ada", "Lovelace", "7946", "James"):
        assert private not in repr(event)


@pytest.mark.parametrize(
    "topic", ["customers/create", "customers/redact", "app/uninstalled", "themes/publish", "products"]
)
def test_other_topics_are_not_kept(topic: str) -> None:
    """What nothing follows from is not an event; a topic that is none is refused."""
    if "/" in topic:
        assert read(topic, {"id": 1, "email": "ada@acme.example"}) is None
    else:
        with pytest.raises(Rejected) as caught:
            read(topic, {"id": 1})
        assert caught.value.status == 400


def test_an_order_is_no_product() -> None:
    """The topic is not signed, so the body has to be of its kind."""
    assert read("products/update", ORDER) is None
    assert read("inventory_levels/update", PRODUCT) is None


def test_another_shop_is_not_ours() -> None:
    """An app that is installed in two shops sends the events of both."""
    assert read("products/update", PRODUCT, x_shopify_shop_domain="other.myshopify.com") is None


def test_a_replay_under_another_id_is_the_same_event() -> None:
    """The id comes in a header that is not signed, so it can't make a new event of an old body."""
    keys = {read("products/update", PRODUCT, x_shopify_event_id=given).key for given in ("a", "b")}  # type: ignore[union-attr]
    assert len(keys) == 1


def test_two_changes_are_two_events() -> None:
    """Another time of change is another body, and another event."""
    later = PRODUCT | {"updated_at": "2026-11-23T10:00:01-05:00"}
    assert read("products/update", PRODUCT).key != read("products/update", later).key  # type: ignore[union-attr]


def test_equal_bodies_without_a_time_are_told_apart_by_the_id() -> None:
    """A subscription that leaves fields out sends the same body for each change."""
    short = {"id": 1}
    first, again, second = (read("products/update", short, x_shopify_event_id=given) for given in ("a-1", "a-1", "a-2"))
    assert first
    assert again
    assert second
    assert first.key == again.key != second.key


NEWER = {
    "topic": "Product",
    "action": "update",
    "handle": "product-updates",
    "fields_changed": ["product[id: 'gid://shopify/Product/123'].title"],
    "query_variables": {"productId": "gid://shopify/Product/123"},
}


def newer(payload: dict[str, Any], **headers: str) -> Event | None:
    """Return the event of a delivery of the newer kind."""
    named = {"shopify_topic": "Product", "shopify_shop_domain": "acme.myshopify.com", **headers}
    return shopify.normalize(request(json.dumps(payload).encode(), **named), payload, CONFIG)


def test_deliveries_of_the_newer_kind_are_read() -> None:
    """Topic and action come from the signed body; two changes of one field are two events."""
    first, second = (newer(NEWER, shopify_event_id=given) for given in ("a", "b"))
    assert first
    assert second
    assert (first.type, first.build, first.subject) == ("product.changed", True, "products/update 123")
    assert first.key != second.key
    order = newer(NEWER | {"topic": "Order", "action": "create"})
    assert order
    assert (order.type, order.build) == ("order.placed", False)
    assert newer(NEWER | {"topic": "Customer"}) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
    ),
    st.sampled_from(["products/update", "inventory_levels/update", "orders/create", "subscription_contracts/create"]),
)
def test_any_json_is_read_without_a_fault(value: Any, topic: str) -> None:
    """Whatever stands in the fields that are read, the answer is an event, nothing, or a refusal."""
    fields = ("id", "handle", "name", "updated_at", "line_items", "query_variables", "action", "topic")
    for payload in (value, *({**ORDER, field: value} for field in fields), {"topic": value, "action": "update"}):
        try:
            event = shopify.normalize(request(b"{}", x_shopify_topic=topic), payload, CONFIG)
            again = shopify.normalize(request(b"{}"), payload, CONFIG)
        except Rejected as refused:
            assert refused.status == 400
            continue
        for found in (event, again):
            assert found is None or len(found.key) < 300
