"""The dataset's schema, made from the content model, as plain data.

The studio turns the rules into functions (``studio/schema.js``); everything else is
what ``defineType`` takes, see https://www.sanity.io/docs/studio/schema-types.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from platform_core.content import PRODUCTS, Collection, Field
from platform_plugin_sanity.naming import OWN_FIELDS, field_id, type_name
from platform_plugin_sanity.portable.reading import RAW

__all__ = ["build_schema"]

_AMOUNT = r"^\d{1,9}(\.\d{1,4})?$"
_SKU = r"^[A-Za-z0-9._-]{1,64}$"
_TYPES = {
    "string": "string",
    "text": "text",
    "datetime": "datetime",
    "boolean": "boolean",
    "number": "number",
}
_PRODUCT_RULES: Mapping[str, Mapping[str, Any]] = {
    "sku": {"pattern": _SKU, "shown_as": "1 to 64 letters, digits, dots, dashes or underscores"},
    "price": {"pattern": _AMOUNT, "shown_as": "an amount such as 18.50"},
    "currency": {"pattern": "^[A-Z]{3}$", "shown_as": "three capitals such as EUR"},
    "stock": {"min": 0, "integer": True},
    "weight": {"min": 0, "integer": True},
}


def build_schema(collections: Iterable[Collection]) -> list[dict[str, Any]]:
    """Return every type: one document for each collection, and the objects that they share."""
    found = list(collections)
    shared = [*_text_objects(), *(_product_objects() if any(item.name == PRODUCTS for item in found) else ())]
    return [*(_document(item) for item in found), *shared]


def _document(item: Collection) -> dict[str, Any]:
    product = item.name == PRODUCTS
    fields = [_field(field, _PRODUCT_RULES if product else {}) for field in item.fields if field.name not in OWN_FIELDS]
    named = {field["name"] for field in fields}
    slug = {
        "name": "slug",
        "title": "Address",
        "type": "slug",
        "description": "The last part of the page's address.",
        "options": {"source": "title"},
        "rules": {"required": True},
    }
    place = 1 + next(number for number, field in enumerate(fields) if field["name"] == "title")
    fields = [*fields[:place], slug, *fields[place:], *(_product_tables() if product else ())]
    document = {
        "name": type_name(item.name),
        "title": item.label_singular,
        "plural": item.label,
        "type": "document",
        "fields": fields,
        "preview": {"select": {"title": "title", **({"media": "image"} if "image" in named else {})}},
    }
    return {**document, "description": item.description} if item.description else document


def _field(field: Field, rules: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    own = {"required": field.required, **rules.get(field.name, {})}
    result: dict[str, Any] = {"name": field_id(field.name), "title": field.label, **_type(field)}
    if rules and field.name in {"sku", "price", "currency"} and field.type != "select":
        result["type"] = "string"  # so that no digit of an amount is lost
    if field.hint:
        result["description"] = field.hint
    if field.default is not None:
        value = field.default
        result["initialValue"] = value.isoformat() if isinstance(value, dt.date) else value
    if kept := {name: value for name, value in own.items() if value is not False}:
        result["rules"] = kept
    return result


def _type(field: Field) -> dict[str, Any]:
    match field.type:
        case "markdown":
            return {"type": "array", "of": _rich_text()}
        case "image":
            return {"type": "image", "fields": [_alt()]}
        case "list":
            return {"type": "array", "of": [{"type": "string"}], "options": {"layout": "tags"}}
        case "select":
            return {"type": "string", "options": {"list": list(field.choices)}}
        case other:
            return {"type": _TYPES.get(other, "string")}


def _alt() -> dict[str, Any]:
    return {"name": "alt", "title": "Description for people who can't see it", "type": "string"}


def _rich_text() -> list[dict[str, Any]]:
    styles = [
        ("Normal", "normal"),
        *((f"Heading {level}", f"h{level}") for level in range(1, 7)),
        ("Quote", "blockquote"),
    ]
    decorators = [("Strong", "strong"), ("Emphasis", "em"), ("Code", "code"), ("Strike", "strike-through")]
    link = {
        "name": "link",
        "title": "Link",
        "type": "object",
        "fields": [{"name": "href", "title": "Address", "type": "string", "rules": {"required": True}}],
    }
    block = {
        "type": "block",
        "styles": _choices(styles),
        "lists": _choices([("Bullets", "bullet"), ("Numbers", "number")]),
        "marks": {"decorators": _choices(decorators), "annotations": [link]},
    }
    caption = {"name": "caption", "title": "Caption", "type": "string"}
    return [block, {"type": "image", "fields": [_alt(), caption]}, {"type": "code"}, {"type": RAW}]


def _choices(rows: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"title": title, "value": value} for title, value in rows]


def _text_objects() -> list[dict[str, Any]]:
    return [
        _object("code", "Code", [_string("language", "Language"), {**_string("code", "Code"), "type": "text"}], "code"),
        _object(RAW, "Markdown", [{**_string("markdown", "Markdown"), "type": "text"}], "markdown"),
    ]


def _product_objects() -> list[dict[str, Any]]:
    choices = {"name": "choices", "title": "Choices", "type": "array", "of": [{"type": "string"}]}
    choice = [_string("name", "Option", required=True), _string("choice", "Choice", required=True)]
    chosen = {"type": "object", "name": "productChoice", "fields": choice}
    amount = {**_string("price", "Price"), "rules": dict(_PRODUCT_RULES["price"])}
    sku = {**_string("sku", "SKU"), "rules": {"required": True, **_PRODUCT_RULES["sku"]}}
    stock = {"name": "stock", "title": "Stock", "type": "number", "rules": dict(_PRODUCT_RULES["stock"])}
    currency = {**_string("currency", "Currency"), "rules": {"required": True, **_PRODUCT_RULES["currency"]}}
    value = {**_string("amount", "Amount"), "rules": {"required": True, **_PRODUCT_RULES["price"]}}
    options = {"name": "options", "title": "Choices", "type": "array", "of": [chosen]}
    return [
        _object("productPrice", "Price", [currency, value], "amount"),
        _object("productOption", "Option", [_string("name", "Name", required=True), choices], "name"),
        _object("productVariant", "Variant", [sku, options, amount, stock], "sku"),
    ]


def _product_tables() -> list[dict[str, Any]]:
    rows = (
        ("prices", "Prices in other currencies", "productPrice"),
        ("options", "Options", "productOption"),
        ("variants", "Variants", "productVariant"),
    )
    return [{"name": name, "title": title, "type": "array", "of": [{"type": of}]} for name, title, of in rows]


def _object(name: str, title: str, fields: list[dict[str, Any]], shown: str) -> dict[str, Any]:
    return {"name": name, "title": title, "type": "object", "fields": fields, "preview": {"select": {"title": shown}}}


def _string(name: str, title: str, *, required: bool = False) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "title": title, "type": "string"}
    return {**field, "rules": {"required": True}} if required else field
