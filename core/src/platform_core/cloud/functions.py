"""A Lambda function as every part of Platform wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from platform_core.cloud.acknowledge import acknowledge
from platform_core.cloud.durations import seconds
from platform_core.cloud.grants import Statement, allow, role

__all__ = ["NodeFunction", "NodeFunctionProps", "PythonFunction", "PythonFunctionProps", "log_group", "write_logs"]


@dataclass(frozen=True)
class PythonFunctionProps:
    """Properties of `PythonFunction`.

    Attributes:
        asset: A folder; its modules are what the function has besides boto3.
        handler: ``package.module.function``.
        files: The only files of *asset* that are taken; all of them when empty.
        environment: Never a secret; a secret's name is fine.
        statements: What the function may do besides writing its log, from `grants.allow`; no more.
        timeout: Seconds.
        memory: MiB; decides the share of a processor too.
        reserved: How many may run at once; None for no bound of its own.
        description: For people.
    """

    asset: str
    handler: str
    files: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    statements: Sequence[Statement] = ()
    timeout: int = 10
    memory: int = 256
    reserved: int | None = None
    description: str = ""


@dataclass(frozen=True)
class NodeFunctionProps(PythonFunctionProps):
    """Properties of `NodeFunction`: those of a `PythonFunction`, and one more.

    Attributes:
        runtime: A Node runtime of Lambda, for which the asset was bundled.
    """

    runtime: str = "nodejs24.x"


class _Function(Construct):
    """A Lambda function on arm64 with a role and a log of its own, and no VPC.

    Attributes:
        function: The function.
        role: Its role; one inline policy.
        log: Its log group.
    """

    def __init__(
        self, scope: Construct, construct_id: str, props: PythonFunctionProps, *, runtime: lambda_.Runtime
    ) -> None:
        super().__init__(scope, construct_id)
        self.log = log_group(self, "Log")
        self.role = role(
            self, "Role", service="lambda.amazonaws.com", statements=[write_logs(self.log), *props.statements]
        )
        self.function = lambda_.Function(
            self,
            "Function",
            architecture=lambda_.Architecture.ARM_64,
            runtime=runtime,
            code=lambda_.Code.from_asset(props.asset, exclude=_all_but(props.files)),
            handler=props.handler,
            environment=dict(props.environment),
            role=self.role,
            log_group=self.log,
            timeout=seconds(props.timeout),
            memory_size=props.memory,
            reserved_concurrent_executions=props.reserved,
            description=props.description,
        )
        language = "Python" if runtime.family == lambda_.RuntimeFamily.PYTHON else "Node"
        acknowledge(
            self.function,
            {
                "AwsSolutions-L1": f"The bundle is tested on this {language} version; a new runtime comes with a new "
                "release of Platform."
            },
        )


class PythonFunction(_Function):
    """A Lambda function whose code is a folder of Python modules."""

    def __init__(self, scope: Construct, construct_id: str, props: PythonFunctionProps) -> None:
        super().__init__(scope, construct_id, props, runtime=lambda_.Runtime.PYTHON_3_13)


class NodeFunction(_Function):
    """A Lambda function whose code is a folder of JavaScript that needs no packages."""

    def __init__(self, scope: Construct, construct_id: str, props: NodeFunctionProps) -> None:
        super().__init__(
            scope, construct_id, props, runtime=lambda_.Runtime(props.runtime, lambda_.RuntimeFamily.NODEJS)
        )


def _all_but(files: Sequence[str]) -> list[str]:
    return ["**", *(f"!{name}" for name in files)] if files else ["**/__pycache__"]


def log_group(scope: Construct, construct_id: str, *, name: str | None = None) -> logs.LogGroup:
    """Return a log group whose lines go after three months."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        retention=logs.RetentionDays.THREE_MONTHS,
        removal_policy=RemovalPolicy.DESTROY,
    )


def write_logs(group: logs.ILogGroup) -> Statement:
    """Allow writing to one log group, and nothing else."""
    return allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], [group.log_group_arn])
