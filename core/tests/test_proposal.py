"""The proposal is one page: whole, escaped, printable, with every source."""

from __future__ import annotations

import dataclasses
import datetime as dt
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from platform_core.catalogue import Catalogue
from platform_core.discovery import Plugin
from platform_core.manifest import Manifest, Plan, Price
from platform_core.pricing import estimate
from platform_core.proposal import render_proposal

PRICE = Price((50, 75), (900, 2600))
DAY = dt.date(2026, 3, 4)
EVIL = "<script>alert('x')</script>"


class Page(HTMLParser):
    """Collects elements, text and what would be loaded."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text, the style too."""
        return "".join(self.words)


def page(*, client: str = "Acme", name: str = "Pages", price: Price | None = PRICE, **plan: Any) -> str:
    """Return the proposal for a site with a CMS."""
    engine = Manifest(schema=1, id="zola", kind="ssg", name="Zola", summary="An engine.", stack_type="zola_template")
    cms = Manifest(
        schema=1,
        id="pages",
        kind="cms",
        name=name,
        summary="A CMS.",
        stack_type="pages_cms_tier",
        price=price,
        certified_engines=("zola",),
        plans=(Plan("Team", 29.0, "https://pages.example/pricing", "2026-01-31", f"Ten people {EVIL}", **plan),),
    )
    engine = dataclasses.replace(engine, price=Price((10, 20), (1, 2)))
    found = Catalogue(tuple(Plugin(item.id, item.kind, 1, item.id, "1", "", manifest=item) for item in (engine, cms)))
    return render_proposal(
        estimate(found, found.check("zola", "pages")), client=client, domain="www.acme.example", date=DAY
    )


def test_it_loads_nothing() -> None:
    """Style is inside; there is no script, no picture, no font."""
    text = page()
    found = Page(text)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in found.tags}
    assert not [attrs for _, attrs in found.tags if "src" in attrs or "href" in attrs or "onclick" in attrs]
    assert "url(" not in text
    assert "@import" not in text


def test_what_comes_from_elsewhere_is_escaped() -> None:
    """Client, names and notes are text."""
    found = Page(page(client=EVIL, name=EVIL))
    assert not [tag for tag, _ in found.tags if tag == "script"]
    assert found.text.count(EVIL) >= 4


def test_tables_can_be_read_without_seeing_them() -> None:
    """Each has a caption, heads with a scope, and can be scrolled with the keyboard."""
    found = Page(page())
    count = [tag for tag, _ in found.tags].count
    assert count("table") == count("caption") >= 6
    assert all(attrs.get("scope") in {"col", "row"} for tag, attrs in found.tags if tag == "th")
    regions = [attrs for tag, attrs in found.tags if attrs.get("role") == "region"]
    assert len(regions) == count("table")
    assert all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in regions)


def test_it_has_a_language_one_heading_and_sections() -> None:
    """As a document has."""
    found = Page(page())
    tags = [tag for tag, _ in found.tags]
    assert ("html", {"lang": "en"}) in found.tags
    assert tags.count("h1") == tags.count("main") == 1
    assert tags.count("h2") == tags.count("section") == 6


def test_it_names_sums_sources_and_dates() -> None:
    """What is paid, whose price it is, and when that was read."""
    said = Page(page()).text
    for part in ("4 March 2026", "79 to 104 a month", "Ten people", "https://pages.example/pricing", "2026-01-31"):
        assert part in said
    assert "https://aws.amazon.com/cloudfront/pricing/" in said
    assert "quoted by others" in said


def test_it_says_of_what_the_site_is_made() -> None:
    """Each part with the sentence of its manifest."""
    said = Page(page()).text
    assert "Zola: An engine." in said
    assert "Pages: A CMS." in said


def test_it_says_with_what_plans_are_counted() -> None:
    """Seats are an assumption, and a plan's terms stand beside its source."""
    said = Page(page(seats=1, seat=9.0)).text
    assert "88 to 113 a month" in said
    assert "What the providers' plans are counted with" in said
    assert "People who log in at each provider2" in said
    assert "USD 29 a month for 1 seat, 9 for each further seat" in said


def test_a_price_that_is_not_known_is_not_nothing() -> None:
    """In the sum, in the rows, and in the notes."""
    said = Page(page(commercial=False)).text
    assert "50 to 75 a month, and what has no known price" in said
    assert "comes on top, price unknown" in said
    assert "Pages, plan Team, is not counted: it is not for commercial use." in said


def test_a_combination_without_a_price_says_so() -> None:
    """In place of a sum."""
    said = Page(page(price=None)).text
    assert "The agency's fee comes with an estimate of the work." in said
    assert "Together, a month" not in said


def test_equal_input_gives_an_equal_page() -> None:
    """So a proposal can be compared with the one before."""
    assert page() == page()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 390])
def test_it_is_accessible_and_fits_a_phone(browser: Any, tmp_path: Path, width: int) -> None:
    """Axe finds nothing; the page is as wide as the window; what the policy forbids is not tried."""
    from platform_testing.quality.tooling import axe_source

    (tmp_path / "proposal.html").write_text(page(), "utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    try:
        tab = context.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.goto((tmp_path / "proposal.html").as_uri())
        tab.evaluate(axe_source())
        found = tab.evaluate("axe.run(document).then((result) => result.violations.map((item) => item.id))")
        assert found == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert said == []
    finally:
        context.close()
