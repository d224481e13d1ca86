"""The edge: one distribution, its viewer function and the store that the function reads."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aws_cdk import Fn
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from platform_core.cloud.acknowledge import acknowledge
from platform_core.cloud.durations import seconds

__all__ = ["ERROR_PAGE", "PLATFORM_PATHS", "VIEWER_SOURCE", "Edge", "EdgeProps", "viewer_code"]

ERROR_PAGE = "/_errors/404.html"
PLATFORM_PATHS = "/_platform/*"
VIEWER_SOURCE = Path(__file__).with_name("viewer.js")
_MARKER = "__DEFAULT_HOST__"
_LIMIT = 10_240


@dataclass(frozen=True)
class EdgeProps:
    """Properties of `Edge`.

    Attributes:
        name: Of the function and the store; unique in the account, at most 64 characters.
        host: Whose release an unknown host name gets, such as the distribution's own.
        bucket: Where the releases lie.
        origin_access_id: The shared origin access control.
        headers: Path pattern -> id of a response headers policy; ``*`` is the site's own.
        certificate: For *host*; without one the distribution answers under its own name.
        server_cache_id: The shared cache policy of sites with a server; empty without one.
        unveil_arn: The shared function that gives a server's 404 its status back.
    """

    name: str
    host: str
    bucket: s3.IBucket
    origin_access_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    certificate: acm.ICertificate | None = None
    server_cache_id: str = ""
    unveil_arn: str = ""


class Edge(Construct):
    """A distribution that serves the live release.

    Attributes:
        distribution: The distribution.
        distribution_id: Its id.
        domain: Its own host name.
        store: The key value store; says which release is live.
        store_arn: Its ARN.
        viewer: The viewer function.
    """

    def __init__(self, scope: Construct, construct_id: str, props: EdgeProps) -> None:
        super().__init__(scope, construct_id)
        self.store = cloudfront.KeyValueStore(self, "Store", key_value_store_name=props.name)
        self.viewer = cloudfront.Function(
            self,
            "Viewer",
            function_name=props.name,
            code=cloudfront.FunctionCode.from_inline(viewer_code(props.host)),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            key_value_store=self.store,
        )
        self._server = self._server_behaviour(props) if props.server_cache_id else {}
        self._policies = {
            pattern: cloudfront.ResponseHeadersPolicy.from_response_headers_policy_id(self, f"Headers{number}", policy)
            for number, (pattern, policy) in enumerate(props.headers.items())
        }
        self.distribution = self._make_distribution(props)
        self.domain = self.distribution.distribution_domain_name
        self.distribution_id = self.distribution.distribution_id
        self.store_arn = self.store.key_value_store_arn

    def forward(self, api_domain: str) -> None:
        """Send ``/_platform/*`` to an API: never cached, everything but the Host header passed on."""
        self.distribution.add_behavior(
            PLATFORM_PATHS,
            origins.HttpOrigin(api_domain, protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY),
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=self._policies.get("*"),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        )

    def _make_distribution(self, props: EdgeProps) -> cloudfront.Distribution:
        origin = origins.S3BucketOrigin.with_bucket_defaults(
            props.bucket, origin_access_control_id=props.origin_access_id
        )
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=props.host,
            default_behavior=self._pages(origin, "*"),
            additional_behaviors={
                pattern: self._pages(origin, pattern) for pattern in self._policies if pattern != "*"
            },
            default_root_object="index.html",
            error_responses=[_missing_page()],
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            # CloudFront's own certificate comes with a policy that can't be changed.
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if props.certificate else None,
            certificate=props.certificate,
            domain_names=[props.host] if props.certificate else None,
        )
        _acknowledge_open(distribution, certified=props.certificate is not None)
        return distribution

    def _server_behaviour(self, props: EdgeProps) -> dict[str, Any]:
        """Return what differs where a server may answer: all methods, and all that a viewer sends."""
        name = Fn.select(1, Fn.split("/", props.unveil_arn))
        unveil = cloudfront.Function.from_function_attributes(
            self, "Unveil", function_arn=props.unveil_arn, function_name=name
        )
        return {
            "allowed_methods": cloudfront.AllowedMethods.ALLOW_ALL,
            "cache_policy": cloudfront.CachePolicy.from_cache_policy_id(self, "ServerCache", props.server_cache_id),
            "origin_request_policy": cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            "function_associations": [
                self._association(self.viewer, cloudfront.FunctionEventType.VIEWER_REQUEST),
                self._association(unveil, cloudfront.FunctionEventType.VIEWER_RESPONSE),
            ],
        }

    @staticmethod
    def _association(
        function: cloudfront.IFunction, event: cloudfront.FunctionEventType
    ) -> cloudfront.FunctionAssociation:
        return cloudfront.FunctionAssociation(function=function, event_type=event)

    def _pages(self, origin: cloudfront.IOrigin, pattern: str) -> cloudfront.BehaviorOptions:
        """Return how pages are served. The cache key is the path that the function wrote."""
        options: dict[str, Any] = self._server or {
            "cache_policy": cloudfront.CachePolicy.CACHING_OPTIMIZED,
            "function_associations": [self._association(self.viewer, cloudfront.FunctionEventType.VIEWER_REQUEST)],
        }
        return cloudfront.BehaviorOptions(
            **options,
            origin=origin,
            compress=True,
            response_headers_policy=self._policies.get(pattern),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )


def viewer_code(host: str) -> str:
    """Return the source of the viewer function for a site.

    Raises:
        ValueError: It is more than CloudFront takes.
    """
    code = _viewer_source().replace(_MARKER, host)
    if len(code.encode()) > _LIMIT:
        raise ValueError(f"the viewer function has {len(code.encode())} bytes, and CloudFront takes {_LIMIT}")
    return code


@functools.cache
def _viewer_source() -> str:
    return VIEWER_SOURCE.read_text("utf-8")


def _missing_page() -> cloudfront.ErrorResponse:
    # 403 is not mapped: error pages hold for every behaviour, so a refusal of the API, or
    # a broken bucket policy, would look like a missing page.
    return cloudfront.ErrorResponse(
        http_status=404, response_http_status=404, response_page_path=ERROR_PAGE, ttl=seconds(60)
    )


def _acknowledge_open(distribution: cloudfront.Distribution, *, certified: bool) -> None:
    reasons = {
        "AwsSolutions-CFR1": "The site is public; which countries its owner wants to keep out is not ours to guess.",
        "AwsSolutions-CFR2": "What lies behind is immutable files, read-only, an API that checks a signature on "
        "each request and is throttled, and the site's own server if it has one. A web ACL has a monthly price for each site; the account's Firewall Manager "
        "can attach one.",
        "AwsSolutions-CFR3": "Access logs hold visitors' IP addresses, which are personal data that a site should not "
        "collect unless its owner asks for it. CloudFront's metrics and the API's own access log are there.",
        "AwsSolutions-CFR7": "The origin has an origin access control; its id is imported from the stack that sites "
        "share, and the rule can't follow an import.",
    }
    if not certified:
        reasons["AwsSolutions-CFR4"] = (
            "Without a hosted zone in site.toml the site answers under CloudFront's own name, whose certificate "
            "comes with a protocol policy that can't be changed."
        )
    acknowledge(distribution, reasons)
