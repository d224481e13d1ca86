"""How Next builds a site that was adopted: with the site's own configuration and folders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.contributions import BuildPlan
from platform_core.errors import SiteError

if TYPE_CHECKING:
    from platform_core.contributions import Workspace
    from platform_core.site import Site

__all__ = ["adopted_plan"]

_CONFIGS = ("next.config.ts", "next.config.mjs", "next.config.js", "next.config.cjs")
_EXPORTS = re.compile(r"""\boutput\b["']?\s*[:=][^,;]*["']export["']""")
_HASHED = r"_next/static/(?:chunks|media|css)/.+"
_WRAPPED = "export.mjs"


def adopted_plan(site: Site, settings: Mapping[str, Any], workspace: Workspace, version: str) -> BuildPlan:
    """Return the plan of a site that Platform did not start.

    A site whose configuration asks for files is built by it; the configuration of any
    other is wrapped, so that it does.

    Raises:
        SiteError: The site wants a server, for which it lacks what the starters bring.
    """
    script = str(settings["build_script"])
    if site.rendering == "server":
        raise SiteError(
            "adopted-server",
            "an adopted Next site is built as static files",
            why="The server's function is made by OpenNext with the configuration and scripts of our starters.",
            hint="Leave out `rendering`, or start from a starter with `platform init`.",
        )
    wrapped = not script and not _exports(workspace.root)
    return BuildPlan(
        command=("node", f".platform/generated/{_WRAPPED}") if wrapped else _command(script),
        version=version,
        env={"NODE_ENV": "production"},
        fingerprinted=_HASHED,
        files={_WRAPPED: Path(__file__).with_name(_WRAPPED).read_bytes()} if wrapped else {},
        staged=True,
        written=str(settings["build_output"] or "out"),
        extract_inline=True,
    )


def _command(script: str) -> tuple[str, ...]:
    if not script:
        return ("next", "build")
    from platform_core.node import npm_command

    return (*npm_command(), "run", script)


def _exports(root: Path) -> bool:
    """Tell whether a configuration asks for static files; one that computes it is believed."""
    texts = [(root / name).read_text("utf-8", errors="replace") for name in _CONFIGS if (root / name).is_file()]
    return any(_EXPORTS.search(text) or "process.env" in text for text in texts)
