"""What Tina shows and edits, drawn from the site's content model.

`build_spec` returns plain data: ``config`` is Tina's own configuration, as it goes into
``tina/config.js``; ``forms`` says what only functions could say there (checks, names of
files, starting values), which ``editor/tina/config.js`` makes of it in the browser.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from platform_core.content import PRODUCTS, Collection, Content, Field
from platform_core.errors import ContentError, Problem
from platform_core.site import Site

__all__ = ["build_spec", "repository"]

_LEGAL = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# GraphQL and Tina use these for themselves.
_RESERVED = frozenset({"id", "children", "mark"})
# What Markdown has a mark for; Tina's others write markup that pages do not show.
_TOOLBAR = (
    "heading", "bold", "italic", "strikethrough", "link", "image", "quote", "ul", "ol", "code", "codeBlock", "table", "hr",
    "raw",
)  # fmt: skip
# Definitions of links and of footnotes; a quotation that holds more than paragraphs.
_REFUSED = re.compile(rb"^ {0,3}\[[^\]\n]+\]:[ \t]|^ {0,3}>[ \t]*(?:>|[-*+][ \t]|\d+[.)][ \t]|#|```|~~~)", re.MULTILINE)
_PRODUCT_RULES: Mapping[str, dict[str, Any]] = {
    "sku": {"pattern": "^[A-Za-z0-9._-]{1,64}$", "message": "1 to 64 letters, digits, dots, dashes or underscores"},
    "price": {"pattern": r"^\d{1,9}(\.\d{1,4})?$", "message": "an amount such as 18.50"},
    "currency": {"pattern": "^[A-Z]{3}$", "message": "three capitals such as EUR"},
    "stock": {"pattern": r"^\d*$", "message": "a whole number of 0 or more"},
    "weight": {"pattern": r"^\d*$", "message": "a whole number of 0 or more"},
}


def build_spec(site: Site, settings: Mapping[str, Any], content: Content) -> dict[str, Any]:
    """Return ``config`` and ``forms`` as plain data, alike for this machine and for AWS.

    Raises:
        ContentError: The content model has something that no form can show.
    """
    collections = content.forms(sells=bool(site.shop))
    _check(collections)
    made = [_collection(item, settings, content) for item in collections]
    media = settings["media_folder"]
    config: dict[str, Any] = {
        "build": {"outputFolder": "admin", "publicFolder": "static"},
        "client": {"skip": True},
        "telemetry": "disabled",
        "ui": {"optOutOfUpdateCheck": True},
        "media": {"tina": {"publicFolder": "static", "mediaRoot": media}},
        "schema": {"collections": [collection for collection, _ in made]},
    }
    forms = {collection["name"]: form for collection, form in made}
    spec: dict[str, Any] = {"config": config, "forms": forms}
    if settings["variant"] == "collaboration_focused" and (owner := repository(site, settings)):
        spec["history"] = {"repository": owner, "folder": settings["folder"], "branch": settings["branch"]}
    return spec


def repository(site: Site, settings: Mapping[str, Any]) -> str:
    """Return ``owner/name``, or an empty string when the site has none."""
    return str(settings["repository"] or site.aws.repository)


def _name(item: Collection) -> str:
    return _legal(item.name or "pages")


def _legal(name: str) -> str:
    """Make a name that Tina and GraphQL accept; the file keeps the real one."""
    if _LEGAL.fullmatch(name) and name not in _RESERVED and not name.startswith("__"):
        return name
    made = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return made if _LEGAL.fullmatch(made) and made not in _RESERVED else f"f_{made}"


def _check(collections: tuple[Collection, ...]) -> None:
    """Refuse what Tina would only refuse when it starts."""
    problems: list[Problem] = []
    for name, times in Counter(map(_name, collections)).items():
        if times > 1:
            problems.append(Problem("content.toml", f"{times} collections are called {name!r} in the editor."))
    for item in collections:
        problems += _problems_of(item)
    if problems:
        raise ContentError("bad-content-model", "the editor can't be made from this content model", problems=problems)


def _problems_of(item: Collection) -> Iterator[Problem]:
    where = f"content.toml [[collections]] {item.name!r}"
    for name, times in Counter(_legal(field.name) for field in item.fields).items():
        if times > 1:
            yield Problem(where, f"{times} fields are called {name!r} in the editor.")


def _collection(
    item: Collection, settings: Mapping[str, Any], content: Content
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return Tina's collection, and what only functions can say about its form."""
    folder = "/".join(part for part in ("content", item.name) if part)
    fields = item.fields
    source = settings["variant"] == "react_based" or _needs_source(content, item)
    made = [_field(field, source) for field in fields]
    defaults = {_legal(field.name): value for field in fields if (value := _default(field)) is not None}
    rules: dict[str, Any] = {}
    if item.name == PRODUCTS:
        rules = {
            field.name: _PRODUCT_RULES[field.name]
            for field in fields
            if field.name in _PRODUCT_RULES and field.type != "select"
        }
        made = [field for field in made if field["name"] != "options"] + _options(content)
        used = Counter(product.currency for product in content.products)
        if used:
            defaults.setdefault("currency", used.most_common(1)[0][0])
    result: dict[str, Any] = {
        "name": _name(item),
        "label": item.label,
        "path": folder,
        "format": "md",
        # A sub-folder is a collection of its own, and index pages belong to the engine.
        "match": {"include": "*", "exclude": "_*"},
        "ui": {"allowedActions": {"createFolder": False}},
        "fields": made,
    }
    if _is_toml(content, item):
        result |= {"frontmatterFormat": "toml", "frontmatterDelimiters": "+++"}
    optional = [_legal(field.name) for field in fields if not field.required and field.name != "body"]
    form = {"slug": item.slug, "defaults": defaults, "rules": rules, "optional": [*optional, "options"]}
    return result, form


