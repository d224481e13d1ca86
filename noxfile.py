"""Every check is a session; README, CI and contributors call the same ones.

`.venv/bin/nox` runs the default ones, `nox -l` lists all; `nox -s NAME -- --help` tells a session's options.
"""

# /// script
# dependencies = ["nox>=2025.2"]
# ///

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nox

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "imports", "docs", "tests"]

ROOT = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLUGINS = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file())
DISTRIBUTIONS = ["core", "cli", "testing", *(f"plugins/{name}" for name in PLUGINS)]
SOURCES = [f"{name}/src" for name in DISTRIBUTIONS]
WORKERS = os.environ.get("PLATFORM_TEST_WORKERS", "2")
# The sessions use the workspace's environment, whether or not it is activated.
PROGRAMS = next(path for path in (ROOT / ".venv" / "bin", Path(sys.executable).parent) if path.is_dir())
os.environ["PATH"] = os.pathsep.join([str(PROGRAMS), os.environ["PATH"]])


def options(session: nox.Session, flags: Mapping[str, Mapping[str, Any]]) -> argparse.Namespace:
    """Read the session's own options; `--help` tells them."""
    parser = argparse.ArgumentParser(prog=f"nox -s {session.name} --")
    for flag, settings in flags.items():
        parser.add_argument(flag, **settings)
    return parser.parse_args(session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments go to pytest."""
    session.run("python", "-m", "pytest", "-n", WORKERS, "--dist", "loadfile", *session.posargs)


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
def gen(session: nox.Session) -> None:
    """Write the generated parts of the documentation; `--check` only compares."""
    session.run("python", "docs/generate.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Check that the documentation is whole, its links lead somewhere and its examples run; build it to build/docs."""
    session.run("python", "-m", "pytest", "tests/test_docs.py", "core/tests/test_hookspecs.py", *session.posargs)
    session.run("python", "docs/build_site.py")


@nox.session
def matrix(session: nox.Session) -> None:
    """Take every combination of installed parts to a browser; with --engines check every starter."""
    program = "tests/quality/run.py" if "--engines" in session.posargs else "tests/matrix/run.py"
    session.run("python", program, *(item for item in session.posargs if item != "--engines"))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure against named baselines and write docs/reference/benchmarks.md."""
    session.run("python", "tests/bench/run.py", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Send 10,000 events over 42 sites through the event layer and write docs/data/events.json; --reduced is quick."""
    session.run("python", "tests/soak/run.py", *session.posargs)


@nox.session
def minimums(session: nox.Session) -> None:
    """Run the tests of core and the command with the oldest dependencies that they allow; arguments go to pytest."""
    uv = find_uv(session)
    chosen = session.posargs or ["core/tests", "cli/tests", "-m", "not embedded and not browser and not slow"]
    with tempfile.TemporaryDirectory() as scratch:
        session.run(uv, "venv", "--quiet", "--python", sys.executable, scratch, external=True)
        python = str(Path(scratch, "bin", "python"))
        wanted = ["./core", "./cli", "./testing", "pytest>=8.3", "pytest-xdist>=3.6", "hypothesis>=6.130"]
        command = [uv, "pip", "install", "--quiet", "--python", python, "--resolution", "lowest-direct", *wanted]
        session.run(*command, external=True)
        session.run(python, "-m", "pytest", "-n", WORKERS, "--dist", "loadfile", *chosen, external=True)


@nox.session
def wheels(session: nox.Session) -> None:
    """Build every distribution and use it outside the workspace; arguments go to pytest."""
    session.run("python", "-m", "pytest", "tests/test_wheels.py", *session.posargs)


@nox.session
def screenshots(session: nox.Session) -> None:
    """Photograph each starter, desktop and phone, light and dark, for people to look at."""
    session.run("python", "tests/screenshots.py", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Find a Chromium for the browser tests, or install Debian's."""
    if any(shutil.which(name) for name in BROWSERS) or Path("/Applications/Google Chrome.app").exists():
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        session.error("There is no Chromium here. Install chromium or google-chrome, then run this again.")
    session.run("apt-get", "update", "-qq", external=True)
    session.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", external=True, silent=True)


@nox.session
def tools(session: nox.Session) -> None:
    """Find the programs that engines need of the machine, or install Debian's; what can't come is told."""
    missing = session.run("python", "-m", "platform_testing.tools", silent=True) or ""
    commands = [line for line in str(missing).splitlines() if line.strip()]
    if not commands:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        session.warn(f"Some tests will be skipped. To run them all: {'; '.join(commands)}")
        return
    session.run("apt-get", "update", "-qq", external=True)
    for command in commands:
        session.run(*shlex.split(command), external=True, silent=True)


def find_uv(session: nox.Session) -> str:
    """Return the uv that `make` brought, or one on the path."""
    own = ROOT / ".tools" / "bin" / "uv"
    found = os.environ.get("UV") or (str(own) if own.is_file() else shutil.which("uv"))
    if not found:
        session.error("There is no uv. Run `make setup`, or install uv.")
    return str(found)
