"""Check and read TinaCloud's events: a webhook adapter.

See `platform_core.runtime.adapter` for the contract. TinaCloud signs nothing; it sends
the headers that its project is told to send. So one of them holds a secret, and who
knows that secret could send any event: keep it as one keeps a password. Configuration:

- ``header``: the header's name, in lower case.
- ``client_id``: only events of this project count; optional.
- ``branch``: only changes of this branch count; optional.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.runtime.adapter import Event, Rejected, Request

__all__ = ["MAX_BYTES", "PROVIDER", "normalize", "verify"]

PROVIDER = "tinacloud"
MAX_BYTES = 262_144

_DEFAULT_HEADER = "x-platform-token"
_TYPES = frozenset({"content.added", "content.modified", "content.removed"})
_EVENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_MOST_PATHS = 20


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:
    """Refuse a request whose header does not hold one of *secrets*."""
    given = request.headers.get(config.get("header") or _DEFAULT_HEADER, "")
    if not given:
        raise Rejected(401, "token-missing")
    # Digests have one length, so the comparison tells nothing of the secret's.
    matches = [hmac.compare_digest(_digest(given), _digest(secret)) for secret in secrets if secret]
    if not any(matches):
        raise Rejected(401, "token-mismatch")
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Rejected(415, "content-type-not-json")


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
    """Return the event of a change to the site's content, else None."""
    if not isinstance(payload, dict) or _text(payload, "type") not in _TYPES:
        return None
    branch, project = _text(payload, "branch"), _text(payload, "clientId")
    if not branch or (config.get("branch") or branch) != branch:
        return None
    if config.get("client_id") and config["client_id"] != project:
        return None
    identity = _text(payload, "eventId")
    paths = payload.get("paths")
    names = [path[:200] for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
    return Event(
        provider=PROVIDER,
        key=identity if _EVENT_ID.fullmatch(identity) else hashlib.sha256(request.body).hexdigest(),
        type="content.changed",
        build=True,
        subject=f"{payload['type']} in {branch}: {', '.join(names[:3]) or 'no paths'}"[:200],
        detail={"branch": branch[:200], "paths": names[:_MOST_PATHS], "count": len(names)},
    )


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()
