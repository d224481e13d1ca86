"""What the documentation promises beside what all starters do: search, versions, order, API pages."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

Build = Callable[..., Any]
VARIANT = "documentation"


def _index(built: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(built.read("search.json"))
    return rows


class TestSearchIndex:
    """The index that the browser searches in."""

    def test_holds_every_page(self, build: Build) -> None:
        """All pages but home, the search page and the 404 page can be found."""
        built = build(VARIANT)
        pages = {
            f"/{path.relative_to(built.output).parent.as_posix()}/" for path in built.pages if path.name == "index.html"
        }
        assert {row["u"] for row in _index(built)} == pages - {"/./", "/search/"}

    def test_holds_the_text(self, build: Build) -> None:
        """Words from the middle of a page, of a table and of a parameter are in the index."""
        text = {row["u"]: row["b"] for row in _index(build(VARIANT))}
        assert "exactly once is made from two things" in text["/docs/guides/store-and-forward/"]
        assert "Silence between two questions" in text["/docs/reference/configuration/"]
        assert "Leave calibrations out" in text["/docs/reference/http-api/readings/"]

    def test_leads_to_headings_that_exist(self, build: Build) -> None:
        """Each heading of the index is an id of its page."""
        built = build(VARIANT)
        for row in _index(built):
            page = built.read(f"{row['u'].strip('/')}/index.html")
            assert all(f'id="{head["i"]}"' in page for head in row["h"]), row["u"]

    def test_knows_the_version(self, build: Build) -> None:
        """Pages of an old version say so, pages outside of the documentation have none."""
        versions = {row["u"]: row["v"] for row in _index(build(VARIANT))}
        assert versions["/docs/start/install/"] == "2.1"
        assert versions["/docs/v1.4/install/"] == "1.4"
        assert versions["/releases/2.1/"] == ""


class TestNavigation:
    """Order, versions and contents."""

    def test_order_is_one_line(self, build: Build) -> None:
        """Following `next` from the first page visits every page of the version once."""
        built = build(VARIANT)
        seen, at = [], "/docs/"
        while at:
            seen.append(at)
            found = re.search(r'rel="next" href="([^"]+)"', built.read(f"{at.strip('/')}/index.html"))
            at = found[1] if found else ""
        current = {row["u"] for row in _index(built) if row["v"] == "2.1"}
        assert len(seen) == len(set(seen))
        assert set(seen) == current

    def test_sidebar_marks_the_page(self, build: Build) -> None:
        """The page that is open is the current one in the sidebar, with its number."""
        page = build(VARIANT).read("docs/guides/calibrate/index.html")
        assert '<a href="/docs/guides/calibrate/" aria-current="page"><span class="number">2.2</span>' in page

    def test_old_versions_point_to_the_current_one(self, build: Build) -> None:
        """A reader of 1.4 is told of 2.1; a reader of 2.1 is told nothing."""
        built = build(VARIANT)
        assert "You are reading the documentation of version 1.4" in built.read("docs/v1.4/upgrade/index.html")
        assert "You are reading" not in built.read("docs/start/install/index.html")

    def test_page_has_contents(self, build: Build) -> None:
        """A page with several headings lists them."""
        assert 'href="#two-points"' in build(VARIANT).read("docs/guides/calibrate/index.html")


class TestApiPages:
    """Pages of the HTTP API and of functions."""

    def test_endpoint_is_complete(self, build: Build) -> None:
        """Method, path, parameters, responses and highlighted examples are shown."""
        page = build(VARIANT).read("docs/reference/http-api/readings/index.html")
        assert '<span class="method method-post">POST</span> <code>/v1/readings</code>' in page
        assert "At most 10,000." in page
        assert "<strong>required</strong>" in page
        assert '<span class="nt">&#34;stored&#34;</span>' in page or '<span class="nt">"stored"</span>' in page

    def test_function_is_complete(self, build: Build) -> None:
        """A function shows its signature and what it returns."""
        page = build(VARIANT).read("docs/reference/python/index.html")
        assert "<code>Gateway.readings</code>" in page
        assert "Raises <code>UnknownSensor</code>" in page


@pytest.fixture(name="serve")
def _serve() -> Iterator[Callable[[Path], str]]:
    """Serve a folder with the strictest policy that a site has."""
    servers = []

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", "default-src 'self'")
            super().end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            """Keep quiet."""

    def serve(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.browser
class TestInABrowser:
    """What only a browser can show."""

    def test_search_finds_a_heading(self, build: Build, browser: Any, serve: Callable[[Path], str]) -> None:
        """Typing shows results of this version; the arrow key and Enter open one."""
        page = browser.new_page()
        page.goto(f"{serve(build(VARIANT).output)}/docs/start/install/")
        page.keyboard.press("/")
        page.keyboard.type("two points")
        page.wait_for_selector(".search-results a")
        links = page.eval_on_selector_all(".search-results a", "all => all.map(a => a.getAttribute('href'))")
        assert links[0] == "/docs/guides/calibrate/#two-points"
        assert not [link for link in links if "v1.4" in link]
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/docs/guides/calibrate/#two-points")
        page.close()

    def test_search_says_when_nothing_is_found(self, build: Build, browser: Any, serve: Callable[[Path], str]) -> None:
        """The number of pages is announced, also when it is none."""
        page = browser.new_page()
        page.goto(f"{serve(build(VARIANT).output)}/docs/")
        page.fill("#search", "zzznothing")
        page.locator("[role=status]", has_text="0 pages found").wait_for(state="attached")
        assert page.is_hidden(".search-results")
        page.close()

    def test_search_works_without_scripts(self, build: Build, browser: Any, serve: Callable[[Path], str]) -> None:
        """Without JavaScript the field leads to the list of all pages."""
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(serve(build(VARIANT).output))
        page.fill("#search", "calibrate")
        page.press("#search", "Enter")
        page.wait_for_url("**/search/?q=calibrate")
        assert page.is_visible("a[href='/docs/guides/calibrate/']")
        context.close()

    @pytest.mark.parametrize("variant", [VARIANT, "performance_blog", "technical_portfolio"])
    def test_nothing_is_wider_than_a_small_phone(
        self, build: Build, browser: Any, serve: Callable[[Path], str], variant: str
    ) -> None:
        """At 320 pixels no page scrolls sideways, and the console stays empty."""
        built = build(variant, shop=True)
        base = serve(built.output)
        page = browser.new_page(viewport={"width": 320, "height": 640})
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text) if message.type == "error" else None)
        for path in built.pages:
            if path.name != "404.html":
                page.goto(f"{base}/{path.relative_to(built.output).parent.as_posix()}/")
                assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert messages == []
        page.close()
