"""Pulling a dataset through the query API.

Each pull asks for the id and the revision of every document, and compares both with
what it has: what is missing was deleted, what has another revision is fetched, a page
at a time. Sanity tells nobody of deletions, so such a list is needed anyway; and with
revisions no clock has to be trusted, as with ``_updatedAt``. The list takes one request
and about 90 bytes a document. The cursor is what we have, so a pull that breaks goes on
with the rest.

Requests go to ``<project>.api.sanity.io``, never to the CDN of the API, which may not
know yet what a webhook has just told. See https://www.sanity.io/docs/http-reference/query
and https://www.sanity.io/docs/content-lake/perspectives.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platform_core.errors import SourceError
from platform_core.sources import CursorExpired, Page, Source
from platform_plugin_sanity.convert import Converter
from platform_plugin_sanity.documents import CDN
from platform_plugin_sanity.model import Kind

if TYPE_CHECKING:
    from platform_core.http import Http

__all__ = ["NAME", "Dataset", "make_source", "pulled_types"]

NAME = "sanity"
PAGE = 100
_SYSTEM = ("sanity.imageAsset", "sanity.fileAsset", "translation.metadata")
# Perspectives leave drafts and releases out; the second half says so to an API version that knows none.
_WANTED = '*[_type in $types && !(_id in path("drafts.**")) && !(_id in path("versions.**"))]'
_LIST = f"{_WANTED}{{_id, _rev}}"
_FETCH = "*[_id in $ids]"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where the content is, and what is asked of it.

    Attributes:
        project: The project's id.
        name: The dataset's.
        version: Of the API, ``YYYY-MM-DD``.
        perspective: ``published`` or ``drafts``.
        types: Which documents are pulled.
        token: For datasets that are not public, and for drafts.
        host: Scheme and host of a stand-in; empty for Sanity itself.
    """

    project: str
    name: str
    version: str
    perspective: str
    types: tuple[str, ...]
    token: str = ""
    host: str = ""

    @property
    def origin(self) -> str:
        """What the documents are a copy of; another one is pulled from nothing."""
        return " ".join((self.project, self.name, self.perspective, self.host and "stand-in", *sorted(self.types)))

    @property
    def assets(self) -> str:
        """Scheme and host at which assets lie."""
        return self.host or CDN

    def ask(self, http: Http, query: str, **params: Any) -> list[Any]:
        """Return the rows that *query* finds.

        Raises:
            SourceError: No answer, a refusal, or something else than rows.
        """
        answer = http.json(
            f"{self._api}/v{self.version}/data/query/{self.name}?perspective={self.perspective}",
            headers={"authorization": f"Bearer {self.token}"} if self.token else {},
            body={"query": query, "params": params},
        )
        rows = answer.get("result") if isinstance(answer, Mapping) else None
        if not isinstance(rows, list):
            raise SourceError("source-answer", "Sanity's query API did not answer with a list")
        return rows

    @property
    def _api(self) -> str:
        return self.host or f"https://{self.project}.api.sanity.io"


def make_source(dataset: Dataset, kinds: Mapping[str, Kind], locale: str) -> Source:
    """Return the source of *dataset*.

    Args:
        dataset: What is asked.
        kinds: Type -> what its documents are.
        locale: The site's own language.
    """
    place = f"{dataset.project}/{dataset.name}"

    def pull(cursor: str, http: Http) -> Iterator[Page]:
        return _pull(dataset, cursor, http)

    converter = Converter(kinds, locale, f"{dataset.assets}/images/{place}", f"{dataset.assets}/files/{place}")
    return Source(NAME, dataset.origin, pull, converter.convert, hosts=(urlsplit(dataset.assets).netloc,))


def pulled_types(kinds: Mapping[str, Kind], references: Sequence[str]) -> tuple[str, ...]:
    """Return which types are pulled: entries, what they refer to, and what Sanity keeps of assets."""
    return tuple(dict.fromkeys((*kinds, *references, *_SYSTEM)))


def _pull(dataset: Dataset, cursor: str, http: Http) -> Iterator[Page]:
    held = _held(cursor)
    there = dict(_revisions(dataset.ask(http, _LIST, types=list(dataset.types))))
    gone = tuple(sorted(held.keys() - there.keys()))
    for name in gone:
        del held[name]
    wanted = sorted(name for name, revision in there.items() if held.get(name) != revision)
    batches = [list(batch) for batch in _batched(wanted)]
    if not batches:
        yield Page({}, _cursor(held), deleted=gone, complete=True)
    for number, batch in enumerate(batches, 1):
        documents = dict(_documents(dataset.ask(http, _FETCH, ids=batch)))
        held |= {name: str(item.get("_rev", "")) for name, item in documents.items()}
        yield Page(documents, _cursor(held), deleted=gone if number == 1 else (), complete=number == len(batches))


def _batched(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    rest = iter(names)
    while batch := tuple(itertools.islice(rest, PAGE)):
        yield batch


def _revisions(rows: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for name, item in _documents(rows):
        yield name, str(item.get("_rev", ""))


def _documents(rows: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("_id"), str):
            raise SourceError("source-answer", "Sanity's query API answered with something that is no document")
        yield row["_id"], row


def _cursor(held: Mapping[str, str]) -> str:
    return json.dumps(held, separators=(",", ":"))


def _held(cursor: str) -> dict[str, str]:
    """Return what an earlier pull has brought: id -> revision."""
    if not cursor:
        return {}
    try:
        held = json.loads(cursor)
    except ValueError:
        raise CursorExpired from None
    if not isinstance(held, dict) or not all(isinstance(value, str) for value in held.values()):
        raise CursorExpired
    return held
