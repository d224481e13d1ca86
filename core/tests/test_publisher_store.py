"""Publishing, switching and pruning in a real bucket and key value store of the embedded AWS."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from platform_core.runtime import publisher, switching
from platform_core.runtime import store as stores
from platform_core.runtime.publisher import PublishError, prune, publish, releases, rollback
from platform_core.runtime.release import Manifest
from platform_core.runtime.routing import Rule
from platform_core.runtime.store import Change, Store, connect
from platform_testing.embedded import ACCOUNT, EmbeddedAws, embedded_aws

pytestmark = pytest.mark.embedded

HOST = "www.acme.example"
FINGERPRINTED = r"assets/.*\.[0-9a-f]{8}\.\w+"
OBJECT_WRITES = {"PutObject", "CopyObject", "DeleteObjects"}
WRITES = OBJECT_WRITES | {"UpdateKeys"}


class StoppedError(Exception):
    """Stands for the end of a process at some call."""


@dataclass
class World:
    """A bucket and a key value store, a site on disk, and a record of the calls."""

    store: Store
    quiet: Store
    output: Path
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    before: Callable[[str, dict[str, Any]], None] | None = None

    def write(self, files: dict[str, str | bytes]) -> None:
        """Write files of the site."""
        for path, content in files.items():
            file = self.output / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)

    def publish(self, files: dict[str, str | bytes] | None = None, **arguments: Any) -> publisher.Published:
        """Write *files* and publish the site."""
        self.write(files or {})
        return publish(self.store, self.output, fingerprinted=FINGERPRINTED, **arguments)

    def connect(self, host: str = HOST) -> Store:
        """Return the same store with other clients, to which nobody listens."""
        return replace(self.quiet, host=host)

    def heard(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Record a call, and show it to `before` first."""
        self.calls.append((model.name, params))
        if self.before:
            self.before(model.name, params)

    def made(self, names: set[str]) -> list[str]:
        """Return the calls so far that are of *names*, and forget all."""
        found = [name for name, _ in self.calls if name in names]
        self.calls.clear()
        return found

    @property
    def live(self) -> str:
        """The live release of the host."""
        pointer = self.connect().pointer()
        return pointer.release if pointer else ""

    def check(self, release: str = "") -> Manifest:
        """See that a release, or the live one, is complete to the last byte."""
        store = self.connect()
        manifest = switching.manifest_of(store, release or self.live)
        assert manifest
        for item in manifest.objects:
            answer = store.s3.get_object(Bucket=store.bucket, Key=f"releases/{manifest.id}/{item.path}")
            assert hashlib.sha256(answer["Body"].read()).hexdigest() == item.sha256
            assert (answer["ContentType"], answer["CacheControl"]) == (item.content_type, item.cache_control)
        for number in range(json.loads(manifest.pointer)["n"]):
            assert store.key(f"{manifest.id}/{number}")
        return manifest

    def keys_of(self, release: str) -> list[str]:
        """Return everything that a release has, in the bucket and in the store."""
        store = self.connect()
        return [
            *store.objects(f"releases/{release}/"),
            *store.objects(f"manifests/{release}"),
            *(key for key, _ in store.keys().items() if key.startswith(f"{release}/")),
        ]


@pytest.fixture(scope="session", name="aws")
def _aws() -> Iterator[EmbeddedAws]:
    with embedded_aws() as running:
        yield running


@pytest.fixture(scope="session", name="stores_of_worker")
def _stores_of_worker(aws: EmbeddedAws) -> tuple[Store, Store]:
    """Two stores with clients of their own, which take longer to make than most tests."""

    def make() -> Store:
        return connect(bucket="", store_arn="", host=HOST, session=session(), endpoint=aws.endpoint)

    return make(), make()


@pytest.fixture(name="world")
def _world(aws: EmbeddedAws, stores_of_worker: tuple[Store, Store], tmp_path: Path) -> Iterator[World]:
    name = f"site-{uuid.uuid4().hex[:12]}"
    aws.client("s3").create_bucket(Bucket=name)
    arn = aws.client("cloudfront").create_key_value_store(Name=name)["KeyValueStore"]["ARN"]
    store, quiet = (replace(item, bucket=name, store_arn=arn) for item in stores_of_worker)
    world = World(store, quiet, tmp_path / "output")
    world.write({"index.html": "<p>Home", "404.html": "<p>Missing", "a/index.html": "<p>A", "data.json": "{}"})
    events = (store.s3.meta.events, "before-call.s3"), (store.kvs.meta.events, "before-call.cloudfront-keyvaluestore")
    for emitter, event in events:
        emitter.register(event, world.heard)
    yield world
    for emitter, event in events:
        emitter.unregister(event, world.heard)


def session() -> boto3.Session:
    return boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="local", region_name="us-east-1")


