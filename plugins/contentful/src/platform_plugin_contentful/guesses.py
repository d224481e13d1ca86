"""Which field of a content type says what, where Platform did not make the type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.content import Collection
from platform_plugin_contentful.model import MORE
from platform_plugin_contentful.naming import field_id

__all__ = ["FieldNames", "field_names"]

# Front matter -> the ids that people give such a field, the likeliest first, and the kinds that fit.
_USUAL: Mapping[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "title": (("title", "name", "headline", "heading"), frozenset({"Symbol", "Text"})),
    "slug": (("slug", "urlSlug", "handle", "permalink"), frozenset({"Symbol"})),
    "body": (("body", "content", "text", "article", "bodyText", "richText"), frozenset({"RichText", "Text"})),
    "description": (
        ("description", "summary", "excerpt", "shortDescription", "teaser", "seoDescription", "metaDescription"),
        frozenset({"Symbol", "Text", "RichText"}),
    ),
    "date": (
        ("date", "publishDate", "publishedDate", "publishedAt", "publicationDate", "published"),
        frozenset({"Date"}),
    ),
    "updated": (("updated", "updatedDate", "lastUpdated", "modified"), frozenset({"Date"})),
    "image": (
        ("image", "heroImage", "coverImage", "featuredImage", "mainImage", "thumbnail", "picture", "cover"),
        frozenset({"Link"}),
    ),
    "tags": (("tags", "keywords", "topics"), frozenset({"Array"})),
    "categories": (("categories", "category"), frozenset({"Array"})),
}
# What Platform says itself, or what another system means otherwise.
_RESERVED = frozenset(
    {"aliases", "edit_url", "expire_at", "locale", "publish_at", "references", "source", "translation", "url"}
)


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Field id -> name in front matter, of one content type.

    Attributes:
        made: Whether the type is of the site's content model.
    """

    names: Mapping[str, str]
    made: bool = False


def field_names(fields: Iterable[Mapping[str, Any]], display: str, collection: Collection | None) -> FieldNames:
    """Return the names of a type's fields.

    Args:
        fields: Of the content type.
        display: The field that Contentful shows in lists.
        collection: Of the content model, when the type is one of the site's.
    """
    kinds = {str(row.get("id")): str(row.get("type")) for row in fields}
    own = {field_id(one.name): one.name for one in collection.fields} if collection else {}
    names = {name: own[name] for name in kinds if name in own}
    made = bool(collection) and (MORE in kinds or len(names) == len(kinds))
    taken = set(names.values())
    for name, (usual, fitting) in _USUAL.items():
        if name in taken:
            continue
        # What Contentful shows in lists is what a thing is called; a person's title is not.
        likely = (display, *usual) if name == "title" else usual
        found = next((one for one in likely if kinds.get(one) in fitting and one not in names), "")
        if name == "body" and not found and not made:
            found = next((one for one, kind in kinds.items() if kind == "RichText" and one not in names), "")
        if found:
            names[found] = name
            taken.add(name)
    reserved = frozenset[str]() if made else _RESERVED
    for one in kinds:
        # A field that is called like something else's name keeps its own, with a mark behind it.
        if one not in names:
            names[one] = one if one not in taken and one not in reserved else f"{one}_"
    return FieldNames(names, made)
