"""Entries as files: Markdown with a table at the top. Writing and reading loses nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath
from typing import Any

from platform_core.content.model import Entry
from platform_core.front_matter import parse_front_matter, render_front_matter

__all__ = ["is_terms", "parse_entry", "render_entry"]

_TYPES: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "date": (dt.date, dt.datetime),
    "updated": (dt.date, dt.datetime),
    "publish_at": (dt.date, dt.datetime),
    "expire_at": (dt.date, dt.datetime),
    "description": str,
    "draft": bool,
    "locale": str,
    "translation": str,
    "image": str,
    "url": str,
}
_TAXONOMIES = ("tags", "categories")


def parse_entry(text: str, path: PurePosixPath) -> Entry:
    """Read one entry.

    A field whose value is not of the model's type is kept in ``extra`` as it is.

    Args:
        text: The file's text.
        path: Relative to ``content/``; gives collection and slug.

    Raises:
        ContentError: The front matter can't be read.
    """
    data, body = parse_front_matter(text, f"content/{path}")
    known: dict[str, Any] = {key: data.pop(key) for key in _TYPES.keys() & data if isinstance(data[key], _TYPES[key])}
    if is_terms(data.get("aliases")):
        known["aliases"] = tuple(data.pop("aliases"))
    if _is_references(data.get("references")):
        known["references"] = {name: tuple(targets) for name, targets in data.pop("references").items()}
    taxonomies = {key: tuple(map(str, data.pop(key))) for key in _TAXONOMIES if is_terms(data.get(key))}
    return Entry(
        collection="" if str(path.parent) == "." else str(path.parent),
        slug=path.stem,
        title=known.pop("title", path.stem),
        body=body,
        taxonomies=taxonomies,
        extra=data,
        **known,
    )


def render_entry(entry: Entry) -> str:
    """Return the file of *entry*; `parse_entry` of it gives an equal entry."""
    data: dict[str, Any] = {"title": entry.title}
    for key in _TYPES:
        if key != "title" and (value := getattr(entry, key)):
            data[key] = value
    if entry.aliases:
        data["aliases"] = list(entry.aliases)
    data |= {name: list(terms) for name, terms in entry.taxonomies.items()}
    if entry.references:
        data["references"] = {name: list(targets) for name, targets in entry.references.items()}
    data |= dict(entry.extra)
    return render_front_matter(data) + entry.body


def is_terms(value: Any) -> bool:
    """Tell whether *value* is a list of at least one string, and of nothing else."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


def _is_references(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(map(is_terms, value.values()))
