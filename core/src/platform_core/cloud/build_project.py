"""The build machine: a CodeBuild project that builds the site and publishes a release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from constructs import Construct

from platform_core.cloud.acknowledge import acknowledge
from platform_core.cloud.functions import log_group, write_logs
from platform_core.cloud.grants import Statement, allow, role
from platform_core.cloud.secrets import secret_arn
from platform_core.cloud.storage import Storage
from platform_core.outputs import SOURCE_KEY

__all__ = ["BUILD_MINUTES", "BuildProject", "BuildProjectProps", "build_spec"]

BUILD_MINUTES = 30
# The builds of an account wait in one line, each site at one place of it. The longest time that
# there is: a build that waited too long would lose its place, and waiting costs nothing.
_QUEUED_MINUTES = 480
_IMAGE = "aws/codebuild/amazonlinux2023-aarch64-standard:3.0"
_PYTHON = "3.13"
_WHEELS = ".platform/wheels"
# What `platform_core.runtime.publisher` reads and writes.
_OWN_PREFIXES = ("_errors/*", "history/*", "manifests/*", "releases/*", "retired/*")
_SERVER_PREFIX = "server/*"
_CACHE = "cache"
# What a build would bring anew each time: packages as they are downloaded, what plugins build for
# all sites, and the documents from which `platform pull` goes on. All of it can be made again, so
# losing it costs time alone. Unpacked packages are too many files to be worth their way.
_CACHED = (
    ".platform/sources/**/*",
    "/root/.cache/pip/**/*",
    "/root/.cache/platform/built/**/*",
    "/root/.npm/_cacache/**/*",
)


@dataclass(frozen=True)
class BuildProjectProps:
    """Properties of `BuildProject`.

    Attributes:
        storage: Source and releases.
        store_arn: The key value store, in which a release is made live.
        install: Shell commands of the engine's build plan.
        requirements: ``name==version`` of Platform and the chosen plugins.
        environment: Variables of the build; never a secret.
        repository: GitHub ``owner/name``; the uploaded source when empty.
        connection: CodeConnections ARN for a private repository.
        server_arn: The function that renders, of which a build publishes versions; empty without one.
        secrets: Variable of the build -> name of the Secrets Manager entry that it holds.
    """

    storage: Storage
    store_arn: str
    install: Sequence[str]
    requirements: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    repository: str = ""
    connection: str = ""
    server_arn: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)


class BuildProject(Construct):
    """A CodeBuild project; one build at a time, so that no release overtakes another.

    Attributes:
        project: The project.
        name: Its name.
        arn: Its ARN.
        role: Its role.
        log: Its log group.
    """

    def __init__(self, scope: Construct, construct_id: str, props: BuildProjectProps) -> None:
        super().__init__(scope, construct_id)
        self.log = log_group(self, "Log")
        self._environment = dict(props.environment)
        self._secrets = dict(props.secrets)
        self.role = role(
            self,
            "Role",
            service="codebuild.amazonaws.com",
            statements=[write_logs(self.log), *_statements(props), *_read_secrets(self, props.secrets)],
        )
        self.project = codebuild.CfnProject(
            self,
            "Project",
            artifacts={"type": "NO_ARTIFACTS"},
            cache={"type": "S3", "location": f"{props.storage.name}/{_CACHE}"},
            concurrent_build_limit=1,
            environment=self._machine(),
            logs_config={"cloudWatchLogs": {"status": "ENABLED", "groupName": self.log.log_group_name}},
            service_role=self.role.role_arn,
            source=_source(props),
            timeout_in_minutes=BUILD_MINUTES,
            queued_timeout_in_minutes=_QUEUED_MINUTES,
        )
        self.name = self.project.ref
        self.arn = self.project.attr_arn
        _acknowledge(self, props)

    def add_environment(self, name: str, value: str) -> None:
        """Add a variable of the build."""
        self._environment[name] = value
        self.project.environment = self._machine()

    def allow(self, statement: Statement) -> None:
        """Let builds do one thing more, for example read a provider's token."""
        self.role.add_to_policy(iam.PolicyStatement.from_json(statement))

    def _machine(self) -> codebuild.CfnProject.EnvironmentProperty:
        return codebuild.CfnProject.EnvironmentProperty(
            type="ARM_CONTAINER",
            compute_type="BUILD_GENERAL1_SMALL",
            image=_IMAGE,
            privileged_mode=False,
            environment_variables=[
                codebuild.CfnProject.EnvironmentVariableProperty(name=name, value=value)
                for name, value in sorted(self._environment.items())
            ]
            + [
                codebuild.CfnProject.EnvironmentVariableProperty(name=name, value=secret, type="SECRETS_MANAGER")
                for name, secret in sorted(self._secrets.items())
            ],
        )


