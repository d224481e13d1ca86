"""What a webhook adapter is made of. Standard library only.

An adapter is a module with two functions and, if it likes, constants:

    PROVIDER = "github"
    REPLAY_WINDOW = None            # seconds, when the provider signs a time
    MAX_BYTES = 1_048_576           # the largest body that it accepts

    def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None
    def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None

``verify`` sees the raw bytes before anything parses them and raises `Rejected`;
*secrets* holds one secret, or two while one is being rolled. ``normalize`` gets
the parsed JSON and returns None for an event that no build follows from (a ping,
a push to another branch).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Event", "Rejected", "Request"]


@dataclass(frozen=True)
class Request:
    """One HTTP request as it came in.

    Attributes:
        headers: Names in lower case.
        body: The raw bytes.
        now: Seconds since the epoch, when it arrived.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    now: float


@dataclass(frozen=True)
class Event:
    """A verified, normalized webhook: one schema for every provider.

    Attributes:
        provider: As in the address.
        key: Tells one delivery from another; a second one with it is a replay.
        type: ``content.changed``, ``product.changed`` or ``order.placed``.
        build: Whether the site must be built again.
        subject: What changed, in the provider's words, for people.
        detail: Small, JSON, no personal data.
    """

    provider: str
    key: str
    type: str
    build: bool
    subject: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


class Rejected(Exception):
    """The request is refused.

    Attributes:
        status: 400, 401, 409, 413, 415 or 503.
        reference: Machine-readable, says nothing about secrets.
    """

    def __init__(self, status: int, reference: str) -> None:
        super().__init__(status, reference)
        self.status = status
        self.reference = reference
