"""A copy of a space, as the sync API gave it: entries and assets in all their languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "ASSET",
    "LOCALES",
    "LOCALE_CODE",
    "TYPES",
    "Copy",
    "Locale",
    "fields_of",
    "link_of",
    "read_locales",
    "sys_of",
    "value_in",
]

LOCALES = "model:locales"
TYPES = "model:types"
ASSET = "asset:"
"""Before the id of an asset: entries have ids of their own, which may be the same."""
LOCALE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,34}")


@dataclass(frozen=True, slots=True)
class Locale:
    """A language of the site.

    Attributes:
        code: In the space.
        name: In the site; empty for the site's own.
        chain: Where a value is looked for, beginning with the code itself.
    """

    code: str
    name: str
    chain: tuple[str, ...]


class Copy:
    """What the documents of a source hold; anything malformed in them is as if it were not there."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self._documents = documents
        self.types = {_id(item): item for item in _items(documents.get(TYPES)) if _id(item)}
        self.locales = _items(documents.get(LOCALES))

    def entries(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield id and entry."""
        for name, item in self._documents.items():
            if ":" not in name and isinstance(item, Mapping):
                yield name, item

    def entry(self, name: str) -> Mapping[str, Any] | None:
        """Return an entry, or None when it is not published."""
        found = self._documents.get(name)
        return found if ":" not in name and isinstance(found, Mapping) else None

    def asset(self, name: str) -> Mapping[str, Any] | None:
        """Return an asset, or None when it is not published."""
        found = self._documents.get(f"{ASSET}{name}")
        return found if isinstance(found, Mapping) else None

    def assets(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield id and asset."""
        for name, item in self._documents.items():
            if name.startswith(ASSET) and isinstance(item, Mapping):
                yield name.removeprefix(ASSET), item

    def type_of(self, entry: Mapping[str, Any]) -> str:
        """Return the id of an entry's content type."""
        link = sys_of(entry).get("contentType")
        return _id(link) if isinstance(link, Mapping) else ""

    def fields_of_type(self, name: str) -> list[Mapping[str, Any]]:
        """Return the definitions of a type's fields."""
        rows = self.types.get(name, {}).get("fields")
        return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def read_locales(
    rows: list[Mapping[str, Any]], own: str, wanted: Mapping[str, str], *, every: bool
) -> tuple[Locale, ...]:
    """Return the languages of the site, its own first.

    Args:
        rows: The locales of the space.
        own: The site's language.
        wanted: Code in the space -> name in the site.
        every: Whether all locales count when *wanted* is empty.
    """
    fallbacks = {code: str(row.get("fallbackCode") or "") for row in rows if (code := _code(row))}
    default = next(
        (code for row in rows if row.get("default") and (code := _code(row))), next(iter(fallbacks), "en-US")
    )
    named = {name: code for code, name in wanted.items()}
    first = named.get(own) or _matching(own, default, fallbacks)
    found = (Locale(first, "", _chain(first, fallbacks, default)),)
    others = [code for code in wanted or (fallbacks if every else ()) if code != first and code in fallbacks]
    return (*found, *(Locale(code, wanted.get(code, code), _chain(code, fallbacks)) for code in others))


def value_in(values: Any, chain: tuple[str, ...]) -> Any:
    """Return the value of a field in the first of *chain* that has one."""
    if not isinstance(values, Mapping):
        return None
    return next((values[code] for code in chain if values.get(code) is not None), None)


def sys_of(item: Any) -> Mapping[str, Any]:
    """Return what Contentful says of an item itself."""
    found = item.get("sys") if isinstance(item, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def fields_of(item: Any) -> Mapping[str, Any]:
    """Return the fields of an item: id -> locale -> value."""
    found = item.get("fields") if isinstance(item, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def link_of(value: Any) -> tuple[str, str]:
    """Return kind and id of a link, or two empty strings."""
    sys = sys_of(value)
    kind, name = sys.get("linkType"), sys.get("id")
    is_link = sys.get("type") == "Link" and isinstance(kind, str) and isinstance(name, str)
    return (str(kind), str(name)) if is_link else ("", "")


def _matching(own: str, default: str, fallbacks: Mapping[str, str]) -> str:
    """Return the locale of the space for the site's own: the same, the same language, or the default."""
    by_name = {code.lower(): code for code in fallbacks}
    if own.lower() in by_name:
        return by_name[own.lower()]
    language = own.partition("-")[0].lower()
    alike = [code for code in (default, *fallbacks) if code.partition("-")[0].lower() == language]
    return alike[0] if alike else default


def _chain(code: str, fallbacks: Mapping[str, str], last: str = "") -> tuple[str, ...]:
    found = [code]
    while (code := fallbacks.get(code, "")) and code not in found:
        found.append(code)
    return (*found, *([last] if last and last not in found else []))


def _code(row: Mapping[str, Any]) -> str:
    code = row.get("code")
    return code if isinstance(code, str) and LOCALE_CODE.fullmatch(code) else ""


def _items(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _id(item: Any) -> str:
    name = sys_of(item).get("id")
    return name if isinstance(name, str) else ""
