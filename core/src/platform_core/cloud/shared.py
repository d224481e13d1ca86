"""What the sites of an account share, because CloudFront counts it by account.

An account may have 20 response headers policies, 20 cache policies, 100 functions and
100 origin access controls. What is equal for many sites therefore belongs to none. Each
lies in a small stack that is named by the hash of its content: equal content is one
stack, whichever App deploys it first, and it is never changed, only left behind. A
site's stack imports the id by the name of the export. Destroying a site does not touch
what it shares.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary

from aws_cdk import CfnOutput, Environment, Fn, Stack, Token
from aws_cdk import Stage as CdkStage
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from platform_core.headers import policy_config

__all__ = ["Neighbours", "SharedStack"]

_ORIGIN_ACCESS = {
    "originAccessControlOriginType": "s3",
    "signingBehavior": "always",
    "signingProtocol": "sigv4",
}
_UNVEIL = Path(__file__).with_name("unveil.js")
# What a server says may be kept is kept, and nothing else. The viewer function puts
# release, host and the headers that matter into one header.
_SERVER_CACHE = {
    "defaultTtl": 0,
    "maxTtl": 31_536_000,
    "minTtl": 0,
    "parametersInCacheKeyAndForwardedToOrigin": {
        "enableAcceptEncodingBrotli": True,
        "enableAcceptEncodingGzip": True,
        "cookiesConfig": {"cookieBehavior": "none"},
        "headersConfig": {"headerBehavior": "whitelist", "headers": ["authorization", "x-platform-key"]},
        "queryStringsConfig": {"queryStringBehavior": "all"},
    },
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


class Neighbours:
    """The shared stacks of the App that a site's stack is in.

    Attributes:
        app: The App, or the CDK Stage.
        account: None when the credentials decide.
        region: None likewise.
    """

    _known: ClassVar[WeakKeyDictionary[Construct, dict[str, SharedStack]]] = WeakKeyDictionary()

    def __init__(self, site: Stack) -> None:
        self._site = site
        self.app = cast("Construct", CdkStage.of(site) or site.node.root)
        self.account, self.region = (
            None if Token.is_unresolved(part) else part for part in (site.account, site.region)
        )

    def origin_access(self) -> str:
        """Return the id of the origin access control through which CloudFront reads buckets."""

        def make(stack: SharedStack) -> str:
            config = {**_ORIGIN_ACCESS, "name": f"{stack.stack_name}-{stack.region}"}
            return cloudfront.CfnOriginAccessControl(stack, "Resource", origin_access_control_config=config).attr_id

        return self._import("origin access control", _ORIGIN_ACCESS, make)

    def headers_policy(self, policy: Mapping[str, Sequence[str]], *, https: bool) -> str:
        """Return the id of the response headers policy with this content security policy."""
        config = policy_config(policy, https=https)

        def make(stack: SharedStack) -> str:
            named = {**config, "name": f"{stack.stack_name}-{stack.region}"}
            return cloudfront.CfnResponseHeadersPolicy(stack, "Resource", response_headers_policy_config=named).attr_id

        return self._import("response headers policy", config, make)

    def server_cache(self) -> str:
        """Return the id of the cache policy of sites with a server."""

        def make(stack: SharedStack) -> str:
            named = {**_SERVER_CACHE, "name": f"{stack.stack_name}-{stack.region}"}
            return cloudfront.CfnCachePolicy(stack, "Resource", cache_policy_config=named).attr_id

        return self._import("cache policy of servers", _SERVER_CACHE, make)

    def unveil(self) -> str:
        """Return the ARN of the function that gives a server's 404 its status back."""
        source = _UNVEIL.read_text("utf-8")

        def make(stack: SharedStack) -> str:
            return cloudfront.Function(
                stack,
                "Resource",
                function_name=f"{stack.stack_name}-{stack.region}",
                code=cloudfront.FunctionCode.from_inline(source),
                runtime=cloudfront.FunctionRuntime.JS_2_0,
            ).function_arn

        return self._import("function for a server's 404", {"source": source}, make)

    def _import(self, what: str, content: Mapping[str, Any], make: Callable[[SharedStack], str]) -> str:
        """Find the shared stack with *content*, or make it, and import its id."""
        text = json.dumps([what, content], sort_keys=True)
        name = f"platform-edge-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        # One App may hold sites of several accounts and regions.
        construct_id = "-".join(part for part in (name, self.account, self.region) if part)
        stacks = self._known.setdefault(self.app, {})
        if construct_id not in stacks:
            env = Environment(account=self.account, region=self.region)
            made = SharedStack(self.app, construct_id, name=name, env=env, description=f"Shared by sites: {what}.")
            made.export(make(made))
            stacks[construct_id] = made
        self._site.add_stack_dependency(stacks[construct_id])
        return Fn.import_value(stacks[construct_id].export_name)
