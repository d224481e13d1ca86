"""What a release is made of: the files of a finished build, its id, its manifest.

Standard library only. Nothing here talks to AWS; `platform_core.runtime.publisher` does.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import mimetypes
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from platform_core.runtime.routing import MAX_PATH_BYTES

__all__ = [
    "ENTRY_PAGES",
    "IMMUTABLE",
    "NEVER",
    "REVALIDATED",
    "Manifest",
    "Object",
    "PublishError",
    "changes",
    "redirect_page",
    "release_id",
    "scan",
]

ENTRY_PAGES = ("index.html", "404.html")
NEVER = r"(?!)"

# An address that changes with its bytes never has to be asked for again.
IMMUTABLE = "public, max-age=31536000, immutable"
# Everything else keeps its address when its bytes change: pages, but also feeds, data,
# sitemaps and service workers. So browsers and feed readers ask each time, and get 304
# while nothing changed. CloudFront need not ask: it caches under releases/<id>/, and
# what is there never changes.
REVALIDATED = "public, max-age=0, s-maxage=31536000, must-revalidate"
# The address of a service worker is its identity, whatever an engine's pattern says.
_NEVER_IMMUTABLE = frozenset({"sw.js", "service-worker.js", "serviceworker.js"})

# The most that one PUT takes.
_MAX_BYTES = 5 * 1024**3
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What operating systems leave in folders that people look into.
_DROPPINGS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

# The machine's own table would give one build two ids on two machines: the standard
# library's built-in one and this addition must do.
_TYPES = mimetypes.MimeTypes()
_BY_SUFFIX = {
    ".atom": "application/atom+xml",
    ".avif": "image/avif",
    ".css": "text/css",
    ".eot": "application/vnd.ms-fontobject",
    ".geojson": "application/geo+json",
    ".htm": "text/html",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".mp4": "video/mp4",
    ".otf": "font/otf",
    ".pagefind": "application/octet-stream",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".xsl": "application/xslt+xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zip": "application/zip",
}
_BY_NAME = {
    "apple-app-site-association": "application/json",
    "openid-configuration": "application/json",
    "oauth-authorization-server": "application/json",
    "webfinger": "application/jrd+json",
    "host-meta": "application/xrd+xml",
    "nodeinfo": "application/json",
    "LICENSE": "text/plain",
    "CNAME": "text/plain",
}
_COMPRESSED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


class PublishError(Exception):
    """A release can't be published, found or switched.

    The runtime has an error of its own so that it runs without the rest of core.

    Attributes:
        reference: Machine-readable, kebab-case.
        problems: Pairs of a place and what is wrong there.
    """

    def __init__(
        self, reference: str, what: str, *, why: str = "", hint: str = "", problems: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.reference = reference
        self.what = what
        self.why = why
        self.hint = hint
        self.problems = tuple(problems)
        super().__init__(reference, what)

    def __str__(self) -> str:
        lines = [f"{self.what} [{self.reference}]", *(f"{where}: {what}" for where, what in self.problems)]
        return "\n".join([*lines, *(text for text in (self.why, self.hint) if text)])


@dataclass(frozen=True, slots=True)
class Object:
    """One file of a release.

    Attributes:
        path: Relative to the site's root, with forward slashes.
        sha256: In hexadecimal, as is *md5*, which is what S3 answers as ETag.
        modified: Time of the file in nanoseconds, to see that it stays as it is.
        content: Its bytes, when there is no file.
    """

    path: str
    sha256: str
    md5: str
    size: int
    content_type: str
    cache_control: str
    modified: int = field(default=0, compare=False)
    content: bytes | None = field(default=None, compare=False, repr=False)

    @property
    def immutable(self) -> bool:
        """Whether its address changes with its bytes."""
        return self.cache_control == IMMUTABLE

    @property
    def same(self) -> tuple[str, str, str]:
        """What two objects have in common that can be copied from each other."""
        return (self.sha256, self.content_type, self.cache_control)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``manifests/<id>.json`` holds; a release without it is not complete.

    Attributes:
        created: Seconds since the epoch.
        pointer: The value of a host's key that makes this release the live one.
        provenance: Where it came from: commit, builder, versions.
        server: Digest of what renders on request; empty when nothing does.
    """

    id: str
    created: float
    pointer: str
    objects: tuple[Object, ...]
    provenance: Mapping[str, str] = field(default_factory=dict)
    server: str = ""

    def to_json(self) -> bytes:
        """Return the bytes of the manifest."""
        rows = []
        for item in self.objects:
            row = asdict(item)
            del row["modified"], row["content"]
            rows.append(row)
        data = {
            "version": 1,
            "id": self.id,
            "created": self.created,
            "pointer": self.pointer,
            "provenance": dict(self.provenance),
            "objects": rows,
        }
        if self.server:
            data["server"] = self.server
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """Read a manifest.

        Raises:
            ValueError: It is not one.
        """
        try:
            found: dict[str, Any] = json.loads(data)
            objects = tuple(Object(**row) for row in found["objects"])
            created, server = float(found["created"]), str(found.get("server", ""))
            return cls(found["id"], created, found["pointer"], objects, found["provenance"], server)
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"not a manifest: {error}") from None


