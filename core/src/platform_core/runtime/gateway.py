"""HTTP as API Gateway hands it to a function: payload format 2.0, in and out."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from platform_core.runtime.adapter import Rejected, Request

__all__ = [
    "GLOBAL_MAX_BYTES",
    "PROVIDER",
    "answer",
    "body_of",
    "check_type",
    "headers_of",
    "method_of",
    "provider_of",
    "request_of",
]

GLOBAL_MAX_BYTES = 1_048_576
PROVIDER = r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?"
_PATH = re.compile(rf"/_platform/webhooks/({PROVIDER})\Z")
_JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json", re.IGNORECASE)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s\";]*)", re.IGNORECASE)


def provider_of(event: Mapping[str, Any]) -> str:
    """Return the provider in the address, or an empty string.

    A stage's name may stand before the path, so only the end of it counts.
    """
    found = _PATH.search(str(event.get("rawPath") or ""))
    return found[1] if found else ""


def method_of(event: Mapping[str, Any]) -> str:
    """Return the method in capitals."""
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, Mapping) else None
    return str(http.get("method") or "").upper() if isinstance(http, Mapping) else ""


def headers_of(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers with names in lower case."""
    headers = event.get("headers")
    if not isinstance(headers, Mapping):
        return {}
    return {str(name).lower(): _sound(str(value)) for name, value in headers.items() if value is not None}


def _sound(value: str) -> str:
    # JSON can carry half a surrogate pair, which no store takes.
    return value.encode("utf-8", "replace").decode("utf-8")


def body_of(event: Mapping[str, Any], headers: Mapping[str, str], limit: int) -> bytes:
    """Return the raw bytes of the body, which are what was signed.

    Raises:
        Rejected: 413 when the declared or the actual size is over *limit*, 400
            when the body can't be turned back into bytes.
    """
    _check_declared(headers.get("content-length"), limit)
    text = event.get("body")
    text = "" if text is None else str(text)
    # Four characters carry three bytes: too long a text need not be decoded to know.
    if len(text) > limit * (4 / 3 if event.get("isBase64Encoded") else 1) + 4:
        raise Rejected(413, "body-too-large")
    try:
        body = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") else text.encode("utf-8")
    except (binascii.Error, ValueError):
        raise Rejected(400, "body-unreadable") from None
    if len(body) > limit:
        raise Rejected(413, "body-too-large")
    return body


def _check_declared(declared: str | None, limit: int) -> None:
    if declared is None:
        return
    if not re.fullmatch(r"[0-9]{1,19}", declared):
        raise Rejected(400, "bad-content-length")
    if int(declared) > limit:
        raise Rejected(413, "body-too-large")


def check_type(headers: Mapping[str, str]) -> None:
    """Let JSON through, in UTF-8.

    Raises:
        Rejected: 415 for everything else.
    """
    media, _, rest = headers.get("content-type", "").partition(";")
    charset = _CHARSET.search(f";{rest}")
    if not _JSON.fullmatch(media.strip()) or (charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}):
        raise Rejected(415, "not-json")


def request_of(provider: str, headers: Mapping[str, str], body: bytes, now: float) -> Request:
    """Put the parts together as an adapter sees them."""
    return Request("POST", f"/_platform/webhooks/{provider}", headers, body, now)


def answer(code: int, status: str, reference: str) -> dict[str, Any]:
    """Return what API Gateway sends back."""
    headers = {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    if code == 503:
        headers["retry-after"] = "30"
    if code == 405:
        headers["allow"] = "POST"
    return {"statusCode": code, "headers": headers, "body": json.dumps({"status": status, "reference": reference})}
