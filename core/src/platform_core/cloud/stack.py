"""Everything that one site needs, in one stack."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Environment, Stack
from constructs import Construct

from platform_core import outputs
from platform_core.build import workspace_for
from platform_core.build_secrets import variable_of
from platform_core.catalogue import Catalogue
from platform_core.cloud.build_project import BuildProject, BuildProjectProps
from platform_core.cloud.edge import Edge, EdgeProps
from platform_core.cloud.grants import Statement
from platform_core.cloud.profile import LOCAL_ACCOUNT, LOCAL_REGION, Profile, profile_for
from platform_core.cloud.shared import Neighbours
from platform_core.cloud.storage import Storage, StorageProps
from platform_core.composition import Composition
from platform_core.contributions import BuildPlan, Stage
from platform_core.errors import UserError
from platform_core.headers import header_policies

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

    from platform_core.cloud.build_queue import BuildQueue
    from platform_core.cloud.gateway import Gateway
    from platform_core.cloud.server import ServerFunction
    from platform_core.cloud.webhooks import Webhooks

__all__ = ["SiteStack"]

_TAG_LIMIT = 256
_NAME_LIMIT = 64
_LONGEST_REGION = 14


class SiteStack(Stack):
    """One site on AWS.

    The ids inside do not depend on what was chosen, so a site that grows into another
    tier keeps its bucket, its distribution and its store.

    Attributes:
        composition: The site and its plugins.
        stage: ``local`` or ``aws``.
        profile: What is left out on this stage.
        storage: The bucket.
        edge: The distribution, the viewer function and the store.
        build: The build project.
        server: The function that renders on request; None for a static site.
        queue: The build queue; None when no provider sends webhooks and nothing is built at fixed times.
        webhooks: The router; None when no provider sends webhooks.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        composition: Composition,
        stage: Stage,
        profile: Profile | None = None,
        name: str | None = None,
        env: Environment | None = None,
        complete: bool = True,
    ) -> None:
        """Build the stack of a composition.

        Args:
            scope: An App, a CDK Stage, or anything else that may hold a stack.
            construct_id: Of the stack; `synth` takes the stack's name.
            composition: From `platform_core.composition.compose`.
            stage: Where the site is going to run.
            profile: What is left out; by default what the stage can't do.
            name: Of the stack; ``platform-<client>`` by default.
            env: Account and region; from ``[aws]`` of the site by default.
            complete: False when settings that only a build needs may be missing.

        Raises:
            UserError: The site can't be built as it is.
            PluginError: A contribution failed.
        """
        site = composition.site
        offering = Catalogue(tuple(member.plugin for member in composition.members)).check(
            site.engine, site.cms, site.shop
        )
        super().__init__(
            scope,
            construct_id,
            stack_name=name or outputs.stack_name(site.client),
            env=env or _environment(composition, stage),
            description=f"{site.domain}: {' + '.join(member.manifest.name for member in composition.members)}.",
            tags=_tags(composition, offering.stack_type),
            analytics_reporting=False,
        )
        self.composition = composition
        self.stage = stage
        self.profile = profile or profile_for(stage)
        self._complete = complete
        self.server: ServerFunction | None = None
        self.queue: BuildQueue | None = None
        self.webhooks: Webhooks | None = None
        self._gateway: Gateway | None = None
        self._neighbours = Neighbours(self)
        self.add_metadata("platform", {"stage": stage.name, "plugins": composition.provenance()})
        self.storage = Storage(self, "Storage", StorageProps(require_tls=self.profile.require_tls))
        self._plan = self._build_plan()
        if site.rendering == "server":
            self.server = self._make_server()
        self.edge = self._make_edge()
        self.storage.allow_reading(self.edge.distribution.distribution_arn)
        self.build = self._make_build()
        adapters = [item.value for item in composition.adapters()]
        if adapters or site.aws.rebuild:
            asset = self._make_queue(adapters)
            if adapters:
                self._make_event_layer(adapters, asset)
        composition.provision(self, stage)
        if self.profile.alarms:
            self._make_alarms()
        self._write_outputs()

    @property
    def gateway(self) -> Gateway:
        """The HTTP API behind ``/_platform/*``, made when it is first asked for."""
        if self._gateway is None:
            from platform_core.cloud.gateway import Gateway

            self._gateway = Gateway(self, "Gateway")
            self.edge.forward(self._gateway.domain)
        return self._gateway

    def add_route(self, path: str, methods: Sequence[str], function: lambda_.IFunction) -> None:
        """Let a plugin's function answer for a path below ``/_platform/``."""
        self.gateway.route(_words(path), path, methods, function)

    def add_environment(self, name: str, value: str) -> None:
        """Add a variable of the build; never a secret."""
        self.build.add_environment(name, value)

    def allow_build(self, statement: Statement) -> None:
        """Let the build do one thing more, for example read a provider's token."""
        self.build.allow(statement)

    @property
    def address(self) -> str:
        """The site's address: its own name when it has a certificate, else CloudFront's."""
        if self._certified:
            return f"https://{self.composition.site.domain}"
        return f"https://{self.edge.domain}"

    @property
    def _certified(self) -> bool:
        return bool(self.profile.custom_domain and self.composition.site.aws.hosted_zone_id)

    def _make_edge(self) -> Edge:
        site = self.composition.site
        https = self.stage.base_url.startswith("https:")
        policies = {
            pattern: self._neighbours.headers_policy(policy, https=https)
            for pattern, policy in self._header_policies().items()
        }
        origin_access = self._neighbours.origin_access()
        certificate = None
        if self._certified:
            from platform_core.cloud.dns import certificate_for

            certificate = certificate_for(self, self._neighbours, site)
        edge = Edge(
            self,
            "Edge",
            EdgeProps(
                name=_edge_name(self.stack_name, self.region),
                host=site.domain,
                bucket=self.storage.bucket,
                origin_access_id=origin_access,
                headers=policies,
                certificate=certificate,
                server_cache_id=self._neighbours.server_cache() if self.server else "",
                unveil_arn=self._neighbours.unveil() if self.server else "",
            ),
        )
        if certificate:
            from platform_core.cloud.dns import point_to

            point_to(self, site, edge.distribution)
        return edge

    def _header_policies(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        try:
            return header_policies(self.composition, self.stage)
        except UserError:
            if self._complete:
                raise
            return {"*": self.composition.csp(self.stage)}

    def _build_plan(self) -> BuildPlan | None:
        workspace = workspace_for(self.composition.content.root, self.stage)
        try:
            return self.composition.build_plan(self.stage, workspace)
        except UserError:
            if self._complete:
                raise
            return None

    def _make_server(self) -> ServerFunction:
        from platform_core.cloud.server import ServerFunction, ServerFunctionProps

        bundle = self._plan.server if self._plan else None
        props = ServerFunctionProps()
        if bundle:
            props = ServerFunctionProps(runtime=bundle.runtime, memory=bundle.memory, timeout=bundle.timeout)
        return ServerFunction(self, "Server", props)

    def _make_build(self) -> BuildProject:
        site = self.composition.site
        values = {
            outputs.ADDRESS: self.address,
            outputs.BUCKET: self.storage.name,
            outputs.DISTRIBUTION_ID: self.edge.distribution_id,
            outputs.HOST: site.domain,
            outputs.STORE_ARN: self.edge.store_arn,
        }
        if self.server:
            values[outputs.SERVER_FUNCTION] = self.server.name
        return BuildProject(
            self,
            "Build",
            BuildProjectProps(
                storage=self.storage,
                store_arn=self.edge.store_arn,
                install=self._plan.install if self._plan else (),
                requirements=_requirements(self.composition),
                environment={outputs.environment_name(name): value for name, value in values.items()},
                repository=site.aws.repository,
                connection=site.aws.connection,
                server_arn=self.server.arn if self.server else "",
                secrets={variable_of(label): name for label, name in self.composition.build_secrets().items()},
            ),
        )

    def _make_queue(self, adapters: list[Any]) -> str:
        """Make the build queue, for webhooks or a schedule, and return the folder with the runtime."""
        from platform_core.cloud.assets import runtime_asset
        from platform_core.cloud.build_queue import BuildQueue, BuildQueueProps

        site = self.composition.site
        asset = str(runtime_asset(adapters))
        self.queue = BuildQueue(
            self,
            "Queue",
            BuildQueueProps(
                site=site.client,
                asset=asset,
                build=self.build,
                per_day=site.aws.builds_per_day,
                require_tls=self.profile.require_tls,
            ),
        )
        if site.aws.rebuild:
            self.queue.build_at_times(site.client, site.aws.rebuild)
        return asset

    def _make_event_layer(self, adapters: list[Any], asset: str) -> None:
        from platform_core.cloud.webhooks import Webhooks, WebhooksProps

        site = self.composition.site
        assert self.queue is not None  # noqa: S101 - made just before
        self.webhooks = Webhooks(
            self,
            "Webhooks",
            WebhooksProps(
                site=site.client,
                asset=asset,
                adapters=adapters,
                queue=self.queue,
                event_driven=site.integration == "event-driven",
                durable=self.profile.durable_tables,
            ),
        )
        self.gateway.route("Webhooks", "/_platform/webhooks/{provider}", ["POST"], self.webhooks.router.function)

    def _make_alarms(self) -> None:
        from platform_core.cloud.alarms import Alarms, AlarmsProps

        Alarms(
            self,
            "Alarms",
            AlarmsProps(
                build=self.build,
                queue=self.queue,
                webhooks=self.webhooks,
                gateway=self._gateway,
                server=self.server,
                email=self.composition.site.aws.alarm_email,
            ),
        )

    def _write_outputs(self) -> None:
        for name, value in self._outputs().items():
            CfnOutput(self, name, value=value)

    def _outputs(self) -> Mapping[str, str]:
        values = {
            outputs.ADDRESS: self.address,
            outputs.BUCKET: self.storage.name,
            outputs.BUILD_PROJECT: self.build.name,
            outputs.DISTRIBUTION_DOMAIN: self.edge.domain,
            outputs.DISTRIBUTION_ID: self.edge.distribution_id,
            outputs.HOST: self.composition.site.domain,
            outputs.STORE_ARN: self.edge.store_arn,
        }
        if self.server:
            values[outputs.SERVER_FUNCTION] = self.server.name
        if self._gateway:
            values[outputs.API_ID] = self._gateway.id
        if self.queue:
            values[outputs.QUEUE_URL] = self.queue.url
            values[outputs.DEAD_LETTERS_URL] = self.queue.dead_letters.queue_url
        if self.webhooks:
            values[outputs.WEBHOOK_BASE] = f"{self.address}/_platform/webhooks"
            values[outputs.RECEIPTS_TABLE] = self.webhooks.receipts_name
            if self.webhooks.events:
                values[outputs.EVENTS_TABLE] = self.webhooks.events_name
                values[outputs.BUS_NAME] = self.webhooks.bus_name
        return values


def _environment(composition: Composition, stage: Stage) -> Environment:
    if stage.name == "local":
        return Environment(account=LOCAL_ACCOUNT, region=LOCAL_REGION)
    aws = composition.site.aws
    return Environment(account=aws.account or None, region=aws.region)


def _tags(composition: Composition, stack_type: str) -> dict[str, str]:
    """Return the tags of everything in the stack.

    A tag holds 256 characters of a small alphabet; the whole provenance, with hashes,
    is in the template's metadata.
    """
    plugins = " ".join(f"{member.id}:{member.plugin.version}" for member in composition.members)
    tags = {
        "client": composition.site.client,
        "domain": composition.site.domain,
        "stack_type": stack_type,
        "platform:plugins": plugins,
    }
    return {key: re.sub(r"[^\w.:/=+\-@ ]", "-", value)[:_TAG_LIMIT] for key, value in tags.items() if value}


def _requirements(composition: Composition) -> list[str]:
    """Pin what the build machine installs to what this machine has."""
    pinned = _own_versions() | {member.plugin.distribution: member.plugin.version for member in composition.members}
    return [f"{name}=={version}" for name, version in sorted(pinned.items())]


@functools.cache
def _own_versions() -> dict[str, str]:
    core = importlib.metadata.version("platform-core")
    try:
        return {"platform-core": core, "platform-cli": importlib.metadata.version("platform-cli")}
    except importlib.metadata.PackageNotFoundError:
        # A library in somebody's own App: both are released together.
        return {"platform-core": core, "platform-cli": core}


def _edge_name(stack_name: str, region: str) -> str:
    """Return a name that CloudFront takes; the region may be known only when deploying."""
    limit = _NAME_LIMIT - _LONGEST_REGION - 1
    if len(stack_name) > limit:
        digest = hashlib.sha256(stack_name.encode()).hexdigest()[:8]
        stack_name = f"{stack_name[: limit - 9]}-{digest}"
    return f"{stack_name}-{region}"


def _words(path: str) -> str:
    return "".join(word.title() for word in re.findall(r"[A-Za-z0-9]+", path))
