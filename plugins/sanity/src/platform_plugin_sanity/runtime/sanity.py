"""Check and read Sanity's webhooks (GROQ-powered): a webhook adapter.

See `platform_core.runtime.adapter` for the contract, and
https://www.sanity.io/docs/content-lake/webhook-best-practices and
https://github.com/sanity-io/webhook-toolkit for the signature. It covers a time and the
body, in that order, and nothing else: what headers say of document, dataset and delivery
is not signed. So only the body is believed. Configuration, all optional:

- ``project``, ``dataset``: when the body names them, they must be these.
- ``window``: seconds after which a signed time is too old, at most ``REPLAY_WINDOW``.

The projection that the README has for the webhook puts all of it into the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.runtime.adapter import Event, Rejected, Request

__all__ = ["MAX_BYTES", "PROVIDER", "REPLAY_WINDOW", "normalize", "signed_at", "verify"]

PROVIDER = "sanity"
MAX_BYTES = 262_144
# Sanity's own verifier knows no window. It tries again twice, 30 s apart, and says that
# deliveries may come late; whether a second try is signed anew is not documented. So a
# quarter of an hour is the rule, and an hour the most that a site may ask for.
REPLAY_WINDOW = 3600
WINDOW = 900

HEADER = "sanity-webhook-signature"
_HEADER = re.compile(r"t=(?P<time>[0-9]{13}),\s*v1=(?P<signature>[A-Za-z0-9_-]{43})")
# Times in seconds would be in 1970, so they are refused as Sanity's own verifier does.
_EARLIEST = 1_609_459_200_000
_DRAFTS = ("drafts.", "versions.")
_LONGEST = 128


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:
    """Refuse a request that Sanity did not sign with one of *secrets*."""
    given = request.headers.get(HEADER, "")
    if not given:
        raise Rejected(401, "signature-missing")
    match = _HEADER.fullmatch(given)
    if not match or int(match["time"]) < _EARLIEST:
        raise Rejected(401, "signature-malformed")
    matches = [
        hmac.compare_digest(match["signature"], _signature(secret, match["time"], request.body))
        for secret in secrets
        if secret
    ]
    if not any(matches):
        raise Rejected(401, "signature-mismatch")
    if abs(request.now - int(match["time"]) / 1000) > float(config.get("window") or WINDOW):
        raise Rejected(401, "outside-replay-window")
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Rejected(415, "content-type-not-json")


def signed_at(request: Request) -> float:
    """Return when the request was signed, in seconds."""
    match = _HEADER.fullmatch(request.headers.get(HEADER, ""))
    if not match:
        raise Rejected(401, "signature-malformed")
    return int(match["time"]) / 1000


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
    """Return the event of a document that was published, changed or taken back, else None."""
    if not isinstance(payload, dict):
        return None
    name, kind = payload.get("_id"), payload.get("_type")
    if not isinstance(name, str) or not name or name.startswith(_DRAFTS):
        return None
    if any(_is_other(config.get(key, ""), payload.get(key)) for key in ("project", "dataset")):
        return None
    revision, operation = payload.get("_rev"), payload.get("operation")
    return Event(
        provider=PROVIDER,
        key=_key(request, told=bool(_short(revision) and _short(operation))),
        type="content.changed",
        build=True,
        subject=f"{_short(kind) or 'document'} {name[:_LONGEST]} {_short(operation)}".rstrip(),
        detail={"id": name[:_LONGEST], "type": _short(kind), "revision": _short(revision)},
    )


def _signature(secret: str, time: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), time.encode() + b"." + body, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _key(request: Request, *, told: bool) -> str:
    """Return what tells an event from others.

    Sanity's ``idempotency-key`` is in a header that is not signed. The body is signed: with
    revision and operation in it, it is another one after each change, and the same when a
    delivery is tried again. Without both, the time has to tell them apart: a document that
    is deleted has the revision of its last change.
    """
    match = _HEADER.fullmatch(request.headers.get(HEADER, ""))
    time = match["time"] if match and not told else ""
    return hashlib.sha256(time.encode() + b"." + request.body).hexdigest()


def _is_other(wanted: str, given: Any) -> bool:
    """Tell whether *given* is there and is not *wanted*."""
    return bool(wanted) and isinstance(given, str) and given != wanted


def _short(value: Any) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""
