"""Sites on the embedded AWS: the real stack, a real release, the real edge.

One embedded AWS takes any number of sites. They are built as for AWS, with the edge's
address as their own, so that what is checked is what a visitor of the deployed site gets.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from platform_core.assembly import synth
from platform_core.aws import Aws
from platform_core.build import Built, build
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.deploy import bootstrap, deploy
from platform_core.discovery import discover
from platform_core.node import node
from platform_core.outputs import DISTRIBUTION_ID, Outputs
from platform_core.releases import open_store, publish_site
from platform_core.scaffold import scaffold
from platform_core.site import load_site
from platform_testing.embedded import ACCOUNT, LOOPBACK, REGION, EmbeddedAws, embedded_aws, local_edge

__all__ = ["Fleet", "LiveSite", "Project", "open_fleet", "read_project", "write_starter"]


@dataclass
class Project:
    """A site that is going to be live.

    Attributes:
        port: Where its edge will answer; the site is built for that address.
    """

    root: Path
    composition: Composition
    port: int

    @property
    def address(self) -> str:
        """The site's address."""
        return f"http://localhost:{self.port}"

    @property
    def client(self) -> str:
        """The name that its stack goes by."""
        return self.composition.site.client

    def build(self, *, force: bool = False) -> Built:
        """Build it as for AWS, unless that is done already."""
        return build(self.composition, Stage("aws", self.address), force=force)


@dataclass(frozen=True)
class LiveSite:
    """A site that answers.

    Attributes:
        address: For people and browsers, without a slash at the end.
        files: The release: path -> local file.
        fingerprinted: A regular expression of what is cached for ever.
    """

    name: str
    address: str
    port: int
    files: dict[str, Path]
    fingerprinted: str

    def read(self, name: str) -> bytes:
        """Return one file of the release."""
        return self.files[name].read_bytes()


@dataclass
class Fleet:
    """An embedded AWS with the stacks of some sites.

    Attributes:
        outputs: Of the stacks, by client.
    """

    aws: EmbeddedAws
    outputs: dict[str, Outputs] = field(default_factory=dict)

    def deploy(self, projects: Sequence[Project], scratch: Path) -> None:
        """Deploy the stacks of *projects*, all of them in one App.

        Raises:
            PlatformError: A stack can't be synthesized or deployed.
        """
        os.environ.setdefault("JSII_NODE", str(node()))
        aws = environment(self.aws)
        bootstrap(aws, ACCOUNT, REGION)
        sites = [(item.composition, Stage("local", item.address)) for item in projects]
        self.outputs |= deploy(synth(sites, scratch / "cdk.out"), aws).outputs

    @contextlib.contextmanager
    def serve(self, project: Project, built: Built, *, local: Mapping[str, str] | None = None) -> Iterator[LiveSite]:
        """Publish a build and answer for it while the block runs; *local* is name -> address of services beside it."""
        import boto3

        session = boto3.Session(ACCOUNT, "local", region_name=REGION)
        outputs = self.outputs[project.client]
        store = open_store(outputs, session=session, endpoint=self.aws.endpoint)
        publish_site(project.composition, built, store, started=time.time())
        site = project.composition.site
        files = {path.relative_to(built.output).as_posix(): path for path in built.output.rglob("*") if path.is_file()}
        distribution = outputs.get(DISTRIBUTION_ID)
        with local_edge(
            self.aws, distribution=distribution, domain=site.domain, local=local, port=project.port
        ) as edge:
            port = int(edge["port"])
            yield LiveSite(project.client, project.address, port, files, built.plan.fingerprinted)


@contextlib.contextmanager
def open_fleet() -> Iterator[Fleet]:
    """Run an embedded AWS for some sites."""
    with embedded_aws() as aws:
        yield Fleet(aws)


def environment(aws: EmbeddedAws) -> Aws:
    """Return what leads boto3 and the CDK CLI to an embedded AWS; the key names its account."""
    keys = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": REGION, "AWS_PROFILE": ""}
    endpoints = {"AWS_ENDPOINT_URL": aws.endpoint, "AWS_ENDPOINT_URL_S3": aws.endpoint}
    return Aws({**keys, **endpoints, "AWS_EC2_METADATA_DISABLED": "true"})


def write_starter(root: Path, engine: str, variant: str, *, rendering: str = "static", extra: str = "") -> None:
    """Write the folder of a new site: the starter of a variant, and a ``site.toml``.

    Args:
        root: The folder; what is in it already stays.
        engine: The component's id.
        variant: One of its variants.
        rendering: ``server`` for a site of its own beside the static one.
        extra: More lines of ``site.toml``.
    """
    root.mkdir(parents=True, exist_ok=True)
    client = f"{engine}-{variant}".replace("_", "-")
    if rendering != "static":
        client, extra = f"{client}-{rendering}", f'rendering = "{rendering}"\n{extra}'
    text = f'client = "{client}"\ndomain = "{client}.example"\nengine = "{engine}"\nvariant = "{variant}"\n{extra}'
    (root / "site.toml").write_text(text, "utf-8")
    catalogue = Catalogue(discover().plugins)
    scaffold(root, compose(load_site(root, catalogue), root, catalogue).engine, variant, name=client)


def read_project(root: Path) -> Project:
    """Compose the site in *root*, with the port of last time if that is free.

    Raises:
        PlatformError: The site is not valid, or its parts do not compose.
    """
    catalogue = Catalogue(discover().plugins)
    composition = compose(load_site(root, catalogue), root, catalogue)
    note = root / ".platform" / "quality-port"
    wanted = int(note.read_text("utf-8")) if note.is_file() else 0
    port = _free_port(wanted)
    note.parent.mkdir(exist_ok=True)
    note.write_text(str(port), "utf-8")
    return Project(root, composition, port)


_given: set[int] = set()


def _free_port(wanted: int) -> int:
    """Return *wanted* when nobody has it, and any free port otherwise; never one twice."""
    for port in (wanted, *[0] * 20):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((LOOPBACK, port))
            found = int(probe.getsockname()[1])
            if found not in _given:
                _given.add(found)
                return found
    raise OSError("there is no free port on this machine")
