"""Webhooks of Snipcart: whether they are genuine, and what they say.

Snipcart signs nothing. Each request carries a token that proves itself once, within
an hour, at Snipcart's API, which is asked with the shop's secret key: 200 means that
Snipcart made the request. Whatever else comes back refuses it.

The token says nothing about the body. It is known to Snipcart and to us alone, and
worthless after the first check.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
import ssl
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from platform_core.runtime.adapter import Event, Rejected, Request

__all__ = ["ACCEPTED_STATUS", "DUPLICATE_STATUS", "MAX_BYTES", "PROVIDER", "normalize", "verify"]

PROVIDER = "snipcart"
ACCEPTED_STATUS = 200  # with application/json; Snipcart takes nothing else for success
DUPLICATE_STATUS = 200  # a repeat is not a failure, and anything but 200 counts as one
MAX_BYTES = 524_288

_API = "https://app.snipcart.com/api/requestvalidation"
_LOOPBACK = {"127.0.0.1", "::1"}
_TIMEOUT = 4.0  # seconds for each step
_HEADER = "x-snipcart-requesttoken"
# The token becomes part of an address that is asked with the secret key.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")
_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")
_PLAIN = re.compile(r"[\w ./#:+-]{1,64}")
_SYNCHRONOUS = {"shippingrates.fetch", "taxes.calculate"}
_COMPLETED = "order.completed"
_MOST_ITEMS = 100
_LONGEST_KEY = 300


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:
    """Ask Snipcart whether it made *request*.

    Raises:
        Rejected: 400 or 401 when it did not; 503 when that can't be found out.
    """
    token = request.headers.get(_HEADER, "")
    if not _TOKEN.fullmatch(token):
        raise Rejected(401, "snipcart-no-token")
    if not request.body.lstrip(b" \t\r\n").startswith(b"{"):
        # A check uses the token up, so what can't be an event is refused before it.
        raise Rejected(400, "snipcart-bad-event")
    address = _address(config)
    status = 0
    for secret in filter(None, secrets):
        status = _ask(address, token, secret)
        if status not in (401, 403):
            break
    if status != 200:
        raise Rejected(*_VERDICTS.get(status, (503, "snipcart-unavailable")))


# A refused key answers 401 too: the router then reads the secret again, once.
_VERDICTS: Mapping[int, tuple[int, str]] = {
    0: (503, "snipcart-no-key"),
    401: (401, "snipcart-key-refused"),
    403: (401, "snipcart-key-refused"),
    404: (401, "snipcart-token-refused"),
}


def _address(config: Mapping[str, str]) -> str:
    """Return where tokens are checked: Snipcart's API, or a stand-in on this machine.

    The secret key goes there, so no other host will do.
    """
    address = config.get("validation_url") or _API
    if address == _API:
        return address
    try:
        parts = urlsplit(address)
        allowed = parts.scheme == "http" and parts.hostname in _LOOPBACK and parts.port is not None
    except ValueError:
        allowed = False
    if not allowed:
        raise Rejected(503, "snipcart-bad-address")
    return address


def _ask(address: str, token: str, secret: str) -> int:
    """Return the status with which the API answers; redirects are not followed."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, timeout=_TIMEOUT, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT)
    )
    credentials = base64.b64encode(f"{secret}:".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Accept": "application/json"}
    try:
        connection.request("GET", f"{parts.path}/{token}", headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise Rejected(503, "snipcart-unreachable") from error
    finally:
        connection.close()


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
    """Read the event.

    Raises:
        Rejected: 400 when it is no event of Snipcart, or one whose answer would be
            used at the checkout: a wrong answer there is worse than none.
    """
    name = payload.get("eventName") if isinstance(payload, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Rejected(400, "snipcart-bad-event")
    if name in _SYNCHRONOUS:
        raise Rejected(400, "snipcart-synchronous-not-supported")
    content = payload.get("content")
    content = content if isinstance(content, dict) else {}
    kind = _kind(name)
    if kind is None:
        return None
    nested = content.get("order")
    order = nested if isinstance(nested, dict) else content
    number = _plain(order.get("invoiceNumber")) or _plain(order.get("orderInvoiceNumber"))
    return Event(
        provider=PROVIDER,
        key=_key(name, payload.get("createdOn"), content, request.body),
        type=kind,
        build=name == _COMPLETED and config.get("rebuild_on_order") == "true",
        subject=f"{name} {number}".rstrip(),
        detail=_detail(name, payload, order, number),
    )


def _kind(name: str) -> str | None:
    if name == _COMPLETED:
        return "order.placed"
    if name.startswith("order."):
        return "order.changed"
    # "v3/" is part of the name of newer events.
    return "subscription.changed" if name.removeprefix("v3/").startswith("subscription.") else None


def _key(name: str, created: Any, content: Mapping[str, Any], body: bytes) -> str:
    """Tell one event from another: Snipcart numbers neither events nor deliveries."""
    nested = (content.get(part) for part in ("order", "subscription"))
    places = [content, *(part for part in nested if isinstance(part, dict))]
    tokens = (place.get(field) for place in places for field in ("token", "orderToken", "id"))
    token = next((token for token in tokens if isinstance(token, str) and token), "")
    if token and isinstance(created, str) and created:
        key = f"{name}:{token}:{created}"
        if len(key) <= _LONGEST_KEY:
            return key
    return f"{name}:sha256:{hashlib.sha256(body).hexdigest()}"


def _detail(name: str, payload: Mapping[str, Any], order: Mapping[str, Any], number: str) -> dict[str, Any]:
    """Keep what a shop's owner may count with, and nothing of the customer."""
    found: dict[str, Any] = {"event": name, "invoice": number}
    found |= {field: _plain(payload.get(field)) for field in ("mode", "createdOn", "from", "to")}
    detail = {field: value for field, value in found.items() if value}
    items = order.get("items")
    quantities: dict[str, int] = {}
    for item in items[:_MOST_ITEMS] if isinstance(items, list) else ():
        sku = _plain(item.get("id")) if isinstance(item, dict) else ""
        quantity = item.get("quantity") if sku else None
        if type(quantity) is int and quantity > 0:
            quantities[sku] = quantities.get(sku, 0) + quantity
    return detail | ({"items": quantities} if quantities else {})


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else ""
