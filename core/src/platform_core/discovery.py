"""Discovery: which plugins are installed, found without importing any of them.

Four pure steps over frozen records: find the entry points, check each one,
read its manifest, settle collisions. Every step returns its failures as values,
so a broken plugin is listed with its cause and never stops the others.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from platform_core.errors import PlatformError, did_you_mean
from platform_core.files import write_atomically
from platform_core.manifest import KINDS, Kind, Manifest, hydrate, parse_manifest

__all__ = ["CONTRACTS", "DISABLE_VARIABLE", "Discovery", "Plugin", "State", "discover"]

CONTRACTS = (1,)
DISABLE_VARIABLE = "PLATFORM_DISABLE"
State = Literal["ok", "disabled", "incompatible", "broken", "shadowed", "missing-dependency"]

_GROUP = re.compile(r"platform\.(?P<kind>[a-z]+)\.v(?P<contract>\d+)")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One component of one installed distribution, usable or not.

    Attributes:
        distribution: The distribution's name, normalized.
        value: The entry point's value, ``module`` or ``module:attribute``.
        package: The folder of the top-level package; None when it is not there.
        cause: Why the state is not ``ok``.
        fix: The command or the change that mends it.
    """

    id: str
    kind: Kind
    contract: int
    distribution: str
    version: str
    value: str
    package: Path | None = None
    manifest: Manifest | None = None
    state: State = "ok"
    cause: str = ""
    fix: str = ""

    def failed(self, state: State, cause: str, fix: str) -> Plugin:
        """Return this plugin in another state, with cause and fix."""
        return dataclasses.replace(self, state=state, cause=cause, fix=fix)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What is installed.

    Attributes:
        plugins: All of them, ordered by kind and id, never by install order.
        warnings: What else the user should know, one sentence each.
    """

    plugins: tuple[Plugin, ...]
    warnings: tuple[str, ...] = ()

    @property
    def usable(self) -> tuple[Plugin, ...]:
        """The plugins in state ``ok``; each has a manifest."""
        return tuple(plugin for plugin in self.plugins if plugin.state == "ok")

    @property
    def faults(self) -> tuple[Plugin, ...]:
        """The plugins that somebody should mend; a disabled one is no fault."""
        return tuple(plugin for plugin in self.plugins if plugin.state not in {"ok", "disabled"})


def discover(
    path: Sequence[str] | None = None,
    *,
    disabled: Iterable[str] | None = None,
    no_plugins: bool = False,
    cache: Path | None = None,
) -> Discovery:
    """Find every installed plugin and say in which state it is.

    Args:
        path: Where to look; ``sys.path`` when None.
        disabled: Component ids or distribution names; from ``PLATFORM_DISABLE`` when None.
        no_plugins: Disable all of them.
        cache: A file that keeps checked manifests between runs; None for no cache.
    """
    names = _disabled_names(disabled)
    memory = _Memory(cache)
    found, warnings = _find(path, memory)
    known = {_normalize(name) for plugin in found for name in (plugin.id, plugin.distribution)}
    warnings += [
        f"{DISABLE_VARIABLE} names {name!r}, which is not installed. {did_you_mean(name, known)}".rstrip()
        for name in sorted(names - known)
    ]
    plugins = [_read(_check(plugin, names, no_plugins=no_plugins), path, memory) for plugin in found]
    memory.save()
    return Discovery(tuple(_settle(plugins)), tuple(warnings))


def _disabled_names(disabled: Iterable[str] | None) -> set[str]:
    given = os.environ.get(DISABLE_VARIABLE, "").split(",") if disabled is None else disabled
    return {_normalize(name) for name in given if name.strip()}


def _normalize(name: str) -> str:
    """Return the normalized form of a distribution name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def _find(path: Sequence[str] | None, memory: _Memory) -> tuple[list[Plugin], list[str]]:
    """Walk the distributions; one malformed one must not hide the rest."""
    found: list[Plugin] = []
    warnings: list[str] = []
    for distribution in importlib.metadata.distributions(path=list(sys.path if path is None else path)):
        try:
            text = distribution.read_text("entry_points.txt") or ""
        except (OSError, UnicodeDecodeError):
            continue
        # Parsing metadata is slow, so only distributions that name us get that far.
        if "platform." not in text:
            continue
        try:
            found += _entry_points(distribution, memory)
        except Exception as error:  # noqa: BLE001  a foreign file: any parser error may come out of it
            warnings.append(f"{_place(distribution)}: entry_points.txt can't be read ({error}). Reinstall it.")
    return found, warnings


