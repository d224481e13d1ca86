"""What each starter promises, looked up in one build of it."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.node import npm_env
from platform_testing.quality import wait_in_page

Starter = Callable[[str], Any]
VARIANTS = ["react_business", "content_blog", "portfolio_showcase"]
HOST = "https://www.example.com"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"

pytestmark = [pytest.mark.slow]


@pytest.fixture(name="built", params=VARIANTS)
def _built(request: pytest.FixtureRequest, starter: Starter) -> Any:
    """Each starter in turn."""
    return starter(request.param)


class TestPages:
    """What holds for every page of every starter."""

    def test_an_entry_of_an_unknown_collection_has_a_page(self, built: Any) -> None:
        """A folder that the starter knows nothing of is published, with a list and its terms."""
        assert "<strong>plums</strong>" in built.read("recipes/plum-tart/index.html")
        assert 'href="/recipes/plum-tart/"' in built.read("recipes/index.html")
        assert 'href="/recipes/plum-tart/"' in built.read("tags/fruit/index.html")

    def test_drafts_and_the_future_are_not_published(self, built: Any) -> None:
        """Neither a draft nor an entry of a later date is anywhere, also not in what the browser loads later."""
        texts = [
            path
            for path in built.output.rglob("*")
            if path.is_file() and path.suffix in {".html", ".js", ".json", ".xml"}
        ]
        assert not any("nobody may read" in path.read_text("utf-8") for path in texts)

    def test_an_entry_answers_at_its_own_address(self, built: Any) -> None:
        """``url`` decides, ``locale`` is the entry's language, and braces stay braces."""
        page = built.read("legal/imprint.html")
        assert '<html lang="de">' in page
        assert "{notATemplate} and <b>bold</b>" in page
        assert f'<link rel="canonical" href="{HOST}/legal/imprint.html"' in page

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
        """Title, description, canonical address and social card are on every page, and nobody's advertisement."""
        for path in built.pages:
            page = path.read_text("utf-8")
            assert page.count("<title") == 1, path
            assert re.search(r'<meta name="description" content="[^"]+"', page), path
            assert ("404" in path.name) != bool(re.search(rf'<link rel="canonical" href="{HOST}/[^"]*"', page)), path
            assert re.search(rf'<meta property="og:image" content="{HOST}/images/[^"]+"', page), path
            assert page.count("<h1") == 1, path
            assert 'name="generator"' not in page, path

    def test_structured_data_can_be_read(self, built: Any) -> None:
        """Pages say to machines what they are."""
        types = {}
        for name in ("index.html", "recipes/plum-tart/index.html", "products/mug/index.html"):
            (block,) = re.findall(
                r'<script type="application/ld\+json"[^>]*>(.*?)</script>', built.read(name), re.DOTALL
            )
            types[name] = [item["@type"] for item in json.loads(block)]
        assert types["index.html"][0] == "WebSite"
        assert types["recipes/plum-tart/index.html"] == ["WebSite", "BlogPosting", "BreadcrumbList"]
        assert types["products/mug/index.html"][-1] == "Product"

    def test_nothing_is_inline(self, built: Any) -> None:
        """No page needs more than the strict policy: no inline code, style, handler or data address."""
        for path in built.pages:
            page = path.read_text("utf-8")
            assert not re.search(r"<script(?![^>]*(?:\bsrc=|ld\+json))", page), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|href=\"javascript:|=\"data:", page), path

    def test_the_runtime_starts_after_the_pages_own_scripts(self, built: Any) -> None:
        """Inline scripts became files; Gatsby's runtime reads what they set, so it must not overtake them."""
        page = built.read("index.html")
        runtime = re.findall(r'<script src="/(?:app|framework|webpack-runtime)-[0-9a-f]+\.js"([^>]*)>', page)
        assert len(runtime) == 3
        assert all(attributes.strip() in {"defer", 'defer=""'} for attributes in runtime)

    def test_the_design_and_the_own_sheet_are_linked(self, built: Any) -> None:
        """The shared stylesheet and the variant's are linked under hashed names."""
        sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', built.read("index.html"))
        assert any(re.fullmatch(r"/_design/style\.[0-9a-f]{16}\.css", sheet) for sheet in sheets)
        assert any(re.fullmatch(r"/styles\.[0-9a-f]{20}\.css", sheet) for sheet in sheets)
        assert all((built.output / sheet.lstrip("/")).is_file() for sheet in sheets)

    def test_pictures_come_in_several_widths(self, built: Any) -> None:
        """A picture of static/ is offered as WebP, with its size and its caption, and each file is there."""
        figure = built.read("recipes/plum-tart/index.html").partition("<figure>")[2].partition("</figure>")[0]
        assert 'alt="A crate"' in figure
        assert 'width="1200" height="630"' in figure
        assert "<figcaption>Plums</figcaption>" in figure
        offered = re.findall(r"(/static/[0-9a-f/]+/social\.webp) (\d+)w", figure)
        assert [width for _, width in offered] == ["360", "540", "720", "960", "1200"]
        assert all((built.output / path.lstrip("/")).is_file() for path, _ in offered)

    def test_headings_can_be_linked_and_tables_reached(self, built: Any) -> None:
        """Headings have ids; what scrolls sideways has a place in the order of the page."""
        page = built.read("recipes/plum-tart/index.html")
        assert '<h2 id="a-crate">A crate</h2>' in page
        assert '<div class="table-scroll" tabindex="0" role="region"' in page

    def test_every_link_leads_somewhere(self, built: Any) -> None:
        """Each address of the site's own is a file of the output."""
        for path in built.pages:
            for link in re.findall(r'(?:href|src)="(/[^"#?]*)', path.read_text("utf-8")):
                target = built.output / link.lstrip("/").replace("%20", " ").replace("%C3%9C", "Ü")
                assert (target / "index.html" if link.endswith("/") else target).is_file(), (path, link)

    def test_the_shop_is_on_its_pages_and_in_the_menu(self, built: Any) -> None:
        """A product has a page with the shop's button, a place in the list, and a strip on the home page."""
        page = built.read("products/mug/index.html")
        assert "Buy Mug" in page
        assert "3 in stock" in page.replace("<!-- -->", "")
        assert 'href="/products/mug/"' in built.read("products/index.html")
        assert 'class="shop-strip"' in built.read("index.html")
        assert re.search(r'<a [^>]*href="/products/"[^>]*>Shop</a>', built.read("404.html"))

    def test_the_content_model_can_be_read(self, built: Any) -> None:
        """content.toml describes collections, each with a title and a body."""
        collections = Content(built.root).collections
        assert len(collections) >= 3
        assert all({"title", "body"} <= {field.name for field in item.fields} for item in collections)


