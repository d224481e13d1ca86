"""What each starter promises, looked up in one build of it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

Starter = Callable[[str], Any]
VARIANTS = ["technical_blog", "documentation", "simple_blog"]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(name="built", params=VARIANTS)
def _built(request: pytest.FixtureRequest, starter: Starter) -> Any:
    """Each starter in turn."""
    return starter(request.param)


class TestPages:
    """What holds for every page of every starter."""

    def test_an_entry_of_an_unknown_collection_has_a_page(self, built: Any) -> None:
        """A folder that the starter knows nothing of is published, with a list of its own."""
        assert "<strong>plums</strong>" in built.read("recipes/plum-tart/index.html")
        assert 'href="/recipes/plum-tart/"' in built.read("recipes/index.html")

    def test_a_post_needs_no_date_in_its_name(self, built: Any) -> None:
        """Posts are called as in every engine, and are Jekyll's own posts all the same."""
        page = built.read("posts/a-note/index.html")
        assert "A note &amp; more" in page
        assert 'href="/tags/fruit/"' in page
        assert 'href="/posts/a-note/"' in built.read("tags/fruit/index.html")

    def test_drafts_and_the_future_are_not_published(self, built: Any) -> None:
        """Neither a draft nor an entry of a later date is anywhere."""
        texts = [
            path.read_text("utf-8") for path in built.output.rglob("*") if path.suffix in {".html", ".xml", ".json"}
        ]
        assert not any("nobody may read" in text for text in texts)

    def test_an_entry_is_text_and_answers_at_its_own_address(self, built: Any) -> None:
        """``url`` decides, ``locale`` is the page's language, and braces stay braces."""
        page = built.read("legal/imprint/index.html")
        assert '<html lang="de">' in page
        assert "{{ not a template }}" in page
        assert '<link rel="canonical" href="https://www.example.com/legal/imprint/"' in page

    def test_an_entry_without_a_date_has_none(self, built: Any) -> None:
        """The time of the build is nowhere."""
        assert "article:published_time" not in built.read("recipes/plum-tart/index.html")
        assert 'content="2026-02-03T00:00:00+00:00"' in built.read("posts/a-note/index.html")

    def test_nothing_is_inline(self, built: Any) -> None:
        """No page needs more than the strict policy: no inline code, style or handler."""
        for path in built.pages:
            page = path.read_text("utf-8")
            assert not re.search(r"<script(?![^>]*(?:\bsrc=|ld\+json))", page), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", page), path

    def test_tables_and_code_fit_the_design(self, built: Any) -> None:
        """Tables scroll by themselves, empty head cells are none, and code has the shared classes."""
        table = built.read("recipes/plum-tart/index.html")
        assert 'class="table-scroll" role="region" aria-label="Table" tabindex="0"' in table
        assert not re.search(r"<th[^>]*>\s*</th>", table)
        assert '<td class="align-right">2</td>' in table
        assert 'aria-label="Table 2"' in table
        assert '<th scope="col" class="align-right">b</th>' in table
        assert '<div class="highlight chroma code-block"><pre tabindex="0">' in built.read("posts/a-note/index.html")

    def test_the_design_and_the_own_sheet_are_linked(self, built: Any) -> None:
        """The shared stylesheet comes first, then the variant's, both under hashed names."""
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)">', built.read("index.html"))
        assert re.fullmatch(r"/_design/style\.[0-9a-f]{16}\.css", sheets[0])
        assert re.fullmatch(r"/assets/site\.[0-9a-f]{16}\.css", sheets[1])
        assert all((built.output / sheet.lstrip("/")).is_file() for sheet in sheets)


class TestLists:
    """Lists of many entries."""

    @pytest.mark.parametrize(("path", "name"), [("tags/long", "posts/entry"), ("letters", "letters/letter")])
    def test_a_long_list_has_pages(self, built: Any, path: str, name: str) -> None:
        """Thirty entries are shown twelve at a time, the newest first, each once."""
        found = [
            re.findall(rf'<h[23]><a href="/{name}-(\d\d)/">', built.read(page))
            for page in (f"{path}/index.html", f"{path}/page/2/index.html", f"{path}/page/3/index.html")
        ]
        assert [len(part) for part in found] == [12, 12, 6]
        assert [number for part in found for number in part] == [f"{number:02}" for number in range(30, 0, -1)]
        assert not (built.output / path / "page" / "4").exists()

    @pytest.mark.parametrize("path", ["posts", "tags/long", "letters"])
    def test_pages_of_a_list_are_linked_with_each_other(self, built: Any, path: str) -> None:
        """Older leads from the first page to the last, and Newer back."""
        trail = [f"/{path}/"]
        while older := re.search(r'<a href="([^"]+)" rel="next">Older</a>', built.read(f"{trail[-1][1:]}index.html")):
            trail.append(older[1])
        assert trail == [f"/{path}/", *(f"/{path}/page/{number}/" for number in range(2, len(trail) + 1))]
        assert len(trail) >= 3
        for number, (before, address) in enumerate(pairwise(trail), start=2):
            page = built.read(f"{address[1:]}index.html")
            assert f'<a href="{before}" rel="prev">Newer</a>' in page
            assert f"<span>Page {number} of {len(trail)}</span>" in page

    def test_a_further_page_has_its_own_title_and_address(self, built: Any) -> None:
        """Page 2 says which it is, and is its own canonical address."""
        page = built.read("letters/page/2/index.html")
        assert re.search(r"<title>Letters, page 2 \| ", page)
        assert '<link rel="canonical" href="https://www.example.com/letters/page/2/"' in page

    def test_a_short_list_has_no_pager(self, built: Any) -> None:
        """One page is no reason for links to others."""
        assert 'class="pager"' not in built.read("recipes/index.html")
        assert 'class="pager"' not in built.read("tags/fruit/index.html")

    def test_an_entry_with_the_address_of_a_page_wins(self, built: Any) -> None:
        """The pager leads to it, and nothing else is written there."""
        assert "An entry of its own." in built.read("bulbs/page/2/index.html")
        assert 'href="/bulbs/page/2/" rel="next">Next</a>' in built.read("bulbs/index.html")


