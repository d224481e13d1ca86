"""What each starter promises, looked up in one build of it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

Starter = Callable[[str], Any]
VARIANTS = ["business_modern", "corporate_clean", "marketing_focused"]
CONTENT_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"


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

    def test_drafts_and_the_future_are_not_published(self, built: Any) -> None:
        """Neither a draft nor an entry of a later date is anywhere."""
        texts = [path.read_text("utf-8") for path in built.output.rglob("*") if path.suffix in {".html", ".xml"}]
        assert not any("nobody may read" in text for text in texts)

    def test_an_entry_is_text_and_answers_at_its_own_address(self, built: Any) -> None:
        """``url`` decides, ``locale`` is the page's language, and braces stay braces."""
        page = built.read("legal/imprint/index.html")
        assert '<html lang="de">' in page
        assert "{{ not a template }}" in page
        assert '<link rel="canonical" href="https://www.example.com/legal/imprint/">' in page

    def test_each_page_says_what_it_is(self, built: Any) -> None:
        """Title, description, canonical address, social card and structured data are on every page."""
        for path in built.pages:
            page = path.read_text("utf-8")
            assert page.count("<title>") == 1, path
            assert re.search(r'<meta name="description" content="[^"]{10,}">', page), path
            assert re.search(r'<meta property="og:image" content="https://www.example.com/images/[^"]+">', page), path
            found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
            assert found, path
            assert json.loads(found[1])["@context"] == "https://schema.org"

    def test_nothing_is_inline(self, built: Any) -> None:
        """No page needs more than the strict policy: no inline code, style or handler."""
        for path in built.pages:
            page = path.read_text("utf-8")
            assert not re.search(r"<script(?![^>]*(?:\bsrc=|ld\+json))", page), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", page), path

    def test_the_design_and_the_own_sheet_are_linked(self, built: Any) -> None:
        """The shared stylesheet comes first, then the variant's, both under hashed names."""
        page = built.read("index.html")
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
        assert re.fullmatch(r"/_design/style\.[0-9a-f]{16}\.css", sheets[0])
        assert re.fullmatch(r"/assets/site\.[0-9a-f]{16}\.css", sheets[1])
        assert all((built.output / sheet.lstrip("/")).is_file() for sheet in sheets)

    def test_pictures_come_in_several_widths(self, built: Any) -> None:
        """A picture of static/ is offered as WebP, with its size, and each file is there."""
        page = built.read("recipes/plum-tart/index.html")
        tag = re.search(r"<img[^>]*>", page.partition("<main")[2])
        assert tag
        assert 'alt="A crate"' in tag[0]
        assert 'width="' in tag[0]
        offered = re.findall(r"(/_images/[\w-]+-(\d+)\.webp) ", tag[0])
        assert len({width for _, width in offered}) >= 2
        assert all((built.output / path.lstrip("/")).is_file() for path, _ in offered)

    def test_a_table_can_be_reached_with_the_keyboard(self, built: Any) -> None:
        """Tables of Markdown scroll in a region of their own."""
        assert 'class="table-scroll" role="region" aria-label="Table" tabindex="0"' in built.read(
            "recipes/plum-tart/index.html"
        )


