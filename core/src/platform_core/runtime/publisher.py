"""Publishing a release: written beside the one that is live, verified, then switched on.

    releases/<id>/<path>     the files; never changed once the release is complete
    server/<id>.zip          the code of its server, if it has one; see `runtime.server`
    manifests/<id>.json      what the release consists of; written last
    history/<host>/<time>-<id>.json    one for each switch; never changed
    retired/<id>             the release is being removed and must not go live again
    _errors/404.html         the live 404 page, where the distribution looks for it

A publisher that dies before the switch leaves an incomplete release, which the next
publisher of the same build completes, and which `prune` removes a day later.

Needs boto3 and modules of this package only, so it runs on a laptop, in CodeBuild and
in Lambda alike.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from platform_core.runtime.release import (
    ENTRY_PAGES,
    NEVER,
    Manifest,
    Object,
    PublishError,
    changes,
    redirect_page,
    release_id,
    scan,
)
from platform_core.runtime.routing import (
    Routing,
    Rule,
    Unroutable,
    fallback_file,
    plan_routing,
    pointer_value,
    table_entries,
)
from platform_core.runtime.server import deploy_server
from platform_core.runtime.server_code import Code, Server, read_server
from platform_core.runtime.store import Pointer, Store, Stored, connect, in_parallel, output_changed, reported
from platform_core.runtime.switching import (
    Clock,
    Progress,
    RetiredError,
    StaleError,
    Switched,
    carry_over,
    manifest_of,
    manifests,
    missing,
    noted,
    prune,
    rollback,
    show_error_page,
    switch,
)

__all__ = [
    "Progress",
    "PublishError",
    "Published",
    "ReleaseInfo",
    "Server",
    "Store",
    "Switched",
    "connect",
    "prune",
    "publish",
    "releases",
    "rollback",
    "scan",
]

_MAX_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class Published:
    """What `publish` did.

    Attributes:
        id: The release of this build.
        live: Whether it is the live one now.
        stale: It is not, because what is live was built from a later source.
        previous: The release that was live before; *id* when nothing changed.
        uploaded: Objects of the build that went over the network.
        copied: Those that were copied from an earlier release.
        reused: Those that were there already.
        carried: Fingerprinted objects of the release before that open tabs may ask for.
        unrouted: Redirects that never answer, because a page, an earlier redirect or a
            circle of redirects has their path.
        pruned: Old releases that were removed.
        notes: What went wrong after the switch; the next publisher makes it good.
        seconds: Time of each step.
    """

    id: str
    live: bool
    stale: bool = False
    previous: str = ""
    uploaded: int = 0
    copied: int = 0
    reused: int = 0
    carried: int = 0
    unrouted: tuple[Rule, ...] = ()
    pruned: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """One complete release.

    Attributes:
        previous: Whether a rollback without an id leads to it.
        objects: How many, and *bytes* how large, without those carried over.
        server: Whether it has a server beside its files.
    """

    id: str
    live: bool
    previous: bool
    created: datetime
    objects: int
    bytes: int
    provenance: Mapping[str, str]
    server: bool = False


def publish(
    store: Store,
    output: Path,
    *,
    server: Server | None = None,
    redirects: Sequence[Rule] = (),
    fingerprinted: str = NEVER,
    keep: int = 5,
    progress: Progress | None = None,
    provenance: Mapping[str, str] | None = None,
    started: float | None = None,
    force: bool = False,
) -> Published:
    """Publish a finished build and make it live for the store's host.

    Args:
        store: Where to.
        output: The folder with the site.
        server: What is asked for paths without a file.
        redirects: Old path, target and status; the most important first.
        fingerprinted: A regular expression for paths that change with their bytes.
        keep: How many releases stay to roll back to.
        progress: Is told what happens.
        provenance: Where the build came from; kept with the release.
        started: When the source of the build was read, in seconds since the epoch. A
            build of an earlier source than the live one's does not go live.
        force: Make it live all the same.

    Raises:
        PublishError: The build can't be published, or AWS refused; what was live still is.
    """
    clock = Clock(progress)
    checked = started is not None and not force
    now = started if started is not None and checked else time.time()
    with reported("publishing"):
        with clock.step("scan"):
            code = _server_code(store, server)
            objects, routing = _read(output, fingerprinted, redirects, code)
        job = _Job(
            store=store,
            output=output,
            objects=objects,
            routing=routing,
            code=code,
            provenance=dict(provenance or {}),
            started=int(now * 1000),
            checked=checked,
            keep=keep,
            clock=clock,
        )
        for _ in range(_MAX_RESTARTS):
            try:
                return job.run()
            except RetiredError:
                # It was removed under our hands: its next generation has a place of its own.
                continue
    raise PublishError("store-busy", "the release is removed as often as it is published", hint="Try again later.")


def releases(store: Store) -> list[ReleaseInfo]:
    """Return the complete releases, newest first."""
    with reported("listing releases"):
        live = store.pointer()
        return [
            ReleaseInfo(
                id=item.id,
                live=bool(live and live.release == item.id),
                previous=bool(live and live.previous == item.id),
                created=datetime.fromtimestamp(item.created, UTC),
                objects=len(item.objects),
                bytes=sum(row.size for row in item.objects),
                provenance=item.provenance,
                server=bool(item.server),
            )
            for item in manifests(store)
        ]


@dataclass
class _Job:
    """One build on its way to being live."""

    store: Store
    output: Path
    objects: tuple[Object, ...]
    routing: Routing
    code: Code | None
    provenance: Mapping[str, str]
    started: int
    checked: bool
    keep: int
    clock: Clock
    id: str = ""
    uploaded: int = 0
    copied: int = 0
    carried: int = 0

    @property
    def prefix(self) -> str:
        return f"releases/{self.id}/"

    def run(self) -> Published:
        self.uploaded = self.copied = self.carried = 0
        with self.clock.step("compare"):
            self.id = self._free_id()
            live = self.store.pointer()
            if self.checked and live and live.release != self.id and self.started < live.started:
                return self._answer(live, stale=True)
            manifest = manifest_of(self.store, self.id)
            present = self.store.objects(self.prefix)
        self._complete(manifest, present, live)
        if problems := changes(self.output, self.objects):
            raise output_changed(problems)
        return self._go_live()

    def _free_id(self) -> str:
        routing = [self.routing.style, *self.routing.buckets]
        routing += [f"server {self.code.digest}"] if self.code else []
        for generation in range(1000):
            found = release_id(self.objects, routing, generation=generation)
            if self.store.etag(f"retired/{found}") is None:
                return found
        raise PublishError("store-busy", "this build was published and removed a thousand times today")

    def _complete(self, manifest: Manifest | None, present: dict[str, Stored], live: Pointer | None) -> None:
        """Bring what the release lacks, verify it, write its keys, and its manifest last."""
        lacking = missing(present, self.objects)
        if lacking:
            with self.clock.step("upload"):
                self._bring(lacking, live)
        elif manifest and live and live.release == self.id:
            return
        with self.clock.step("carry"):
            self.carried = carry_over(self.store, live, self.id, self.objects, present)
        with self.clock.step("verify"):
            self._verify()
        if self.code:
            with self.clock.step("server"):
                deploy_server(self.store, self.id, self.code)
        with self.clock.step("routing"):
            self._write_table()
            if manifest is None:
                pointer = pointer_value(self.id, self.routing)
                digest = self.code.digest if self.code else ""
                manifest = Manifest(self.id, time.time(), pointer, self.objects, self.provenance, digest)
                self.store.write(f"manifests/{self.id}.json", manifest.to_json())

    def _bring(self, lacking: list[Object], live: Pointer | None) -> None:
        earlier = manifests(self.store)
        earlier.sort(key=lambda item: live is None or item.id != live.release)
        sources: dict[tuple[str, str, str], str] = {}
        for manifest in earlier:
            # Not from this one: an object that it lacks may be there with the wrong bytes.
            for item in manifest.objects if manifest.id != self.id else ():
                sources.setdefault(item.same, f"releases/{manifest.id}/{item.path}")

        def bring(item: Object) -> bool:
            source = sources.get(item.same)
            if source and self.store.copy(source, self.prefix + item.path, item):
                return True
            self.store.upload(self.prefix + item.path, item, self.output / item.path)
            return False

        copied = in_parallel(bring, lacking, self.clock.counter("upload", len(lacking)))
        self.copied = sum(copied)
        self.uploaded = len(copied) - self.copied

    def _verify(self) -> None:
        """See that every object is in the bucket, and that the entry pages answer."""
        wrong = missing(self.store.objects(self.prefix), self.objects)
        problems = [(item.path, "is not there, or is another") for item in wrong]
        for page in (item for item in self.objects if item.path in ENTRY_PAGES):
            answer = self.store.read(self.prefix + page.path)
            if hashlib.sha256(answer or b"").hexdigest() != page.sha256:
                problems.append((page.path, "answers with other bytes"))
        if problems:
            raise PublishError("not-verified", f"release {self.id} is not complete", problems=problems)

    def _write_table(self) -> None:
        entries = table_entries(self.id, self.routing)
        needed = sum(len(key.encode()) + len(value.encode()) for key, value in entries.items())
        if needed and needed > self.store.room():
            prune(self.store, keep=1)
            if needed > self.store.room():
                raise PublishError(
                    "routing-full",
                    "the key value store has no room for the release's routing table",
                    why=f"It needs {needed} bytes; a store holds 5 MB for all its releases and hosts.",
                    hint="Fewer redirects, or fewer hosts in one store.",
                )
        self.store.change_many(puts=entries)

    def _go_live(self) -> Published:
        pointer = pointer_value(self.id, self.routing)
        with self.clock.step("switch"):
            try:
                before = switch(self.store, self.id, pointer, started=self.started, checked=self.checked)
            except StaleError:
                return self._answer(self.store.pointer(), stale=True)
        notes: list[str] = []
        pruned: tuple[str, ...] = ()
        with self.clock.step("tidy"), noted(notes):
            show_error_page(self.store, self.id, self.objects)
            if before is None or before.release != self.id:
                pruned = prune(self.store, keep=self.keep)
        return self._answer(before, pruned=pruned, notes=tuple(notes))

    def _answer(
        self,
        before: Pointer | None,
        *,
        stale: bool = False,
        pruned: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> Published:
        return Published(
            id=self.id,
            live=not stale,
            stale=stale,
            previous=before.release if before else "",
            uploaded=self.uploaded,
            copied=self.copied,
            reused=0 if stale else len(self.objects) - self.uploaded - self.copied,
            carried=self.carried,
            unrouted=(*self.routing.shadowed, *self.routing.looping),
            pruned=pruned,
            notes=notes,
            seconds=self.clock.seconds,
        )


def _server_code(store: Store, server: Server | None) -> Code | None:
    if server and not store.function:
        raise PublishError(
            "no-server",
            "the site's stack has no function to render with",
            why='The site asks for rendering = "server", and the stack that is deployed was made without it.',
            hint="Run `platform deploy`.",
        )
    return read_server(server) if server else None


def _read(
    output: Path, fingerprinted: str, redirects: Sequence[Rule], code: Code | None
) -> tuple[tuple[Object, ...], Routing]:
    required = ENTRY_PAGES[1:] if code else ENTRY_PAGES
    objects = {item.path: item for item in scan(output, fingerprinted, required=required)}
    try:
        routing = plan_routing(objects, redirects, assets=tuple(code.server.assets) if code else None)
    except Unroutable as error:
        problems = [("routing", text) for text in error.problems]
        raise PublishError("bad-routing", "some addresses can't be served", problems=problems) from None
    for source, target, _ in routing.overflow:
        page = redirect_page(fallback_file(source, routing.style), target)
        objects.setdefault(page.path, page)
    return tuple(sorted(objects.values(), key=lambda item: item.path)), routing
