"""Sample content for the stand-in: a few entries of each collection, as an export of a dataset."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from platform_core.content import PRODUCTS, Collection, Content, Field
from platform_core.files import write_atomically
from platform_plugin_sanity.naming import OWN_FIELDS, field_id, slugify, type_name

__all__ = ["sample_documents", "write_sample"]

_FIRST = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
_TITLES = ("Written in Sanity", "Structured by design")
_GOODS = ("Field notebook", "Travel mug")
_COLOURS = (((36, 86, 122), (240, 178, 90)), ((52, 92, 64), (236, 226, 190)))


def write_sample(collections: Iterable[Collection], folder: Path, content: Content | None = None) -> Path:
    """Write the sample and its pictures into *folder*, and return the ndjson file.

    Args:
        collections: Which types there are.
        folder: Where it is written.
        content: The site's own. What its engine asks of a field, an entry that is there has.
    """
    for number, colours in enumerate(_COLOURS, 1):
        write_atomically(folder / "images" / f"sample-{number}.png", _picture(640, 400, *colours))
    lines = (json.dumps(document, ensure_ascii=False) for document in sample_documents(collections, _examples(content)))
    path = folder / "data.ndjson"
    write_atomically(path, "".join(f"{line}\n" for line in lines))
    return path


def sample_documents(
    collections: Iterable[Collection], examples: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
) -> Iterator[dict[str, Any]]:
    """Yield two documents of each collection; *examples* has values of an entry of each."""
    for item in collections:
        titles = _GOODS if item.name == PRODUCTS else _TITLES
        for number, title in enumerate(titles):
            document = _document(item, number, title) | dict(_borrowed(item, examples.get(item.name, {})))
            # The same sample is the same revision, so that a restart is no change.
            text = json.dumps(document, sort_keys=True)
            yield {**document, "_rev": hashlib.sha256(text.encode()).hexdigest()[:22]}


def _examples(content: Content | None) -> dict[str, Mapping[str, Any]]:
    """Return collection -> front matter of its first entry that the site has of its own."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in content.entries() if content else ():
        if not entry.slug.startswith("_") and not str(entry.extra.get("source", "")).startswith("sanity/"):
            found.setdefault(entry.collection, entry.extra)
    return found


def _borrowed(item: Collection, example: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field in item.fields:
        value = example.get(field.name)
        if field.required and item.name != PRODUCTS and isinstance(value, str | int | float | bool):
            yield field_id(field.name), value


def _document(item: Collection, number: int, title: str) -> dict[str, Any]:
    made = _moment(number)
    kind = type_name(item.name)
    document: dict[str, Any] = {
        "_id": f"sample-{slugify(kind)}-{number + 1}",
        "_type": kind,
        "_createdAt": made,
        "_updatedAt": made,
        "slug": {"_type": "slug", "current": slugify(title)},
    }
    for field in item.fields:
        if field.name not in OWN_FIELDS and (value := _value(field, item, number, title)) is not None:
            document[field_id(field.name)] = value
    return document | (_choices() if item.name == PRODUCTS and number == 1 else {})


def _value(field: Field, item: Collection, number: int, title: str) -> Any:
    if item.name == PRODUCTS and field.name in _PRODUCT:
        return _PRODUCT[field.name](number, field)
    match field.name, field.type:
        case "title", _:
            return title
        case "tags", "list":
            return ["sanity", "sample"]
        case "draft" | "expire_at" | "publish_at", _:
            return None
        case "description", _:
            return f"{title}: a sample {item.label_singular.lower()} of the stand-in."
        case _, "markdown":
            return _text(title, number)
        case _, "image":
            return _image(number)
        case _, "datetime":
            return _moment(number)
    return _plain(field, number)


def _plain(field: Field, number: int) -> Any:
    """Return the default of a field, or, where there must be one, some value."""
    if field.default is not None:
        return field.default.isoformat() if isinstance(field.default, dt.date) else field.default
    if not field.required:
        return None
    values = {"select": field.choices[:1], "number": (number + 1,), "boolean": (False,), "list": (["sample"],)}
    return next(iter(values.get(field.type, ())), "Sample")


def _moment(number: int) -> str:
    return (_FIRST + dt.timedelta(days=number)).isoformat().replace("+00:00", "Z")


def _image(number: int) -> dict[str, Any]:
    path = f"./images/sample-{number % 2 + 1}.png"
    return {"_type": "image", "alt": "Two colours that run into each other", "_sanityAsset": f"image@file://{path}"}


_PRODUCT: dict[str, Any] = {
    "sku": lambda number, _: f"SAMPLE-{number + 1}",
    "price": lambda number, _: ("12.00", "18.50")[number],
    "currency": lambda _, field: field.default or "EUR",
    "stock": lambda number, _: 5 + number,
    "weight": lambda *_: 250,
}


def _choices() -> dict[str, Any]:
    row = {"_type": "productOption", "_key": "r0000", "name": "Colour", "choices": ["blue", "green"]}
    return {"options": [row]}


def _text(title: str, number: int) -> list[dict[str, Any]]:
    """Return rich text with a bit of everything."""
    link = {"_type": "link", "_key": "link0", "href": "https://www.sanity.io/docs"}
    children = [
        _span("This page was written in "),
        _span("structured content", "strong"),
        _span(", pulled through the query API, and is "),
        _span("Markdown", "em"),
        _span(" now. See "),
        _span("the documentation", "link0"),
        _span("."),
    ]
    blocks: list[dict[str, Any]] = [
        {"_type": "block", "style": "normal", "markDefs": [link], "children": children},
        {"_type": "block", "style": "h2", "markDefs": [], "children": [_span(f"What {title.lower()} means")]},
        *(
            {
                "_type": "block",
                "style": "normal",
                "listItem": "bullet",
                "level": 1,
                "markDefs": [],
                "children": [_span(text)],
            }
            for text in ("fields have types", "pictures have descriptions", "references lead somewhere")
        ),
        _image(number),
        {"_type": "code", "language": "js", "code": "*[_type == 'post'] | order(date desc)"},
    ]
    for place, block in enumerate(blocks):
        block["_key"] = f"b{place:04x}"
        for inner, span in enumerate(block.get("children", ())):
            span["_key"] = f"s{inner:04x}"
    return blocks


def _span(text: str, *marks: str) -> dict[str, Any]:
    return {"_type": "span", "text": text, "marks": list(marks)}


def _picture(width: int, height: int, left: tuple[int, int, int], right: tuple[int, int, int]) -> bytes:
    """Return a PNG in which one colour runs into another."""
    row = b"\0" + bytes(
        round(begin + (end - begin) * x / (width - 1))
        for x in range(width)
        for begin, end in zip(left, right, strict=True)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * height, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