def scan(output: Path, fingerprinted: str = NEVER, *, required: Sequence[str] = ENTRY_PAGES) -> tuple[Object, ...]:
    """Read a finished build.

    Args:
        output: The folder with the site.
        fingerprinted: A regular expression; paths that it matches in full change
            their name when their bytes change.
        required: The pages that must be there.

    Raises:
        PublishError: It is not a site, or holds what can't be published; every
            problem is named.
    """
    try:
        pattern = re.compile(fingerprinted)
    except re.error as error:
        raise PublishError("bad-pattern", f"{fingerprinted!r} is no regular expression", why=str(error)) from None
    problems: list[tuple[str, str]] = []
    objects = []
    for path, file in _files(output, problems):
        fault = _bad_name(path)
        if fault:
            problems.append((_shown(path), fault))
            continue
        try:
            objects.append(_read(path, file, pattern))
        except (OSError, ValueError) as error:
            problems.append((path, f"can't be read: {error}"))
    paths = {item.path for item in objects}
    problems += [(page, "is missing") for page in required if page not in paths]
    if problems:
        raise PublishError("bad-output", f"{output} can't be published", problems=problems)
    return tuple(sorted(objects, key=lambda item: item.path))


def changes(output: Path, objects: Iterable[Object]) -> list[tuple[str, str]]:
    """Return what is not in *output* as `scan` saw it, without reading the files again."""
    problems: list[tuple[str, str]] = []
    seen = {item.path: (item.size, item.modified) for item in objects if item.content is None}
    try:
        for path, file in _files(output, problems):
            stat = file.stat()
            if seen.pop(path, None) != (stat.st_size, stat.st_mtime_ns):
                problems.append((_shown(path), "changed while it was published"))
    except OSError as error:
        problems.append((_shown(str(error.filename)), "went away while it was published"))
    return problems + [(path, "went away while it was published") for path in sorted(seen)]


def release_id(objects: Iterable[Object], routing: Sequence[str], *, generation: int = 0) -> str:
    """Return the id of the release with these objects and this routing.

    Args:
        objects: In any order.
        routing: What the viewer function knows of it.
        generation: More than 0 when the release of that content is being removed.
    """
    rows = sorted([item.path, item.sha256, item.content_type, item.cache_control] for item in objects)
    data = json.dumps([rows, list(routing), generation], separators=(",", ":")).encode()
    # 80 bits: the 16 characters stay readable, and two builds don't meet by chance.
    return base64.b32encode(hashlib.sha256(data).digest()[:10]).decode().lower()