def _entry_points(distribution: importlib.metadata.Distribution, memory: _Memory) -> Iterator[Plugin]:
    for point in distribution.entry_points:
        match = _GROUP.fullmatch(point.group)
        if not match:
            continue
        metadata: Any = distribution.metadata
        name = metadata["Name"]
        plugin = Plugin(
            id=point.name,
            kind=match["kind"],  # type: ignore[arg-type]  # checked in _check
            contract=int(match["contract"]),
            distribution=_normalize(name) if name else _place(distribution),
            version=metadata["Version"] or "",
            value=point.value,
        )
        if not name:
            plugin = plugin.failed(
                "broken", "its METADATA has no name, so the installation is damaged", "Reinstall the distribution."
            )
        yield _with_requirements(plugin, distribution, memory)


def _place(distribution: importlib.metadata.Distribution) -> str:
    return str(getattr(distribution, "_path", "a distribution without a path"))


def _with_requirements(plugin: Plugin, distribution: importlib.metadata.Distribution, memory: _Memory) -> Plugin:
    """Check ``Requires-Dist`` before anything is imported."""
    if plugin.state != "ok":
        return plugin
    upgrade = f"pip install --upgrade {plugin.distribution}"
    for line in distribution.requires or ():
        if ";" in line and "extra" in line:
            continue
        name = re.match(r"[A-Za-z0-9._-]+", line)
        if name is None:
            return plugin.failed("broken", f"its requirement {line!r} can't be read", upgrade)
        try:
            installed = importlib.metadata.distribution(name[0]).version
        except importlib.metadata.PackageNotFoundError:
            if _applies(line):
                return plugin.failed("missing-dependency", f"{line} is not installed", f"pip install '{line}'")
            continue
        if _normalize(name[0]) == "platform-core" and not memory.allows(line, installed):
            cause = f"it needs {line}, and platform-core {installed} is installed"
            return plugin.failed("incompatible", cause, upgrade)
    return plugin


