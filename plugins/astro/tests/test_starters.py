"""What the three starters promise, in the files that they build to and in a browser."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from platform_core.content import Content
from platform_core.node import npm_env

HOST = "https://www.example.com"
VARIANTS = ("modern_interactive", "component_islands", "performance_optimized")
each = pytest.mark.parametrize("variant", VARIANTS)
Starter = Callable[..., Any]


def _one(pattern: str, page: str) -> str:
    found = re.findall(pattern, page)
    assert len(found) == 1, (pattern, found)
    return str(found[0])


def _exists(output: Path, path: str) -> bool:
    file = output / unquote(path).lstrip("/")
    return (file / "index.html").is_file() if path.endswith("/") else file.is_file()


def _beside(page: str) -> list[tuple[str, str]]:
    """Return address and relation of the links to the pages beside this one."""
    return re.findall(r'<a href="([^"]+)" rel="(prev|next)">', page)


@each
class TestEveryStarter:
    """Holds for each variant."""

    def test_the_content_model_is_valid(self, starter: Starter, variant: str) -> None:
        """content.toml describes collections, each with a title and a body."""
        collections = Content(starter(variant).root).collections
        assert {"products"} < {collection.name for collection in collections}
        for collection in collections:
            assert {"title", "body"} <= {field.name for field in collection.fields}

    def test_entries_can_be_read_by_platform(self, starter: Starter, variant: str) -> None:
        """Every content file is one that core reads, too."""
        assert len(list(Content(starter(variant).root).entries())) >= 12

    def test_each_page_says_what_it_is(self, starter: Starter, variant: str) -> None:
        """Title, description, canonical address and structured data are there once, and are the page's own."""
        built = starter(variant)
        for path in built.pages:
            page, name = path.read_text("utf-8"), path.relative_to(built.output).as_posix()
            assert _one(r"<title>([^<]+)</title>", page)
            assert _one(r'<meta name="description" content="([^"]+)"', page)
            assert len(re.findall(r"<h1\b", page)) == 1, name
            json.loads(_one(r'<script type="application/ld\+json">(.*?)</script>', page))
            if name == "404.html":
                assert 'name="robots" content="noindex"' in page
            else:
                address = f"{HOST}/{name.removesuffix('index.html')}"
                assert _one(r'<link rel="canonical" href="([^"]+)"', page) == address

    def test_no_page_holds_inline_code(self, starter: Starter, variant: str) -> None:
        """The site's policy refuses inline scripts, styles, handlers and data: addresses."""
        for path in starter(variant).pages:
            page = path.read_text("utf-8")
            assert not re.search(r"<script(?![^>]*(?:\ssrc=|ld\+json))|<style\b", page), path
            assert not re.search(r"""\s(?:style|on[a-z]+)=["']|["'(]data:""", page), path

    def test_every_address_leads_somewhere(self, starter: Starter, variant: str) -> None:
        """Links, pictures and scripts of a page are among the files."""
        built = starter(variant)
        for path in built.pages:
            page = path.read_text("utf-8")
            links = re.findall(r'\s(?:href|src)="([^"]+)"', page)
            links += [item.split()[0] for text in re.findall(r'\ssrcset="([^"]+)"', page) for item in text.split(",")]
            for link in links:
                target = urlsplit(urljoin(f"{HOST}/{path.relative_to(built.output).as_posix()}", link))
                if f"{target.scheme}://{target.netloc}" == HOST:
                    assert _exists(built.output, target.path), (path, link)

    def test_slots_and_products(self, starter: Starter, variant: str) -> None:
        """The shop's fragment is in every page; the product has a list, a page and its button."""
        built = starter(variant)
        for path in built.pages:
            assert '<a href="https://shop.example/buy">Cart</a>' in path.read_text("utf-8"), path
        for name in ("index.html", "products/index.html", "products/mug/index.html"):
            assert "price=18.50" in built.read(name), name
        assert '"price":"18.50"' in built.read("products/mug/index.html")

    def test_drafts_and_tomorrow_are_absent(self, starter: Starter, variant: str) -> None:
        """What is not to be read is in no file."""
        built = starter(variant)
        texts = [path.read_text("utf-8") for path in built.output.rglob("*") if path.suffix in {".html", ".xml", ".js"}]
        assert not any("nobody may read" in text for text in texts)

    def test_an_unknown_collection_has_pages(self, starter: Starter, variant: str) -> None:
        """Entries of a folder that the starter does not know are listed, tagged and shown."""
        built = starter(variant)
        tart = built.read("recipes/plum-tart/index.html")
        assert "Stone the <strong>plums</strong>" in tart
        assert re.search(r'<img[^>]+src="/_astro/[^"]+\.webp"[^>]+srcset="', tart)
        assert '<span class="token keyword">const</span>' in tart
        assert 'tabindex="0"><table>' in tart
        assert 'href="/tags/stone-fruit/"' in tart
        assert "Plum tart" in built.read("recipes/index.html")
        assert "Plum tart" in built.read("tags/stone-fruit/index.html")
        assert "A folder with a dot" in built.read("recipes/v1.2/Second/index.html")

    def test_long_lists_have_pages(self, starter: Starter, variant: str) -> None:
        """Thirty entries are twelve, twelve and six, newest first, on pages that lead to each other."""
        built = starter(variant)
        addresses = ["/ledger/", "/ledger/page/2/", "/ledger/page/3/"]
        days: list[int] = []
        for at, address in enumerate(addresses):
            page = built.read(f"{address[1:]}index.html")
            days += [int(day) for day in re.findall(r'<a href="/ledger/(\d+)/">', page)]
            beside = {"prev": addresses[at - 1] if at else None, "next": addresses[at + 1] if at < 2 else None}
            assert dict.fromkeys(beside) | {rel: to for to, rel in _beside(page)} == beside
            assert f"<span>Page {at + 1} of 3</span>" in page
            assert len(days) == (12, 24, 30)[at]
        assert days == list(range(30, 0, -1))
        assert not (built.output / "ledger/page/1").exists()

    def test_further_pages_say_which_they_are(self, starter: Starter, variant: str) -> None:
        """The title has the number, and the description is of what is on the page."""
        page = starter(variant).read("ledger/page/2/index.html")
        assert _one("<title>(.+?) ·", page) == "Ledger, page 2"
        assert _one('<meta name="description" content="([^"]+)"', page).startswith("Ledger, page 2: Day 18, Day 17")

    def test_a_short_list_has_one_page(self, starter: Starter, variant: str) -> None:
        """Then nothing leads to others."""
        built = starter(variant)
        assert 'class="pager"' not in built.read("recipes/index.html")
        assert not (built.output / "recipes/page").exists()

    def test_an_entry_keeps_its_address_in_a_list(self, starter: Starter, variant: str) -> None:
        """A page of a term's list gives way to the entry that is there."""
        built = starter(variant)
        assert "Kept in the middle of a list" in built.read("tags/ledger/page/2/index.html")
        assert "Page 3 of 3" in built.read("tags/ledger/page/3/index.html")

    def test_front_matter_means_what_it_says(self, starter: Starter, variant: str) -> None:
        """`url`, `locale` and `updated` reach the page; .html in an address stays."""
        built = starter(variant)
        assert '<html lang="de">' in built.read("legal/imprint/index.html")
        assert not (built.output / "imprint").exists()
        assert "Kept at its address" in built.read("2014/old.html")
        assert 'article:modified_time" content="2026-02-05"' in built.read("recipes/plum-tart/index.html")

    def test_the_feed_has_whole_texts(self, starter: Starter, variant: str) -> None:
        """The feed parses, and its addresses are absolute."""
        items = ET.fromstring(starter(variant).read("rss.xml")).findall("channel/item")  # noqa: S314 - we wrote it
        assert "Plum tart" in [item.findtext("title") for item in items]
        text = next(str(item.findtext("{*}encoded")) for item in items if item.findtext("title") == "Plum tart")
        assert f'src="{HOST}/images/social.png"' in text
        assert "style=" not in text

    def test_the_sitemap_lists_every_page(self, starter: Starter, variant: str) -> None:
        """robots.txt names the sitemap, which has each page but the 404."""
        built = starter(variant)
        assert f"Sitemap: {HOST}/sitemap.xml" in built.read("robots.txt")
        found = {str(item.text) for item in ET.fromstring(built.read("sitemap.xml")).iterfind(".//{*}loc")}  # noqa: S314
        pages = {path.relative_to(built.output).as_posix().removesuffix("index.html") for path in built.pages}
        expected = {f"{HOST}/{page}" for page in pages - {"404.html"}}
        assert expected <= found

    @pytest.mark.slow
    def test_the_code_keeps_its_types(self, starter: Starter, variant: str) -> None:
        """`astro check` finds nothing in a site as it is scaffolded."""
        built = starter(variant)
        done = subprocess.run(
            [built.work / "node_modules" / ".bin" / "astro", "check", "--noSync"],
            cwd=built.work,
            env={**npm_env(), **built.plan.env},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_nothing_of_the_toolchain_is_published(self, starter: Starter, variant: str) -> None:
        """Sources and Astro's own name stay out of the output."""
        built = starter(variant)
        assert not [
            path for path in built.output.rglob("*") if path.suffix in {".toml", ".md", ".ts", ".astro", ".mjs"}
        ]
        assert 'name="generator"' not in built.read("index.html")


def _visit(browser: Any, address: str, **options: Any) -> tuple[Any, list[str]]:
    """Open a page and collect what it complains about."""
    page = browser.new_page(**options)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(address)
    return page, errors


def test_the_observatory_lists_its_nights(starter: Starter) -> None:
    """The table of open nights is in the file: no script is needed for it."""
    page = starter("modern_interactive").read("tonight/index.html")
    assert page.count('<th scope="row">') == 36
    assert "Fri, 19 Feb 2027" in page
    assert "Full Moon" not in page.partition("<table")[0]


def test_scripts_are_loaded_where_there_is_an_island(starter: Starter) -> None:
    """A page without an island has no script; the product's page neither."""
    built = starter("modern_interactive")
    assert "<astro-island" in built.read("index.html")
    for name in ("visit/index.html", "programme/mars/index.html", "products/mug/index.html"):
        assert "<script src" not in built.read(name), name


@pytest.mark.browser
def test_the_dial_turns(starter: Starter, browser: Any, serve: Callable[[Path], str]) -> None:
    """The date of the address is shown; the arrows go on from there, and the sky with it."""
    page, errors = _visit(browser, f"{serve(starter('modern_interactive').output)}/tonight/?date=2026-12-23")
    page.get_by_text("Full Moon, 100 % lit").wait_for()
    page.get_by_role("button", name="Later").click()
    page.get_by_role("heading", name="Thursday, 24 December 2026").wait_for()
    page.get_by_label("Night of").fill("2027-02-06")
    page.get_by_text("New Moon, 0 % lit").wait_for()
    assert errors == []
    page.close()


def test_two_frameworks_share_a_page(starter: Starter) -> None:
    """The calculator is Preact's and waits for a quiet moment; the finder is Svelte's and waits to be seen."""
    page = starter("component_islands").read("index.html")
    islands = re.findall(r"<astro-island [^>]*>", page)
    assert [re.findall(r'renderer-url="/_astro/client\.?(svelte)?', item) for item in islands] == [[""], ["svelte"]]
    assert ['client="idle"' in islands[0], 'client="visible"' in islands[1]] == [True, True]
    assert "€11.50" in page
    assert page.count('class="stop-number"') == 12


@pytest.mark.browser
def test_the_fare_follows_the_hours(starter: Starter, browser: Any, serve: Callable[[Path], str]) -> None:
    """A day caps the hours, and the pass takes a fifth off."""
    page, errors = _visit(browser, f"{serve(starter('component_islands').output)}/prices/")
    page.locator("astro-island:not([ssr])").wait_for(state="attached")
    page.get_by_label("For how long").fill("8")
    page.get_by_text("12 hours, at the price of a day").wait_for()
    assert page.locator(".fare-number").inner_text() == "€26.00"
    page.get_by_label("I have the harbour pass").check()
    page.get_by_text("€20.80").wait_for()
    page.get_by_label("Flatbed").check(force=True)
    page.get_by_text("€30.40").wait_for()
    assert errors == []
    page.close()


@pytest.mark.browser
def test_stations_are_found_by_keyboard(starter: Starter, browser: Any, serve: Callable[[Path], str]) -> None:
    """Typing filters, the arrow goes to the first hit, Enter opens it."""
    page, errors = _visit(browser, f"{serve(starter('component_islands').output)}/stations/")
    page.locator(".finder-map").scroll_into_view_if_needed()
    field = page.get_by_label("Street, place or number")
    field.wait_for()
    field.press_sequentially("werft")
    page.get_by_text("1 station", exact=True).wait_for()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Dry dock"
    page.keyboard.press("Enter")
    page.wait_for_url("**/stations/dry-dock/")
    assert errors == []
    page.close()


def test_the_light_one_has_no_script(starter: Starter) -> None:
    """No file of the output is a script, and what the home page loads is small."""
    built = starter("performance_optimized")
    assert not list(built.output.rglob("*.js"))
    page = built.read("index.html")
    loaded = set(re.findall(r'(?:href|src)="(/[^"]+\.(?:css|svg|woff2|webp))"', page))
    sizes = [(built.output / name.lstrip("/")).stat().st_size for name in loaded]
    assert len(page) + sum(sizes) < 90_000
    assert max(sizes) < 30_000


def test_the_request_is_a_real_form(starter: Starter) -> None:
    """It posts to the address of the setting, and every field has its label."""
    page = starter("performance_optimized").read("request/index.html")
    assert '<form class="form request" method="post" action="https://forms.example.com/acme">' in page
    fields = set(re.findall(r'<(?:input|select|textarea)\b[^>]*\sid="([^"]+)"', page))
    assert len(fields) >= 7
    assert fields <= set(re.findall(r'<label for="([^"]+)"', page))


def test_a_view_of_its_own_may_stay_whole(starter: Starter) -> None:
    """The kinds of work have an order by hand: all are on one page, however many."""
    page = starter("performance_optimized").read("work/index.html")
    assert len(re.findall(r'<a href="/work/more-\d+/">', page)) == 12
    assert len(re.findall(r"<h2>", page)) == 16
    assert 'class="pager"' not in page
