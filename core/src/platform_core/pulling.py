"""Pulling: documents of a source become files of the site, or nothing changes.

Everything is fetched, converted and checked before the first file is touched. A file
that came from a source says so in its front matter (``source: <name>/<key>``); no
other file is ever overwritten or removed. Files are written one by one, each whole; a
pull that is killed between two of them is finished by the next one, which needs
nobody's answer for that.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from platform_core.content import PRODUCTS, Claims, Entry, is_alias, parse_entry, read_product, render_entry
from platform_core.errors import ContentError, PlatformError, PluginError, Problem, SourceError
from platform_core.files import write_atomically
from platform_core.http import MAX_ASSET_BYTES, Http, RefusedError, TooLargeError
from platform_core.sources import Converted, CursorExpired, Documents, Source

__all__ = ["Pulled", "pull_source", "pull_sources", "pulled_files"]

STATE = Path(".platform") / "sources"
MARK = "source"
ASSETS = "media"
_MARKED = re.compile(rb"^source\s*:", re.MULTILINE)
_SEGMENT = re.compile(r"(?!\.)[^/\\\x00-\x1f]+")
# A lost picture keeps back the entry that shows it, and nothing else.
_GONE = (404, 410)
# A browser would take these for pages and programs of the site.
_RUNS = frozenset(
    {".cjs", ".htm", ".html", ".js", ".mjs", ".shtml", ".wasm", ".xht", ".xhtml", ".xml", ".xsl", ".xslt"}
)
# File systems hold 255 bytes, and a file that is being written has a longer name.
_MAX_NAME_BYTES = 200


@dataclass(frozen=True)
class Pulled:
    """What one pull came to; paths are relative to the site's folder.

    Attributes:
        documents: How many the provider sent this time.
        written: Files that are new or have changed.
        removed: Files whose document is gone.
        skipped: What gave no file, and why.
    """

    name: str
    documents: int = 0
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[Problem, ...] = ()


def pull_sources(
    sources: Iterable[Source],
    root: Path,
    *,
    say: Callable[[str], None] = lambda _: None,
    allow_empty: bool = False,
) -> list[Pulled]:
    """Pull each of *sources*, as `pull_source` does; the first that fails ends it."""
    http = Http()
    return [pull_source(source, root, http=http, say=say, allow_empty=allow_empty) for source in sources]


def pull_source(
    source: Source,
    root: Path,
    *,
    http: Http | None = None,
    say: Callable[[str], None] = lambda _: None,
    allow_empty: bool = False,
) -> Pulled:
    """Bring the files of *source* in step with what the provider has.

    Args:
        source: Where content comes from.
        root: The site's folder.
        http: The client that asks; a new one by default.
        say: Told what is going on, now and then.
        allow_empty: Whether to remove every file when nothing comes any more.

    Raises:
        SourceError: The provider can't be asked, refuses, or has nothing any more; no file was touched.
        PluginError: The plugin failed; no file was touched.
    """
    client = http or Http()
    with Documents.open(root / STATE / f"{source.name}.sqlite", source.origin) as documents:
        try:
            number = _advance(source, documents, client, say)
            converted = source.convert(dict(documents))
        except (CursorExpired, PlatformError):
            raise
        except Exception as error:  # a plugin may raise anything
            what = f"the source {source.name} failed"
            raise PluginError("source-failed", what, why=f"{type(error).__name__}: {error}") from error
        writer = _Writer(source, root, documents)
        if not (allow_empty or converted.entries or converted.skipped) and any(pulled_files(root, source.name)):
            # What is there again tomorrow may not have changed, so increments would not bring it.
            documents.restart()
            raise _nothing_left(source)
        written, removed = writer.write(converted, client, say)
        return Pulled(source.name, number, tuple(written), tuple(removed), tuple(writer.skipped))


def pulled_files(root: Path, name: str) -> Iterator[tuple[str, str]]:
    """Yield path and key of each file that came from the source *name*, also of an earlier copy of it."""
    folder = root / "content"
    for path in sorted(folder.rglob("*.md")):
        # The mark is written last, after what may be hundreds of variants; a text that speaks of one is no mark.
        if not _MARKED.search(path.read_bytes()):
            continue
        inside = PurePosixPath(path.relative_to(folder).as_posix())
        try:
            mark = str(parse_entry(path.read_text("utf-8"), inside).extra.get(MARK, ""))
        except (ContentError, UnicodeDecodeError):
            continue
        origin, _, key = mark.partition("/")
        if origin == name and key:
            yield f"content/{inside}", key


def _advance(source: Source, documents: Documents, http: Http, say: Callable[[str], None]) -> int:
    """Take pages until one is complete; return how many documents came."""
    try:
        return _take(source, documents, http, say)
    except CursorExpired:
        documents.restart()
        say("everything anew: the provider does not know where the last pull ended")
    try:
        return _take(source, documents, http, say)
    except CursorExpired:
        raise PluginError("source-failed", f"the source {source.name} refuses an empty cursor") from None


def _nothing_left(source: Source) -> SourceError:
    return SourceError(
        "source-empty",
        f"{source.name} has nothing for this site any more",
        why="It answers, and none of its documents gives an entry; the files of the last pull stay as they are.",
        hint="Look whether the site's settings and its token still lead there. "
        "When it is meant to be empty, `platform pull --allow-empty` removes the files.",
    )


def _take(source: Source, documents: Documents, http: Http, say: Callable[[str], None]) -> int:
    if not documents.cursor:
        documents.restart()
    number = 0
    for page in source.pull(documents.cursor, http):
        documents.take(page)
        number += len(page.documents) + len(page.deleted)
        if page.complete:
            return number
        say(f"{number} documents")
    raise PluginError("source-failed", f"the source {source.name} ended without a complete page")


class _Writer:
    """Writes what a source's documents come to."""

    def __init__(self, source: Source, root: Path, documents: Documents) -> None:
        self._source = source
        self._root = root
        self._documents = documents
        self.skipped: list[Problem] = []
        self._lost: dict[str, str] = {}

    def write(self, converted: Converted, http: Http, say: Callable[[str], None]) -> tuple[list[str], list[str]]:
        """Return the paths that were written and removed."""
        self.skipped += converted.skipped.values()
        written = self._fetch(converted.assets, http, say)
        there = dict(pulled_files(self._root, self._source.name))
        texts, kept = self._agreed(converted, there)
        gone = [path for path in there if path not in texts and path not in kept]
        changed = [path for path, (text, _) in texts.items() if not _is(self._root / path, text)]
        for path in changed:
            write_atomically(self._root / path, texts[path][0])
        for path in gone:
            (self._root / path).unlink(missing_ok=True)
        return [*written, *changed], [*gone, *self._drop(path for path in converted.assets if not _runs(path))]

    def _agreed(self, converted: Converted, there: Mapping[str, str]) -> tuple[dict[str, tuple[str, str]], set[str]]:
        """Return path -> text and key of what is written, and the paths that stay as they are.

        What can't be a file now stays as it was, rather than vanish, unless another has
        what its file claims: every build would fail then.
        """
        claims = Claims.of(self._root, there)
        good = {path: (entry, text, key) for path, entry, text, key in self._texts(converted.entries, there)}
        writable = {key for _, _, key in good.values()}
        stays = ({*converted.skipped, *converted.entries} - writable).__contains__
        kept = {path for path, key in there.items() if stays(key) and not claims.take_file(self._root / path, path)}
        dropped: set[str] = set()
        files = {key: path for path, key in there.items()}
        # Who is there already was first.
        for path, (entry, _, key) in sorted(good.items(), key=lambda item: item[1][2] not in files):
            if what := claims.take(entry, path):
                self.skipped.append(Problem(f"{self._source.name} {key}", what))
                dropped.add(path)
                if (old := files.get(key)) and not claims.take_file(self._root / old, old):
                    kept.add(old)
        return {path: (text, key) for path, (_, text, key) in good.items() if path not in dropped}, kept

    def _texts(self, entries: Mapping[str, Entry], there: Mapping[str, str]) -> Iterator[tuple[str, Entry, str, str]]:
        """Yield path, entry, text and key of each entry that can be a file of this site, as far as it alone can tell."""
        claimed: dict[str, str] = {}
        for key, entry in entries.items():
            marked = dataclasses.replace(entry, extra={**entry.extra, MARK: f"{self._source.name}/{key}"})
            path = f"content/{marked.path}"
            text = render_entry(marked)
            what = self._fault(marked, text, path)
            if not what and path in claimed:
                what = f"{path} is already what {claimed[path]} is written to."
            if not what and path not in there and (self._root / path).exists():
                what = f"{path} is there and did not come from {self._source.name}; it stays as it is."
            if what:
                self.skipped.append(Problem(f"{self._source.name} {key}", what))
                continue
            claimed[path] = key
            yield path, marked, text, key

    def _fault(self, entry: Entry, text: str, path: str) -> str:
        """Tell why *entry* can't be a file of this site, or return an empty string."""
        parts = PurePosixPath(entry.path).parts
        if entry.path.startswith("/") or not all(map(_is_name, parts)):
            return f"{entry.path!r} is not a path below content/."
        if not (self._root / path).resolve().is_relative_to((self._root / "content").resolve()):
            return f"{path} leads out of content/ by a link."
        try:
            if parse_entry(text, PurePosixPath(entry.path)) != entry:
                return "its file would not say what the document says."
        except ContentError as error:
            return f"its file could not be read: {error.why or error.what}."
        if lost := next((name for name in self._lost if name in text), ""):
            return f"it shows {PurePosixPath(lost).name}, and {self._lost[lost]}."
        if alias := next((alias for alias in entry.aliases if not is_alias(alias)), ""):
            return f"the alias {alias!r} is not a path of this site."
        problems: list[Problem] = []
        if entry.collection == PRODUCTS and not entry.slug.startswith("_"):
            read_product(entry, path, problems)
        return " ".join(problem.what for problem in problems)

    def _fetch(self, assets: Mapping[str, str], http: Http, say: Callable[[str], None]) -> list[str]:
        """Download assets that are new, put them in place once all are there, and return their paths.

        A picture in place beside the text of yesterday would be half a pull. What was
        downloaded before one failed is not asked for again.
        """
        fetched = self._documents.assets
        wanted = {
            path: url
            for path, url in assets.items()
            if self._may_have(path, url) and (fetched.get(path) != url or not (self._root / "static" / path).is_file())
        }
        waiting = self._root / STATE / f"{self._source.name}.files"
        there: dict[str, Path] = {}
        for number, (path, url) in enumerate(wanted.items(), 1):
            if number % 10 == 1:
                say(f"{len(wanted) - number + 1} files to fetch")
            file = waiting / hashlib.sha256(f"{path} {url}".encode()).hexdigest()
            if file.is_file() or self._download(path, url, file, http):
                there[path] = file
        for path, file in there.items():
            target = self._root / "static" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, target)
            self._documents.keep_asset(path, wanted[path])
        shutil.rmtree(waiting, ignore_errors=True)
        return [f"static/{path}" for path in there]

    def _download(self, path: str, url: str, file: Path, http: Http) -> bool:
        """Download an asset to *file*; False when it can't be had, which keeps back the entry that shows it."""
        try:
            http.download(url, file)
        except TooLargeError:
            self._lost[path] = f"that file has more than {MAX_ASSET_BYTES:,} bytes"
        except RefusedError as error:
            if error.status not in _GONE:
                raise
            self._lost[path] = "that file is not at its address any more"
        return path not in self._lost

    def _may_have(self, path: str, url: str) -> bool:
        """Tell whether a file may be one of the site; one that may not keeps back the entry that shows it.

        Raises:
            PluginError: It would not lie in the source's own folder.
        """
        name, host = self._source.name, urlsplit(url).netloc
        folder = self._root / "static" / ASSETS / name
        if not (self._root / "static" / path).resolve().is_relative_to(folder.resolve()) or ".." in path:
            raise PluginError("source-asset", f"the source {name} brought {path!r}, outside of static/{ASSETS}/{name}/")
        if _runs(path):
            self._lost[path] = "a file of this kind would run as a part of the site"
        elif host not in self._source.hosts:
            known = ", ".join(self._source.hosts) or "nowhere"
            self._lost[path] = f"that file is at {host!r}, while files of {name} come from {known}"
        return path not in self._lost

    def _drop(self, assets: Iterable[str]) -> Iterator[str]:
        """Remove assets that nothing needs any more, and yield their paths."""
        for path in sorted(self._documents.assets.keys() - set(assets)):
            (self._root / "static" / path).unlink(missing_ok=True)
            self._documents.forget_asset(path)
            yield f"static/{path}"


def _runs(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _RUNS


def _is_name(part: str) -> bool:
    return bool(_SEGMENT.fullmatch(part)) and len(part.encode()) <= _MAX_NAME_BYTES


def _is(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False
