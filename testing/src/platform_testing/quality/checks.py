"""All checks of one live site."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from platform_testing.quality.answers import check_answers, check_delivery
from platform_testing.quality.findings import Finding
from platform_testing.quality.links import check_feeds, check_links, check_pages, check_wayfinding, read_pages
from platform_testing.quality.live import LiveSite
from platform_testing.quality.markup import check_markup
from platform_testing.quality.pages import Page
from platform_testing.quality.rendered import check_rendered, choose_pages
from platform_testing.quality.speed import Measured, check_speed, measure_calmly

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["Report", "check_site", "content_page", "measure_site"]


@dataclass
class Report:
    """What was found on one site.

    Attributes:
        pages: How many there are.
        opened: The addresses of those that a browser opened.
        bytes: The size of the release.
        seconds: Check -> how long it took.
        measured: What Lighthouse said.
    """

    findings: list[Finding] = field(default_factory=list)
    pages: int = 0
    opened: list[str] = field(default_factory=list)
    bytes: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)

    def add(self, name: str, check: Callable[[], Iterable[Finding]]) -> None:
        """Run a check and keep what it finds, and how long it took."""
        started = time.monotonic()
        self.findings += check()
        self.seconds[name] = round(time.monotonic() - started, 2)


def check_site(site: LiveSite, browser: Browser | None) -> Report:
    """Run every check but Lighthouse; those that need a browser only with one."""
    pages = read_pages(site)
    report = Report(pages=len(pages), bytes=sum(path.stat().st_size for path in site.files.values()))
    report.add("urls", lambda: check_answers(site))
    report.add("delivery", lambda: check_delivery(site))
    report.add("pages", lambda: check_pages(site, pages))
    report.add("links", lambda: check_links(site, pages))
    report.add("feeds", lambda: [*check_feeds(site, pages), *check_wayfinding(site, pages)])
    report.add("markup", lambda: check_markup(site, pages))
    if browser:
        chosen = choose_pages(pages)
        report.opened = [page.address for page in chosen]
        report.add("browser", lambda: check_rendered(site, chosen, browser))
    return report


def measure_site(site: LiveSite, report: Report) -> None:
    """Run Lighthouse on the home page and on one page of content, and add it to *report*."""
    paths = ["/", *([content.address] if (content := content_page(read_pages(site))) else [])]
    report.measured = measure_calmly(site, paths)
    report.findings += check_speed(report.measured)


def content_page(pages: Iterable[Page]) -> Page | None:
    """Return the page with the most to read, the home page aside."""
    return max(
        (page for page in pages if page.indexed and page.address != "/"), key=lambda page: page.words, default=None
    )
