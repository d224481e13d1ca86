"""Pulling a space through the sync API of Contentful's delivery API.

See "Synchronization" in Contentful's documentation: a first round with
``initial=true``, page by page through ``nextPageUrl``, and at its end a ``nextSyncUrl``
that gives what has changed since. Both hold a token, and the token is the cursor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from platform_core.errors import SourceError
from platform_core.http import Http, RefusedError
from platform_core.sources import CursorExpired, Page
from platform_plugin_contentful.space import ASSET, LOCALES, TYPES, sys_of

__all__ = ["HOSTS", "Delivery", "asset_hosts"]

HOSTS = {"us": "https://cdn.contentful.com", "eu": "https://cdn.eu.contentful.com"}
_ASSET_KINDS = ("images", "assets", "downloads", "videos")
_WAIT = "x-contentful-ratelimit-reset"
_PAGE = 100
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# A token that the API does not take: it answers 400, and may well choose one of the others.
_TOKEN_REFUSED = (400, 404, 410, 422)
_MOST_TYPES = 1000


def asset_hosts(region: str) -> tuple[str, ...]:
    """Return where the files of a space lie."""
    middle = ".eu" if region == "eu" else ""
    return tuple(f"{kind}{middle}.ctfassets.net" for kind in _ASSET_KINDS) + (
        () if middle else ("images.contentful.com", "assets.contentful.com")
    )


@dataclass(frozen=True, slots=True)
class Delivery:
    """One environment of one space.

    Attributes:
        base: Of the API, without a slash at its end.
        token: Of the delivery API; it goes into a header, never into an address.
    """

    base: str
    space: str
    environment: str
    token: str

    def pull(self, cursor: str, http: Http) -> Iterator[Page]:
        """Yield what has changed since *cursor*; everything, without one."""
        model: Mapping[str, Any] = {LOCALES: self._locales(http), TYPES: self._types(http)}
        while True:
            answer = self._sync(cursor, http)
            documents, deleted = _documents(answer)
            before = cursor
            cursor, complete = _next(answer)
            if cursor == before and not complete:
                raise _strange("a page says that it is followed by itself")
            yield Page({**documents, **model}, cursor, deleted, complete)
            if complete:
                return
            model = {}

    def _sync(self, cursor: str, http: Http) -> Mapping[str, Any]:
        query = {"sync_token": cursor} if cursor else {"initial": "true", "limit": str(_PAGE)}
        try:
            return self._ask("sync", query, http)
        except RefusedError as refused:
            if cursor and refused.status in _TOKEN_REFUSED:
                raise CursorExpired from refused
            raise

    def _locales(self, http: Http) -> list[Any]:
        return _list(self._ask("locales", {}, http), "items")

    def _types(self, http: Http) -> list[Any]:
        found = self._ask("content_types", {"limit": str(_MOST_TYPES), "order": "sys.id"}, http)
        return _list(found, "items")

    def _ask(self, what: str, query: Mapping[str, str], http: Http) -> Mapping[str, Any]:
        url = f"{self.base}/spaces/{self.space}/environments/{self.environment}/{what}"
        headers = {"authorization": f"Bearer {self.token}", "accept": "application/json"}
        answer = http.json(url, headers=headers, query=query, wait_header=_WAIT)
        if not isinstance(answer, dict):
            raise _strange(f"{what} is not a table")
        return answer


def _documents(answer: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    documents: dict[str, Any] = {}
    deleted: dict[str, None] = {}
    for item in _list(answer, "items"):
        sys = sys_of(item)
        kind, name = sys.get("type"), sys.get("id")
        if not isinstance(name, str) or not _ID.fullmatch(name):
            continue
        key = f"{ASSET}{name}" if kind in {"Asset", "DeletedAsset"} else name
        if kind in {"Entry", "Asset"}:
            # Of one and the same thing the last word counts.
            documents[key] = item
            deleted.pop(key, None)
        elif kind in {"DeletedEntry", "DeletedAsset"}:
            documents.pop(key, None)
            deleted[key] = None
    return documents, tuple(deleted)


def _next(answer: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the token of the next page, or of the next time, and whether this was the last page."""
    for name, complete in (("nextPageUrl", False), ("nextSyncUrl", True)):
        url = answer.get(name)
        tokens = parse_qs(urlsplit(url).query).get("sync_token") if isinstance(url, str) else None
        if tokens and _TOKEN.fullmatch(tokens[0]):
            return tokens[0], complete
    raise _strange("it names neither a next page nor a next time")


def _list(answer: Mapping[str, Any], name: str) -> list[Any]:
    found = answer.get(name)
    if not isinstance(found, list):
        raise _strange(f"it has no {name}")
    return found


def _strange(why: str) -> SourceError:
    return SourceError("source-answer", "Contentful answered something that is not of its API", why=why)