def at(step: str, action: Callable[[], Any]) -> publisher.Progress:
    """Return a progress callback that does something once, when *step* begins."""
    left = [action]

    def progress(name: str, done: int, total: int) -> None:
        if name == step and left:
            left.pop()()

    return progress


class TestPublish:
    """From a folder to the live release."""

    def test_makes_the_build_live(self, world: World):
        """Every object is in the bucket with its headers, and the host's key names the release."""
        done = world.publish()

        assert (done.live, done.stale, done.uploaded, done.copied, done.reused) == (True, False, 4, 0, 0)
        assert done.previous == ""
        assert done.notes == ()
        assert world.live == done.id
        assert {item.path for item in world.check().objects} == {
            "index.html",
            "404.html",
            "a/index.html",
            "data.json",
        }

    def test_writes_what_the_viewer_function_reads(self, world: World):
        """The pointer and the buckets are those of the routing plan."""
        done = world.publish({"flat.html": "x"}, redirects=[("/old", "/a/", 301)])
        pointer = json.loads(world.connect().key(HOST) or "")
        table = json.loads(world.connect().key(f"{done.id}/0") or "")

        assert (pointer["r"], pointer["s"], pointer["n"]) == (done.id, "/", 1)
        assert table["/flat"] == "p"
        assert table["/old"] == "301 /a/"

    def test_writes_nothing_when_nothing_changed(self, world: World):
        """The same bytes again are no PUT, no copy and no key."""
        first = world.publish()
        world.made(WRITES)

        again = world.publish()

        assert world.made(WRITES) == []
        assert (again.id, again.live, again.uploaded, again.copied, again.reused) == (first.id, True, 0, 0, 4)

    def test_uploads_only_what_changed(self, world: World):
        """One changed file is one upload; the others are copied from the release before."""
        world.publish()
        world.made(WRITES)

        done = world.publish({"a/index.html": "<p>Changed"})
        puts = [params["url_path"] for name, params in world.calls if name == "PutObject"]

        assert (done.uploaded, done.copied, done.reused) == (1, 3, 0)
        assert [path for path in puts if "/releases/" in path] == [f"/releases/{done.id}/a/index.html"]
        world.check()

    def test_copies_renamed_files_too(self, world: World):
        """Bytes that went over the network once don't go again under another name."""
        world.publish({"b.txt": "the same"})
        (world.output / "b.txt").rename(world.output / "c.txt")

        assert world.publish().uploaded == 0
        world.check()

    def test_uploads_again_when_headers_differ(self, world: World):
        """The same bytes with other headers are not copied with the old ones."""
        world.publish({"a.txt": "the same"})
        (world.output / "a.txt").rename(world.output / "a.css")

        assert world.publish().uploaded == 1
        world.check()

    @pytest.mark.parametrize(
        "path",
        [
            "a b.txt",
            "50%.txt",
            "100%25/%2e%2e/x.txt",
            "c++.txt",
            "d#e?f=g&h.txt",
            "ünïcödé/日本語.html",
            "e\u0301.txt",
            "quote'\"<>&.txt",
            "back\\slash.txt",
            "~tilde:colon@at=,;$!*().txt",
            ".well-known/x",
            "emoji-😀.txt",
            " ",
            "...",
        ],
    )
    def test_takes_any_name(self, world: World, path: str):
        """Whatever a file is called, it arrives, is copied, and is found unchanged again."""
        first = world.publish({path: f"content of {path}"})
        assert path in {item.path for item in world.check().objects}
        second = world.publish({"index.html": "<p>Other"})
        assert (first.uploaded, second.uploaded) == (5, 1)
        world.check()

        world.made(WRITES)
        assert world.publish().reused == 5
        assert world.made(WRITES) == []

    def test_takes_large_and_empty_files(self, world: World):
        """Sizes at both ends arrive."""
        world.publish({"empty.txt": b"", "large.bin": os.urandom(9_000_000)})

        assert {item.size for item in world.check().objects} >= {0, 9_000_000}

    def test_tells_what_it_does(self, world: World):
        """Progress names the steps in order, and counts up to the number of objects."""
        heard: list[tuple[str, int, int]] = []

        done = world.publish(progress=lambda *call: heard.append(call))
        steps = [name for name, finished, _ in heard if finished == 0]

        assert steps == ["scan", "compare", "upload", "carry", "verify", "routing", "switch", "tidy"]
        assert ("upload", 4, 4) in heard
        assert set(done.seconds) == set(steps)

    def test_keeps_where_it_came_from(self, world: World):
        """Provenance is kept with the release."""
        world.publish(provenance={"commit": "abc", "engine": "echo 1.0"})

        assert releases(world.store)[0].provenance == {"commit": "abc", "engine": "echo 1.0"}

    def test_records_each_switch(self, world: World):
        """Each switch is one record, which names the release before."""
        first, second = world.publish(), world.publish({"index.html": "2"})
        world.publish()
        rollback(world.store)

        records = world.connect().objects(f"history/{HOST}/")
        rows = [json.loads(world.connect().read(f"history/{HOST}/{name}") or "") for name in sorted(records)]

        assert [(row["previous"], row["id"]) for row in rows] == [
            ("", first.id),
            (first.id, second.id),
            (second.id, first.id),
        ]
        assert all(re.fullmatch(r"\d{8}T\d{6}\.\d{6}Z-[a-z2-7]{16}\.json", name) for name in records)

    def test_shows_the_live_404_page(self, world: World):
        """The page that the distribution fetches itself is the live one, and soon forgotten by caches."""
        world.publish()
        world.publish({"404.html": "<p>Another"})
        page = world.store.s3.get_object(Bucket=world.store.bucket, Key="_errors/404.html")

        assert page["Body"].read() == b"<p>Another"
        assert page["ContentType"] == "text/html; charset=utf-8"
        assert "s-maxage=10," in page["CacheControl"]
        rollback(world.store)
        assert world.store.read("_errors/404.html") == b"<p>Missing"

    def test_heals_a_live_release(self, world: World):
        """What was deleted or overwritten by hand comes back with the next publish."""
        done = world.publish()
        other = world.connect()
        other.remove([f"releases/{done.id}/a/index.html"])
        other.write(f"releases/{done.id}/data.json", b"[]")

        healed = world.publish()

        assert (healed.id, healed.uploaded, healed.reused) == (done.id, 2, 2)
        world.check()

    def test_uploads_what_a_prune_took_away_meanwhile(self, world: World):
        """A source that vanishes between look and copy costs an upload, not the release."""
        first = world.publish()

        def lose(name: str, params: dict[str, Any]) -> None:
            if name == "CopyObject":
                other = world.connect()
                other.remove(f"releases/{first.id}/{path}" for path in other.objects(f"releases/{first.id}/"))

        world.before = lose
        done = world.publish({"index.html": "2"})

        assert (done.uploaded, done.copied) == (4, 0)
        world.check()

    def test_publishes_for_another_host(self, world: World):
        """A preview is another key; the 404 page stays that of the distribution's own host."""
        first = world.publish()
        preview = replace(world.connect("preview.acme.example"), preview=True)
        world.write({"404.html": "new"})

        done = publish(preview, world.output)
        pointer = preview.pointer()

        assert world.live == first.id
        assert pointer
        assert (pointer.release, pointer.previous) == (done.id, "")
        assert world.store.read("_errors/404.html") == b"<p>Missing"


