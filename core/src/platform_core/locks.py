"""Lock files of other package managers: what npm needs to install the versions that they name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["OWN", "pin", "yarn_lock"]

OWN = ("package-lock.json", "npm-shrinkwrap.json")
"""The lock files of npm; they have one form."""
_TABLES = ("dependencies", "devDependencies", "optionalDependencies")


def yarn_lock(folder: Path) -> bytes:
    """Return the lock file of Yarn 1, which npm reads by itself; later versions write one that it can't read."""
    path = folder / "yarn.lock"
    text = path.read_bytes() if path.is_file() else b""
    return text if b"# yarn lockfile v1" in text[:500] else b""


def pin(folder: Path) -> bytes:
    """Return ``package.json`` with the versions of ``pnpm-lock.yaml``, or as it is.

    What the site depends on is named exactly. Of the packages below, those that are
    there in one version are overridden with it; where several versions are, npm
    chooses among what their dependents allow.
    """
    text = (folder / "package.json").read_bytes()
    lock = folder / "pnpm-lock.yaml"
    try:
        package = json.loads(text)
        locked = _read(lock.read_text("utf-8")) if lock.is_file() else {}
        direct = _direct(locked)
        versions = _versions(locked)
        for table, wanted in direct.items():
            package[table] = {**package.get(table, {}), **wanted}
        named = {name for wanted in direct.values() for name in wanted}
        single = {name: next(iter(them)) for name, them in versions.items() if len(them) == 1 and name not in named}
        if not direct:
            return text
        package["overrides"] = {**dict(sorted(single.items())), **package.get("overrides", {})}
    except (ValueError, TypeError, AttributeError, KeyError):
        # A form that we do not know says nothing; npm then chooses.
        return text
    return json.dumps(package, indent=1).encode()


def _read(text: str) -> Mapping[str, Any]:
    import yaml

    try:
        found = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def _direct(locked: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return table -> name -> version of what the site itself depends on."""
    importer = locked.get("importers", {}).get(".", {}) if "importers" in locked else locked
    found = {}
    for table in _TABLES:
        rows = {name: _version(row) for name, row in importer.get(table, {}).items()}
        if exact := {name: version for name, version in rows.items() if version}:
            found[table] = exact
    return found


def _version(row: Any) -> str:
    """Return an exact version, without the peers that it was resolved with; empty for a link or an archive."""
    text = str(row["version"] if isinstance(row, dict) else row).partition("(")[0]
    if ":" in text or "/" in text.partition("@")[0].lstrip("@"):
        return ""
    name, _, version = text.rpartition("@")
    return f"npm:{name}@{version}" if name else version


def _versions(locked: Mapping[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key in locked.get("packages", {}):
        name, _, version = str(key).lstrip("/").partition("(")[0].rpartition("@")
        if name and ":" not in version and "/" not in version:
            found.setdefault(name, set()).add(version)
    return found
