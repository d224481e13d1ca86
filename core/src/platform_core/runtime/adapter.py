"""What a webhook adapter is made of. Standard library only.

An adapter is a module with two functions and, if it likes, a third and constants:

    MAX_BYTES = 1_048_576           # the largest body that it accepts; never more than 1 MiB
    ACCEPTED_STATUS = 202           # 200 for a provider that takes nothing else for success
    DUPLICATE_STATUS = 409          # 200 for a provider that takes 409 for a failure and tries again
    REPLAY_WINDOW = None            # seconds, when the provider signs a time

    def verify(request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None
    def normalize(request: Request, payload: Any, config: Mapping[str, str]) -> Event | None
    def signed_at(request: Request) -> float        # required with REPLAY_WINDOW

``verify`` sees the raw bytes before anything parses them and raises `Rejected`;
*secrets* holds one secret, or two while one is being rolled. It returns None: any
other value is a fault, so that ``return hmac.compare_digest(...)`` does not let
everybody in. An ``OSError`` in it (a provider that can't be asked) answers 503.
``signed_at`` is called after ``verify``; the router compares it with the clock.
``normalize`` gets the parsed JSON, changes nothing, and returns None for an event
that no build follows from (a ping, a push to another branch).

The one import that is allowed beside the standard library is this module, as
`platform_core.runtime.adapter`; the address is the same in the Lambda asset.
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
        path: As the provider was told it: ``/_platform/webhooks/<provider>``.
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
        provider: As in the address; the router sets it.
        key: Tells one event from another; a second one with it is a replay. Make it
            from what the signature covers: who replays a body can change any
            header that is not signed.
        type: ``content.changed``, ``product.changed``, ``order.placed``, ``order.changed``
            or ``subscription.changed``.
        build: Whether the site must be built again.
        subject: What changed, in the provider's words, for people.
        detail: JSON of at most 32 KiB (a larger one is left out), no personal data.
    """

    provider: str
    key: str
    type: str
    build: bool
    subject: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


class Rejected(Exception):  # noqa: N818 - an answer to a request, not an error of ours
    """The request is refused.

    Attributes:
        status: 400, 401, 409, 413, 415 or 503.
        reference: Machine-readable, says nothing about secrets.
    """

    def __init__(self, status: int, reference: str) -> None:
        super().__init__(status, reference)
        self.status = status
        self.reference = reference
