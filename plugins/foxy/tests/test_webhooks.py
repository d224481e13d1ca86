"""Foxy's webhooks are checked before they are believed, and nothing of a customer is kept."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.runtime.adapter import Rejected, Request
from platform_plugin_foxy.runtime import foxy

SECRET = "encryption key"
ORDER: dict[str, Any] = {
    "_links": {"self": {"href": "https://api.foxycart.com/transactions/4711", "title": "This Transaction"}},
    "_embedded": {
        "fx:items": [
            {"code": "shirt-L", "name": "Shirt", "quantity": 2, "price": 22},
            {"code": "shirt-L", "name": "Shirt", "quantity": 1, "price": 22},
            {"code": "ada@acme.example", "quantity": 1},
        ],
        "fx:customer": {"email": "ada@acme.example", "first_name": "Ada"},
    },
    "id": 4711,
    "customer_email": "ada@acme.example",
    "customer_last_name": "Lovelace",
    "customer_ip": "192.0.2.7",
    "total_order": 66.0,
    "currency_code": "EUR",
    "status": "approved",
    "transaction_date": "2026-11-23T10:00:00-0700",
}


def sign(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def request(body: bytes, signature: str | None = None, event: str = "transaction/created") -> Request:
    headers = {"content-type": "application/json", "foxy-webhook-event": event}
    if signature is not None:
        headers["foxy-webhook-signature"] = signature
    return Request("POST", "/_platform/webhooks/foxy", headers, body, 1_800_000_000.0)


def normalized(event: str = "transaction/created", config: dict[str, str] | None = None, **changes: Any) -> Any:
    payload = ORDER | changes
    return foxy.normalize(request(json.dumps(payload).encode(), event=event), payload, config or {})


@pytest.mark.realdata
def test_all_vectors(vectors: list[dict[str, Any]]) -> None:
    """Every collected signature passes, and none does with one more byte or another key."""
    rows = [row for row in vectors if row["provider"] == "foxy"]
    assert len(rows) >= 3
    for row in rows:
        body = row["body"].encode()
        foxy.verify(request(body, row["signature"]), [row["secret"]], {})
        for wrong, secret in ((body + b" ", row["secret"]), (body, "other")):
            with pytest.raises(Rejected):
                foxy.verify(request(wrong, row["signature"]), [secret], {})


@given(st.text(max_size=200), st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_the_sdk_agrees(sdk: Any, payload: str, key: str) -> None:
    """What Foxy's own verifier accepts is accepted, for any text."""
    body = payload.encode("utf-8", "replace")
    signature = sign(body, key)
    assert sdk("webhook", key=key, payload=body.decode(), signature=signature) is True
    foxy.verify(request(body, signature), [key], {})


@pytest.mark.parametrize(
    ("signature", "reference"),
    [
        (None, "signature-missing"),
        ("", "signature-missing"),
        ("0" * 64, "signature-wrong"),
        (sign(b"{}").upper(), "signature-malformed"),
        (sign(b"{}")[:-1], "signature-malformed"),
        ("sha256=" + sign(b"{}"), "signature-malformed"),
        ("ä" * 64, "signature-malformed"),
        (sign(b"[]"), "signature-wrong"),
    ],
)
def test_what_is_not_signed_is_refused(signature: str | None, reference: str) -> None:
    """Missing, malformed, of another body or in another encoding."""
    with pytest.raises(Rejected) as error:
        foxy.verify(request(b"{}", signature), [SECRET], {})
    assert (error.value.status, error.value.reference) == (401, reference)


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_signature_fits_one_body(body: bytes, other: bytes) -> None:
    """Raw bytes are signed, whatever they are."""
    foxy.verify(request(body, sign(body)), [SECRET], {})
    if body != other:
        with pytest.raises(Rejected):
            foxy.verify(request(other, sign(body)), [SECRET], {})


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("transaction/created", "order.placed"),
        ("transaction/modified", "order.changed"),
        ("transaction/captured", "order.changed"),
        ("transaction/refunded", "order.changed"),
        ("transaction/voided", "order.changed"),
        ("transaction/refeed", "order.changed"),
    ],
)
def test_orders_are_recorded(event: str, kind: str) -> None:
    """Each by its kind; none builds the site by itself."""
    found = normalized(event)
    assert (found.type, found.build, found.subject) == (kind, False, f"{event} 4711")


def test_subscriptions_are_recorded() -> None:
    """With how often, and whether it goes on."""
    links = {"self": {"href": "https://api.foxycart.com/subscriptions/9"}}
    found = normalized("subscription/cancelled", _links=links, frequency="1m", is_active=False)
    assert (found.type, found.subject) == ("subscription.changed", "subscription/cancelled 9")
    assert found.detail["frequency"] == "1m"
    assert found.detail["is_active"] == "false"


@pytest.mark.parametrize("event", ["customer/created", "transaction_log/created", "changelog/created"])
def test_what_is_not_about_orders_is_not_kept(event: str) -> None:
    """Customers least of all."""
    assert normalized(event) is None


def test_nothing_of_the_customer_is_kept() -> None:
    """Numbers, sums and how many of what; neither name, address nor IP."""
    found = normalized()
    assert found.detail == {
        "event": "transaction/created",
        "id": "4711",
        "status": "approved",
        "total_order": "66.0",
        "currency_code": "EUR",
        "transaction_date": "2026-11-23T10:00:00-0700",
        "items": {"shirt-L": 3},
    }
    assert "ada" not in repr(found).lower()


def test_an_order_builds_when_the_site_asks_for_it() -> None:
    """Only a new order, and only when the signed body is one."""
    config = {"rebuild_on_order": "true"}
    assert normalized(config=config).build
    assert not normalized("transaction/modified", config).build
    assert not normalized(config=config, _links={}).build


def test_the_event_s_name_must_fit_the_signed_body() -> None:
    """The name comes in a header that nobody signed."""
    with pytest.raises(Rejected) as error:
        normalized("subscription/created")
    assert error.value.reference == "foxy-other-resource"


def test_a_replay_under_another_name_is_still_one() -> None:
    """The key is made of the signed body alone."""
    assert normalized("transaction/created").key == normalized("transaction/refeed").key
    assert normalized().key != normalized(status="captured").key


@pytest.mark.parametrize("event", ["", "transaction", "a b/c", "../x", "transaction/created\n"])
def test_what_is_no_event_is_refused(event: str) -> None:
    """With 400, so that nobody takes it for received."""
    with pytest.raises(Rejected) as error:
        normalized(event)
    assert (error.value.status, error.value.reference) == (400, "foxy-bad-event")


def test_a_question_about_a_payment_is_refused() -> None:
    """Its answer would decide; a wrong one is worse than none."""
    with pytest.raises(Rejected) as error:
        normalized("validation/payment")
    assert error.value.reference == "foxy-synchronous-not-supported"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ORDER, "self", "href", "fx:items", "code", "quantity"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(JSON, st.sampled_from(["transaction/created", "subscription/modified", "customer/created"]))
def test_any_json_is_an_event_or_refused(payload: Any, event: str) -> None:
    """A body of any shape raises nothing but a refusal."""
    try:
        found = foxy.normalize(request(b"{}", event=event), payload, {})
    except Rejected as error:
        assert error.status == 400
    else:
        assert found is None or len(json.dumps(dict(found.detail))) < 32_768
