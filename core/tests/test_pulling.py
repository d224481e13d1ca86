"""Content from elsewhere arrives whole, goes on where it broke, and touches nobody's files."""

from __future__ import annotations

import datetime as dt
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content, Entry
from platform_core.errors import PluginError, Problem, SourceError
from platform_core.http import Http, RefusedError
from platform_core.pulling import Pulled, pull_source
from platform_core.sources import Converted, CursorExpired, Page, Source


class Provider:
    """A provider with documents, increments by number, and faults on demand."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.log: list[tuple[str, Any]] = []
        self.asked: list[str] = []
        self.size = 2
        self.breaks_after: int | None = None
        self.forgets = False
        self.increments = True

    def put(self, name: str, **fields: Any) -> None:
        """Write a document."""
        self.documents[name] = {"title": name, **fields}
        self.log.append((name, self.documents[name]))

    def drop(self, name: str) -> None:
        """Delete a document."""
        del self.documents[name]
        self.log.append((name, None))

    def pull(self, cursor: str, http: Http) -> Iterator[Page]:
        """Yield all documents, or what has changed since *cursor*; pages of a full answer can be gone on with."""
        self.asked.append(cursor)
        if cursor and self.forgets:
            self.forgets = False
            raise CursorExpired
        if cursor.startswith("since-"):
            changes = dict(self.log[int(cursor[6:]) :])
            documents = {name: value for name, value in changes.items() if value is not None}
            yield Page(documents, self._end, tuple(changes.keys() - documents.keys()), complete=True)
            return
        names = sorted(self.documents)
        start = int(cursor or 0)
        for number, at in enumerate(range(start, max(len(names), 1), self.size)):
            if number == self.breaks_after:
                raise SourceError("source-unreachable", "it broke")
            part = {name: self.documents[name] for name in names[at : at + self.size]}
            last = at + self.size >= len(names)
            yield Page(part, self._end if last else str(at + self.size), complete=last)

    @property
    def _end(self) -> str:
        return f"since-{len(self.log)}" if self.increments else ""

    def source(self, origin: str = "space/main", hosts: tuple[str, ...] = ()) -> Source:
        """Return the source of this provider."""
        return Source("memory", origin, self.pull, convert, hosts)


def convert(documents: Any) -> Converted:
    """Make an entry of each document; one without a title gives none."""
    entries, skipped, assets = {}, {}, {}
    for name, value in documents.items():
        if not value.get("title"):
            skipped[name] = Problem(name, "it has no title.")
            continue
        author = documents.get(value.get("author"), {}).get("title", "")
        entries[name] = Entry(
            value.get("collection", "posts"),
            value.get("slug", name),
            title=value["title"],
            body=f"By {author}.\n" if author else "",
            image=f"/media/memory/{name}{value.get('ending', '.png')}" if "image" in value else "",
            aliases=tuple(value.get("aliases", ())),
            url=value.get("url", ""),
            extra=value.get("extra", {}),
        )
        if "image" in value:
            assets[f"media/memory/{name}{value.get('ending', '.png')}"] = value["image"]
    return Converted(entries, assets, skipped)


@pytest.fixture
def provider() -> Provider:
    """A provider with three posts."""
    found = Provider()
    for name in ("a", "b", "c"):
        found.put(name)
    return found


@pytest.fixture
def pull(provider: Provider, tmp_path: Path) -> Callable[..., Pulled]:
    """Return a function that pulls from the provider into a site."""

    def run(*, allow_empty: bool = False, **given: Any) -> Pulled:
        return pull_source(provider.source(**given), tmp_path, allow_empty=allow_empty)

    return run


def posts(root: Path) -> list[str]:
    """Return the slugs of the posts."""
    return [entry.slug for entry in Content(root).entries()]


def test_documents_become_entries(pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """Each document is a file that says where it is from."""
    done = pull()
    assert (done.documents, done.written) == (3, ("content/posts/a.md", "content/posts/b.md", "content/posts/c.md"))
    (first, *_) = Content(tmp_path).entries()
    assert (first.title, first.extra) == ("a", {"source": "memory/a"})


def test_a_second_pull_asks_for_what_is_new(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """Increments bring one change and one deletion, and write one file."""
    pull()
    provider.put("b", title="other")
    provider.drop("c")
    done = pull()
    assert provider.asked == ["", "since-3"]
    assert (done.documents, done.written, done.removed) == (2, ("content/posts/b.md",), ("content/posts/c.md",))
    assert posts(tmp_path) == ["a", "b"]


def test_nothing_new_writes_nothing(pull: Callable[..., Pulled]) -> None:
    """A pull without changes touches no file."""
    pull()
    assert pull() == Pulled("memory")


def test_a_broken_pull_goes_on_where_it_was(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """The first page is not asked for again, and no file is written before the last one is there."""
    provider.breaks_after = 1
    with pytest.raises(SourceError):
        pull()
    assert posts(tmp_path) == []
    provider.breaks_after = None
    pull()
    assert provider.asked == ["", "2"]
    assert posts(tmp_path) == ["a", "b", "c"]


def test_what_a_whole_answer_leaves_out_is_gone(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """A provider that tells of no deletions is followed too."""
    provider.increments = False
    pull()
    provider.drop("b")
    pull()
    assert provider.asked == ["", ""]
    assert posts(tmp_path) == ["a", "c"]


@pytest.mark.parametrize("increments", [True, False])
def test_an_empty_answer_leaves_the_files(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path, increments: bool
) -> None:
    """A provider that has nothing any more is not believed; when it has everything again, the pull goes on."""
    provider.increments = increments
    pull()
    kept, provider.documents = provider.documents, {}
    provider.log += [(name, None) for name in kept]
    for _ in range(2):
        with pytest.raises(SourceError, match="source-empty") as caught:
            pull()
        assert "--allow-empty" in caught.value.hint
        assert posts(tmp_path) == ["a", "b", "c"]
    provider.documents = kept
    assert (pull().removed, posts(tmp_path)) == ((), ["a", "b", "c"])


def test_an_empty_answer_can_be_meant(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """Whoever says so removes every file."""
    pull()
    provider.documents = {}
    provider.log += [(name, None) for name in ("a", "b", "c")]
    assert len(pull(allow_empty=True).removed) == 3
    assert posts(tmp_path) == []
    assert pull() == Pulled("memory")


def test_a_forgotten_cursor_means_everything_anew(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """The provider may forget cursors; what was deleted meanwhile is gone all the same."""
    pull()
    provider.drop("a")
    provider.forgets = True
    pull()
    assert provider.asked == ["", "since-3", ""]
    assert posts(tmp_path) == ["b", "c"]


def test_a_failing_source_leaves_the_files(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """Yesterday's content stays when the provider can't be asked."""
    pull()
    provider.increments = False
    pull()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.md")}
    provider.put("a", title="new")
    provider.breaks_after = 0
    with pytest.raises(SourceError):
        pull()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.md")} == before


def test_a_change_reaches_what_refers_to_it(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """An author's new name is in posts that did not change themselves."""
    provider.put("a", author="c")
    pull()
    provider.put("c", title="Ada")
    assert pull().written == ("content/posts/a.md", "content/posts/c.md")
    assert next(Content(tmp_path).entries()).body == "By Ada.\n"