class TestRefusal:
    """What can't be published leaves everything as it was."""

    def test_refuses_a_file_that_changes_while_it_is_published(self, world: World):
        """A file that is written during the upload is named, and nothing goes live."""
        first = world.publish()
        world.write({"index.html": "2"})

        with pytest.raises(PublishError) as caught:
            world.publish(progress=at("verify", lambda: world.write({"a/index.html": "<p>Torn"})))

        assert caught.value.reference == "output-changed"
        assert caught.value.problems == (("a/index.html", "changed while it was published"),)
        assert world.live == first.id

    def test_refuses_bytes_that_were_not_scanned(self, world: World):
        """A file with other bytes, but the size and time of before, is found out by its checksum."""
        first = world.publish()
        world.write({"index.html": "one"})
        stat = (world.output / "index.html").stat()

        def swap() -> None:
            world.write({"index.html": "two"})
            os.utime(world.output / "index.html", ns=(stat.st_atime_ns, stat.st_mtime_ns))

        with pytest.raises(PublishError) as caught:
            world.publish(progress=at("upload", swap))

        assert caught.value.reference == "output-changed"
        assert world.live == first.id

    def test_refuses_a_file_that_goes_away(self, world: World):
        """A file that is gone when its turn comes is named."""
        with pytest.raises(PublishError) as caught:
            world.publish(progress=at("upload", (world.output / "data.json").unlink))

        assert caught.value.reference == "output-changed"
        assert world.live == ""

    def test_refuses_an_incomplete_upload(self, world: World):
        """An object that is lost between upload and look keeps the release from going live."""

        def lose() -> None:
            other = world.connect()
            (release,) = other.folders("releases/")
            other.remove([f"releases/{release}/data.json"])

        with pytest.raises(PublishError) as caught:
            world.publish(progress=at("verify", lose))

        assert caught.value.reference == "not-verified"
        assert caught.value.problems == (("data.json", "is not there, or is another"),)
        assert world.live == ""
        assert releases(world.store) == []

    def test_refuses_redirects_that_lead_nowhere(self, world: World):
        """A redirect that can't be served is refused with all its kind."""
        with pytest.raises(PublishError) as caught:
            world.publish(redirects=[("/a", "ftp://x", 301), ("/b", "/c", 200)])

        assert caught.value.reference == "bad-routing"
        assert len(caught.value.problems) == 2

    def test_says_which_bucket_is_missing(self, world: World):
        """A bucket that is not there is an error with the operation's name, not a traceback."""
        with pytest.raises(PublishError) as caught:
            publish(replace(world.store, bucket="nobody-has-this"), world.output)

        assert caught.value.reference == "aws-refused"
        assert "NoSuchBucket" in caught.value.why

    def test_says_when_nothing_answers(self, world: World):
        """An endpoint where nobody listens is an error of ours."""
        once = Config(retries={"total_max_attempts": 1})
        nobody = session().client("s3", endpoint_url="http://127.0.0.1:9", config=once)

        with pytest.raises(PublishError) as caught:
            releases(replace(world.store, s3=nobody))

        assert caught.value.reference == "aws-unreachable"


