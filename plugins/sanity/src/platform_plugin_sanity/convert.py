"""Documents of a dataset to entries of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from platform_core.content import PRODUCTS, Entry, entry_url, parse_entry
from platform_core.errors import ContentError, Problem
from platform_core.front_matter import render_front_matter
from platform_core.sources import Converted
from platform_plugin_sanity.documents import is_published, published_id, text_of
from platform_plugin_sanity.model import Kind
from platform_plugin_sanity.naming import slugify
from platform_plugin_sanity.products import product_data
from platform_plugin_sanity.values import Values, as_time

__all__ = ["GUESSES", "LOCALE_FIELDS", "Converter"]

GUESSES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "name", "headline", "heading"),
    "body": ("body", "content", "text"),
    "date": ("date", "publishedAt", "publishDate", "publicationDate", "datePublished"),
    "updated": ("updated", "updatedAt", "modifiedAt"),
    "image": ("image", "mainImage", "heroImage", "coverImage", "featuredImage", "featureImage", "poster"),
    "description": ("description", "excerpt", "summary"),
    "tags": ("tags", "categories", "topics"),
}
"""Field of an entry -> what types that Platform did not make call it, the likeliest first."""
LOCALE_FIELDS = ("locale", "language", "__i18n_lang")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_NAME = re.compile(r"(?!\.)[^/\\\x00-\x1f\x7f\ud800-\udfff]+")
# What a file's front matter would be taken for, when a foreign type happens to use the word.
_MEANINGFUL = frozenset(
    {"aliases", "draft", "layout", "locale", "permalink", "references", "source", "translation", "type", "url"}
)
_TAXONOMIES = ("tags", "categories")


@dataclass
class Converter:
    """Converts the documents of one dataset.

    Attributes:
        kinds: Type -> what its documents are.
        locale: The site's own language.
        files: Where the dataset's assets lie: ``images/...`` and ``files/...`` follow it.
    """

    kinds: Mapping[str, Kind]
    locale: str
    images: str
    uploads: str
    skipped: dict[str, Problem] = field(default_factory=dict)

    def convert(self, documents: Mapping[str, Any]) -> Converted:
        """Return what *documents* come to."""
        self.skipped = {}
        published = {name: item for name, item in documents.items() if is_published(name) and isinstance(item, Mapping)}
        translations = dict(_translations(published))
        places = {name: place for name, item in published.items() if (place := self._place(name, item))}
        addresses = {name: entry_url(Entry(*_split(path), title="")) for name, path in places.items()}
        entries: dict[str, Entry] = {}
        assets: dict[str, str] = {}
        for name, path in places.items():
            values = Values(published, places, addresses, images=self.images, uploads=self.uploads)
            try:
                entries[name] = self._entry(published[name], path, values, translations.get(name, ""))
            except ContentError as error:
                self._skip(name, published[name], error.why or error.what)
                continue
            assets |= values.assets
            for number, what in enumerate(dict.fromkeys(values.problems)):
                self._skip(f"{name}#{number}", published[name], what)
        return Converted(entries, assets, self.skipped)

    def _skip(self, key: str, document: Mapping[str, Any], what: str) -> None:
        where = f"sanity {document.get('_type')} {key.partition('#')[0]} ({text_of(document) or 'without a title'})"
        self.skipped[key] = Problem(where, what)

    def _place(self, name: str, document: Mapping[str, Any]) -> str:
        """Return ``<collection>/<slug>`` of a document that is an entry, else an empty string."""
        kind = self.kinds.get(str(document.get("_type")))
        if kind is None:
            return ""
        locale = self._locale_of(document, kind)
        if locale and not _LOCALE.fullmatch(locale):
            self._skip(name, document, f"{locale!r} is not the name of a language.")
            return ""
        slug = _slug(name, document, kind.slug)
        return "/".join(part for part in (locale, kind.collection, slug) if part)

    def _locale_of(self, document: Mapping[str, Any], kind: Kind) -> str:
        """Return the language of a document, when it is not the site's."""
        words = (document.get(key) for key in _locale_fields(kind))
        found = next((word for word in words if isinstance(word, str) and word), "")
        return "" if found.replace("_", "-").lower() == self.locale.lower() else found

    def _entry(self, document: Mapping[str, Any], path: str, values: Values, translation: str) -> Entry:
        kind = self.kinds[document["_type"]]
        source = dict(_renamed(document, kind))
        body_field = _body_field(kind)
        body = values.markdown(source.pop(body_field)) if body_field in source else ""
        data: dict[str, Any] = {"title": text_of(document) or _split(path)[1]}
        for name, value in source.items():
            field_ = kind.fields.get(name)
            key = field_.name if field_ else name
            read = values.read(key, value, field_.type if field_ else "")
            if read is not None:
                data[key] = read
        data |= values.side_data(data)
        if kind.collection == PRODUCTS:
            data = product_data(data)
        data |= self._marks(document, kind, data, translation)
        references = values.references
        return _made(data, references, body, path)

    def _marks(
        self, document: Mapping[str, Any], kind: Kind, data: Mapping[str, Any], translation: str
    ) -> Iterator[tuple[str, Any]]:
        if locale := self._locale_of(document, kind):
            yield "locale", locale
        if translation and not data.get("translation"):
            yield "translation", translation
        if str(document.get("_originalId", "")).startswith("drafts."):
            yield "draft", True


