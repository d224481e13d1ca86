"""The routing table of a release: which address leads to which file. Standard library only.

The viewer function (``platform_core/cloud/viewer.js``) sees an address and has to
name one object of the bucket, or a redirect, without asking the bucket what it
holds. Most addresses tell it themselves. The table has the others, in buckets that
are small enough for one value of a CloudFront KeyValueStore:

    plan_routing(["index.html", "about/index.html", "contact.html"], [])
    -> Routing(style="/", buckets=('{"/contact":"p"}',))

A release with a server has a rule for every file outside of `assets`, because a path
without one is asked from the server.

The same rules stand in ``docs/explanation/architecture.md`` ("Releases"). Whoever
changes one of the three changes all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

__all__ = [
    "ERROR_PAGE",
    "MAX_BUCKET_BYTES",
    "MAX_PATH_BYTES",
    "MAX_TABLE_BYTES",
    "Routing",
    "Rule",
    "Unroutable",
    "fallback_file",
    "plan_routing",
    "pointer_value",
    "table_entries",
]

Rule = tuple[str, str, int]
"""A redirect: from a path, to a path or an http(s) address, with a status."""

# Where the bucket has the live release's 404 page. CloudFront fetches it by this key,
# without asking the viewer function, so it can't lie inside a release.
ERROR_PAGE = "_errors/404.html"
# A value of a KeyValueStore holds 1 KB.
MAX_BUCKET_BYTES = 1_024
# A store holds 5 MB, and the tables of several releases at a time.
MAX_TABLE_BYTES = 1_048_576
# An S3 key holds 1,024 bytes; the rest is for "releases/<id>" and "/index.html".
MAX_PATH_BYTES = 900

_STATUSES = frozenset({301, 302, 307, 308})
_WELL_KNOWN = "/.well-known/"
_DIRECTORY, _FLAT, _FILE = "d", "p", "f"
_NO_PAGES = frozenset({".html", "404.html"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPED = re.compile(r'["%\\]')
_PATH_SAFE = "/:@!$&'()*+,;=~"
_URL_SAFE = _PATH_SAFE + "%?#[]"


class Unroutable(ValueError):  # noqa: N818 - reads as a sentence where it is raised, like Rejected
    """Some paths or redirects have no place in a routing table.

    Attributes:
        problems: One sentence each.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Routing:
    """What the viewer function has to know of one release.

    Attributes:
        style: ``"/"`` when most pages are directories, ``""`` when most are flat files.
        buckets: JSON objects of at most 1,024 bytes, path -> rule; in a path, a
            quotation mark, a percent sign and a backslash are percent-encoded.
        overflow: Redirects that do not fit, finished; `fallback_file` says where a
            small HTML page takes the place of each.
        shadowed: Redirects, as given, that never answer: a file or an earlier
            redirect has the path.
        looping: Redirects, as given, that would lead back to themselves.
        server: Whether a path without a rule is asked from the release's server.
    """

    style: str
    buckets: tuple[str, ...]
    overflow: tuple[Rule, ...] = ()
    shadowed: tuple[Rule, ...] = ()
    looping: tuple[Rule, ...] = ()
    server: bool = False


def plan_routing(paths: Iterable[str], redirects: Iterable[Rule], *, assets: tuple[str, ...] | None = None) -> Routing:
    """Plan the routing table of a release.

    Args:
        paths: Its files, relative to its root, for example ``about/index.html``.
        redirects: Old path (decoded), target and status, the most important first.
        assets: Of a release with a server: beginnings of paths that are files always.

    Raises:
        Unroutable: A path or a redirect can't be served at all; every one is named.
    """
    files = frozenset(paths)
    wanted = tuple(redirects)
    _refuse(files, wanted)
    style = _style(files)
    pages = _claims(files, style)
    kept, shadowed = _split_shadowed(wanted, pages, files)
    finished, looping = _finish_targets(kept, pages)
    rules = {path: rule for path, rule in pages.items() if rule != _default(path, style, assets)}
    buckets, overflow = _pack(rules, finished)
    if overflow and assets is not None:
        raise Unroutable(f"the redirect from {rule[0]!r} finds no room in the routing table" for rule in overflow)
    return Routing(style, buckets, overflow, tuple(shadowed), tuple(looping), server=assets is not None)


def pointer_value(release: str, routing: Routing) -> str:
    """Return the value that makes *release* the live one of a host."""
    value: dict[str, object] = {"r": release, "s": routing.style, "n": len(routing.buckets)}
    if routing.server:
        value["x"] = 1
    return json.dumps(value, separators=(",", ":"))


