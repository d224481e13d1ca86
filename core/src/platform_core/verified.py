"""Which combinations were verified, when, and with what: a record beside each engine's manifest.

Whoever takes a combination from its CMS to a browser writes the result with
`record_verified`. It lies in the engine's own package, so it comes with the plugin to
everybody who installs it, and core names no component:

    verified.json    {"schema": 1, "combinations": [{"cms": "pages", "shop": null, "date": "2026-01-31",
                      "versions": {"zola": "0.1.0", "pages": "0.1.0"}, "template": "473647bffe7a"}, ...]}

One object stands for one combination with the engine; *versions* are those of the
plugins, *template* begins the SHA-256 of the CloudFormation template for AWS.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_core.catalogue import Catalogue
from platform_core.files import write_atomically

__all__ = ["FILE", "Parts", "Verified", "is_current", "read_verified", "record_verified"]

FILE = "verified.json"
Parts = tuple[str, str | None, str | None]
"""The ids of engine, CMS and shop."""


@dataclass(frozen=True, slots=True)
class Verified:
    """That a combination was built, deployed and seen to work.

    Attributes:
        date: The day, ISO 8601.
        versions: Component id -> version of its distribution.
        template: The beginning of the template's SHA-256.
    """

    date: str
    versions: Mapping[str, str]
    template: str


def read_verified(catalogue: Catalogue) -> dict[Parts, Verified]:
    """Return what is recorded for the usable engines of *catalogue*; a record that can't be read counts as none."""
    return {
        (engine, row["cms"], row["shop"]): Verified(row["date"], row["versions"], row["template"])
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


def is_current(found: Verified, parts: Parts, catalogue: Catalogue) -> bool:
    """Tell whether the versions that were verified are those that are installed."""
    installed = {plugin.id: plugin.version for plugin in catalogue.plugins if plugin.state == "ok"}
    return all(found.versions.get(part) == installed.get(part) for part in parts if part)


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
    return isinstance(row.get("template"), str) and all(part is None or isinstance(part, str) for part in parts)


def _as_row(parts: Parts, found: Verified) -> dict[str, Any]:
    return {
        "cms": parts[1],
        "shop": parts[2],
        "date": found.date,
        "versions": dict(found.versions),
        "template": found.template,
    }


def _order(item: tuple[Parts, Verified]) -> tuple[str, ...]:
    return tuple(part or "" for part in item[0])
