"""What a release is made of; nothing here talks to AWS."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import string
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.runtime import release, store
from platform_core.runtime.release import IMMUTABLE, REVALIDATED, Manifest, Object, PublishError
from platform_core.runtime.store import Pointer

Site = Callable[..., Path]
# How long an example takes says more about the machine than about the code.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
FINGERPRINTED = r"assets/.*\.[0-9a-f]{8}\.\w+"

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=20)
PATHS = st.lists(NAMES.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=4).map("/".join)
OBJECTS = st.builds(
    Object,
    path=PATHS,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    md5=st.text("0123456789abcdef", min_size=32, max_size=32),
    size=st.integers(0, 2**40),
    content_type=st.sampled_from(["text/html; charset=utf-8", "image/webp"]),
    cache_control=st.sampled_from([IMMUTABLE, REVALIDATED]),
)


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Site:
    """Return a function that writes a site and gives back its folder."""
    output = tmp_path / "output"

    def write(files: dict[str, str | bytes] | None = None) -> Path:
        pages: dict[str, str | bytes] = {"index.html": "<p>Home", "404.html": "<p>Missing"}
        for path, content in (pages | (files or {})).items():
            file = output / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return output

    return write


class Tags(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag and its attributes."""
        self.tags.append(tag)
        self.attributes += attrs


def only(path: str, objects: tuple[Object, ...]) -> Object:
    return next(item for item in objects if item.path == path)


