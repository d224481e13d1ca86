"""Content that lives elsewhere: what a plugin says of it, and where its copy is kept.

A source is pulled before a build, in two steps that know nothing of each other.
*Pull* brings documents as the provider has them, a page at a time, from where the
last pull ended; each page is kept with its cursor in one transaction, so a pull that
breaks goes on where it was. *Convert* makes entries of all documents that are there,
without asking anybody. So a document that others refer to may change alone, and what
was deleted is gone from every place.

`platform_core.pulling` carries both out and writes the files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.content import Entry
from platform_core.errors import Problem
from platform_core.exact import dump_json, load_json

if TYPE_CHECKING:
    from platform_core.http import Http

__all__ = ["PRODUCT_FILE", "Converted", "CursorExpired", "Documents", "Page", "Source"]

PRODUCT_FILE = "products-file"
"""The name of the source that core makes of a site's own file; no plugin may take it."""
_TABLES = """
CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, value TEXT NOT NULL, round INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS assets (path TEXT PRIMARY KEY, url TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class CursorExpired(Exception):  # noqa: N818 - a turn of events that the puller mends, not an error
    """The provider does not know the cursor any more: everything has to be pulled again."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of an answer.

    Attributes:
        documents: Id -> the document, as JSON has it.
        deleted: Ids of documents that are gone.
        cursor: Where to go on after this page; of the last page, where the next pull
            begins. An empty one begins from nothing, which is what a provider without
            increments gives at its end.
        complete: Whether this is the last page.
    """

    documents: Mapping[str, Any]
    cursor: str
    deleted: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """What the documents come to.

    Attributes:
        entries: A key -> the entry. The key is the document's id, with something after
            a ``#`` when a document gives several; it stays in the entry's file.
        assets: Path below ``static/`` -> the https address of the file. The path begins
            with ``media/<name of the source>/``; another file has another address.
        skipped: A key -> why it gives no entry. What an earlier pull made of it stays.
    """

    entries: Mapping[str, Entry]
    assets: Mapping[str, str] = field(default_factory=dict)
    skipped: Mapping[str, Problem] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Content of one provider.

    Attributes:
        name: Stands in every file that comes from it; ``[a-z0-9-]``.
        origin: What the documents are a copy of, for example a space and an environment.
            Documents of another origin are not kept.
        pull: Called with the cursor and a client; yields pages until one is complete.
            Raises `CursorExpired` when the provider does not know the cursor any more.
        convert: Makes entries of id -> document. Has no side effects.
        hosts: From where assets may be fetched.
    """

    name: str
    origin: str
    pull: Callable[[str, Http], Iterator[Page]]
    convert: Callable[[Mapping[str, Any]], Converted]
    hosts: tuple[str, ...] = ()


class Documents:
    """The copy of a source's documents, in one SQLite file.

    A *round* begins with an empty cursor. What a complete round has not seen was
    deleted, so providers that tell of no deletions are followed too.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, path: Path, origin: str) -> Iterator[Documents]:
        """Open the copy at *path*; documents of another origin are dropped."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=60)) as connection:
            connection.executescript(_TABLES)
            documents = cls(connection)
            if documents._fact("origin") != origin:
                with connection:
                    connection.execute("DELETE FROM documents")
                    documents._set(origin=origin, cursor="", complete="")
            yield documents

    @property
    def cursor(self) -> str:
        """Where the next page begins."""
        return self._fact("cursor")

    @property
    def complete(self) -> bool:
        """Whether there has been a whole round; without one the documents say too little."""
        return bool(self._fact("complete"))

    def restart(self) -> None:
        """Begin a new round; the documents stay until it is complete."""
        with self._connection:
            self._set(cursor="", round=str(self._round + 1))

    def take(self, page: Page) -> None:
        """Keep a page and where it ends, both or neither."""
        rows = [(name, dump_json(value), self._round) for name, value in page.documents.items()]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", rows)
            self._connection.executemany("DELETE FROM documents WHERE id = ?", [(name,) for name in page.deleted])
            self._set(cursor=page.cursor)
            if page.complete:
                # Increments belong to the round that they follow, so they outlive it.
                self._connection.execute("DELETE FROM documents WHERE round < ?", (self._round,))
                self._set(complete="yes")

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield id and document, in the order of the ids."""
        for name, value in self._connection.execute("SELECT id, value FROM documents ORDER BY id"):
            yield name, load_json(value)

    @property
    def assets(self) -> dict[str, str]:
        """Path below ``static/`` -> the address that the file was fetched from."""
        return dict(self._connection.execute("SELECT path, url FROM assets").fetchall())

    def keep_asset(self, path: str, url: str) -> None:
        """Note that the file at *path* was fetched from *url*."""
        with self._connection:
            self._connection.execute("INSERT OR REPLACE INTO assets VALUES (?, ?)", (path, url))

    def forget_asset(self, path: str) -> None:
        """Note that the file at *path* is gone."""
        with self._connection:
            self._connection.execute("DELETE FROM assets WHERE path = ?", (path,))

    @property
    def _round(self) -> int:
        return int(self._fact("round") or 0)

    def _fact(self, name: str) -> str:
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else ""

    def _set(self, **facts: str) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
