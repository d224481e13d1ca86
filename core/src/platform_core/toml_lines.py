"""Where a key stands in a TOML text, which `tomllib` does not tell."""

from __future__ import annotations

import functools
import re

__all__ = ["Lines"]


class Lines:
    """Tells on which line of a TOML text a key stands; tomllib does not."""

    _KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
    _TABLE = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]")

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self.where = where

    @functools.cached_property
    def _places(self) -> dict[tuple[str, ...], int]:
        places: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        quote = ""
        for number, line in enumerate(self._text.splitlines(), 1):
            if quote:
                quote = "" if quote in line else quote
                continue
            if match := self._TABLE.match(line):
                table = self._split(match[1])
                places.setdefault(table, number)
            elif match := self._KEY.match(line):
                key = self._split(match[1])
                for length in range(1, len(key) + 1):
                    places.setdefault((*table, *key[:length]), number)
            for mark in ('"""', "'''"):
                if line.count(mark) % 2:
                    quote = mark
        return places

    @staticmethod
    def _split(key: str) -> tuple[str, ...]:
        return tuple(part.strip().strip("\"'") for part in key.split("."))

    def at(self, *path: str) -> str:
        """Return ``site.toml:7 [settings.zola] variant`` for a path of keys."""
        line = next((self._places[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self._places), 0)
        place = f"{self.where}:{line}" if line else self.where
        *tables, key = path
        return f"{place} [{'.'.join(tables)}] {key}" if tables else f"{place} {key}"