class TestFiles:
    """What stands beside the pages."""

    def test_the_sitemap_lists_what_can_be_found(self, built: Any) -> None:
        """Every page but the 404 page is listed, absolute and once."""
        root = ET.fromstring(built.read("sitemap.xml"))  # noqa: S314 - our own output
        found = sorted(item.text or "" for item in root.iter(LOCATION))
        names = [path.relative_to(built.output).as_posix() for path in built.pages if path.name != "404.html"]
        paths = [name.removesuffix("index.html").replace("Über uns", "%C3%9Cber%20uns") for name in names]
        assert found == sorted(f"{HOST}/{path}" for path in paths)

    def test_the_feed_has_the_whole_text(self, built: Any) -> None:
        """Dated entries are in the feed, newest first, with absolute addresses."""
        channel = ET.fromstring(built.read("feed.xml")).find("channel")  # noqa: S314 - our own output
        assert channel is not None
        items = channel.findall("item")
        assert all((item.findtext("link") or "").startswith(f"{HOST}/") for item in items)
        (tart,) = [item for item in items if item.findtext("title") == "Plum tart & more"]
        text = tart.findtext(ENCODED) or ""
        assert "<strong>plums</strong>" in text
        assert not re.search(r'(?:src|href|srcset)="/', text)
        assert [item.text for item in tart.findall("category")] == ["fruit", "autumn"]
        assert 'type="application/rss+xml"' in built.read("index.html")

    def test_robots_name_the_sitemap(self, built: Any) -> None:
        """Search engines are let in, and told where the sitemap is."""
        assert f"Sitemap: {HOST}/sitemap.xml" in built.read("robots.txt")

    def test_nothing_of_the_toolchain_is_published(self, built: Any) -> None:
        """Gatsby's own records, source maps and unused libraries stay out."""
        names = {path.relative_to(built.output).parts[0] for path in built.output.rglob("*")}
        assert not names & {"~partytown", "_gatsby", "chunk-map.json", "webpack.stats.json"}
        assert not list(built.output.rglob("*.map"))


class TestReactBusiness:
    """The timber builder."""

    def test_each_service_has_its_joint(self, starter: Starter) -> None:
        """Six drawings, six different ones, in the page itself."""
        page = starter("react_business").read("services/index.html")
        drawings = re.findall(r'<path class="joint-outline" d="([^"]+)"', page)
        assert len(drawings) == 6
        assert len(set(drawings)) == 6

    def test_projects_say_their_numbers(self, starter: Starter) -> None:
        """A project's page has joints, volume and days."""
        page = starter("react_business").read("projects/sattler-granary/index.html")
        assert re.findall(r'<dt>([^<]+)</dt><dd data-field="([a-z]+)">([^<]+)</dd>', page) == [
            ("Joints", "joints", "14"),
            ("Timber volume", "volume", "1.1 m³"),
            ("Raised in", "raised", "5 weeks"),
        ]

    def test_people_have_their_marks(self, starter: Starter) -> None:
        """Six people, each with strokes of their own."""
        page = starter("react_business").read("team/index.html")
        assert page.count('<svg class="mark"') == 6

    @pytest.mark.browser
    def test_the_form_says_what_is_missing(self, starter: Starter, serve: Any, page: Any) -> None:
        """It leads to the first gap, names each, and is sent to the site's endpoint."""
        with serve(starter("react_business")) as address:
            page.goto(f"{address}/quote/")
            page.wait_for_selector("form[novalidate]")
            assert page.get_attribute("form", "action") == "https://forms.example.com/f/1"
            page.fill("[name=place]", "Isny")
            page.fill("[name=email]", "nobody")
            page.click("form button")
            assert page.evaluate("document.activeElement.name") == "when"
            assert page.inner_text("#email-wrong") == "Give an address such as anna@example.com."
            assert page.get_attribute("[name=place]", "aria-invalid") is None


