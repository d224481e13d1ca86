"""Which types of the dataset give entries, of which collection and with which fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.content import PRODUCTS, Collection, Content, Field
from platform_core.site import Site
from platform_plugin_sanity.naming import OWN_FIELDS, check_names, field_id, foreign_types, type_name

__all__ = ["PRODUCT_FIELDS", "Kind", "collections_of", "kinds_of"]

_ENTRY_FIELDS = (
    Field("title", "Title"),
    Field("date", "Date", "datetime", required=False),
    Field("description", "Description", "text", required=False),
    Field("image", "Image", "image", required=False),
    Field("tags", "Tags", "list", required=False),
    Field("body", "Text", "markdown", required=False),
)
PRODUCT_FIELDS = (
    Field("title", "Name"),
    Field("sku", "SKU", hint="Letters, digits, dots, dashes and underscores; unique in the shop."),
    Field("price", "Price", hint="With a dot, for example 18.50."),
    Field("currency", "Currency", hint="Three capitals, for example EUR."),
    Field("description", "Description", "text", required=False),
    Field("image", "Image", "image", required=False),
    Field("stock", "Stock", "number", required=False, hint="Pieces left; leave it empty when stock is not counted."),
    Field("weight", "Weight", "number", required=False, hint="In grams."),
    Field("body", "Text", "markdown", required=False),
)
_ALWAYS = ("title", "sku", "price", "currency")


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

    A site without ``content.toml`` has one for each folder that holds entries. A site
    with a shop has one of products.

    Raises:
        ContentError: Two names of the model are one in Sanity.
    """
    found = tuple(_complete(item) for item in _collections(site, content))
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
        model = named.get(collection) or Collection(collection, collection, collection, _ENTRY_FIELDS)
        kinds[name] = _kind(model, own=False)
    return kinds


def _kind(item: Collection, *, own: bool) -> Kind:
    fields = {field_id(field.name): field for field in item.fields if field.name not in OWN_FIELDS}
    return Kind(item.name, fields, own, item.slug)


def _collections(site: Site, content: Content) -> Iterator[Collection]:
    model = content.collections or tuple(_found(content))
    yield from model
    sells = bool(site.shop) or (content.root / "content" / PRODUCTS).is_dir()
    if sells and all(item.name != PRODUCTS for item in model):
        yield Collection(PRODUCTS, "Products", "Product", PRODUCT_FIELDS)


def _found(content: Content) -> Iterator[Collection]:
    root = content.root / "content"
    files = (path for path in root.rglob("*.md") if not path.name.startswith("_"))
    folders = {path.parent.relative_to(root).as_posix() for path in files} - {PRODUCTS, "."}
    for folder in sorted(folders or {"posts"}):
        words = folder.replace("-", " ").replace("_", " ").replace("/", ": ")
        yield Collection(folder, words[:1].upper() + words[1:], "Entry", _ENTRY_FIELDS)


def _complete(item: Collection) -> Collection:
    """Add what no entry can be without."""
    named = {field.name for field in item.fields}
    wanted = PRODUCT_FIELDS if item.name == PRODUCTS else _ENTRY_FIELDS
    missing = [field for field in wanted if field.name in _ALWAYS and field.name not in named]
    return Collection(
        item.name,
        item.label,
        item.label_singular,
        (*missing, *(field for field in item.fields if field.name not in _EXPANDED or item.name != PRODUCTS)),
        item.slug,
        item.description,
    )


# A product's tables have objects of their own in the schema, whatever the model calls them.
_EXPANDED = frozenset({"options", "variants", "prices"})
