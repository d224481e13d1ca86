"""The adapters of a router: found by provider, called so that a fault of theirs refuses.

Each lies in the package `adapters` beside this module, which only the Lambda asset
has. This is the one place where code of a plugin runs in the router.
"""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, cast

from platform_core.runtime.adapter import Event, Rejected, Request
from platform_core.runtime.gateway import GLOBAL_MAX_BYTES

__all__ = ["Adapter", "load"]

_REFERENCE = re.compile(r"[a-z][a-z0-9-]{0,63}")
_TYPE = re.compile(r"[a-z]+(?:\.[a-z-]+){1,4}")
_STATUSES = frozenset({400, 401, 409, 413, 415, 503})


def load(provider: str) -> Adapter:
    """Return the adapter of *provider*, which must be one that was configured.

    Raises:
        Rejected: 503 when the asset does not hold it.
    """
    try:
        return Adapter(importlib.import_module(f"{__package__}.adapters.{provider}"))
    except Exception as error:  # a plugin's module may raise anything
        raise Rejected(503, "adapter-unavailable") from error


class Adapter:
    """A plugin's adapter module behind a fence."""

    def __init__(self, module: ModuleType) -> None:
        self.max_bytes: int = min(getattr(module, "MAX_BYTES", GLOBAL_MAX_BYTES), GLOBAL_MAX_BYTES)
        self.accepted: int = 200 if getattr(module, "ACCEPTED_STATUS", 202) == 200 else 202
        self.duplicate: int = 200 if getattr(module, "DUPLICATE_STATUS", 409) == 200 else 409
        self.window: float | None = getattr(module, "REPLAY_WINDOW", None)
        self._verify: Callable[..., None] = module.verify
        self._normalize: Callable[..., Event | None] = module.normalize
        self._signed_at: Callable[[Request], float] = module.signed_at if self.window else _unsigned

    def verify(self, request: Request, secrets: Sequence[str], config: Mapping[str, str]) -> None:
        """Check the signature.

        Raises:
            Rejected: It is not genuine, or that can't be found out.
        """
        try:
            verdict: object = self._verify(request, secrets, config)
        except Rejected as refused:
            raise _tamed(refused) from refused.__cause__
        except OSError as error:
            raise Rejected(503, "verification-unavailable") from error
        except Exception as error:  # what a stranger's bytes bring down was not verified
            raise Rejected(401, "not-verified") from error
        if verdict is not None:
            raise Rejected(401, "not-verified")

    def check_time(self, request: Request) -> None:
        """Refuse a request that was signed too long ago, or too far ahead.

        Raises:
            Rejected: 401.
        """
        if not self.window:
            return
        try:
            age = abs(request.now - float(self._signed_at(request)))
        except Rejected as refused:
            raise _tamed(refused) from refused.__cause__
        except Exception as error:  # a time that can't be read is no time
            raise Rejected(401, "outside-replay-window") from error
        if math.isnan(age) or age > self.window:
            raise Rejected(401, "outside-replay-window")

    def normalize(self, request: Request, payload: Any, config: Mapping[str, str]) -> Event | None:
        """Read the event.

        Raises:
            Rejected: 400 from the adapter, 503 when it failed: the event is genuine
                and must come again rather than be lost.
        """
        try:
            event: object = self._normalize(request, payload, config)
        except Rejected as refused:
            raise _tamed(refused) from refused.__cause__
        except Exception as error:  # the boundary to a plugin
            raise Rejected(503, "adapter-fault") from error
        if event is None or _fits(event):
            return cast("Event | None", event)
        raise Rejected(503, "adapter-fault")


def _unsigned(request: Request) -> float:
    return request.now


def _fits(event: object) -> bool:
    return (
        isinstance(event, Event)
        and isinstance(event.key, str)
        and bool(event.key)
        and isinstance(event.type, str)
        and bool(_TYPE.fullmatch(event.type))
        and isinstance(event.build, bool)
        and isinstance(event.subject, str)
        and isinstance(event.detail, Mapping)
    )


def _tamed(refused: Rejected) -> Rejected:
    """Keep an adapter from answering with a success or a redirect."""
    status = refused.status if refused.status in _STATUSES else 401
    known = isinstance(refused.reference, str) and _REFERENCE.fullmatch(refused.reference)
    return Rejected(status, refused.reference if known else "refused")
