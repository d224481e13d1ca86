"""Documents of a space as entries of the site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from platform_core.content import PRODUCTS, Collection, Entry, entry_url, parse_entry
from platform_core.errors import Problem
from platform_core.front_matter import render_front_matter
from platform_core.sources import Converted
from platform_plugin_contentful.files import Files
from platform_plugin_contentful.guesses import FieldNames, field_names
from platform_plugin_contentful.marks import clean
from platform_plugin_contentful.model import MORE
from platform_plugin_contentful.naming import slugify
from platform_plugin_contentful.richtext import Target, plain_text, to_markdown
from platform_plugin_contentful.space import Copy, Locale, fields_of, link_of, read_locales, sys_of, value_in
from platform_plugin_contentful.values import MOMENTS, fact, moment, plain

__all__ = ["SOURCE", "Rules", "convert"]

SOURCE = "contentful"
_SLUG = re.compile(r"(?!\.)[\w.~-]{1,180}")
# What belongs to one page alone, and may not be said again by its translation.
_OF_ONE_PAGE = frozenset({"url", "aliases"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site wants of a space.

    Attributes:
        collections: Content type -> folder.
        model: Folder -> collection of the content model.
        locale: The site's language.
        locales: Code in the space -> name in the site.
        every_locale: Whether all locales count when *locales* is empty.
        left_out: Types that give no pages on purpose.
        approval_tag: Entries without this tag are not published; empty for no such rule.
        edit_url: Address of the editor of an entry, with ``{id}``; empty to leave it out.
        scheme: Of the addresses of files, which have none.
    """

    collections: Mapping[str, str]
    model: Mapping[str, Collection]
    locale: str
    locales: Mapping[str, str] = field(default_factory=dict)
    every_locale: bool = False
    left_out: frozenset[str] = frozenset()
    approval_tag: str = ""
    edit_url: str = ""
    scheme: str = "https"


