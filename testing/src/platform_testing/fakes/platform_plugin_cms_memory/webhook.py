"""Webhooks of the reference CMS: ``X-Memory-Signature`` is the HMAC-SHA256 of the body, in hex."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.runtime.adapter import Event, Rejected, Request

PROVIDER = "memory"
MAX_BYTES = 65_536


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:
    """Refuse a body that no known secret has signed."""
    given = request.headers.get("x-memory-signature", "").encode()
    for secret in filter(None, secrets):
        expected = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest().encode()
        if hmac.compare_digest(given, expected):
            return
    raise Rejected(401, "bad-signature")


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event:
    """Read ``{"id": ..., "title": ...}``."""
    if not isinstance(payload, dict) or not isinstance(payload.get("id"), str):
        raise Rejected(400, "no-id")
    return Event("memory", payload["id"], "content.changed", build=True, subject=str(payload.get("title", "")))
