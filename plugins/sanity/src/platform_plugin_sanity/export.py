"""The content of a site as an export of a dataset, for ``sanity datasets import``.

``python -m platform_plugin_sanity.export FOLDER`` writes ``data.ndjson`` and the pictures
that it names, see https://www.sanity.io/docs/content-lake/importing-data. Ids come from
paths, so a second import replaces what the first one made.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from platform_core.content import PRODUCTS, Collection, Content, Entry, Field
from platform_core.errors import PlatformError, Problem
from platform_core.files import write_atomically
from platform_plugin_sanity.model import collections_of
from platform_plugin_sanity.naming import OWN_FIELDS, field_id, type_name
from platform_plugin_sanity.portable import to_blocks
from platform_plugin_sanity.products import product_rows

__all__ = ["Exported", "export_content", "main", "write_export"]

_KNOWN = ("title", "date", "updated", "publish_at", "expire_at", "description", "image", "locale", "translation", "url")
_TABLES = ("options", "variants", "prices")


@dataclass
class Exported:
    """What an export came to.

    Attributes:
        documents: In the order of their files.
        pictures: Name below ``images/`` -> the file.
        files: The files whose content the documents have.
        problems: What stays behind.
    """

    documents: list[dict[str, Any]] = field(default_factory=list)
    pictures: dict[str, Path] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def export_content(content: Content, collections: Iterable[Collection]) -> Exported:
    """Return the entries of *collections* as documents.

    Raises:
        ContentError: A file's front matter can't be read.
    """
    exported = Exported()
    named = {item.name: item for item in collections}
    for entry in content.entries():
        found = named.get(_collection_of(entry))
        if entry.slug.startswith("_"):
            continue
        if found is None:
            exported.problems.append(Problem(f"content/{entry.path}", "belongs to no collection of content.toml."))
        elif str(entry.extra.get("source", "")).startswith("sanity/"):
            exported.problems.append(Problem(f"content/{entry.path}", "came from the dataset, and is there already."))
        else:
            exported.documents.append(_Document(entry, found, content.root, exported).make())
            exported.files.append(f"content/{entry.path}")
    return exported


def write_export(exported: Exported, target: Path) -> Path:
    """Write *exported* into the folder *target*, and return its ndjson file."""
    shutil.rmtree(target / "images", ignore_errors=True)
    for name, source in exported.pictures.items():
        write_atomically(target / "images" / name, source.read_bytes())
    path = target / "data.ndjson"
    lines = (json.dumps(document, ensure_ascii=False) for document in exported.documents)
    write_atomically(path, "".join(f"{line}\n" for line in lines))
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    """Export the site in a folder, and say what was left out."""
    parser = argparse.ArgumentParser(prog="python -m platform_plugin_sanity.export", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="the site's folder, which holds site.toml")
    parser.add_argument("--to", type=Path, help="where the export is written; .platform/sanity/export by default")
    given = parser.parse_args(arguments)
    try:
        exported = _export_site(given.folder)
        path = write_export(exported, given.to or given.folder / ".platform" / "sanity" / "export")
    except PlatformError as error:
        print(error, file=sys.stderr)  # noqa: T201  a program of its own
        return 1
    lines = [f"{path}: {len(exported.documents)} documents, {len(exported.pictures)} pictures"]
    lines += [f"  left out: {problem}" for problem in exported.problems]
    lines += [f"  exported: {name}" for name in exported.files]
    print("\n".join(lines))  # noqa: T201
    return 0


def _export_site(folder: Path) -> Exported:
    from platform_core.catalogue import Catalogue
    from platform_core.discovery import discover
    from platform_core.site import load_site

    content = Content(folder)
    return export_content(content, collections_of(load_site(folder, Catalogue(discover().plugins)), content))


def _collection_of(entry: Entry) -> str:
    """Return the collection without the language that comes before it."""
    first, _, rest = entry.collection.partition("/")
    return rest if entry.locale and first == entry.locale else entry.collection


class _Document:
    """Makes the document of one entry."""

    def __init__(self, entry: Entry, collection: Collection, root: Path, exported: Exported) -> None:
        self._entry = entry
        self._collection = collection
        self._root = root
        self._exported = exported
        self._left = dict(_data(entry))

    def make(self) -> dict[str, Any]:
        name = hashlib.sha256(self._entry.path.encode()).hexdigest()[:32]
        document: dict[str, Any] = {
            # A dot in an id would keep the document from everybody without a token.
            "_id": f"drafts.{name}" if self._entry.draft else name,
            "_type": type_name(self._collection.name),
            "slug": {"_type": "slug", "current": self._entry.slug},
        }
        if self._collection.name == PRODUCTS:
            document |= product_rows(self._left)
            self._left = {key: value for key, value in self._left.items() if key not in _TABLES}
        texts = [item.name for item in self._collection.fields if item.type == "markdown"]
        body = "body" if "body" in texts or not texts else texts[0]
        for item in self._collection.fields:
            if item.name in OWN_FIELDS:
                continue
            value = self._entry.body if item.name == body else self._left.pop(item.name, None)
            if value is not None and (made := self._value(item, value)) is not None:
                document[field_id(item.name)] = made
        if body not in texts and self._entry.body.strip():
            self._problem("its text has no field in content.toml.")
        for name in self._left.keys() - {"draft", "source"}:
            self._problem(f"{name!r} is no field of {self._collection.name} in content.toml.")
        return document

    def _value(self, item: Field, value: Any) -> Any:
        made: Any
        match item.type:
            case "markdown":
                return to_blocks(str(value), self._picture) or None
            case "image":
                return self._image(item.name, str(value))
            case "list":
                return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
            case "boolean":
                return bool(value)
            case "number" if not (self._collection.name == PRODUCTS and item.name == "price"):
                made = value if isinstance(value, int | float) else None
            case "datetime":
                made = _instant(value)
            case _:
                return str(value)
        if made is None:
            self._problem(f"{item.name} = {value!r} is not what its field takes.")
        return made

    def _image(self, name: str, address: str) -> dict[str, Any] | None:
        found = self._picture(address, str(self._left.get(f"{name}_alt", "")), "") if address else None
        if address and not found:
            self._problem(f"{name} names {address}, which is no file below static/.")
        return found

    def _picture(self, address: str, alt: str, caption: str) -> dict[str, Any] | None:
        """Return the object of a picture of the site; None for a picture from elsewhere."""
        static = (self._root / "static").resolve()
        path = (static / address.partition("?")[0].lstrip("/")).resolve()
        if not address.startswith("/") or not path.is_relative_to(static) or not path.is_file():
            return None
        name = f"{hashlib.sha256(address.encode()).hexdigest()[:8]}-{PurePosixPath(path).name}"
        self._exported.pictures[name] = path
        words = {key: text for key, text in (("alt", alt), ("caption", caption)) if text}
        return {"_type": "image", **words, "_sanityAsset": f"image@file://./images/{name}"}

    def _problem(self, what: str) -> None:
        self._exported.problems.append(Problem(f"content/{self._entry.path}", what))


def _data(entry: Entry) -> Iterator[tuple[str, Any]]:
    for name in _KNOWN:
        if value := getattr(entry, name):
            yield name, value
    if entry.aliases:
        yield "aliases", list(entry.aliases)
    if entry.references:
        yield "references", dict(entry.references)
    yield from ((name, list(terms)) for name, terms in entry.taxonomies.items())
    yield from entry.extra.items()


def _instant(value: Any) -> str | None:
    """Return a day or a time as Sanity has it: ISO 8601 in UTC."""
    if isinstance(value, dt.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return aware.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return f"{value.isoformat()}T00:00:00Z" if isinstance(value, dt.date) else None


if __name__ == "__main__":
    raise SystemExit(main())
