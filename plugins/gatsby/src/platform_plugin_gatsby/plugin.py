"""What Gatsby adds to a composition: its build plan, and where its form may post.

Gatsby writes ``.cache`` and ``public`` beside its sources, so it builds in the
mirror of the site's folder, where both stay warm. Everything that the starter's
``gatsby-config.ts`` and ``gatsby-node.ts`` need to know of Platform lies in two
files of generated data; a site that was adopted is built as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platform_core.contributions import BuildPlan
from platform_core.errors import SiteError
from platform_core.hookspecs import hookimpl
from platform_core.node import npm_command

if TYPE_CHECKING:
    from pathlib import Path

    from platform_core.contributions import Workspace
    from platform_core.site import Site

__all__ = ["platform_build_plan", "platform_csp"]

_VERSION = "5.16.1"
"""The version of the starters."""
_OUTPUT = "public"
_GENERATED = "data/gatsby.json"
# Bundles (name-<hash>.js), the style sheet (styles.<hash>.css), and images in folders
# that are named by the digest of the source and of the transformation.
_FINGERPRINTED = (
    r"[^/]*-[0-9a-f]{20}\.js|[^/]+\.[0-9a-f]{20}\.css"
    r"|static/[0-9a-f]{32}/[0-9a-f]{5}/.+|static/[^/]+-[0-9a-f]{32}\.[A-Za-z0-9]+"
)


@hookimpl
def platform_build_plan(site: Site, settings: Mapping[str, Any], workspace: Workspace) -> BuildPlan:
    """Build in the mirror; ``public`` is what is published."""
    script = settings["build_script"]
    known = {
        "title": site.title,
        "locale": site.locale if "locale" in site.model_fields_set else "",
        "future": settings["future"],
        "formEndpoint": settings["form_endpoint"],
    }
    return BuildPlan(
        command=(*npm_command(), "run", script) if script else ("gatsby", "build"),
        version=_locked_version(workspace.root),
        env=_environment(workspace),
        fingerprinted=_FINGERPRINTED,
        files={_GENERATED: json.dumps(known, indent=1, sort_keys=True).encode()},
        staged=True,
        written=settings["build_output"] or _OUTPUT,
        extract_inline=True,
    )


@hookimpl
def platform_csp(settings: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Allow forms to be sent to the address that the site names."""
    parts = urlsplit(settings["form_endpoint"])
    return {"form-action": [f"{parts.scheme}://{parts.netloc}"]} if parts.netloc else {}


def _environment(workspace: Workspace) -> dict[str, str]:
    """Keep Gatsby from asking, from measuring, and from writing into the home folder."""
    return {
        "CI": "true",
        "GATSBY_TELEMETRY_DISABLED": "1",
        "NODE_ENV": "production",
        "XDG_CONFIG_HOME": str(workspace.cache / "config"),
    }


def _locked_version(root: Path) -> str:
    """Return the version of Gatsby that the site's lock file names, or else that of the starters.

    Raises:
        SiteError: The lock file can't be read.
    """
    lock = root / "package-lock.json"
    if not lock.is_file():
        return _VERSION
    try:
        package = json.loads(lock.read_text("utf-8")).get("packages", {}).get("node_modules/gatsby", {})
    except (OSError, ValueError, AttributeError) as error:
        raise SiteError(
            "bad-lock-file",
            f"{lock.name} can't be read",
            why=str(error),
            hint="Write it anew with `npm install --package-lock-only`.",
        ) from None
    return str(package.get("version", _VERSION))
