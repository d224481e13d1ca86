"""Somebody edits a page in place: real sites of both React engines, the real Tina, a real browser.

The site is built as `platform up` builds it, and served as the local edge serves it: under the
policies that core makes, with Tina's content API beside it.
"""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from platform_core.build import build
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.headers import csp_text, header_policies
from platform_core.scaffold import scaffold
from platform_core.site import parse_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WAIT = 30_000
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".png": "image/png",
    ".txt": "text/plain",
}


@dataclass(frozen=True)
class Case:
    """One starter, an entry of it, and what its page shows."""

    engine: str
    variant: str
    collection: str
    slug: str
    title: str
    first: str
    dates: tuple[str, str] = ("", "")
    field: str = "description"


NEXT = Case(
    "nextjs",
    "marketing_site",
    "news",
    "shore-power",
    "The tower at Sandvik charges again",
    "A lightning stroke",
    ("30 October 2026", "2 November 2026"),
)
GATSBY = Case(
    "gatsby", "react_business", "projects", "argen-bridge", "Footbridge over the Argen", "The municipality asked"
)


@dataclass
class Served:
    """A running site."""

    case: Case
    root: Path
    url: str
    composition: Composition
    asked: list[str] = field(default_factory=list)

    @property
    def page(self) -> str:
        """The address of the entry's page, without the host."""
        return f"/{self.case.collection}/{self.case.slug}/"

    @property
    def file(self) -> Path:
        """The entry's file."""
        return self.root / "content" / self.case.collection / f"{self.case.slug}.md"


def serve(output: Path, policies: dict[str, str], api: str, port: int, asked: list[str]) -> Any:
    """Serve files as the local edge does, and the content API below ``/_local/tina``."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> tuple[int, str, bytes]:
            asked.append(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path.startswith("/_local/tina/"):
                return forward(api + self.path.removeprefix("/_local/tina"), self, body)
            name = self.path.partition("?")[0].lstrip("/")
            path = output / (f"{name}index.html" if name.endswith("/") or not name else name)
            if not path.is_file():
                return 404, "text/html", (output / "404.html").read_bytes()
            return 200, TYPES.get(path.suffix, "application/octet-stream"), path.read_bytes()

        def _reply(self) -> None:
            status, kind, data = self._answer()
            self.send_response(status)
            pattern = max((key for key in policies if self.path.startswith(key.rstrip("*"))), key=len, default="*")
            headers = {"content-type": kind, "content-length": str(len(data)), "x-frame-options": "SAMEORIGIN"}
            headers |= {"content-security-policy": policies[pattern], "x-content-type-options": "nosniff"}
            for key, value in headers.items():
                self.send_header(key, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(data)

        do_GET = do_POST = do_DELETE = _reply  # noqa: N815  names of http.server

        def log_message(self, *_: object) -> None:
            return None

    class Quiet(http.server.ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """A browser may close a connection that it no longer needs."""

    return Quiet(("127.0.0.1", port), Handler)


def forward(url: str, request: Any, body: bytes) -> tuple[int, str, bytes]:
    """Pass a request on to the content API."""
    headers = {"content-type": request.headers.get("content-type", "")}
    asked = urllib.request.Request(url, body or None, headers, method=request.command)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.headers["content-type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["content-type"], error.read()


@pytest.fixture(scope="module", params=[NEXT, GATSBY], ids=lambda case: case.engine)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, service: Any) -> Iterator[Served]:
    """A starter with Tina, built for this machine and running."""
    case: Case = request.param
    folder = tmp_path_factory.mktemp(case.engine)
    root = folder / "site"
    catalogue = Catalogue(discover().plugins)
    text = f'client = "acme"\ndomain = "www.acme.example"\nengine = "{case.engine}"\nvariant = "{case.variant}"\ncms = "tina"\n'
    root.mkdir()
    composition = compose(parse_site(text, catalogue), root, catalogue)
    scaffold(root, composition.engine, case.variant)
    draft = root / "content" / case.collection / "draft.md"
    draft.write_text(f"---\ntitle: Not yet\ndate: 2026-01-02\ndraft: true\ndescription: D.\n---\nNot yet.\n", "utf-8")
    composition = composition.reread()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stage = Stage("local", f"http://localhost:{port}", {"tina": "/_local/tina"})
    (tina,) = composition.local_services(stage)
    policies = {key: csp_text(value, https=False) for key, value in header_policies(composition, stage).items()}
    with service(tina.value, folder) as api:
        output = build(composition, stage).output
        asked: list[str] = []
        server = serve(output, policies, api.url, port, asked)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Served(case, root, stage.base_url, composition, asked)
        server.shutdown()
        server.server_close()
        thread.join()


class Desk:
    """Somebody at the editor, with the page beside the form."""

    def __init__(self, page: Any, served: Served) -> None:
        self.page = page
        self.served = served
        self.complaints: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    @property
    def inside(self) -> Any:
        """The site's page in the preview."""
        return self.page.frame_locator("#tina-iframe")

    def open(self) -> None:
        """Open the entry from the list of its collection, as people do."""
        case = self.served.case
        self.page.goto(f"{self.served.url}/admin/")
        self.page.get_by_role("button", name="Enter Edit Mode").click()
        self.page.goto(f"{self.served.url}/admin/#/collections/{case.collection}/~")
        self.page.get_by_text(case.title, exact=True).first.click()
        self.ready()

    def ready(self) -> None:
        """Wait until the form is there, and the page can be clicked."""
        self.page.wait_for_function("() => document.querySelector('input[name=\"title\"]')?.value")
        self.inside.locator('[data-field="title"][data-tina-field]').wait_for()

    def shows(self, element: str, text: str) -> None:
        """Wait until the visitor of the preview sees *text* in *element*."""
        self.inside.locator(f"{element}:visible", has_text=text).first.wait_for()


def test_probe(browser: Any, served: Served) -> None:
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    desk = Desk(page, served)
    try:
        desk.open()
        page.screenshot(path=f"/tmp/vis/{served.case.engine}-open.png")
        page.fill('input[name="title"]', "Brand new title")
        desk.shows("h1", "Brand new title")
        page.screenshot(path=f"/tmp/vis/{served.case.engine}-typed.png")
    finally:
        page.screenshot(path=f"/tmp/vis/{served.case.engine}-end.png")
        print(page.url, desk.complaints)
        page.close()