class TestFiles:
    """What stands beside the pages."""

    def test_only_what_belongs_to_the_site_is_published(self, built: Any) -> None:
        """No source, configuration or data file is in the output."""
        names = {path.relative_to(built.output).parts[0] for path in built.output.rglob("*") if path.is_file()}
        assert not names & {"content", "data", "_config.yml", "_config.base.yml", "site.toml", "static", "content.toml"}

    def test_the_sitemap_lists_what_can_be_found(self, built: Any) -> None:
        """Every page but the 404 page and those that lead elsewhere is listed, absolute and once."""
        root = ET.fromstring(built.read("sitemap.xml"))  # noqa: S314 - our own output
        found = [item.text for item in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
        pages = [
            path.parent
            for path in built.pages
            if path.name == "index.html" and "http-equiv" not in path.read_text("utf-8")
        ]
        names = [path.relative_to(built.output).as_posix() for path in pages]
        assert sorted(map(str, found)) == sorted(
            f"https://www.example.com/{'' if name == '.' else f'{name}/'}" for name in names
        )

    def test_the_feed_has_the_whole_text_and_no_time_of_its_own(self, built: Any) -> None:
        """Posts are in the feed, newest first; it was updated when its newest entry was."""
        feed = ET.fromstring(built.read("feed.xml"))  # noqa: S314 - our own output
        entries = feed.findall(f"{ATOM}entry")
        dates = [entry.findtext(f"{ATOM}published") or "" for entry in entries]
        assert dates == sorted(dates, reverse=True)
        assert feed.findtext(f"{ATOM}updated") == dates[0]
        note = next(entry for entry in entries if "A note" in (entry.findtext(f"{ATOM}title") or ""))
        assert "<strong>tests</strong>" in (note.findtext(f"{ATOM}content") or "")

    def test_old_paths_lead_on_where_there_is_no_edge(self, built: Any) -> None:
        """On GitHub Pages alone each alias and each redirect is a small page."""
        for path, target in (("2026/a-note.html", "/posts/a-note/"), ("old/index.html", "/posts/a-note/")):
            assert f'content="0; url={target}"' in built.read(path)
        assert 'href="https://elsewhere.example/"' in built.read("start/index.html")

    def test_robots_name_the_sitemap(self, built: Any) -> None:
        """Search engines are let in, and told where the sitemap is."""
        lines = built.read("robots.txt").split()
        assert lines == ["User-agent:", "*", "Disallow:", "Sitemap:", "https://www.example.com/sitemap.xml"]


class TestShop:
    """Products."""

    def test_a_product_has_a_page_and_a_place_in_the_menu(self, built: Any) -> None:
        """The list and the product's page are there, with price and button."""
        assert 'href="/products/"' in built.read("index.html")
        assert 'href="/products/mug/"' in built.read("products/index.html")
        page = built.read("products/mug/index.html")
        assert "£18.50" in page
        assert "Buy Mug" in page

    def test_search_engines_are_told_of_the_offer(self, built: Any) -> None:
        """The product's page says name, price and stock as structured data."""
        scripts = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', built.read("products/mug/index.html"), re.DOTALL
        )
        (product,) = (item for item in map(json.loads, scripts) if item["@type"] == "Product")
        assert product["sku"] == "mug"
        assert product["offers"] == {
            "@type": "Offer",
            "price": "18.50",
            "priceCurrency": "GBP",
            "availability": "https://schema.org/InStock",
            "url": "https://www.example.com/products/mug/",
        }


