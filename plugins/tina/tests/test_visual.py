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
from collections.abc import Iterator
from dataclasses import dataclass
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
    other: tuple[str, str]


NEXT = Case(
    "nextjs",
    "marketing_site",
    "news",
    "shore-power",
    "The tower at Sandvik charges again",
    "A lightning stroke",
    ("porpoises", "Counting porpoises from the bridge"),
)
GATSBY = Case(
    "gatsby",
    "react_business",
    "projects",
    "argen-bridge",
    "Footbridge over the Argen",
    "The municipality asked",
    ("brugger-hall", "Hay hall for the Brugger farm"),
)
MORE = "\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end.\n"


@dataclass
class Served:
    """A running site."""

    case: Case
    root: Path
    url: str
    composition: Composition
    stage: Stage

    @property
    def page(self) -> str:
        """The address of the entry's page, without the host."""
        return f"/{self.case.collection}/{self.case.slug}/"

    @property
    def file(self) -> Path:
        """The entry's file."""
        return self.root / "content" / self.case.collection / f"{self.case.slug}.md"


def serve(folders: tuple[Path, ...], policies: dict[str, str], api: str, port: int) -> Any:
    """Serve files as the local edge does, and the content API below ``/_local/tina``."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> tuple[int, str, bytes]:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path.startswith("/_local/tina/"):
                return forward(api + self.path.removeprefix("/_local/tina"), self, body)
            name = self.path.partition("?")[0].lstrip("/")
            name = f"{name}index.html" if name.endswith("/") or not name else name
            path = next((folder / name for folder in folders if (folder / name).is_file()), None)
            if not path:
                return 404, "text/html", (folders[0] / "404.html").read_bytes()
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
    with (root / "content" / case.collection / f"{case.slug}.md").open("a", encoding="utf-8") as entry:
        entry.write(MORE)
    draft = root / "content" / case.collection / "draft.md"
    draft.write_text("---\ntitle: Not yet\ndate: 2026-01-02\ndraft: true\ndescription: D.\n---\nNot yet.\n", "utf-8")
    composition = composition.reread()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stage = Stage("local", f"http://localhost:{port}", {"tina": "/_local/tina"})
    (tina,) = composition.local_services(stage)
    policies = {key: csp_text(value, https=False) for key, value in header_policies(composition, stage).items()}
    with service(tina.value, folder) as api:
        output = build(composition, stage).output
        # What was uploaded a moment ago is published by the next build; here it is there at once.
        server = serve((output, root / "static"), policies, api.url, port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Served(case, root, stage.base_url, composition, stage)
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
            self.complaints.append(f"{message.text} ({message.location['url']})")

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

    def kept(self) -> str:
        """Save, and return the file's text once the content API has done with it."""
        with self.page.expect_response(is_saving):
            self.page.get_by_role("button", name="Save", exact=True).click()
        return self.served.file.read_text("utf-8")


def is_saving(response: Any) -> bool:
    """Tell whether this answers the request that saves."""
    return "updateDocument" in (response.request.post_data or "")


@pytest.fixture
def desk(browser: Any, served: Served) -> Iterator[Desk]:
    """Somebody who has opened an entry; nothing may go wrong unseen, and the entry is put back."""
    before = served.file.read_bytes()
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    made = Desk(page, served)
    made.open()
    yield made
    page.close()
    served.file.write_bytes(before)
    assert made.complaints == []


def test_an_entry_opens_beside_its_page(desk: Desk) -> None:
    """The list leads to the site's own page, untouched, with the form of its entry."""
    assert desk.page.url.endswith(f"/admin/#/~{desk.served.page}")
    assert desk.page.input_value('input[name="title"]') == desk.served.case.title
    desk.shows('[data-field="title"]', desk.served.case.title)
    desk.shows('[data-field="body"]', desk.served.case.first)
    assert desk.inside.locator("[data-field][style]").count() == 0


def test_the_page_follows_what_is_typed(desk: Desk) -> None:
    """Title and summary change on the page while one types, and the file does not."""
    before = desk.served.file.read_bytes()
    desk.page.fill('input[name="title"]', "Fish & <b>chips</b>")
    desk.shows("h1", "Fish & <b>chips</b>")
    desk.page.fill('textarea[name="description"]', "Said anew.")
    desk.shows("p", "Said anew.")
    assert desk.inside.locator("h1:visible").count() == 1
    assert desk.served.file.read_bytes() == before


