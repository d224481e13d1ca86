"""How a site answers that is rendered on a server too: from files, from the server, and when neither has anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from platform_testing.quality.findings import Finding
from platform_testing.quality.live import LiveSite
from platform_testing.quality.pages import Page, read_page
from platform_testing.urls import Answer, ask, check_url, urls_of

__all__ = ["check_server", "rendered_addresses"]

PREPARED = 3
MISSING = "/there/is/no/such/page/"
ERROR_PAGE = "404.html"
# What the edge, the function and its guard tell each other, and nobody else.
OURS = "x-platform-"


def rendered_addresses(site: LiveSite, pages: Iterable[Page]) -> list[str]:
    """Return the addresses to which pages lead and for which there is no file: the server renders those."""
    known = {row.asked for row in urls_of(site.files)}
    found = set()
    for page in pages:
        for link in page.links:
            target = urldefrag(urljoin(site.address + page.address, link.target)).url
            if link.kind == "page" and target.startswith(f"{site.address}/"):
                found.add(quote(urlsplit(target).path, safe="/!$&'()*+,:;=@~%"))
    return sorted(found - known)


def check_server(site: LiveSite, pages: Iterable[Page]) -> Iterator[Finding]:
    """Ask for prepared pages, for what the server renders, for what is missing, and for what may be kept."""
    rendered = [item for address in rendered_addresses(site, pages) for item in _page(site, address, 200)]
    missing = [*_page(site, MISSING, 404), *_missing(site)]
    for address, what in (*_prepared(site), *rendered, *missing, *_kept(site)):
        yield Finding("server", address, what)


def _prepared(site: LiveSite) -> Iterator[tuple[str, str]]:
    """Pages that are files come as they are, from each of their spellings."""
    bodies = {name: site.read(name) for name in site.files if name.endswith("index.html")}
    names = sorted(bodies, key=len)[:PREPARED]
    for row in urls_of(names):
        try:
            check_url(site.port, row, bodies)
        except (AssertionError, OSError) as error:
            yield row.asked, str(error).splitlines()[0]
        if row.status == 200:
            yield from ((row.asked, what) for what in _without_body(site, row.asked, 200))


def _page(site: LiveSite, address: str, status: int) -> Iterator[tuple[str, str]]:
    """A page of the server has its status, a first heading, a policy, and nothing of how it came through."""
    answer = ask(site.port, address)
    if answer.status != status:
        yield address, f"answers {answer.status} and not {status}"
        return
    if read_page(address, "", answer.body.decode("utf-8", "replace")).headings != 1:
        yield address, "is no page with one first heading"
    if not answer.headers.get("content-security-policy"):
        yield address, "comes without a policy"
    yield from ((address, f"tells of {name}") for name in answer.headers if name.startswith(OURS))
    yield from ((address, what) for what in _without_body(site, address, status))


def _without_body(site: LiveSite, address: str, status: int) -> Iterator[str]:
    answer = ask(site.port, address, method="HEAD")
    if (answer.status, answer.body) != (status, b""):
        yield f"answers HEAD with {answer.status} and {len(answer.body)} bytes"


def _missing(site: LiveSite) -> Iterator[tuple[str, str]]:
    """What is missing shows the page that the release has for it, whoever answers."""
    if ERROR_PAGE in site.files and _heading(ask(site.port, MISSING)) != _heading_in(site.read(ERROR_PAGE)):
        yield MISSING, "does not show the site's own page for what is missing"


def _kept(site: LiveSite) -> Iterator[tuple[str, str]]:
    """A file whose name holds a hash is kept for ever."""
    for name in sorted(name for name in site.files if re.fullmatch(site.fingerprinted, name))[:1]:
        answer = ask(site.port, f"/{quote(name)}")
        if answer.status != 200 or "immutable" not in answer.headers.get("cache-control", ""):
            yield f"/{name}", f"answers {answer.status} with cache-control {answer.headers.get('cache-control')!r}"


def _heading(answer: Answer) -> str:
    return _heading_in(answer.body)


def _heading_in(page: bytes) -> str:
    found = re.search(r"<h1\b[^>]*>(.*?)</h1>", page.decode("utf-8", "replace"), re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", found[1]).split()) if found else ""
