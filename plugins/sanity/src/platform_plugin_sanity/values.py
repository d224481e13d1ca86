"""Values of a document's fields, as front matter has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from platform_core.markdown import code_block, code_span
from platform_plugin_sanity.documents import asset_of, asset_reference, text_of
from platform_plugin_sanity.portable import to_markdown
from platform_plugin_sanity.portable.inline import image_markdown, link_address, link_markdown
from platform_plugin_sanity.portable.reading import RAW
from platform_plugin_sanity.portable.tables import table_markdown

__all__ = ["MEDIA", "Values", "as_time"]

MEDIA = "media/sanity"
_TAXONOMIES = ("tags", "categories")
_MAX_DEPTH = 8


def as_time(value: Any) -> dt.datetime | dt.date | None:
    """Return an ISO 8601 time or day; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        return dt.datetime.fromisoformat(value) if len(value) > len("2026-01-02") else dt.date.fromisoformat(value)
    except ValueError:
        return None


class Values:
    """Reads the values of one document; keeps what else they bring.

    Args:
        documents: Id -> document, of the whole dataset.
        places: Id -> ``<collection>/<slug>`` of documents that are entries.
        addresses: Id -> where such an entry answers.
        images: Where pictures of the dataset lie.
        uploads: Where its other files lie.

    Attributes:
        assets: Path below ``static/`` -> where the file is fetched from.
        references: Field -> entries.
        problems: What can't be shown.
    """

    def __init__(
        self,
        documents: Mapping[str, Any],
        places: Mapping[str, str],
        addresses: Mapping[str, str],
        *,
        images: str,
        uploads: str,
    ) -> None:
        self._documents = documents
        self._places = places
        self._addresses = addresses
        self._bases = {"images": images, "files": uploads}
        self._alts: dict[str, str] = {}
        self.assets: dict[str, str] = {}
        self.references: dict[str, list[str]] = {}
        self.problems: list[str] = []

    def markdown(self, value: Any) -> str:
        """Return rich text, or text, as Markdown."""
        if isinstance(value, str):
            return value if value.endswith("\n") or not value else f"{value}\n"
        return to_markdown(value, self)

    def read(self, name: str, value: Any, kind: str) -> Any:
        """Return the value of the field *name*; None when nothing is left of it.

        Args:
            name: As the front matter has it.
            value: As the document has it.
            kind: The type of the content model's field, or an empty string.
        """
        if kind == "markdown":
            return self.markdown(value) or None
        if kind == "datetime":
            return as_time(value) or value
        if name in _TAXONOMIES and isinstance(value, list):
            return [text for item in value if (text := self._term(item))] or None
        return self._plain(name, value, 0)

    def side_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the descriptions of pictures, as far as *data* has none of its own."""
        return {name: text for name, text in self._alts.items() if name not in data}

    def address(self, annotation: Mapping[str, Any]) -> str:
        """Return where an annotation of rich text leads."""
        for key in ("href", "url", "link"):
            if isinstance(annotation.get(key), str):
                return str(annotation[key])
        for target in (annotation, annotation.get("reference"), annotation.get("internalLink"), annotation.get("page")):
            reference = target.get("_ref") if isinstance(target, Mapping) else None
            if isinstance(reference, str):
                return self._linked(reference)
        return self._file(annotation) or ""

    def object(self, item: Mapping[str, Any], *, inline: bool) -> str:
        """Return the Markdown of an object in rich text; a note when there is none."""
        kind = str(item.get("_type"))
        found = self._picture(item) or self._known(kind, item, inline=inline)
        if found:
            return " ".join(found.split("\n")) if inline else found
        if reference := item.get("_ref"):
            target = self._documents.get(str(reference), {})
            return link_markdown(text_of(target), self._linked(str(reference)))
        self.problems.append(
            f"an object of the type {kind!r} in its text has no form in Markdown; a note stands in its place."
        )
        return f"<!-- sanity: {''.join(letter for letter in kind if letter.isalnum() or letter in '._')} -->"

    def _known(self, kind: str, item: Mapping[str, Any], *, inline: bool) -> str:
        text = {key: value for key, value in item.items() if isinstance(value, str)}
        if kind == RAW or (kind in {"markdown", "rawMarkdown"} and "markdown" in text):
            return text.get("markdown", "")
        if kind in {"code", "codeBlock"} and "code" in text:
            return code_span(text["code"]) if inline else code_block(text["code"], text.get("language", ""))
        if isinstance(item.get("rows"), list):
            return table_markdown(item["rows"])
        if kind in {"break", "divider", "hr", "horizontalRule", "rule"}:
            return "***"
        if kind == "file" and (address := self._file(item)):
            return link_markdown(text.get("title") or text.get("description") or address.rpartition("/")[2], address)
        if "url" in text and link_address(text["url"]):
            return link_markdown(text.get("title") or text.get("caption") or text["url"], text["url"])
        return ""

    def _picture(self, item: Mapping[str, Any]) -> str:
        if not asset_reference(item).startswith("image-"):
            return ""
        address = self._file(item)
        caption = item.get("caption")
        return image_markdown(self._alt(item), address, caption if isinstance(caption, str) else "") if address else ""

    def _alt(self, item: Mapping[str, Any]) -> str:
        asset = self._documents.get(asset_reference(item)) or {}
        texts = (item.get("alt"), item.get("altText"), asset.get("altText"))
        return next((text for text in texts if isinstance(text, str) and text), "")

    def _file(self, item: Mapping[str, Any]) -> str:
        """Return the site's address of an asset, and have it fetched; empty when *item* has none."""
        reference = asset_reference(item)
        asset = asset_of(reference, self._documents.get(reference))
        if asset is None:
            if reference:
                self.problems.append(f"the asset {reference!r} is none of Sanity's.")
            return ""
        path = f"{MEDIA}/{asset.name}"
        self.assets[path] = f"{self._bases[asset.kind]}/{asset.place}"
        return f"/{path}"

    def _linked(self, reference: str) -> str:
        address = self._addresses.get(reference, "")
        if not address:
            self.problems.append(f"a link leads to {reference!r}, which is no published page of this site.")
        return address

    def _term(self, item: Any) -> str:
        if isinstance(item, Mapping):
            found = self._documents.get(str(item.get("_ref")), item)
            text = text_of(found) or (found.get("value") if isinstance(found.get("value"), str) else "")
            if not text:
                self.problems.append(f"refers to {item.get('_ref')!r}, which is not published or was not pulled.")
            return str(text)
        return item if isinstance(item, str) else ""

    def _plain(self, name: str, value: Any, depth: int) -> Any:
        """Return *value* as plain data, or None when nothing is left of it."""
        if depth > _MAX_DEPTH:
            return None
        if isinstance(value, Mapping):
            return self._object(name, value, depth)
        if isinstance(value, list):
            if any(isinstance(item, Mapping) and item.get("_type") == "block" for item in value):
                return self.markdown(value) or None
            return [read for item in value if (read := self._plain(name, item, depth + 1)) is not None] or None
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def _object(self, name: str, value: Mapping[str, Any], depth: int) -> Any:
        if asset_reference(value):
            address = self._file(value)
            if address and depth == 0 and (alt := self._alt(value)):
                self._alts[f"{name}_alt"] = alt
            return address or None
        if isinstance(value.get("_ref"), str):
            return self._refer(name, value["_ref"])
        if value.get("_type") == "slug":
            return value.get("current")
        return dict(self._rows(name, value, depth)) or None

    def _rows(self, name: str, value: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
        for key, item in value.items():
            if not key.startswith("_") and (read := self._plain(name, item, depth + 1)) is not None:
                yield key, read

    def _refer(self, name: str, reference: str) -> str | None:
        """Note a reference to an entry; return the name of anything else."""
        if place := self._places.get(reference):
            self.references.setdefault(name, []).append(place)
            return None
        text = text_of(self._documents.get(reference) or {})
        if not text:
            self.problems.append(f"{name} refers to {reference!r}, which is not published or was not pulled.")
        return text or None
