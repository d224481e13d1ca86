"""What pages say about themselves, and where everything leads that they name."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

from platform_testing.quality.answers import AT_ONCE
from platform_testing.quality.findings import Finding
from platform_testing.quality.live import LiveSite
from platform_testing.quality.pages import Link, Page, read_page
from platform_testing.urls import Answer, ask, urls_of

__all__ = ["check_feeds", "check_links", "check_pages", "check_wayfinding", "read_pages"]

ERROR_PAGE = "/404.html"
_CSS_URL = re.compile(r"""url\(\s*(['"]?)([^'")]+)\1\s*\)""")
_SITEMAP = re.compile(r"^sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def read_pages(site: LiveSite) -> list[Page]:
    """Read every page of a release at its canonical address."""
    rows = (row for row in urls_of(site.files) if row.status == 200 and row.file.endswith(".html"))
    return [read_page(unquote(row.asked), row.file, site.read(row.file).decode("utf-8", "replace")) for row in rows]


def check_pages(site: LiveSite, pages: Iterable[Page]) -> Iterator[Finding]:
    """Look for title, description, canonical address, one first heading, language and icon."""
    for page in pages:
        if page.refresh:
            continue
        for what in _shortcomings(site, page):
            yield Finding("page", page.address, what)


def _shortcomings(site: LiveSite, page: Page) -> Iterator[str]:
    if not page.title:
        yield "there is no title"
    if not page.lang:
        yield "<html> names no language"
    if page.headings != 1:
        yield f"there are {page.headings} h1 and not one"
    if page.mains != 1:
        yield f"there are {page.mains} main elements and not one"
    if not page.icons and "favicon.ico" not in site.files:
        yield "there is no icon"
    if not page.indexed or page.address == ERROR_PAGE:
        return
    if [text for text in page.description if text.strip()] != page.description or len(page.description) != 1:
        yield f"there are {len(page.description)} descriptions with text and not one"
    if len(page.canonical) != 1:
        yield f"there are {len(page.canonical)} canonical addresses and not one"
    elif not page.canonical[0].startswith(f"{site.address}/"):
        yield f"the canonical address {page.canonical[0]} is not absolute, or of another site"
    elif unquote(page.canonical[0].removeprefix(site.address)) != page.address:
        yield f"the canonical address {page.canonical[0]} is another page's"


def check_links(site: LiveSite, pages: Iterable[Page]) -> Iterator[Finding]:
    """Follow every link inside the site, and every file that a page or a stylesheet names."""
    known = {page.address: page for page in pages}
    named = [(page.address, link) for page in known.values() for link in page.links]
    named += [(address, link) for address, link in _of_stylesheets(site)]
    inside: dict[str, list[tuple[str, Link, str]]] = {}
    for address, link in named:
        if link.kind == "page" and _leads_nowhere(link.target):
            yield Finding("links", address, f"{link.where} needs JavaScript to lead anywhere")
            continue
        if address == ERROR_PAGE and not urlsplit(link.target).scheme and not link.target.startswith(("/", "#")):
            yield Finding("links", address, f"{link.where} is relative, and this page is shown at any address")
        target, anchor = urldefrag(urljoin(site.address + address, link.target))
        if target.startswith(f"{site.address}/") or target == site.address:
            inside.setdefault(target.removeprefix(site.address) or "/", []).append((address, link, anchor))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = dict(zip(inside, pool.map(functools.partial(_ask, site), inside), strict=True))
    for path, uses in inside.items():
        for address, link, anchor in uses:
            if what := _wrong(answers[path], known, path, link, anchor):
                yield Finding("links", address, f"{link.where} {what}")


def _leads_nowhere(target: str) -> bool:
    return not target.strip() or target.strip() == "#" or target.strip().lower().startswith("javascript:")


def _ask(site: LiveSite, path: str) -> Answer:
    return ask(site.port, urlsplit(path)._replace(fragment="").geturl().replace(" ", "%20"))


def _wrong(answer: Answer, known: Mapping[str, Page], path: str, link: Link, anchor: str) -> str:
    if answer.status in {301, 302, 307, 308}:
        return (
            f"leads there by way of a redirect to {answer.headers.get('location', '')}" if link.kind != "named" else ""
        )
    if answer.status != 200:
        return f"answers {answer.status}"
    page = known.get(unquote(urlsplit(path).path))
    if anchor and not anchor.startswith(":~:") and anchor != "top" and page and unquote(anchor) not in page.ids:
        return f"leads to a page without #{anchor}"
    return ""


def _of_stylesheets(site: LiveSite) -> Iterator[tuple[str, Link]]:
    for name in site.files:
        if name.endswith(".css"):
            for _, target in _CSS_URL.findall(site.read(name).decode("utf-8", "replace")):
                if not target.startswith(("data:", "#")):
                    yield f"/{name}", Link(target, "file", f"url({target})")


def check_feeds(site: LiveSite, pages: Iterable[Page]) -> Iterator[Finding]:
    """Read every feed that a page announces; it needs entries, and their links have to answer."""
    announced = {urljoin(site.address + page.address, feed) for page in pages for feed in page.feeds}
    for feed in sorted(announced):
        path = feed.removeprefix(site.address)
        root = _xml(_ask(site, path))
        if root is None:
            yield Finding("feed", path, "is not XML")
            continue
        links = list(_feed_links(root))
        if not links:
            yield Finding("feed", path, "has no entries")
        yield from _dead("feed", path, site, links)


def _feed_links(root: Element) -> Iterator[str]:
    """Yield the address of each entry of an RSS or Atom feed."""
    for item in root.iter():
        name = item.tag.rpartition("}")[2]
        if name in {"item", "entry"}:
            for part in item:
                if part.tag.rpartition("}")[2] == "link" and part.get("rel", "alternate") == "alternate":
                    yield (part.get("href") or part.text or "").strip()
                    break
            else:
                yield ""


def check_wayfinding(site: LiveSite, pages: Iterable[Page]) -> Iterator[Finding]:
    """Look for robots.txt, what it names, and a sitemap whose addresses answer."""
    robots = _ask(site, "/robots.txt")
    if robots.status != 200:
        yield Finding("robots", "/robots.txt", f"answers {robots.status}")
        return
    text = robots.body.decode("utf-8", "replace")
    if re.search(r"^disallow:\s*/\s*$", text, re.IGNORECASE | re.MULTILINE):
        yield Finding("robots", "/robots.txt", "keeps everybody out")
    maps = _SITEMAP.findall(text)
    if not maps:
        yield Finding("sitemap", "/robots.txt", "names no sitemap")
    listed: set[str] = set()
    for address in maps:
        if not address.startswith(f"{site.address}/"):
            yield Finding("sitemap", "/robots.txt", f"names {address}, which is not absolute, or of another site")
            continue
        yield from _sitemap(site, address.removeprefix(site.address), listed)
    hidden = {site.address + page.address for page in pages if not page.indexed}
    for address in sorted(hidden & {unquote(item) for item in listed}):
        yield Finding("sitemap", address.removeprefix(site.address), "is in the sitemap and says noindex")
    if maps and f"{site.address}/" not in listed:
        yield Finding("sitemap", "/", "the home page is not in the sitemap")


def _sitemap(site: LiveSite, path: str, listed: set[str]) -> Iterator[Finding]:
    answer = _ask(site, path)
    root = _xml(answer)
    if root is None:
        yield Finding("sitemap", path, f"is not XML; it answers {answer.status}")
        return
    found = [item.text.strip() for item in root.iter() if item.tag.rpartition("}")[2] == "loc" and item.text]
    if root.tag.rpartition("}")[2] == "sitemapindex":
        for address in found:
            yield from _sitemap(site, address.removeprefix(site.address), listed)
        return
    listed.update(found)
    yield from _dead("sitemap", path, site, found)


def _dead(check: str, where: str, site: LiveSite, links: Iterable[str]) -> Iterator[Finding]:
    for link in links:
        if not link.startswith(f"{site.address}/"):
            yield Finding(check, where, f"names {link or 'nothing'}, which is not an absolute address of the site")
        elif (status := _ask(site, urldefrag(link.removeprefix(site.address)).url).status) != 200:
            yield Finding(check, where, f"names {link.removeprefix(site.address)}, which answers {status}")


def _xml(answer: Answer) -> Element | None:
    try:
        return fromstring(answer.body) if answer.status == 200 else None  # noqa: S314  the site's own file
    except (ParseError, ValueError):
        return None
