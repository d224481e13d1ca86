"""What a space has published, and what has changed since when."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

__all__ = ["FILES", "Key", "Store"]

FILES = "_files"
"""Below this path the stand-in has the files of the space."""
Key = tuple[str, str]
_KEPT = ("space", "id", "type", "createdAt", "updatedAt", "environment", "contentType", "publishedAt")
_LONG_AGO = "2026-01-01T00:00:00.000Z"


class Store:
    """The published half of an export.

    Args:
        data: Of contentful-export, or of a file for contentful-import.
        folder: Where the files of assets lie, by the host and path of their addresses.
    """

    def __init__(self, data: Mapping[str, Any], folder: Path | None = None) -> None:
        self.folder = folder
        self.epoch = secrets.token_hex(8)
        self.files: dict[str, Mapping[str, Any]] = {}
        self.locales: list[Mapping[str, Any]] = []
        self.types: dict[str, Mapping[str, Any]] = {}
        self.items: dict[Key, Mapping[str, Any]] = {}
        self.log: list[tuple[Key, Mapping[str, Any] | None]] = []
        self._sources: dict[Key, str] = {}
        self._lock = threading.RLock()
        self.load(data)

    def load(self, data: Mapping[str, Any]) -> None:
        """Take a newer export; what differs has changed now."""
        with self._lock:
            self.locales = list(data.get("locales") or [_only_locale()])
            self.types = {row["sys"]["id"]: row for row in data.get("contentTypes") or ()}
            rows = [(kind, row) for kind in ("Entry", "Asset") for row in data.get(_plural(kind)) or ()]
            there = {(kind, row["sys"]["id"]): row for kind, row in rows if _is_published(row["sys"])}
            for key in [key for key in self.items if key not in there]:
                self.remove(key)
            for key in sorted(there):
                text = json.dumps(there[key], sort_keys=True)
                if self._sources.get(key) != text:
                    self._sources[key] = text
                    self.put(there[key])

    def put(self, row: Mapping[str, Any]) -> None:
        """Publish an entry or an asset."""
        with self._lock:
            key = (row["sys"]["type"], row["sys"]["id"])
            old = self.items.get(key)
            item = self._item(row, int(old["sys"]["revision"]) + 1 if old else 1)
            self.items[key] = item
            self.log.append((key, item))

    def remove(self, key: Key) -> None:
        """Unpublish or delete something."""
        with self._lock:
            item = self.items.pop(key)
            self._sources.pop(key, None)
            sys = {**item["sys"], "type": f"Deleted{key[0]}", "deletedAt": item["sys"]["updatedAt"]}
            sys.pop("contentType", None)
            self.log.append((key, {"sys": sys}))

    def all(self, kind: str) -> list[Mapping[str, Any]]:
        """Return everything of a kind, in the order of the ids."""
        with self._lock:
            return [self.items[key] for key in sorted(self.items) if key[0] == kind]

    def changes(self, start: int, end: int) -> dict[Key, Mapping[str, Any]]:
        """Return the last word on what changed between two lengths of the log."""
        with self._lock:
            return {key: item for key, item in self.log[start:end] if item is not None}

    def file_of(self, path: str) -> tuple[Mapping[str, Any], Path | None] | None:
        """Return an asset's description of a file, and the file when it is there."""
        found = self.files.get(path)
        if found is None:
            return None
        parts = urlsplit(str(found["original"]))
        file = self.folder / parts.netloc / unquote(parts.path).lstrip("/") if self.folder and parts.netloc else None
        inside = file and self.folder and file.resolve().is_relative_to(self.folder.resolve())
        return found, file if file and inside and file.is_file() else None

    def chain(self, code: str) -> Iterator[str]:
        """Yield a locale and those that it falls back to."""
        rows = {row["code"]: row.get("fallbackCode") for row in self.locales}
        seen: set[str] = set()
        found: str | None = code
        while found and found not in seen:
            seen.add(found)
            yield found
            found = rows.get(found)

    @property
    def default(self) -> str:
        """The code of the default locale."""
        return str(next((row["code"] for row in self.locales if row.get("default")), self.locales[0]["code"]))

    def _item(self, row: Mapping[str, Any], revision: int) -> Mapping[str, Any]:
        sys = {name: row["sys"][name] for name in _KEPT if name in row["sys"]}
        sys = {
            "space": _link("Space", "sample"),
            "environment": _link("Environment", "master"),
            "createdAt": _LONG_AGO,
            "updatedAt": _LONG_AGO,
            **sys,
            "revision": revision,
        }
        fields = row.get("fields") or {}
        if sys["type"] == "Asset":
            fields = {
                **fields,
                "file": {code: self._file(sys, file) for code, file in (fields.get("file") or {}).items()},
            }
        metadata = {"tags": [], "concepts": [], **(row.get("metadata") or {})}
        return {"metadata": metadata, "sys": sys, "fields": fields}

    def _file(self, sys: Mapping[str, Any], file: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a file whose address, like Contentful's, is another one for other bytes."""
        original = str(file.get("url") or file.get("upload") or "")
        token = hashlib.sha256(original.encode()).hexdigest()[:32]
        path = f"/{FILES}/{sys['id']}/{token}/{quote(str(file.get('fileName') or 'file'))}"
        self.files[path] = {**file, "original": original}
        return {**file, "url": path}


def _is_published(sys: Mapping[str, Any]) -> bool:
    return bool(sys.get("publishedVersion")) and not sys.get("archivedVersion")


def _plural(kind: str) -> str:
    return "entries" if kind == "Entry" else "assets"


def _only_locale() -> dict[str, Any]:
    return {
        "code": "en-US",
        "name": "English",
        "default": True,
        "fallbackCode": None,
        "sys": {"type": "Locale", "id": "1"},
    }


def _link(kind: str, name: str) -> dict[str, Any]:
    return {"sys": {"type": "Link", "linkType": kind, "id": name}}
