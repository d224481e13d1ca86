"""What each starter promises, looked up in one build of it."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.node import npm_env
from platform_testing.quality import wait_in_page

Starter = Callable[..., Any]
VARIANTS = ["business_app", "marketing_site", "saas_landing"]
CONTENT_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"

pytestmark = [pytest.mark.slow]


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
        assert 'href="/recipes/plum-tart/"' in built.read("tags/fruit/index.html")

    def test_drafts_and_the_future_are_not_published(self, built: Any) -> None:
        """Neither a draft nor an entry of a later date is anywhere, also not in what the browser loads later."""
        texts = [path for path in built.output.rglob("*") if path.suffix in {".html", ".js", ".txt", ".xml"}]
        assert not any("nobody may read" in path.read_text("utf-8") for path in texts)

    def test_an_entry_answers_at_its_own_address(self, built: Any) -> None:
        """``url`` decides, ``locale`` is the entry's language, and braces stay braces."""
        page = built.read("legal/imprint.html")
        assert '<div lang="de"><article class="page" data-entry="imprint">' in page
        assert "{notATemplate} and <b>bold</b>" in page
        assert '<link rel="canonical" href="https://www.example.com/legal/imprint.html"/>' in page

    def test_a_name_keeps_its_letters(self, built: Any) -> None:
        """Files with spaces and letters beyond ASCII are found under their names."""
        assert "<p>Wir.</p>" in built.read("Über uns/index.html")

    def test_an_entrys_page_says_what_it_shows(self, built: Any) -> None:
        """An editor of the site finds entry and fields by attributes; each page shows one entry, and lists show none."""
        page = built.read("recipes/plum-tart/index.html")
        assert re.findall(r'data-entry="([^"]*)"', page) == ["recipes/plum-tart"]
        assert '<h1 data-field="title">Plum tart &amp; more</h1>' in page
        assert re.findall(r'data-field="([^"]*)"', page) == ["title", "date", "body"]
        for path in built.pages:
            names = re.findall(r'data-entry="([^"]*)"', path.read_text("utf-8"))
            assert len(names) <= 1, path
            assert all((built.root / "content" / f"{name}.md").is_file() for name in names), path
        assert 'data-entry="products/mug"' in built.read("products/mug/index.html")
        assert "data-entry" not in built.read("recipes/index.html") + built.read("tags/fruit/index.html")

    def test_each_page_says_what_it_is(self, built: Any) -> None:
        """Title, description, canonical address and social card are on every page."""
        for path in built.pages:
            page = path.read_text("utf-8")
            assert page.count("<title>") == 1, path
            assert re.search(r'<meta name="description" content="[^"]{10,}"/>', page), path
            assert re.search(r'<link rel="canonical" href="https://www\.example\.com/[^"]*"/>', page), path
            assert re.search(r'<meta property="og:image" content="https://www\.example\.com/images/[^"]+"/>', page), (
                path
            )

    def test_structured_data_can_be_read(self, built: Any) -> None:
        """The home page says who stands behind the site, and an entry what it is."""
        types = {}
        for name in ("index.html", "recipes/plum-tart/index.html", "products/mug/index.html"):
            blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', built.read(name), re.DOTALL)
            types[name] = [item["@type"] for block in blocks for item in json.loads(block)["@graph"]]
        assert types["index.html"][-1] == "WebSite"
        assert types["recipes/plum-tart/index.html"] == ["BreadcrumbList", "Article"]
        assert types["products/mug/index.html"] == ["BreadcrumbList", "Product"]

    def test_nothing_is_inline(self, built: Any) -> None:
        """No page needs more than the strict policy: no inline code, style or handler."""
        for path in built.pages:
            page = path.read_text("utf-8")
            assert not re.search(r"<script(?![^>]*(?:\bsrc=|ld\+json))", page), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|href=\"javascript:", page), path

    def test_the_design_and_the_own_sheet_are_linked(self, built: Any) -> None:
        """The shared stylesheet and the variant's are linked under hashed names."""
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', built.read("index.html"))
        assert any(re.fullmatch(r"/_design/style\.[0-9a-f]{16}\.css", sheet) for sheet in sheets)
        assert any(re.fullmatch(r"/_next/static/chunks/[\w-]+\.css", sheet) for sheet in sheets)
        assert all((built.output / sheet.lstrip("/")).is_file() for sheet in sheets)

    def test_pictures_come_in_several_widths(self, built: Any) -> None:
        """A picture of static/ is offered as WebP, with its size, and each file is there."""
        tag = re.search(r"<img[^>]*>", built.read("recipes/plum-tart/index.html").partition("<main")[2])
        assert tag
        assert 'alt="A crate"' in tag[0]
        assert 'width="1200" height="630"' in tag[0]
        offered = re.findall(r"(/_images/[\w.-]+-(\d+)\.webp) ", tag[0])
        assert [width for _, width in offered] == ["480", "960", "1200"]
        assert all((built.output / path.lstrip("/")).is_file() for path, _ in offered)

    def test_tables_and_code_can_be_reached_with_the_keyboard(self, built: Any) -> None:
        """What scrolls sideways has a place in the order of the page, and code is coloured by class."""
        page = built.read("recipes/plum-tart/index.html")
        assert '<div class="table-scroll" tabindex="0" role="region" aria-label="Table 1">' in page
        assert '<div class="code-block"><pre tabindex="0">' in page
        assert '<span class="token keyword">const</span>' in page

    def test_the_shop_is_on_its_pages_and_in_the_menu(self, built: Any) -> None:
        """A product has a page with the shop's button, a place in the list, and a strip on the home page."""
        page = built.read("products/mug/index.html")
        assert "Buy Mug" in page
        assert "Only 3 left." in page.replace("<!-- -->", "")
        assert 'href="/products/mug/"' in built.read("products/index.html")
        assert 'class="shop-strip"' in built.read("index.html")
        assert '<a href="/products/">Shop</a>' in built.read("404.html")


