"""The engines that render on a server, each with a starter of its own: the real stack, function and edge.

A starter is built with `rendering = "server"`, deployed into the embedded AWS and published,
and then asked over HTTP, through the real viewer function.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from zoneinfo import ZoneInfo

import pytest

from platform_testing.quality import Fleet, LiveSite, check_server, open_fleet, read_project, told, write_starter
from platform_testing.quality.links import read_pages
from platform_testing.quality.served import rendered_addresses
from platform_testing.urls import Answer, ask, urls_of

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

NEXT, NUXT, ASTRO = "nextjs/business_app", "nuxt/vue_business", "astro/modern_interactive"
Serve = Callable[[str], LiveSite]


@pytest.fixture(scope="module", name="serve")
def _serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Return a function that builds and publishes a starter, the first time, and gives its site."""
    base = tmp_path_factory.mktemp("engines")
    projects = {}
    for name in (NEXT, NUXT, ASTRO):
        engine, variant = name.split("/")
        write_starter(base / engine, engine, variant, rendering="server")
        projects[name] = read_project(base / engine)
    with ExitStack() as stack:
        fleet: Fleet = stack.enter_context(open_fleet())
        fleet.deploy(list(projects.values()), base)

        @functools.cache
        def serve(name: str) -> LiveSite:
            project = projects[name]
            return stack.enter_context(fleet.serve(project, project.build()))

        yield serve


@pytest.fixture(name="site", params=[NEXT, NUXT, ASTRO])
def _site(request: pytest.FixtureRequest, serve: Serve) -> LiveSite:
    """Each engine's site in turn."""
    return serve(request.param)


def _heading(answer: Answer) -> str:
    found = re.search(r"<h1\b[^>]*>(.*?)</h1>", answer.body.decode(), re.DOTALL)
    assert found, answer.body
    return re.sub(r"<[^>]*>", "", found[1]).strip()


def test_the_site_answers_as_its_release_says(site: LiveSite):
    """Prepared pages, pages that the server renders, HEAD, and what is missing are as the checks of starters want them."""
    assert list(told(check_server(site, read_pages(site)))) == []


def test_a_prepared_page_is_a_file(site: LiveSite):
    """The home page comes from the bucket as it was built, and another spelling of a page leads to it."""
    answer = ask(site.port, "/")
    assert (answer.status, answer.body) == (200, site.read("index.html"))
    assert "s-maxage=31536000" in answer.headers["cache-control"]
    other = next(row for row in urls_of(site.files) if row.status == 301)
    answer = ask(site.port, f"{other.asked}?a=1")
    assert (answer.status, answer.headers["location"]) == (301, f"{other.location}?a=1")


def test_a_missing_asset_is_not_asked_from_the_server(site: LiveSite):
    """Below the engine's folder of assets the release alone decides; it shows the page that it has for what is missing."""
    name = next(name for name in sorted(site.files) if re.fullmatch(site.fingerprinted, name))
    answer = ask(site.port, f"/{name.rpartition('/')[0]}/gone.js")
    assert (answer.status, answer.body) == (404, site.read("404.html"))


def test_nothing_is_posted_to_a_file(site: LiveSite):
    """Files answer GET and HEAD."""
    answer = ask(site.port, "/", method="POST", body=b"x")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


