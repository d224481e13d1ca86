"""What Next.js adds to a composition: its build plan, and the host that forms are posted to.

The site is built in a mirror of its folder (see `platform_core.staging`), by the
script that the starters bring: pictures in several widths, then Next, then the
files that a web server needs. With ``rendering = "server"`` OpenNext makes a
function of the routes that can't be files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platform_core.contributions import BuildPlan, ServerBundle
from platform_core.errors import SiteError
from platform_core.hookspecs import hookimpl
from platform_plugin_nextjs.adopted import adopted_plan

if TYPE_CHECKING:
    from platform_core.contributions import Workspace
    from platform_core.site import Site

__all__ = ["FINGERPRINTED", "platform_build_plan", "platform_csp"]

# Chunks and media are named after their bytes; what else lies below _next/static is
# named after the build. The pictures' names hold the hash of their original.
FINGERPRINTED = r"_next/static/(?:chunks|media)/.+|_images/.+\.[0-9a-f]{12}-\d+\.webp"
_SCRIPT = "scripts/build.mjs"
_SETTINGS = "nextjs.json"


@hookimpl
def platform_build_plan(site: Site, settings: Mapping[str, Any], workspace: Workspace) -> BuildPlan:
    """Build in the mirror, with the packages of the site's lock file."""
    version = _locked_version(workspace.root)
    if site.adopted:
        return adopted_plan(site, settings, workspace, version)
    if not (workspace.root / _SCRIPT).is_file():
        raise SiteError(
            "no-next-site",
            f"there is no {_SCRIPT} in {workspace.root}",
            hint="Run `platform init` in an empty folder to start from a starter, or `platform adopt` for a site of your own.",
        )
    # Without a title in site.toml the name in the starter's own data holds.
    chosen = {"future": settings["future"], "formEndpoint": settings["form_endpoint"], "title": site.title}
    return BuildPlan(
        command=("node", _SCRIPT),
        version=version,
        env={"NODE_ENV": "production", "NEXT_TELEMETRY_DISABLED": "1"},
        fingerprinted=FINGERPRINTED,
        files={_SETTINGS: json.dumps(chosen, sort_keys=True).encode()},
        staged=True,
        renamed={"static": "public"},
        written="out",
        extract_inline=True,
        server=_server(workspace) if site.rendering == "server" else None,
    )


@hookimpl
def platform_csp(settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Allow forms to be posted to the host that the setting names."""
    parts = urlsplit(settings["form_endpoint"])
    return {"form-action": [f"{parts.scheme}://{parts.netloc}"]} if parts.netloc else {}


def _server(workspace: Workspace) -> ServerBundle:
    return ServerBundle(
        folder=workspace.work / ".open-next" / "server-functions" / "default",
        handler="handler.handler",
        environment={"NODE_ENV": "production"},
        assets=("/_next/static/", "/_images/"),
        vary=("rsc", "next-router-state-tree", "next-router-prefetch", "next-router-segment-prefetch"),
    )


def _locked_version(root: Path) -> str:
    """Return the version of Next that the lock file names; the packages' own key covers the rest."""
    try:
        lock = json.loads((root / "package-lock.json").read_text("utf-8"))
        return str(lock["packages"]["node_modules/next"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unlocked"
