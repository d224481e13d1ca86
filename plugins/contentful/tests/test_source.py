"""A space arrives page by page, goes on where it broke, and loses what was deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.errors import SiteError, SourceError
from platform_core.http import Http
from platform_core.pulling import pull_source
from platform_core.site import Site
from platform_core.sources import CursorExpired
from platform_plugin_contentful import plugin, source
from platform_plugin_contentful.source import Delivery, asset_hosts
from platform_plugin_contentful.standin.api import Answer
from platform_plugin_contentful.standin.server import SAMPLE, StandIn

POSTS = ["a-ferry-that-keeps-its-timetable", "notes-from-a-small-desk"]


def posts(root: Path) -> list[str]:
    """Return the slugs of the posts."""
    return sorted(path.stem for path in (root / "content" / "posts").glob("*.md"))


def sample() -> Any:
    """Return the sample's export."""
    return json.loads(SAMPLE.read_text("utf-8"))


def delivery(server: StandIn, *, given: str = "offline") -> Delivery:
    """Return a client of the stand-in."""
    return Delivery(server.origin, "sample", "master", given)


class Log:
    """Notes what a stand-in is asked, and answers with a fault when one is planned."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.faults: dict[int, Answer] = {}

    def __call__(self, path: str) -> Answer | None:
        """Return the fault for this request, if any."""
        if "/sync" not in path:
            return None
        self.asked.append(path)
        return self.faults.pop(len(self.asked), None)

    @property
    def kinds(self) -> list[str]:
        """The parameters that came, by name."""
        return [",".join(sorted(parse_qs(urlsplit(path).query))) for path in self.asked]


def test_a_second_pull_asks_for_what_is_new(
    serve: Callable[..., StandIn], pull: Callable[..., Any], tmp_path: Path
) -> None:
    """The sync token brings one change and one deletion, and nobody is asked for the rest again."""
    log = Log()
    server = serve(before=log)
    assert pull(server).skipped == ()
    assert posts(tmp_path) == POSTS
    store = server.api.store
    changed = json.loads(json.dumps(store.items["Entry", "notesFromTheDesk"]))
    changed["fields"]["title"]["en-US"] = "Notes from a larger desk"
    store.put(changed)
    store.remove(("Entry", "ferryTimetable"))
    done = pull(server)
    assert log.kinds == ["initial,limit", "sync_token"]
    assert done.removed[:1] == ("content/posts/a-ferry-that-keeps-its-timetable.md",)
    assert posts(tmp_path) == POSTS[1:]
    (entry,) = [item for item in Content(tmp_path).entries() if item.collection == "posts"]
    assert (entry.title, entry.references) == ("Notes from a larger desk", {})
    assert pull(server).written == ()


def test_a_deleted_asset_is_removed(serve: Callable[..., StandIn], pull: Callable[..., Any], tmp_path: Path) -> None:
    """A picture that is gone leaves the site, and the entry that showed it says so."""
    server = serve()
    pull(server)
    server.api.store.remove(("Asset", "redPot"))
    done = pull(server)
    assert "static/media/contentful/redPot-red-pot.png" in done.removed
    assert [problem.where for problem in done.skipped] == ["contentful enamelPot"]


def test_a_pull_that_breaks_goes_on_where_it_was(
    serve: Callable[..., StandIn], pull: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that have come are not asked for again, and no file is written before the last one is there."""
    monkeypatch.setattr(source, "_PAGE", 2)
    log = Log()
    server = serve(before=log)
    log.faults = {3: Answer(403, {"message": "no"})}
    with pytest.raises(SourceError):
        pull(server)
    assert not (tmp_path / "content").exists()
    assert pull(server).skipped == ()
    assert posts(tmp_path) == POSTS
    # Two pages came, the third was refused and asked for again; there are eight items.
    assert log.kinds == ["initial,limit", "sync_token", "sync_token", "sync_token", "sync_token"]
    assert log.asked[2] == log.asked[3]


def test_a_token_that_is_too_old_starts_anew(
    serve: Callable[..., StandIn], pull: Callable[..., Any], source: Callable[..., Any], tmp_path: Path
) -> None:
    """When the API does not take the token any more, everything is pulled again, and what is gone goes."""
    log = Log()
    server = serve(before=log)
    pull(server)
    data = sample()
    data["entries"] = [row for row in data["entries"] if row["sys"]["id"] != "ferryTimetable"]
    server.api.store.load(data)
    server.api.store.epoch = "another"
    pull(server)
    assert log.kinds == ["initial,limit", "sync_token", "initial,limit"]
    assert posts(tmp_path) == POSTS[1:]


def test_a_refused_token_is_an_expired_cursor(serve: Callable[..., StandIn]) -> None:
    """The source says so; without a cursor the same answer is an error."""
    server = serve(before=lambda path: Answer(400, {"sys": {"id": "BadRequest"}}) if "/sync" in path else None)
    with pytest.raises(CursorExpired):
        list(delivery(server).pull("old", Http()))
    with pytest.raises(SourceError):
        list(delivery(server).pull("", Http()))