def redirect_page(path: str, target: str) -> Object:
    """Return the page that stands in for a redirect for which the routing table has no room."""
    text = html.escape(target, quote=True)
    content = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Moved</title>\n'
        f'<meta name="robots" content="noindex">\n<link rel="canonical" href="{text}">\n'
        f'<meta http-equiv="refresh" content="0; url={text}">\n<p>Moved to <a href="{text}">{text}</a>.</p>\n</html>\n'
    ).encode()
    return Object(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        size=len(content),
        content_type="text/html; charset=utf-8",
        cache_control=REVALIDATED,
        content=content,
    )


def _files(output: Path, problems: list[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
    """Yield path and real file of everything below *output*, which links may not leave."""
    try:
        root = output.resolve(strict=True)
        stack: list[tuple[Path, str, tuple[Path, ...]]] = [(root, "", (root,))]
        while stack:
            folder, prefix, above = stack.pop()
            for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
                if entry.name in _DROPPINGS:
                    continue
                path = prefix + entry.name
                real = folder / entry.name
                if entry.is_symlink():
                    real = real.resolve()
                fault = _bad_place(real, root, above)
                if fault:
                    problems.append((_shown(path), fault))
                elif real.is_dir():
                    stack.append((real, f"{path}/", (*above, real)))
                else:
                    yield path, real
    except (OSError, RuntimeError) as error:
        # Path.resolve reports links that lead in a circle as RuntimeError before Python 3.13.
        raise PublishError("no-output", f"{output} can't be read", why=str(error)) from None


def _bad_place(real: Path, root: Path, above: tuple[Path, ...]) -> str:
    if real != root and root not in real.parents:
        return "is a link that leaves the folder"
    if real in above:
        return "is a link to a folder that holds it"
    if real.is_dir() or real.is_file():
        return ""
    return "is a broken link" if not real.exists() else "is neither a file nor a folder"


def _bad_name(path: str) -> str:
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        return "has a name that is not valid UTF-8"
    if size > MAX_PATH_BYTES:
        return f"has a path of {size} bytes, more than {MAX_PATH_BYTES}"
    return "has a control character in its name" if _CONTROL.search(path) else ""


def _shown(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()


def _read(path: str, file: Path, pattern: re.Pattern[str]) -> Object:
    with file.open("rb") as handle:
        before = os.fstat(handle.fileno())
        if before.st_size > _MAX_BYTES:
            raise ValueError("it is larger than 5 GB")
        sha256, md5 = _digests(handle)
        after = os.fstat(handle.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ValueError("it changed meanwhile")
    content_type = _content_type(path)
    return Object(
        path=path,
        sha256=sha256,
        md5=md5,
        size=after.st_size,
        content_type=content_type,
        cache_control=_cache_control(path, content_type, pattern),
        modified=after.st_mtime_ns,
    )


def _digests(handle: BinaryIO) -> tuple[str, str]:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    while chunk := handle.read(1 << 20):
        sha256.update(chunk)
        md5.update(chunk)
    return sha256.hexdigest(), md5.hexdigest()


def _content_type(path: str) -> str:
    name = path.rpartition("/")[2]
    guess, encoding = _TYPES.guess_type(f"file:///{name.lower()}")
    stem, dot, suffix = name.lower().rpartition(".")
    if encoding:
        # It is a download. To declare the encoding would make browsers unpack it.
        return _COMPRESSED.get(encoding, "application/octet-stream")
    kind = _BY_NAME.get(name) or (_BY_SUFFIX.get(dot + suffix) if stem else None) or guess or "application/octet-stream"
    # XML and JSON say themselves how they are encoded.
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _cache_control(path: str, content_type: str, pattern: re.Pattern[str]) -> str:
    name = path.rpartition("/")[2]
    # A page under an immutable address could not be mended for a year.
    if content_type.startswith("text/html") or name in _NEVER_IMMUTABLE:
        return REVALIDATED
    return IMMUTABLE if pattern.fullmatch(path) else REVALIDATED
