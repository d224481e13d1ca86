"""Records of a manifest that say what a component is known by, and what a buyer should know of it.

They are plain dataclasses like those of `platform_core.manifest`, which checks them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "Clue",
    "Detect",
    "Maintenance",
    "Reading",
    "Runtime",
    "Speed",
    "Tool",
    "build_seconds",
    "find_faults",
    "wrong_dates",
]

ENOUGH = 10
"""The weight that recognises a component."""
_STRICT = {"extra": "forbid"}
_THINGS = ("files", "packages", "gems", "scripts")


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing that a repository of the component has; any of the names is enough.

    A clue names exactly one of *files*, *packages*, *gems* and *scripts*.

    Attributes:
        files: Globs below the repository with `*`, `**` and `{a,b}`; one that ends with
            a slash means a folder.
        text: With *files*: any of these stands in such a file, whatever the case.
        packages: Dependencies in ``package.json``, also those for development.
        since: With *packages*: the oldest major version that the component stands for.
        gems: Gems in ``Gemfile``.
        scripts: Programs, with or without arguments, that a script of ``package.json`` runs.
        weight: 1 to 10; a component is recognised from 10 on.
        excludes: The repository is something else when this is found.
        says: What whoever adopts should know when this is found; the clue then weighs nothing.
    """

    __pydantic_config__ = _STRICT

    files: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    since: int = 0
    gems: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    weight: int = ENOUGH
    excludes: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a value stands in a repository: the first line like ``key: value`` or ``key = value``.

    Attributes:
        files: Globs, as in a clue; the first file that has it counts.
        keys: Names of the key, the best one first.
        pattern: What the value must match in full; any text when empty.
    """

    __pydantic_config__ = _STRICT

    files: tuple[str, ...]
    keys: tuple[str, ...]
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Detect:
    """How a repository of the component is recognised, and what is read from it.

    Attributes:
        clues: What speaks for it, and what against it.
        reads: A key of ``site.toml`` (domain, title, locale) or a setting of the
            component -> where its value stands.
        builds: What the script ``build`` of ``package.json`` says when the engine's own
            command does the same. Anything else is run as it is: it becomes the setting
            ``build_script``.
        before_use: For a CMS or a shop: what has to be done in a repository that has it
            already before ``site.toml`` may name it. It is written down as a comment.
    """

    __pydantic_config__ = _STRICT

    clues: tuple[Clue, ...]
    reads: dict[str, Reading] = field(default_factory=dict)
    builds: tuple[str, ...] = ()
    before_use: str = ""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Who keeps the component alive, as found at a source on a day.

    Attributes:
        state: ``active`` gets features and fixes; ``maintenance-only`` fixes; ``dormant``
            neither, without anybody saying so; ``ended`` was said to be over.
        summary: One sentence for the person who chooses.
        source: Where it is from.
        date: When it was read, ISO 8601.
    """

    __pydantic_config__ = _STRICT

    state: Literal["active", "maintenance-only", "dormant", "ended"]
    summary: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A program of the machine that the component needs, and that neither Python's nor Node's packages bring.

    Attributes:
        name: As people write it.
        command: Ends with 0 when the program is there, and prints its version first if
            a *minimum* is asked for.
        purpose: One sentence: what it is needed for.
        install: ``debian``, ``macos`` or ``other`` -> the shell command that brings it.
        minimum: The oldest version that will do, for example ``4.2``.
    """

    __pydantic_config__ = _STRICT

    name: str
    command: tuple[str, ...]
    purpose: str
    install: dict[Literal["debian", "macos", "other"], str]
    minimum: str = ""


@dataclass(frozen=True, slots=True)
class Runtime:
    """A program that the component needs to build or to serve.

    Attributes:
        name: For example ``Node``.
        version: The version that Platform uses.
        use: What for: ``build`` or ``serve``.
        end_of_life: The day of the last security fix, ISO 8601; empty when nobody names one.
        source: Where that is from.
        date: When it was read, ISO 8601.
    """

    __pydantic_config__ = _STRICT

    name: str
    version: str
    source: str
    date: str
    use: Literal["build", "serve"] = "build"
    end_of_life: str = ""

    def ended(self, today: dt.date) -> bool:
        """Tell whether it gets no more security fixes on *today*."""
        return bool(self.end_of_life) and dt.date.fromisoformat(self.end_of_life) < today


@dataclass(frozen=True, slots=True)
class Speed:
    """One measured build, as `nox -s bench` wrote it down.

    Attributes:
        pages: How many entries of content were built; a generator may write more pages than that.
        seconds: How long it took, from nothing.
        peak_mb: The most memory that was in use, in megabytes.
        date: When it was measured, ISO 8601.
        machine: What it ran on.
    """

    __pydantic_config__ = _STRICT

    pages: int
    seconds: float
    peak_mb: int
    date: str
    machine: str = ""

    @property
    def per_second(self) -> float:
        """How many entries are built in a second; 0 when one alone was, which tells no rate."""
        return self.pages / self.seconds if self.seconds and self.pages > 1 else 0.0


def build_seconds(speeds: Iterable[Speed], pages: int) -> float | None:
    """Estimate how long *pages* entries take to build, from what was measured; None when nothing was.

    Between two sizes the time is taken in proportion; beyond the largest, each further
    entry costs what entries cost between the last two.
    """
    known = sorted((item.pages, item.seconds) for item in speeds)
    if not known:
        return None
    if pages <= known[0][0]:
        return known[0][1]
    if len(known) == 1:
        return known[0][1] * pages / known[0][0]
    number = next((index for index, (size, _) in enumerate(known) if size >= pages), len(known) - 1)
    (few, less), (many, more) = known[number - 1], known[number]
    return max(less, less + (more - less) * (pages - few) / (many - few)) if many > few else more


def wrong_dates(where: str, items: Iterable[Maintenance | Runtime | Speed]) -> Iterator[tuple[str, str]]:
    """Yield (place, what is wrong) for dates that are none."""
    for number, item in enumerate(items):
        for name in ("date", "end_of_life"):
            text = getattr(item, name, "")
            try:
                fine = not text or dt.date.fromisoformat(text).isoformat() == text
            except ValueError:
                fine = False
            if not fine:
                yield f"{where}.{number}.{name}", f"{text!r} is not a date such as 2026-01-31."


def find_faults(detect: Detect | None, settings: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield (place, what is wrong) for what the types of a `Detect` can't say."""
    for number, clue in enumerate(detect.clues if detect else ()):
        place = f"detect.clues.{number}"
        if sum(bool(getattr(clue, name)) for name in _THINGS) != 1:
            yield place, f"a clue names exactly one of {', '.join(_THINGS)}."
        if clue.text and not clue.files:
            yield place, "text is looked for in files, and there are none."
        if clue.since and not clue.packages:
            yield place, "since is the version of a package, and there is none."
        if not 1 <= clue.weight <= ENOUGH:
            yield f"{place}.weight", f"{clue.weight} is not between 1 and {ENOUGH}."
        yield from ((f"{place}.files", what) for what in _wrong_globs(clue.files))
    for name, reading in (detect.reads if detect else {}).items():
        if name not in _SITE_KEYS | settings:
            yield f"detect.reads.{name}", f"it is neither {', '.join(sorted(_SITE_KEYS))} nor a setting."
        yield from ((f"detect.reads.{name}.files", what) for what in _wrong_globs(reading.files))
        try:
            re.compile(reading.pattern)
        except re.error as error:
            yield f"detect.reads.{name}.pattern", f"not a regular expression: {error}."


def _wrong_globs(globs: tuple[str, ...]) -> Iterator[str]:
    for glob in globs:
        if glob.startswith("/") or ".." in glob.split("/") or "\\" in glob:
            yield f"{glob!r} leaves the repository."
        elif glob.count("{") != glob.count("}"):
            yield f"{glob!r} has a brace without its other half."


_SITE_KEYS = frozenset({"domain", "title", "locale"})
