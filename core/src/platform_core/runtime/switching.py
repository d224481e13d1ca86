"""Which release is live: switching and removing releases.

What happens at the same time elsewhere, or ended half-way, can't break what is live.
The switch and `prune` both decide on one version of the key value store. `prune` marks
a release as retired before it writes there, and the switch looks for the mark after it
asked for the version: either the switch sees the mark, or `prune` sees the switch.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from platform_core.runtime.release import Manifest, Object, PublishError
from platform_core.runtime.routing import ERROR_PAGE
from platform_core.runtime.server import missing_server, remove_server, sweep_versions
from platform_core.runtime.store import Change, Pointer, Store, Stored, in_parallel, reported

__all__ = [
    "Clock",
    "Progress",
    "RetiredError",
    "StaleError",
    "Switched",
    "carry_over",
    "manifest_of",
    "manifests",
    "missing",
    "noted",
    "prune",
    "rollback",
    "show_error_page",
    "switch",
]

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, and how many of how many objects are done in it."""

DAY = 86_400.0
_ID = re.compile(r"[a-z2-7]{16}")
# Its key stays the same from release to release, so no cache may keep the error page for long.
_ERROR_PAGE_CACHE = "public, max-age=0, s-maxage=10, must-revalidate"


@dataclass(frozen=True, slots=True)
class Switched:
    """What `rollback` did.

    Attributes:
        id: What is live now.
        previous: What was live before.
        carried: Fingerprinted objects that open tabs may still ask for.
        notes: What went wrong after the switch.
        seconds: Time of each step.
    """

    id: str
    previous: str
    carried: int
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


class RetiredError(Exception):
    """The release is being removed; it can't go live any more."""


class StaleError(Exception):
    """What is live was built from a later source."""


