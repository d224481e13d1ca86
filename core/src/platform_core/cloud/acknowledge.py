"""Rules of cdk-nag that do not fit here, each with the reason why."""

from __future__ import annotations

from constructs import IConstruct

__all__ = ["acknowledge"]


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Record why *rule* does not apply to *construct*; `synth --validate` reads it."""
    from aws_cdk import Acknowledgment, Validations

    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
