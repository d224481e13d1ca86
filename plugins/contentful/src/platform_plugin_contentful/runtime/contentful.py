"""Check and read Contentful's webhooks: a webhook adapter.

See `platform_core.runtime.adapter` for the contract, and "Request verification" in
Contentful's documentation for the signature: an HMAC of method, path, the headers that
are signed, and the body. Configuration, all optional:

- ``space``: only events of this space count.
- ``environment``: only events of this environment count, unless it is ``master``, which
  may be an alias of an environment with another name.

The address of the webhook must be the plain one, without a query: Contentful encodes a
query in a way of its own before it signs.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.runtime.adapter import Event, Rejected, Request

__all__ = ["MAX_BYTES", "PROVIDER", "REPLAY_WINDOW", "normalize", "signed_at", "verify"]

PROVIDER = "contentful"
MAX_BYTES = 1_048_576
# Contentful tries three times, 30 seconds apart, and does not say whether it signs each try anew.
REPLAY_WINDOW = 300

_PREFIX = "x-contentful-"
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"[0-9]{13}")
_HEADER = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,100}")
_MOST_HEADERS = 50
_TOPIC = re.compile(r"ContentManagement\.(Entry|Asset|ContentType)\.(publish|unpublish|archive|delete)")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MEDIA_TYPES = ("application/vnd.contentful.management.v1+json", "application/json")


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:  # noqa: ARG001 - the contract
    """Refuse a request that Contentful did not sign with one of *secrets*."""
    given = request.headers.get(f"{_PREFIX}signature", "")
    if not given:
        raise Rejected(401, "signature-missing")
    if not _SIGNATURE.fullmatch(given):
        raise Rejected(401, "signature-malformed")
    message = _canonical(request, _signed_headers(request))
    matches = [
        hmac.compare_digest(given, hmac.new(secret.encode(), message, hashlib.sha256).hexdigest())
        for secret in secrets
        if secret
    ]
    if not any(matches):
        raise Rejected(401, "signature-mismatch")
    media_type = request.headers.get("content-type", _MEDIA_TYPES[0]).partition(";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES:
        raise Rejected(415, "content-type-not-json")


def signed_at(request: Request) -> float:
    """Return when the request was signed, in seconds since the epoch."""
    given = request.headers.get(f"{_PREFIX}timestamp", "").strip()
    if not _TIME.fullmatch(given):
        raise Rejected(401, "timestamp-malformed")
    return int(given) / 1000


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
    """Return the event of what visitors can see, else None.

    Saving, and above all saving by itself every few seconds, changes nothing that is
    published.
    """
    topic = _TOPIC.fullmatch(request.headers.get(f"{_PREFIX}topic", "").strip())
    sys = payload.get("sys") if isinstance(payload, dict) else None
    if topic is None or not isinstance(sys, dict):
        return None
    kind, action = topic.groups()
    if sys.get("type") not in (kind, f"Deleted{kind}") or not _is_of(sys, config):
        return None
    found = sys.get("id")
    name = found if isinstance(found, str) and _ID.fullmatch(found) else ""
    return Event(
        provider=PROVIDER,
        # The key that Contentful sends is not always signed. The body holds version and
        # times of what changed, so no two events have the same.
        key=hashlib.sha256(request.body).hexdigest(),
        type="content.changed",
        build=True,
        subject=f"{action} of {kind} {name}".strip(),
        detail={"id": name, "kind": kind, "action": action},
    )


def _signed_headers(request: Request) -> list[str]:
    """Return the names that the signature covers, in its order."""
    names = [name.strip().lower() for name in request.headers.get(f"{_PREFIX}signed-headers", "").split(",")]
    if len(names) > _MOST_HEADERS or not all(map(_HEADER.fullmatch, names)):
        raise Rejected(401, "signed-headers-malformed")
    if not {f"{_PREFIX}timestamp", f"{_PREFIX}signed-headers"} <= set(names):
        # Without these two in it, a signature would be good for ever, and for other headers.
        raise Rejected(401, "signed-headers-incomplete")
    return names


def _canonical(request: Request, names: Sequence[str]) -> bytes:
    headers = ";".join(f"{name}:{request.headers.get(name, '').strip()}" for name in names)
    head = f"{request.method.upper()}\n{request.path}\n{headers}\n"
    return head.encode("utf-8", "surrogateescape") + request.body


def _is_of(sys: Mapping[str, Any], config: Mapping[str, str]) -> bool:
    """Tell whether the event belongs to the site's space and environment."""
    space, environment = _link(sys, "space"), _link(sys, "environment")
    wanted = config.get("environment", "")
    return (config.get("space") or space) == space and (
        wanted in ("", "master") or environment in ("", wanted) or wanted in _aliases(sys)
    )


def _aliases(sys: Mapping[str, Any]) -> set[str]:
    environment = sys.get("environment")
    inner = environment.get("sys") if isinstance(environment, dict) else None
    rows = inner.get("aliases") if isinstance(inner, dict) else None
    return {_link({"alias": row}, "alias") for row in rows} if isinstance(rows, list) else set()


def _link(sys: Mapping[str, Any], name: str) -> str:
    target = sys.get(name)
    inner = target.get("sys") if isinstance(target, dict) else None
    found = inner.get("id") if isinstance(inner, dict) else None
    return found if isinstance(found, str) else ""
