"""An engine in forty lines: what a real one must do, and nothing else."""

import sys
from pathlib import Path

from platform_core.contributions import BuildPlan, Workspace
from platform_core.hookspecs import hookimpl


@hookimpl
def platform_build_plan(settings: dict[str, object], workspace: Workspace) -> BuildPlan:
    """Run the renderer beside this file."""
    renderer = Path(__file__).with_name("render.py")
    command = (
        sys.executable,
        str(renderer),
        str(workspace.root),
        str(workspace.generated / "data" / "platform.json"),
        str(workspace.output),
        "shout" if settings["shout"] else "",
    )
    return BuildPlan(
        command, inputs=("content", "echo", "static"), version="1", fingerprinted=r"assets/[a-z]+\.[0-9a-f]{16}\.css"
    )
