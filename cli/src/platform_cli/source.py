"""The source that the build machine builds from: the site's folder, without what is nobody's business."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

__all__ = ["Source", "find_source", "pack"]

WHEELS = ".platform/wheels"
"""Plugins that no package index has; the build machine prefers them."""
_FOLDERS = frozenset({
    ".aws", ".git", ".hg", ".platform", ".ssh", ".svn", ".venv", "__pycache__", "node_modules", "venv"
})  # fmt: skip
_SECRET = re.compile(
    r"\.env(\..+)?|\.envrc|\.htpasswd|\.git-credentials|\.netrc|\.npmrc|\.pypirc|id_(rsa|dsa|ecdsa|ed25519)(_\w+)?"
    r"|.+\.(p12|pfx|jks|keystore)"
)
_MAY_HOLD_KEY = frozenset({".pem", ".key", ".p8"})
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Source:
    """What is uploaded.

    Attributes:
        root: The site's folder.
        files: Paths below it, ordered.
        secrets: Paths that are left out because they look like secrets.
    """

    root: Path
    files: tuple[str, ...]
    secrets: tuple[str, ...]


def find_source(root: Path) -> Source:
    """Find the files of the site in *root*; what Git ignores is left out."""
    names = sorted({*_by_git(root), *_wheels(root)} or {*_by_walking(root), *_wheels(root)})
    if "site.toml" not in names:
        # A folder that Git ignores as a whole.
        names = sorted({*_by_walking(root), *_wheels(root)})
    secrets = tuple(name for name in names if _is_secret(root / name))
    return Source(root, tuple(name for name in names if name not in set(secrets)), secrets)


def pack(source: Source, file: IO[bytes]) -> None:
    """Write the archive; the same files give the same bytes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.files:
            path = source.root / name
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o100755 if os.access(path, os.X_OK) else 0o100644) << 16
            archive.writestr(info, path.read_bytes())


def _by_git(root: Path) -> Iterator[str]:
    """Yield what Git has or would take; nothing outside of a repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return iter(())
    names = os.fsdecode(done.stdout).split("\0") if done.returncode == 0 else []
    return _kept(root, (name for name in names if name))


def _by_walking(root: Path) -> Iterator[str]:
    found = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in _FOLDERS]
        found += [Path(folder, name).relative_to(root).as_posix() for name in files]
    return _kept(root, found)


def _wheels(root: Path) -> Iterator[str]:
    return (path.relative_to(root).as_posix() for path in sorted((root / WHEELS).glob("*.whl")))


def _kept(root: Path, names: Iterable[str]) -> Iterator[str]:
    """Leave out folders of tools, and links that lead out of the site."""
    inside = root.resolve()
    for name in names:
        path = root / name
        if not _FOLDERS.intersection(name.split("/")) and path.is_file() and path.resolve().is_relative_to(inside):
            yield name


def _is_secret(path: Path) -> bool:
    if _SECRET.fullmatch(path.name.lower()):
        return True
    return path.suffix.lower() in _MAY_HOLD_KEY and b"PRIVATE KEY" in path.read_bytes()
