"""What editors are offered: the collections of a site and the fields of their forms.

They come from ``content.toml``, or from the folders that are there.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from platform_core.content.model import Collection, Field
from platform_core.content.products import PRODUCTS
from platform_core.errors import ContentError, Problem, did_you_mean

__all__ = ["ENTRY_FIELDS", "FIELD_TYPES", "PRODUCT_FIELDS", "complete_collections", "parse_collections"]

FIELD_TYPES = ("string", "text", "markdown", "datetime", "boolean", "number", "image", "list", "select")
ENTRY_FIELDS = (
    Field("title", "Title"),
    Field("date", "Date", "datetime", required=False),
    Field("description", "Description", "text", required=False),
    Field("image", "Image", "image", required=False),
    Field("tags", "Tags", "list", required=False),
    Field("draft", "Draft", "boolean", required=False),
    Field("body", "Text", "markdown", required=False),
)
"""The form of an entry whose collection has no model."""
PRODUCT_FIELDS = (
    Field("title", "Name"),
    Field("sku", "SKU", hint="Letters, digits, dots, dashes and underscores; unique in the shop."),
    Field("price", "Price", hint="With a dot, for example 18.50."),
    Field("currency", "Currency", hint="Three capitals, for example EUR."),
    Field("description", "Description", "text", required=False),
    Field("image", "Image", "image", required=False),
    Field("stock", "Stock", "number", required=False, hint="Pieces left; leave it empty when stock is not counted."),
    Field("weight", "Weight", "number", required=False, hint="In grams."),
    Field("draft", "Draft", "boolean", required=False),
    Field("body", "Text", "markdown", required=False),
)
"""The form of a product whose collection has no model."""
# No file can be without them: an entry's is named after its title.
_OF_ENTRIES = ENTRY_FIELDS[:1]
_OF_PRODUCTS = PRODUCT_FIELDS[:4]


def parse_collections(text: str, where: str) -> tuple[Collection, ...]:
    """Read *text*, which messages call *where*.

    Raises:
        ContentError: It is not a content model; every problem.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        rows = tomllib.loads(text).get("collections", [])
        found = tuple(TypeAdapter(list[Collection]).validate_python(rows, strict=False, extra="forbid"))
        problems = list(_problems_of(found, where))
    except tomllib.TOMLDecodeError as error:
        problems = [Problem(where, f"not TOML: {error}.")]
    except ValidationError as error:
        problems = [Problem(f"{where} {'.'.join(map(str, item['loc']))}", f"{item['msg']}.") for item in error.errors()]
    if problems:
        raise ContentError("bad-content-model", f"{where} is not a valid content model", problems=problems)
    return found


def complete_collections(
    model: tuple[Collection, ...], folders: Iterable[str], *, sells: bool
) -> tuple[Collection, ...]:
    """Return what editors are offered; see `Content.forms`.

    Args:
        model: The collections of ``content.toml``.
        folders: Those below ``content/`` that hold entries; the empty text for itself.
        sells: Whether there are products.
    """
    found = model or tuple(Collection(name, _words(name), "Entry", ENTRY_FIELDS) for name in folders)
    if sells and all(item.name != PRODUCTS for item in found):
        found = (*found, Collection(PRODUCTS, "Products", "Product", PRODUCT_FIELDS))
    return tuple(map(_complete, found))


def _words(folder: str) -> str:
    words = (folder or "pages").replace("-", " ").replace("_", " ").replace("/", ": ")
    return words[:1].upper() + words[1:]


def _complete(item: Collection) -> Collection:
    named = {field.name for field in item.fields}
    needed = _OF_PRODUCTS if item.name == PRODUCTS else _OF_ENTRIES
    missing = tuple(field for field in needed if field.name not in named)
    return replace(item, fields=(*missing, *item.fields)) if missing else item


def _problems_of(found: Iterable[Collection], where: str) -> Iterator[Problem]:
    for item in found:
        place = f"{where} [[collections]] {item.name!r}"
        for name, times in Counter(field.name for field in item.fields).items():
            if times > 1:
                yield Problem(place, f"the field {name!r} is there {times} times.")
        for field in item.fields:
            if field.type not in FIELD_TYPES:
                hint = did_you_mean(field.type, FIELD_TYPES)
                yield Problem(place, f"the field {field.name!r} has the unknown type {field.type!r}.", hint)
            elif field.type == "select" and not field.choices:
                yield Problem(place, f"the field {field.name!r} has no choices to select from.")
