"""A repository from outside, read within bounds: what is in it is not trusted.

Nothing outside of the folder is read, whatever links say. Every look is limited: in
names, depth, files and bytes; no pattern of a caller meets text as a regular
expression. So no content can make it slow, only make it say less, and `cut_short`
tells when a limit was met.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

__all__ = ["Repository", "clean"]

NAMES = 20_000
DEPTH = 6
FILES = 400
FILE_BYTES = 256 * 1024
BYTES = 16 * 1024 * 1024
LINE = 2_000
SCRIPTS = 200
LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", ".platform", ".venv", "venv", "node_modules", "bower_components", "vendor", "__pycache__"}
)
_MAJOR = re.compile(r"[^0-9]{0,8}([0-9]{1,6})(?![0-9])")
_GEM = re.compile(r"""\s{0,20}gem[\s(]\s{0,8}["']([A-Za-z0-9_.-]{1,80})["']""")
_RUNNERS = frozenset({"npx", "yarn", "pnpm", "bunx", "exec", "dlx", "run", "bundle", "cross-env", "time"})
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,80}=\S{0,400}")


class Repository:
    """A folder whose content is not trusted.

    Attributes:
        root: The folder, resolved.
        cut_short: Whether a limit was met, so that something may have been overlooked.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.cut_short = False
        self._names = NAMES
        self._bytes = BYTES
        self._files = FILES
        self._folders: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._texts: dict[str, str] = {}

    @cached_property
    def package(self) -> Mapping[str, Any]:
        """The content of ``package.json``; empty when there is none that can be read."""
        try:
            found = json.loads(self.text("package.json"))
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def dependencies(self) -> Mapping[str, str]:
        """What ``package.json`` depends on, for development too: name -> wanted version."""
        tables = (self.package.get(key) for key in ("devDependencies", "dependencies"))
        return {str(name): str(wanted) for table in tables if isinstance(table, dict) for name, wanted in table.items()}

    @cached_property
    def scripts(self) -> Mapping[str, str]:
        """The scripts of ``package.json``."""
        table = self.package.get("scripts")
        found = table.items() if isinstance(table, dict) else ()
        return {name: text[:LINE] for name, text in itertools.islice(found, SCRIPTS) if isinstance(text, str)}

    @cached_property
    def gems(self) -> frozenset[str]:
        """The gems that ``Gemfile`` names."""
        return frozenset(match[1] for line in self.lines("Gemfile") if (match := _GEM.match(line)))

    def matching(self, globs: tuple[str, ...]) -> Iterator[str]:
        """Yield the paths that match any of *globs*; those of folders end with a slash."""
        seen = set()
        for glob in (plain for text in globs for plain in expand(text)):
            wants_folder = glob.endswith("/")
            for path in self._expand("", glob.strip("/").split("/"), wants_folder=wants_folder):
                if path not in seen:
                    seen.add(path)
                    yield path

    def text(self, path: str) -> str:
        """Return the beginning of a file; empty when it can't be read or the limits are met."""
        if path not in self._texts:
            self._texts[path] = self._read(path)
        return self._texts[path]

    def lines(self, path: str) -> Iterator[str]:
        """Yield the lines of a file; of a long one its beginning."""
        return (line[:LINE] for line in self.text(path).splitlines())

    def has_text(self, path: str, words: tuple[str, ...]) -> str:
        """Return the first of *words* that stands in the file, whatever the case, or an empty string."""
        text = self.text(path).lower()
        found = next((word for word in words if word.lower() in text), "")
        self.cut_short |= not found and len(text) >= FILE_BYTES
        return found

    def _read(self, path: str) -> str:
        parent, _, name = path.rpartition("/")
        # Only what a listing has shown is opened, so no `..` and no link is followed on the way.
        if not self._is_shown(parent) or name not in self._listing(parent)[0]:
            return ""
        if self._files <= 0 or self._bytes <= 0:
            self.cut_short = True
            return ""
        try:
            with (self.root / path).open("rb") as file:
                data = file.read(min(FILE_BYTES, self._bytes))
        except OSError:
            return ""
        self._files -= 1
        self._bytes -= len(data)
        return data.decode("utf-8", "replace").removeprefix("\ufeff")

    def _is_shown(self, folder: str) -> bool:
        if not folder:
            return True
        parent, _, name = folder.rpartition("/")
        return self._is_shown(parent) and name in self._listing(parent)[1]

    def _listing(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the files and the folders in *folder*, each in order."""
        if folder not in self._folders:
            self._folders[folder] = self._list(folder)
        return self._folders[folder]

    def _list(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        files: list[str] = []
        folders: list[str] = []
        try:
            with os.scandir(self.root / folder) as entries:
                for entry in entries:
                    if self._names <= 0:
                        self.cut_short = True
                        break
                    self._names -= 1
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif entry.is_file() and self._is_inside(entry):
                        files.append(entry.name)
        except OSError:
            pass
        return tuple(sorted(files)), tuple(sorted(name for name in folders if name not in LEFT_OUT))

    def _is_inside(self, entry: os.DirEntry[str]) -> bool:
        return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(self.root)

    def _expand(self, folder: str, parts: list[str], *, wants_folder: bool, depth: int = 0) -> Iterator[str]:
        """Follow the parts of a glob down from *folder*; `**` goes breadth first, so what is near comes first."""
        if depth > DEPTH:
            self.cut_short = True
            return
        first, *rest = parts
        if first == "**":
            for below in self._below(folder, depth):
                yield from self._expand(below, rest, wants_folder=wants_folder, depth=below.count("/"))
            return
        files, folders = self._listing(folder)
        prefix = f"{folder}/" if folder else ""
        if rest:
            for name in matching_names(first, folders):
                yield from self._expand(prefix + name, rest, wants_folder=wants_folder, depth=depth + 1)
        elif wants_folder:
            yield from (f"{prefix}{name}/" for name in matching_names(first, folders))
        else:
            yield from (prefix + name for name in matching_names(first, files))

    def _below(self, folder: str, depth: int) -> Iterator[str]:
        level = [folder]
        while level and depth <= DEPTH:
            yield from level
            level = [
                f"{parent}/{name}" if parent else name
                for parent in level
                for name in self._listing(parent)[1]
                if not name.startswith(".")
            ]
            depth += 1
        self.cut_short |= bool(level)


def expand(glob: str) -> list[str]:
    """Return *glob* without braces: ``a.{b,c}`` is two."""
    before, brace, after = glob.partition("{")
    if not brace:
        return [glob]
    choices, _, rest = after.partition("}")
    return [before + choice + tail for choice in choices.split(",") for tail in expand(rest)]


def matching_names(part: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the names that one part of a glob means; only `*` has a meaning."""
    if "*" not in part:
        return iter((part,) if part in names else ())
    return (name for name in names if _fits(part, name))


def _fits(part: str, name: str) -> bool:
    first, *others = part.split("*")
    *middle, last = others
    if len(name) < len(part) - part.count("*") or not (name.startswith(first) and name.endswith(last)):
        return False
    place = len(first)
    for piece in middle:
        place = name.find(piece, place, len(name) - len(last))
        if place < 0:
            return False
        place += len(piece)
    return True


def commands(script: str) -> Iterator[tuple[str, ...]]:
    """Yield the commands of a script for the shell as words, without what only starts another program."""
    for part in re.split(r"[;&|\n]", script):
        words = part.split()
        while words and (words[0] in _RUNNERS or words[0].startswith("-") or _ASSIGNMENT.fullmatch(words[0])):
            words = words[1:]
        if words:
            yield (words[0].rpartition("/.bin/")[2], *words[1:])


def major(wanted: str) -> int | None:
    """Return the major version that a dependency asks for, or None when it names none."""
    found = _MAJOR.match(wanted)
    return int(found[1]) if found else None


def clean(text: str, limit: int = 200) -> str:
    """Return what came from a repository so that it can be shown: one line, nothing that steers a terminal."""
    shown = "".join(char if char.isprintable() else "?" for char in text[: limit + 1])
    return shown[:limit] + "..." if len(shown) > limit else shown
