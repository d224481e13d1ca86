"""Names on both sides: collections and fields of the site, types and fields of a space."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from platform_core.content import Collection
from platform_core.errors import Problem, SiteError

__all__ = ["PAGES", "collections_of_types", "field_id", "read_types", "slugify", "type_id"]

PAGES = "pages"
"""The type of entries that lie at the root of ``content/``."""
_TYPE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FOLDER = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*)?")
_NOT_A_WORD = re.compile(r"[^\w.~-]+")
_MAX_SLUG = 100


def type_id(collection: str) -> str:
    """Return the content type of a collection: ``docs/guides`` is ``docs_guides``."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", collection)[:64] or PAGES


def field_id(name: str) -> str:
    """Return the id of a field; Contentful takes letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)[:64]


def read_types(rows: Iterable[str]) -> dict[str, str | None]:
    """Read the setting ``types``: ``blogPost=posts``, ``landing=/`` for the root, ``person=`` to leave one out.

    Raises:
        SiteError: A row is malformed; every one.
    """
    found: dict[str, str | None] = {}
    problems = []
    for row in rows:
        name, mark, folder = (part.strip() for part in row.partition("="))
        if not mark or not _TYPE.fullmatch(name) or not (folder == "/" or _FOLDER.fullmatch(folder)):
            problems.append(
                Problem(
                    "site.toml [settings.contentful] types",
                    f"{row!r} does not map a content type to a folder.",
                    'Write "blogPost=posts"; nothing after the mark leaves a type out.',
                )
            )
        found[name] = folder.strip("/") if folder else None
    if problems:
        raise SiteError("bad-types", "content types can't be mapped", problems=problems)
    return found


def collections_of_types(types: Mapping[str, str | None], collections: Iterable[Collection]) -> dict[str, str]:
    """Return type -> folder: of the content model, of pages at the root, and as the setting says."""
    own = {PAGES: "", **{type_id(item.name): item.name for item in collections}}
    return {name: folder for name, folder in {**own, **types}.items() if folder is not None}


def slugify(text: str) -> str:
    """Return *text* as the name of a file, or an empty string."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    words = _NOT_A_WORD.sub("-", plain.replace("'", "").replace("\u2019", ""))
    return re.sub(r"-{2,}", "-", words).strip("-.~_")[:_MAX_SLUG].strip("-.~_")
