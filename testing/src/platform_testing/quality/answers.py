"""How the addresses of a release answer: URLs, types, caching, compression, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from platform_testing.quality.findings import Finding
from platform_testing.quality.live import LiveSite
from platform_testing.urls import Url, ask, check_url, urls_of

__all__ = ["check_answers", "check_delivery"]

AT_ONCE = 4
# What browsers insist on, or act upon.
TYPES = {
    "avif": "image/avif",
    "css": "text/css",
    "gif": "image/gif",
    "html": "text/html",
    "ico": "image/(x-icon|vnd.microsoft.icon)",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "(text|application)/javascript",
    "json": "application/json",
    "mjs": "(text|application)/javascript",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": r"image/svg\+xml",
    "txt": "text/plain",
    "webmanifest": r"application/(manifest\+json|json)",
    "webp": "image/webp",
    "woff2": "font/woff2",
    "xml": r"(application|text)/(xml|rss\+xml|atom\+xml)",
}
COMPRESSED = frozenset({"css", "html", "js", "json", "mjs", "svg", "txt", "xml"})
COMPRESSED_FROM = 2_000
HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy")


def check_answers(site: LiveSite) -> Iterator[Finding]:
    """Ask for each address of the release, and for its other spellings."""
    bodies = {name: site.read(name) for name in site.files}

    def told(row: Url) -> str:
        try:
            check_url(site.port, row, bodies)
        except (AssertionError, OSError) as error:
            return str(error).splitlines()[0]
        return ""

    rows = urls_of(bodies)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for row, what in zip(rows, pool.map(told, rows), strict=True):
            if what:
                yield Finding("urls", row.asked, what)


def check_delivery(site: LiveSite) -> Iterator[Finding]:
    """Look at the headers that each file comes with."""
    addresses = {row.file: row.asked for row in urls_of(site.files) if row.status == 200}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(lambda item: list(_file(site, *item)), addresses.items()):
            yield from found


def _file(site: LiveSite, name: str, address: str) -> Iterator[Finding]:
    headers = ask(site.port, address, headers={"Accept-Encoding": "gzip, br"}).headers
    ending = name.rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""
    kind, caching = headers.get("content-type", ""), headers.get("cache-control", "")
    if ending in TYPES and not re.fullmatch(TYPES[ending], kind.partition(";")[0].strip()):
        yield Finding("type", address, f"a .{ending} file comes as {kind or 'nothing'}")
    if kind.startswith("text/") and "charset=utf-8" not in kind.lower().replace(" ", ""):
        yield Finding("type", address, f"{kind} does not name its encoding, UTF-8")
    immutable = "immutable" in caching
    if immutable != bool(re.fullmatch(site.fingerprinted, name)):
        yield Finding("caching", address, f"cache-control is {caching!r}, and the build plan says otherwise")
    if ending == "html" and not re.search(r"max-age=0\b", caching):
        yield Finding("caching", address, f"a page comes with cache-control {caching!r}")
    size = site.files[name].stat().st_size
    if ending in COMPRESSED and size > COMPRESSED_FROM and not headers.get("content-encoding"):
        yield Finding("compression", address, f"{ending} of {size} bytes is not compressed")
    if ending == "html":
        for header in HEADERS:
            if not headers.get(header):
                yield Finding("headers", address, f"there is no {header}")
