"""The checks of a live site find what they are for; each is tried on a page that has that fault."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_testing.quality.checks import content_page
from platform_testing.quality.findings import Finding, told
from platform_testing.quality.links import check_feeds, check_links, check_pages, check_wayfinding, read_pages
from platform_testing.quality.live import LiveSite
from platform_testing.quality.markup import check_markup
from platform_testing.quality.pages import read_page
from platform_testing.quality.rendered import check_rendered, choose_pages, open_browser, photograph
from platform_testing.quality.served import check_server, rendered_addresses
from platform_testing.quality.speed import Measured, check_speed
from platform_testing.quality.tooling import axe_source, run_tool

HEAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Ferry times</title>'
    '<meta name="description" content="When the ferry goes."><link rel="canonical" href="{address}/">'
    '<link rel="icon" href="/icon.svg"></head><body>'
)
MAIN = '<main id="main"><h1>Ferry times</h1><p>The ferry goes at <a href="/#main">eight</a> every morning.</p></main>'
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
MAPS = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{address}/</loc></url></urlset>'
GOOD = {
    "index.html": HEAD + MAIN + "</body></html>\n",
    "icon.svg": ICON,
    "robots.txt": "User-agent: *\nDisallow:\n\nSitemap: {address}/sitemap.xml\n",
    "sitemap.xml": MAPS,
}
Serve = Callable[..., LiveSite]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not tell of each request."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Return a function that serves the good site with some files in place of its own."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    address = f"http://localhost:{server.server_port}"

    def site(*, main: str = MAIN, **files: str) -> LiveSite:
        texts = GOOD | {"index.html": HEAD + main + "</body></html>\n"} | files
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text.replace("{address}", address), "utf-8")
        found = {name: tmp_path / name for name in texts}
        return LiveSite("ferry", address, server.server_port, found, r"(?!)")

    yield site
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless browser."""
    with open_browser() as opened:
        yield opened


def found_by(check: Callable[..., Any], site: LiveSite) -> list[str]:
    """Return what a check of pages finds."""
    return [item.what for item in check(site, read_pages(site))]


def rendered(site: LiveSite, browser: Any) -> list[tuple[str, str]]:
    """Return what the browser finds on every page."""
    return [(item.check, item.what) for item in check_rendered(site, read_pages(site), browser)]


def test_a_good_site_passes_what_needs_no_browser(serve: Serve) -> None:
    """Nothing is found where nothing is wrong."""
    site = serve()
    for check in (check_pages, check_links, check_feeds, check_wayfinding, check_markup):
        assert found_by(check, site) == []


@pytest.mark.browser
def test_a_good_page_passes_in_a_browser(serve: Serve, browser: Any) -> None:
    """Nothing is found where nothing is wrong."""
    assert rendered(serve(), browser) == []


