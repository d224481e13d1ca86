"""What a role may do, as plain statements: exactly what is called, on exactly what it is called on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

__all__ = ["Statement", "allow", "role"]

Statement = Mapping[str, Any]
"""One statement of a policy, in IAM's own JSON."""


def allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], *, conditions: Mapping[str, Any] | None = None
) -> Statement:
    """Return a statement that allows *actions* on *resources*."""
    statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return statement | ({"Condition": conditions} if conditions else {})


def role(scope: Construct, construct_id: str, *, service: str, statements: Sequence[Statement]) -> iam.Role:
    """Return a role of an AWS service with one inline policy, and no managed one.

    Args:
        scope: Of the role.
        construct_id: Of the role.
        service: For example ``lambda.amazonaws.com``.
        statements: From `allow`.
    """
    # One call over the bridge to Node, where a PolicyStatement each would be five.
    document = iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": list(statements)})
    return iam.Role(scope, construct_id, assumed_by=iam.ServicePrincipal(service), inline_policies={"work": document})
