"""An engine in fifty lines: what a real one must do, and nothing else."""

import sys
from pathlib import Path

from platform_core.contributions import BuildPlan, ServerBundle, Workspace
from platform_core.hookspecs import hookimpl
from platform_core.site import Site


@hookimpl
def platform_build_plan(site: Site, settings: dict[str, object], workspace: Workspace) -> BuildPlan:
    """Run the renderer beside this file."""
    server = None
    if site.rendering == "server":
        folder = workspace.output.with_name("server")
        server = ServerBundle(
            folder, memory=256, timeout=5, environment={"ECHO_MODE": "on"}, assets=("/assets/",), routes=("/api/",)
        )
    renderer = Path(__file__).with_name("render.py")
    command = (
        sys.executable,
        str(renderer),
        str(workspace.root),
        str(workspace.generated / "data" / "platform.json"),
        str(workspace.output),
        "shout" if settings["shout"] else "",
        str(server.folder) if server else "",
    )
    return BuildPlan(
        command,
        inputs=("content", "echo", "static"),
        version="1",
        fingerprinted=r"assets/[a-z]+\.[0-9a-f]{16}\.css",
        server=server,
    )