class TestRouting:
    """The table that the viewer function reads."""

    def test_writes_at_most_fifty_keys_at_once(self, world: World):
        """A table of many buckets goes in steps that the service takes."""
        rules = [(f"/old/{number}", f"/a/?from={'x' * 200}{number}", 301) for number in range(600)]

        done = world.publish(redirects=rules)
        sizes = [
            len(json.loads(params["body"]).get("Puts", [])) for name, params in world.calls if name == "UpdateKeys"
        ]

        assert max(sizes) == 50
        assert sum(sizes) == len([key for key, _ in world.store.keys().items() if key.startswith(done.id)]) + 1
        world.check()

    def test_gives_a_page_to_a_redirect_without_room(self, world: World):
        """A redirect that no bucket holds is a page in the release."""
        target = "/a/?" + "x" * 1100

        done = world.publish(redirects=[("/old", target, 301)])
        page = world.store.s3.get_object(Bucket=world.store.bucket, Key=f"releases/{done.id}/old/index.html")

        assert target in page["Body"].read().decode()
        assert page["ContentType"] == "text/html; charset=utf-8"
        assert done.uploaded == 5

    def test_names_redirects_that_never_answer(self, world: World):
        """Shadowed and circular redirects are told, and don't stop the release."""
        done = world.publish(redirects=[("/a", "/x", 301), ("/one", "/two", 301), ("/two", "/one", 301)])

        assert {rule[0] for rule in done.unrouted} == {"/a", "/one", "/two"}
        assert done.live

    def test_other_redirects_are_another_release(self, world: World):
        """Redirects belong to a release: a rollback brings back those of before."""
        first = world.publish(redirects=[("/old", "/a/", 301)])
        second = world.publish(redirects=[("/old", "/data.json", 301)])
        rollback(world.store)

        assert first.id != second.id
        assert (second.uploaded, second.copied) == (0, 4)
        assert json.loads(world.store.key(f"{world.live}/0") or "")["/old"] == "301 /a/"

    def test_makes_room_or_says_that_there_is_none(self, world: World, monkeypatch: pytest.MonkeyPatch):
        """A full store gives up old tables first; then the publish is refused before anything is live."""
        rules = [(f"/old/{number}", f"/a/?{'x' * 100}", 301) for number in range(100)]
        for number in range(4):
            world.publish({"index.html": str(number)}, redirects=rules)
        assert len(releases(world.store)) == 4
        monkeypatch.setattr(stores, "_MAX_BYTES", 60_000)
        done = world.publish({"index.html": "4"}, redirects=rules)
        assert len(releases(world.store)) == 3

        monkeypatch.setattr(stores, "_MAX_BYTES", 20_000)
        with pytest.raises(PublishError) as caught:
            world.publish({"index.html": "5"}, redirects=rules)

        assert caught.value.reference == "routing-full"
        assert world.live == done.id


