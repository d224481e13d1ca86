"""Which types of the dataset give entries, of which collection and with which fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from platform_core.content import ENTRY_FIELDS, PRODUCTS, Collection, Content, Field
from platform_core.site import Site
from platform_plugin_sanity.naming import OWN_FIELDS, check_names, field_id, foreign_types, type_name

__all__ = ["Kind", "collections_of", "kinds_of"]

# Whether a document is a draft is no field of it; a product's tables have objects of their own in the schema.
_LEFT_OUT = frozenset({"draft"})
_LEFT_OUT_OF_PRODUCTS = _LEFT_OUT | {"options", "variants", "prices"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of the dataset whose documents are entries.

    Attributes:
        collection: The folder below ``content/``.
        fields: Name of the field in the dataset -> field of the content model.
        own: Whether the type was made from the content model.
        slug: How a file is named when its document has no slug.
    """

    collection: str
    fields: Mapping[str, Field]
    own: bool
    slug: str = "{slug}"


def collections_of(site: Site, content: Content) -> tuple[Collection, ...]:
    """Return the collections that the dataset's schema is made of.

    Raises:
        ContentError: Two names of the model are one in Sanity.
    """
    found = tuple(_without(item) for item in content.forms(sells=bool(site.shop)))
    check_names(found)
    return found


def kinds_of(site: Site, settings: Mapping[str, Any], content: Content) -> dict[str, Kind]:
    """Return type -> what its documents are.

    Raises:
        ContentError: As `collections_of`.
        SiteError: The setting ``types`` is wrong.
    """
    collections = collections_of(site, content)
    kinds = {type_name(item.name): _kind(item, own=True) for item in collections}
    named = {item.name: item for item in collections}
    for name, collection in foreign_types(settings).items():
        model = named.get(collection) or _without(Collection(collection, collection, collection, ENTRY_FIELDS))
        kinds[name] = _kind(model, own=False)
    return kinds


def _kind(item: Collection, *, own: bool) -> Kind:
    fields = {field_id(field.name): field for field in item.fields if field.name not in OWN_FIELDS}
    return Kind(item.name, fields, own, item.slug)


def _without(item: Collection) -> Collection:
    """Take out the fields that documents do not have."""
    left_out = _LEFT_OUT_OF_PRODUCTS if item.name == PRODUCTS else _LEFT_OUT
    return replace(item, fields=tuple(field for field in item.fields if field.name not in left_out))
