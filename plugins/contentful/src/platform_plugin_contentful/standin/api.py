"""Answers of the delivery API."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_plugin_contentful.standin.search import QueryError, ordered, picked, selected
from platform_plugin_contentful.standin.store import Key, Store

__all__ = ["Answer", "Api"]

_MOST = 1000
_DEFAULT_LIMIT = 100
_KINDS = {"entries": "Entry", "assets": "Asset"}
_SYNC_TYPES = {
    "all": ("Entry", "Asset", "DeletedEntry", "DeletedAsset"),
    "Entry": ("Entry",),
    "Asset": ("Asset",),
    "Deletion": ("DeletedEntry", "DeletedAsset"),
    "DeletedEntry": ("DeletedEntry",),
    "DeletedAsset": ("DeletedAsset",),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with."""

    status: int
    data: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Api:
    """The delivery API of one space, whatever its id is said to be."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def answer(self, path: str, query: Mapping[str, str], *, token: str, origin: str) -> Answer:
        """Answer a GET request.

        Args:
            path: For example ``/spaces/x/environments/master/entries``.
            query: Parameters, the last of each name.
            token: Of the header or of the query.
            origin: ``scheme://host`` at which this was asked.
        """
        parts = [part for part in path.split("/") if part]
        if len(parts) < 2 or parts[0] != "spaces":
            return _error(404, "NotFound", "The resource could not be found.")
        if not token:
            return _error(401, "AccessTokenInvalid", "The access token you sent could not be found or is invalid.")
        base = f"{origin}/{'/'.join(parts[:4] if parts[2:3] == ['environments'] else parts[:2])}"
        rest = parts[4:] if parts[2:3] == ["environments"] else parts[2:]
        try:
            return self._route(rest, query, base, origin)
        except QueryError as error:
            return _error(400, "InvalidQuery", "The query you sent was invalid.", {"errors": [{"details": str(error)}]})

    def _route(self, rest: list[str], query: Mapping[str, str], base: str, origin: str) -> Answer:
        match rest:
            case []:
                return Answer(
                    200, {"sys": {"type": "Space", "id": "sample"}, "name": "Stand-in", "locales": self._locales()}
                )
            case ["locales"]:
                return _array(self._locales(), {})
            case ["tags"]:
                return _array([], query)
            case ["content_types"]:
                return _array([_type(row) for _, row in sorted(self.store.types.items())], query)
            case ["content_types", name] if name in self.store.types:
                return Answer(200, _type(self.store.types[name]))
            case ["sync"]:
                return self._sync(query, base, origin)
            case [plural] if plural in _KINDS:
                return self._list(_KINDS[plural], query, origin)
            case [plural, name] if plural in _KINDS and (_KINDS[plural], name) in self.store.items:
                item = self.store.items[_KINDS[plural], name]
                return Answer(200, self._in_locale(item, query.get("locale", ""), origin))
            case _:
                return _error(404, "NotFound", "The resource could not be found.")

    def _locales(self) -> list[dict[str, Any]]:
        kept = ("code", "name", "default", "fallbackCode")
        return [
            {
                **{name: row.get(name) for name in kept},
                "sys": {"type": "Locale", "id": row.get("sys", {}).get("id", row["code"]), "version": 1},
            }
            for row in self.store.locales
            if row.get("contentDeliveryApi", True)
        ]

    def _list(self, kind: str, query: Mapping[str, str], origin: str) -> Answer:
        if kind == "Entry" and any(name.startswith("fields.") for name in query) and "content_type" not in query:
            raise QueryError("Fields can be searched with content_type only.")
        locale = query.get("locale", "")
        found = ordered(
            picked((self._in_locale(item, locale, origin) for item in self.store.all(kind)), query),
            query.get("order", ""),
        )
        answer = _array(found, query)
        page = [selected(item, query.get("select", "")) for item in answer.data["items"]]
        data = {**answer.data, "items": page}
        if kind == "Entry" and (depth := _number(query, "include", 1, 10)):
            data |= self._included(page, depth, locale, origin)
        return Answer(200, data)

    def _included(self, items: list[Any], depth: int, locale: str, origin: str) -> dict[str, Any]:
        """Return what the items of an answer link to, and what can't be found."""
        there = {(str(item["sys"]["type"]), str(item["sys"]["id"])) for item in items}
        found: dict[Key, Any] = {}
        missing: dict[Key, None] = {}
        level = items
        for _ in range(depth):
            keys = [key for item in level for key in _links(item.get("fields"))]
            level = []
            for key in dict.fromkeys(keys):
                if key in there or key in found:
                    continue
                if key not in self.store.items:
                    missing[key] = None
                    continue
                found[key] = self._in_locale(self.store.items[key], locale, origin)
                level.append(found[key])
        includes = {kind: [item for (one, _), item in found.items() if one == kind] for kind in ("Entry", "Asset")}
        errors = [
            {
                "sys": {"id": "notResolvable", "type": "error"},
                "details": {"type": "Link", "linkType": kind, "id": name},
            }
            for kind, name in missing
        ]
        return {
            **({"includes": {kind: rows for kind, rows in includes.items() if rows}} if found else {}),
            **({"errors": errors} if errors else {}),
        }

    def _in_locale(self, item: Mapping[str, Any], locale: str, origin: str) -> dict[str, Any]:
        """Return an item with the fields of one locale, or of all of them for ``*``."""
        code = locale or self.store.default
        if locale not in {"", "*"} and all(row["code"] != locale for row in self.store.locales):
            raise QueryError(f"Unknown locale: {locale}")
        if item["sys"]["type"] == "Asset":
            fields = _with_host(item["fields"], origin)
        else:
            fields = self._with_addresses(item["fields"], origin.partition(":")[2])
        if locale == "*":
            return {**item, "fields": fields}
        chain = tuple(self.store.chain(code))
        found = {
            name: next((values[one] for one in chain if values.get(one) is not None), None)
            for name, values in fields.items()
        }
        known = {name: value for name, value in found.items() if value is not None}
        return {**item, "sys": {**item["sys"], "locale": code}, "fields": known}

    def _with_addresses(self, value: Any, host: str) -> Any:
        """Return fields whose texts show files of the space at the stand-in's addresses."""
        if isinstance(value, Mapping):
            return {name: self._with_addresses(one, host) for name, one in value.items()}
        if isinstance(value, list):
            return [self._with_addresses(one, host) for one in value]
        if isinstance(value, str) and "//" in value:
            for path, file in self.store.files.items():
                value = value.replace(file["original"], f"{host}{path}") if file["original"] else value
        return value

    def _sync(self, query: Mapping[str, str], base: str, origin: str) -> Answer:
        names = set(query) - {"access_token"}
        if "sync_token" in names:
            if names != {"sync_token"}:
                return _error(400, "BadRequest", "When passing a sync token you can not pass any other parameters.")
            state = _state(query["sync_token"])
            if state is None or state.get("epoch") != self.store.epoch:
                return _error(400, "BadRequest", "The sync token is not valid, or is too old: start with initial=true.")
        elif query.get("initial") != "true":
            return _error(400, "BadRequest", "Please provide a sync_token or initial=true.")
        else:
            state = self._first_state(query)
        return self._sync_page(state, base, origin)

    def _first_state(self, query: Mapping[str, str]) -> dict[str, Any]:
        kind, content_type = query.get("type", "all"), query.get("content_type", "")
        if kind not in _SYNC_TYPES or (content_type and kind != "Entry"):
            raise QueryError("type and content_type do not fit.")
        limit = _number(query, "limit", _DEFAULT_LIMIT, _MOST) or 1
        end = len(self.store.log)
        # `start` below zero: the first round has everything that is there, and no deletions.
        return {"type": kind, "content_type": content_type, "limit": limit, "start": -1, "end": end, "after": []}

    def _sync_page(self, state: dict[str, Any], base: str, origin: str) -> Answer:
        end = state["end"] if state["end"] >= 0 else len(self.store.log)
        there = dict(self.store.items) if state["start"] < 0 else self.store.changes(state["start"], end)
        after = tuple(state["after"])
        wanted = [key for key in sorted(there) if key > after and self._fits(there[key], state)]
        page = wanted[: state["limit"]]
        items = [self._in_locale(there[key], "*", origin) if "fields" in there[key] else there[key] for key in page]
        if len(wanted) > len(page):
            name, following = "nextPageUrl", {**state, "end": end, "after": list(page[-1])}
        else:
            name, following = "nextSyncUrl", {**state, "start": end, "end": -1, "after": []}
        token = _token({**following, "epoch": self.store.epoch})
        return Answer(200, {"sys": {"type": "Array"}, "items": items, name: f"{base}/sync?sync_token={token}"})

    @staticmethod
    def _fits(item: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
        sys = item["sys"]
        wanted = state["content_type"]
        return sys["type"] in _SYNC_TYPES[state["type"]] and (not wanted or sys["contentType"]["sys"]["id"] == wanted)


def _with_host(fields: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """Return an asset's fields with addresses that have, like Contentful's, a host and no scheme."""
    host = origin.partition(":")[2]
    files = {code: {**file, "url": f"{host}{file['url']}"} for code, file in fields.get("file", {}).items()}
    return {**fields, "file": files} if files else dict(fields)


def _links(value: Any) -> Iterator[Key]:
    """Yield what a value links to, also from within rich text."""
    if isinstance(value, Mapping):
        sys = value.get("sys")
        if isinstance(sys, Mapping) and sys.get("type") == "Link" and sys.get("linkType") in {"Entry", "Asset"}:
            yield str(sys["linkType"]), str(sys["id"])
        else:
            for one in value.values():
                yield from _links(one)
    elif isinstance(value, list):
        for one in value:
            yield from _links(one)


def _array(items: Iterable[Mapping[str, Any]], query: Mapping[str, str]) -> Answer:
    rows = list(items)
    skip, limit = _number(query, "skip", 0), _number(query, "limit", _DEFAULT_LIMIT, _MOST)
    page = rows[skip : skip + limit]
    return Answer(200, {"sys": {"type": "Array"}, "total": len(rows), "skip": skip, "limit": limit, "items": page})


def _type(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("name", "description", "displayField", "fields")
    sys = {"id": row["sys"]["id"], "type": "ContentType", "revision": 1}
    return {"sys": sys, **{name: row.get(name) for name in kept}}


def _number(query: Mapping[str, str], name: str, default: int, most: int = 10**9) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or int(text) > most:
        raise QueryError(f"{name} = {text!r} is not a number from 0 to {most}.")
    return int(text)


def _token(state: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


def _state(token: str) -> dict[str, Any] | None:
    try:
        found = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _error(status: int, name: str, message: str, details: Any = None) -> Answer:
    data = {"sys": {"type": "Error", "id": name}, "message": message, "requestId": "stand-in"}
    return Answer(status, {**data, **({"details": details} if details else {})})
