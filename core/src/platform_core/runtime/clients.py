"""AWS clients that are made when they are first needed, and then kept."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

__all__ = ["answer_of", "client", "code_of", "failures"]


@functools.cache
def client(service: str) -> Any:
    """Return the one client of *service* in this process.

    Providers hang up after five to ten seconds, so a call that stands still has
    to fail before that, while there is time to answer 503.
    """
    import boto3
    from botocore.config import Config

    patience = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2})
    return boto3.client(service, config=patience)


def failures() -> tuple[type[Exception], ...]:
    """Return what a client raises; for ``except``, which asks only when something was raised."""
    from botocore.exceptions import BotoCoreError, ClientError

    return (BotoCoreError, ClientError)


def answer_of(error: BaseException) -> Mapping[str, Any]:
    """Return what AWS answered with *error*; empty when no answer came, which botocore tells with None."""
    return getattr(error, "response", None) or {}


def code_of(error: BaseException) -> str:
    """Return AWS's code of *error*, empty when there is none."""
    return str(answer_of(error).get("Error", {}).get("Code", ""))
