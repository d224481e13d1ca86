"""What Eleventy adds to a composition: its build plan, and where forms may be sent.

A starter's ``eleventy.config.js`` reads what core generates below
``.platform/generated``; its site needs no other configuration. A repository that
was adopted is built by its own script, or by its own configuration.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platform_core.contributions import BuildPlan
from platform_core.hookspecs import hookimpl
from platform_core.node import node, npm_command

if TYPE_CHECKING:
    from platform_core.contributions import Workspace
    from platform_core.site import Site

__all__ = ["platform_build_plan", "platform_csp"]

VERSION = "3.1.8"
_SETTINGS = "eleventy.json"
_USUAL_OUTPUT = "_site"
_ENV = {"ELEVENTY_ENV": "production", "NODE_ENV": "production"}
# assets/name.<hash>.css of the starters, and name-<width>.webp of the official image plugin.
_FINGERPRINTED = r"assets/.+\.[0-9a-f]{16}\.[A-Za-z0-9]+|_images/[\w-]{10}-\d+\.webp"


@hookimpl
def platform_build_plan(site: Site, settings: Mapping[str, Any], workspace: Workspace) -> BuildPlan:
    """Build in the mirror with the Eleventy of the site's lock file."""
    if script := settings["build_script"]:
        return BuildPlan(
            command=(*npm_command(), "run", script),
            version=VERSION,
            env=_ENV,
            staged=True,
            written=settings["build_output"] or _USUAL_OUTPUT,
            extract_inline=True,
        )
    chosen = {
        "future": settings["future"],
        "form_endpoint": settings["form_endpoint"],
        "title": site.title,
        "locale": site.locale if "locale" in site.model_fields_set else "",
    }
    return BuildPlan(
        # Eleventy's program has another file name in each major version; its link has not.
        command=(
            str(node()),
            "node_modules/.bin/eleventy",
            "--quiet",
            f"--output={os.path.relpath(workspace.output, workspace.work)}",
        ),
        version=VERSION,
        env=_ENV,
        fingerprinted="(?!)" if site.adopted else _FINGERPRINTED,
        files={_SETTINGS: json.dumps(chosen, indent=1, sort_keys=True).encode()},
        staged=True,
        extract_inline=True,
    )


@hookimpl
def platform_csp(settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Allow forms to be sent to the address of the setting, when it is on another host."""
    parts = urlsplit(settings["form_endpoint"])
    return {"form-action": [f"{parts.scheme}://{parts.netloc}"]} if parts.netloc else {}
