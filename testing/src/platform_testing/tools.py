"""Print the command for each program that an installed component needs and this machine lacks, one a line."""

from __future__ import annotations

from platform_core.discovery import discover
from platform_core.errors import ToolError
from platform_core.tools import check_tool

__all__ = ["missing_tools"]


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


if __name__ == "__main__":
    print("\n".join(missing_tools()))  # noqa: T201 - this is what it is for
