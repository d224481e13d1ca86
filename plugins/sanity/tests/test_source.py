"""A dataset is pulled bit by bit, and what is gone there is gone here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.errors import SiteError, SourceError
from platform_core.http import Http
from platform_core.pulling import Pulled, pull_source
from platform_core.site import Site
from platform_core.sources import CursorExpired, Source
from platform_plugin_sanity import plugin, source, standin

Puller = Callable[..., Pulled]


def post(number: int, **fields: Any) -> dict[str, Any]:
    slug = {"_type": "slug", "current": f"post-{number}"}
    return {"_id": f"p{number:03}", "_type": "posts", "title": f"Post {number}", "slug": slug, **fields}


@pytest.fixture
def make(site: Site, settings: Callable[..., dict[str, Any]], content: Content) -> Callable[..., Source]:
    """Give a function that makes the source of a stand-in's dataset."""

    def run(host: str, secrets: dict[str, str] | None = None, **given: Any) -> Source:
        stage = Stage("local", "http://localhost:8080", endpoints={standin.SERVICE: host}, offline=True)
        made = plugin.platform_source(site, settings(project_id="abc12345", **given), content, stage, secrets or {})
        assert made
        return made

    return run


@pytest.fixture
def pull(make: Callable[..., Source], content: Content) -> Puller:
    """Give a function that pulls from a stand-in into the site's folder."""

    def run(host: str, **given: Any) -> Pulled:
        return pull_source(make(host, **given), content.root, http=Http(tries=0))

    return run


def test_only_what_changed_is_fetched(stand_in: Callable[..., Any], pull: Puller, content: Content) -> None:
    """The first pull brings everything, the second nothing, the third what changed."""
    running = stand_in(*(post(number) for number in range(5)))
    assert pull(running.host).documents == 5
    assert pull(running.host) == Pulled("sanity")
    running.mutate({"patch": {"id": "p003", "set": {"title": "Changed"}}}, {"create": post(9)})
    third = pull(running.host)
    assert (third.documents, sorted(third.written)) == (2, ["content/posts/post-3.md", "content/posts/post-9.md"])
    assert "title: Changed" in (content.root / "content/posts/post-3.md").read_text()


def test_what_was_deleted_goes(stand_in: Callable[..., Any], pull: Puller, content: Content) -> None:
    """A document that was deleted or taken back, of which Sanity tells nobody, loses its file."""
    running = stand_in(post(1), post(2))
    pull(running.host)
    running.mutate({"delete": {"id": "p001"}}, {"create": {**post(3), "_id": "drafts.p003"}})
    assert pull(running.host).removed == ("content/posts/post-1.md",)
    assert sorted(path.name for path in (content.root / "content/posts").iterdir()) == ["post-2.md"]


def test_it_comes_in_pages(stand_in: Callable[..., Any], make: Callable[..., Source]) -> None:
    """Many documents are asked for a hundred at a time, and the last page is complete."""
    running = stand_in(*(post(number) for number in range(250)))
    pages = list(make(running.host).pull("", Http(tries=0)))
    assert [len(page.documents) for page in pages] == [100, 100, 50]
    assert [page.complete for page in pages] == [False, False, True]


def test_a_pull_that_broke_goes_on(stand_in: Callable[..., Any], make: Callable[..., Source]) -> None:
    """From the cursor of the first page only the rest is asked for, and a deletion in between is seen."""
    running = stand_in(*(post(number) for number in range(150)))
    made = make(running.host)
    pages: Iterator[Any] = iter(made.pull("", Http(tries=0)))
    first = next(pages)
    running.mutate({"delete": {"id": "p000"}})
    rest = list(made.pull(first.cursor, Http(tries=0)))
    assert [(len(page.documents), page.deleted, page.complete) for page in rest] == [(50, ("p000",), True)]
    assert set(json.loads(rest[-1].cursor)) == {f"p{number:03}" for number in range(1, 150)}


@pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"a": 1}', '"text"'])
def test_a_cursor_of_another_time_begins_anew(make: Callable[..., Source], cursor: str) -> None:
    """What is no cursor of ours is told as one that has expired."""
    with pytest.raises(CursorExpired):
        next(iter(make("http://127.0.0.1:9").pull(cursor, Http(tries=0))))


