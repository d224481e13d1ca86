"""Importing Markdown that lived elsewhere, without losing its addresses.

Reads a folder or an archive of Markdown with YAML or TOML front matter, as most
generators of static sites keep it, and writes entries of the neutral model. Paths
and aliases stay what they were. Everything is read and checked before the first
file is written.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from platform_core.content import Entry, render_entry
from platform_core.errors import ContentError, Problem
from platform_core.files import write_atomically
from platform_core.front_matter import parse_front_matter

__all__ = ["Imported", "import_markdown"]

MAX_FILES = 100_000
MAX_FILE_BYTES = 64 * 1024 * 1024
_DATED_PATH = re.compile(r"(?:^|/)(\d{4})/(\d{2})/(\d{2})/")
_DATED_NAME = re.compile(r"^(\d{4})-(\d{2})-(\d{2})-(.+)$")
_INTERNAL = re.compile(r"\]\(@/([^)\s#]+)(#[^)\s]*)?\)")
_KNOWN = frozenset(
    {"title", "path", "url", "permalink", "slug", "date", "updated", "lastmod", "draft", "description", "aliases"}
)


@dataclass(frozen=True)
class Imported:
    """What an import brought.

    Attributes:
        entries: Paths below ``content/``.
        assets: Other files, below ``static/``, at the address they had.
        addresses: The site-absolute paths that must answer from now on.
        skipped: What was left out, and why.
    """

    entries: tuple[str, ...]
    assets: tuple[str, ...]
    addresses: tuple[str, ...]
    skipped: tuple[Problem, ...] = ()


@dataclass
class _Batch:
    """What has been read so far: entries below ``content/`` and assets below ``static/``, with their bytes."""

    collection: str
    entries: dict[str, bytes] = field(default_factory=dict)
    assets: dict[str, bytes] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)

    def place(self, path: str) -> str:
        """Return the path below ``content/``: pages at the top go into the collection.

        A page that is a folder with an ``index.md`` becomes one file.
        """
        pure = PurePosixPath(path)
        if pure.name == "index.md" and pure.parent.name:
            pure = pure.parent.with_name(f"{pure.parent.name}.md")
        at_the_top = len(pure.parts) == 1 and pure.name != "_index.md"
        return f"{self.collection}/{pure}" if at_the_top else str(pure)


def import_markdown(source: Path, root: Path, *, collection: str = "posts") -> Imported:
    """Bring Markdown files into the site at *root*.

    Args:
        source: A folder, a ``.tar.gz`` or a ``.zip``. A top folder named
            ``content`` is taken as the root of the content.
        root: The site's folder.
        collection: Where entries go that lie at the top of *source*.

    Raises:
        ContentError: The source can't be read, or a file exists with other content.
    """
    files = dict(_below_content(_read(source)))
    urls = {path: _old_address(path, _parse(path, data)) for path, data in files.items() if path.endswith(".md")}
    batch = _Batch(collection)
    for path, data in sorted(files.items()):
        if path.endswith(".md"):
            _take_entry(batch, path, data, urls)
        else:
            batch.assets[_asset_place(path, urls)] = data
    if not batch.entries:
        raise ContentError("nothing-to-import", f"there is no Markdown in {source.name}", problems=batch.skipped)
    files = {f"content/{name}": data for name, data in batch.entries.items()}
    files |= {f"static/{name}": data for name, data in batch.assets.items()}
    conflicts = [
        Problem(name, "exists with other content.")
        for name, data in files.items()
        if (root / name).exists() and (root / name).read_bytes() != data
    ]
    if conflicts:
        raise ContentError(
            "import-conflict",
            "nothing was imported",
            problems=conflicts,
            hint="Move these files away, then import again.",
        )
    for name, data in files.items():
        write_atomically(root / name, data)
    return Imported(tuple(batch.entries), tuple(batch.assets), tuple(batch.addresses), tuple(batch.skipped))


def _take_entry(batch: _Batch, path: str, data: bytes, urls: Mapping[str, str]) -> None:
    front, body = _parse(path, data)
    if front is None:
        batch.skipped.append(Problem(path, body))
        return
    place = batch.place(path)
    if place.endswith("_index.md") and not front.get("title"):
        batch.skipped.append(Problem(path, "a section without a title."))
        return
    entry = _entry(PurePosixPath(place), path, front, _rewrite_links(body, urls))
    if place in batch.entries:
        batch.skipped.append(Problem(path, f"content/{place} comes from another file already."))
        return
    batch.addresses += [urls[path], *(f"/{alias.lstrip('/')}" for alias in entry.aliases)]
    batch.entries[place] = render_entry(entry).encode()


def _entry(place: PurePosixPath, source: str, front: dict[str, Any], body: str) -> Entry:
    """Map front matter of other generators to the neutral names."""
    extra = {key: value for key, value in front.items() if key not in _KNOWN and key not in {"extra", "taxonomies"}}
    extra |= {key: value for key, value in _table(front, "extra").items() if key not in _KNOWN and key not in extra}
    terms = {**{key: extra.pop(key, None) for key in ("tags", "categories")}, **_table(front, "taxonomies")}
    explicit = any(front.get(key) for key in ("path", "url", "permalink"))
    return Entry(
        collection="" if str(place.parent) == "." else str(place.parent),
        slug=place.stem,
        title=str(front.get("title") or place.stem),
        body=body,
        date=_date(front, source),
        updated=_as_date(front.get("updated") or front.get("lastmod")),
        description=str(front.get("description") or ""),
        draft=front.get("draft") is True,
        url=_old_address(source, (front, body)) if explicit else "",
        aliases=tuple(alias for alias in front.get("aliases") or () if isinstance(alias, str)),
        taxonomies={key: tuple(map(str, value)) for key, value in terms.items() if isinstance(value, list) and value},
        extra=_plain(extra),
    )


def _table(front: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = front.get(key)
    return value if isinstance(value, dict) else {}


def _plain(value: Any) -> Any:
    """Return *value* without what YAML can't hold: times of day become text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.time) else value