class TestFiles:
    """What stands beside the pages."""

    def test_the_sitemap_lists_what_can_be_found(self, built: Any) -> None:
        """Every page but the 404 page is listed, absolute and once."""
        root = ET.fromstring(built.read("sitemap.xml"))  # noqa: S314 - our own output
        found = [item.text for item in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
        pages = [path.relative_to(built.output).parent.as_posix() for path in built.pages if path.name == "index.html"]
        assert sorted(found) == sorted(f"https://www.example.com/{'' if page == '.' else f'{page}/'}" for page in pages)

    def test_the_feed_has_the_whole_text(self, built: Any) -> None:
        """Dated entries are in the feed, newest first, with absolute addresses."""
        channel = ET.fromstring(built.read("feed.xml")).find("channel")  # noqa: S314 - our own output
        assert channel is not None
        items = channel.findall("item")
        assert len(items) >= 4
        assert all((item.findtext("link") or "").startswith("https://www.example.com/") for item in items)
        tart = next(item for item in items if item.findtext("title") == "Plum tart")
        assert "<strong>plums</strong>" in (tart.findtext(CONTENT_ENCODED) or "")
        assert 'src="https://www.example.com/images/social.png"' in (tart.findtext(CONTENT_ENCODED) or "")
        assert [item.text for item in tart.findall("category")] == ["fruit", "autumn"]

    def test_robots_name_the_sitemap(self, built: Any) -> None:
        """Search engines are let in, and told where the sitemap is."""
        assert built.read("robots.txt").splitlines()[1:] == [
            "Disallow:",
            "",
            "Sitemap: https://www.example.com/sitemap.xml",
        ]

    def test_topics_have_pages(self, built: Any) -> None:
        """Each tag leads to a list of its entries."""
        assert 'href="/topics/fruit/"' in built.read("recipes/plum-tart/index.html")
        assert 'href="/recipes/plum-tart/"' in built.read("topics/fruit/index.html")


def _links(page: str) -> dict[str, str]:
    """Return where the pager of a page leads, by what it is to the page."""
    pager = re.search(r'<nav class="pager" aria-label="Pages">.*?</nav>', page, re.DOTALL)
    return {rel: href for href, rel in re.findall(r'href="([^"]+)" rel="(\w+)"', pager[0] if pager else "")}


def _main(page: str) -> str:
    """Return the part of a page that is its own."""
    return page.partition("<main")[2].partition("</main>")[0]


class TestPagesOfLists:
    """A list that is long has several pages."""

    @pytest.mark.parametrize("url", ["diary", "topics/r-and-d"])
    def test_thirty_entries_have_three_pages(self, built: Any, url: str) -> None:
        """A collection and a term show 12 entries, 12 and 6, the newest first, and none twice."""
        pages = [built.read(f"{url}{more}/index.html") for more in ("", "/page/2", "/page/3")]
        shown = [re.findall(r'href="/diary/day-(\d+)/"', _main(page)) for page in pages]
        assert [len(days) for days in shown] == [12, 12, 6]
        assert [int(day) for days in shown for day in days] == list(range(30, 0, -1))
        assert not (built.output / url / "page/4").exists()

    @pytest.mark.parametrize("url", ["/diary/", "/topics/r-and-d/"])
    def test_the_pages_of_a_list_lead_to_each_other(self, built: Any, url: str) -> None:
        """Newer and older pages are linked, the first one by the list's own address."""
        assert _links(built.read(f"{url[1:]}index.html")) == {"next": f"{url}page/2/"}
        assert _links(built.read(f"{url[1:]}page/2/index.html")) == {"prev": url, "next": f"{url}page/3/"}
        assert _links(built.read(f"{url[1:]}page/3/index.html")) == {"prev": f"{url}page/2/"}

    def test_a_later_page_says_which_it_is(self, built: Any) -> None:
        """Title and canonical address are its own, and the sitemap has it."""
        page = built.read("diary/page/2/index.html")
        assert "<title>Diary, page 2 · " in page
        assert '<link rel="canonical" href="https://www.example.com/diary/page/2/">' in page
        assert "<span>Page 2 of 3</span>" in page
        assert "<loc>https://www.example.com/diary/page/2/</loc>" in built.read("sitemap.xml")

    def test_a_short_list_has_no_pager(self, built: Any) -> None:
        """Where there is one page only, nothing is said of pages."""
        assert 'class="pager"' not in built.read("recipes/index.html")

    def test_an_entry_of_the_same_address_wins(self, built: Any) -> None:
        """What somebody wrote at the address of the second page is there."""
        assert "Dear Ann." in built.read("letters/page/2/index.html")
        assert _links(built.read("letters/index.html")) == {"next": "/letters/page/2/"}

    @pytest.mark.parametrize(
        ("variant", "section"),
        [("business_modern", "cases"), ("corporate_clean", "notices"), ("marketing_focused", "news")],
    )
    def test_the_own_list_of_a_variant_has_pages(self, starter: Starter, variant: str, section: str) -> None:
        """Its second page looks like the first, and goes on where that one ends."""
        built = starter(variant)
        first, second = (_main(built.read(f"{section}/{more}index.html")) for more in ("", "page/2/"))
        shown = [set(re.findall(rf'<h[23]><a href="/{section}/([\w-]+)/"', page)) for page in (first, second)]
        assert len(shown[0]) == 12
        assert shown[1]
        assert not shown[0] & shown[1]
        assert re.findall(r'<ul class="[^"]+">', first)[:1] == re.findall(r'<ul class="[^"]+">', second)[:1]
        assert _links(second) == {"prev": f"/{section}/"}

    @pytest.mark.parametrize(("variant", "section"), [("business_modern", "services"), ("corporate_clean", "people")])
    def test_a_list_that_has_no_pager_stays_whole(self, starter: Starter, variant: str, section: str) -> None:
        """All is on one page where the design has an order of its own."""
        built = starter(variant)
        assert len(set(re.findall(rf'href="/{section}/[\w-]+/"', _main(built.read(f"{section}/index.html"))))) > 12
        assert not (built.output / section / "page").exists()


class TestShop:
    """Products, and no trace of them without a shop."""

    def test_a_product_has_a_page_and_a_place_in_the_menu(self, built: Any) -> None:
        """The list and the product's page are there, with price and button."""
        assert 'href="/products/"' in built.read("index.html")
        assert 'href="/products/mug/"' in built.read("products/index.html")
        page = built.read("products/mug/index.html")
        assert "£18.50" in page
        assert "Buy Mug" in page
        assert '"@type":"Product"' in page


class TestVariants:
    """What one starter has and the others have not."""

    def test_the_house_leads_to_every_service(self, starter: Starter) -> None:
        """Each part of the drawing is a link to a page that is there."""
        built = starter("business_modern")
        house = re.search(r'<svg class="house".*?</svg>', built.read("index.html"), re.DOTALL)
        assert house
        links = re.findall(r'href="(/services/[^"]+)"', house[0])
        assert len(links) == 6
        assert all((built.output / link.strip("/") / "index.html").is_file() for link in links)

    def test_the_estimate_can_be_done_by_hand(self, starter: Starter) -> None:
        """Without scripts the page says how, and has the figures; the form goes to the setting's address."""
        page = starter("business_modern").read("estimate/index.html")
        assert "<noscript>" in page
        assert 'action="https://forms.example.com/acme"' in page
        assert ">105</td>" in page

    def test_the_statement_adds_up(self, starter: Starter) -> None:
        """The columns of the table on the home page have the sums that stand below them."""
        table = re.search(r"<table>.*?</table>", starter("corporate_clean").read("index.html"), re.DOTALL)
        assert table
        body, _, foot = table[0].partition("<tfoot>")
        cells = [int(text.replace(",", "")) for text in re.findall(r">([\d,]+)</td>", body)]
        sums = [int(text.replace(",", "")) for text in re.findall(r">([\d,]+)</td>", foot)]
        assert [sum(cells[0::2]), sum(cells[1::2])] == sums

    def test_each_area_names_who_answers(self, starter: Starter) -> None:
        """Practice areas lead to their person, and the person leads back."""
        built = starter("corporate_clean")
        assert 'href="/people/eleanor-hallworth/"' in built.read("practice/salvage/index.html")
        assert 'href="/practice/salvage/"' in built.read("people/eleanor-hallworth/index.html")

    def test_the_walls_have_as_many_doors_as_they_say(self, starter: Starter) -> None:
        """Each plan's drawing has one rectangle for each door that is sold."""
        page = starter("marketing_focused").read("index.html")
        drawn = [wall.count("<rect") for wall in re.findall(r'<svg class="plan-wall".*?</svg>', page, re.DOTALL)]
        assert drawn == [12, 24, 48]

    def test_the_signup_form_says_what_is_wrong(self, starter: Starter) -> None:
        """Each field has a label, and each required one a text for a wrong answer."""
        form = re.search(r"<form.*?</form>", starter("marketing_focused").read("index.html"), re.DOTALL)
        assert form
        for name in ("street", "name", "email"):
            assert f'<label for="{name}">' in form[0]
            assert f'id="{name}-wrong"' in form[0]


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

    def test_the_estimate_is_worked_out(self, starter: Starter, browser: Any, serve: Callable[[Path], str]) -> None:
        """96 square metres of solid stone with insulated walls lose 7.9 kW, and a wrong area is refused."""
        page = browser.new_page()
        page.goto(f"{serve(starter('business_modern').output)}/estimate/")
        page.fill("#area", "96")
        page.select_option("#walls", "all")
        assert page.inner_text("#figure") == "7.9 kW"
        page.fill("#area", "7")
        assert page.inner_text("#figure") == "\N{EN DASH}"
        assert page.is_visible("#area-wrong")
        page.close()