def convert(documents: Mapping[str, Any], rules: Rules) -> Converted:
    """Return the entries and files that the documents of a space come to."""
    return _Conversion(Copy(documents), rules).result()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry lies in one language."""

    collection: str
    slug: str
    title: str
    url: str

    @property
    def path(self) -> str:
        return f"{self.collection}/{self.slug}".lstrip("/")


class _Conversion:
    """One conversion: first every entry gets its place, then its text, which may link to others."""

    def __init__(self, copy: Copy, rules: Rules) -> None:
        self._copy = copy
        self._rules = rules
        self._locales = read_locales(copy.locales, rules.locale, rules.locales, every=rules.every_locale)
        self._names: dict[str, FieldNames] = {}
        self._places: dict[tuple[str, str], _Place] = {}
        self._taken: set[str] = set()
        self._skipped: dict[str, Problem] = {}
        self.files = Files(copy, f"media/{SOURCE}", rules.scheme, self.tell)

    def result(self) -> Converted:
        """Convert everything."""
        wanted = [(name, entry) for name, entry in self._copy.entries() if self._is_wanted(entry)]
        for name, entry in wanted:
            self._place(name, entry)
        entries = {}
        for name, entry in wanted:
            for locale in self._locales:
                if place := self._places.get((name, locale.name)):
                    key = f"{name}#{locale.name}" if locale.name else name
                    entries[key] = _Reader(self, name, entry, locale).entry(place)
        self._tell_types()
        return Converted(entries, self.files.wanted, self._skipped)

    def tell(self, key: str, what: str) -> None:
        """Note what was not taken over."""
        self._skipped.setdefault(f"{key}!{len(self._skipped)}", Problem(f"contentful {key}", what))

    def names(self, kind: str) -> FieldNames:
        """Return the names of a type's fields."""
        if kind not in self._names:
            folder = self._rules.collections.get(kind, "")
            display = str(self._copy.types.get(kind, {}).get("displayField") or "")
            collection = self._rules.model.get(folder) if kind in self._rules.collections else None
            self._names[kind] = field_names(self._copy.fields_of_type(kind), display, collection)
        return self._names[kind]

    def place(self, name: str, locale: Locale) -> _Place | None:
        """Return where an entry lies in a language, or else in the site's own."""
        return self._places.get((name, locale.name)) or self._places.get((name, ""))

    def title(self, name: str, locale: Locale) -> str | None:
        """Return what an entry is called, also of one that has no page; None when it is not published."""
        entry = self._copy.entry(name)
        if entry is None:
            return None
        names = self.names(self._copy.type_of(entry)).names
        found = [value_in(fields_of(entry).get(one), locale.chain) for one, what in names.items() if what == "title"]
        return clean(found[0]).strip() if found and isinstance(found[0], str) and found[0].strip() else name

    def target(self, kind: str, name: str, locale: Locale) -> Target | None:
        """Return what a link in a text leads to."""
        if kind == "Asset":
            return self.files.asset(name, locale)
        place = self.place(name, locale)
        if place:
            return Target(place.title, place.url)
        title = self.title(name, locale)
        return None if title is None else Target(title)

    @property
    def rules(self) -> Rules:
        """What the site wants."""
        return self._rules

    @property
    def copy(self) -> Copy:
        """What the space holds."""
        return self._copy

    def is_translated(self, name: str) -> bool:
        """Tell whether an entry has pages in several languages."""
        return sum((name, locale.name) in self._places for locale in self._locales) > 1

    def _is_wanted(self, entry: Mapping[str, Any]) -> bool:
        if self._copy.type_of(entry) not in self._rules.collections:
            return False
        tag = self._rules.approval_tag
        metadata = entry.get("metadata")
        tags = metadata.get("tags") if isinstance(metadata, Mapping) else None
        return not tag or (isinstance(tags, list) and any(link_of(one) == ("Tag", tag) for one in tags))

    def _place(self, name: str, entry: Mapping[str, Any]) -> None:
        kind = self._copy.type_of(entry)
        names = self.names(kind).names
        fields = fields_of(entry)
        for locale in self._locales:
            if locale.name and not _has_own(fields, locale.code):
                continue
            values = {what: value_in(fields.get(one), locale.chain) for one, what in names.items()}
            title = self.title(name, locale) or name
            explicit, given = self._slug(values.get("slug"), title, name)
            folder = [locale.name, self._rules.collections[kind], explicit]
            collection = "/".join(part for part in folder if part)
            if f"{collection}/{given}" in self._taken and not isinstance(values.get("slug"), str):
                # Two titles may be alike; the id tells them apart.
                given = f"{given}-{slugify(name)}"
            self._taken.add(f"{collection}/{given}")
            url = entry_url(Entry(collection, given, title=title, url=_own_url(fields, names, locale)))
            self._places[name, locale.name] = _Place(collection, given, title, url)

    @staticmethod
    def _slug(value: Any, title: str, name: str) -> tuple[str, str]:
        """Return the folders that a slug names, and the name of the file."""
        parts = [part for part in clean(value).strip().strip("/").split("/") if part] if isinstance(value, str) else []
        found = [part if _SLUG.fullmatch(part) else slugify(part) for part in parts]
        found = [part for part in found if part]
        if not found:
            found = [slugify(title) or slugify(name) or "entry"]
        return "/".join(found[:-1]), found[-1]

    def _tell_types(self) -> None:
        known = {*self._rules.collections, *self._rules.left_out}
        there = {self._copy.type_of(entry) for _, entry in self._copy.entries()} - known - {""}
        for kind in sorted(there):
            what = f"the content type {kind!r} belongs to no collection, so its entries have no pages."
            hint = f'Add "{kind}=<folder>" to types in [settings.contentful], or "{kind}=" to leave it out.'
            self._skipped[f"type:{kind}"] = Problem(f"contentful {kind}", what, hint)


