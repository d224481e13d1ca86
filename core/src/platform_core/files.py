"""Writing files so that nothing is ever lost or half-written, and where caches go."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["cache_folder", "write_atomically"]


def cache_folder() -> Path:
    """Return the folder that all sites share; ``PLATFORM_CACHE`` moves it.

    What a plugin builds once for all sites, such as an editor, belongs below ``built/``:
    build machines keep that from one build to the next.
    """
    if chosen := os.environ.get("PLATFORM_CACHE"):
        return Path(chosen).expanduser().resolve()
    import platformdirs

    return platformdirs.user_cache_path("platform", appauthor=False)


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write a file whole or not at all: a temporary name first, then a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blob = data.encode() if isinstance(data, str) else data
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(blob)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
