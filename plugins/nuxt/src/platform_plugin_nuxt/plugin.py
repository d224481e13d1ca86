"""What Nuxt adds to a composition: its build plan, for files or with a server.

A starter's ``modules/site`` reads content, data and what core writes, so the plan
needs no configuration but the settings. A site that was adopted is built as it is.
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

_VERSION = "4.5.2"
_OUTPUT = ".output/public"
_SERVER = ".output/server"
_SETTINGS = "nuxt.json"
# Vite's chunks are named by their hash alone, its styles by name and hash; pictures and the configuration by the starter.
_FINGERPRINTED = r"_nuxt/(?:[\w.-]+\.)?[\w-]{8}\.[a-z0-9]+|_pictures/.+|nuxt-config\.[0-9a-f]{16}\.js"


@hookimpl
def platform_build_plan(site: Site, settings: Mapping[str, Any], workspace: Workspace) -> BuildPlan:
    """Build in the mirror of the site's folder: static files, or files and a server."""
    server = site.rendering == "server"
    command: tuple[str, ...] = ("nuxt", "build" if server else "generate")
    if script := settings["build_script"]:
        command = (*npm_command(), "run", script)
    return BuildPlan(
        command=command,
        version=_VERSION,
        env=_environment(site),
        fingerprinted=_FINGERPRINTED,
        files={_SETTINGS: _generated(site, settings)},
        staged=True,
        written=settings["build_output"] or _OUTPUT,
        extract_inline=True,
        server=_bundle(workspace) if server else None,
    )


@hookimpl
def platform_csp(settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Allow forms to be sent to the address that takes them."""
    parts = urlsplit(settings["form_endpoint"])
    return {"form-action": ["'self'", f"{parts.scheme}://{parts.netloc}"]} if parts.netloc else {}


def _environment(site: Site) -> dict[str, str]:
    # `CI` keeps Nuxt from asking, and from drawing progress.
    usual = {"NODE_ENV": "production", "NO_COLOR": "1", "CI": "1", "NUXT_TELEMETRY_DISABLED": "1"}
    if site.rendering == "server":
        return {**usual, "NITRO_PRESET": "aws-lambda"}
    # The script of an adopted site may be `nuxt build`, which makes files only when it is told so.
    return {**usual, "NITRO_PRESET": "static"} if site.adopted else usual


def _generated(site: Site, settings: Mapping[str, Any]) -> bytes:
    # Without a title in site.toml the name in the starter's own data holds.
    chosen = {"title": site.title, **{name: settings[name] for name in ("future", "form_endpoint")}}
    return json.dumps(chosen, indent=1, sort_keys=True).encode()


def _bundle(workspace: Workspace) -> ServerBundle:
    return ServerBundle(
        folder=workspace.work / _SERVER,
        handler="index.handler",
        environment={"NODE_ENV": "production"},
        assets=("/_nuxt/", "/_pictures/"),
    )