class TestScan:
    """Reading a finished build."""

    def test_describes_each_file(self, site: Site):
        """An object has the digests, the size and the headers of its file."""
        found = only("a/b.txt", release.scan(site({"a/b.txt": "hello"})))

        assert found == Object(
            path="a/b.txt",
            sha256=hashlib.sha256(b"hello").hexdigest(),
            md5=hashlib.md5(b"hello").hexdigest(),  # noqa: S324
            size=5,
            content_type="text/plain; charset=utf-8",
            cache_control=REVALIDATED,
        )

    def test_is_sorted(self, site: Site):
        """Objects come in the order of their paths, whatever the file system says."""
        paths = [item.path for item in release.scan(site({"b": "", "a/z": "", "a.txt": "", "ä": ""}))]

        assert paths == sorted(paths)
        assert len(paths) == 6

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("a.html", "text/html; charset=utf-8"),
            ("A.HTM", "text/html; charset=utf-8"),
            ("a.css", "text/css; charset=utf-8"),
            ("a.js", "text/javascript; charset=utf-8"),
            ("a.mjs", "text/javascript; charset=utf-8"),
            ("a.txt", "text/plain; charset=utf-8"),
            ("a.json", "application/json"),
            ("a.webmanifest", "application/manifest+json"),
            ("a.svg", "image/svg+xml"),
            ("a.png", "image/png"),
            ("a.avif", "image/avif"),
            ("a.woff2", "font/woff2"),
            ("a.wasm", "application/wasm"),
            ("index.xml", "application/xml"),
            ("feed.atom", "application/atom+xml"),
            ("a.pdf", "application/pdf"),
            ("a.tar.gz", "application/gzip"),
            ("a.br", "application/octet-stream"),
            ("a", "application/octet-stream"),
            (".html", "application/octet-stream"),
            ("a.unheard-of", "application/octet-stream"),
            ("apple-app-site-association", "application/json"),
            (".well-known/apple-app-site-association", "application/json"),
            (".well-known/host-meta", "application/xrd+xml"),
            ("data:text/css,x.png", "image/png"),
        ],
    )
    def test_knows_content_types(self, site: Site, path: str, expected: str):
        """Content types come from names, with a charset for text only."""
        assert only(path, release.scan(site({path: "x"}))).content_type == expected

    def test_asks_no_table_of_the_machine(self, site: Site, monkeypatch: pytest.MonkeyPatch):
        """A type that was added to this machine's table changes nothing: ids must not depend on it."""
        import mimetypes

        mimetypes.add_type("text/strange", ".unheard-of")
        try:
            found = only("a.unheard-of", release.scan(site({"a.unheard-of": "x"})))
        finally:
            del mimetypes.types_map[".unheard-of"]

        assert found.content_type == "application/octet-stream"

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("assets/app.0a1b2c3d.css", IMMUTABLE),
            ("assets/app.css", REVALIDATED),
            ("other/assets/app.0a1b2c3d.css", REVALIDATED),
            ("index.html", REVALIDATED),
            ("index.xml", REVALIDATED),
            ("search.json", REVALIDATED),
            ("sw.js", REVALIDATED),
        ],
    )
    def test_caches_for_ever_only_what_is_fingerprinted(self, site: Site, path: str, expected: str):
        """Only paths that the pattern matches in full are immutable."""
        assert only(path, release.scan(site({path: "x"}), FINGERPRINTED)).cache_control == expected

    @pytest.mark.parametrize("path", ["index.html", "a/index.html", "sw.js", "app/service-worker.js"])
    def test_distrusts_a_pattern_that_matches_too_much(self, site: Site, path: str):
        """Pages and service workers are never immutable: nobody could mend them for a year."""
        assert only(path, release.scan(site({path: "x"}), ".*")).cache_control == REVALIDATED

    def test_refuses_a_broken_pattern(self, site: Site):
        """A pattern that is no regular expression is an error of ours."""
        with pytest.raises(PublishError) as caught:
            release.scan(site(), "assets/(")

        assert caught.value.reference == "bad-pattern"

    def test_names_all_problems_at_once(self, tmp_path: Path):
        """An output without both entry pages and with a bad name gets three problems."""
        (tmp_path / "bad\nname").touch()

        with pytest.raises(PublishError) as caught:
            release.scan(tmp_path)

        assert caught.value.reference == "bad-output"
        assert caught.value.problems == (
            ("bad\nname", "has a control character in its name"),
            ("index.html", "is missing"),
            ("404.html", "is missing"),
        )

    def test_refuses_a_missing_folder(self, tmp_path: Path):
        """An output that is not there is a clear error."""
        with pytest.raises(PublishError) as caught:
            release.scan(tmp_path / "nowhere")

        assert caught.value.reference == "no-output"

    def test_refuses_a_link_out_of_the_folder(self, site: Site, tmp_path: Path):
        """A link to a file elsewhere is refused, so that no secret is published by it."""
        (tmp_path / "secret").write_text("s")
        output = site()
        (output / "innocent.txt").symlink_to(tmp_path / "secret")

        with pytest.raises(PublishError) as caught:
            release.scan(output)

        assert caught.value.problems == (("innocent.txt", "is a link that leaves the folder"),)

    def test_refuses_a_linked_folder_elsewhere(self, site: Site, tmp_path: Path):
        """A link to a folder elsewhere is refused too, also when its name starts with the output's."""
        (tmp_path / "output-2").mkdir()
        output = site()
        (output / "more").symlink_to("../output-2")

        with pytest.raises(PublishError) as caught:
            release.scan(output)

        assert caught.value.problems == (("more", "is a link that leaves the folder"),)

    def test_follows_links_inside(self, site: Site):
        """A link that stays inside is published as what it leads to, file or folder."""
        output = site({"docs/v2/a.txt": "two"})
        (output / "docs/latest").symlink_to("v2")
        (output / "a.txt").symlink_to(output / "docs/v2/a.txt")

        found = release.scan(output)

        assert only("a.txt", found).sha256 == only("docs/latest/a.txt", found).sha256

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            ("..", "is a link to a folder that holds it"),
            ("nothing", "is a broken link"),
        ],
    )
    def test_refuses_links_that_lead_nowhere(self, site: Site, target: str, expected: str):
        """Circles and broken links are named."""
        output = site({"docs/a.txt": "x"})
        (output / "docs/link").symlink_to(target)

        with pytest.raises(PublishError) as caught:
            release.scan(output)

        assert caught.value.problems == (("docs/link", expected),)

    def test_survives_a_link_to_itself(self, site: Site):
        """A link that leads to itself is an error of ours, not a crash."""
        output = site()
        (output / "loop").symlink_to("loop")

        with pytest.raises(PublishError):
            release.scan(output)

    def test_refuses_a_pipe(self, site: Site):
        """Something that is no file is refused before anybody waits for its bytes."""
        output = site()
        os.mkfifo(output / "pipe")

        with pytest.raises(PublishError) as caught:
            release.scan(output)

        assert caught.value.problems == (("pipe", "is neither a file nor a folder"),)

    def test_refuses_a_name_that_is_not_utf8(self, site: Site):
        """A name in another encoding has no address; the message can still be printed."""
        output = site()
        try:
            Path(os.fsdecode(os.fsencode(output) + b"/\xe9.txt")).touch()
        except OSError:
            pytest.skip("this file system takes UTF-8 names only")

        with pytest.raises(PublishError) as caught:
            release.scan(output)

        assert str(caught.value).encode()
        assert "not valid UTF-8" in str(caught.value)

    def test_refuses_a_path_that_no_key_holds(self, site: Site):
        """A path that S3 could not store is refused before anything is uploaded."""
        output = site({"/".join(["x" * 200] * 5): "x"})

        with pytest.raises(PublishError) as caught:
            release.scan(output)

        assert "has a path of 1004 bytes, more than 900" in caught.value.problems[0][1]

    def test_leaves_out_what_operating_systems_leave(self, site: Site):
        """Looking into the folder with a file manager does not make another release."""
        paths = {item.path for item in release.scan(site({".DS_Store": "x", "a/Thumbs.db": "x"}))}

        assert paths == {"index.html", "404.html"}

    def test_publishes_hidden_files(self, site: Site):
        """Names with a leading dot are published: .well-known is one."""
        assert only(".well-known/security.txt", release.scan(site({".well-known/security.txt": "x"}))).size == 1