@pytest.mark.parametrize(
    ("html", "told_of"),
    [
        ('<a href="/nowhere/">x</a>', "answers 404"),
        ('<a href="/#nowhere">x</a>', "without #nowhere"),
        ('<a href="#">x</a>', "needs JavaScript"),
        ('<a href="/more">x</a>', "by way of a redirect"),
        ('<img src="/lost.webp" alt="">', "answers 404"),
        ('<img src="/icon.svg" srcset="/icon.svg 1x,/lost.webp 2x" alt="">', "lost.webp answers 404"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(serve: Serve, html: str, told_of: str) -> None:
    """Pages, anchors, redirects, and files in every attribute."""
    (what,) = found_by(check_links, serve(main=MAIN + html, **{"more/index.html": GOOD["index.html"]}))
    assert told_of in what


def test_what_pages_lead_to_and_is_no_file_is_asked_from_the_server(serve: Serve) -> None:
    """A server that does not render it is found out."""
    site = serve(main=MAIN + '<a href="/now/?a=1">x</a><a href="/icon.svg">y</a><a href="https://other.example/">z</a>')
    assert rendered_addresses(site, read_pages(site)) == ["/now/"]
    assert ("/now/", "answers 404 and not 200") in [
        (item.page, item.what) for item in check_server(site, read_pages(site))
    ]


def test_a_lost_file_of_a_stylesheet_is_found(serve: Serve) -> None:
    """What a stylesheet names is asked for too."""
    (what,) = found_by(check_links, serve(**{"a.css": "body{background:url('/lost.png')} i{background:url(data:x)}"}))
    assert what == "url(/lost.png) answers 404"


def test_a_relative_link_of_the_error_page_is_found(serve: Serve) -> None:
    """The error page is shown at any address."""
    (what,) = found_by(check_links, serve(**{"404.html": HEAD + MAIN.replace("/#main", "icon.svg")}))
    assert "is relative" in what


@pytest.mark.parametrize(
    ("part", "instead", "told_of"),
    [
        ("<title>Ferry times</title>", "<title></title>", "no title"),
        (' lang="en"', "", "no language"),
        ("<h1>Ferry times</h1>", "<h2>Ferry times</h2>", "0 h1"),
        ("<h1>", "<h1>One</h1><h1>", "2 h1"),
        ("When the ferry goes.", "", "descriptions"),
        ('<link rel="canonical" href="{address}/">', "", "0 canonical"),
        ("{address}/", "https://other.example/", "of another site"),
        ("{address}/", "{address}/other/", "another page's"),
        ('<link rel="icon" href="/icon.svg">', "", "no icon"),
        ("<main", "<div", "main elements"),
    ],
)
def test_what_a_page_does_not_say_is_found(serve: Serve, part: str, instead: str, told_of: str) -> None:
    """Each of the things that every page says."""
    html = GOOD["index.html"]
    assert part in html
    found = found_by(check_pages, serve(**{"index.html": html.replace(part, instead, 1)}))
    assert [what for what in found if told_of in what]


def test_a_page_that_is_not_indexed_needs_less(serve: Serve) -> None:
    """A page for nobody needs no description and no canonical address."""
    html = GOOD["index.html"].replace(
        '<meta name="description"', '<meta name="robots" content="noindex"><meta name="x"'
    )
    assert found_by(check_pages, serve(**{"index.html": html})) == []


@pytest.mark.parametrize(
    ("files", "told_of"),
    [
        ({"robots.txt": "User-agent: *\nDisallow: /\n\nSitemap: {address}/sitemap.xml\n"}, "keeps everybody out"),
        ({"robots.txt": "User-agent: *\nDisallow:\n"}, "names no sitemap"),
        ({"robots.txt": "Sitemap: https://other.example/sitemap.xml\n"}, "of another site"),
        ({"sitemap.xml": "<urlset>"}, "is not XML"),
        ({"sitemap.xml": MAPS.replace("{address}/", "{address}/lost/")}, "which answers 404"),
        ({"sitemap.xml": MAPS.replace("{address}/", "{address}/icon.svg")}, "home page is not in the sitemap"),
    ],
)
def test_a_machine_that_is_misled_is_found(serve: Serve, files: dict[str, str], told_of: str) -> None:
    """robots.txt and sitemap."""
    assert [what for what in found_by(check_wayfinding, serve(**files)) if told_of in what]


@pytest.mark.parametrize(
    ("feed", "told_of"),
    [
        ("<rss><channel></rss>", "is not XML"),
        ("<rss><channel/></rss>", "has no entries"),
        ("<rss><channel><item><link>{address}/lost/</link></item></channel></rss>", "which answers 404"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/"/></entry></feed>', "not an absolute address"),
        ("<rss><channel><item><link>{address}/</link></item></channel></rss>", ""),
    ],
)
def test_a_broken_feed_is_found(serve: Serve, feed: str, told_of: str) -> None:
    """A feed that is announced has entries with absolute links that answer."""
    link = '<link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel="icon"'
    files = {"index.html": GOOD["index.html"].replace('<link rel="icon"', link), "feed.xml": feed}
    found = found_by(check_feeds, serve(**files))
    assert [told_of in what for what in found] == ([True] if told_of else [])


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<p><div>x</div></p>", "close-order"),
        ("<ul><p>x</p></ul>", "element-permitted-content"),
        ('<p id="main">x</p>', "no-dup-id"),
        ("<blink>x</blink>", "deprecated"),
        ('<a href="/" hreff="/">x</a><button aria-label="">x</button><img src="/icon.svg">', "wcag/h37"),
    ],
)
def test_invalid_markup_is_found(serve: Serve, html: str, rule: str) -> None:
    """The rules that are on report what the standard forbids."""
    assert rule in {what.partition(":")[0] for what in found_by(check_markup, serve(main=MAIN + html))}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("html", "check", "told_of"),
    [
        ('<img src="/icon.svg">', "axe-light", "image-alt"),
        ("<style>@media (prefers-color-scheme: dark){main{background:#000;color:#222}}</style>", "axe-dark", "color-contrast"),
        ('<div class="wide" style="width:400px">x</div>', "320px", "div.wide"),
        ('<style>body{overflow-x:hidden}</style><div class="wide" style="width:400px">x</div>', "320px", "div.wide"),
        ("<script>document.querySelector('main').append(' that only scripts have written here'.repeat(3))</script>", "no-script", "words need"),
        ("<script>document.querySelector('main').innerHTML += '<a href=/more/>eight</a>'</script>", "no-script", "/more/"),
        ("<style>main{opacity:0}</style><script>document.querySelector('main').style.opacity = 1</script>", "no-script", "can't be seen"),
        ("<script>undefined.x</script>", "console", "a script failed"),
        ('<img src="https://other.example/x.png" alt="">', "console", "was not loaded"),
    ],
)  # fmt: skip
def test_a_faulty_page_is_found_in_a_browser(serve: Serve, browser: Any, html: str, check: str, told_of: str) -> None:
    """Accessibility in both schemes, width, scripts, and errors."""
    found = rendered(serve(main=MAIN.replace("</main>", f"{html}</main>")), browser)
    assert [what for name, what in found if name == check and told_of in what], found


@pytest.mark.browser
def test_a_control_that_a_script_adds_is_no_content(serve: Serve, browser: Any) -> None:
    """A calculator that only scripts can work needs no words without them."""
    script = "document.querySelector('main').innerHTML += '<label>Pounds for each of these many miles <input></label>'"
    assert rendered(serve(main=MAIN.replace("</main>", f"</main><script>{script}</script>")), browser) == []


@pytest.mark.browser
def test_what_scrolls_by_itself_does_not_stick_out(serve: Serve, browser: Any) -> None:
    """A wide table in a box that scrolls is fine on a small screen."""
    box = (
        '<div style="overflow-x:auto" tabindex="0" role="region" aria-label="Times"><p style="width:900px">x</p></div>'
    )
    assert rendered(serve(main=MAIN.replace("</main>", f"{box}</main>")), browser) == []


@pytest.mark.browser
def test_a_picture_is_small(serve: Serve, browser: Any, tmp_path: Path) -> None:
    """It is WebP, 640 pixels wide and at most forty kilobytes."""
    from PIL import Image

    photograph(serve(), browser, tmp_path / "shown.webp")
    with Image.open(tmp_path / "shown.webp") as image:
        assert (image.format, image.width) == ("WEBP", 640)
    assert (tmp_path / "shown.webp").stat().st_size <= 40_000


def test_each_kind_of_page_is_chosen_once() -> None:
    """Pages of one template are taken once; home and error page always; never more than the cap."""
    posts = [read_page(f"/posts/{n}/", "", "<main><article class='post'>word</article></main>") for n in range(9)]
    others = [read_page(address, "", "<main></main>") for address in ("/", "/404.html", "/about/")]
    chosen = [page.address for page in choose_pages([*posts, *others])]
    assert sorted(chosen) == ["/", "/404.html", "/about/", "/posts/0/"]
    assert len(choose_pages([*posts, *others], cap=3)) == 3


def test_the_page_with_most_to_read_is_the_one_of_content() -> None:
    """The home page does not count, and neither does one that nobody is to find."""
    words = {"/": 9, "/a/": 2, "/b/": 5, "/hidden/": 7}
    pages = [read_page(address, "", f"<main>{'w ' * count}</main>") for address, count in words.items()]
    pages[-1].metas["robots"] = ["noindex"]
    found = content_page(pages)
    assert found
    assert found.address == "/b/"


def test_a_score_below_the_limit_is_told_with_its_reason() -> None:
    """One finding for each category that is too low."""
    scores = {"performance": 94, "seo": 95}
    (finding,) = check_speed([Measured("/", scores, {}, {"performance": ["Reduce unused CSS"]}, 0.1, 1500)])
    assert (finding.check, finding.page) == ("lighthouse", "/")
    assert finding.what == "performance is 94, below 95: Reduce unused CSS"


def test_what_many_pages_share_is_told_once() -> None:
    """Equal findings are one line, with the first pages and a count."""
    findings = [Finding("page", f"/{n}/", "there is no title") for n in range(5)]
    assert list(told(findings)) == ["page: there is no title (/0/, /1/, /2/ and 2 more)"]


@pytest.mark.slow
def test_the_tools_install_from_their_lock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock file alone brings them into an empty cache, and they start."""
    monkeypatch.setenv("PLATFORM_CACHE", str(tmp_path))
    assert run_tool("validate.mjs", given="[]") == "[]"
    assert "axe" in axe_source()
