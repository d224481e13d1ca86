"""What the sites of an account share, because CloudFront counts it by account.

An account may have 20 response headers policies and 100 origin access controls.
So neither belongs to a site. Each lies in a small stack that is named by the hash
of its content: equal content is one stack, whichever App deploys it first, and it
is never changed, only left behind. A site's stack imports the id by the name of the
export. Destroying a site does not touch what it shares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from aws_cdk import CfnOutput, Environment, Fn, Stack, Token
from aws_cdk import Stage as CdkStage
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from platform_core.cloud.headers import policy_config

__all__ = ["SharedStack", "app_of", "shared_headers_policy", "shared_origin_access"]

_ORIGIN_ACCESS = {
    "originAccessControlOriginType": "s3",
    "signingBehavior": "always",
    "signingProtocol": "sigv4",
}


class SharedStack(Stack):
    """One shared resource, and the export of its id.

    Attributes:
        export_name: Under which other stacks of the region import the id.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, env: Environment, description: str) -> None:
        super().__init__(
            scope, construct_id, stack_name=name, env=env, description=description, analytics_reporting=False
        )
        self.export_name = f"{name}-id"

    def export(self, value: str) -> None:
        """Export the id of the one resource."""
        CfnOutput(self, "Id", value=value, export_name=self.export_name)


def shared_origin_access(site: Stack) -> str:
    """Return the id of the origin access control through which CloudFront reads buckets."""

    def make(stack: SharedStack) -> str:
        config = {**_ORIGIN_ACCESS, "name": f"{stack.stack_name}-{stack.region}"}
        return cloudfront.CfnOriginAccessControl(stack, "Resource", origin_access_control_config=config).attr_id

    return _shared(site, "origin access control", _ORIGIN_ACCESS, make)


def shared_headers_policy(site: Stack, policy: Mapping[str, Sequence[str]], *, https: bool) -> str:
    """Return the id of the response headers policy with this content security policy."""
    config = policy_config(policy, https=https)

    def make(stack: SharedStack) -> str:
        named = {**config, "name": f"{stack.stack_name}-{stack.region}"}
        return cloudfront.CfnResponseHeadersPolicy(stack, "Resource", response_headers_policy_config=named).attr_id

    return _shared(site, "response headers policy", config, make)


def _shared(site: Stack, what: str, content: Mapping[str, Any], make: Any) -> str:
    """Find or make the shared stack in the App of *site*, and import its id."""
    text = json.dumps([what, content], sort_keys=True)
    name = f"platform-edge-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    app = app_of(site)
    # One App may hold sites of several accounts and regions.
    account, region = _known(site.account), _known(site.region)
    construct_id = "-".join(part for part in (name, account, region) if part)
    stack = app.node.try_find_child(construct_id)
    if stack is None:
        env = Environment(account=account, region=region)
        stack = SharedStack(app, construct_id, name=name, env=env, description=f"Shared by sites: {what}.")
        stack.export(make(stack))
    found = cast("SharedStack", stack)
    site.add_stack_dependency(found)
    return Fn.import_value(found.export_name)


def app_of(stack: Stack) -> Construct:
    """Return the App, or the CDK Stage, that a new neighbour of *stack* belongs to."""
    return cast("Construct", CdkStage.of(stack) or stack.node.root)


def _known(value: str) -> str | None:
    return None if Token.is_unresolved(value) else value