class TestContentBlog:
    """The kitchen chemists."""

    def test_each_article_leads_with_its_figure(self, starter: Starter) -> None:
        """The label stands in the page's head, before the text."""
        page = starter("content_blog").read("posts/egg-at-64/index.html")
        head = page.partition('<div class="prose"')[0]
        assert re.search(r'<p class="label-figure">64<span class="label-unit">', head)

    def test_authors_have_pages_with_their_articles(self, starter: Starter) -> None:
        """An article names its author, whose page lists it; the feed names people, not files."""
        built = starter("content_blog")
        assert '<a href="/authors/ines-marrow/">Ines Marrow</a>' in built.read("posts/egg-at-64/index.html")
        assert 'href="/posts/egg-at-64/"' in built.read("authors/ines-marrow/index.html")
        assert "<dc:creator>Ines Marrow</dc:creator>" in built.read("feed.xml")

    def test_the_index_holds_every_article(self, starter: Starter) -> None:
        """What the search looks through has text without markup, and no product that is none."""
        rows = json.loads(starter("content_blog").read("search.json"))
        (egg,) = [row for row in rows if row["url"] == "/posts/egg-at-64/"]
        assert "ovalbumin" in egg["text"]
        assert not any("<" in row["text"] for row in rows)

    @pytest.mark.browser
    def test_the_search_finds(self, starter: Starter, serve: Any, page: Any) -> None:
        """Typed with the keyboard, the word of a title comes first; nonsense finds nothing."""
        with serve(starter("content_blog")) as address:
            page.goto(f"{address}/search/?q=browning")
            page.wait_for_selector(".search-results a")
            page.focus("#search")
            page.fill("#search", "mayonn")
            wait_in_page(page, "document.querySelectorAll('.search-results a').length === 1")
            page.keyboard.press("Tab")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            # The result has the same words; only the entry has them as its heading.
            page.wait_for_selector("h1:has-text('It is the water that runs out')")
            page.go_back()
            page.wait_for_selector(".search-results a")
            page.fill("#search", "qqqq")
            page.wait_for_selector("text=Nothing found.")


class TestPortfolioShowcase:
    """The tile maker."""

    def test_filters_are_pages(self, starter: Starter) -> None:
        """Each filter is a link with a number, and its page shows those works alone."""
        built = starter("portfolio_showcase")
        assert re.search(
            r'href="/tags/kitchens/">kitchens(?:<!-- -->| )*<span>1</span>', built.read("works/index.html")
        )
        page = built.read("tags/kitchens/index.html")
        assert 'href="/works/izar/"' in page
        assert 'href="/works/lauburu/"' not in page
        assert re.search(r'<a aria-current="page" [^>]*href="/tags/kitchens/"', page)

    def test_the_cv_has_the_exhibitions(self, starter: Starter) -> None:
        """They come from their collection, apart by kind."""
        page = starter("portfolio_showcase").read("cv/index.html")
        solo = page.partition('id="solo"')[2].partition('id="group"')[0]
        assert re.findall(r'href="/exhibitions/([\w-]+)/"', solo) == ["salt", "wet-walls"]

    @pytest.mark.browser
    def test_a_filter_changes_the_wall_without_a_reload(self, starter: Starter, serve: Any, page: Any) -> None:
        """Gatsby's runtime has taken the page over, under the strict policy, and keeps the address in step."""
        with serve(starter("portfolio_showcase")) as address:
            page.goto(f"{address}/works/")
            # React marks the elements that it has taken over; before that a click loads the page anew.
            wait_in_page(
                page, "Object.keys(document.querySelector('.filters a')).some(key => key.startsWith('__reactProps'))"
            )
            page.evaluate("window.same = true")
            page.click(".filters a[href='/tags/stairs/']")
            page.wait_for_selector("h1:has-text('Stairs')")
            assert page.url == f"{address}/tags/stairs/"
            assert page.evaluate("window.same") is True
            assert page.locator(".tile-work").count() == 1
            page.go_back()
            page.wait_for_selector("h1:has-text('Works')")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_code_keeps_its_types(starter: Starter, variant: str) -> None:
    """TypeScript finds nothing in a site as it is scaffolded."""
    work = starter(variant).work
    done = subprocess.run(
        [work / "node_modules" / ".bin" / "tsc", "--noEmit"],
        cwd=work,
        env=npm_env(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout == ""
