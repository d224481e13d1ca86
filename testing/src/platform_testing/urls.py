"""Which address of a site answers how: one table, and the check of one row over HTTP.

The rows hold for every engine, whichever form most of its pages have: what an address
answers depends on the files of a release and on nothing else. ``FILES`` has one of each
shape that engines write; `urls_of` makes the rows for any other tree of files.
"""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

__all__ = [
    "FILES",
    "REDIRECTS",
    "SHADOWED",
    "STYLES",
    "URLS",
    "Answer",
    "Url",
    "ask",
    "check_url",
    "files_of_style",
    "urls_of",
]

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Url:
    """One row: what is asked for, and what has to come back.

    Attributes:
        asked: Path and query as they are sent.
        status: Of the first answer.
        file: Whose bytes come back, in the end.
        location: Where a redirect leads, to the letter.
    """

    asked: str
    status: int
    file: str = ""
    location: str = ""

    def __str__(self) -> str:
        return f"{self.asked} -> {self.status}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


FILES = (
    "index.html",
    "404.html",
    "about/index.html",
    "about/team/index.html",
    "docs/v1.2/index.html",
    "docs/v1.2/guide/index.html",
    "news/2024.01/index.html",
    "contact.html",
    "blog/index.html",
    "blog/post.html",
    "blog/release-1.2.html",
    "café/index.html",
    "straße.html",
    "日本/index.html",
    "my page/index.html",
    "my flat page.html",
    "my file.txt",
    "c++/index.html",
    "a+b.txt",
    "100%/index.html",
    "%41.txt",
    "what?/index.html",
    "no#1.html",
    "it's (1) ~ @me!/index.html",
    "both.html",
    "both/index.html",
    "LICENSE",
    "robots.txt",
    "feed.xml",
    "assets/app.3f9c0a1b.css",
    ".well-known/apple-app-site-association",
    ".well-known/security.txt",
    "releases/index.html",
)

REDIRECTS = (
    ("/2019/11/01/foo.html", "/about", 301),
    ("releases/1.88.0", "/blog/release-1.2.html", 301),
    ("/old/", "https://example.com/new?a=1", 302),
    ("/for-now", "/contact/", 307),
    ("/for-ever", "/about/index.html#team", 308),
    ("/grüße aus", "/café/", 301),
    ("/first", "/second", 301),
    ("/second", "/third", 301),
    ("/third", "/about", 301),
)

SHADOWED = (("/about", "/contact", 301), ("/contact.html", "/about", 301))