class TestCarry:
    """Open tabs go on asking for assets of the release before."""

    def test_carries_assets_of_the_release_before(self, world: World):
        """A fingerprinted file that the new build lacks answers under the new release."""
        world.publish({"assets/app.00000001.css": "one"})
        (world.output / "assets/app.00000001.css").unlink()

        done = world.publish({"assets/app.00000002.css": "two"})

        assert done.carried == 1
        assert world.store.read(f"releases/{done.id}/assets/app.00000001.css") == b"one"
        assert "assets/app.00000001.css" not in {item.path for item in world.check().objects}

    def test_carries_no_page(self, world: World):
        """A page that was removed is gone: only fingerprinted files are carried."""
        world.publish({"old/index.html": "x"})
        (world.output / "old/index.html").unlink()

        done = world.publish()

        assert done.carried == 0
        assert world.store.read(f"releases/{done.id}/old/index.html") is None

    def test_does_not_pile_up(self, world: World):
        """What was carried is not carried again."""
        world.publish({"assets/app.00000001.css": "one"})
        (world.output / "assets/app.00000001.css").unlink()
        world.publish({"index.html": "2"})

        third = world.publish({"index.html": "3"})

        assert third.carried == 0
        assert world.store.read(f"releases/{third.id}/assets/app.00000001.css") is None

    def test_carries_on_rollback(self, world: World):
        """Tabs of the release that is rolled back keep their assets."""
        world.publish({"assets/app.00000001.css": "one"})
        (world.output / "assets/app.00000001.css").unlink()
        world.publish({"assets/app.00000002.css": "two"})

        done = rollback(world.store)

        assert done.carried == 1
        assert world.store.read(f"releases/{done.id}/assets/app.00000002.css") == b"two"

    def test_carries_to_a_release_that_was_there_already(self, world: World):
        """A build that was published before, and comes back, gets the assets of what was live."""
        world.publish({"assets/app.00000001.css": "one"})
        (world.output / "assets/app.00000001.css").unlink()
        world.publish({"assets/app.00000002.css": "two"})
        (world.output / "assets/app.00000002.css").unlink()

        back = world.publish({"assets/app.00000001.css": "one"})

        assert (back.uploaded, back.copied, back.carried) == (0, 0, 1)
        assert world.store.read(f"releases/{back.id}/assets/app.00000002.css") == b"two"


class TestRollback:
    """One key leads back."""

    def test_switches_with_one_write(self, world: World, record_property: Callable[[str, object], None]):
        """A rollback writes one key of the store, and the release of before answers."""
        first, second = world.publish(), world.publish({"index.html": "2"})
        world.made(WRITES)

        done = rollback(world.store)
        record_property("rollback_seconds", sum(done.seconds.values()))

        assert world.made({"UpdateKeys"}) == ["UpdateKeys"]
        assert (done.id, done.previous) == (first.id, second.id)
        assert world.live == first.id
        assert set(done.seconds) == {"verify", "switch", "tidy"}
        world.check()

    def test_undoes_itself(self, world: World):
        """A second rollback leads back to where the first came from."""
        first, second = world.publish(), world.publish({"index.html": "2"})

        assert [rollback(world.store).id, rollback(world.store).id] == [first.id, second.id]

    def test_leads_to_a_named_release(self, world: World):
        """With an id it leads further back."""
        first = world.publish()
        world.publish({"index.html": "2"})
        world.publish({"index.html": "3"})

        assert rollback(world.store, to=first.id).id == first.id
        world.check()

    @pytest.mark.parametrize("to", ["", "aaaaaaaaaaaaaaaa", "../history/x", "a", "AAAAAAAAAAAAAAAA\n"])
    def test_refuses_what_is_no_release(self, world: World, to: str):
        """An unknown or malformed id is refused, with those that there are."""
        first = world.publish()

        with pytest.raises(PublishError) as caught:
            rollback(world.store, to=to)

        assert caught.value.reference in {"no-such-release", "no-previous-release"}
        assert (first.id in caught.value.hint) == (caught.value.reference == "no-such-release")

    def test_refuses_without_an_earlier_release(self, world: World):
        """Nothing is live, or nothing was before: both are said."""
        with pytest.raises(PublishError, match="no-previous-release"):
            rollback(world.store)
        world.publish()
        with pytest.raises(PublishError, match="no-previous-release"):
            rollback(world.store)

    def test_refuses_the_live_one(self, world: World):
        """Rolling back to what is live is a mistake worth telling."""
        with pytest.raises(PublishError, match="already-live"):
            rollback(world.store, to=world.publish().id)

    def test_refuses_an_incomplete_release(self, world: World):
        """A release that lost an object is not made live; the object is named."""
        first, second = world.publish(), world.publish({"index.html": "2"})
        world.connect().remove([f"releases/{first.id}/data.json"])

        with pytest.raises(PublishError) as caught:
            rollback(world.store)

        assert caught.value.reference == "incomplete-release"
        assert caught.value.problems == (("data.json", "is not there, or is another"),)
        assert world.live == second.id

    def test_refuses_when_somebody_publishes_meanwhile(self, world: World):
        """Who wants back from what he sees does not undo what he has not seen."""
        world.publish()
        world.publish({"index.html": "2"})
        world.write({"index.html": "3"})

        with pytest.raises(PublishError) as caught:
            rollback(world.store, progress=at("switch", lambda: publish(world.connect(), world.output)))

        assert caught.value.reference == "changed-meanwhile"


