"""Rules of cdk-nag that do not fit here, each with the reason why."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

__all__ = ["acknowledge", "nobody_reads"]

_read: ContextVar[bool] = ContextVar("_read", default=True)


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Record why each rule does not apply to *construct*; validation reads it.

    Args:
        construct: What the rules find fault with.
        reasons: Rule -> reason.
    """
    if _read.get():
        rules = [Acknowledgment(id=rule, reason=reason) for rule, reason in reasons.items()]
        Validations.of(construct).acknowledge(*rules)


@contextlib.contextmanager
def nobody_reads() -> Iterator[None]:
    """Leave acknowledgements out of an App that is not validated.

    They are no part of a template, and make a tenth of the time that an App takes.
    """
    token = _read.set(False)
    try:
        yield
    finally:
        _read.reset(token)