class Clock:
    """Times the steps of some work and tells of them."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._lock = threading.Lock()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        if self._progress:
            self._progress(name, 0, 0)
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def counter(self, name: str, total: int) -> Callable[[], None]:
        """Return what to call, from any thread, for each object that is done."""
        done = 0

        def count() -> None:
            nonlocal done
            with self._lock:
                done += 1
                if self._progress:
                    self._progress(name, done, total)

        return count


def rollback(store: Store, *, to: str | None = None, progress: Progress | None = None) -> Switched:
    """Make an earlier release live again.

    Args:
        store: Where.
        to: Its id; by default the release that was live before. So a second rollback
            undoes the first.
        progress: Is told what happens.

    Raises:
        PublishError: There is no such release, or it is not complete.
    """
    clock = Clock(progress)
    with reported("the rollback"):
        with clock.step("verify"):
            live = store.pointer()
            manifest, present = _target(store, live, to)
        with clock.step("switch"):
            try:
                switch(store, manifest.id, manifest.pointer, expected=None if to else live)
            except RetiredError:
                raise _no_such_release(store, manifest.id) from None
        notes: list[str] = []
        carried = 0
        with clock.step("tidy"), noted(notes):
            show_error_page(store, manifest.id, manifest.objects)
            carried = carry_over(store, live, manifest.id, manifest.objects, present)
    return Switched(manifest.id, live.release if live else "", carried, tuple(notes), clock.seconds)


def prune(store: Store, *, keep: int = 5, incomplete_after: float = DAY) -> tuple[str, ...]:
    """Remove old releases; never one that is live for a host, or was before.

    It may be stopped at any point; the next one goes on from there.

    Args:
        store: Where.
        keep: How many of the newest releases stay in any case.
        incomplete_after: Age in seconds at which a release without a manifest counts
            as abandoned, and not as one that is being published.

    Returns:
        The ids of what was removed.
    """
    with reported("pruning"):
        complete = _manifest_keys(store)
        marked = store.objects("retired/")
        folders = set(store.folders("releases/"))
        deadline = time.time() - incomplete_after
        used = _used(store.keys())
        newest = sorted(complete, key=lambda id_: complete[id_].modified, reverse=True)
        # Old ones, and those that an earlier prune has marked and not removed.
        victims = (set(newest[max(keep, 1) :]) | set(marked) & (folders | set(complete))) - used
        doubtful = {
            id_
            for id_ in folders - set(complete) - set(marked) - used
            if _ID.fullmatch(id_) and _is_abandoned(store, id_, deadline)
        }
        removed = _retire(store, victims, doubtful, deadline) if victims or doubtful else ()
        if store.function:
            sweep_versions(store, deadline)
        # A mark outlives its release by a while, for publishers that met the release before.
        old = {id_ for id_, stored in marked.items() if stored.modified < deadline}
        store.remove(f"retired/{id_}" for id_ in sorted(old - folders - set(complete)))
        return removed


def switch(
    store: Store,
    release: str,
    base: str,
    *,
    started: int | None = None,
    checked: bool = False,
    expected: Pointer | None = None,
) -> Pointer | None:
    """Make a complete release live by one key; record it; return the pointer of before.

    Args:
        store: Where.
        release: Its id.
        base: The pointer's value, without what only publishers read.
        started: When its source was read; now, when somebody decides for this release.
        checked: Refuse when what is live has a later source.
        expected: What has to be live still.

    Raises:
        RetiredError: The release is being removed.
        StaleError: *checked*, and what is live is later.
        PublishError: Something other than *expected* is live.
    """
    before: Pointer | None = None
    tried: str | None = None
    at = int(time.time() * 1000) if started is None else started

    def decide() -> Change | None:
        nonlocal before, tried
        text = store.key(store.host)
        if text is not None and text == tried:
            # Our write went through; only the answer to it was lost.
            return None
        if store.etag(f"retired/{release}") is not None:
            raise RetiredError
        before = Pointer.parse(text)
        if expected and before and before.release != expected.release:
            raise PublishError("changed-meanwhile", f"release {before.release} went live meanwhile")
        tried = _next(before, release, at, checked).value(base)
        return None if tried == text else Change({store.host: tried})

    store.change(decide)
    if before is None or before.release != release:
        _record(store, release, before, at)
    return before


def _next(before: Pointer | None, release: str, at: int, checked: bool) -> Pointer:
    if before is None:
        return Pointer(release, "", at)
    if before.release == release:
        # The same bytes of a later source: an older source must not replace them.
        return Pointer(release, before.previous, max(at, before.started) if checked else before.started)
    if checked and at < before.started:
        raise StaleError
    return Pointer(release, before.release, at)


def _record(store: Store, release: str, before: Pointer | None, started: int) -> None:
    now = datetime.now(UTC)
    data = {
        "host": store.host,
        "id": release,
        "previous": before.release if before else "",
        "at": now.isoformat(),
        "started": datetime.fromtimestamp(started / 1000, UTC).isoformat(),
    }
    key = f"history/{store.host}/{now:%Y%m%dT%H%M%S.%fZ}-{release}.json"
    store.write(key, json.dumps(data, indent=1).encode())


def manifest_of(store: Store, release: str) -> Manifest | None:
    """Return the manifest of a release; None when it has none that can be read."""
    data = store.read(f"manifests/{release}.json")
    try:
        return Manifest.from_json(data) if data else None
    except ValueError:
        return None


def manifests(store: Store) -> list[Manifest]:
    """Return the manifests of all complete releases, newest first."""
    names = sorted(set(_manifest_keys(store)) - set(store.objects("retired/")))
    found = in_parallel(lambda name: manifest_of(store, name), names)
    return sorted((item for item in found if item), key=lambda item: item.created, reverse=True)


def missing(present: Mapping[str, Stored], wanted: Iterable[Object]) -> list[Object]:
    """Return the *wanted* objects that are not *present*, or are others."""

    def right(item: Object) -> bool:
        stored = present.get(item.path)
        return stored is not None and (stored.size, stored.etag) == (item.size, item.md5)

    return [item for item in wanted if not right(item)]


def show_error_page(store: Store, release: str, objects: Iterable[Object]) -> None:
    """Put the 404 page of a release where the distribution looks for it."""
    for item in objects if not store.preview else ():
        if item.path == "404.html" and store.etag(ERROR_PAGE) != item.md5:
            store.copy(f"releases/{release}/{item.path}", ERROR_PAGE, item, cache_control=_ERROR_PAGE_CACHE)


def carry_over(
    store: Store, last: Pointer | None, release: str, objects: Iterable[Object], present: Mapping[str, Stored]
) -> int:
    """Copy the fingerprinted objects of the *last* release which *release* lacks.

    Tabs that were opened before the switch go on asking for them. Only those that the
    last one was built with are copied, so that they don't pile up for ever.

    Args:
        store: Where.
        last: What is live, or was until now.
        release: Gets the copies.
        objects: What it was built with.
        present: What the bucket has of it.

    Returns:
        How many were copied.
    """
    source = manifest_of(store, last.release) if last and last.release != release else None
    if source is None:
        return 0
    own = {item.path for item in objects}
    wanted = missing(present, [item for item in source.objects if item.immutable and item.path not in own])

    def copy(item: Object) -> bool:
        return store.copy(f"releases/{source.id}/{item.path}", f"releases/{release}/{item.path}", item)

    return sum(in_parallel(copy, wanted))


@contextmanager
def noted(notes: list[str]) -> Iterator[None]:
    """Keep a failure as a note: the release is live, and the next publisher makes it good."""
    try:
        with reported("tidying up"):
            yield
    except PublishError as error:
        notes.append(str(error))


def _manifest_keys(store: Store) -> dict[str, Stored]:
    found = {key.removesuffix(".json"): stored for key, stored in store.objects("manifests/").items()}
    return {release: stored for release, stored in found.items() if _ID.fullmatch(release)}


def _target(store: Store, live: Pointer | None, to: str | None) -> tuple[Manifest, dict[str, Stored]]:
    """Return the release to go back to, which is complete, and what the bucket has of it."""
    release = to if to is not None else live.previous if live else ""
    if not release:
        raise PublishError("no-previous-release", "there is no earlier release", hint="Name one with its id.")
    if live and release == live.release:
        raise PublishError("already-live", f"release {release} is live already")
    manifest = manifest_of(store, release) if _ID.fullmatch(release) else None
    if manifest is None:
        raise _no_such_release(store, release)
    present = store.objects(f"releases/{release}/")
    problems = [(item.path, "is not there, or is another") for item in missing(present, manifest.objects)]
    if manifest.server and (why := missing_server(store, release)):
        problems.append(("server", why))
    if problems:
        raise PublishError("incomplete-release", f"release {release} is not complete any more", problems=problems)
    return manifest, present


def _no_such_release(store: Store, release: str) -> PublishError:
    known = ", ".join(item.id for item in manifests(store)) or "none"
    return PublishError("no-such-release", f"there is no complete release {release!r}", hint=f"There are: {known}.")


def _used(keys: Mapping[str, str]) -> set[str]:
    """Return the releases that some host shows, or showed before."""
    pointers = [Pointer.parse(value) for key, value in keys.items() if "/" not in key]
    return {release for found in pointers if found for release in (found.release, found.previous)}


def _is_abandoned(store: Store, release: str, deadline: float) -> bool:
    stored = store.objects(f"releases/{release}/").values()
    return all(item.modified < deadline for item in stored) and store.etag(f"manifests/{release}.json") is None


def _retire(store: Store, victims: set[str], doubtful: set[str], deadline: float) -> tuple[str, ...]:
    """Mark releases, make sure that no host shows them, and remove all that is theirs."""
    marked = sorted(victims | doubtful)
    for release in marked:
        store.write(f"retired/{release}", b"{}")
    # Somebody may have gone on with an incomplete release between our look and our mark.
    removable = victims | {release for release in doubtful if _is_abandoned(store, release, deadline)}
    keys: dict[str, str] = {}

    def decide() -> Change:
        keys.clear()
        keys.update(store.keys())
        # A write even when there is nothing to remove: whoever is about to switch on an
        # older version of the store has to look again, and then sees the mark.
        return Change({"retired/last": str(time.time_ns())})

    store.change(decide)
    removable -= _used(keys)
    store.remove(f"retired/{release}" for release in marked if release not in removable)
    store.change_many(deletes=[key for key in keys if "/" in key and key.partition("/")[0] in removable])
    # Without its manifest a release is not complete, whatever happens from here on.
    store.remove(f"manifests/{release}.json" for release in sorted(removable))
    for release in sorted(removable):
        if store.function:
            remove_server(store, release)
        store.remove(f"releases/{release}/{path}" for path in store.objects(f"releases/{release}/"))
    return tuple(sorted(removable))