@pytest.mark.parametrize("header", ["x-contentful-ratelimit-reset", "retry-after"])
def test_a_limit_is_waited_for(
    serve: Callable[..., StandIn], pull: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    """Contentful's own header says how long to wait, and the usual one counts too."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    log = Log()
    log.faults = {1: Answer(429, {"sys": {"id": "RateLimitExceeded"}}, {header: "1"})}
    assert pull(serve(before=log)).skipped == ()
    assert slept == [1]


def test_the_token_stays_out_of_addresses(serve: Callable[..., StandIn]) -> None:
    """It goes into a header, and a refusal does not repeat it."""
    log = Log()
    server = serve(before=log)
    list(delivery(server, given="s3cret").pull("", Http()))
    assert not any("s3cret" in path for path in log.asked)
    with pytest.raises(SourceError, match="AccessTokenInvalid"):
        list(delivery(server, given="").pull("", Http()))


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"items": []},
        {"items": {}, "nextSyncUrl": "https://x.example/sync?sync_token=a"},
        {"items": [], "nextSyncUrl": "https://x.example/sync"},
        {"items": [], "nextPageUrl": 7},
        {"items": [], "nextPageUrl": "https://x.example/sync?sync_token=same"},
    ],
)
def test_a_strange_answer_is_an_error(serve: Callable[..., StandIn], data: Any) -> None:
    """What is not of the API ends the pull with words, and never goes on for ever."""
    server = serve(before=lambda path: Answer(200, data) if "/sync" in path else None)
    with pytest.raises(SourceError, match="source-answer"):
        list(delivery(server).pull("", Http()))


def test_the_last_word_on_a_thing_counts(serve: Callable[..., StandIn]) -> None:
    """Of an entry that was deleted and published again in one page, the entry is kept, and the other way round."""
    one = {"sys": {"type": "Entry", "id": "a"}}
    gone = {"sys": {"type": "DeletedEntry", "id": "a"}}
    odd = {"sys": {"type": "Entry", "id": "../a"}}
    for items, there, deleted in (([gone, one, odd], ["a"], ()), ([one, gone], [], ("a",))):
        data = {"items": items, "nextSyncUrl": "https://x.example/sync?sync_token=t"}
        server = serve(before=lambda path, data=data: Answer(200, data) if "/sync" in path else None)
        (page,) = delivery(server).pull("", Http())
        assert [name for name in page.documents if ":" not in name] == there
        assert page.deleted == deleted


def make(site: Site, settings: dict[str, Any], root: Path, stage: Stage) -> Any:
    """Ask the plugin for the source of a site."""
    return plugin.platform_source(site, settings, Content(root), stage, {"contentful-delivery": "t"})


@pytest.mark.parametrize(
    ("region", "base", "host"),
    [
        ("us", "https://cdn.contentful.com", "images.ctfassets.net"),
        ("eu", "https://cdn.eu.contentful.com", "images.eu.ctfassets.net"),
    ],
)
def test_each_region_has_its_hosts(site: Site, settings: Callable[..., Any], region: str, base: str, host: str) -> None:
    """Data of the EU are asked for in the EU, and files come from Contentful's hosts alone."""
    found = make(site, settings(space="abc", region=region), Path("nowhere"), Stage("aws", "https://www.acme.example"))
    assert found.origin == f"{base}/abc/master"
    assert host in found.hosts
    assert found.hosts == asset_hosts(region)
    assert all(name.endswith((".ctfassets.net", ".contentful.com")) for name in found.hosts)


def test_without_a_space_nothing_is_deployed(site: Site, settings: Callable[..., Any], tmp_path: Path) -> None:
    """On this machine a site without a space is its own files; for AWS somebody has to say where the content is."""
    assert make(site, settings(), tmp_path, Stage("local", "http://localhost:1")) is None
    with pytest.raises(SiteError, match="incomplete-cms"):
        make(site, settings(), tmp_path, Stage("aws", "https://www.acme.example"))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("types", ["posts"]),
        ("types", ["a b=posts"]),
        ("types", ["a=../x"]),
        ("locales", ["de_DE"]),
        ("locales", ["=de"]),
    ],
)
def test_a_wrong_mapping_is_told(
    site: Site, settings: Callable[..., Any], tmp_path: Path, name: str, rows: list[str]
) -> None:
    """A row that maps nothing is named, with how to write it."""
    with pytest.raises(SiteError, match=r"\[settings.contentful\]"):
        make(site, settings(space="abc", **{name: rows}), tmp_path, Stage("aws", "https://www.acme.example"))


def test_files_from_elsewhere_are_refused(
    serve: Callable[..., StandIn], source: Callable[..., Any], tmp_path: Path
) -> None:
    """A picture that does not lie with Contentful is not fetched."""
    data = sample()
    server = serve(data)
    for file in server.api.store.items["Asset", "redPot"]["fields"]["file"].values():
        file["url"] = "@evil.example/x.png"
    done = pull_source(source(server, tmp_path), tmp_path)
    assert any("evil.example" in problem.what for problem in done.skipped)
    assert not any("redPot" in path for path in done.written)
