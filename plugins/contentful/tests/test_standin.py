"""The stand-in answers as Contentful does: its own client works with it, unchanged."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_plugin_contentful.standin.search import QueryError, picked
from platform_plugin_contentful.standin.server import SAMPLE, StandIn


@pytest.fixture
def client(vendor: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that asks a stand-in through contentful.js."""
    return lambda server, *steps: vendor("client.cjs", server.origin.removeprefix("http://"), "token", *steps)


def test_contentfuls_client_reads_entries_and_links(serve: Callable[..., StandIn], client: Callable[..., Any]) -> None:
    """The vendor's client searches, orders, and puts links together, also those in rich text."""
    server = serve()
    found = client(server, "entries", json.dumps({"content_type": "posts", "order": "-fields.date", "include": 2}))
    assert [item["fields"]["title"] for item in found["items"]] == [
        "Notes from a small desk",
        "A ferry that keeps its timetable",
    ]
    notes = found["items"][0]["fields"]
    assert notes["author"]["fields"]["name"] == "Ada Berg"
    assert notes["image"]["fields"]["file"]["url"].startswith("//127.0.0.1")
    assert notes["related"][0]["fields"]["slug"] == "a-ferry-that-keeps-its-timetable"
    one = client(server, "entry", "enamelPot")
    assert one["fields"]["price"] == "34.50"


def test_contentfuls_client_reads_the_rest(serve: Callable[..., StandIn], client: Callable[..., Any]) -> None:
    """Space, locales, types and files are there too."""
    server = serve()
    assert client(server, "space")["sys"]["type"] == "Space"
    assert [item["code"] for item in client(server, "locales")["items"]] == ["en-US", "de"]
    assert {item["sys"]["id"] for item in client(server, "types")["items"]} == {"posts", "pages", "products", "people"}
    assert len(client(server, "assets")["items"]) == 3


def test_contentfuls_client_reads_languages(serve: Callable[..., StandIn], client: Callable[..., Any]) -> None:
    """One language with its fallback, or all of them."""
    server = serve()
    query = {"content_type": "posts", "sys.id": "ferryTimetable", "locale": "de"}
    (item,) = client(server, "entries", json.dumps(query))["items"]
    assert (item["fields"]["title"], item["fields"]["date"]) == (
        "Eine Fähre, die ihren Fahrplan hält", "2026-03-03T08:30:00.000Z",
    )  # fmt: skip
    (item,) = client(server, "every", json.dumps({"content_type": "posts", "sys.id": "ferryTimetable"}))["items"]
    assert set(item["fields"]["title"]) == {"en-US", "de"}


def test_contentfuls_client_syncs(serve: Callable[..., StandIn], client: Callable[..., Any]) -> None:
    """A first round in pages, then what has changed and what is gone, then nothing."""
    server = serve()
    first = client(server, "sync", json.dumps({"initial": True, "limit": 3}))
    assert (len(first["entries"]), len(first["assets"])) == (5, 3)
    server.api.store.remove(("Asset", "redPot"))
    server.api.store.remove(("Entry", "enamelPot"))
    server.api.store.put(server.api.store.items["Entry", "adaBerg"])
    second = client(server, "sync", json.dumps({"nextSyncToken": first["nextSyncToken"]}))
    assert [item["sys"]["id"] for item in second["entries"]] == ["adaBerg"]
    assert [item["sys"]["id"] for item in second["deletedEntries"]] == ["enamelPot"]
    assert [item["sys"]["id"] for item in second["deletedAssets"]] == ["redPot"]
    third = client(server, "sync", json.dumps({"nextSyncToken": second["nextSyncToken"]}))
    assert not any(third[name] for name in ("entries", "assets", "deletedEntries", "deletedAssets"))


def test_contentfuls_client_is_refused_as_by_contentful(
    serve: Callable[..., StandIn], client: Callable[..., Any]
) -> None:
    """A missing entry, a wrong parameter, an unknown sync token: each is an error to the client."""
    server = serve()
    assert "could not be found" in client(server, "entry", "nobody")["error"]
    assert "not known" in client(server, "entries", '{"bogus": "1"}')["error"]
    assert "400" in client(server, "sync", '{"nextSyncToken": "abc"}')["error"]


@pytest.mark.realdata
def test_contentfuls_own_starter_is_served(
    realdata: Path, serve: Callable[..., StandIn], client: Callable[..., Any], pull: Callable[..., Any], tmp_path: Path
) -> None:
    """The export of the vendor's Gatsby starter is read by its client, and becomes three posts with pictures."""
    server = serve(realdata / "contentful" / "starter-gatsby-blog-export.json")
    found = client(server, "entries", json.dumps({"content_type": "blogPost", "order": "fields.publishDate"}))
    assert [item["fields"]["slug"] for item in found["items"]] == [
        "automate-with-webhooks", "hello-world", "static-sites-are-great",
    ]  # fmt: skip
    assert {item["fields"]["author"]["fields"]["name"] for item in found["items"]} == {"John Doe"}
    done = pull(server, types=["blogPost=posts", "person="], offline_data="x.json")
    assert done.skipped == ()
    entries = {entry.slug: entry for entry in Content(tmp_path).entries()}
    assert set(entries) == {item["fields"]["slug"] for item in found["items"]}
    for entry in entries.values():
        assert entry.extra["author"] == "John Doe"
        assert entry.body.startswith(("## ", "These"))
        assert entry.description
        assert (tmp_path / "static" / entry.image.lstrip("/")).read_bytes().startswith(b"\x89PNG")
    assert "`cdn.contentful.com`" in entries["hello-world"].body