URLS = (
    # A page that is a directory.
    Url("/", 200, "index.html"),
    Url("/index.html", 200, "index.html"),
    Url("/about/", 200, "about/index.html"),
    Url("/about", 301, "about/index.html", "/about/"),
    Url("/about/index.html", 301, "about/index.html", "/about/"),
    Url("/about/team", 301, "about/team/index.html", "/about/team/"),
    # With a dot in its name, or above it.
    Url("/docs/v1.2/", 200, "docs/v1.2/index.html"),
    Url("/docs/v1.2", 301, "docs/v1.2/index.html", "/docs/v1.2/"),
    Url("/docs/v1.2/index.html", 301, "docs/v1.2/index.html", "/docs/v1.2/"),
    Url("/docs/v1.2/guide/", 200, "docs/v1.2/guide/index.html"),
    Url("/docs/v1.2/guide", 301, "docs/v1.2/guide/index.html", "/docs/v1.2/guide/"),
    Url("/news/2024.01/", 200, "news/2024.01/index.html"),
    Url("/news/2024.01", 301, "news/2024.01/index.html", "/news/2024.01/"),
    # A page that is a file.
    Url("/contact", 200, "contact.html"),
    Url("/contact/", 301, "contact.html", "/contact"),
    Url("/contact.html", 301, "contact.html", "/contact"),
    Url("/blog/post", 200, "blog/post.html"),
    Url("/blog/post/", 301, "blog/post.html", "/blog/post"),
    Url("/blog/post.html", 301, "blog/post.html", "/blog/post"),
    Url("/blog", 301, "blog/index.html", "/blog/"),
    Url("/blog/", 200, "blog/index.html"),
    # With a dot in its slug.
    Url("/blog/release-1.2", 200, "blog/release-1.2.html"),
    Url("/blog/release-1.2/", 301, "blog/release-1.2.html", "/blog/release-1.2"),
    Url("/blog/release-1.2.html", 301, "blog/release-1.2.html", "/blog/release-1.2"),
    # Beyond ASCII, spaces and signs.
    Url("/caf%C3%A9/", 200, "café/index.html"),
    Url("/caf%c3%a9/", 200, "café/index.html"),
    Url("/caf%C3%A9", 301, "café/index.html", "/caf%C3%A9/"),
    Url("/stra%C3%9Fe", 200, "straße.html"),
    Url("/stra%C3%9Fe.html", 301, "straße.html", "/stra%C3%9Fe"),
    Url("/%E6%97%A5%E6%9C%AC/", 200, "日本/index.html"),
    Url("/my%20page/", 200, "my page/index.html"),
    Url("/my%20page", 301, "my page/index.html", "/my%20page/"),
    Url("/my%20flat%20page", 200, "my flat page.html"),
    Url("/my%20file.txt", 200, "my file.txt"),
    Url("/c++/", 200, "c++/index.html"),
    Url("/c%2B%2B/", 200, "c++/index.html"),
    Url("/c++", 301, "c++/index.html", "/c++/"),
    Url("/a+b.txt", 200, "a+b.txt"),
    Url("/100%25/", 200, "100%/index.html"),
    Url("/%2541.txt", 200, "%41.txt"),
    Url("/what%3F/", 200, "what?/index.html"),
    Url("/no%231", 200, "no#1.html"),
    Url("/it's%20(1)%20~%20@me!/", 200, "it's (1) ~ @me!/index.html"),
    Url("/it's%20(1)%20~%20@me!", 301, "it's (1) ~ @me!/index.html", "/it's%20(1)%20~%20@me!/"),
    # Files.
    Url("/robots.txt", 200, "robots.txt"),
    Url("/feed.xml", 200, "feed.xml"),
    Url("/LICENSE", 200, "LICENSE"),
    Url("/assets/app.3f9c0a1b.css", 200, "assets/app.3f9c0a1b.css"),
    Url("/.well-known/apple-app-site-association", 200, ".well-known/apple-app-site-association"),
    Url("/.well-known/security.txt", 200, ".well-known/security.txt"),
    # Missing: the site's own page.
    Url("/missing", 404, "404.html"),
    Url("/missing/", 404, "404.html"),
    Url("/missing.html", 404, "404.html"),
    Url("/missing.css", 404, "404.html"),
    Url("/docs/v9.9/", 404, "404.html"),
    Url("/docs/v9.9", 404, "404.html"),
    Url("/about/missing/deep/", 404, "404.html"),
    Url("/.well-known/missing", 404, "404.html"),
    Url("/robots.txt/", 404, "404.html"),
    Url("//example.com/", 404, "404.html"),
    Url("//about/", 404, "404.html"),
    Url("/%2Fexample.com/", 404, "404.html"),
    # Query strings.
    Url("/about/?a=1&b=2", 200, "about/index.html"),
    Url("/about?a=1&b=2&a=3", 301, "about/index.html", "/about/?a=1&b=2&a=3"),
    Url("/contact.html?q=%C3%A9+x&y=%26&flag", 301, "contact.html", "/contact?q=%C3%A9+x&y=%26&flag"),
    Url("/about?", 301, "about/index.html", "/about/"),
    # Redirects of the site: one hop, to the address that answers.
    Url("/2019/11/01/foo.html", 301, "about/index.html", "/about/"),
    Url("/releases/1.88.0", 301, "blog/release-1.2.html", "/blog/release-1.2"),
    Url("/releases/1.88.0/", 301, "blog/release-1.2.html", "/blog/release-1.2"),
    Url("/old", 302, "", "https://example.com/new?a=1"),
    Url("/old/?b=2", 302, "", "https://example.com/new?a=1&b=2"),
    Url("/for-now", 307, "contact.html", "/contact"),
    Url("/for-ever/", 308, "about/index.html", "/about/#team"),
    Url("/gr%C3%BC%C3%9Fe%20aus", 301, "café/index.html", "/caf%C3%A9/"),
    Url("/first", 301, "about/index.html", "/about/"),
    # Addresses that are none.
    Url("/%zz", 400),
    Url("/%ff/", 400),
    Url("/a%00b", 400),
    Url("/about/%2e%2e/%2e%2e/manifests/x.json", 400),
    Url("/" + "x" * 1_000, 414),
)

