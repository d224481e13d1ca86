"""A site with a content model, Contentful's own packages, and the stand-in as a server."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.manifest import Manifest, parse_manifest
from platform_core.node import ensure_packages, node
from platform_core.pulling import Pulled, pull_source
from platform_core.site import Site, settings_model
from platform_core.sources import Source
from platform_plugin_contentful import plugin
from platform_plugin_contentful.standin.server import SAMPLE, StandIn, open_store

PACKAGE = Path(plugin.__file__).parent
VENDOR = Path(__file__).parent / "vendor"
PNG = bytes.fromhex("89504e470d0a1a0a")
MODEL = """
[[collections]]
name = "posts"
label = "Posts"
label_singular = "post"
description = "What is new."
fields = [
  { name = "title", label = "Title" },
  { name = "date", label = "Date", type = "datetime" },
  { name = "description", label = "Description", type = "text", required = false },
  { name = "image", label = "Image", type = "image", required = false },
  { name = "image_alt", label = "Image description", required = false },
  { name = "tags", label = "Tags", type = "list", required = false },
  { name = "rating", label = "Rating", type = "number", required = false, hint = "1 to 5" },
  { name = "mood", label = "Mood", type = "select", choices = ["good", "1e3", "yes"], required = false },
  { name = "draft", label = "Draft", type = "boolean", required = false },
  { name = "body", label = "Text", type = "markdown" },
]

[[collections]]
name = "docs/guides"
label = "Guides"
label_singular = "guide"
fields = [
  { name = "title", label = "Title" },
  { name = "reading-time", label = "Minutes", type = "number", required = false },
  { name = "body", label = "Text", type = "markdown" },
]
"""
FILES: dict[str, str | bytes] = {
    "site.toml": 'client = "acme"\ndomain = "www.acme.example"\nengine = "hugo"\ncms = "contentful"\n',
    "content.toml": MODEL,
    "static/images/sun.png": PNG,
    "content/about.md": "---\ntitle: About\naliases:\n- /old/\n---\nWho we are.\n",
    "content/posts/_index.md": "---\ntitle: The index page\n---\n",
    "content/posts/hello.md": (
        "---\ntitle: Hello\ndate: 2026-01-02\nimage: /images/sun.png\nimage_alt: A sun\ntags:\n- one\n- two\n"
        "references:\n  related:\n  - docs/guides/start\nodd: kept\nrating: 4\nmood: 1e3\n---\nHi *there*.\n"
    ),
    "content/posts/later.md": "---\ntitle: Later\ndate: 2026-01-03 10:00:00+01:00\ndraft: true\n---\nNot yet.\n",
    "content/docs/guides/start.md": "---\ntitle: Start\nreading-time: 2.5\ncategories:\n- first\n---\nBegin.\n",
    "content/products/beans.md": (
        "---\ntitle: Beans\nsku: B-1\nprice: '18.50'\ncurrency: CHF\nstock: 3\n"
        "options:\n  Grind:\n  - whole\n  - filter\n---\nGood.\n"
    ),
}
Serve = Callable[..., StandIn]


@pytest.fixture
def manifest() -> Manifest:
    """The component's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


@pytest.fixture
def settings(manifest: Manifest) -> Callable[..., dict[str, Any]]:
    """Give a function that fills the defaults of the settings in, as core does."""
    return lambda **given: settings_model(manifest).model_validate(given).model_dump()


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A site's folder with two collections, an index page, a page of the root and a product."""
    root = tmp_path / "site"
    for name, data in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return Content(root)


@pytest.fixture
def site() -> Site:
    """A site of client ``acme``."""
    return Site(client="acme", domain="www.acme.example", engine="hugo", cms="contentful", title="Acme & Sons")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give a function that serves an export, a path or a table, and stops it at the end."""
    running: list[tuple[StandIn, threading.Thread]] = []

    def start(data: Any = SAMPLE, *, folder: Path | None = None, **options: Any) -> StandIn:
        from platform_plugin_contentful.standin.store import Store

        if isinstance(data, Path):
            store, options["reread"] = open_store(data)
        else:
            store = Store(data, folder)
        server = StandIn(store, **options)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def source(site: Site, settings: Callable[..., dict[str, Any]]) -> Callable[..., Source]:
    """Give a function that returns the source of a site at a stand-in."""

    def make(server: StandIn, root: Path, **given: Any) -> Source:
        stage = Stage("local", "http://localhost:1", endpoints={plugin.STAND_IN: server.origin}, offline=True)
        secrets = {"contentful-delivery": "offline"}
        found = plugin.platform_source(site, settings(**given), Content(root), stage, secrets)
        assert found
        return found

    return make


@pytest.fixture
def pull(source: Callable[..., Source], tmp_path: Path) -> Callable[..., Pulled]:
    """Give a function that pulls from a stand-in into a folder."""
    return lambda server, **given: pull_source(source(server, tmp_path, **given), tmp_path)


@pytest.fixture(scope="session")
def packages() -> Path:
    """Contentful's own packages, from npm or its cache."""
    return ensure_packages(VENDOR) / "node_modules"


@pytest.fixture
def vendor(packages: Path) -> Callable[..., Any]:
    """Give a function that runs a script with Contentful's packages and returns what it printed."""

    def run(script: str, *arguments: str) -> Any:
        env = {**os.environ, "NODE_PATH": str(packages)}
        command = [str(node()), str(VENDOR / script), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def realdata(request: pytest.FixtureRequest) -> Path:
    """The folder of public files; the test is skipped without it."""
    folder = Path(os.environ.get("PLATFORM_DATA") or request.config.rootpath.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the public files are not at {folder}; set PLATFORM_DATA")
    return folder
