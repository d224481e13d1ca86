"""Every check is a session; README, CI and contributors call the same ones.

`uvx nox` or `.venv/bin/nox` runs the default ones; `nox -l` lists all.
"""

# /// script
# dependencies = ["nox>=2025.2"]
# ///

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "imports", "tests"]

ROOT = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLUGINS = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file())
SOURCES = ["core/src", "cli/src", "testing/src", *(f"plugins/{name}/src" for name in PLUGINS)]
WORKERS = os.environ.get("PLATFORM_TEST_WORKERS", "2")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments go to pytest."""
    session.run("python", "-m", "pytest", "-n", WORKERS, "--dist", "loadgroup", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and spelling."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("codespell")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    session.run("mypy", *SOURCES)


@nox.session
def imports(session: nox.Session) -> None:
    """Check that nothing imports upward."""
    session.run("lint-imports")


@nox.session
def browser(session: nox.Session) -> None:
    """Find a Chromium for the browser tests, or install Debian's."""
    if any(shutil.which(name) for name in BROWSERS) or Path("/Applications/Google Chrome.app").exists():
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        session.error("There is no Chromium here. Install chromium or google-chrome, then run this again.")
    session.run("apt-get", "update", "-qq", external=True)
    session.run(
        "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", external=True, silent=True
    )
