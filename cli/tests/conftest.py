"""What tests of this distribution share: the command as a process, and one embedded AWS for each test process."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from platform_testing.distributions import install_fakes
from platform_testing.embedded import EmbeddedAws, embedded_aws

PLATFORM = Path(sys.executable).with_name("platform")
KEPT = ("PLATFORM_CACHE", "PLATFORM_TEST_WORKERS")


@pytest.fixture(name="aws", scope="session")
def _aws() -> Iterator[EmbeddedAws]:
    with embedded_aws() as aws:
        yield aws


@dataclass
class Command:
    """Runs `platform` as a user does: in a process, in a folder, with plugins on the path.

    Attributes:
        folder: Where it runs.
        plugins: A folder of installed distributions, in front of those of the environment.
        env: Added to the environment, in which nothing of the developer's own is left.
    """

    folder: Path
    plugins: Path
    env: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *arguments: object, code: int | None = 0, env: Mapping[str, str] | None = None, seconds: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Run it without a terminal; *code* is the exit code that is expected, None for any."""
        done = subprocess.run(
            self.line(*arguments),
            cwd=self.folder,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if code is not None:
            assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def converse(
        self, *arguments: object, answers: Sequence[str], env: Mapping[str, str] | None = None, seconds: float = 60.0
    ) -> tuple[str, int]:
        """Run it on a terminal and answer each question; return what was seen, and the exit code."""
        program, *words = self.line(*arguments)
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execve(program, [program, *words], self.environment({"TERM": "dumb", **(env or {})}))  # noqa: S606
        seen, asked, left = b"", 0, list(answers)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ready, _, _ = select.select([terminal], [], [], 0.2)
            if ready:
                try:
                    chunk = os.read(terminal, 65_536)
                except OSError:  # so Linux says that the other side has ended
                    chunk = b""
                if not chunk:
                    break
                seen += chunk
            elif left and seen[asked:].endswith(b": "):
                os.write(terminal, f"{left.pop(0)}\n".encode())
                asked = len(seen)
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
        return seen.decode(errors="replace").replace("\r\n", "\n"), os.waitstatus_to_exitcode(status)

    def line(self, *arguments: object) -> list[str]:
        """Return the command line."""
        return [str(PLATFORM), *map(str, arguments)]

    def environment(self, env: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment in which it runs."""
        own = {
            name: value
            for name, value in os.environ.items()
            if name in KEPT or not name.startswith(("AWS_", "PLATFORM_", "_PLATFORM_"))
        }
        return {**own, "PYTHONPATH": str(self.plugins), **self.env, **(env or {})}


@pytest.fixture(scope="session")
def make_command() -> type[Command]:
    """Return the class of `platform`, for fixtures of a wider scope."""
    return Command


@pytest.fixture
def platform(tmp_path: Path) -> Command:
    """Return the command, in an empty folder, with the reference fakes and a cache of its own."""
    folder, cache = tmp_path / "work", tmp_path / "cache"
    folder.mkdir()
    return Command(folder, install_fakes(tmp_path / "plugins"), {"PLATFORM_CACHE": str(cache)})


@pytest.fixture
def new_site(platform: Command) -> Callable[..., Path]:
    """Return the function that starts a site of the reference fakes by `platform init`."""

    def new(name: str = "acme", *more: str) -> Path:
        chosen = ("--client", name, "--domain", f"www.{name}.example", "--engine", "ssg-echo")
        platform("init", name, *chosen, *more)
        return platform.folder / name

    return new