def test_the_text_follows_what_is_typed(desk: Desk) -> None:
    """The paragraph that is typed in is shown anew; what nobody touched stays as the site shows it."""
    desk.page.locator('[data-slate-editor="true"] .slate-p', has_text="The end.").click()
    desk.page.keyboard.press("End")
    desk.page.keyboard.type(" Typed in the form.")
    desk.shows(".prose p", "The end. Typed in the form.")
    desk.shows(".prose p", desk.served.case.first)
    assert desk.inside.locator(".prose:visible .table-scroll").count() == 1
    assert "The end. Typed in the form.\n" in desk.kept()


def test_a_click_on_the_page_opens_the_field(desk: Desk) -> None:
    """Who clicks the heading can type at once, before and after something was typed."""
    for text in (desk.served.case.title, "Another"):
        desk.page.fill('input[name="title"]', text)
        desk.shows("h1", text)
        for element, name in (("p[data-tina-field]", "description"), ("h1", "title")):
            desk.inside.locator(f"{element}:visible").first.click()
            desk.page.wait_for_function("name => document.activeElement.name === name", arg=name)


def test_what_was_typed_is_saved(desk: Desk) -> None:
    """Saving beside the page changes the file as saving in a form does."""
    before = desk.served.file.read_text("utf-8")
    desk.page.fill('input[name="title"]', "A new title")
    desk.shows("h1", "A new title")
    assert desk.kept() == before.replace(f"title: {desk.served.case.title}", "title: A new title")


def test_what_was_typed_is_taken_back(desk: Desk) -> None:
    """The page is as it was, element by element, when the form is."""
    desk.page.fill('input[name="title"]', "A mistake")
    desk.shows("h1", "A mistake")
    desk.page.fill('input[name="title"]', desk.served.case.title)
    desk.shows('h1[data-field="title"]', desk.served.case.title)
    assert desk.inside.locator("h1").count() == 1


def test_a_new_picture_shows_on_the_page(desk: Desk, tmp_path: Path) -> None:
    """An uploaded picture takes the place of the old one, in all its widths."""
    picture = desk.served.root / "static" / "images" / "social.png"
    (tmp_path / "fresh.png").write_bytes(picture.read_bytes())
    desk.page.locator('input[type="file"]').first.set_input_files(tmp_path / "fresh.png")
    desk.inside.locator('img[src$="/media/fresh.png"]:visible').wait_for()
    assert desk.inside.locator("[data-tina-field]:visible source").count() == 0


def test_the_form_follows_the_preview(desk: Desk) -> None:
    """A link that changes the page in place, and one that loads a document, lead to the other entry's form."""
    case, (slug, title) = desk.served.case, desk.served.case.other
    has = "title => document.querySelector('input[name=\"title\"]')?.value === title"
    desk.inside.locator(f'a[href="/{case.collection}/"]:visible').first.click()
    desk.inside.locator(f'a[href="/{case.collection}/{slug}/"]:visible').first.click()
    desk.page.wait_for_function(has, arg=title)
    desk.page.fill('input[name="title"]', "The other one")
    desk.shows("h1", "The other one")
    desk.page.evaluate(
        "path => { document.querySelector('#tina-iframe').contentWindow.location = path; }", desk.served.page
    )
    desk.page.wait_for_function(has, arg=case.title)
    desk.shows("h1", case.title)


def test_an_entry_without_a_page_has_its_form(desk: Desk) -> None:
    """A draft is nowhere on the site, and can be edited all the same."""
    case = desk.served.case
    desk.page.goto(f"{desk.served.url}/admin/#/collections/{case.collection}/~")
    desk.page.get_by_text("Not yet", exact=True).first.click()
    desk.page.wait_for_url(f"**/admin/#/collections/edit/{case.collection}/draft")
    desk.page.wait_for_function("() => document.querySelector('input[name=\"title\"]')?.value === 'Not yet'")
    # The preview looked for a page that is not there.
    desk.complaints = [text for text in desk.complaints if "404" not in text]


def test_visitors_load_nothing_of_it(browser: Any, served: Served) -> None:
    """Outside of the editor the page asks for nothing but its own files, and its policy is the strictest."""
    page = browser.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.url + served.page, wait_until="networkidle")
    assert page.locator("h1").inner_text() == served.case.title
    assert page.locator("[data-tina-field]").count() == 0
    assert not [url for url in asked if "/admin/" in url or "/_local/" in url or not url.startswith(served.url)]
    assert not page.locator('script[src*="/admin/"]').count()
    assert complaints == []
    assert header_policies(served.composition, served.stage)["*"] == {"default-src": ("'self'",)}
    page.close()
