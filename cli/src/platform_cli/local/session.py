"""`platform up`: one composed site, live on this machine.

The real stack in the embedded AWS, the real engine, a real release, and an edge
that runs the real viewer function. Steps that do not need each other run side by
side; what an earlier run has done already is not done again.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from platform_cli.local.edge import Edge, start_edge
from platform_cli.local.emulator import ACCOUNT, REGION, EmbeddedAws, start_embedded_aws
from platform_cli.local.processes import LOOPBACK, Process, claim_port, start, wait_for_http
from platform_cli.local.server_log import ServerLog
from platform_cli.local.synthesis import synthesize_apart
from platform_cli.progress import Steps
from platform_cli.pulled import refuse_committed
from platform_cli.release import tell_shortcomings
from platform_core.assembly import Assembly, find_good
from platform_core.build import STATE_FOLDER, Built, build, stop_builds
from platform_core.composition import Composition
from platform_core.contributions import LocalService, Stage
from platform_core.deploy import Aws, bootstrap, deploy, outputs
from platform_core.files import write_atomically
from platform_core.outputs import BUILD_PROJECT, DISTRIBUTION_ID, SERVER_FUNCTION, Outputs
from platform_core.pulling import Pulled, pull_sources
from platform_core.releases import open_store, publish_site
from platform_core.runtime.publisher import Published
from platform_core.scaffold import is_new, scaffold
from platform_core.site import as_json
from platform_core.sources import PRODUCT_FILE

__all__ = ["Session"]

EDGE_PORT = 8080
AWS_PORT = 4566
_DEPLOYED = "deployed.json"


@dataclass
class Session:
    """One running site.

    Attributes:
        compose: Reads and composes the site anew.
        root: The site's folder.
        steps: Where progress goes.
        port: The edge's port; 0 for the one of last time, or any.
        offline: Whether stand-ins answer for the providers that content comes from.
        live: The release that it came up with.
    """

    compose: Callable[[], Composition]
    root: Path
    steps: Steps
    port: int = 0
    offline: bool = False
    live: str = ""
    composition: Composition = field(init=False)
    stage: Stage = field(init=False)
    aws: EmbeddedAws = field(init=False)
    edge: Edge = field(init=False)
    outputs: Outputs = field(init=False)
    _waiting: dict[str, LocalService] = field(default_factory=dict)
    _services: dict[str, Process] = field(default_factory=dict)
    _service_ports: dict[str, int] = field(default_factory=dict)
    _ports: dict[str, int] = field(default_factory=dict)
    _builds: set[str] = field(default_factory=set)
    _log: ServerLog | None = None

    @property
    def state(self) -> Path:
        """The folder of everything that can be made again."""
        return self.root / STATE_FOLDER / "local"

    @property
    def address(self) -> str:
        """Where people find the site."""
        return self.stage.base_url

    def start(self, stack: ExitStack) -> None:
        """Bring the site up; *stack* takes what must be stopped."""
        with self.steps.step("compose") as step:
            self.composition = self.compose()
            step.note = " + ".join(member.id for member in self.composition.members)
        self._scaffold()
        self._choose_ports(stack)
        if self.offline and self._waiting:
            sources = (source.name for source in self.composition.sources(self.stage))
            refuse_committed((name for name in sources if name != PRODUCT_FILE), self.root)
        with ThreadPoolExecutor(3) as pool:
            aws = pool.submit(self._start_aws, stack)
            services = pool.submit(self._start_services, stack)
            built = pool.submit(self._pull_and_build, services)
            try:
                assembly = self._synthesize()
                # Each result may raise; the first failure stops the start.
                self.aws = aws.result()
                self._deploy(assembly)
                services.result()
                site, started = built.result()
            except BaseException:
                # Nobody waits for the pages of a site that does not start; the engine may start only now.
                while not built.cancel() and not built.done():
                    stop_builds()
                    wait([built], timeout=0.1)
                raise
        self._publish(site, started)
        with self.steps.step("start the edge"):
            self.edge = self._start_edge()
            stack.callback(self.edge.process.stop)
        if function := self.outputs.get(SERVER_FUNCTION):
            now = int(time.time() * 1000)
            self._log = ServerLog(self.aws.client("logs"), self.aws.client("lambda"), function, since=now)

    def rebuild(self, why: str, *, pull: bool = False) -> bool:
        """Build and publish again, and tell how long it took; False when nothing was new.

        Args:
            why: What to call it.
            pull: Ask first whether there is new content elsewhere.
        """
        started, clock = time.time(), time.monotonic()
        if pull:
            self._pull(lambda _: None)
        self.composition = self.composition.reread()
        site = build(self.composition, self.stage)
        done = self._release(site, started)
        took = f"{time.monotonic() - clock:.2f} s"
        if done.stale or done.previous == done.id:
            self.steps.tell(f"  {why}: nothing new to publish ({took})")
            return False
        self.steps.tell(f"  {why}: release {done.id} is live after {took}")
        return True

    def is_another_site(self) -> bool:
        """Read the site file again and tell whether it composes another site.

        Raises:
            PlatformError: The file is not valid, or its parts do not compose.
        """
        return as_json(self.compose().site) != as_json(self.composition.site)

    def requested_builds(self) -> list[str]:
        """Return the builds that webhooks have started since the last call.

        The embedded CodeBuild takes a build and runs nothing, so this process does.
        """
        project = self.outputs.get(BUILD_PROJECT)
        if not project:
            return []
        found = set(self.aws.client("codebuild").list_builds_for_project(projectName=project)["ids"])
        fresh = sorted(found - self._builds)
        self._builds = found
        return fresh

    def server_lines(self) -> list[str]:
        """Return what the site's server has printed since the last call."""
        return self._log.fresh() if self._log else []

    def ended_process(self) -> Process | None:
        """Return a process that should run and does not."""
        running = [self.aws.process, self.edge.process, *self._services.values()]
        return next((process for process in running if process.ended), None)

    def _scaffold(self) -> None:
        site = self.composition.site
        if not site.adopted and is_new(self.root, self.composition.engine, site.variant):
            with self.steps.step("scaffold") as step:
                written = scaffold(self.root, self.composition.engine, site.variant, name=site.name)
                step.note = f"{len(written)} files of {site.variant}"

    def _choose_ports(self, stack: ExitStack) -> None:
        """Take the ports of last time when they are free: addresses stay, and so do releases."""
        file = self.state / "ports.json"
        try:
            last = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            last = {}
        wanted = {"edge": EDGE_PORT, "aws": AWS_PORT} | (last if isinstance(last, dict) else {})
        self._ports = {
            "edge": claim_port(self.port or wanted["edge"], stack),
            "aws": claim_port(wanted["aws"], stack),
        }
        write_atomically(file, json.dumps(self._ports))
        stage = Stage("local", f"http://localhost:{self._ports['edge']}", offline=self.offline)
        self._waiting = {item.value.name: item.value for item in self.composition.local_services(stage)}
        self._service_ports = {name: claim_port(0, stack) for name in self._waiting}
        self.stage = replace(
            stage,
            services={name: f"/_local/{name}" for name in self._waiting},
            endpoints={name: f"http://{LOOPBACK}:{port}" for name, port in self._service_ports.items()},
        )

    def _start_aws(self, stack: ExitStack) -> EmbeddedAws:
        with self.steps.step("start the embedded AWS") as step:
            aws = start_embedded_aws(self.state / "aws", self._ports["aws"], log=self.state / "aws.log")
            stack.callback(aws.stop)
            step.note = "" if aws.fresh else "with the state of last time"
        return aws

    def _start_services(self, stack: ExitStack) -> None:
        for name, service in self._waiting.items():
            with self.steps.step(f"start {name}"):
                process = self._start_service(service, self._service_ports[name])
                stack.callback(process.stop)
                self._services[name] = process

    def _start_service(self, service: LocalService, port: int) -> Process:
        command = [part.replace("{port}", str(port)) for part in service.command]
        env = {name: value.replace("{port}", str(port)) for name, value in service.env.items()}
        process = start(service.name, command, log=self.state / f"{service.name}.log", env=env)
        try:
            wait_for_http(process, f"http://{LOOPBACK}:{port}{service.ready}")
        except BaseException:
            process.stop()
            raise
        return process

    def _synthesize(self) -> Assembly:
        with self.steps.step("synthesize the stack") as step:
            folder = self.state / "cdk.out"
            assembly = find_good([(self.composition, self.stage)], folder)
            step.note = "unchanged" if assembly else ""
            return assembly or synthesize_apart(self.root, self.stage, folder)

    def _pull_and_build(self, services: Future[None]) -> tuple[Built, float]:
        """Pull, once the stand-ins of providers are up, and build."""
        started = time.time()
        if self.composition.sources(self.stage):
            services.result()
            with self.steps.step("pull content") as step:
                found = self._pull(lambda text: self.steps.advance(step, f"({text})"))
                step.note = ", ".join(f"{item.documents} documents of {item.name}" for item in found)
            self.composition = self.composition.reread()
        return self._build(), started

    def _pull(self, say: Callable[[str], None]) -> list[Pulled]:
        found = pull_sources(self.composition.sources(self.stage), self.root, say=say)
        for problem in (problem for item in found for problem in item.skipped):
            self.steps.tell(f"  skipped: {problem}")
        return found

    def _build(self) -> Built:
        with self.steps.step("build the pages") as step:
            site = build(self.composition, self.stage, say=lambda text: self.steps.advance(step, f"({text})"))
            step.note = (
                f"{self.composition.engine.manifest.name}, {site.seconds:.2f} s" if site.changed else "unchanged"
            )
        return site

    def _deploy(self, assembly: Assembly) -> None:
        """Deploy by CloudFormation, unless this embedded AWS has this assembly already."""
        record = self.state / "aws" / _DEPLOYED
        stamp = json.dumps([stack.template.read_text("utf-8") for stack in assembly.stacks])
        aws = Aws(self.aws.environment, REGION)
        with self.steps.step("deploy the stack") as step:
            stack = assembly.of_client(self.composition.site.client)
            deployed = record.read_text("utf-8") if record.is_file() else ""
            self.outputs = outputs(stack.name, aws) if deployed == stamp else Outputs()
            if self.outputs.values:
                step.note = "unchanged"
            else:
                if not deployed:
                    bootstrap(aws, ACCOUNT, REGION)
                self.outputs = deploy(assembly, aws).outputs[stack.client]
                write_atomically(record, stamp)
        self._provide_secrets()
        self.requested_builds()

    def _provide_secrets(self) -> None:
        """Make the secrets that webhooks are verified with; they live in the embedded AWS alone."""
        client = self.aws.client("secretsmanager")
        for item in self.composition.adapters():
            variable = f"PLATFORM_SECRET_{item.value.provider.upper().replace('-', '_')}"
            value = os.environ.get(variable) or secrets.token_hex(32)
            try:
                client.create_secret(Name=item.value.secret, SecretString=value)
            except client.exceptions.ResourceExistsException:
                continue

    def _publish(self, site: Built, started: float) -> None:
        with self.steps.step("publish the release") as step:
            self.live = self._release(site, started).id
            step.note = self.live

    def _release(self, site: Built, started: float) -> Published:
        import boto3

        session = boto3.Session(ACCOUNT, "local", region_name=REGION)
        store = open_store(self.outputs, session=session, endpoint=self.aws.endpoint)
        done = publish_site(self.composition, site, store, started=started)
        tell_shortcomings(done)
        return done

    def _start_edge(self) -> Edge:
        return start_edge(
            endpoint=self.aws.endpoint,
            distribution=self.outputs.get(DISTRIBUTION_ID),
            domain=self.composition.site.domain,
            port=self._ports["edge"],
            local=self.stage.endpoints,
            log=self.state / "edge.log",
        )
