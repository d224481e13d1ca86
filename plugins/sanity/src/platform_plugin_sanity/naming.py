"""Names: a collection of the site is a type of the dataset, a field is a field.

Sanity takes letters, digits and underscores. Where two names of ``content.toml``
would become one, the model is refused, so that every type leads back to its collection.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from platform_core.content import Collection
from platform_core.errors import ContentError, Problem, SiteError

__all__ = ["OWN_FIELDS", "check_names", "field_id", "foreign_types", "slugify", "type_name"]

OWN_FIELDS = ("slug",)
"""Fields that every type has, whatever the content model says."""
_RESERVED = frozenset(
    [
        "any",
        "array",
        "block",
        "boolean",
        "code",
        "crossDatasetReference",
        "date",
        "datetime",
        "document",
        "email",
        "file",
        "geopoint",
        "globalDocumentReference",
        "image",
        "number",
        "object",
        "rawMarkdown",
        "reference",
        "slug",
        "span",
        "string",
        "text",
        "url",
        "productOption",
        "productPrice",
        "productVariant",
    ]
)
_ILLEGAL = re.compile(r"[^0-9A-Za-z]+")
_TYPE = re.compile(r"[A-Za-z][0-9A-Za-z_.-]{0,99}")
_COLLECTION = re.compile(r"[^/.\s][^/\s]*(?:/[^/.\s][^/\s]*)*")


def type_name(collection: str) -> str:
    """Return the name of the type that holds entries of *collection*."""
    name = _legal(collection or "pages")
    return f"{name}_" if name in _RESERVED else name


def field_id(name: str) -> str:
    """Return the name of the field that holds what ``content.toml`` calls *name*."""
    return _legal(name)


def slugify(text: str) -> str:
    """Return *text* as the name of a file: lower case, words with dashes between; empty when nothing is left."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:80].strip("-")


def check_names(collections: Iterable[Collection]) -> None:
    """Refuse a content model in which two names become one.

    Raises:
        ContentError: With every pair.
    """
    problems: list[Problem] = []
    types: dict[str, str] = {}
    for item in collections:
        _claim(types, type_name(item.name), item.name, "content.toml [[collections]]", problems)
        fields: dict[str, str] = {}
        for field in item.fields:
            where = f"content.toml [[collections]] {item.name!r}"
            _claim(fields, field_id(field.name), field.name, where, problems)
    if problems:
        raise ContentError("bad-content-model", "no schema can be made from this content model", problems=problems)


def foreign_types(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return type -> collection, as the setting ``types`` has it.

    Raises:
        SiteError: With every row that is not ``type=collection``.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for row in settings["types"]:
        name, equals, collection = (part.strip() for part in row.partition("="))
        if not equals or not _TYPE.fullmatch(name) or not _COLLECTION.fullmatch(collection):
            problems.append(Problem("site.toml [settings.sanity] types", f"{row!r} is not such as blogPost=posts."))
        found[name] = collection
    if problems:
        raise SiteError("bad-settings", "the types of the dataset can't be told", problems=problems)
    return found


def _legal(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    legal = _ILLEGAL.sub("_", plain).strip("_")
    return legal if legal[:1].isalpha() else f"x_{legal}"


def _claim(taken: dict[str, str], key: str, name: str, where: str, problems: list[Problem]) -> None:
    if key in taken:
        problems.append(Problem(where, f"{name!r} and {taken[key]!r} are both called {key!r} in Sanity."))
    taken[key] = name
