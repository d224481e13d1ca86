"""A site's content moves into a dataset and comes back as it was."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.http import Http
from platform_core.pulling import pull_source
from platform_core.site import Site
from platform_plugin_sanity import plugin, standin
from platform_plugin_sanity.export import Exported, export_content, write_export
from platform_plugin_sanity.model import collections_of

POST = """---
title: Hello
date: 2026-01-02T03:04:05Z
description: Short.
image: /images/cat.png
tags: [a, b]
rating: 4
seo-title: For searches
image_alt: A cat
---
# Head

Some *text* with a [link](/about/).

![The cat](/images/cat.png)

| a |
| - |
| b |
"""
PRODUCT = """---
title: Mug
sku: M-1
price: '18.50'
currency: EUR
stock: 3
prices: {USD: '20.00'}
options: {Size: [S, L]}
variants:
- {sku: M-1-S, options: {Size: S}, price: '17'}
---
Good.
"""
EXTRA = """
[[collections]]
name = "products"
label = "Products"
label_singular = "Product"
fields = [
  { name = "title", label = "Name" },
  { name = "stock", label = "Stock", type = "number", required = false },
  { name = "body", label = "Text", type = "markdown" },
]
"""


@pytest.fixture
def filled(content: Content, png: bytes) -> Content:
    """The site's folder with entries, a product and a picture."""
    model = content.root / "content.toml"
    model.write_text(
        model.read_text().replace(
            '{ name = "mood"', '{ name = "image_alt", label = "x", required = false },\n  { name = "mood"'
        )
        + EXTRA
    )
    files = {
        "content/posts/hello.md": POST,
        "content/posts/_index.md": "---\ntitle: All posts\n---\n",
        "content/posts/later.md": "---\ntitle: Later\ndraft: true\n---\nNot yet.\n",
        "content/posts/there.md": "---\ntitle: There\nsource: sanity/x\n---\n",
        "content/about.md": "---\ntitle: About\n---\n",
        "content/products/mug.md": PRODUCT,
    }
    for name, text in files.items():
        path = content.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (content.root / "static/images").mkdir(parents=True)
    (content.root / "static/images/cat.png").write_bytes(png)
    return Content(content.root)


@pytest.fixture
def exported(site: Site, filled: Content) -> Exported:
    """What is exported of it."""
    return export_content(filled, collections_of(site, filled))


def test_entries_become_documents(exported: Exported) -> None:
    """Entries of collections are exported, drafts as drafts; index pages and what came from there are not."""
    assert {item["title"]: item["_id"].startswith("drafts.") for item in exported.documents} == {
        "Hello": False,
        "Later": True,
        "Mug": False,
    }
    assert exported.files == ["content/posts/hello.md", "content/posts/later.md", "content/products/mug.md"]


def test_what_stays_behind_is_told(exported: Exported) -> None:
    """Whatever is left out has a line that says why."""
    told = "\n".join(map(str, exported.problems))
    for words in ("content/about.md", "belongs to no collection", "content/posts/there.md", "is there already"):
        assert words in told


def test_it_comes_back_as_it_was(
    *,
    site: Site,
    settings: Callable[..., dict[str, Any]],
    filled: Content,
    exported: Exported,
    stand_in: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """Exported, loaded by the stand-in and pulled into another folder, entries are equal but for where pictures lie."""
    running = stand_in(data=write_export(exported, tmp_path / "export"))
    other = Content(tmp_path / "other")
    other.root.mkdir()
    (other.root / "content.toml").write_bytes((filled.root / "content.toml").read_bytes())
    stage = Stage("local", "http://localhost", endpoints={standin.SERVICE: running.host}, offline=True)
    source = plugin.platform_source(site, settings(project_id="abc12345"), other, stage, {})
    assert source
    pulled = pull_source(source, other.root, http=Http(tries=0))
    assert not pulled.skipped
    before = {entry.path: entry for entry in filled.entries()}
    for entry in other.entries():
        was = before[entry.path]
        extra = {key: value for key, value in entry.extra.items() if key != "source"}
        assert extra == dict(was.extra), entry.path
        same = {"image": was.image, "body": was.body, "extra": was.extra}
        assert dataclasses.replace(entry, **same) == was
        assert bool(entry.image) == bool(was.image)
    hello = next(entry for entry in other.entries() if entry.slug == "hello")
    assert hello.body.replace(hello.image, "/images/cat.png") == POST.partition("---\n#")[2].join(["#", ""]).replace(
        "*text*", "_text_"
    )


def test_a_second_export_is_the_same(site: Site, filled: Content, exported: Exported) -> None:
    """Ids come from paths, so a second import replaces and does not double."""
    again = export_content(filled, collections_of(site, filled))
    assert [item["_id"] for item in again.documents] == [item["_id"] for item in exported.documents]
    assert all("." not in item["_id"].removeprefix("drafts.") for item in again.documents)


def test_pictures_of_elsewhere_stay_there(site: Site, filled: Content) -> None:
    """A picture that is no file of the site is not read, and is told."""
    path = filled.root / "content/posts/hello.md"
    path.write_text(POST.replace("/images/cat.png", "/../../secret.png"), "utf-8")
    (filled.root.parent / "secret.png").write_bytes(b"secret")
    exported = export_content(Content(filled.root), collections_of(site, filled))
    assert exported.pictures == {}
    assert "no file below static/" in "\n".join(map(str, exported.problems))


def test_the_program_writes_the_export(filled: Content) -> None:
    """`python -m platform_plugin_sanity.export FOLDER` writes it and says what was left out."""
    (filled.root / "site.toml").write_text(
        'client = "acme"\ndomain = "www.acme.example"\nengine = "hugo"\ncms = "sanity"\n', "utf-8"
    )
    command = [sys.executable, "-m", "platform_plugin_sanity.export", str(filled.root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    target = filled.root / ".platform/sanity/export"
    assert len((target / "data.ndjson").read_text().splitlines()) == 3
    assert [path.read_bytes()[:4] for path in (target / "images").iterdir()] == [b"\x89PNG"]
    assert "3 documents, 1 pictures" in done.stdout
    assert "left out: content/about.md" in done.stdout
    assert json.loads((target / "data.ndjson").read_text().splitlines()[0])["_type"] == "posts"


def test_a_folder_without_a_site_is_told(tmp_path: Path) -> None:
    """Without site.toml there is a message, and no traceback."""
    command = [sys.executable, "-m", "platform_plugin_sanity.export", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "site.toml" in done.stderr
    assert "Traceback" not in done.stderr