class TestLists:
    """What holds for lists that are longer than a page."""

    @pytest.mark.parametrize("first", ["letters/", "tags/post/"])
    def test_a_long_list_has_pages(self, built: Any, first: str) -> None:
        """Thirty entries are shown twelve at a time, the newest first, and each page leads to those beside it."""
        paths = [first, f"{first}page/2/", f"{first}page/3/"]
        shown, links = {}, {}
        for path in paths:
            main = built.read(f"{path}index.html").partition("<main")[2].partition("</main>")[0]
            shown[path] = re.findall(r'<h2><a href="/letters/letter-(\d+)/">', main)
            links[path] = re.findall(r'<a href="/([^"]*)" rel="(prev|next)">(Newer|Older)</a>', main)
        numbers = [str(number) for number in range(30, 0, -1)]
        assert [shown[path] for path in paths[:2]] == [numbers[:12], numbers[12:24]]
        assert [links[path] for path in paths[:2]] == [
            [(paths[1], "next", "Older")],
            [(paths[0], "prev", "Newer"), (paths[2], "next", "Older")],
        ]
        if first == "letters/":
            assert shown[paths[2]] == numbers[24:]
            assert links[paths[2]] == [(paths[1], "prev", "Newer")]

    def test_a_later_page_says_what_it_is(self, built: Any) -> None:
        """It has a title and a canonical address of its own, and says which one of how many it is."""
        page = built.read("letters/page/2/index.html")
        assert "<title>Letters, page 2 · " in page
        assert '<link rel="canonical" href="https://www.example.com/letters/page/2/"/>' in page
        assert "<span>Page 2 of 3</span>" in page

    def test_a_short_list_has_one_page(self, built: Any) -> None:
        """What fits on one page has no links to others, and no further page is made."""
        for name in ("recipes", "tags/fruit", "products"):
            assert 'class="pager"' not in built.read(f"{name}/index.html")
            assert not (built.output / name / "page").exists()

    def test_an_entrys_own_address_comes_before_a_page_of_a_list(self, built: Any) -> None:
        """An entry that claims the address of a list's third page is what answers there."""
        page = built.read("tags/post/page/3/index.html")
        assert "An entry of that address." in page
        assert 'class="pager"' not in page