class TestNext:
    """The sports hall: which hours are free."""

    def test_pages_lead_to_what_is_rendered(self, serve: Serve):
        """The list of days is no file, and every page's menu leads there."""
        site = serve(NEXT)
        assert rendered_addresses(site, read_pages(site)) == ["/availability/"]

    def test_the_days_are_those_from_now_on(self, serve: Serve):
        """The list says at what time it was computed, by the hall's clock, and begins with today."""
        before = _at_the_hall()
        page = ask(serve(NEXT).port, "/availability/").body.decode().replace("<!-- -->", "")
        found = re.search(r"Computed when you asked, at (\d\d:\d\d)\.", page)
        assert found
        assert found[1] in {f"{moment:%H:%M}" for moment in _minutes(before, _at_the_hall())}
        days = re.findall(r'href="/availability/(\d{4}-\d\d-\d\d)/"', page)
        assert dt.date.fromisoformat(days[0]) in {before.date(), _at_the_hall().date()}
        assert len(days) == 14

    def test_a_day_to_come_has_a_page(self, serve: Serve):
        """Nobody prepared the day three weeks from now."""
        day = (_at_the_hall() + dt.timedelta(days=21)).date()
        answer = ask(serve(NEXT).port, f"/availability/{day}/")
        assert (answer.status, _heading(answer)) == (200, f"{day:%A} {day.day} {day:%B}")
        assert "no-store" in answer.headers["cache-control"]

    def test_an_address_without_its_slash_leads_to_the_page(self, serve: Serve):
        """The server has one address for a page, and the query comes along."""
        answer = ask(serve(NEXT).port, "/availability?a=1")
        assert (answer.status, answer.headers["location"]) == (308, "/availability/?a=1")

    @pytest.mark.parametrize("path", ["/availability/1999-01-01/", "/availability/2026-13-45/", "/nowhere"])
    def test_a_day_that_is_none_is_missing(self, serve: Serve, path: str):
        """The answer is 404, with the site's own page."""
        answer = ask(serve(NEXT).port, path)
        assert (answer.status, _heading(answer)) == (404, "This page is not here")


class TestNuxt:
    """The veterinary practice: whether it is open."""

    def test_pages_lead_to_what_is_rendered(self, serve: Serve):
        """The state of the moment is no file."""
        site = serve(NUXT)
        assert rendered_addresses(site, read_pages(site)) == ["/hours/now/"]

    def test_the_state_is_that_of_the_moment(self, serve: Serve):
        """The server says whether the practice is open, without any script of the browser."""
        page = ask(serve(NUXT).port, "/hours/now/").body.decode()
        assert re.search(r'class="open-now is-(open|shut)"', page)

    def test_what_is_missing_is_the_sites_own_page(self, serve: Serve):
        """The answer is 404, with a page that names what to do."""
        answer = ask(serve(NUXT).port, "/hours/yesterday/")
        assert (answer.status, _heading(answer)) == (404, "This page is not here")


class TestAstro:
    """The observatory: what can be seen."""

    def test_pages_lead_to_what_is_rendered(self, serve: Serve):
        """The night that a visitor chooses is no file."""
        site = serve(ASTRO)
        assert rendered_addresses(site, read_pages(site)) == ["/tonight/"]

    def test_the_night_of_the_query_is_rendered(self, serve: Serve):
        """The page is for the date that was asked for, and may be kept for ten minutes."""
        answer = ask(serve(ASTRO).port, "/tonight/?date=2031-05-06")
        assert (answer.status, b"Tuesday, 6 May 2031" in answer.body) == (200, True)
        assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=600"

    def test_an_address_without_its_slash_leads_to_the_page(self, serve: Serve):
        """Pages have one address; the query comes along."""
        answer = ask(serve(ASTRO).port, "/tonight?date=2031-05-06")
        assert (answer.status, answer.headers["location"]) == (301, "/tonight/?date=2031-05-06")

    def test_what_is_missing_is_the_sites_own_page(self, serve: Serve):
        """The answer is 404."""
        answer = ask(serve(ASTRO).port, "/tonight/2031-05-06/")
        assert (answer.status, _heading(answer)) == (404, "This page is not here")


def _at_the_hall() -> dt.datetime:
    return dt.datetime.now(ZoneInfo("Europe/Zurich"))


def _minutes(first: dt.datetime, last: dt.datetime) -> Iterator[dt.datetime]:
    """Yield a moment of each minute in which an answer may have been made."""
    while first.replace(second=0, microsecond=0) <= last:
        yield first
        first += dt.timedelta(minutes=1)
