"""What the starters promise, looked up in one build of each."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from platform_core.node import npm_env
from platform_testing.servers import ask_server

pytestmark = pytest.mark.slow

Starter = Callable[[str], Any]
Visit = Callable[[str, str], Any]
VARIANTS = ["vue_business", "content_site", "vue_portfolio"]
BASE = "https://www.example.com"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"


@pytest.fixture(name="built", params=VARIANTS)
def _built(request: pytest.FixtureRequest, starter: Starter) -> Any:
    """Each starter in turn."""
    return starter(request.param)


def _tree(built: Any, name: str) -> ET.Element:
    return ET.fromstring(built.read(name))  # noqa: S314  our own build wrote it


class TestEveryStarter:
    """Holds for each variant."""

    def test_an_entry_of_an_unknown_collection_has_a_page(self, built: Any) -> None:
        """A folder that the starter knows nothing of is published, with a list of its own."""
        page = built.read("log/first/index.html")
        assert '<h2 id="a-heading">' in page
        assert "<strong>text</strong>" in page
        assert 'href="/log/first/"' in built.read("log/index.html")

    def test_what_is_not_published_is_nowhere(self, built: Any) -> None:
        """Neither a draft nor an entry of a later date is in a page, a payload, a feed or the search."""
        kinds = {".html", ".json", ".xml", ".js"}
        texts = [path.read_text("utf-8") for path in built.output.rglob("*") if path.suffix in kinds]
        assert not any("nobody may read" in text for text in texts)

    def test_an_address_is_what_the_entry_says(self, built: Any) -> None:
        """``url`` keeps its case and its dots, ``locale`` is the page's language, and braces stay braces."""
        page = built.read("Legal/v1.2/index.html")
        assert re.search(r'<html\s+lang="fr"', page)
        assert f'<link rel="canonical" href="{BASE}/Legal/v1.2/">' in page
        assert "{{ braces }} and <b>tags</b>" in page

    def test_each_page_says_what_it_is(self, built: Any) -> None:
        """Title, description, canonical address, social card and structured data are on every page."""
        for path in built.pages:
            page = path.read_text("utf-8")
            assert page.count("<title>") == 1, path
            assert re.search(r'<meta name="description" content="[^"]{4,}">', page), path
            assert re.search(rf'<meta property="og:image" content="{BASE}/[^"]+">', page), path
            found = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
            assert found, path
            assert json.loads(found[1])["@context"] == "https://schema.org"

    def test_slots_are_in_every_page(self, built: Any) -> None:
        """The design's stylesheet comes with the head; the page for what is missing has all of it."""
        for path in built.pages:
            assert re.search(r'<link rel="stylesheet" href="/_design/style\.\w+\.css">', path.read_text("utf-8")), path

    def test_nothing_that_runs_is_inline(self, built: Any) -> None:
        """Scripts have an address, and no element carries a style or a handler."""
        for path in built.pages:
            page = path.read_text("utf-8")
            scripts = re.findall(r"<script([^>]*)>", page)
            assert all("src=" in script or "json" in script for script in scripts), path
            assert not re.search(r"<style|\sstyle=|\son\w+=\"", page), path

    def test_pictures_come_in_several_widths(self, built: Any) -> None:
        """An image of Markdown and one of the front matter are WebP, with their size."""
        page = built.read("log/first/index.html")
        images = re.findall(r"<img[^>]*>", page[page.index("<main") :])
        assert len(images) >= 2
        for image in images:
            assert re.search(r'srcset="/_pictures/social-480\.[0-9a-f]{16}\.webp 480w, ', image), image
            assert 'width="1200" height="630"' in image

    def test_the_sitemap_has_every_page(self, built: Any) -> None:
        """All pages but the one for what is missing and those that ask not to be listed."""
        listed = {item.text for item in _tree(built, "sitemap.xml").iter(f"{SITEMAP}loc")}
        for path in built.pages:
            if "noindex" not in path.read_text("utf-8"):
                address = path.relative_to(built.output).as_posix().removesuffix("index.html")
                assert f"{BASE}/{address}" in listed
        assert f"Sitemap: {BASE}/sitemap.xml" in built.read("robots.txt")

    def test_the_feed_holds_whole_texts(self, built: Any) -> None:
        """Dated entries are in it, with absolute addresses in their text."""
        items = {item.findtext("title"): item for item in _tree(built, "feed.xml").iter("item")}
        assert items["First & last"].findtext("link") == f"{BASE}/log/first/"
        assert f'src="{BASE}/_pictures/' in (items["First & last"].findtext(ENCODED) or "")

    def test_a_product_can_be_bought(self, built: Any) -> None:
        """The product has a page with its price and the shop's button; list and navigation lead there."""
        page = built.read("products/mug/index.html")
        assert "£18.50" in page
        assert "price=18.50" in page
        assert 'href="/products/mug/"' in built.read("products/index.html")
        assert 'href="/products/"' in built.read("index.html")

    def test_the_code_keeps_its_types(self, built: Any) -> None:
        """`nuxt typecheck` finds nothing in a site as it is scaffolded: it is this call, once the build has prepared the types."""
        done = subprocess.run(
            [built.work / "node_modules" / ".bin" / "vue-tsc", "-b", "--noEmit"],
            cwd=built.work,
            env={**npm_env(), **built.plan.env},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("name", ["favicon.ico", "favicon.svg", "apple-touch-icon.png", "404.html"])
    def test_what_browsers_ask_for_is_there(self, built: Any, name: str) -> None:
        """They have bytes."""
        assert (built.output / name).stat().st_size > 0


class TestVueBusiness:
    """Opening hours and the form; built for a server."""

    def test_the_week_is_a_table_without_scripts(self, starter: Starter) -> None:
        """Each day says in words when the practice is open."""
        page = starter("vue_business").read("hours/index.html")
        assert "8:30 to 10:00: Walk in, no appointment" in page
        assert page.count('<th scope="row">') == 7

    def test_the_server_knows_what_time_it_is(self, starter: Starter) -> None:
        """The page that is marked as dynamic is no file, and is answered with the state of the moment."""
        built = starter("vue_business")
        assert not (built.output / "hours" / "now" / "index.html").exists()
        (answer,) = ask_server(built.plan.server, ["/hours/now/"])
        assert answer.status == 200
        assert re.search(r'class="open-now is-(open|shut)"', answer.text)
        assert "<script>" not in answer.text

    def test_the_server_has_a_page_for_what_is_missing(self, starter: Starter) -> None:
        """It has a title and the status 404."""
        (answer,) = ask_server(starter("vue_business").plan.server, ["/nothing/here/"])
        assert answer.status == 404
        assert "<title>This page is not here" in answer.text

    @pytest.mark.browser
    def test_the_form_says_what_is_wrong(self, visit: Visit) -> None:
        """An empty form names each missing field and puts the cursor into the first one."""
        page = visit("vue_business", "/appointment/")
        page.get_by_role("button", name="Write the letter").click()
        assert page.locator(".field-wrong").count() == 4
        assert page.evaluate("document.activeElement.id") == "name"
        assert page.locator("#name").get_attribute("aria-describedby") == "name-wrong"
        assert re.match(r"(Open|Shut)", page.locator(".open-now strong").inner_text())


class TestContentSite:
    """Two languages, profiles, search, taxonomies."""

    def test_translations_know_each_other(self, starter: Starter) -> None:
        """A page names itself and its translation, with the language of the site as the usual one."""
        page = starter("content_site").read("de/routes/old-cut/index.html")
        assert re.search(r'<html\s+lang="de"', page)
        for locale, path in (
            ("de", "/de/routes/old-cut/"),
            ("en", "/routes/old-cut/"),
            ("x-default", "/routes/old-cut/"),
        ):
            assert f'<link rel="alternate" hreflang="{locale}" href="{BASE}{path}">' in page
        assert re.search(r'<a href="/routes/old-cut/"[^>]* hreflang="en"', page)

    def test_profiles_are_drawn_from_numbers(self, starter: Starter) -> None:
        """A lock is a step in the water's line, and the drawing says in words what it shows."""
        page = starter("content_site").read("routes/marsh-arm/index.html")
        assert "Profile of The Marsh Arm to the sea lock: 9.3 km, 0 m up, 7 m down, 2 locks." in page
        assert re.search(r'class="profile-water" d="M0 [\d.]+L397\.85 ([\d.]+)L397\.85 (?!\1L)', page)

    def test_each_language_has_its_terms_and_its_feed(self, starter: Starter) -> None:
        """Taxonomy pages and feeds hold one language only."""
        built = starter("content_site")
        assert 'href="/routes/old-cut/"' in built.read("tags/step-free/index.html")
        assert 'href="/de/routes/old-cut/"' in built.read("de/tags/stufenfrei/index.html")
        assert "Drehbrücke" in built.read("de/feed.xml")
        assert "Drehbrücke" not in built.read("feed.xml")

    @pytest.mark.browser
    def test_search_finds_and_the_language_switches(self, visit: Visit) -> None:
        """Typed words lead to pages of this language, with the keyboard alone; the switch leads to the translation."""
        page = visit("content_site", "/")
        page.locator("#front-query").focus()
        page.keyboard.type("sea lock")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=sea+lock")
        page.locator(".search-results a").first.wait_for()
        assert page.locator(".search-results a").first.inner_text() == "The Marsh Arm to the sea lock"
        page.locator(".search-results a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/routes/marsh-arm/")
        page.get_by_role("link", name="Deutsch").click()
        page.wait_for_url("**/de/routes/marsh-arm/")
        page.get_by_role("heading", level=1, name="Der Marscharm bis zur Seeschleuse").wait_for()
        assert page.evaluate("document.documentElement.lang") == "de"


class TestVuePortfolio:
    """Filters, cue lists, CV."""

    def test_a_production_hangs_behind_its_first_filter(self, starter: Starter) -> None:
        """The colour of the front page is that of the swatch book."""
        page = starter("vue_portfolio").read("index.html")
        sheet = page[page.index('href="/productions/moss/"') :]
        assert re.search(r'fill="(#\w+)"', sheet[: sheet.index("sheet-number")])[1] == "#2f9e44"  # type: ignore[index]

    def test_a_production_has_its_cues(self, starter: Starter) -> None:
        """Each cue of data/cues.yaml is a row of the table."""
        page = starter("vue_portfolio").read("productions/king-lear/index.html")
        assert page.count('<th scope="row">') == 3
        assert "One lamp less on each word." in page

    def test_a_filter_leads_to_its_productions(self, starter: Starter) -> None:
        """Without scripts the filters' pages are the way through the work."""
        page = starter("vue_portfolio").read("tags/124-moss/index.html")
        assert set(re.findall(r'href="/productions/([\w-]+)/"', page)) == {"moss", "king-lear"}

    @pytest.mark.browser
    def test_two_filters_leave_what_used_both(self, visit: Visit) -> None:
        """Pressed filters narrow the list down, and the number is announced."""
        page = visit("vue_portfolio", "/productions/")
        page.get_by_role("button", name="104 Straw").click()
        page.get_by_role("button", name="124 Moss").click()
        assert page.locator(".production h2").all_inner_texts() == ["King Lear", "Moss"]
        assert page.get_by_role("status").inner_text() == "2 of 6 with 104 Straw and 124 Moss"