class TestChanges:
    """Seeing that a build stays as it was."""

    def test_finds_nothing_in_a_quiet_folder(self, site: Site):
        """An output that nobody touched has no changes."""
        output = site({"a/b": "x"})

        assert release.changes(output, release.scan(output)) == []

    def test_finds_what_changed_came_and_went(self, site: Site):
        """Changed, new and removed files are each named."""
        output = site({"a": "x", "b": "x"})
        objects = release.scan(output)
        os.utime(output / "a", ns=(1, 1))
        (output / "b").unlink()
        (output / "c").touch()

        assert sorted(release.changes(output, objects)) == [
            ("a", "changed while it was published"),
            ("b", "went away while it was published"),
            ("c", "changed while it was published"),
        ]

    def test_minds_no_object_without_a_file(self, site: Site):
        """Pages that we made ourselves are not looked for."""
        output = site()

        assert release.changes(output, (*release.scan(output), release.redirect_page("a.html", "/b"))) == []


class TestReleaseId:
    """Content-addressed ids."""

    @CALM
    @given(st.lists(OBJECTS, max_size=6, unique_by=lambda item: item.path), st.randoms())
    def test_does_not_depend_on_order(self, objects: list[Object], random):
        """The same objects in another order are the same release."""
        mixed = list(objects)
        random.shuffle(mixed)

        assert release.release_id(mixed, ["/"]) == release.release_id(objects, ["/"])

    @CALM
    @given(
        st.lists(OBJECTS, min_size=1, max_size=6, unique_by=lambda item: item.path),
        st.sampled_from(["path", "sha256", "content_type", "cache_control"]),
    )
    def test_depends_on_every_byte_and_header(self, objects: list[Object], name: str):
        """Another path, content or header is another release."""
        other = dataclasses.replace(objects[0], **{name: getattr(objects[0], name) + "0"})

        assert release.release_id([other, *objects[1:]], ["/"]) != release.release_id(objects, ["/"])

    def test_depends_on_routing_and_generation(self):
        """Other redirects, or a later generation, are another release."""
        ids = {
            release.release_id([], ["/"]),
            release.release_id([], [""]),
            release.release_id([], ["/", "{}"]),
            release.release_id([], ["/"], generation=1),
        }

        assert len(ids) == 4

    def test_is_short_and_fits_keys_and_hosts(self):
        """An id has sixteen small letters and digits."""
        found = release.release_id([], ["/"])

        assert len(found) == 16
        assert set(found) <= set(string.ascii_lowercase + "234567")

    @CALM
    @given(st.lists(st.tuples(NAMES.filter(lambda name: name not in {".", ".."}), st.binary(max_size=20)), max_size=5))
    def test_is_the_same_for_two_scans(self, tmp_path_factory, files: list[tuple[str, bytes]]):
        """Two folders with the same files are the same release, in whatever order they were written."""
        placed = [(f"{number}/{name}", content) for number, (name, content) in enumerate(files)]
        placed += [("index.html", b""), ("404.html", b"")]
        ids = []
        for order in (placed, placed[::-1]):
            output = tmp_path_factory.mktemp("site")
            for path, content in order:
                (output / path).parent.mkdir(exist_ok=True)
                (output / path).write_bytes(content)
            ids.append(release.release_id(release.scan(output), ["/"]))

        assert ids[0] == ids[1]


class TestManifest:
    """Manifests as they lie in the bucket."""

    @CALM
    @given(
        st.builds(
            Manifest,
            id=st.text("abc234", min_size=16, max_size=16),
            created=st.floats(0, 4e9),
            pointer=st.text(),
            objects=st.lists(OBJECTS, max_size=4).map(tuple),
            provenance=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
        )
    )
    def test_comes_back_from_json(self, manifest: Manifest):
        """A manifest survives being written and read."""
        assert Manifest.from_json(manifest.to_json()) == manifest

    @CALM
    @given(st.binary(max_size=60))
    def test_refuses_other_bytes(self, data: bytes):
        """Whatever lies in the bucket, reading it is a manifest or a ValueError."""
        with pytest.raises(ValueError):  # noqa: PT011
            Manifest.from_json(data)

    @pytest.mark.parametrize(
        "data", ["[]", "1", "null", '{"id":1}', '{"objects":[1]}', '{"objects":[{"x":1}]}', "[" * 5000]
    )
    def test_refuses_other_json(self, data: str):
        """JSON of another shape is no manifest."""
        with pytest.raises(ValueError):  # noqa: PT011
            Manifest.from_json(data.encode())

    def test_keeps_no_local_fact(self, site: Site):
        """Times of local files and bytes of objects stay out of the bucket."""
        page = release.redirect_page("old.html", "/new/")
        data = Manifest("a", 1.0, "{}", (page, *release.scan(site()))).to_json()

        assert b"modified" not in data
        assert b"refresh" not in data