def build_spec(install: Sequence[str], requirements: Sequence[str]) -> dict[str, Any]:
    """Return the phases of a build.

    Wheels in the source are preferred, so that a plugin that is not on a package
    index can be built with too.
    """
    packages = " ".join(f"'{requirement}'" for requirement in requirements)
    pip = f"python -m pip install --no-input --disable-pip-version-check --find-links {_WHEELS} {packages}"
    return {
        "version": "0.2",
        "phases": {
            "install": {"runtime-versions": {"python": _PYTHON}, "commands": [pip, *install]},
            "build": {"commands": ["platform build --publish"]},
        },
        "cache": {"paths": list(_CACHED)},
    }


def _source(props: BuildProjectProps) -> dict[str, Any]:
    spec = {"buildSpec": json.dumps(build_spec(props.install, props.requirements), indent=1)}
    if not props.repository:
        return {**spec, "type": "S3", "location": f"{props.storage.name}/{SOURCE_KEY}"}
    source = {
        **spec,
        "type": "GITHUB",
        "location": f"https://github.com/{props.repository}.git",
        "gitCloneDepth": 1,
        "reportBuildStatus": False,
    }
    if props.connection:
        source["auth"] = {"type": "CODECONNECTIONS", "resource": props.connection}
    return source


def _statements(props: BuildProjectProps) -> list[Statement]:
    """Return what a build may do: publish a release of this site, and nothing else."""
    bucket = props.storage.arn
    store = [
        "cloudfront-keyvaluestore:DescribeKeyValueStore",
        "cloudfront-keyvaluestore:GetKey",
        "cloudfront-keyvaluestore:ListKeys",
        "cloudfront-keyvaluestore:UpdateKeys",
    ]
    prefixes = _prefixes(props)
    cached = f"{_CACHE}/*"
    listing = {"StringLike": {"s3:prefix": [*prefixes, cached]}}
    objects = [f"{bucket}/{prefix}" for prefix in prefixes]
    statements = [
        allow("Objects", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], objects),
        allow("Listing", ["s3:ListBucket"], [bucket], conditions=listing),
        # CodeBuild itself fetches and stores the cache, as this role.
        allow("Cache", ["s3:GetObject", "s3:PutObject"], [f"{bucket}/{cached}"]),
        allow("Store", store, [props.store_arn]),
        *(_server_statements(props.server_arn) if props.server_arn else []),
    ]
    if not props.repository:
        return [*statements, allow("Source", ["s3:GetObject", "s3:GetObjectVersion"], [f"{bucket}/{SOURCE_KEY}"])]
    if props.connection:
        connect = [
            "codeconnections:GetConnection",
            "codeconnections:GetConnectionToken",
            "codeconnections:UseConnection",
        ]
        return [*statements, allow("Source", connect, [props.connection])]
    return statements


def _read_secrets(scope: Construct, secrets: Mapping[str, str]) -> list[Statement]:
    arns = [secret_arn(scope, name) for name in sorted(set(secrets.values()))]
    return [allow("Secrets", ["secretsmanager:GetSecretValue"], arns)] if arns else []


def _prefixes(props: BuildProjectProps) -> list[str]:
    return [*_OWN_PREFIXES, *([_SERVER_PREFIX] if props.server_arn else [])]


def _server_statements(arn: str) -> list[Statement]:
    """Return what `platform_core.runtime.server` calls.

    It may change the code of the one function and name versions of it. It may not change
    the function's role or settings, nor delete the function: that is the call without a
    version. An address is opened for everybody, because the code checks who asks.
    """
    versions = f"{arn}:*"
    code = ["lambda:GetFunctionConfiguration", "lambda:PublishVersion", "lambda:UpdateFunctionCode"]
    names = ["lambda:CreateAlias", "lambda:DeleteAlias", "lambda:GetAlias", "lambda:ListAliases"]
    address = [f"lambda:{verb}FunctionUrlConfig" for verb in ("Create", "Delete", "Get")]
    return [
        allow("Server", [*code, *names, "lambda:ListVersionsByFunction"], [arn]),
        allow("ServerVersions", ["lambda:DeleteFunction"], [versions]),
        allow("ServerAddress", [*address, "lambda:AddPermission"], [arn, versions]),
    ]


def _acknowledge(project: BuildProject, props: BuildProjectProps) -> None:
    acknowledge(
        project.project,
        {
            "AwsSolutions-CB4": "A build leaves no artifact in CodeBuild; releases are encrypted in the site's bucket, "
            "and a key of its own would cost a dollar a month for each site."
        },
    )
    stack = Stack.of(project)
    name = stack.resolve(props.storage.arn)["Fn::GetAtt"][0]
    reason = (
        "A release's and a cache's keys are made by the build; the prefix is the narrowest thing that can be named."
    )
    prefixes = [*_prefixes(props), f"{_CACHE}/*"]
    rules = {f"AwsSolutions-IAM5[Resource::<{name}.Arn>/{prefix}]": reason for prefix in prefixes}
    if props.server_arn:
        function = stack.resolve(props.server_arn)["Fn::GetAtt"][0]
        rules[f"AwsSolutions-IAM5[Resource::<{function}.Arn>:*]"] = (
            "Each release has a version of the function, whose number is made by Lambda."
        )
    acknowledge(project.role, rules)