class _Reader:
    """Reads one entry in one language."""

    def __init__(self, conversion: _Conversion, name: str, entry: Mapping[str, Any], locale: Locale) -> None:
        self._conversion = conversion
        self._name = name
        self._entry = entry
        self._locale = locale
        self._kind = conversion.copy.type_of(entry)
        self._references: dict[str, list[str]] = {}
        self._alt = ""

    def entry(self, place: _Place) -> Entry:
        """Return the entry, read back from the file that it becomes."""
        data = self._data()
        body = data.pop("body", "")
        data.pop("slug", None)
        if place.collection.partition("/")[0] == PRODUCTS:
            data = {key: fact(key, value) for key, value in data.items()}
        if self._locale.name:
            data["locale"] = self._locale.name
        if self._conversion.is_translated(self._name):
            data["translation"] = self._name
        if self._references:
            data["references"] = self._references
        if self._conversion.rules.edit_url:
            data["edit_url"] = self._conversion.rules.edit_url.replace("{id}", self._name)
        text = render_front_matter({"title": place.title, **data}) + (body if isinstance(body, str) else "")
        return parse_entry(text, PurePosixPath(f"{place.path}.md"))

    def _data(self) -> dict[str, Any]:
        names = self._conversion.names(self._kind)
        fields = fields_of(self._entry)
        kinds = {str(row.get("id")): row for row in self._conversion.copy.fields_of_type(self._kind)}
        more = value_in(fields.get(MORE), (self._locale.code,))
        rest = dict(more) if isinstance(more, Mapping) else {}
        data: dict[str, Any] = {}
        for one, what in names.names.items():
            values = fields.get(one)
            if one == MORE or values is None:
                continue
            own = isinstance(values, Mapping) and values.get(self._locale.code) is not None
            if what in rest and not own:
                continue
            value = self._value(value_in(values, self._locale.chain), kinds.get(one, {}), what)
            if value is not None and value != "" and what != "title":
                data[what] = value
                rest.pop(what, None)
        folder = self._conversion.rules.collections[self._kind]
        if not names.made and "date" not in data and folder not in {"", PRODUCTS} and self._created():
            data["date"] = self._created()
        self._merge(rest, data)
        return {"image_alt": self._alt, **data} if self._alt else data

    def _merge(self, rest: Mapping[str, Any], data: dict[str, Any]) -> None:
        """Add what the content model does not name."""
        for name, value in rest.items():
            if name in {"title", "references"} or (name in _OF_ONE_PAGE and name in data):
                continue
            data[str(name)] = moment(value) if name in MOMENTS else plain(value)
        references = rest.get("references")
        for name, paths in references.items() if isinstance(references, Mapping) else ():
            if isinstance(paths, list):
                self._references.setdefault(str(name), []).extend(map(str, paths))

    def _value(self, value: Any, definition: Mapping[str, Any], what: str) -> Any:
        """Return a field's value as front matter has it."""
        kind = str(definition.get("type", ""))
        if isinstance(value, Mapping) and value.get("nodeType") == "document":
            return plain_text(value) if what == "description" else self._rich_text(value)
        link, name = link_of(value)
        if link:
            return self._linked(link, name, what, many=False)
        if isinstance(value, list) and any(link_of(one)[0] for one in value):
            found = [self._linked(*link_of(one), what, many=True) for one in value]
            return [one for one in found if one] or None
        if kind == "Date":
            return moment(value)
        if isinstance(value, str):
            text = clean(value)
            return self._conversion.files.local_addresses(text, self._locale) if kind == "Text" else text
        return plain(value)

    def _rich_text(self, value: Any) -> str:
        return to_markdown(
            value,
            lambda kind, name: self._conversion.target(kind, name, self._locale),
            lambda what: self._conversion.tell(self._name, f"{what}."),
        )

    def _linked(self, kind: str, name: str, what: str, *, many: bool) -> Any:
        if kind == "Asset":
            found = self._conversion.files.asset(name, self._locale)
            if found is None:
                self._conversion.tell(self._name, f"{what} is a file that is not published.")
                return None
            if what == "image" and not found.is_image:
                self._conversion.tell(self._name, f"{what} is no picture.")
                return None
            if what == "image" and not many:
                self._alt = found.alt
            return found.url or None
        if kind != "Entry":
            self._conversion.tell(self._name, f"{what} leads to {kind or 'nothing'}, outside of this space.")
            return None
        place = self._conversion.place(name, self._locale)
        if place:
            self._references.setdefault(what, []).append(place.path)
            return None
        title = self._conversion.title(name, self._locale)
        if title is None:
            self._conversion.tell(self._name, f"{what} is an entry that is not published.")
        return title

    def _created(self) -> Any:
        return moment(sys_of(self._entry).get("createdAt"))


def _own_url(fields: Mapping[str, Any], names: Mapping[str, str], locale: Locale) -> str:
    """Return the address that an entry says it must have."""
    more = value_in(fields.get(MORE), (locale.code,))
    said = [value_in(fields.get(one), (locale.code,)) for one, what in names.items() if what == "url"]
    said += [more.get("url")] if isinstance(more, Mapping) else []
    return next((url for url in said if isinstance(url, str) and url), "")


def _has_own(fields: Mapping[str, Any], code: str) -> bool:
    """Tell whether anything of an entry was written in a language."""
    return any(isinstance(values, Mapping) and values.get(code) is not None for values in fields.values())
