"""Processes that run beside the site, each under a guard."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from platform_core.errors import ToolError
from platform_core.files import cache_folder

__all__ = ["LOOPBACK", "Process", "claim_port", "free_port", "start", "wait_for_http", "wait_until"]

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 12.0
CLAIMS = 20


@dataclass
class Process:
    """A running program.

    Attributes:
        name: For people.
        log: Where its output goes.
    """

    name: str
    log: Path
    handle: subprocess.Popen[bytes]

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self.handle.poll() is not None

    def stop(self) -> None:
        """Close its input, which ends it, and wait for that."""
        if self.handle.stdin:
            self.handle.stdin.close()
        try:
            self.handle.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.handle.kill()
            self.handle.wait()

    def last_words(self) -> str:
        """Return the end of its log."""
        text = self.log.read_text("utf-8", errors="replace") if self.log.is_file() else ""
        return "\n".join(text.strip().splitlines()[-8:])


def start(
    name: str, command: Sequence[str], *, log: Path, env: Mapping[str, str | None] | None = None, guarded: bool = True
) -> Process:
    """Start a program that ends when we end.

    Args:
        name: For people.
        command: Program and arguments.
        log: File for its output; overwritten.
        env: Added to the environment; None takes a variable out.
        guarded: False for a program that watches its own standard input.

    Raises:
        ToolError: The program can't be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    guard = (sys.executable, "-m", "platform_cli.local.guard") if guarded else ()
    with log.open("wb") as output:
        try:
            handle = subprocess.Popen(
                [*guard, *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={name: value for name, value in {**os.environ, **(env or {})}.items() if value is not None},
                # Ctrl-C must reach us alone, so that we stop things in order.
                start_new_session=True,
            )
        except OSError as error:
            raise ToolError("cannot-start", f"{name} can't be started", why=str(error)) from None
    return Process(name, log, handle)


def free_port(preferred: int = 0) -> int:
    """Return a free loopback port: the preferred one when nobody has it."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ToolError("no-port", "there is no free port on this machine")


def claim_port(preferred: int, stack: ExitStack) -> int:
    """Return a free loopback port that no other site takes before our program listens there.

    Args:
        preferred: Taken when it is free; 0 for any.
        stack: Keeps the claim until it is closed; it ends with this process at the latest.

    Raises:
        ToolError: There is no free port.
    """
    claims = cache_folder() / "ports"
    claims.mkdir(parents=True, exist_ok=True)
    for wanted in (preferred, *[0] * CLAIMS):
        port = free_port(wanted)
        claim = (claims / str(port)).open("w")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            continue
        stack.enter_context(claim)
        return port
    raise ToolError("no-port", "other sites claim every free port of this machine")


def wait_for_http(process: Process, url: str, *, seconds: float = 30.0) -> None:
    """Wait until *url* answers anything.

    Raises:
        ToolError: The process ended, or did not answer in time.
    """
    if not wait_until(lambda: process.ended or _answers(url), seconds=seconds) or process.ended:
        why = process.last_words() or f"no answer from {url} within {seconds:.0f} s"
        raise ToolError("did-not-start", f"{process.name} did not start", why=why, hint=f"Its log: {process.log}")


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Wait for a condition with a bound; tell whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own loopback address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