def _old_address(path: str, parsed: tuple[dict[str, Any] | None, str]) -> str:
    """Return the site-absolute address that *path* had where it comes from."""
    front = parsed[0] or {}
    for key in ("path", "url", "permalink"):
        if isinstance(front.get(key), str) and front[key]:
            address = "/" + str(front[key]).lstrip("/")
            return address if posixpath.splitext(address)[1] == ".html" else address.rstrip("/") + "/"
    pure = PurePosixPath(path)
    slug = str(front.get("slug") or pure.stem)
    parts = [*pure.parts[:-1], *([] if slug in {"index", "_index"} else [slug])]
    return "/" + "".join(f"{part}/" for part in parts)


def _date(front: Mapping[str, Any], path: str) -> dt.date | dt.datetime | None:
    """Take the date from the front matter, the old address or the file's name."""
    if found := _as_date(front.get("date")):
        return found
    address = str(front.get("path") or front.get("url") or "")
    match = _DATED_PATH.search(f"/{address.lstrip('/')}") or _DATED_NAME.match(PurePosixPath(path).stem)
    try:
        return dt.date(*map(int, match.groups()[:3])) if match else None
    except ValueError:
        return None


def _as_date(value: Any) -> dt.date | dt.datetime | None:
    if isinstance(value, str):
        try:
            return dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, dt.date) else None


def _rewrite_links(body: str, urls: Mapping[str, str]) -> str:
    """Turn links to source files (``@/page.md``) into links to their addresses."""
    return _INTERNAL.sub(lambda match: f"]({urls.get(match[1], '/' + match[1])}{match[2] or ''})", body)


def _asset_place(path: str, urls: Mapping[str, str]) -> str:
    """Return the address that an asset had: below its page, when it lies in one."""
    pure = PurePosixPath(path)
    page = urls.get(f"{pure.parent}/index.md")
    return f"{page.strip('/')}/{pure.name}" if page else path


def _parse(path: str, data: bytes) -> tuple[dict[str, Any] | None, str]:
    """Return front matter and body; (None, reason) for a file that can't be read."""
    try:
        return parse_front_matter(data.decode("utf-8"), path)
    except UnicodeDecodeError:
        return None, "not UTF-8."
    except ContentError as error:
        return None, " ".join(problem.what for problem in error.problems) or f"{error.why}."


def _below_content(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    found = dict(files)
    rooted = {path: data for path, data in found.items() if path.startswith("content/")}
    for path, data in (rooted or found).items():
        yield path.removeprefix("content/") if rooted else path, data


def _read(source: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (relative path, bytes); paths that would leave the folder are refused."""
    try:
        if source.is_dir():
            yield from _read_folder(source)
        elif zipfile.is_zipfile(source):
            yield from _read_zip(source)
        elif source.is_file() and tarfile.is_tarfile(source):
            yield from _read_tar(source)
        else:
            raise ContentError("unreadable-source", f"{source} is neither a folder nor a .tar.gz or .zip archive")
    except (OSError, tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise ContentError("unreadable-source", f"{source} can't be read", why=str(error)) from None


def _read_folder(source: Path) -> Iterator[tuple[str, bytes]]:
    root = source.resolve()
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.resolve().is_relative_to(root) and not _hidden(path.relative_to(root).as_posix()):
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _read_tar(source: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(source) as archive:
        for number, member in enumerate(archive):
            _check_member(member.name, member.size, number)
            file = archive.extractfile(member) if member.isfile() else None
            if file and not _hidden(member.name):
                yield _clean(member.name), file.read()


def _read_zip(source: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for number, member in enumerate(archive.infolist()):
            _check_member(member.filename, member.file_size, number)
            if not member.is_dir() and not _hidden(member.filename):
                yield _clean(member.filename), archive.read(member)


def _check_member(name: str, size: int, number: int) -> None:
    if name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts:
        raise ContentError("unsafe-archive", f"the archive holds {name!r}, which would leave its folder")
    if size > MAX_FILE_BYTES or number >= MAX_FILES:
        raise ContentError(
            "huge-archive", f"the archive is larger than {MAX_FILES} files of {MAX_FILE_BYTES} bytes each"
        )


def _clean(name: str) -> str:
    return str(PurePosixPath(name))


def _hidden(name: str) -> bool:
    return any(part.startswith(".") for part in PurePosixPath(name).parts)
