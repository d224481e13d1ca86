"""Check and read GitHub's push events: a webhook adapter.

See `platform_core.runtime.adapter` for the contract. Configuration, all optional:

- ``repository``: only pushes to this ``owner/name`` count.
- ``branch``: only pushes to it count; drafts of the editorial workflow are pushed
  to branches of their own, and must not start builds.
- ``folder``: only pushes that change something below it count.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from platform_core.runtime.adapter import Event, Rejected, Request

__all__ = ["MAX_BYTES", "PROVIDER", "normalize", "verify"]

PROVIDER = "github"
MAX_BYTES = 1_048_576

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SKIP = re.compile(r"\[(?:skip ci|ci skip|no ci)\]", re.IGNORECASE)
_HEADS = "refs/heads/"


def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:  # noqa: ARG001 - the contract
    """Refuse a request that GitHub did not sign with one of *secrets*."""
    given = request.headers.get("x-hub-signature-256", "")
    if not given:
        raise Rejected(401, "signature-missing")
    if not _SIGNATURE.fullmatch(given):
        raise Rejected(401, "signature-malformed")
    matches = [hmac.compare_digest(given, _signature(secret, request.body)) for secret in secrets if secret]
    if not any(matches):
        raise Rejected(401, "signature-mismatch")
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json":
        # GitHub's other choice is a form; the webhook is set up wrongly.
        raise Rejected(415, "content-type-not-json")


def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
    """Return the event of a push that changes the site, else None.

    The event's name comes in a header that is not signed, so the body must look
    like a push too.
    """
    if request.headers.get("x-github-event") != "push" or not isinstance(payload, dict):
        return None
    ref, commit = payload.get("ref"), payload.get("after")
    repository = _text(payload.get("repository"), "full_name")
    if not isinstance(ref, str) or not ref.startswith(_HEADS) or not _is_commit(commit) or not repository:
        return None
    branch = ref.removeprefix(_HEADS)
    wanted = config.get("repository", "")
    if payload.get("deleted") or (config.get("branch") or branch) != branch:
        return None
    if wanted and wanted.lower() != repository.lower():
        return None
    if _SKIP.search(_text(payload.get("head_commit"), "message")) or not _touches(payload, config.get("folder", "")):
        return None
    return Event(
        provider=PROVIDER,
        # GitHub's own id of a delivery is in a header that is not signed. The body
        # names the commits before and after, so no two pushes have the same.
        key=hashlib.sha256(request.body).hexdigest(),
        type="content.changed",
        build=True,
        subject=f"push to {branch}, now at {str(commit)[:7]}"[:200],
        detail={"repository": repository[:200], "branch": branch[:200], "commit": commit},
    )


def _signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _is_commit(value: Any) -> bool:
    return isinstance(value, str) and bool(_COMMIT.fullmatch(value)) and bool(value.strip("0"))


def _text(table: Any, key: str) -> str:
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, str) else ""


def _touches(payload: Mapping[str, Any], folder: str) -> bool:
    """Tell whether a push changes something below *folder*; yes, when that is unknown."""
    commits = payload.get("commits")
    if not folder or not isinstance(commits, list) or not commits or payload.get("forced") or payload.get("created"):
        return True
    paths: list[str] = []
    for commit in commits:
        lists = [commit.get(kind) for kind in ("added", "removed", "modified")] if isinstance(commit, dict) else [None]
        if not all(isinstance(item, list) for item in lists):
            return True
        paths += [path for item in lists if item for path in item if isinstance(path, str)]
    # A merge lists no paths of its own, and a very large push is cut short.
    return not paths or len(commits) >= _MOST_COMMITS or any(path.startswith(f"{folder}/") for path in paths)


_MOST_COMMITS = 20
