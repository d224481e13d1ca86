"""Sanity's own client and importer work against the stand-in unchanged, so it is like the real one."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_plugin_sanity import sample
from platform_plugin_sanity.model import collections_of

POST = {"_id": "p1", "_type": "posts", "title": "One", "rating": 4, "author": {"_type": "reference", "_ref": "a1"}}
AUTHOR = {"_id": "a1", "_type": "author", "name": "Ada"}
DRAFT = {"_id": "drafts.p1", "_type": "posts", "title": "One, again"}
CLIENT = """
import {createClient} from '@sanity/client'
const [host, more] = process.argv.slice(2)
const client = createClient({
  apiHost: host, useProjectHostname: false, projectId: 'abc12345', dataset: 'production',
  apiVersion: '2026-09-01', useCdn: false, ...JSON.parse(more ?? '{}'),
})
"""


def test_the_client_asks_questions(stand_in: Callable[..., Any], run_node: Callable[..., Any]) -> None:
    """Queries with parameters, references and projections answer; drafts are seen in their perspective alone."""
    found = run_node(
        CLIENT
        + """
        const groq = '*[_type == "posts" && rating > $least]{_id, title, "author": author->name}'
        console.log(JSON.stringify({
          rows: await client.fetch(groq, {least: 3}),
          none: await client.fetch(groq, {least: 4}),
          drafts: await client.fetch('*[_type == "posts"].title', {}, {perspective: 'drafts'}),
          raw: await client.fetch('count(*[_type == "posts"])', {}, {perspective: 'raw'}),
          one: (await client.getDocument('a1')).name,
          missing: (await client.getDocument('nobody')) ?? null,
          long: (await client.fetch('*[_id in $ids]._id', {ids: [...Array(3000).keys()].map(String).concat('p1')})),
        }))
        """,
        stand_in(POST, AUTHOR, DRAFT).host,
    )
    assert found == {
        "rows": [{"_id": "p1", "title": "One", "author": "Ada"}],
        "none": [],
        "drafts": ["One, again"],
        "raw": 2,
        "one": "Ada",
        "missing": None,
        "long": ["p1"],
    }


def test_the_client_changes_documents(stand_in: Callable[..., Any], run_node: Callable[..., Any]) -> None:
    """Creating, patching and deleting work, revisions change, and whoever listens is told."""
    found = run_node(
        CLIENT
        + """
        const heard = []
        const listening = client.listen('*[_type == "posts"]', {}, {events: ['welcome', 'mutation']})
        const ready = new Promise((resolve) => {
          listening.subscribe((event) => {
            if (event.type === 'welcome') resolve()
            else heard.push(`${event.transition} ${event.documentId}`)
          })
        })
        await ready
        const made = await client.create({_id: 'p2', _type: 'posts', title: 'Two', tags: ['a']})
        const patched = await client.patch('p2').set({title: 'Second'}).insert('after', 'tags[-1]', ['b']).inc({n: 1}).setIfMissing({x: 1}).commit()
        const wrong = await client.patch('p2').ifRevisionId('other').set({title: 'x'}).commit().catch((error) => error.statusCode)
        await client.delete('p2')
        const until = Date.now() + 5000
        while (heard.length < 3 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
        console.log(JSON.stringify({heard, title: patched.title, tags: patched.tags, wrong, changed: made._rev !== patched._rev,
          gone: (await client.getDocument('p2')) ?? null}))
        process.exit(0)
        """,
        stand_in(POST).host,
    )
    assert found == {
        "heard": ["appear p2", "update p2", "disappear p2"],
        "title": "Second",
        "tags": ["a", "b"],
        "wrong": 409,
        "changed": True,
        "gone": None,
    }


def test_a_wrong_query_is_told(stand_in: Callable[..., Any], run_node: Callable[..., Any]) -> None:
    """The client hears of a query that can't be parsed, as from Sanity."""
    found = run_node(
        "import {ClientError} from '@sanity/client'"
        + CLIENT
        + "console.log(JSON.stringify(await client.fetch('*[').catch((error) => [error.statusCode, error.constructor === ClientError])))",
        stand_in(POST).host,
    )
    assert found == [400, True]


def test_the_importer_imports(
    stand_in: Callable[..., Any], run_node: Callable[..., Any], content: Any, site: Any, tmp_path: Path
) -> None:
    """An ndjson of ours goes through Sanity's own importer, pictures and all, and is the same when it is loaded."""
    file = sample.write_sample(collections_of(site, content), tmp_path / "sample")
    imported, loaded = stand_in(), stand_in(data=file)
    done = run_node(
        CLIENT
        + """
        import {createReadStream} from 'node:fs'
        import {sanityImport} from '@sanity/import'
        const {folder} = JSON.parse(more)
        const done = await sanityImport(createReadStream(`${folder}/data.ndjson`), {
          client: client.withConfig({token: 'any'}), operation: 'createOrReplace', assetsBase: folder,
        })
        console.log(JSON.stringify(done))
        """,
        imported.host,
        json.dumps({"folder": str(file.parent)}),
    )
    lines = file.read_text().splitlines()
    assert done["numDocs"] == len(lines), done
    groq = '*[_type != "sanity.imageAsset"] | order(_id){_id, title, body, image, price, options}'
    rows = imported.query(groq)
    assert len(rows) == len(lines)
    assert rows == loaded.query(groq)
    assert imported.query("count(*[_type == 'sanity.imageAsset'])") == 2


def test_pictures_are_served(stand_in: Callable[..., Any], content: Any, site: Any, tmp_path: Path) -> None:
    """A picture of the export lies where its reference says, byte for byte."""
    running = stand_in(data=sample.write_sample(collections_of(site, content), tmp_path / "sample"))
    (path,) = {
        row["path"] for row in running.query("*[_type == 'sanity.imageAsset' && originalFilename == 'sample-1.png']")
    }
    with urllib.request.urlopen(f"{running.host}/{path}", timeout=10) as answer:
        assert answer.headers["x-platform-stand-in"] == "sanity"
        assert answer.read() == (tmp_path / "sample" / "images" / "sample-1.png").read_bytes()


def test_changes_outlive_a_restart(stand_in: Callable[..., Any], tmp_path: Path) -> None:
    """What was changed, and what was deleted, stays so when the stand-in starts again."""
    state = tmp_path / "state.ndjson"
    first = stand_in(POST, AUTHOR, state=state)
    first.mutate({"patch": {"id": "p1", "set": {"title": "Changed"}}}, {"delete": {"id": "a1"}})
    assert stand_in(POST, AUTHOR, state=state).query("*{_id, title}") == [{"_id": "p1", "title": "Changed"}]


def test_an_export_comes_out_as_lines(stand_in: Callable[..., Any]) -> None:
    """The dataset can be exported, a document in each line."""
    with urllib.request.urlopen(
        f"{stand_in(POST, AUTHOR).host}/v2025-03-01/data/export/production", timeout=10
    ) as answer:
        assert [json.loads(line)["_id"] for line in answer.read().splitlines()] == ["p1", "a1"]


@pytest.mark.parametrize(
    "asset", ["image@file://../secret.png", "image@file:///etc/hostname", "image@https://example.org/a.png"]
)
def test_files_outside_of_the_export_are_not_read(stand_in: Callable[..., Any], tmp_path: Path, asset: str) -> None:
    """An export names no files but those beside it."""
    (tmp_path / "secret.png").write_bytes(b"secret")
    with pytest.raises(AssertionError):
        stand_in({"_id": "x", "_type": "posts", "image": {"_sanityAsset": asset}})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "rebound.example"}, 403),
        ({"origin": "https://evil.example"}, 200),
        ({"origin": "http://localhost:1234"}, 200),
    ],
)
def test_only_this_machine_is_answered(stand_in: Callable[..., Any], headers: dict[str, str], status: int) -> None:
    """A page from elsewhere can't read the stand-in, by no name."""
    request = urllib.request.Request(stand_in(POST).host + "/", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            allowed = answer.headers["access-control-allow-origin"]
            assert answer.status == status
    except urllib.error.HTTPError as error:
        with error:
            assert error.code == status
    else:
        origin = headers.get("origin", "")
        assert allowed == (origin if "localhost" in origin else None)