class TestReleases:
    """Listing."""

    def test_lists_newest_first(self, world: World):
        """Each complete release is listed with what people ask for."""
        first, second = world.publish(), world.publish({"index.html": "12345"})

        rows = releases(world.store)

        assert [(row.id, row.live, row.previous) for row in rows] == [
            (second.id, True, False),
            (first.id, False, True),
        ]
        assert rows[0].objects == 4
        assert rows[0].bytes == 5 + len("<p>Missing<p>A{}")
        assert abs(rows[0].created.timestamp() - time.time()) < 600

    def test_lists_nothing_that_is_incomplete(self, world: World):
        """An upload without a manifest, and a manifest that can't be read, are no releases."""
        world.connect().write("releases/aaaaaaaaaaaaaaaa/index.html", b"x")
        world.connect().write("manifests/bbbbbbbbbbbbbbbb.json", b"{")
        world.connect().write("manifests/notes.txt", b"x")

        assert releases(world.store) == []


class TestPrune:
    """Old releases go, and nothing else."""

    def test_removes_all_of_an_old_release(self, world: World):
        """Objects, manifest and keys of what is neither new, live nor previous are gone."""
        rules = [("/old", "/a/", 301)]
        old = world.publish(redirects=rules, keep=9)
        rest = [world.publish({"index.html": str(number)}, redirects=rules, keep=9) for number in range(2)]

        assert prune(world.store, keep=1) == (old.id,)
        assert world.keys_of(old.id) == []
        for done in rest:
            world.check(done.id)

    def test_happens_after_a_publish(self, world: World):
        """A publish keeps as many releases as it is told to."""
        done = [world.publish({"index.html": str(number)}, keep=2) for number in range(4)]

        assert [item.pruned for item in done] == [(), (), (done[0].id,), (done[1].id,)]

    def test_spares_what_other_hosts_show(self, world: World):
        """A release that is live for another host, or was before, stays."""
        preview = world.connect("preview.acme.example")
        shown = [publish(preview, world.output), None]
        world.write({"index.html": "preview"})
        shown[1] = publish(preview, world.output)
        for number in range(3):
            world.publish({"index.html": str(number)}, keep=9)

        prune(world.store, keep=1)

        for done in shown:
            assert done
            world.check(done.id)

    def test_spares_the_previous_release_after_a_rollback(self, world: World):
        """What was rolled back stays, so that the rollback can be undone."""
        world.publish(keep=9)
        last = world.publish({"index.html": "2"}, keep=9)
        rollback(world.store)

        prune(world.store, keep=1)

        assert rollback(world.store).id == last.id

    def test_keeps_one_at_least(self, world: World):
        """Asked to keep nothing, it still keeps what is live."""
        done = world.publish(keep=0)

        assert prune(world.store, keep=-1) == ()
        world.check(done.id)

    def test_leaves_a_young_upload_alone(self, world: World):
        """An upload without a manifest may be somebody's who is still at it."""
        world.connect().write("releases/aaaaaaaaaaaaaaaa/index.html", b"x")
        world.connect().change_many(puts={"aaaaaaaaaaaaaaaa/0": "{}"})

        assert prune(world.store) == ()
        assert len(world.keys_of("aaaaaaaaaaaaaaaa")) == 2

    def test_removes_an_abandoned_upload(self, world: World):
        """After a day nobody is still at it."""
        world.connect().write("releases/aaaaaaaaaaaaaaaa/index.html", b"x")
        world.connect().change_many(puts={"aaaaaaaaaaaaaaaa/0": "{}"})

        assert prune(world.store, incomplete_after=-60) == ("aaaaaaaaaaaaaaaa",)
        assert world.keys_of("aaaaaaaaaaaaaaaa") == []

    def test_leaves_foreign_objects_alone(self, world: World):
        """Whatever else lies in the bucket and in the store stays there."""
        other = world.connect()
        for key in ("releases/readme.txt", "releases/Notes/a.txt", "manifests/readme.txt", "media/a.png"):
            other.write(key, b"x")
        other.change_many(puts={"setting": "1", "other.example": '{"r":"aaaaaaaaaaaaaaaa"}', "a/b": "c"})
        for number in range(3):
            world.publish({"index.html": str(number)}, keep=9)

        prune(world.store, keep=1, incomplete_after=-60)

        assert {"releases/readme.txt", "releases/Notes/a.txt", "manifests/readme.txt", "media/a.png"} <= set(
            other.objects("")
        )
        assert {"setting", "other.example", "a/b"} <= set(other.keys())

    def test_goes_on_where_another_stopped(self, world: World):
        """Stopped before any of its writes, it leaves the live release whole, and the next one finishes."""
        rules = [("/old", "/a/", 301)]
        stopped, stop = True, 0
        while stopped:
            stop += 1
            old, _, live = (world.publish({"index.html": f"{stop} {n}"}, redirects=rules, keep=99) for n in range(3))
            stopped = self._stopped_at(world, stop)
            for row in releases(world.store):
                world.check(row.id)
            prune(world.store, keep=1)
            assert world.keys_of(old.id) == []
            assert world.check().id == live.id
        assert stop > 5

    @staticmethod
    def _stopped_at(world: World, stop: int) -> bool:
        left = [stop]

        def count(name: str, params: dict[str, Any]) -> None:
            left[0] -= name in WRITES
            if not left[0]:
                raise StoppedError

        world.before = count
        try:
            prune(world.store, keep=1)
        except StoppedError:
            return True
        finally:
            world.before = None
        return False

    def test_forgets_its_marks_in_the_end(self, world: World):
        """The mark of a removed release goes when nobody can have met the release any more."""
        for number in range(3):
            world.publish({"index.html": str(number)}, keep=1)
        assert len(world.store.objects("retired/")) == 1

        prune(world.store, keep=1, incomplete_after=-60)

        assert world.store.objects("retired/") == {}