STYLES = ("directories", "flat")


def files_of_style(style: str) -> dict[str, bytes]:
    """Return ``FILES`` with so many pages of one form that this form is the release's."""
    ending = {"directories": "/index.html", "flat": ".html"}[style]
    names = [*FILES, *(f"more/page-{number}{ending}" for number in range(len(FILES)))]
    return {name: f"<!doctype html><title>{name}</title>\n".encode() for name in names}


def urls_of(files: Iterable[str]) -> list[Url]:
    """Return the rows that hold for any tree of files: each page at its address and its other spellings."""
    names = set(files)
    rows = [Url("/there/is/no/such/page/", 404, "404.html")] if "404.html" in names else []
    for name in sorted(names):
        if name == "index.html":
            rows.append(Url("/", 200, name))
        elif name.endswith("/index.html") and not name.startswith(".well-known/"):
            address = quote("/" + name.removesuffix("index.html"), safe=_SAFE)
            rows += _page(name, address, other=address.rstrip("/"))
        elif name.endswith(".html") and not name.endswith("404.html") and f"{name[:-5]}/index.html" not in names:
            address = quote("/" + name.removesuffix(".html"), safe=_SAFE)
            rows += _page(name, address, other=address + "/")
        else:
            rows.append(Url(quote("/" + name, safe=_SAFE), 200, name))
    return rows


_SAFE = "/!$&'()*+,:;=@~"


def _page(name: str, address: str, *, other: str) -> list[Url]:
    full = quote("/" + name, safe=_SAFE)
    return [Url(address, 200, name), Url(other, 301, name, address), Url(full, 301, name, address)]


def ask(
    port: int, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """Send one request with exactly this path and return the answer; nothing is followed."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_host=bool(headers and "Host" in headers), skip_accept_encoding=True)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def check_url(port: int, url: Url, files: Mapping[str, bytes], *, host: str = "") -> None:
    """Ask for one row's address and assert each of its promises; a redirect has to be the only one."""
    headers = {"Host": host} if host else {}
    answer = ask(port, url.asked, headers=headers)
    if url.status == 404 and answer.headers.get("location") == _other_form(url.asked):
        # Nobody knows yet that there is no such page: it is brought into the release's form first.
        answer = ask(port, _other_form(url.asked), headers=headers)
    assert (answer.status, answer.headers.get("location", "")) == (url.status, url.location), url.asked
    if url.location.startswith("/"):
        path = url.location.partition("#")[0]
        answer = ask(port, path, headers=headers)
        assert answer.status == 200, f"{url.asked} leads to {path}, which answers {answer.status}"
    if url.file:
        assert answer.body == files[url.file], f"{url.asked} does not answer with {url.file}"


def _other_form(path: str) -> str:
    if path.endswith(".html"):
        return path.removesuffix(".html")
    return path.rstrip("/") if path.endswith("/") else path + "/"
