"""Which combinations were verified, when, and with what: a record beside each engine's manifest.

Whoever takes a combination from its CMS to a browser writes the result with
`record_verified`. It lies in the engine's own package, so it comes with the plugin to
everybody who installs it, and core names no component:

    verified.json    {"schema": 1, "combinations": [{"cms": "pages", "shop": null, "date": "2026-01-31",
                      "versions": {"zola": "0.1.0", "pages": "0.1.0"}, "template": "473647bffe7a",
                      "code": "9d3a6c0b71e24f58"}, ...]}

One object stands for one combination with the engine; *versions* are those of the
plugins, *template* begins the SHA-256 of the CloudFormation template for AWS, and *code*
that of the files of core and the plugins.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path
from typing import Any

from platform_core.catalogue import Catalogue
from platform_core.files import write_atomically

__all__ = ["FILE", "Code", "Parts", "Verified", "is_current", "read_verified", "record_verified"]

FILE = "verified.json"
# What a result writes beside the code, and what Python and npm leave there.
_LEFT_OUT = {FILE, "__pycache__", "node_modules"}
Parts = tuple[str, str | None, str | None]
"""The ids of engine, CMS and shop."""


@dataclass(frozen=True, slots=True)
class Verified:
    """That a combination was built, deployed and seen to work.

    Attributes:
        date: The day, ISO 8601.
        versions: Component id -> version of its distribution.
        template: The beginning of the template's SHA-256.
        code: What `Code` said of the parts; empty when nobody asked.
    """

    date: str
    versions: Mapping[str, str]
    template: str
    code: str = ""


class Code:
    """Hashes of the code that decides what becomes of a combination; each package is read once."""

    def __init__(self, catalogue: Catalogue) -> None:
        usable = [item for item in catalogue.plugins if item.state == "ok"]
        self._folders = {item.id: item.package for item in usable if item.package}
        self._distributions = {item.id: item.distribution for item in usable}
        self._used: dict[str, list[Path]] = {}
        self._hashes: dict[Path, bytes] = {}

    def of(self, parts: Iterable[str | None]) -> str:
        """Return the beginning of the SHA-256 of core and the packages of *parts*; empty when one is not installed.

        A plugin that builds on another one by its distribution's requirements counts with that one.
        """
        chosen = [part for part in parts if part]
        if not self._folders.keys() >= set(chosen):
            return ""
        folders = dict.fromkeys(folder for part in chosen for folder in self._used_by(part))
        return hashlib.sha256(b"".join(map(self._hash, (Path(__file__).parent, *folders)))).hexdigest()[:16]

    def _used_by(self, part: str) -> list[Path]:
        if part not in self._used:
            required = requires(self._distributions[part]) or ()
            names = {re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0] for requirement in required}
            others = [item for item, distribution in self._distributions.items() if distribution in names]
            self._used[part] = [self._folders[item] for item in (part, *others) if item in self._folders]
        return self._used[part]

    def _hash(self, folder: Path) -> bytes:
        if folder not in self._hashes:
            digest = hashlib.sha256()
            for name in _files(folder):
                with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123  a Path for each file takes as long as hashing
                    data = file.read()
                digest.update(f"{name}\0{len(data)}\0".encode() + data)
            self._hashes[folder] = digest.digest()
        return self._hashes[folder]


def read_verified(catalogue: Catalogue) -> dict[Parts, Verified]:
    """Return what is recorded for the usable engines of *catalogue*; a record that can't be read counts as none."""
    return {
        (engine, row["cms"], row["shop"]): Verified(row["date"], row["versions"], row["template"], row.get("code", ""))
        for engine, package in _packages(catalogue).items()
        for row in _rows(package / FILE)
    }


def record_verified(
    catalogue: Catalogue, passed: Mapping[Parts, Verified], failed: Iterable[Parts] = ()
) -> tuple[Path, ...]:
    """Write results into the records of the engines; what is not named keeps its own.

    Args:
        catalogue: The plugins in whose packages the records lie; editable installations.
        passed: What was verified.
        failed: What was tried and did not pass; it is verified no longer.

    Returns:
        The files that changed.
    """
    known = read_verified(catalogue)
    results = {parts: found for parts, found in {**known, **passed}.items() if parts not in set(failed)}
    changed = []
    for engine, package in _packages(catalogue).items():
        rows = [_as_row(parts, found) for parts, found in sorted(results.items(), key=_order) if parts[0] == engine]
        text = json.dumps({"schema": 1, "combinations": rows}, indent=1, ensure_ascii=False) + "\n"
        file = package / FILE
        if (rows or file.exists()) and (not file.exists() or file.read_text("utf-8") != text):
            write_atomically(file, text)
            changed.append(file)
    return tuple(changed)


def is_current(found: Verified, parts: Parts, code: Code) -> bool:
    """Tell whether the code that was verified is the code that is installed."""
    return bool(found.code) and found.code == code.of(parts)


def _files(folder: Path) -> list[str]:
    """Return the names of the files that belong to a package, in order."""
    found: list[str] = []
    start = len(str(folder)) + 1
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        inside = place[start:].replace(os.sep, "/")
        found += [f"{inside}/{name}" if inside else name for name in names if name not in _LEFT_OUT]
    return sorted(found)


def _packages(catalogue: Catalogue) -> dict[str, Path]:
    return {
        plugin.id: plugin.package
        for plugin in catalogue.plugins
        if plugin.kind == "ssg" and plugin.state == "ok" and plugin.package
    }


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return
    rows = data.get("combinations") if isinstance(data, dict) and data.get("schema") == 1 else None
    yield from (row for row in rows or [] if _is_row(row))


def _is_row(row: object) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("versions"), dict):
        return False
    try:
        dt.date.fromisoformat(row["date"])
    except (KeyError, TypeError, ValueError):
        return False
    parts = [row.get(key) for key in ("cms", "shop")]
    texts = [row.get("template"), row.get("code", "")]
    return all(isinstance(text, str) for text in texts) and all(part is None or isinstance(part, str) for part in parts)


def _as_row(parts: Parts, found: Verified) -> dict[str, Any]:
    return {
        "cms": parts[1],
        "shop": parts[2],
        "date": found.date,
        "versions": dict(found.versions),
        "template": found.template,
        "code": found.code,
    }


def _order(item: tuple[Parts, Verified]) -> tuple[str, ...]:
    return tuple(part or "" for part in item[0])
