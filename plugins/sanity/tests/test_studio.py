"""The real studio is published, asks nobody but Sanity, and edits what the site then shows."""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import File, Stage
from platform_core.errors import ToolError
from platform_core.http import Http
from platform_core.pulling import pull_source
from platform_core.site import Site
from platform_plugin_sanity import plugin, sample, schema, standin, studio
from platform_plugin_sanity.model import collections_of
from platform_testing.quality.tooling import browser_flags, browser_program

AWS = Stage("aws", "https://www.acme.example")
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}


@pytest.fixture
def publish(site: Site, settings: Callable[..., dict[str, Any]], content: Content) -> Callable[..., dict[str, File]]:
    """Give a function that returns the published files, by path."""

    def run(stage: Stage, **given: Any) -> dict[str, File]:
        return {file.path: file for file in plugin.platform_files(site, settings(**given), content, stage)}

    return run


def read(file: File) -> str:
    return (file.content if isinstance(file.content, bytes) else file.content.read_bytes()).decode("utf-8")


def policy_of(page: File) -> str:
    """Write a page's policy as core does: the site's, and what the page asks for."""
    own = {
        "default-src": ("'self'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'self'",),
        "object-src": ("'none'",),
        **{directive: ("'self'", *sources) for directive, sources in page.csp.items()},
    }
    return "; ".join(" ".join((directive, *sources)) for directive, sources in own.items())


@pytest.fixture
def serve() -> Iterator[Callable[[Mapping[str, File]], str]]:
    """Give a function that serves published files and returns the address of the site."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(files: Mapping[str, File]) -> str:
        policy = policy_of(next(file for file in files.values() if file.route))

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0].lstrip("/")
                file = files.get(path + "index.html" if path.endswith("/") else path)
                self.send_response(200 if file else 404)
                self.send_header("content-type", TYPES.get(file.path.rpartition(".")[2] if file else "", "text/plain"))
                self.send_header("content-security-policy", policy)
                self.end_headers()
                self.wfile.write(read(file).encode() if file else b"")

            def log_message(self, *_: object) -> None:
                return None

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: object) -> None:
                """A browser may close a connection that it no longer needs."""

        servers.append(Quiet(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://localhost:{servers[-1].server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def local_browser() -> Iterator[Any]:
    """A browser that knows this machine and the names of it which end in localhost, and nobody else."""
    api = pytest.importorskip("playwright.sync_api")
    try:
        program = browser_program()
    except ToolError as error:
        pytest.skip(str(error))
    alone = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=program, args=[*browser_flags(), f"--host-resolver-rules={alone}"]
        )
        yield opened
        opened.close()


def test_without_a_project_there_is_no_studio(publish: Callable[..., dict[str, File]]) -> None:
    """Nothing is built or published for a site without a project, or one that wants no studio."""
    assert publish(AWS) == {}
    assert publish(AWS, project_id="abc12345", studio_path="") == {}


def test_the_studio_is_published(publish: Callable[..., dict[str, File]]) -> None:
    """The page is announced at its path, and every file that it names is there."""
    files = publish(AWS, project_id="abc12345", studio_path="edit")
    page = files["edit/index.html"]
    assert page.route == "/edit/"
    named = re.findall(r'(?:src|href)="([^"]+)"', read(page))
    assert len(named) == 4
    assert all(f"edit/{name}" in files for name in named)


def test_nothing_comes_from_elsewhere(publish: Callable[..., dict[str, File]]) -> None:
    """The page has no inline script and no address of another host; the policy names Sanity's and no other."""
    page = publish(AWS, project_id="abc12345")["studio/index.html"]
    assert not re.search(r"<script>|https?://", read(page))
    sources = {source for items in page.csp.values() for source in items if "://" in source}
    assert sources == {
        "https://abc12345.api.sanity.io",
        "wss://abc12345.api.sanity.io",
        "https://api.sanity.io",
        "https://cdn.sanity.io",
    }
    assert "script-src" not in page.csp


def test_the_studio_knows_its_site(publish: Callable[..., dict[str, File]], site: Site, content: Content) -> None:
    """Project, dataset and the types of the content model stand beside the program, which is the same for all."""
    files = publish(AWS, project_id="abc12345", dataset="staging")
    script = read(files["studio/platform.js"])
    data = json.loads(script.partition(" = ")[2])
    assert (data["projectId"], data["dataset"], data["title"]) == ("abc12345", "staging", "Acme & Sons")
    assert data["types"] == schema.build_schema(collections_of(site, content))
    assert "standIn" not in data


def test_it_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time nothing is built: the folder is that of the inputs."""
    first = studio.build_studio()
    monkeypatch.setattr(studio, "_run", lambda _: pytest.fail("built again"))
    assert studio.build_studio() == first


@pytest.mark.browser
@pytest.mark.slow
def test_what_is_edited_in_the_studio_reaches_the_site(
    *,
    local_browser: Any,
    site: Site,
    settings: Callable[..., dict[str, Any]],
    content: Content,
    stand_in: Callable[..., Any],
    publish: Callable[..., dict[str, File]],
    serve: Callable[[Mapping[str, File]], str],
    tmp_path: Path,
) -> None:
    """A person opens a document in the real studio, changes its title and publishes, and the next pull has it."""
    running = stand_in(data=sample.write_sample(collections_of(site, content), tmp_path / "sample"))
    stage = Stage("local", "http://localhost", endpoints={standin.SERVICE: running.host}, offline=True)
    page = local_browser.new_page()
    foreign: set[str] = set()
    page.on("requestfinished", lambda request: foreign.add(request.url.split("/")[2].split(":")[0]))
    try:
        page.goto(f"{serve(publish(stage, project_id='abc12345'))}/studio/#/structure/posts;sample-posts-1")
        page.wait_for_selector("[data-testid=string-input]:not([readonly])", timeout=60_000)
        page.get_by_test_id("string-input").first.fill("Edited in the studio")
        page.get_by_text("Edited in the studio", exact=True).first.wait_for(timeout=30_000)
        # The button is alive only once the draft is with the server.
        page.wait_for_selector("[data-testid=action-publish]:not([disabled]):not([data-disabled=true])", timeout=30_000)
        page.get_by_test_id("action-publish").first.click()
        page.get_by_text("was published").first.wait_for(timeout=30_000)
    finally:
        page.close()
    source = plugin.platform_source(site, settings(project_id="abc12345"), content, stage, {})
    assert source
    pull_source(source, content.root, http=Http(tries=0))
    assert "title: Edited in the studio" in (content.root / "content/posts/written-in-sanity.md").read_text()
    assert {name for name in foreign if name and not name.endswith("localhost")} == set()
