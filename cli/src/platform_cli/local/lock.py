"""One running site for each folder: a lock that ends with its process."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from platform_cli.local.processes import wait_until
from platform_core.files import write_atomically

__all__ = ["Running", "locked", "running"]

# Whoever asks `running` holds the lock for a moment, and a fresh lock has no record yet.
_MOMENT = 1.0
_RECORD = "up.json"


@dataclass(frozen=True)
class Running:
    """The process that runs a site, and where the site answers.

    Attributes:
        address: Empty while it is starting; *endpoint*, of the embedded AWS, likewise.
    """

    pid: int
    address: str = ""
    endpoint: str = ""


@dataclass(frozen=True)
class Lock:
    """The held lock of a site's state folder."""

    folder: Path

    def tell(self, address: str, endpoint: str) -> None:
        """Tell other processes where the site and its embedded AWS answer."""
        _write(self.folder, Running(os.getpid(), address, endpoint))


@contextmanager
def locked(folder: Path) -> Iterator[Lock | None]:
    """Hold the lock of a site's state folder; yields None when another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("w") as lock:
        if not wait_until(lambda: _took(lock), seconds=_MOMENT):
            yield None
            return
        _write(folder, Running(os.getpid()))
        try:
            yield Lock(folder)
        finally:
            (folder / _RECORD).unlink(missing_ok=True)


def running(folder: Path) -> Running | None:
    """Return who holds the lock; None when nobody does."""
    try:
        with (folder / "up.lock").open("r+") as lock:
            if _took(lock):
                return None
            wait_until(lambda: _read(folder) is not None, seconds=_MOMENT)
            return _read(folder)
    except OSError:
        return None


def _took(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(folder: Path, record: Running) -> None:
    write_atomically(folder / _RECORD, json.dumps(asdict(record)))


def _read(folder: Path) -> Running | None:
    try:
        return Running(**json.loads((folder / _RECORD).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
