"""Foxy's JSON webhooks: a webhook adapter.

Foxy signs the raw body: ``Foxy-Webhook-Signature`` is its HMAC-SHA256 in hexadecimal,
keyed with the webhook's encryption key. It signs no time, so there is no replay window;
a repeated body is known by its digest. The event's name comes in a header that is *not*
signed: it decides the words of the record, and starts a build only when the signed body
is what such an event brings.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.runtime.adapter import Event, Rejected, Request

__all__ = ["ACCEPTED_STATUS", "DUPLICATE_STATUS", "MAX_BYTES", "PROVIDER", "normalize", "verify"]

PROVIDER = "foxy"
ACCEPTED_STATUS = 200  # Foxy's documents speak of 200 alone; it turns a webhook off that is not answered with it
DUPLICATE_STATUS = 200  # a repeat is not a failure, and anything but 200 counts as one
MAX_BYTES = 1_048_576

_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_EVENT = re.compile(r"(transaction|subscription)/([a-z_]{1,40})")
_OTHER = re.compile(r"[a-z_]{1,40}/[a-z_]{1,40}")
_SELF = re.compile(r"https://[a-z0-9.-]{1,100}/(transactions|subscriptions)/([0-9]{1,20})")
_PLAIN = re.compile(r"[\w .:+-]{1,64}")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
# These wait for an answer that decides about a payment; a wrong one is worse than none.
_SYNCHRONOUS = {"validation/payment"}
_PLACED = "transaction/created"
_FACTS = ("id", "display_id", "status", "total_order", "currency_code", "transaction_date", "frequency", "is_active")
_MOST_ITEMS = 100


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:  # noqa: ARG001 - the contract
    """Refuse a request that Foxy did not sign with one of *secrets*."""
    given = request.headers.get("foxy-webhook-signature", "")
    if not given:
        raise Rejected(401, "signature-missing")
    if not _SIGNATURE.fullmatch(given):
        raise Rejected(401, "signature-malformed")
    digests = (hmac.new(key.encode(), request.body, hashlib.sha256).hexdigest() for key in secrets if key)
    # Every secret is compared, so that the time tells nothing of which one it was.
    matches = [hmac.compare_digest(given, digest) for digest in digests]
    if not any(matches):
        raise Rejected(401, "signature-wrong")


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
    """Read the event; None for what says nothing of orders or subscriptions.

    Raises:
        Rejected: 400 when it is no event of Foxy, or one whose answer would decide
            about a payment.
    """
    name = request.headers.get("foxy-webhook-event", "")
    if name in _SYNCHRONOUS:
        raise Rejected(400, "foxy-synchronous-not-supported")
    if not isinstance(payload, dict) or not _OTHER.fullmatch(name):
        raise Rejected(400, "foxy-bad-event")
    match = _EVENT.fullmatch(name)
    if not match:
        # Customers, logs and changes of settings: nothing that a site is made of.
        return None
    resource, number = _resource(payload)
    if resource and resource != match[1]:
        raise Rejected(400, "foxy-other-resource")
    placed = name == _PLACED
    genuine = placed and resource == "transaction"
    return Event(
        provider=PROVIDER,
        # Of the signed body alone: whoever replays it can name another event.
        key=f"{resource or match[1]}:{number or '-'}:sha256:{hashlib.sha256(request.body).hexdigest()}",
        type="subscription.changed" if match[1] == "subscription" else "order.placed" if placed else "order.changed",
        build=genuine and config.get("rebuild_on_order") == "true",
        subject=f"{name} {number}".rstrip(),
        detail=_detail(name, payload),
    )


def _resource(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Return what the signed body says it is, and its number."""
    links = payload.get("_links")
    own = links.get("self") if isinstance(links, dict) else None
    address = own.get("href") if isinstance(own, dict) else None
    match = _SELF.match(address) if isinstance(address, str) else None
    return (match[1].removesuffix("s"), match[2]) if match else ("", "")


def _detail(name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a shop's owner may count with, and nothing of the customer."""
    detail: dict[str, Any] = {"event": name}
    detail |= {key: text for key in _FACTS if (text := _plain(payload.get(key)))}
    embedded = payload.get("_embedded")
    items = embedded.get("fx:items") if isinstance(embedded, dict) else None
    quantities: dict[str, int] = {}
    for item in items[:_MOST_ITEMS] if isinstance(items, list) else ():
        code = item.get("code") if isinstance(item, dict) else None
        quantity = item.get("quantity") if isinstance(item, dict) else None
        if isinstance(code, str) and _CODE.fullmatch(code) and type(quantity) is int and quantity > 0:
            quantities[code] = quantities.get(code, 0) + quantity
    return detail | ({"items": quantities} if quantities else {})


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, int | float | str) else ""
    return text if _PLAIN.fullmatch(text) else ""
