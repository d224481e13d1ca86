"""The function that renders what is asked, for sites with ``rendering = "server"``."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from platform_core.cloud.acknowledge import acknowledge
from platform_core.cloud.durations import seconds
from platform_core.cloud.functions import log_group, write_logs
from platform_core.cloud.grants import role
from platform_core.runtime.server_code import GUARD

__all__ = ["ServerFunction", "ServerFunctionProps"]


@dataclass(frozen=True)
class ServerFunctionProps:
    """Properties of `ServerFunction`.

    Attributes:
        runtime: A Node runtime of Lambda, such as ``nodejs24.x``.
        memory: MiB; decides the share of a processor too.
        timeout: Seconds.
    """

    runtime: str = "nodejs24.x"
    memory: int = 1024
    timeout: int = 20


class ServerFunction(Construct):
    """A Lambda function on arm64 whose code comes with each release.

    The stack brings the guard alone, which answers that nothing is published yet. A
    publisher makes an immutable version for each release, with an address of its own;
    the newest code, which has no address, serves nobody.

    Attributes:
        function: The function.
        name: Its name.
        arn: Its ARN.
        log: Its log group.
    """

    def __init__(self, scope: Construct, construct_id: str, props: ServerFunctionProps) -> None:
        super().__init__(scope, construct_id)
        self.log = log_group(self, "Log")
        self.role = role(self, "Role", service="lambda.amazonaws.com", statements=[write_logs(self.log)])
        self.function = lambda_.Function(
            self,
            "Function",
            architecture=lambda_.Architecture.ARM_64,
            runtime=lambda_.Runtime(props.runtime, lambda_.RuntimeFamily.NODEJS, supports_inline_code=True),
            code=lambda_.Code.from_asset(str(GUARD.parent)),
            handler=f"{GUARD.stem}.handler",
            role=self.role,
            log_group=self.log,
            timeout=seconds(props.timeout),
            memory_size=props.memory,
            description="Renders what the site's release has no file for.",
        )
        self.name = self.function.function_name
        self.arn = self.function.function_arn
        acknowledge(
            self.function,
            {
                "AwsSolutions-L1": "The engine's plugin names the Node version that its server code was built for; a "
                "new one comes with a new release of the plugin."
            },
        )
