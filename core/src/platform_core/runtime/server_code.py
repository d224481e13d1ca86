"""The code of a release's server: read from the folder that a build left, and packed for Lambda."""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from platform_core.runtime.release import PublishError

__all__ = ["GUARD", "Code", "Server", "key_value", "read_server", "write_zip"]

GUARD = Path(__file__).parent / "guard" / "_platform.mjs"
"""What stands before the site's own code, and answers until there is any."""

# Not "_platform.json": a loader that tries endings must find the module first.
_SETTINGS = "_platform-release.json"
_MAX_BYTES = 250 * 1024 * 1024
_MAX_KEY_BYTES = 1_024
_HEADER = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Server:
    """What a build left for the server; `platform_core.contributions.ServerBundle` says what each means."""

    folder: Path
    handler: str
    runtime: str
    memory: int
    timeout: int
    environment: Mapping[str, str] = field(default_factory=dict)
    assets: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    vary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A server whose files were read.

    Attributes:
        files: Path in the function's folder -> the file.
        digest: Of everything that decides what the server does.
    """

    server: Server
    files: Mapping[str, Path]
    digest: str


def read_server(server: Server) -> Code:
    """Read the files of a server.

    Raises:
        PublishError: They can't become a function; every problem is named.
    """
    problems: list[tuple[str, str]] = []
    files = dict(_files(server.folder, problems))
    problems += _faults(server, files)
    if problems:
        raise PublishError("bad-server", f"{server.folder} can't become a server", problems=problems)
    settings = [server.handler, server.runtime, server.memory, server.timeout, sorted(server.environment.items())]
    routing = [server.assets, server.routes, server.vary]
    rows = [[path, _sha256(file), os.access(file, os.X_OK)] for path, file in sorted(files.items())]
    data = json.dumps([settings, routing, rows, _sha256(GUARD)], separators=(",", ":"))
    return Code(server, files, hashlib.sha256(data.encode()).hexdigest())


def write_zip(target: IO[bytes], release: str, code: Code, token: str) -> None:
    """Write what Lambda gets: the site's code, the guard before it, and what the guard has to know."""
    settings = {
        "release": release,
        "handler": code.server.handler,
        "environment": dict(sorted(code.server.environment.items())),
        "token": hashlib.sha256(token.encode()).hexdigest(),
    }
    rows: dict[str, Path | bytes] = {**code.files, GUARD.name: GUARD, _SETTINGS: json.dumps(settings).encode()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        for path, source in sorted(rows.items()):
            # The same files give the same bytes: no times, and only one bit of the mode.
            row = zipfile.ZipInfo(path)
            row.compress_type = zipfile.ZIP_DEFLATED
            executable = isinstance(source, Path) and os.access(source, os.X_OK)
            row.external_attr = (0o100755 if executable else 0o100644) << 16
            bundle.writestr(row, source.read_bytes() if isinstance(source, Path) else source)


def key_value(server: Server, host: str, token: str) -> str:
    """Return what the viewer function has to know of a server."""
    value = {
        "o": host,
        "k": token,
        "t": server.timeout,
        "a": list(server.assets),
        "f": list(server.routes),
        "v": list(server.vary),
    }
    return json.dumps(value, separators=(",", ":"))


def _files(folder: Path, problems: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    try:
        root = folder.resolve(strict=True)
        for parent, names, files in os.walk(root):
            names.sort()
            for name in sorted([*files, *(entry for entry in names if Path(parent, entry).is_symlink())]):
                path = Path(parent, name)
                shown = path.relative_to(root).as_posix()
                real = path.resolve()
                if not real.is_relative_to(root):
                    problems.append((shown, "is a link that leaves the folder"))
                elif path.is_symlink() and real.is_dir():
                    yield from _linked(shown, real, problems)
                elif not real.is_file():
                    problems.append((shown, "is no file"))
                else:
                    yield shown, real
    except OSError as error:
        problems.append((str(folder), f"can't be read: {error}"))


def _linked(shown: str, folder: Path, problems: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    """Yield the plain files of a folder that a link inside the server leads to."""
    for file in sorted(folder.rglob("*")):
        path = f"{shown}/{file.relative_to(folder).as_posix()}"
        if file.is_symlink():
            problems.append((path, "is a link in a folder that is linked itself"))
        elif file.is_file():
            yield path, file


def _faults(server: Server, files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    module = server.handler.rpartition(".")[0]
    if not any(f"{module}{ending}" in files for ending in (".mjs", ".js", ".cjs")):
        yield server.handler, f"there is no {module}.mjs, .js or .cjs"
    for name in (GUARD.name, _SETTINGS):
        if name in files:
            yield name, "is a name that the platform uses itself"
    size = sum(file.stat().st_size for file in files.values())
    if size > _MAX_BYTES:
        yield "size", f"{size / 2**20:.0f} MB, and Lambda takes {_MAX_BYTES // 2**20}"
    for beginning in (*server.assets, *server.routes):
        if not beginning.startswith("/"):
            yield beginning, "a path begins with a slash"
    for name in server.vary:
        if not _HEADER.fullmatch(name):
            yield name, "is no header's name in lower case"
    if not 1 <= server.timeout <= 60:
        yield "timeout", f"{server.timeout} seconds, and CloudFront waits for 1 to 60"
    if len(key_value(server, "x" * 80, "x" * 48).encode()) > _MAX_KEY_BYTES:
        yield "routing", "assets, routes and vary do not fit into 1 KB together"


def _sha256(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
