"""What a plugin may add to a composition: the values that its hooks return.

Each record belongs to one plane: files and fragments to the site's source, a
build plan to the build, adapters and constructs to the cloud. Core combines
them; engines, CMSs, shops and services never call each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

__all__ = [
    "BuildPlan",
    "File",
    "Fragment",
    "LocalService",
    "ServerBundle",
    "Slot",
    "Stage",
    "WebhookAdapter",
    "Workspace",
]

Slot = Literal["head", "body-end", "navigation", "footer"]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the composed site is going to run.

    Attributes:
        name: ``local`` for `platform up`, ``aws`` for everything that is deployed.
        base_url: The site's address without a trailing slash.
        services: Name of a local service -> the site-absolute path at which the
            local edge answers for it; empty on AWS.
        endpoints: Name of a local service -> the address at which it answers itself,
            without a trailing slash; for what is asked before there is an edge.
        offline: Whether stand-ins answer for the providers that the site talks to.
    """

    name: Literal["local", "aws"]
    base_url: str
    services: Mapping[str, str] = field(default_factory=dict)
    endpoints: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that is published beside the engine's output.

    Attributes:
        path: Relative to the site's root, for example ``admin/index.html``.
        content: Its bytes, or a local file that holds them.
        route: The site-absolute address for people, when the file is a page that
            should be announced, for example ``/admin/``.
        csp: Directive -> sources that the page needs beyond the site's policy. It holds
            for every path below *route*, which then ends with a slash, and nowhere
            else: what an application needs must not loosen the public pages.
    """

    path: str
    content: bytes | Path
    route: str = ""
    csp: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fragment:
    """Framework-free HTML for one named slot of every page.

    Attributes:
        html: Complete elements; values in it are escaped already.
    """

    slot: Slot
    html: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of one build; all absolute.

    Attributes:
        root: The site's folder, which the build must not change.
        generated: Holds ``data/platform.json``, which core writes before the build.
        output: Where the engine must put the finished site; empty or from last time.
        cache: Kept between builds.
        work: The mirror of *root* in which a staged build runs.
    """

    root: Path
    generated: Path
    output: Path
    cache: Path
    work: Path


@dataclass(frozen=True, slots=True)
class ServerBundle:
    """The part of a site that answers when it is asked, for ``rendering = "server"``.

    It becomes a Lambda function. What the release has a file for is served as a file;
    every other path is asked from the function, which gets events of Lambda's payload
    format 2.0 and returns answers of that format, also its own 404. No secret belongs in
    the folder or in the environment. See ``docs/how-to/render-on-a-server.md``.

    Attributes:
        folder: Made by the build, absolute. Everything in it becomes the function's
            code: plain files, at most 250 MB, packages included.
        handler: File below *folder* without its ending, a dot, and the export.
        runtime: A Node runtime that Lambda offers.
        memory: MiB; decides the share of a processor too.
        timeout: Seconds until CloudFront gives up, at most 60.
        environment: Variables that are set before the handler is loaded; never a secret.
        assets: Beginnings of paths, such as ``/_assets/``, below which there are files
            only: what is missing there is missing, and the function is not asked.
        routes: Beginnings of paths, such as ``/api/``, for which the function is asked
            even if there is a file.
        vary: Request headers, in lower case, that lead to another answer for the same
            address. Cached answers are kept apart by them, and by address and query.
    """

    folder: Path
    handler: str = "index.handler"
    runtime: str = "nodejs24.x"
    memory: int = 1024
    timeout: int = 20
    environment: Mapping[str, str] = field(default_factory=dict)
    assets: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    vary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """How an engine builds a site.

    Attributes:
        command: Program and arguments, run in the site's folder; in a staged build in
            the workspace's ``work``, where programs of ``node_modules`` are found by name.
        env: Added to the environment.
        inputs: Files and folders, relative to the site's folder, that decide
            whether the output is still good. A staged build sees, and depends on, all files.
        fingerprinted: A regular expression; output paths that it matches in full
            change their name when their bytes change, so they are cached for ever.
        install: Shell commands that bring the toolchain on the build machine.
        version: The engine's version; another one means another build.
        files: Path relative to the workspace's ``generated`` folder -> bytes that core
            writes there before the command runs, for example a configuration file.
        staged: Build in a mirror of the site's folder (`platform_core.staging`), because
            the engine writes beside its sources or needs packages from npm. Core's
            generated files are in it below ``.platform/generated/``.
        renamed: In the mirror, folders of the site's root have other names: ``static`` ->
            ``public``, for example.
        written: Folder below ``work`` that holds the finished site, for an engine that
            can't be told to write into the workspace's ``output``.
        extract_inline: Move inline scripts and styles of the pages into files, which the
            site's content security policy asks for (`platform_core.inline`).
        server: What answers for paths without a file; only when the site's
            ``rendering`` is ``server``. ``index.html`` may be missing then.
    """

    command: tuple[str, ...]
    version: str
    inputs: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    fingerprinted: str = r"(?!)"
    install: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    staged: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    written: str = ""
    extract_inline: bool = False
    server: ServerBundle | None = None


@dataclass(frozen=True, slots=True)
class WebhookAdapter:
    """How events of one provider are verified and read.

    Attributes:
        provider: The last part of the address ``/_platform/webhooks/<provider>``.
        module: A file of Python that imports the standard library only. It is
            bundled into the Lambda asset as ``adapters/<provider>.py``; see
            `platform_core.runtime.adapter` for what it must define.
        secret: The name of the Secrets Manager entry with the signing secret.
        config: Values that the module may read; never secret.
    """

    provider: str
    module: Path
    secret: str
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LocalService:
    """A process that runs beside the site during `platform up`.

    Attributes:
        name: The local edge answers for it below ``/_local/<name>/``.
        command: Program and arguments; ``{port}`` is replaced by a free port.
        env: Added to the environment; ``{port}`` is replaced too.
        ready: The path that answers when the service is up.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: str = "/"
