"""Every shape of address over real HTTP: viewer function, store and bucket of the embedded AWS, local edge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import platform_core.cloud
from platform_core.runtime.routing import Routing
from platform_testing.embedded import EmbeddedAws, local_edge, make_hosting
from platform_testing.urls import REDIRECTS, SHADOWED, STYLES, URLS, Url, ask, check_url, files_of_style, urls_of

DOMAIN = "example.org"
VIEWER = Path(platform_core.cloud.__file__).with_name("viewer.js").read_text("utf-8")


@dataclass(frozen=True)
class Site:
    """A site that is served."""

    style: str
    port: int
    files: dict[str, bytes]
    routing: Routing


@pytest.fixture(name="site", scope="module", params=STYLES)
def _site(request: pytest.FixtureRequest, aws: EmbeddedAws) -> Iterator[Site]:
    style = request.param
    hosting = make_hosting(aws, domain=DOMAIN, name=f"conformance-{style}", viewer=VIEWER)
    files = files_of_style(style)
    routing = hosting.publish("3f9c0a", files, (*REDIRECTS, *SHADOWED))
    with local_edge(aws, distribution=hosting.distribution, domain=DOMAIN) as edge:
        yield Site(style, edge["port"], files, routing)


@pytest.mark.parametrize("url", URLS, ids=str)
def test_url(site: Site, url: Url) -> None:
    """Status, body and target of one address; at most one redirect."""
    check_url(site.port, url, site.files)


def test_the_table_is_long_enough() -> None:
    """At least the 26 addresses that the comparison of other tools has."""
    assert len(URLS) >= 26


def test_every_file_of_the_tree_is_asked_for() -> None:
    """No shape is in the tree without a row."""
    asked = {url.file for url in URLS}
    assert {name for name in files_of_style("flat") if not name.startswith("more/")} - asked == {
        "both.html",
        "both/index.html",
        "releases/index.html",
    }


def test_rows_made_from_a_tree_hold(site: Site) -> None:
    """The rows that are made for any engine's output hold for this one."""
    for url in urls_of(name for name in site.files if not name.startswith("both")):
        check_url(site.port, url, site.files)


def test_the_style_is_the_majority(site: Site) -> None:
    """Both releases have the same shapes, with opposite defaults."""
    assert site.routing.style == {"directories": "/", "flat": ""}[site.style]


def test_files_win_over_redirects(site: Site) -> None:
    """A redirect from the address of a page is reported and does not answer."""
    assert site.routing.shadowed == SHADOWED


def test_two_pages_that_want_one_address(site: Site) -> None:
    """The page of the release's form has it; the other one answers at its full name."""
    wanted = {"directories": ("/both/", "/both.html"), "flat": ("/both", "/both/index.html")}[site.style]
    owner = {"/both/": "both/index.html", "/both": "both.html"}[wanted[0]]
    check_url(site.port, Url(wanted[0], 200, owner), site.files)
    check_url(site.port, Url(wanted[1], 200, wanted[1][1:]), site.files)


def test_head_answers_as_get_without_a_body(site: Site) -> None:
    """The same status and headers, and nothing after them."""
    for url in ("/about/", "/about", "/missing/", "/robots.txt"):
        get, head = ask(site.port, url), ask(site.port, url, method="HEAD")
        assert (head.status, head.body) == (get.status, b"")
        unlike = {"date", "connection", "keep-alive"}
        assert {k: v for k, v in head.headers.items() if k not in unlike} == {
            k: v for k, v in get.headers.items() if k not in unlike
        }


@pytest.mark.parametrize(
    "path", ["/releases/3f9c0a/about/index.html", "/manifests/3f9c0a.json", "/_errors/", "/releases/"]
)
def test_the_bucket_is_not_shown(site: Site, path: str) -> None:
    """No address reaches the bucket's own keys, or a list of them."""
    answer = ask(site.port, path)
    if answer.status == 301:
        answer = ask(site.port, answer.headers["location"])
    expected = site.files["releases/index.html"] if path == "/releases/" else site.files["404.html"]
    assert answer.body == expected


@pytest.mark.parametrize(
    "host",
    [
        DOMAIN,
        "EXAMPLE.ORG",
        f"{DOMAIN}:80",
        f"{DOMAIN}.localhost",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "x.localhost:8080",
    ],
)
def test_hosts_of_the_site(site: Site, host: str) -> None:
    """The site answers to its own name, below .localhost and as this machine."""
    check_url(site.port, Url("/about/", 200, "about/index.html"), site.files, host=host)


@pytest.mark.parametrize("host", ["evil.example", "example.org.evil.example", "localhost.evil.example", "", "10.0.0.1"])
def test_other_hosts_are_refused(site: Site, host: str) -> None:
    """A page of another site can't point its own name at this machine."""
    assert ask(site.port, "/about/", headers={"Host": host}).status == 403