def test_the_sample_is_whole(serve: Callable[..., StandIn], pull: Callable[..., Any], tmp_path: Path) -> None:
    """The sample becomes posts, a page and a product, with its own pictures, and nothing is left out."""
    done = pull(serve(), variant="multi_language")
    assert done.skipped == ()
    entries = {entry.path: entry for entry in Content(tmp_path).entries()}
    assert sorted(entries) == [
        "about-the-harbour.md", "de/posts/eine-faehre-die-ihren-fahrplan-haelt.md", "de/ueber-den-hafen.md",
        "posts/a-ferry-that-keeps-its-timetable.md", "posts/notes-from-a-small-desk.md", "products/enamel-pot.md",
    ]  # fmt: skip
    assert [str(product.price) for product in Content(tmp_path).products] == ["34.50"]
    assert "](/media/contentful/harbourAtDawn-harbour.png)" in entries["about-the-harbour.md"].body
    for path in SAMPLE.parent.rglob("*.png"):
        (copy,) = (tmp_path / "static" / "media" / "contentful").glob(f"*-{path.name}")
        assert copy.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"sys.id[in]": "a,b"}, ["a", "b"]),
        ({"sys.id[nin]": "a,b"}, ["c"]),
        ({"fields.n": "2"}, ["b"]),
        ({"fields.n[ne]": "2"}, ["a", "c"]),
        ({"fields.n[gte]": "10"}, ["c"]),
        ({"fields.n[lt]": "10"}, ["a", "b"]),
        ({"fields.tags[all]": "x,y"}, ["a"]),
        ({"fields.tags[exists]": "false"}, ["c"]),
        ({"fields.t[match]": "WOR"}, ["b"]),
        ({"fields.to.sys.id": "a"}, ["c"]),
        ({"query": "word"}, ["b"]),
    ],
)
def test_search_parameters(query: dict[str, str], ids: list[str]) -> None:
    """The conditions of the reference are understood."""
    items = [
        {"sys": {"id": "a"}, "fields": {"n": 1, "tags": ["x", "y"]}},
        {"sys": {"id": "b"}, "fields": {"n": 2, "tags": ["x"], "t": "a word"}},
        {"sys": {"id": "c"}, "fields": {"n": 10, "to": {"sys": {"id": "a"}}}},
    ]
    assert [item["sys"]["id"] for item in picked(items, query)] == ids


def test_an_unknown_parameter_is_refused() -> None:
    """A condition that the API does not have is not ignored."""
    with pytest.raises(QueryError):
        picked([], {"fields.n[near]": "1"})


def get(address: str, **headers: str) -> tuple[int, Any, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_it_says_that_it_is_a_stand_in(serve: Callable[..., StandIn]) -> None:
    """Every answer names itself, and nobody without a token is answered."""
    server = serve()
    status, headers, _ = get(f"{server.origin}/spaces/x/environments/master/entries")
    assert (status, headers["x-platform-stand-in"]) == (401, "contentful")
    assert get(f"{server.origin}/spaces/x/entries?access_token=t")[0] == 200
    assert get(f"{server.origin}/elsewhere")[0] == 404


@pytest.mark.parametrize(
    "path", ["/_files/../export.json", "/_files/redPot/x/red-pot.png", "/_files/%2e%2e/export.json"]
)
def test_it_has_no_other_files(serve: Callable[..., StandIn], path: str) -> None:
    """Only what an asset names is served."""
    assert get(f"{serve().origin}{path}")[0] == 404


def test_an_export_that_changes_is_read_again(
    serve: Callable[..., StandIn], pull: Callable[..., Any], tmp_path: Path
) -> None:
    """Whoever edits the file while the site is up sees the change in the next pull, as an increment."""
    file = tmp_path / "space.json"
    file.write_bytes(SAMPLE.read_bytes())
    server = serve(file)
    pull(server)
    data = json.loads(file.read_text("utf-8"))
    data["entries"][2]["fields"]["title"]["en-US"] = "About this harbour"
    file.write_text(json.dumps(data), "utf-8")
    assert pull(server).written == ("content/about-the-harbour.md",)


def test_it_runs_as_a_program() -> None:
    """`platform up` starts it as a process, on the port that it names."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "platform_plugin_contentful.standin", "--port", str(port)]
    process = subprocess.Popen(command, env=dict(os.environ))
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                assert get(f"http://127.0.0.1:{port}/")[0] == 200
                break
            except urllib.error.URLError:
                assert time.monotonic() < deadline
                assert process.poll() is None
    finally:
        process.terminate()
        process.wait(10)


def test_a_file_that_is_no_export_is_told(tmp_path: Path) -> None:
    """A wrong file ends the program with words."""
    (tmp_path / "x.json").write_text("[]", "utf-8")
    command = [
        sys.executable,
        "-m",
        "platform_plugin_contentful.standin",
        "--port",
        "1",
        "--data",
        str(tmp_path / "x.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert "is not an export" in done.stderr