def table_entries(release: str, routing: Routing) -> dict[str, str]:
    """Return key -> value of what has to be in the store before *release* goes live."""
    return {f"{release}/{number}": bucket for number, bucket in enumerate(routing.buckets)}


def fallback_file(path: str, style: str) -> str:
    """Return the file, relative to the release, that an address without a rule leads to."""
    path = _normal(path)
    ending = {_DIRECTORY: "/index.html", _FLAT: ".html", _FILE: ""}[_default(path, style)]
    return (path.rstrip("/") + ending).lstrip("/")


def fnv1a(text: str) -> int:
    """Return the FNV-1a 32-bit hash of the UTF-8 bytes of *text*."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def _normal(path: str) -> str:
    path = path.strip("/")
    return "/" if path in {"", "index.html"} else "/" + path


def _default(path: str, style: str, assets: tuple[str, ...] | None = None) -> str:
    if assets is not None:
        return _FILE if path.startswith(assets) else ""
    if path == "/":
        return _DIRECTORY
    if "." in path.rpartition("/")[2] or path.startswith(_WELL_KNOWN):
        return _FILE
    return _DIRECTORY if style == "/" else _FLAT


def _page(file: str) -> tuple[str, str] | None:
    """Return address and rule when *file* is a page; None when it is only a file."""
    folder, _, name = file.rpartition("/")
    if name == "index.html":
        return "/" + folder, _DIRECTORY
    # A 404 page is fetched by its name; below /.well-known/ names are agreed to the letter.
    if not name.endswith(".html") or name in _NO_PAGES or f"/{file}".startswith(_WELL_KNOWN):
        return None
    # "a.html.html" would have the address that is the full name of "a.html".
    if name.endswith(".html.html"):
        return None
    return "/" + file.removesuffix(".html"), _FLAT


def _style(files: Iterable[str]) -> str:
    rules = [page[1] for page in map(_page, files) if page and page[0] != "/"]
    return "/" if rules.count(_DIRECTORY) >= rules.count(_FLAT) else ""


def _claims(files: frozenset[str], style: str) -> dict[str, str]:
    """Give each address to one file: plain files first, then pages of the release's style.

    A page that loses its address keeps its full name, as a plain file has it.
    """
    claims: dict[str, str] = {}
    pages: list[tuple[str, bool, str, str]] = []
    for file in files:
        page = _page(file)
        if page is None:
            claims["/" + file] = _FILE
        else:
            pages.append((page[0], page[1] != (_DIRECTORY if style == "/" else _FLAT), page[1], "/" + file))
    # A file's full name is longer than its address: no claim below comes too late.
    for address, _, rule, name in sorted(pages, key=lambda page: (len(page[0]), page)):
        if claims.setdefault(address, rule) != rule:
            claims[name] = _FILE
    return claims


def _refuse(files: Iterable[str], redirects: Iterable[Rule]) -> None:
    problems = [f"the file {file!r} {why}" for file in sorted(files) if (why := _bad_path("/" + file))]
    for source, target, status in redirects:
        if why := _bad_path(_normal(source)):
            problems.append(f"the redirect from {source!r} {why}")
        if not _is_target(target):
            problems.append(f"the redirect from {source!r} leads to {target!r}, neither a path nor an http(s) address")
        if status not in _STATUSES:
            problems.append(f"the redirect from {source!r} has status {status}, not one of 301, 302, 307, 308")
    if problems:
        raise Unroutable(problems)


def _is_target(target: str) -> bool:
    # A second slash or a backslash would let a browser read a host name there.
    if target.startswith("/"):
        return target.isprintable() and not target.startswith(("//", "/\\"))
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return target.isprintable() and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _bad_path(path: str) -> str:
    """Say why no address leads to *path*; empty when one does."""
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        return "is not valid UTF-8"
    if size > MAX_PATH_BYTES:
        return f"has {size} bytes, more than {MAX_PATH_BYTES}"
    if _CONTROL.search(path):
        return "has a control character"
    if path == "/" + ERROR_PAGE:
        return "is kept for the page that CloudFront shows when one is missing"
    if path != "/" and any(part in {"", ".", ".."} for part in path[1:].split("/")):
        return "has an empty part, or one that is '.' or '..'"
    return ""


def _split_shadowed(
    redirects: Iterable[Rule], pages: Mapping[str, str], files: frozenset[str]
) -> tuple[dict[str, Rule], list[Rule]]:
    """Separate redirects that answer from those whose path a file or an earlier one has."""
    kept: dict[str, Rule] = {}
    shadowed = []
    for redirect in redirects:
        source = _normal(redirect[0])
        if source in pages or source[1:] in files or source in kept:
            shadowed.append(redirect)
        else:
            kept[source] = redirect
    return kept, shadowed


def _finish_targets(redirects: Mapping[str, Rule], pages: Mapping[str, str]) -> tuple[list[Rule], list[Rule]]:
    """Make each redirect lead to the last address of its chain, in canonical form."""
    finished, looping = [], []
    for source, redirect in redirects.items():
        followed = _follow(source, redirects, pages)
        if followed is None:
            looping.append(redirect)
        else:
            finished.append(followed)
    return finished, looping


def _follow(source: str, redirects: Mapping[str, Rule], pages: Mapping[str, str]) -> Rule | None:
    _, target, status = redirects[source]
    seen = {source}
    while target.startswith("/"):
        path, rest = _split_target(target)
        step = _normal(path)
        if step in seen:
            return None
        if step not in redirects:
            target = _canonical(path, pages, target, rest)
            break
        seen.add(step)
        _, following, hop = redirects[step]
        # Query and fragment of an earlier target end where a later one begins.
        target, status = following, _weaker(status, hop)
    return source, quote(_STRAY_PERCENT.sub("%25", target), safe=_URL_SAFE), status


def _split_target(target: str) -> tuple[str, str]:
    end = re.search(r"[?#]", target)
    at = end.start() if end else len(target)
    return unquote(target[:at]), target[at:]


def _canonical(path: str, pages: Mapping[str, str], target: str, rest: str) -> str:
    """Return *target* with the address that its page answers at, if there is such a page."""
    page = _page(path.lstrip("/"))
    for base in (_normal(path), page[0] if page else ""):
        if base in pages:
            slash = "/" if base != "/" and pages[base] == _DIRECTORY else ""
            return quote(base + slash, safe=_PATH_SAFE) + rest
    return target


def _weaker(status: int, following: int) -> int:
    """Return the status of two redirects in one: permanent only if both are."""
    if status in {301, 308} and following in {302, 307}:
        return {301: 302, 308: 307}[status]
    return status


def _pack(rules: Mapping[str, str], redirects: Iterable[Rule]) -> tuple[tuple[str, ...], tuple[Rule, ...]]:
    """Put page rules, then redirects while there is room, into buckets."""
    entries = [_entry(path, rule) for path, rule in sorted(rules.items())]
    room = MAX_TABLE_BYTES - sum(len(entry) + 1 for _, entry in entries)
    if room < 0 or any(len(entry) + 2 > MAX_BUCKET_BYTES for _, entry in entries):
        raise Unroutable([f"{len(rules)} files need a rule of their own, more than a routing table holds"])
    overflow = []
    for redirect in redirects:
        entry = _entry(redirect[0], f"{redirect[2]} {redirect[1]}")
        size = len(entry[1])
        if size + 2 > MAX_BUCKET_BYTES or size + 1 > room:
            overflow.append(redirect)
        else:
            room -= size + 1
            entries.append(entry)
    return _buckets(entries), tuple(overflow)


def _entry(path: str, rule: str) -> tuple[int, bytes]:
    # Nothing that JSON would escape may be left: Node 24 mistakes one key with a
    # backslash for another that it has seen before. Targets are encoded already.
    key = _ESCAPED.sub(lambda found: quote(found[0]), path)
    return fnv1a(path), f'"{key}":"{rule}"'.encode()


def _buckets(entries: list[tuple[int, bytes]]) -> tuple[str, ...]:
    """Spread *entries* over as few buckets as hold them."""
    if not entries:
        return ()
    sizes = [(value, len(entry) + 1) for value, entry in entries]
    number = -(-sum(size for _, size in sizes) // (MAX_BUCKET_BYTES - 1))
    while not _fits(sizes, number):
        number += 1
    parts: list[list[bytes]] = [[] for _ in range(number)]
    for value, entry in entries:
        parts[value % number].append(entry)
    return tuple("{" + b",".join(part).decode() + "}" for part in parts)


def _fits(sizes: Iterable[tuple[int, int]], number: int) -> bool:
    # Two braces, and one comma less than there are entries.
    used = [1] * number
    for value, size in sizes:
        used[value % number] += size
        if used[value % number] > MAX_BUCKET_BYTES:
            return False
    return True
