"""What Astro adds to a composition: its build plan, and where forms may send to.

Astro writes its caches beside its sources, so it builds in the mirror of the site's
folder. The configuration of the starters reads what core generates there; a site
that was adopted is built with its own configuration, as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platform_core.contributions import BuildPlan, ServerBundle
from platform_core.hookspecs import hookimpl
from platform_core.node import npm_command

if TYPE_CHECKING:
    from platform_core.contributions import Workspace
    from platform_core.site import Site

__all__ = ["platform_build_plan", "platform_csp"]

_GENERATED = "astro.json"
_USUAL_OUTPUT = "dist"
_ASSETS = "_astro"
# Astro names what it bundles <name>.<hash>.<ending>, and resized pictures <name>.<hash>_<hash>.<ending>.
_FINGERPRINTED = rf"{_ASSETS}/.+\.[A-Za-z0-9_-]{{8,}}\.[A-Za-z0-9]+"


@hookimpl
def platform_build_plan(site: Site, settings: Mapping[str, Any], workspace: Workspace) -> BuildPlan:
    """Build in the mirror with the packages of the site's lock file."""
    if site.adopted or settings["build_script"]:
        return _own_plan(site, settings, workspace)
    server = site.rendering == "server"
    command = ["astro", "build"]
    # With a server in it, Astro's output has parts of which only one is published.
    command += [] if server else ["--outDir", str(workspace.output)]
    # Without a title in site.toml the name in the starter's own data holds.
    generated = {"future": settings["future"], "form_endpoint": settings["form_endpoint"], "title": site.title}
    return BuildPlan(
        command=tuple(command),
        version=_version(workspace),
        env={"NODE_ENV": "production", "ASTRO_TELEMETRY_DISABLED": "1"},
        fingerprinted=_FINGERPRINTED,
        files={_GENERATED: json.dumps(generated, sort_keys=True).encode()},
        staged=True,
        written=f"{_USUAL_OUTPUT}/client" if server else "",
        extract_inline=True,
        server=_server(workspace, "index.handler") if server else None,
    )


@hookimpl
def platform_csp(settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Let forms send to the address that takes them, when it is on another host."""
    parts = urlsplit(settings["form_endpoint"])
    return {"form-action": [f"{parts.scheme}://{parts.netloc}"]} if parts.netloc else {}


def _own_plan(site: Site, settings: Mapping[str, Any], workspace: Workspace) -> BuildPlan:
    """Return the plan of a site with a configuration of its own."""
    script = str(settings["build_script"])
    server = site.rendering == "server"
    usual = f"{_USUAL_OUTPUT}/client" if server else _USUAL_OUTPUT
    return BuildPlan(
        command=(*npm_command(), "run", script) if script else ("astro", "build"),
        version=_version(workspace),
        env={"NODE_ENV": "production", "ASTRO_TELEMETRY_DISABLED": "1"},
        fingerprinted=_FINGERPRINTED,
        staged=True,
        written=str(settings["build_output"]) or usual,
        extract_inline=True,
        # What @astro-aws/adapter leaves when a configuration names it.
        server=_server(workspace, "entry.handler") if server else None,
    )


def _server(workspace: Workspace, handler: str) -> ServerBundle:
    return ServerBundle(
        folder=workspace.work / _USUAL_OUTPUT / "lambda",
        handler=handler,
        memory=1024,
        timeout=20,
        environment={"NODE_ENV": "production"},
        assets=(f"/{_ASSETS}/", "/_inline/"),
    )


def _version(workspace: Workspace) -> str:
    """Return the version of Astro that the lock file names, or that it names none."""
    try:
        lock = json.loads((workspace.root / "package-lock.json").read_text("utf-8"))
        return str(lock["packages"]["node_modules/astro"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return "not locked"