def _is_toml(content: Content, item: Collection) -> bool:
    """Tell how the collection's files begin; an empty one begins as Platform writes."""
    folder = content.root / "content" / item.name
    first = next((path for path in sorted(folder.glob("*.md")) if not path.name.startswith("_")), None)
    return first is not None and first.read_bytes()[:3] == b"+++"


def _needs_source(content: Content, item: Collection) -> bool:
    """Tell whether an entry has something that Tina's rich text refuses, and would not let anybody save."""
    files = (content.root / "content" / item.name).glob("*.md")
    return any(_REFUSED.search(path.read_bytes()) for path in files if not path.name.startswith("_"))


def _options(content: Content) -> list[dict[str, Any]]:
    """Offer the options that the shop's products have; a new one starts in a file."""
    names = dict.fromkeys(name for product in content.products for name in product.options)
    fields = [_named({"name": name, "label": name, "type": "string", "list": True}) for name in names]
    if not fields:
        return []
    hint = "What a customer chooses from; an option without choices is left out."
    return [{"name": "options", "label": "Options", "type": "object", "description": hint, "fields": fields}]


def _field(field: Field, source: bool) -> dict[str, Any]:
    result = {"name": field.name, "label": field.label, **_kind(field, source)}
    if field.name == "title" and result["type"] == "string" and "options" not in result:
        result |= {"isTitle": True, "required": True}
    elif field.required and field.name != "body" and field.type != "boolean":
        result["required"] = True
    if field.hint:
        result["description"] = field.hint
    return _named(result)


def _named(field: dict[str, Any]) -> dict[str, Any]:
    """Give a field a legal name, under which the file's own name is kept."""
    legal = _legal(field["name"])
    return field if legal == field["name"] else {**field, "name": legal, "nameOverride": field["name"]}


def _kind(field: Field, source: bool) -> dict[str, Any]:
    match field.type:
        case "markdown" if field.name == "body":
            return _body(source)
        case "text" | "markdown":
            return {"type": "string", "ui": {"component": "textarea"}}
        case "datetime":
            return {"type": "datetime", "ui": {"dateFormat": "YYYY-MM-DD", "timeFormat": "HH:mm"}}
        case "list":
            return {"type": "string", "list": True}
        case "select":
            return {"type": "string", "options": list(field.choices)}
        case "image":
            return {"type": "image", "accept": "image"}
        case _:
            return {"type": field.type}


def _body(source: bool) -> dict[str, Any]:
    if source:
        return {"type": "string", "isBody": True, "ui": {"component": "textarea"}}
    # Tina's other parser takes every tag and brace for a component, and refuses comments and shortcodes.
    return {
        "type": "rich-text",
        "isBody": True,
        "parser": {"type": "markdown"},
        "overrides": {"toolbar": list(_TOOLBAR)},
    }


def _default(field: Field) -> Any:
    if isinstance(field.default, dt.date):
        return field.default.isoformat()
    if field.default is None and field.type == "datetime" and field.required:
        return "{now}"
    if field.default is None and field.type == "boolean":
        return False
    return field.default
