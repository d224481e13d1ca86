"""Secrets are named, never held: what a role needs in order to read one by its name."""

from __future__ import annotations

from aws_cdk import Aws, Stack
from constructs import Construct

__all__ = ["secret_arn"]


def secret_arn(scope: Construct, name: str) -> str:
    """Return the ARN of a secret by its name; AWS adds six characters of its own."""
    stack = Stack.of(scope)
    return f"arn:{Aws.PARTITION}:secretsmanager:{stack.region}:{stack.account}:secret:{name}-??????"
