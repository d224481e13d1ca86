"""The HTTP API behind ``/_platform/*``: webhooks, and what plugins add."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_apigatewayv2 as apigw
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from platform_core.cloud.acknowledge import acknowledge
from platform_core.cloud.functions import log_group

__all__ = ["Gateway"]

_PER_SECOND = 20
_BURST = 40
# No address of a caller: what is worth knowing of a webhook is in the router's own log.
_LOG_FORMAT = json.dumps(
    {
        "request": "$context.requestId",
        "time": "$context.requestTime",
        "route": "$context.routeKey",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "milliseconds": "$context.responseLatency",
        "error": "$context.integrationErrorMessage",
    }
)


class Gateway(Construct):
    """An HTTP API with throttling and an access log.

    Attributes:
        api: The API.
        id: Its id.
        domain: Its host name.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        self.api = apigw.HttpApi(self, "Api", create_default_stage=False)
        self.id = self.api.api_id
        # API Gateway writes through a resource policy of the account, which a fleet would
        # fill; names that begin like this need none.
        self.log = log_group(self, "Log", name=f"/aws/vendedlogs/{stack.stack_name}/api")
        self.stage = apigw.CfnStage(
            self,
            "Stage",
            api_id=self.id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings={"throttlingRateLimit": _PER_SECOND, "throttlingBurstLimit": _BURST},
            access_log_settings={"destinationArn": self.log.log_group_arn, "format": _LOG_FORMAT},
        )
        self.domain = f"{self.id}.execute-api.{stack.region}.{stack.url_suffix}"

    def route(self, construct_id: str, path: str, methods: Sequence[str], function: lambda_.IFunction) -> None:
        """Let *function* answer for *path*.

        Args:
            construct_id: Unique among the routes of the stack.
            path: Below ``/_platform/``; may hold ``{name}``.
            methods: For example ``["GET"]``.
            function: Gets events of payload format 2.0.
        """
        if not path.startswith("/_platform/"):
            raise ValueError(f"{path!r} is not below /_platform/, so CloudFront would not send it here")
        made = self.api.add_routes(
            path=path,
            methods=[apigw.HttpMethod[method] for method in methods],
            integration=integrations.HttpLambdaIntegration(construct_id, function),
        )
        for item in made:
            acknowledge(
                item,
                {
                    "AwsSolutions-APIG4": "Who calls has no account here. The function itself authenticates each "
                    "request: a webhook by its signature, a login by its state and PKCE."
                },
            )
