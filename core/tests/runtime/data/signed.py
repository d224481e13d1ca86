"""A test adapter: ``note-signature: t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">``."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.runtime.adapter import Event, Rejected, Request

PROVIDER = "signed"
REPLAY_WINDOW = 300
MAX_BYTES = 4096
_HEADER = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:
    found = _HEADER.fullmatch(request.headers.get("note-signature", ""))
    if not found:
        raise Rejected(401, "signature-missing")
    signed = found[1].encode() + b"." + request.body
    for secret in secrets:
        if hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest(), found[2]):
            return
    raise Rejected(401, "signature-invalid")


def signed_at(request: Request) -> float:
    found = _HEADER.fullmatch(request.headers["note-signature"])
    return float(found[1]) if found else 0.0


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
    if not isinstance(payload, dict) or not isinstance(payload.get("id"), str) or not payload["id"]:
        raise Rejected(400, "id-missing")
    if payload.get("kind") == "ping" or payload.get("branch", config.get("branch")) != config.get("branch"):
        return None
    order = payload.get("kind") == "order"
    return Event(
        provider=PROVIDER,
        key=payload["id"],
        type="order.placed" if order else "content.changed",
        build=not order,
        subject=str(payload.get("subject", "")),
        detail={"size": len(request.body)},
    )
