"""One running site for each folder: a lock that ends with its process."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Running", "locked", "running"]


@dataclass(frozen=True)
class Running:
    """The process that runs a site, and where the site answers."""

    pid: int
    address: str = ""


@contextmanager
def locked(folder: Path) -> Iterator[Path | None]:
    """Hold the lock of a site's state folder; yields None when another process has it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "up.json"
    with (folder / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        file.write_text(json.dumps(asdict(Running(os.getpid()))), "utf-8")
        try:
            yield file
        finally:
            file.unlink(missing_ok=True)


def running(folder: Path) -> Running | None:
    """Return who holds the lock; None when nobody does."""
    try:
        with (folder / "up.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return None
    except BlockingIOError:
        pass
    except OSError:
        return None
    try:
        return Running(**json.loads((folder / "up.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