class TestRedirectPage:
    """Pages in the place of redirects."""

    @CALM
    @given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
    def test_escapes_its_target(self, target: str):
        """A target can't break out of its attribute or its element."""
        page = release.redirect_page("old/index.html", target)
        assert page.content is not None
        found = Tags()
        found.feed(page.content.decode())

        assert found.tags == ["html", "meta", "title", "meta", "link", "meta", "p", "a"]
        assert found.attributes.count(("href", target)) == 2
        assert ("content", f"0; url={target}") in found.attributes

    def test_is_an_object_like_others(self):
        """Its digests are those of its bytes, and it is HTML whatever its name."""
        page = release.redirect_page("old.php", "/new/")
        assert page.content is not None

        assert page.sha256 == hashlib.sha256(page.content).hexdigest()
        assert page.size == len(page.content)
        assert page.content_type == "text/html; charset=utf-8"


class TestPointer:
    """What a host's key says."""

    @CALM
    @given(st.one_of(st.none(), st.text(max_size=60)))
    def test_reads_any_value(self, text: str | None):
        """A key may hold anything; that is a pointer or None."""
        assert Pointer.parse(text) is None or isinstance(Pointer.parse(text), Pointer)

    @pytest.mark.parametrize("text", ["[]", "1", '"r"', "null", "{}", '{"r":"a","t":"x"}', '{"r":"a","t":[]}'])
    def test_refuses_other_json(self, text: str):
        """JSON of another shape is no pointer."""
        assert Pointer.parse(text) is None

    def test_keeps_what_the_viewer_reads(self):
        """What publishers add stands beside what `pointer_value` wrote."""
        value = Pointer("abc", "before", 5).value('{"r":"abc","s":"/","n":2}')

        assert value == '{"r":"abc","s":"/","n":2,"p":"before","t":5}'
        assert Pointer.parse(value) == Pointer("abc", "before", 5)


class TestInParallel:
    """Working with a bounded number of threads."""

    def test_keeps_the_order(self):
        """Results come in the order of the items."""
        assert store.in_parallel(lambda number: number * 2, range(100)) == [number * 2 for number in range(100)]

    def test_counts_each_item(self):
        """The callback is called once for each item."""
        seen = []

        store.in_parallel(str, range(20), lambda: seen.append(threading.get_ident()))

        assert len(seen) == 20

    def test_stops_at_the_first_failure(self, monkeypatch: pytest.MonkeyPatch):
        """What has not begun when an item fails does not begin."""
        cancelled = threading.Event()
        began = []

        class Pool(ThreadPoolExecutor):
            def shutdown(self, wait=True, *, cancel_futures=False):
                super().shutdown(wait=False, cancel_futures=cancel_futures)
                cancelled.set()
                super().shutdown(wait=wait)

        def work(number: int) -> None:
            began.append(number)
            if number == 0:
                raise KeyError("first")
            assert cancelled.wait(30)

        monkeypatch.setattr(store, "ThreadPoolExecutor", Pool)
        with pytest.raises(KeyError, match="first"):
            store.in_parallel(work, range(1000))
        assert len(began) <= store.WORKERS + 1


class TestStore:
    """The way to the bucket and the key value store."""

    def test_says_what_is_missing_to_sign(self, monkeypatch: pytest.MonkeyPatch):
        """Without the CRT the error names the package to install."""
        monkeypatch.setattr(store, "HAS_CRT", False)

        with pytest.raises(PublishError) as caught:
            store.connect(bucket="b", store_arn="arn", host="a.example")

        assert caught.value.reference == "no-crt"
        assert "boto3[crt]" in caught.value.hint

    @pytest.mark.parametrize(
        ("error", "reference", "text"),
        [
            (
                ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject"),
                "aws-refused",
                "publishing failed at PutObject",
            ),
            (EndpointConnectionError(endpoint_url="http://x"), "aws-unreachable", "publishing failed"),
        ],
    )
    def test_reports_what_aws_says(self, error: Exception, reference: str, text: str):
        """Errors of the AWS client become ours, with what was being done."""
        with pytest.raises(PublishError) as caught, store.reported("publishing"):
            raise error

        assert (caught.value.reference, caught.value.what) == (reference, text)
        assert caught.value.why
