"""Cloud assemblies: synthesized once, and not again while nothing has changed.

CDK takes seconds to import and to run. So the assembly of a set of sites is kept
under a key of everything that it is made from, and this module, which does not
import CDK, compares keys first.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platform_core
from platform_core.composition import Composition
from platform_core.contributions import Stage
from platform_core.errors import OperationError
from platform_core.files import write_atomically
from platform_core.site import as_json

__all__ = ["Assembly", "StackRef", "find_good", "read_assembly", "synth"]

_RECORD = "platform.json"
_MANIFEST = "manifest.json"
# What CDK itself would make differently.
_TOOLS = ("aws-cdk-lib", "constructs", "cdk-nag", "jsii")


@dataclass(frozen=True, slots=True)
class StackRef:
    """One stack of an assembly.

    Attributes:
        id: How the CDK CLI calls it.
        name: In CloudFormation.
        account: Empty when it is decided by the credentials.
        region: Empty likewise.
        client: The site's client; empty for a stack that sites share.
        part: What of the client it is: ``site``, or ``certificate`` beside it.
        bootstrap: The version that the account's bootstrap stack must have.
    """

    id: str
    name: str
    account: str
    region: str
    template: Path
    client: str
    part: str
    bootstrap: int


@dataclass(frozen=True, slots=True)
class Assembly:
    """A folder that the CDK CLI can deploy.

    Attributes:
        stacks: Every stack, shared ones too.
        cli: The oldest CDK CLI that can read it.
        validated: Whether the template validator and cdk-nag passed it.
        changed: False when it was still good from last time.
    """

    folder: Path
    stacks: tuple[StackRef, ...]
    cli: str
    validated: bool
    changed: bool

    def of_client(self, client: str) -> StackRef:
        """Return the stack of one site."""
        return next(stack for stack in self.stacks if (stack.client, stack.part) == (client, "site"))

    def for_clients(self, clients: Sequence[str] = ()) -> list[StackRef]:
        """Return the stacks of *clients*, or of all, and those that sites share."""
        return [stack for stack in self.stacks if not clients or not stack.client or stack.client in clients]


def synth(sites: Iterable[tuple[Composition, Stage]], outdir: Path, *, validate: bool = False) -> Assembly:
    """Synthesize one App with a stack for each site, unless *outdir* is still good.

    Args:
        sites: Compositions, each with the stage that it is going to run on.
        outdir: The folder of the assembly; replaced whole when something changed.
        validate: Run CDK's template validator and cdk-nag over it.

    Raises:
        DeployError: Validation found something; all of it.
        PluginError: A contribution failed.
    """
    chosen = list(sites)
    if found := find_good(chosen, outdir, validate=validate):
        return found
    from platform_core.cloud.app import synthesize

    synthesize(chosen, outdir, validate=validate)
    write_atomically(outdir / _RECORD, json.dumps({"key": _key(chosen), "validated": validate}))
    return read_assembly(outdir, changed=True)


def find_good(sites: Sequence[tuple[Composition, Stage]], outdir: Path, *, validate: bool = False) -> Assembly | None:
    """Return the assembly in *outdir* when nothing that it was made from has changed."""
    record = _read_record(outdir)
    if record.get("key") != _key(sites) or (validate and not record.get("validated")):
        return None
    try:
        return read_assembly(outdir, changed=False)
    except OperationError:
        return None  # somebody took a file away


def read_assembly(folder: Path, *, changed: bool = False) -> Assembly:
    """Read the manifest of a folder that `synth` wrote.

    Raises:
        OperationError: It is not an assembly, or not a whole one.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        found = manifest["artifacts"].items()
        stacks = tuple(_stack(folder, name, item) for name, item in found if item["type"] == "aws:cloudformation:stack")
    except (OSError, ValueError, KeyError) as error:
        raise OperationError("no-assembly", f"{folder} is no cloud assembly", why=str(error)) from None
    missing = [stack.template.name for stack in stacks if not stack.template.is_file()]
    if missing:
        raise OperationError("no-assembly", f"{folder} is not whole", why=f"{', '.join(missing)} is missing")
    validated = bool(_read_record(folder).get("validated"))
    return Assembly(folder, stacks, manifest.get("minimumCliVersion", ""), validated, changed)


def _stack(folder: Path, name: str, item: dict[str, Any]) -> StackRef:
    properties = item["properties"]
    tags = properties.get("tags", {})
    account, _, region = str(item["environment"]).removeprefix("aws://").partition("/")
    return StackRef(
        id=str(item.get("displayName", name)).split(" ")[0],
        name=properties.get("stackName", name),
        account="" if account.startswith("unknown") else account,
        region="" if region.startswith("unknown") else region,
        template=folder / properties["templateFile"],
        client=tags.get("client", ""),
        part=tags.get("platform:part", "site" if "client" in tags else ""),
        bootstrap=properties.get("requiresBootstrapStackVersion", 0),
    )


def _read_record(folder: Path) -> dict[str, object]:
    try:
        record = json.loads((folder / _RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _key(sites: Sequence[tuple[Composition, Stage]]) -> str:
    """Hash what an assembly is made from: the sites, the plugins' code, ours and CDK's.

    The contributions that end in a template (policies, adapters, constructs) follow
    from a plugin's code, the site, and the files at the top of the site's folder.
    """
    digest = hashlib.sha256()
    packages = {Path(platform_core.__path__[0])}
    for composition, stage in sites:
        digest.update(_site_key(composition, stage).encode())
        packages |= {member.plugin.package for member in composition.members if member.plugin.package}
    for package in sorted(packages):
        digest.update(_code_stamp(package).encode())
    for name in _TOOLS:
        digest.update(_version(name).encode())
    return digest.hexdigest()


def _site_key(composition: Composition, stage: Stage) -> str:
    members = [(item.plugin.distribution, item.plugin.version) for item in composition.members]
    services = sorted(stage.services.items())
    root = composition.content.root
    parts = [as_json(composition.site), stage.name, stage.base_url, services, members, str(root), *_top_files(root)]
    return json.dumps(parts)


def _top_files(root: Path) -> Iterator[str]:
    """Stamp the configuration files of a site: of an engine, and of its content model."""
    if not root.is_dir():
        return
    with os.scandir(root) as entries:
        for entry in sorted(entries, key=lambda item: item.name):
            if entry.is_file() and not entry.name.startswith("."):
                stat = entry.stat()
                yield f"{entry.name}:{stat.st_mtime_ns}:{stat.st_size}"


@functools.cache
def _version(distribution: str) -> str:
    try:
        return f"{distribution}=={importlib.metadata.version(distribution)}"
    except importlib.metadata.PackageNotFoundError:
        return distribution


def _code_stamp(package: Path) -> str:
    """Stamp every source file of a package, so that an editable plugin counts too."""
    stamps = []
    for folder, names, files in os.walk(package):
        names[:] = sorted(name for name in names if name not in {"__pycache__", "node_modules", "starters"})
        for name in sorted(files):
            path = Path(folder, name)
            stat = path.stat()
            stamps.append(f"{path}:{stat.st_mtime_ns}:{stat.st_size}")
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()
