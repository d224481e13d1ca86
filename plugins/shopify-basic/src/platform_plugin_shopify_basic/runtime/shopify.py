"""Webhooks of Shopify: whether they are genuine, and what they say.

Shopify signs the raw body with the app's client secret (HMAC-SHA256, base64) and
nothing else: topic, shop and the event's id come in headers that whoever replays a
body can change. No time is signed, so there is no replay window. Deliveries of the
newer kind ("Events") have the same headers without ``X-``, and say topic and action
in the body too.

Configuration: ``shop``, the shop's own host; ``inventory``, ``false`` when a change of
stock starts no build.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.runtime.adapter import Event, Rejected, Request

__all__ = ["DUPLICATE_STATUS", "MAX_BYTES", "PROVIDER", "normalize", "verify"]

PROVIDER = "shopify"
DUPLICATE_STATUS = 200  # anything else counts as a failure, and eight of them end the subscription
MAX_BYTES = 1_048_576

_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{43}=")
_TOPIC = re.compile(r"[a-z_]{1,40}/[a-z_]{1,40}")
_PLAIN = re.compile(r"[\w .#:+/-]{1,64}")
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_GID = re.compile(r"gid://shopify/[A-Za-z]{1,40}/([0-9]{1,20})")
_MOST_ITEMS = 100
# What a topic is about -> the field that its body can't be without.
_PRODUCTS = {"products": "id", "collections": "id", "inventory_levels": "inventory_item_id", "inventory_items": "id"}
_INVENTORY = frozenset({"inventory_levels", "inventory_items"})
_ORDERS = frozenset({"orders", "refunds", "fulfillments"})
# The resources of Events -> the same words.
_RESOURCES = {
    "product": "products",
    "productvariant": "products",
    "collection": "collections",
    "inventorylevel": "inventory_levels",
    "inventoryitem": "inventory_items",
    "order": "orders",
}


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:  # noqa: ARG001 - the contract
    """Refuse a request that Shopify did not sign with one of *secrets*."""
    given = {
        request.headers[name] for name in ("x-shopify-hmac-sha256", "shopify-hmac-sha256") if name in request.headers
    }
    if not any(given):
        raise Rejected(401, "signature-missing")
    signature = given.pop()
    if given or not _SIGNATURE.fullmatch(signature):
        raise Rejected(401, "signature-malformed")
    matches = [hmac.compare_digest(signature, _signature(secret, request.body)) for secret in secrets if secret]
    if not any(matches):
        raise Rejected(401, "signature-mismatch")


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
    """Return the event, or None for what nothing follows from.

    Raises:
        Rejected: 400 when no topic is named.
    """
    if not isinstance(payload, dict):
        raise Rejected(400, "shopify-bad-event")
    newer = _is_newer(request, payload)
    topic = _newer_topic(payload) if newer else _header(request, "topic").lower()
    if not _TOPIC.fullmatch(topic):
        raise Rejected(400, "shopify-bad-event")
    shop = _header(request, "shop-domain").lower()
    if shop and config.get("shop") and shop != config["shop"]:
        return None  # one app may be installed in the shops of several clients
    about, _, what = topic.partition("/")
    if about in _PRODUCTS and (newer or _is_about(about, payload)):
        build = about not in _INVENTORY or config.get("inventory") != "false"
        return _event(request, payload, topic, kind="product.changed", build=build, newer=newer)
    if about in _ORDERS:
        kind = "order.placed" if topic == "orders/create" else "order.changed"
        return _event(request, payload, topic, kind=kind, build=False, newer=newer)
    if about == "subscription_contracts" and what:
        return _event(request, payload, topic, kind="subscription.changed", build=False, newer=newer)
    return None


def _event(request: Request, payload: Mapping[str, Any], topic: str, *, kind: str, build: bool, newer: bool) -> Event:
    name = _name(payload)
    return Event(
        provider=PROVIDER,
        key=_key(request, payload, topic, newer=newer),
        type=kind,
        build=build,
        subject=f"{topic} {name}".rstrip(),
        detail=_detail(payload, topic, name),
    )


def _signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _header(request: Request, name: str) -> str:
    return request.headers.get(f"x-shopify-{name}") or request.headers.get(f"shopify-{name}", "")


def _is_newer(request: Request, payload: Mapping[str, Any]) -> bool:
    return "x-shopify-topic" not in request.headers and isinstance(payload.get("action"), str) and "topic" in payload


def _newer_topic(payload: Mapping[str, Any]) -> str:
    resource = str(payload.get("topic", "")).replace("_", "").replace(" ", "").lower()
    return f"{_RESOURCES.get(resource, 'other')}/{str(payload['action']).lower()}"


def _is_about(about: str, payload: Mapping[str, Any]) -> bool:
    """Tell whether a body can be of its topic, which is not signed."""
    return isinstance(payload.get(_PRODUCTS[about]), int) and "line_items" not in payload


def _key(request: Request, payload: Mapping[str, Any], topic: str, *, newer: bool) -> str:
    """Tell one event from another, by what is signed as far as that goes.

    A body with the time of the change is like no other one; so is what was made or
    deleted, which happens once. Where the body says less, as that of Events does, two
    changes may look alike: there the event's id has to tell them apart.
    """
    digest = hashlib.sha256(request.body).hexdigest()
    once = topic.endswith(("/create", "/delete"))
    if not newer and (once or isinstance(payload.get("updated_at"), str)):
        return f"{topic}:{digest}"
    event = _header(request, "event-id") or _header(request, "webhook-id")
    return f"{topic}:{digest}:{event if _ID.fullmatch(event) else ''}"


def _name(payload: Mapping[str, Any]) -> str:
    """Return what people call the thing: a handle, an order's number, an id."""
    for field in ("handle", "name", "id", "inventory_item_id", "order_id"):
        value = payload.get(field)
        # An Events body has the name of the subscription there; a person's name has no place in an event.
        if field == "handle" and "action" in payload:
            continue
        if field == "name" and not str(value).startswith("#"):
            continue
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if _PLAIN.fullmatch(text):
            return text
    variables = payload.get("query_variables")
    ids = [str(value) for value in variables.values()] if isinstance(variables, dict) else []
    return next((found[1] for value in ids if (found := _GID.fullmatch(value))), "")


def _detail(payload: Mapping[str, Any], topic: str, name: str) -> dict[str, Any]:
    """Keep what a shop's owner may count with, and nothing of the customer."""
    found: dict[str, Any] = {"topic": topic, "name": name}
    found |= {field: _plain(payload.get(field)) for field in ("updated_at", "currency", "financial_status")}
    detail = {field: value for field, value in found.items() if value}
    items = payload.get("line_items")
    quantities: dict[str, int] = {}
    for item in items[:_MOST_ITEMS] if isinstance(items, list) else ():
        sku = (_plain(item.get("sku")) or _plain(str(item.get("variant_id", "")))) if isinstance(item, dict) else ""
        quantity = item.get("quantity") if sku else None
        if type(quantity) is int and quantity > 0:
            quantities[sku] = quantities.get(sku, 0) + quantity
    return detail | ({"items": quantities} if quantities else {})


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else ""
