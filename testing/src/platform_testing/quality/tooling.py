"""The programs that the checks run: npm packages in locked versions, and a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from platform_core.errors import ToolError
from platform_core.node import ensure_packages, node, npm_env

__all__ = ["axe_source", "browser_flags", "browser_program", "run_tool"]

TOOLS = Path(__file__).parent / "tools"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def run_tool(name: str, *arguments: str, given: str = "", timeout: float = 900) -> str:
    """Run one of our scripts with the locked packages and return what it printed.

    Raises:
        ToolError: It failed, or the packages can't be installed.
    """
    command = [str(node()), str(TOOLS / name), str(ensure_packages(TOOLS)), *arguments]
    try:
        done = subprocess.run(
            command, input=given, env=npm_env(), capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        raise ToolError("tool-too-slow", f"{name} did not end within {timeout:.0f} seconds") from None
    if done.returncode:
        raise ToolError("tool-failed", f"{name} failed", why="\n".join(done.stderr.strip().splitlines()[-12:]))
    return done.stdout


def axe_source() -> str:
    """Return axe-core's script."""
    return (ensure_packages(TOOLS) / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def browser_program() -> Path:
    """Return a Chromium or Chrome of this machine.

    Raises:
        ToolError: There is none.
    """
    found = next(filter(None, map(shutil.which, (os.environ.get("CHROME_PATH", ""), *BROWSERS))), None)
    if found:
        return Path(found)
    if _MAC.is_file():
        return _MAC
    raise ToolError("no-browser", "there is no Chromium on this machine", hint="Install chromium or google-chrome.")


def browser_flags() -> Sequence[str]:
    """Return the flags that a browser without a screen starts with; root has no sandbox."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return (*_FLAGS, "--no-sandbox") if root else _FLAGS
