"""Programs of the machine that a component needs: whether they are there, and what brings them.

Most engines need none: Python's packages bring Node, and npm's lock files the rest.
A component that does need one says so in its manifest, in ``[[tools]]``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from platform_core.errors import ToolError
from platform_core.facts import Tool

__all__ = ["check_tool", "install_command"]

_SECONDS = 30.0
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def check_tool(tool: Tool) -> str:
    """Return the version of *tool*, or an empty string when it tells none.

    Raises:
        ToolError: It is missing, fails or is too old; the hint is the command that mends it.
    """
    hint = install_command(tool)
    program = shutil.which(tool.command[0])
    if program is None:
        raise ToolError("no-tool", f"{tool.name} is not installed", why=tool.purpose, hint=hint)
    try:
        done = subprocess.run(
            [program, *tool.command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise ToolError("no-tool", f"{tool.name} does not answer", why=tool.purpose, hint=hint) from None
    if done.returncode:
        raise ToolError("no-tool", f"{tool.name} is not complete", why=tool.purpose, hint=hint)
    found = _VERSION.search(done.stdout)
    version = found[0] if found else ""
    if tool.minimum and _numbers(version) < _numbers(tool.minimum):
        what = f"{tool.name} is {version or 'of an unknown version'}, and {tool.minimum} is the oldest that will do"
        raise ToolError("old-tool", what, why=tool.purpose, hint=hint)
    return version


def install_command(tool: Tool) -> str:
    """Return the shell command that brings *tool* to this machine."""
    if sys.platform == "darwin" and "macos" in tool.install:
        return tool.install["macos"]
    if shutil.which("apt-get") and "debian" in tool.install:
        return tool.install["debian"] if os.geteuid() == 0 else f"sudo {tool.install['debian']}"
    return tool.install.get("other", "")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part)