class TestVariants:
    """What one starter has and the others have not."""

    def test_a_series_lists_its_parts_in_order(self, starter: Starter) -> None:
        """The page of a series, and each of its posts, lists the parts from the first on."""
        built = starter("technical_blog")
        for page in ("series/a-uart-from-nothing/index.html", "posts/waiting-for-the-start-bit/index.html"):
            listed = re.search(r'<ol class="parts">.*?</ol>', built.read(page), re.DOTALL)
            assert listed
            assert re.findall(r'href="/posts/([^"]+)/"', listed[0]) == [
                "a-pin-that-goes-up-and-down",
                "waiting-for-the-start-bit",
                "the-bit-that-came-early",
            ]

    def test_the_search_index_holds_the_text_of_every_page(self, starter: Starter) -> None:
        """Words of the text, of a table and of an API page are found, and each address is there."""
        built = starter("documentation")
        rows = {row["u"]: row for row in json.loads(built.read("search.json"))}
        assert "static binary for Linux" in rows["/docs/start/install/"]["x"]
        assert "SL033" in rows["/docs/reference/rules/"]["x"]
        assert "Yields each way that a message can take" in rows["/docs/reference/python/"]["x"]
        assert "--write-baseline" in rows["/docs/reference/command-line/"]["x"]
        assert rows["/docs/v1/install/"]["o"]
        assert all((built.output / address.strip("/") / "index.html").is_file() for address in rows)

    def test_the_sidebar_knows_page_and_version(self, starter: Starter) -> None:
        """The open page is the current one; pages of the old version say so and are not next to the new ones."""
        built = starter("documentation")
        page = built.read("docs/guides/ci/index.html")
        assert '<a href="/docs/guides/ci/" aria-current="page">' in page
        assert "You are reading about version" not in page
        assert "You are reading about version 1.9" in built.read("docs/v1/install/index.html")
        assert 'rel="next"' not in built.read("docs/reference/python/index.html")

    def test_contents_lead_to_headings(self, starter: Starter) -> None:
        """Each entry of a page's contents is an id of that page."""
        page = starter("documentation").read("docs/reference/rules/index.html")
        contents = re.search(r'<nav class="contents".*?</nav>', page, re.DOTALL)
        assert contents
        anchors = re.findall(r'href="#([^"]+)"', contents[0])
        assert len(anchors) == 4
        assert all(f'<h2 id="{anchor}">' in page for anchor in anchors)

    def test_each_day_has_its_weather(self, starter: Starter) -> None:
        """The line of the day is on the entry, and a dot for it on the home page's curve."""
        built = starter("simple_blog")
        assert "<dt>wind</dt><dd>N 20</dd>" in built.read("posts/closing/index.html")
        season = re.search(r'<svg class="season".*?</svg>', built.read("index.html"), re.DOTALL)
        assert season
        assert season[0].count("<circle") == 6

    def test_photographs_come_in_two_widths(self, starter: Starter) -> None:
        """A narrow screen gets the small file."""
        built = starter("simple_blog")
        page = built.read("posts/closing/index.html")
        assert 'srcset="/images/shutters-800.webp 800w, /images/shutters.webp 1600w"' in page
        assert (built.output / "images" / "shutters-800.webp").is_file()

    @pytest.mark.parametrize("variant", ["simple_blog", "technical_blog"])
    def test_a_pictures_size_is_what_front_matter_says(self, starter: Starter, variant: str) -> None:
        """Without it the page claims none."""
        built = starter(variant)
        image = r'<figure class="\w+"><img src="/images/[^"]+"[^>]*>'
        sized = re.search(image, built.read("posts/portrait/index.html"))
        assert sized
        assert 'width="600" height="900"' in sized[0]
        name = {"simple_blog": "closing", "technical_blog": "brown-out-at-2-71-volts"}[variant]
        plain = re.search(image, built.read(f"posts/{name}/index.html"))
        assert plain
        assert "height=" not in plain[0]


@pytest.mark.browser
class TestInABrowser:
    """What only a browser can show."""

    @pytest.fixture(name="serve")
    def _serve(self) -> Iterator[Callable[[Path], str]]:
        """Serve a folder with the policy that a site has."""
        servers = []

        class Handler(SimpleHTTPRequestHandler):
            def end_headers(self) -> None:
                self.send_header("Content-Security-Policy", "default-src 'self'")
                super().end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
                """Keep quiet."""

        def serve(folder: Path) -> str:
            server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
            Thread(target=server.serve_forever, daemon=True).start()
            servers.append(server)
            return f"http://127.0.0.1:{server.server_port}"

        yield serve
        for server in servers:
            server.shutdown()
            server.server_close()

    def test_search_works_with_the_keyboard(self, starter: Starter, browser: Any, serve: Callable[[Path], str]) -> None:
        """A slash leads to the field, the arrow to the first result, Enter to its page; the number is announced."""
        page = browser.new_page()
        page.goto(f"{serve(starter('documentation').output)}/docs/start/install/")
        page.keyboard.press("/")
        page.keyboard.type("baseline")
        page.wait_for_selector(".search-results a")
        page.locator("[role=status]", has_text="pages found").wait_for(state="attached")
        first = page.get_attribute(".search-results a", "href")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{first}")
        page.close()