class TestFiles:
    """What stands beside the pages."""

    def test_the_sitemap_lists_what_can_be_found(self, built: Any) -> None:
        """Every page but the 404 page is listed, absolute and once."""
        root = ET.fromstring(built.read("sitemap.xml"))  # noqa: S314 - our own output
        found = sorted(item.text or "" for item in root.iter(LOCATION))
        names = [path.relative_to(built.output).as_posix() for path in built.pages if path.name != "404.html"]
        paths = [name.removesuffix("index.html").replace("Über uns", "%C3%9Cber%20uns") for name in names]
        assert found == sorted(f"https://www.example.com/{path}" for path in paths)

    def test_the_feed_has_the_whole_text(self, built: Any) -> None:
        """Dated entries are in the feed, newest first, with absolute addresses."""
        channel = ET.fromstring(built.read("feed.xml")).find("channel")  # noqa: S314 - our own output
        assert channel is not None
        items = channel.findall("item")
        assert len(items) == 20
        assert [item.findtext("title") for item in items][3:5] == ["Plum tart & more", "Letter 30"]
        assert all((item.findtext("link") or "").startswith("https://www.example.com/") for item in items)
        assert "<strong>plums</strong>" in (items[3].findtext(CONTENT_ENCODED) or "")
        assert 'src="https://www.example.com/images/social.png"' in (items[3].findtext(CONTENT_ENCODED) or "")
        assert [item.text for item in items[3].findall("category")] == ["fruit", "autumn"]
        assert 'type="application/rss+xml"' in built.read("index.html")

    def test_robots_name_the_sitemap(self, built: Any) -> None:
        """Search engines are let in, and told where the sitemap is."""
        lines = [line for line in built.read("robots.txt").splitlines() if line]
        assert lines == ["User-Agent: *", "Allow: /", "Sitemap: https://www.example.com/sitemap.xml"]

    def test_no_page_is_there_twice(self, built: Any) -> None:
        """Next's own copies of the 404 page and its parts of pages are not published."""
        names = [path.relative_to(built.output).as_posix() for path in built.output.rglob("*")]
        assert not [name for name in names if name.startswith(("_not-found", "404/")) or "/__next." in f"/{name}"]

    def test_the_code_keeps_its_types(self, built: Any) -> None:
        """TypeScript finds nothing in a site as it is scaffolded."""
        program = built.work / "node_modules" / ".bin" / "tsc"
        done = subprocess.run(
            [program, "--noEmit"],
            cwd=built.work,
            env=npm_env(),
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.stdout == ""


class TestBusinessApp:
    """The sports hall."""

    def test_the_plan_leads_to_every_space(self, starter: Starter) -> None:
        """Each space of the plan is a real link with a name."""
        built = starter("business_app")
        page = built.read("index.html")
        links = re.findall(r'<a href="(/courts/[\w-]+/)" class="plan-space[^"]*" aria-label="[^"]+">', page)
        assert len(links) == 6
        assert all((built.output / link.strip("/") / "index.html").is_file() for link in links)

    def test_each_published_day_has_its_hours(self, starter: Starter) -> None:
        """A taken hour names who has it, a free one leads to the form with court, day and hour."""
        page = starter("business_app").read("availability/2026-11-24/index.html")
        assert "Fire brigade, fitness test" in page
        assert 'href="/book/?court=Court+A&amp;date=2026-11-24&amp;from=07%3A00"' in page

    def test_a_closed_day_has_no_free_hour(self, starter: Starter) -> None:
        """When the hall is closed, nothing can be asked for."""
        page = starter("business_app").read("availability/2026-12-06/index.html")
        assert 'class="free"' not in page
        assert "Closed: floor is sanded and oiled." in page

    def test_without_an_address_the_form_says_what_it_does(self, starter: Starter) -> None:
        """A form that posts nowhere offers the address, and no button that does nothing."""
        page = starter("business_app").read("book/index.html")
        assert '<form class="form">' in page
        assert 'type="submit" disabled=""' in page
        assert "your own mail program sends it" in page

    @pytest.mark.browser
    def test_the_form_explains_what_is_wrong(self, starter: Starter, serve: Any, page: Any) -> None:
        """It is filled from the address, marks what is missing, and leads there."""
        with serve(starter("business_app")) as address:
            page.goto(f"{address}/book/?court=Court+C&date=2026-11-24&from=17:00")
            page.wait_for_selector("form button:not([disabled])")
            assert page.input_value("[name=court]") == "Court C"
            page.fill("[name=email]", "nobody")
            page.click("form button")
            assert page.evaluate("document.activeElement.name") == "hours"
            assert (
                page.inner_text(".field:has([name=email]) .field-wrong")
                == "This is not an e-mail address we could answer to."
            )
            assert page.get_attribute("[name=email]", "aria-invalid") == "true"


class TestMarketingSite:
    """The ferry."""

    def test_the_crossing_shows_its_soundings(self, starter: Starter) -> None:
        """The drawing has the depths of the data, and says in words what it shows."""
        page = starter("marketing_site").read("index.html")
        assert ">338</text>" in page
        assert "The fjord falls to 338 metres in the middle." in page.replace("<!-- -->", "")

    def test_the_timetable_is_a_table(self, starter: Starter) -> None:
        """Each departure is there, by hour, without any script."""
        page = starter("marketing_site").read("timetable/index.html")
        assert len(re.findall(r'<time datetime="\d\d:\d\d">', page)) == 74

    @pytest.mark.browser
    def test_the_next_boats_are_shown(self, starter: Starter, serve: Any, page: Any) -> None:
        """With JavaScript the clock at the quay decides what is shown."""
        page.clock.set_fixed_time("2026-11-24T14:00:00Z")
        with serve(starter("marketing_site")) as address:
            page.goto(address)
            page.wait_for_selector("text=It is 15:00 at the quay")
            assert page.inner_text(".departures dd >> nth=0").split() == ["15:40", "16:30", "17:20", "18:10"]


class TestSaasLanding:
    """The rota."""

    def test_the_week_is_a_table(self, starter: Starter) -> None:
        """Seven people, seven days, and hours that were added up."""
        page = starter("saas_landing").read("index.html")
        table = page.partition('<table class="rota">')[2].partition("</table>")[0]
        assert table.count('<th scope="row">') == 7
        assert '<td class="rota-hours">43</td>' in table

    def test_both_ways_to_pay_are_there_without_a_script(self, starter: Starter) -> None:
        """Two tables stand below each other until JavaScript brings the switch."""
        page = starter("saas_landing").read("pricing/index.html")
        assert page.count('class="plans"') == 2
        assert "€290" in page
        assert 'hidden=""><section' not in page

    def test_a_long_changelog_has_pages(self, starter: Starter) -> None:
        """Versions are shown whole, twelve on a page."""
        built = starter("saas_landing")
        pages = [built.read(f"changelog/{path}index.html") for path in ("", "page/2/")]
        assert [page.count('class="version-when"') for page in pages] == [12, 1]
        assert '<a href="/changelog/page/2/" rel="next">Older</a>' in pages[0]
        assert '<a href="/changelog/" rel="prev">Newer</a>' in pages[1]

    def test_questions_are_known_to_machines(self, starter: Starter) -> None:
        """The page of questions says which ones it answers."""
        page = starter("saas_landing").read("questions/index.html")
        assert page.count("<details>") == 6
        assert '"@type":"FAQPage"' in page

    @pytest.mark.browser
    def test_a_switch_changes_between_month_and_year(self, starter: Starter, serve: Any, page: Any) -> None:
        """With JavaScript one table is shown, and the keyboard changes it."""
        with serve(starter("saas_landing")) as address:
            page.goto(f"{address}/pricing/")
            page.wait_for_selector(".billing-switch")
            assert page.is_visible("text=€29")
            assert not page.is_visible("text=€290")
            page.focus(".billing-switch input")
            page.keyboard.press("ArrowRight")
            assert page.is_visible("text=€290")


class TestServer:
    """The same starter, rendered on a server."""

    def test_prepared_pages_are_files(self, starter: Starter) -> None:
        """What does not change with the time is a file, and what does is none."""
        built = starter("business_app", "server")
        assert "Court A" in built.read("courts/court-a/index.html")
        assert "Page 2 of 3" in built.read("letters/page/2/index.html")
        assert len(re.findall(r"<h1[ >]", built.read("404.html"))) == 1
        assert built.read("feed.xml").startswith("<?xml")
        assert not (built.output / "availability").exists()

    def test_the_function_is_small_and_whole(self, starter: Starter) -> None:
        """It has no link that leads out, and fits into Lambda many times."""
        folder: Path = starter("business_app", "server").built.plan.server.folder
        assert not [path for path in folder.rglob("*") if path.is_symlink()]
        assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 60_000_000

    @pytest.mark.browser
    def test_a_day_is_computed_when_it_is_asked_for(self, starter: Starter, serve: Any, page: Any) -> None:
        """A day that no file stands for answers, runs in the browser, and breaks no policy."""
        with serve(starter("business_app", "server")) as address:
            page.goto(f"{address}/availability/")
            assert page.inner_text(".lead").startswith("Computed when you asked")
            # Which of the coming days is closed, and whether today has an hour left, depends on the date.
            page.click(".days li:has(meter:not([value='0'])) a >> nth=0")
            page.wait_for_selector("table.day")
            wait_in_page(page, "Object.keys(document.querySelector('nav')).some((key) => key.startsWith('__react'))")
            assert page.locator("td.free").count() > 0

    def test_a_day_that_is_none_is_missing(self, starter: Starter, serve: Any, browser: Any) -> None:
        """The answer is 404, with a page that can be read without JavaScript."""
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        with serve(starter("business_app", "server")) as address:
            for path in ("/availability/2026-13-45/", "/availability/1999-01-01/", "/nowhere/"):
                answer = page.goto(address + path)
                assert answer.status == 404
                assert page.inner_text("h1") == "This page is not here"
        context.close()
