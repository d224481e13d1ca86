"""Content types, drawn from the site's content model.

    python -m platform_plugin_contentful.model FOLDER [--out FOLDER]

writes `contentful-migration.js` for the program contentful-migration, and
`contentful-import.json`, which also holds the content of the site, for contentful-import.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_core.content import ENTRY_FIELDS, PRODUCTS, Collection, Content, Field
from platform_core.errors import ContentError, Problem
from platform_plugin_contentful.naming import field_id, type_id

__all__ = ["MORE", "ContentType", "TypeField", "content_types", "site_collections"]

MORE = "more_fields"
"""The field that holds what the content model does not name, so that nothing is lost."""
_MOST_FIELDS = 50
_TYPES: Mapping[str, tuple[str, str]] = {
    "string": ("Symbol", "singleLine"),
    "text": ("Text", "multipleLine"),
    "markdown": ("Text", "markdown"),
    "datetime": ("Date", "datePicker"),
    "boolean": ("Boolean", "boolean"),
    "number": ("Number", "numberEditor"),
    "image": ("Link", "assetLinkEditor"),
    "list": ("Array", "tagEditor"),
    "select": ("Symbol", "dropdown"),
}
_LOCALIZED = frozenset({"string", "text", "markdown", "list"})
# What is true of a product in every language.
_FACTS = frozenset({"sku", "price", "currency", "stock", "weight"})
_PATTERNS: Mapping[str, tuple[str, str]] = {
    "sku": (r"^[A-Za-z0-9._-]{1,64}$", "1 to 64 letters, digits, dots, dashes or underscores"),
    "price": (r"^[0-9]{1,9}(\.[0-9]{1,4})?$", "An amount such as 18.50"),
    "currency": (r"^[A-Z]{3}$", "Three capitals such as EUR"),
}


@dataclass(frozen=True, slots=True)
class TypeField:
    """A field of a content type.

    Attributes:
        name: In front matter.
        id: In Contentful.
        definition: As Contentful's API has it, without the id.
        widget: The editor's control.
        settings: Of the control.
    """

    name: str
    id: str
    definition: Mapping[str, Any]
    widget: str
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContentType:
    """A content type, and the collection that it stands for."""

    id: str
    collection: str
    name: str
    description: str
    fields: tuple[TypeField, ...]


def content_types(content: Content, *, localized: bool = False, sells: bool = False) -> tuple[ContentType, ...]:
    """Return the content types of a site.

    Args:
        content: Of the site.
        localized: Whether texts can be translated.
        sells: Whether the site has a shop, and so a type of products.

    Raises:
        ContentError: Contentful can't have this content model; every problem.
    """
    links = _references(content)
    collections = site_collections(content, sells=sells)
    _check(collections, links)
    return tuple(_content_type(item, links.get(item.name, ()), localized=localized) for item in collections)


def site_collections(content: Content, *, sells: bool = False) -> tuple[Collection, ...]:
    """Return the collections of the content model, and one of pages when the folder of the content holds some."""
    found = content.forms(sells=sells)
    pages = any(not path.name.startswith("_") for path in (content.root / "content").glob("*.md"))
    if pages and all(item.name for item in found):
        found = (*found, Collection("", "Pages", "Entry", ENTRY_FIELDS))
    return found


def _references(content: Content) -> dict[str, tuple[str, ...]]:
    """Return collection -> names under which its entries refer to others."""
    found: dict[str, dict[str, None]] = {}
    for entry in content.entries():
        found.setdefault(entry.collection, {}).update(dict.fromkeys(entry.references))
    return {name: tuple(names) for name, names in found.items()}


def _check(collections: Iterable[Collection], links: Mapping[str, tuple[str, ...]]) -> None:
    problems = []
    known = tuple(collections)
    for name, times in Counter(type_id(item.name) for item in known).items():
        if times > 1:
            problems.append(Problem("content.toml", f"{times} collections would be the content type {name!r}."))
    for item in known:
        where = f"content.toml [[collections]] {item.name!r}"
        names = [*(one.name for one in item.fields), *links.get(item.name, ())]
        for name, times in Counter(map(field_id, names)).items():
            if times > 1:
                problems.append(Problem(where, f"{times} fields would be {name!r} in Contentful."))
        # The slug and what the model does not name have fields of their own.
        if len(names) + 2 > _MOST_FIELDS:
            problems.append(
                Problem(where, f"a content type has at most {_MOST_FIELDS} fields, two of them Platform's.")
            )
        problems += [problem for one in item.fields for problem in _wrong_field(one, where)]
    if problems:
        raise ContentError("bad-content-model", "Contentful can't have this content model", problems=problems)


def _wrong_field(one: Field, where: str) -> Iterator[Problem]:
    if field_id(one.name)[:1].isdigit() or not one.name:
        yield Problem(where, f"the field {one.name!r} begins with a digit, or has no name.")


def _content_type(item: Collection, links: Iterable[str], *, localized: bool) -> ContentType:
    fields = [_field(one, item, localized=localized) for one in item.fields if one.name != "draft"]
    slug = [] if any(one.name == "slug" for one in item.fields) else [_slug(localized=localized)]
    more = _plain(
        MORE, "Other fields", "Object", "objectEditor", help_text="What the site's files say beyond this form."
    )
    return ContentType(
        type_id(item.name),
        item.name,
        item.label_singular[:1].upper() + item.label_singular[1:] if item.label_singular else item.label,
        item.description,
        (fields[0], *slug, *fields[1:], *map(_reference, links), more),
    )


def _field(one: Field, item: Collection, *, localized: bool) -> TypeField:
    kind, widget = _TYPES[one.type]
    is_fact = item.name == PRODUCTS and one.name in _FACTS
    definition: dict[str, Any] = {
        "name": one.label[:50] or one.name,
        "type": kind,
        # An entry of a markdown file may say nothing; Contentful's required text can't be empty.
        "required": one.required and one.type not in {"boolean", "markdown"},
        "localized": localized and one.type in _LOCALIZED and not is_fact,
        "validations": [],
    }
    if one.type == "image":
        definition |= {"linkType": "Asset", "validations": [{"linkMimetypeGroup": ["image"]}]}
    elif one.type == "list":
        definition["items"] = {"type": "Symbol", "validations": []}
    elif one.type == "select":
        definition["validations"] = [{"in": list(one.choices)}]
    if is_fact:
        definition |= _fact(one.name)
        widget = "numberEditor" if definition["type"] == "Integer" else "singleLine"
    settings = {"helpText": one.hint} if one.hint else {}
    return TypeField(one.name, field_id(one.name), definition, widget, settings)


def _fact(name: str) -> dict[str, Any]:
    if name in _PATTERNS:
        pattern, words = _PATTERNS[name]
        rules: list[dict[str, Any]] = [{"regexp": {"pattern": pattern, "flags": ""}, "message": words}]
        return {
            "type": "Symbol",
            "required": True,
            "validations": [*([{"unique": True}] if name == "sku" else []), *rules],
        }
    return {"type": "Integer", "validations": [{"range": {"min": 0}}]}


def _slug(*, localized: bool) -> TypeField:
    definition = {"name": "Address", "type": "Symbol", "required": True, "localized": localized}
    rules = [{"unique": True}, {"regexp": {"pattern": r"^[^\s/]+(/[^\s/]+)*$", "flags": ""}}]
    settings = {"helpText": "The last part of the page's address."}
    return TypeField("slug", "slug", {**definition, "validations": rules}, "slugEditor", settings)


def _reference(name: str) -> TypeField:
    definition = {
        "name": name[:50],
        "type": "Array",
        "required": False,
        "localized": False,
        "validations": [],
        "items": {"type": "Link", "linkType": "Entry", "validations": []},
    }
    return TypeField(name, field_id(name), definition, "entryLinksEditor")


def _plain(name: str, label: str, kind: str, widget: str, *, help_text: str) -> TypeField:
    definition = {"name": label, "type": kind, "required": False, "localized": True, "validations": []}
    return TypeField(name, name, definition, widget, {"helpText": help_text})


if __name__ == "__main__":
    from platform_plugin_contentful.transfer import main

    raise SystemExit(main())
