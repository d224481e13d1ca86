"""What is known of each starter: the file that documentation is made from, and what may be skipped."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import os
import platform
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import platform_core
from platform_core.catalogue import Catalogue
from platform_core.discovery import Plugin, discover
from platform_core.files import write_atomically
from platform_core.manifest import Manifest
from platform_core.recommending import SERVER

__all__ = [
    "IMAGES",
    "ROOT",
    "Starter",
    "find_starters",
    "key_of",
    "load",
    "manifest_of",
    "picture_of",
    "renders",
    "save",
    "today",
]

ROOT = Path(__file__).parent.parent.parent
FILE = ROOT / "docs" / "data" / "engines.json"
IMAGES = ROOT / "docs" / "images" / "starters"
Starter = tuple[str, str]
# Raised when the checks ask for more than they did.
CHECKS = 2
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_MEASURED = re.compile(rb"\s*^# generated: speed\n.*?^# end of speed\s*", re.DOTALL | re.MULTILINE)
# The library of typefaces grows without any starter changing.
_LEFT_OUT = {"__pycache__", "node_modules", "fonts", "verified.json"}


def find_starters(only: list[str]) -> list[Starter]:
    """Return engine and variant of each starter of this repository, or of those that are asked for."""
    starters = [
        (engine.id, variant) for engine in Catalogue(tuple(plugins())).of_kind("ssg") for variant in engine.variants
    ]
    if unknown := [
        name for name in only if name not in {text for pair in starters for text in (pair[0], "/".join(pair))}
    ]:
        raise SystemExit(f"There is no starter {', '.join(unknown)}. There are {', '.join(map('/'.join, starters))}.")
    return [pair for pair in starters if not only or pair[0] in only or "/".join(pair) in only]


def plugins() -> list[Plugin]:
    """Return the plugins of this repository."""
    found = discover(disabled=()).plugins
    return [item for item in found if item.package and item.package.is_relative_to(ROOT / "plugins")]


def manifest_of(starter: Starter) -> Manifest:
    """Return the manifest of a starter's engine."""
    return next(item.manifest for item in plugins() if item.id == starter[0] and item.manifest)


def renders(starter: Starter) -> bool:
    """Whether the engine of a starter renders on a server too."""
    return SERVER in manifest_of(starter).provides


def key_of(starter: Starter) -> str:
    """Hash what decides the result: the starter, its plugin, what that needs, the shared design, and the checks."""
    engine, variant = starter
    plugin = next(item for item in plugins() if item.id == engine)
    assert plugin.package
    assert plugin.manifest
    others = {item.starter for name, item in plugin.manifest.variants.items() if name != variant}
    parts = ["/".join(starter), *(f"{name}=={_version(name)}" for name in _needs(plugin.distribution))]
    parts.append(f"checks {CHECKS}")
    for package in (plugin.package, Path(platform_core.__path__[0]) / "design"):
        for path in _files(package):
            inside = path.relative_to(package)
            if package != plugin.package or not any(inside.is_relative_to(name) for name in others):
                parts.append(f"{inside.as_posix()} {hashlib.sha256(_decisive(path)).hexdigest()}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _decisive(path: Path) -> bytes:
    """Return what of a file decides a result: a manifest's measured builds do not."""
    data = path.read_bytes()
    return _MEASURED.sub(b"\n", data) if path.name == "plugin.toml" else data


def _files(folder: Path) -> Iterator[Path]:
    return (
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _LEFT_OUT.intersection(path.relative_to(folder).parts)
    )


def _needs(distribution: str) -> list[str]:
    """Return a distribution and what it requires directly, Platform's own aside: their files are hashed."""
    required = importlib.metadata.requires(distribution) or []
    names = [match[0] for text in required if (match := _NAME.match(text)) and "extra ==" not in text]
    return [distribution, *sorted(name for name in names if not name.startswith("platform-"))]


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "?"


def load(file: Path = FILE) -> dict[str, Any]:
    """Return the record: starter -> what the last run said."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return dict(found["starters"])


def save(rows: Mapping[str, Any], file: Path = FILE) -> None:
    """Put *rows* into the record; starters that are not here any more leave it."""
    rows = load(file) | rows
    there = ["/".join(pair) for pair in find_starters([])]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    record = {"machine": machine, "starters": {name: rows[name] for name in there if name in rows}}
    write_atomically(file, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def picture_of(starter: Starter) -> Path:
    """Return where the picture of a starter is."""
    return IMAGES / f"{'-'.join(starter)}.webp"


def today() -> str:
    """Return the date of a result."""
    return dt.datetime.now(dt.UTC).date().isoformat()