def _made(data: dict[str, Any], references: Mapping[str, list[str]], body: str, path: str) -> Entry:
    """Return the entry as its file would be read, so that it is what the file says."""
    for name in _TAXONOMIES:
        if name in data and not data[name]:
            del data[name]
    if references:
        data["references"] = {name: list(targets) for name, targets in references.items()}
    data["title"] = str(data["title"])
    for key in ("date", "updated", "publish_at", "expire_at"):
        if isinstance(data.get(key), str):
            data[key] = as_time(data[key]) or data[key]
    return parse_entry(render_front_matter(data) + body, PurePosixPath(f"{path}.md"))


def _renamed(document: Mapping[str, Any], kind: Kind) -> Iterator[tuple[str, Any]]:
    """Yield the fields of *document*, under the names that the content model has for them."""
    source = {
        key: value
        for key, value in document.items()
        if not key.startswith("_") and key not in {"slug", *_locale_fields(kind)} and value is not None
    }
    if kind.own:
        yield from source.items()
        return
    guessed = {
        found: target
        for target, names in GUESSES.items()
        if (found := next((name for name in names if name in source), None))
    }
    for key, value in source.items():
        name = guessed.get(key, key)
        if name in _MEANINGFUL and name not in kind.fields:
            name = f"{document['_type']}_{name}"
        yield name, value


def _locale_fields(kind: Kind) -> tuple[str, ...]:
    """Return the fields that say in which language a document is; one of the content model may mean something else."""
    return tuple(name for name in LOCALE_FIELDS if name == "locale" or name not in kind.fields)


def _body_field(kind: Kind) -> str:
    if not kind.own:
        return "body"
    texts = [name for name, item in kind.fields.items() if item.type == "markdown"]
    return "body" if "body" in texts or not texts else texts[0]


def _slug(name: str, document: Mapping[str, Any], pattern: str) -> str:
    given = document.get("slug")
    current = given.get("current") if isinstance(given, Mapping) else given
    if isinstance(current, str) and current.strip("/ "):
        text = current.strip("/ ")
        return text if _NAME.fullmatch(text) else slugify(text) or slugify(name)
    slug = slugify(text_of(document)) or slugify(published_id(name)) or "entry"
    day = as_time(document.get("date") or document.get("publishedAt") or document.get("_createdAt"))
    parts = {"slug": slug, **({} if day is None else {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"})}
    try:
        return pattern.format(**parts)
    except (KeyError, ValueError, IndexError):
        return slug


def _translations(documents: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield document -> a word for all its translations.

    Sanity's plugin for translated documents keeps them in documents of their own, see
    https://www.sanity.io/plugins/document-internationalization.
    """
    for name, item in documents.items():
        if item.get("_type") != "translation.metadata":
            continue
        rows = item.get("translations")
        for row in rows if isinstance(rows, list) else ():
            value = row.get("value") if isinstance(row, Mapping) else None
            reference = value.get("_ref") if isinstance(value, Mapping) else None
            if isinstance(reference, str):
                yield reference, name


def _split(path: str) -> tuple[str, str]:
    collection, _, slug = path.rpartition("/")
    return collection, slug