class TestAtOnce:
    """Several at work at the same time."""

    def test_two_publishers(self, world: World, tmp_path: Path):
        """Of two builds that are published at once one is live, and both are complete."""
        outputs = []
        for number in range(4):
            output = tmp_path / f"build-{number}"
            output.mkdir()
            for page in ("index.html", "404.html"):
                (output / page).write_text(f"{page} of {number}")
            outputs.append(output)
        gate = threading.Barrier(len(outputs))
        done: list[publisher.Published] = []

        def run(output: Path) -> None:
            store = world.connect()
            gate.wait(30)
            done.append(publish(store, output, redirects=[("/old", f"/{output.name}", 301)]))

        threads = [threading.Thread(target=run, args=(output,)) for output in outputs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(done) == len(outputs)
        assert world.live in {item.id for item in done}
        for item in done:
            world.check(item.id)
        records = world.connect().objects(f"history/{HOST}/")
        rows = [json.loads(world.connect().read(f"history/{HOST}/{name}") or "") for name in records]
        # Every switch knew of the one before: the records are one chain.
        assert {row["previous"] for row in rows} | {world.live} == {row["id"] for row in rows} | {""}

    def test_the_same_build_twice(self, world: World):
        """Two publishers of the same build end with one release."""
        gate = threading.Barrier(2)
        done: list[publisher.Published] = []

        def run() -> None:
            store = world.connect()
            gate.wait(30)
            done.append(publish(store, world.output))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert {item.id for item in done} == {world.live}
        world.check()

    def test_decides_again_when_somebody_was_faster(self, world: World):
        """A switch that lost the race names the winner as the release before."""
        world.publish()
        other: list[str] = []

        def race(name: str, params: dict[str, Any]) -> None:
            if name == "UpdateKeys" and HOST in params["body"].decode() and not other:
                store = world.connect()
                switching.switch(store, "aaaaaaaaaaaaaaaa", '{"r":"aaaaaaaaaaaaaaaa","s":"/","n":0}')
                other.append("aaaaaaaaaaaaaaaa")

        world.before = race
        done = world.publish({"index.html": "2"})

        assert other == [done.previous]
        assert world.live == done.id

    def test_gives_up_when_the_store_is_never_quiet(self, world: World, monkeypatch: pytest.MonkeyPatch):
        """A store that changes under each write ends in an error, not in a loop."""
        monkeypatch.setattr(stores.time, "sleep", lambda seconds: None)
        other = world.connect()

        def decide() -> Change:
            other.change_many(puts={"noise": uuid.uuid4().hex})
            return Change({"key": "value"})

        with pytest.raises(PublishError) as caught:
            world.store.change(decide)

        assert caught.value.reference == "store-busy"

    def test_knows_its_own_write_again(self, world: World):
        """A switch whose answer got lost is still one switch: the release before stays known."""
        first = world.publish()
        kvs = world.store.kvs

        class Forgetful:
            """Loses the answer to one switch."""

            lost = False

            def __getattr__(self, name: str) -> Any:
                return getattr(kvs, name)

            def update_keys(self, **arguments: Any) -> Any:
                answer = kvs.update_keys(**arguments)
                if not self.lost and any(row["Key"] == HOST for row in arguments.get("Puts", [])):
                    self.lost = True
                    raise kvs.exceptions.ConflictException({"Error": {"Code": "ConflictException"}}, "UpdateKeys")
                return answer

        world.write({"index.html": "2"})
        done = publish(replace(world.store, kvs=Forgetful()), world.output)

        assert done.previous == first.id
        assert len(world.connect().objects(f"history/{HOST}/")) == 2
        assert rollback(world.store).id == first.id

    @pytest.mark.parametrize("rules", [[], [("/old", "/a/", 301)]], ids=["without-table", "with-table"])
    def test_an_old_release_is_pruned_while_it_comes_back(self, world: World, rules: list[Rule]):
        """A build whose release is removed right before its switch goes live under another id."""
        first = world.publish({"index.html": "1"}, redirects=rules, keep=9)
        for number in (2, 3):
            world.publish({"index.html": str(number)}, keep=9)
        removed: list[str] = []

        def race(name: str, params: dict[str, Any]) -> None:
            # The switch has looked for the mark, and found none.
            if name == "UpdateKeys" and HOST in params["body"].decode() and not removed:
                removed.extend(prune(world.connect(), keep=1))

        world.before = race
        back = world.publish({"index.html": "1"}, redirects=rules, keep=9)

        assert removed == [first.id]
        assert back.id != first.id
        assert world.live == back.id
        assert world.keys_of(first.id) == []
        world.check()

    def test_a_prune_sees_a_switch(self, world: World):
        """A release that goes live after the prune chose it is spared, and stays usable."""
        rules = [("/old", "/a/", 301)]
        old = world.publish(redirects=rules, keep=9)
        middle = world.publish({"index.html": "2"}, redirects=rules, keep=9)
        last = world.publish({"index.html": "3"}, redirects=rules, keep=9)
        world.publish({"index.html": "4"}, redirects=rules, keep=9)
        back: list[str] = []

        def race(name: str, params: dict[str, Any]) -> None:
            # The prune has looked who is live; it is about to set its first mark.
            if name == "PutObject" and "/retired/" in params["url_path"] and not back:
                back.append(rollback(world.connect(), to=old.id).id)

        world.before = race
        removed = prune(world.store, keep=1)
        world.before = None

        assert back == [old.id]
        assert removed == (middle.id,)
        assert world.live == old.id
        world.check(old.id)
        world.check(last.id)
        assert rollback(world.store, to=last.id).id == last.id
        assert rollback(world.store).id == old.id

    def test_no_rollback_to_what_is_being_removed(self, world: World):
        """A release that is marked for removal can't be made live, though all of it is still there."""
        old = world.publish(keep=9)
        world.publish({"index.html": "2"}, keep=9)
        world.connect().write(f"retired/{old.id}", b"{}")

        with pytest.raises(PublishError) as caught:
            rollback(world.store, to=old.id)

        assert caught.value.reference == "no-such-release"
        assert old.id not in caught.value.hint


class TestOrder:
    """A build of an older source does not replace one of a newer source."""

    def test_refuses_an_older_source(self, world: World):
        """A build that started earlier is told apart, and costs nothing."""
        live = world.publish({"index.html": "new"}, started=2000.0)
        world.made(WRITES)

        late = world.publish({"index.html": "old"}, started=1000.0)

        assert (late.stale, late.live, late.previous) == (True, False, live.id)
        assert world.made(WRITES) == []
        assert world.live == live.id

    def test_takes_a_newer_source(self, world: World):
        """Builds in the order of their sources replace each other."""
        world.publish({"index.html": "1"}, started=1000.0)

        assert world.publish({"index.html": "2"}, started=1000.5).live

    def test_can_be_forced(self, world: World):
        """Somebody may want the older source all the same; then it counts as of now."""
        world.publish({"index.html": "new"}, started=2000.0)

        forced = world.publish({"index.html": "old"}, started=1000.0, force=True)
        late = world.publish({"index.html": "new"}, started=3000.0)

        assert (forced.live, forced.stale) == (True, False)
        assert late.stale

    def test_notices_late(self, world: World, tmp_path: Path):
        """A build that is overtaken while it uploads does not go live either."""
        newer = tmp_path / "newer"
        newer.mkdir()
        for page in ("index.html", "404.html"):
            (newer / page).write_text("newer")

        late = world.publish(
            {"index.html": "old"},
            started=1000.0,
            progress=at("switch", lambda: publish(world.connect(), newer, started=2000.0)),
        )

        assert (late.stale, late.live) == (True, False)
        assert world.check().objects[1].size == len("newer")

    def test_remembers_a_newer_source_of_the_same_bytes(self, world: World):
        """A change that was taken back is newer than a change in between."""
        first = world.publish({"index.html": "1"}, started=1000.0)
        reverted = world.publish({"index.html": "1"}, started=3000.0)

        between = world.publish({"index.html": "2"}, started=2000.0)

        assert reverted.id == first.id
        assert between.stale

    def test_the_live_build_is_never_stale(self, world: World):
        """What is live already is not refused, however old its source."""
        world.publish(started=2000.0)

        again = world.publish(started=1000.0)

        assert (again.live, again.stale) == (True, False)

    def test_a_rollback_counts_as_of_now(self, world: World):
        """A build that was under way during a rollback does not undo it."""
        started = time.time()
        world.publish({"index.html": "1"}, started=started - 20)
        world.publish({"index.html": "2"}, started=started - 10)
        back = rollback(world.store)

        assert world.publish({"index.html": "3"}, started=started - 5).stale
        assert world.live == back.id
        assert world.publish({"index.html": "4"}, started=time.time() + 5).live
