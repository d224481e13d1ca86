"""Programs of the machine that components need. As a command: print what brings those that are missing, one a line."""

from __future__ import annotations

from platform_core.contributions import BuildPlan
from platform_core.discovery import discover
from platform_core.errors import ToolError
from platform_core.manifest import Manifest
from platform_core.tools import check_tool

__all__ = ["engine_version", "missing_tools"]


def missing_tools() -> list[str]:
    """Return the commands that bring what is missing; each once."""
    commands: dict[str, None] = {}
    for plugin in discover().usable:
        for tool in plugin.manifest.tools if plugin.manifest else ():
            try:
                check_tool(tool)
            except ToolError as error:
                commands[error.hint] = None
    return list(commands)


def engine_version(engine: Manifest, plan: BuildPlan) -> str:
    """Return the version of an engine that built.

    The plan of one that is a program of the machine may only tell installations apart, so that program is asked.
    """
    return next((check_tool(tool) for tool in engine.tools if tool.name == engine.name), plan.version)


if __name__ == "__main__":
    print("\n".join(missing_tools()))  # noqa: T201 - this is what it is for