def test_another_origin_is_another_copy(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """Documents of one space do not mix with those of another."""
    pull()
    provider.documents = {"z": {"title": "z"}}
    pull(origin="space/other")
    assert posts(tmp_path) == ["z"]


def test_a_persons_file_is_never_overwritten(pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """A file that did not come from the source stays, and the document is told as skipped."""
    (tmp_path / "content" / "posts").mkdir(parents=True)
    (tmp_path / "content" / "posts" / "b.md").write_text("---\ntitle: mine\n---\n", "utf-8")
    done = pull()
    assert "did not come from memory" in done.skipped[0].what
    assert (tmp_path / "content" / "posts" / "b.md").read_text("utf-8") == "---\ntitle: mine\n---\n"
    assert pull().removed == ()


def test_files_of_a_lost_copy_are_known_again(pull: Callable[..., Pulled], provider: Provider, tmp_path: Path) -> None:
    """After a clone without .platform the committed files belong to the source still."""
    pull()
    (tmp_path / ".platform" / "sources" / "memory.sqlite").unlink()
    provider.drop("c")
    done = pull()
    assert (done.written, done.removed) == ((), ("content/posts/c.md",))


def test_a_product_with_many_variants_is_known_again(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """However long its table is, a file is changed, and removed, with its document."""
    rows = [{"sku": f"mug-{number}", "options": {"Size": str(number)}, "stock": 1} for number in range(100)]
    sizes = [str(number) for number in range(100)]
    extra = {"sku": "mug", "price": "9.50", "currency": "EUR", "options": {"Size": sizes}, "variants": rows}
    provider.put("mug", collection="products", extra=extra)
    pull()
    provider.put("mug", collection="products", extra={**extra, "price": "10.50"})
    done = pull()
    assert (done.written, done.skipped) == (("content/products/mug.md",), ())
    assert str(Content(tmp_path).products[0].price) == "10.50"
    provider.drop("mug")
    assert pull().removed == ("content/products/mug.md",)


def test_a_text_that_speaks_of_a_source_is_nobodys(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """The mark counts in the front matter alone."""
    mine = tmp_path / "content" / "mine.md"
    mine.parent.mkdir()
    mine.write_text("---\ntitle: mine\n---\nsource: memory/a\n", "utf-8")
    assert pull().removed == ()
    assert mine.exists()


def test_a_document_that_became_wrong_keeps_its_file(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """What can't be converted any more stays as it was, and is told."""
    pull()
    provider.put("b", title="")
    done = pull()
    assert [str(problem) for problem in done.skipped] == ["b: it has no title."]
    assert posts(tmp_path) == ["a", "b", "c"]


def test_a_product_without_a_price_is_not_written(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """Products are checked before they replace anything."""
    provider.put("mug", collection="products", extra={"sku": "mug", "price": "9.50", "currency": "EUR"})
    pull()
    provider.put("mug", collection="products", extra={"sku": "mug", "price": "free", "currency": "EUR"})
    done = pull()
    assert "not an amount" in done.skipped[0].what
    assert str(Content(tmp_path).products[0].price) == "9.50"


def test_a_new_slug_moves_the_file(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """One document has one file."""
    pull()
    provider.put("a", slug="alpha")
    done = pull()
    assert (done.written, done.removed) == (("content/posts/alpha.md",), ("content/posts/a.md",))


@pytest.mark.parametrize("slug", ["../../evil", "..", "/etc/evil", "a\x00b", "a\nb", "x" * 300])
def test_a_slug_stays_inside(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path, slug: str) -> None:
    """No document chooses a path outside of its folder."""
    provider.put("evil", slug=slug)
    done = pull()
    assert len(done.skipped) == 1
    assert {path.name for path in tmp_path.rglob("*.md")} == {"a.md", "b.md", "c.md"}


def test_a_link_that_leads_out_is_not_followed(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """A folder of content/ that is a link to elsewhere is not written to."""
    outside = tmp_path.parent / "outside"
    outside.mkdir(exist_ok=True)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "linked").symlink_to(outside)
    provider.put("x", collection="linked")
    assert "leads out" in pull().skipped[0].what
    assert list(outside.iterdir()) == []


def test_two_documents_for_one_path(provider: Provider, pull: Callable[..., Pulled]) -> None:
    """The second one is skipped and told."""
    provider.put("d", slug="a")
    assert [problem.where for problem in pull().skipped] == ["memory d"]


MUG = {"collection": "products", "extra": {"sku": "mug", "price": "9.50", "currency": "EUR"}}


@pytest.mark.parametrize("fields", [MUG, {"aliases": ("/old/",)}, {"url": "/here/"}])
def test_two_documents_that_claim_one_thing(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path, fields: dict[str, Any]
) -> None:
    """Who was there first keeps it; the other is skipped and told, and the site can be built."""
    provider.put("y", **fields)
    pull()
    provider.put("x", **fields)
    (problem,) = pull().skipped
    assert (problem.where, "is already that of" in problem.what) == ("memory x", True)
    assert "x" not in posts(tmp_path)
    assert len(Content(tmp_path).redirects) + len(Content(tmp_path).products) <= 1


def test_a_sku_of_a_persons_own_product(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """The files of the site itself come first."""
    own = tmp_path / "content" / "products" / "own.md"
    own.parent.mkdir(parents=True)
    own.write_text("---\ntitle: Own\nsku: mug\nprice: '1.00'\ncurrency: EUR\n---\n", "utf-8")
    provider.put("x", **MUG)
    assert "content/products/own.md" in pull().skipped[0].what
    assert len(Content(tmp_path).products) == 1


def test_two_files_of_before_become_one(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """A site that has both already is mended: what is skipped does not stay beside what it repeats."""
    provider.put("x", **MUG)
    pull()
    first = tmp_path / "content" / "products" / "x.md"
    (first.parent / "y.md").write_text(first.read_text("utf-8").replace("memory/x", "memory/y"), "utf-8")
    provider.put("y", **MUG)
    assert pull().removed == ("content/products/y.md",)
    assert len(Content(tmp_path).products) == 1


def test_a_changed_document_keeps_its_file_beside_who_has_its_sku(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """A product that takes the sku of another stays what it was."""
    provider.put("x", **MUG)
    provider.put("y", collection="products", extra={**MUG["extra"], "sku": "cup"})
    pull()
    provider.put("y", **MUG)
    assert [problem.where for problem in pull().skipped] == ["memory y"]
    assert [item.sku for item in Content(tmp_path).products] == ["mug", "cup"]


def test_an_alias_that_is_another_host(provider: Provider, pull: Callable[..., Pulled], tmp_path: Path) -> None:
    """An old path that no build takes is told at once."""
    provider.put("x", aliases=("//evil.example/",))
    assert "//evil.example/" in pull().skipped[0].what
    assert "x" not in posts(tmp_path)


def test_a_plugins_fault_is_named(tmp_path: Path, provider: Provider) -> None:
    """Whatever a plugin raises becomes an error with its name."""

    def fails(documents: Any) -> Converted:
        return documents["nowhere"]

    with pytest.raises(PluginError, match="source-failed"):
        pull_source(Source("memory", "x", provider.pull, fails), tmp_path)


class Server(http.server.ThreadingHTTPServer):
    """Answers with what is planned: (status, headers, body), one after another."""

    answers: list[tuple[int, dict[str, str], bytes]]
    asked: list[str]


class Handler(http.server.BaseHTTPRequestHandler):
    """Gives the next planned answer."""

    server: Server

    def do_GET(self) -> None:
        """Answer."""
        self.server.asked.append(self.path)
        status, headers, body = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine."""
    found = Server(("127.0.0.1", 0), Handler)
    found.answers, found.asked = [], []
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def address(server: Server, path: str = "/data") -> str:
    """Return an address of the server."""
    return f"http://127.0.0.1:{server.server_port}{path}"


def test_a_busy_provider_is_asked_again(server: Server) -> None:
    """429 with Retry-After and 503 are waited for."""
    server.answers = [(429, {"retry-after": "0"}, b"slow down"), (503, {}, b""), (200, {}, b'{"ok": 1}')]
    assert Http(backoff=0).json(address(server)) == {"ok": 1}
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"x-limit-reset": "0.02"}, [0.02]),
        ({"x-limit-reset": "0.02", "retry-after": "1"}, [1]),
        ({"x-limit-reset": "0.02", "retry-after": "soon"}, [0.02]),
        ({"x-limit-reset": "soon"}, []),
        ({"x-limit-reset": "nan"}, []),
        ({"x-limit-reset": "-1"}, []),
    ],
)
def test_a_provider_may_have_a_header_of_its_own(
    server: Server, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], waited: list[float]
) -> None:
    """The named header is waited for when there is no Retry-After and it holds seconds, and never too long."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    server.answers = [(429, headers, b""), (200, {}, b"{}")]
    Http(backoff=0).json(address(server), wait_header="x-limit-reset")
    assert slept == waited


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ("1.5", [1.5]),
        ("120", [120]),
        ("0", []),
        ("", []),
        ("soon", []),
        ("-1", []),
        ("-1.5", []),
        ("nan", []),
        ("inf", []),
        ("Wed, 21 Oct 2015 07:28:00 GMT", []),
        ("Wed, 99 Oct 2015 07:28:00 GMT", []),
    ],
)
def test_what_retry_after_does_not_say_is_not_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch, said: str, waited: list[float]
) -> None:
    """Seconds are waited for; what is none, and what is over, leaves the client's own pace."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    server.answers = [(429, {"retry-after": said}, b""), (200, {}, b"{}")]
    assert Http(backoff=0).json(address(server)) == {}
    assert slept == waited


def test_retry_after_may_be_a_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that names a time is not asked before it."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    then = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=100)
    server.answers = [(503, {"retry-after": format_datetime(then, usegmt=True)}, b""), (200, {}, b"{}")]
    Http(backoff=0).json(address(server))
    assert 0 < slept[0] <= 100


@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": "121"},
        {"retry-after": "Wed, 21 Oct 2190 07:28:00 GMT"},
        {"retry-after": "9" * 20},
        {"x-limit-reset": "86400"},
    ],
)
def test_a_long_wait_ends_the_pull(server: Server, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]) -> None:
    """Nobody waits for hours, and the provider is not asked before the time that it named."""
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it waits"))
    server.answers = [(429, headers, b"")]
    with pytest.raises(SourceError) as caught:
        Http().json(address(server), wait_header="x-limit-reset")
    assert (caught.value.reference, "Pull again after" in caught.value.hint) == ("source-busy", True)
    assert len(server.asked) == 1


def test_the_end_of_a_long_wait_is_told(server: Server) -> None:
    """The message says for how long, and until when."""
    server.answers = [(429, {"retry-after": "3600"}, b"")]
    with pytest.raises(SourceError) as caught:
        Http().json(address(server))
    assert "60 minutes" in caught.value.what
    assert re.search(r"after \d{4}-\d\d-\d\d \d\d:\d\d UTC", caught.value.hint)


def test_a_refusal_says_its_status(server: Server) -> None:
    """A plugin can tell one refusal from another."""
    server.answers = [(410, {}, b"gone")]
    with pytest.raises(RefusedError) as caught:
        Http().json(address(server))
    assert (caught.value.reference, caught.value.status) == ("source-refused", 410)


def test_a_provider_that_stays_busy_is_told(server: Server) -> None:
    """After its tries the client gives up with the provider's words."""
    server.answers = [(429, {"retry-after": "0"}, b"slow down")]
    with pytest.raises(SourceError) as caught:
        Http(tries=2, backoff=0).json(address(server))
    assert "429" in caught.value.what
    assert "slow down" in caught.value.why


def test_a_refusal_names_no_token(server: Server) -> None:
    """What was asked is told without its query and headers."""
    server.answers = [(401, {}, b"no")]
    with pytest.raises(SourceError) as caught:
        Http().json(address(server), query={"access_token": "s3cret"}, headers={"authorization": "Bearer s3cret"})
    assert "s3cret" not in str(caught.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"\xff\xfe", b"", b'{"a": '])
def test_what_is_no_json_is_an_error(server: Server, body: bytes) -> None:
    """Any other answer is told, never a traceback."""
    server.answers = [(200, {}, body)]
    with pytest.raises(SourceError, match="source-answer"):
        Http().json(address(server))


def test_redirects_are_not_followed(server: Server) -> None:
    """A token goes to nobody but the host that it is for."""
    server.answers = [(302, {"location": address(server, "/else")}, b"")]
    with pytest.raises(SourceError):
        Http().json(address(server), headers={"authorization": "Bearer x"})
    assert server.asked == ["/data"]


@pytest.mark.parametrize("url", ["http://example.com/x", "file:///etc/passwd", "ftp://example.com/", "//x/", ""])
def test_only_https_is_asked(url: str) -> None:
    """Nothing is asked without encryption, except on this machine."""
    with pytest.raises(SourceError, match="source-address"):
        Http().json(url)


def test_an_asset_is_fetched_once(
    server: Server, provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """A file is downloaded when its address is new, and removed when nothing needs it."""
    server.answers = [(200, {}, b"picture")]
    host = f"127.0.0.1:{server.server_port}"
    provider.put("a", image=address(server, "/1.png"))
    assert "static/media/memory/a.png" in pull(hosts=(host,)).written
    assert (tmp_path / "static" / "media" / "memory" / "a.png").read_bytes() == b"picture"
    assert pull(hosts=(host,)).written == ()
    provider.put("a", image=address(server, "/2.png"))
    pull(hosts=(host,))
    assert server.asked == ["/1.png", "/2.png"]
    provider.put("a")
    assert pull(hosts=(host,)).removed == ("static/media/memory/a.png",)


def test_an_asset_that_fails_leaves_the_entries(
    server: Server, provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """No entry is written that shows a picture which can't be had."""
    server.answers = [(403, {}, b"")]
    provider.put("a", image=address(server))
    with pytest.raises(SourceError):
        pull(hosts=(f"127.0.0.1:{server.server_port}",))
    assert posts(tmp_path) == []


def test_a_lost_picture_keeps_back_its_entry_alone(
    server: Server, provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """The entry stays as it was and the rest goes on; when the picture is back, so is the entry."""
    pull()
    server.answers = [(404, {}, b""), (200, {}, b"picture")]
    hosts = (f"127.0.0.1:{server.server_port}",)
    provider.put("a", title="shown", image=address(server, "/1.png"))
    provider.put("b", title="changed")
    done = pull(hosts=hosts)
    assert done.written == ("content/posts/b.md",)
    (problem,) = done.skipped
    assert (problem.where, "a.png" in problem.what) == ("memory a", True)
    assert [entry.title for entry in Content(tmp_path).entries()] == ["a", "changed", "c"]
    assert pull(hosts=hosts).written == ("static/media/memory/a.png", "content/posts/a.md")


@pytest.mark.parametrize("ending", [".html", ".HTM", ".xhtml", ".js", ".mjs", ".xml", ".wasm"])
def test_a_file_that_would_run_is_not_published(
    server: Server, provider: Provider, pull: Callable[..., Pulled], tmp_path: Path, ending: str
) -> None:
    """Who may upload a file may not put a page or a program below the site's address."""
    server.answers = [(200, {}, b"<script>")]
    provider.put("a", image=address(server, "/x"), ending=ending)
    done = pull(hosts=(f"127.0.0.1:{server.server_port}",))
    (problem,) = done.skipped
    assert (problem.where, "would run" in problem.what) == ("memory a", True)
    assert (server.asked, posts(tmp_path)) == ([], ["b", "c"])


def test_assets_come_from_named_hosts_only(
    server: Server, provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """Content can't make the build machine ask any address; the entry is kept back, and nothing else."""
    provider.put("a", image=address(server, "/latest/meta-data"))
    (problem,) = pull(hosts=("cdn.example.com",)).skipped
    assert "come from cdn.example.com" in problem.what
    assert (server.asked, posts(tmp_path)) == ([], ["b", "c"])


def test_a_file_that_is_too_large_keeps_back_its_entry_alone(
    server: Server,
    provider: Provider,
    pull: Callable[..., Pulled],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One film does not end every pull."""
    monkeypatch.setattr("platform_core.http.MAX_ASSET_BYTES", 3)
    server.answers = [(200, {}, b"film")]
    provider.put("a", image=address(server))
    (problem,) = pull(hosts=(f"127.0.0.1:{server.server_port}",)).skipped
    assert (problem.where, "more than" in problem.what) == ("memory a", True)
    assert posts(tmp_path) == ["b", "c"]


def test_new_pictures_wait_for_each_other(
    server: Server, provider: Provider, pull: Callable[..., Pulled], tmp_path: Path
) -> None:
    """When one can't be had, none is in place beside the text of yesterday; the others are not asked for again."""
    hosts = (f"127.0.0.1:{server.server_port}",)
    server.answers = [(200, {}, b"old")]
    provider.put("a", image=address(server, "/1.png"))
    pull(hosts=hosts)
    provider.put("a", title="new", image=address(server, "/2.png"))
    provider.put("b", image=address(server, "/3.png"))
    server.answers = [(200, {}, b"new"), (403, {}, b""), (200, {}, b"three")]
    picture = tmp_path / "static" / "media" / "memory" / "a.png"
    with pytest.raises(RefusedError):
        pull(hosts=hosts)
    assert picture.read_bytes() == b"old"
    pull(hosts=hosts)
    assert (picture.read_bytes(), picture.with_name("b.png").read_bytes()) == (b"new", b"three")
    assert server.asked == ["/1.png", "/2.png", "/3.png", "/3.png"]
    assert not list((tmp_path / ".platform" / "sources").glob("*.files"))


def test_killed_while_writing(
    provider: Provider, pull: Callable[..., Pulled], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull that dies between two files is finished by the next one, without an answer of anybody."""
    from platform_core import pulling

    real = pulling.write_atomically

    def dies(path: Path, text: str) -> None:
        if path.name == "b.md":
            raise KeyboardInterrupt
        real(path, text)

    monkeypatch.setattr(pulling, "write_atomically", dies)
    with pytest.raises(KeyboardInterrupt):
        pull()
    monkeypatch.setattr(pulling, "write_atomically", real)
    assert pull().written == ("content/posts/b.md", "content/posts/c.md")