def test_drafts_are_pulled_when_asked_for(
    stand_in: Callable[..., Any], make: Callable[..., Source], content: Content
) -> None:
    """The perspective for drafts brings the draft in place of what is published, and marks it."""
    running = stand_in(post(1), post(2), {**post(1, title="Draft"), "_id": "drafts.p001"})
    made = make(running.host, {"sanity-token": "t"}, perspective="drafts", token_secret="acme/sanity")
    pull_source(made, content.root, http=Http(tries=0))
    texts = {path.name: path.read_text() for path in (content.root / "content/posts").iterdir()}
    assert "title: Draft\ndraft: true" in texts["post-1.md"]
    assert "draft" not in texts["post-2.md"]


def test_other_types_stay_where_they_are(stand_in: Callable[..., Any], make: Callable[..., Source]) -> None:
    """What is no entry and nothing that entries refer to is not pulled: orders are nobody's business."""
    running = stand_in(post(1), {"_id": "o1", "_type": "order"}, {"_id": "a1", "_type": "author", "name": "Ada"})
    (page,) = make(running.host).pull("", Http(tries=0))
    assert set(page.documents) == {"p001", "a1"}


def test_pictures_are_copied(
    stand_in: Callable[..., Any], pull: Puller, content: Content, tmp_path: Path, png: bytes
) -> None:
    """A picture is fetched once, and goes when nothing shows it any more."""
    (tmp_path / "cat.png").write_bytes(png)
    running = stand_in(post(1, image={"_type": "image", "_sanityAsset": "image@file://./cat.png"}))
    written = pull(running.host).written
    (picture,) = (path for path in written if path.startswith("static/media/sanity/"))
    assert (content.root / picture).read_bytes() == png
    running.mutate({"patch": {"id": "p001", "unset": ["image"]}})
    assert pull(running.host).removed == (picture,)


def test_a_source_that_fails_leaves_everything(stand_in: Callable[..., Any], pull: Puller, content: Content) -> None:
    """When nobody answers, yesterday's content stays and the error says who was asked."""
    running = stand_in(post(1))
    pull(running.host)
    running.stop()
    with pytest.raises(SourceError) as caught:
        pull(running.host)
    assert running.host in str(caught.value)
    assert (content.root / "content/posts/post-1.md").is_file()


class Recorder:
    """Stands in for the client and keeps what was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, str]]] = []

    def json(self, url: str, *, headers: dict[str, str], body: Any) -> Any:
        """Keep the question and answer."""
        assert "query" in body
        self.asked.append((url, headers))
        return self.answer


def test_sanity_itself_is_asked_and_not_its_cdn() -> None:
    """The address names project, version and dataset; the token is in a header and not in the address."""
    dataset = source.Dataset("abc12345", "production", "2026-09-01", "published", ("posts",), token="secret-token")
    recorder = Recorder({"result": []})
    list(source.make_source(dataset, {}, "en").pull("", recorder))  # type: ignore[arg-type]
    ((url, headers),) = recorder.asked
    assert url == "https://abc12345.api.sanity.io/v2026-09-01/data/query/production?perspective=published"
    assert headers == {"authorization": "Bearer secret-token"}
    assert source.make_source(dataset, {}, "en").hosts == ("cdn.sanity.io",)


@pytest.mark.parametrize("answer", [{}, [], {"result": {}}, {"result": ["x"]}, {"result": [{"_id": 1}]}])
def test_an_odd_answer_is_an_error(answer: Any) -> None:
    """What is not a list of documents is refused, so that nothing is taken for deleted."""
    dataset = source.Dataset("abc12345", "production", "2026-09-01", "published", ("posts",))
    with pytest.raises(SourceError):
        list(source.make_source(dataset, {}, "en").pull("", Recorder(answer)))  # type: ignore[arg-type]


def test_without_a_project_nothing_is_pulled_here(
    site: Site, settings: Callable[..., dict[str, Any]], content: Content
) -> None:
    """A new site is built on the developer's machine with its own files, and refused on AWS."""
    local, aws = Stage("local", "http://localhost:8080"), Stage("aws", "https://www.acme.example")
    assert plugin.platform_source(site, settings(), content, local, {}) is None
    with pytest.raises(SiteError, match="project"):
        plugin.platform_source(site, settings(), content, aws, {})


def test_drafts_need_a_token(make: Callable[..., Source]) -> None:
    """Sanity shows drafts to nobody without a token, so the site is told before it asks."""
    with pytest.raises(SiteError, match="token"):
        make("http://127.0.0.1:9", perspective="drafts")
