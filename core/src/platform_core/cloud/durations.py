"""Durations of CDK, each made once: they don't change, and each costs a call into Node."""

from __future__ import annotations

import functools

from aws_cdk import Duration

__all__ = ["days", "seconds"]


@functools.cache
def days(count: int) -> Duration:
    """Return *count* days."""
    return Duration.days(count)


@functools.cache
def seconds(count: int) -> Duration:
    """Return *count* seconds."""
    return Duration.seconds(count)