def _applies(line: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        marker = Requirement(line).marker
    except InvalidRequirement:
        return True
    return marker is None or marker.evaluate()


def _allows(line: str, version: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(line).specifier.contains(version, prereleases=True)
    except InvalidRequirement:
        return False


def _check(plugin: Plugin, disabled: set[str], *, no_plugins: bool) -> Plugin:
    if no_plugins:
        return plugin.failed("disabled", "--no-plugins is on", "Leave --no-plugins out.")
    if disabled & {_normalize(plugin.id), _normalize(plugin.distribution)}:
        return plugin.failed("disabled", f"{DISABLE_VARIABLE} names it", f"Take it out of {DISABLE_VARIABLE}.")
    if plugin.state != "ok":
        return plugin
    upgrade = f"pip install --upgrade {plugin.distribution}"
    if plugin.kind not in KINDS:
        return plugin.failed(
            "incompatible", f"core knows no kind {plugin.kind!r} (it knows {', '.join(KINDS)})", upgrade
        )
    if plugin.contract not in CONTRACTS:
        spoken = ", ".join(f"v{number}" for number in CONTRACTS)
        cause = f"it speaks contract v{plugin.contract}, and this core speaks {spoken}"
        fix = "pip install --upgrade platform-core" if plugin.contract > max(CONTRACTS) else upgrade
        return plugin.failed("incompatible", cause, fix)
    if not _ID.fullmatch(plugin.id):
        return plugin.failed("broken", f"its id {plugin.id!r} is not lower-case words with dashes", upgrade)
    return plugin


def _read(plugin: Plugin, path: Sequence[str] | None, memory: _Memory) -> Plugin:
    """Find the package without importing it, and read its manifest."""
    if plugin.state not in {"ok", "disabled"}:
        return plugin
    module = plugin.value.partition(":")[0].strip()
    top, *rest = module.split(".")
    reinstall = f"pip install --force-reinstall {plugin.distribution}"
    package = _package(top, path)
    if package is None:
        return _unless_disabled(plugin, f"its package {top!r} is not there", reinstall)
    plugin = dataclasses.replace(plugin, package=package)
    inner = package.joinpath(*rest)
    if rest and not (inner.with_suffix(".py").is_file() or inner.is_dir()):
        return _unless_disabled(plugin, f"its entry point names {module!r}, which does not exist", reinstall)
    try:
        manifest = memory.manifest(package / "plugin.toml")
    except FileNotFoundError:
        return _unless_disabled(plugin, "it has no plugin.toml in its top-level package", reinstall)
    except (OSError, UnicodeDecodeError) as error:
        return _unless_disabled(plugin, f"its plugin.toml can't be read: {error}", reinstall)
    except PlatformError as error:
        return _unless_disabled(plugin, "; ".join(map(str, error.problems)), "Tell its author, or remove it.")
    for name, stated, expected in (("id", manifest.id, plugin.id), ("kind", manifest.kind, plugin.kind)):
        if stated != expected:
            cause = f"its manifest says {name} = {stated!r}, its entry point {expected!r}"
            return _unless_disabled(plugin, cause, "Tell its author, or remove it.")
    return dataclasses.replace(plugin, manifest=manifest)


def _unless_disabled(plugin: Plugin, cause: str, fix: str) -> Plugin:
    return plugin if plugin.state == "disabled" else plugin.failed("broken", cause, fix)


def _package(top: str, path: Sequence[str] | None) -> Path | None:
    """Return the folder of a top-level package; finding one imports nothing."""
    try:
        if path is None:
            spec = importlib.util.find_spec(top)
        else:
            spec = importlib.machinery.PathFinder.find_spec(top, list(path))
    except (ImportError, ValueError):
        return None
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(folders[0]) if folders else None


def _settle(plugins: list[Plugin]) -> list[Plugin]:
    """Order by kind and id; refuse two distributions that claim one id."""
    order = {kind: number for number, kind in enumerate(KINDS)}
    plugins = sorted(
        _first_of_each_distribution(plugins), key=lambda item: (order.get(item.kind, 9), item.id, item.distribution)
    )
    claims: dict[tuple[str, str], list[Plugin]] = {}
    for plugin in plugins:
        if plugin.state == "ok":
            claims.setdefault((plugin.kind, plugin.id), []).append(plugin)
    return [_refuse_collision(plugin, claims.get((plugin.kind, plugin.id), [])) for plugin in plugins]


def _first_of_each_distribution(plugins: list[Plugin]) -> Iterator[Plugin]:
    """Mark a distribution that is on the path twice: Python imports the first."""
    first: dict[tuple[str, str, str], Plugin] = {}
    for plugin in plugins:
        key = (plugin.distribution, plugin.kind, plugin.id)
        used = first.setdefault(key, plugin)
        if used is plugin:
            yield plugin
        elif (used.version, used.package) != (plugin.version, plugin.package):
            cause = f"{plugin.distribution} {used.version} comes first on the path"
            yield plugin.failed("shadowed", cause, f"pip uninstall {plugin.distribution}, until one is left")


def _refuse_collision(plugin: Plugin, claims: list[Plugin]) -> Plugin:
    if plugin.state != "ok" or len(claims) < 2:
        return plugin
    both = " and ".join(f"{item.distribution} {item.version}" for item in claims)
    fix = f"pip uninstall one of them, or set {DISABLE_VARIABLE}={claims[-1].distribution}"
    return plugin.failed("shadowed", f"the id {plugin.id!r} is provided by {both}; neither is used", fix)


class _Memory:
    """What was checked before, so that pydantic and packaging need not be imported again.

    Manifests are remembered by path, time and size of their file; verdicts on
    requirements by requirement and version.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        data = self._load()
        self._manifests: dict[str, Any] = _table(data, "manifests")
        self._verdicts: dict[str, Any] = _table(data, "verdicts")
        self._changed = False

    def manifest(self, path: Path) -> Manifest:
        """Read a manifest, or return the one that was read before."""
        stat = path.stat()
        stamp = [stat.st_mtime_ns, stat.st_size]
        known = self._manifests.get(str(path))
        if isinstance(known, list) and known[0] == stamp:
            try:
                return hydrate(Manifest, known[1])
            except (TypeError, KeyError, AttributeError):
                pass  # another version of this file's format wrote it
        manifest = parse_manifest(path.read_text("utf-8"), "plugin.toml")
        self._manifests[str(path)] = [stamp, dataclasses.asdict(manifest)]
        self._changed = True
        return manifest

    def allows(self, line: str, version: str) -> bool:
        """Tell whether the requirement *line* allows *version*."""
        key = f"{line} {version}"
        if not isinstance(self._verdicts.get(key), bool):
            self._verdicts[key] = _allows(line, version)
            self._changed = True
        return bool(self._verdicts[key])

    def save(self) -> None:
        """Keep what is new."""
        if self._file and self._changed:
            # Plugins that are gone would make every start a little slower, for ever.
            there = {path: row for path, row in self._manifests.items() if Path(path).is_file()}
            data = {"manifests": there, "verdicts": self._verdicts}
            # A read-only home only makes the next start slower.
            with contextlib.suppress(OSError):
                write_atomically(self._file, json.dumps(data))

    def _load(self) -> Any:
        try:
            return json.loads(self._file.read_text("utf-8")) if self._file else {}
        except (OSError, ValueError):
            return {}


def _table(data: Any, key: str) -> dict[str, Any]:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}
