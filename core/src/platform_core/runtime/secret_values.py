"""Signing secrets, read from Secrets Manager by name and kept for a short time.

While a secret is being rolled the provider may still sign with the old one, so
``AWSPREVIOUS`` counts too, for `ROLL_SECONDS` after the current one was made. It
does not count for ever: a secret that leaked must stop working once it is
replaced. To end it at once, take the label ``AWSPREVIOUS`` off the version.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from platform_core.runtime.adapter import Rejected
from platform_core.runtime.clients import client, code_of, failures

__all__ = ["FRESH_SECONDS", "KEEP_SECONDS", "ROLL_SECONDS", "Secrets"]

KEEP_SECONDS = 60
FRESH_SECONDS = 5
ROLL_SECONDS = 24 * 3600


@dataclass(frozen=True)
class _Kept:
    values: tuple[str, ...]
    read: float


class Secrets:
    """The values of named secrets, the newest first."""

    def __init__(self, clients: Callable[[str], Any] = client, clock: Callable[[], float] = time.time) -> None:
        self._clients = clients
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    def get(self, name: str, *, older_than: float = KEEP_SECONDS) -> tuple[str, ...]:
        """Return the values of *name*, read again when they are *older_than* seconds.

        Raises:
            Rejected: 503 when there is none that could check a signature.
        """
        now = self._clock()
        kept = self._kept.get(name)
        if kept is None or not 0 <= now - kept.read < older_than:
            kept = self._kept[name] = _Kept(self._read(name, now), now)
        return kept.values

    def newer(self, name: str) -> tuple[str, ...] | None:
        """Return the values when they differ from the ones that `get` returned last.

        A signature that fails may have been made with a secret that is newer than
        the kept one. Whoever sends forgeries makes us ask once in `FRESH_SECONDS`.
        """
        known = self._kept.get(name)
        values = self.get(name, older_than=FRESH_SECONDS)
        return None if known is None or values == known.values else values

    def _read(self, name: str, now: float) -> tuple[str, ...]:
        try:
            current = self._clients("secretsmanager").get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
        except failures() as error:
            raise Rejected(503, "secret-unavailable") from error
        values = [_text(current)]
        if now - current["CreatedDate"].timestamp() < ROLL_SECONDS:
            values.append(self._previous(name))
        if not values[0]:
            # An empty key would let everybody sign.
            raise Rejected(503, "secret-unavailable")
        return tuple(dict.fromkeys(value for value in values if value))

    def _previous(self, name: str) -> str:
        try:
            return _text(self._clients("secretsmanager").get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS"))
        except failures() as error:
            if code_of(error) == "ResourceNotFoundException":
                return ""
            raise Rejected(503, "secret-unavailable") from error


def _text(answer: Any) -> str:
    # A secret that was stored from a file often brings the file's last newline.
    return str(answer.get("SecretString") or "").rstrip("\r\n")
