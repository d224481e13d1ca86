"""The columns of product files: our own, and those that shop systems export.

A file is one of three forms, which its header tells. In our own, a row is a product or,
with ``variant_of``, a form of one. Two more are exports: in one, rows that share a handle
are a product with its variants and further pictures; in the other, a row says what type
it is, and a variation names its parent.

Each form becomes *items*: plain tables with cells under our names, which JSON can hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["OWN", "Item", "Row", "Skip", "form_of", "items_of"]

OWN: Mapping[str, tuple[str, ...]] = {
    "sku": ("sku",),
    "name": ("name", "title"),
    "price": ("price",),
    "currency": ("currency",),
    "description": ("description",),
    "body": ("body",),
    "body_html": ("body_html",),
    "image": ("image",),
    "stock": ("stock",),
    "weight": ("weight",),
    "options": ("options",),
    "variant_of": ("variant_of",),
    "slug": ("slug",),
    "tags": ("tags",),
    "categories": ("categories",),
    "compare_at": ("compare_at",),
    "publish_at": ("publish_at",),
    "expire_at": ("expire_at",),
    "draft": ("draft",),
}
"""Our name -> the headers that mean it, in lower case."""
# Rows that share a handle; two generations of the same export.
_GROUPED: Mapping[str, tuple[str, ...]] = {
    "slug": ("handle", "url handle"),
    "name": ("title",),
    "body_html": ("body (html)", "description"),
    "summary_html": ("seo description",),
    "sku": ("variant sku", "sku"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare-at price"),
    "weight": ("variant grams", "weight value (grams)"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "stock": ("variant inventory qty", "inventory quantity"),
    "oversell": ("variant inventory policy", "continue selling when out of stock"),
    "image": ("image src", "product image url"),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "gift_card": ("gift card",),
    "tags": ("tags",),
    "categories": ("type",),
    **{f"option{number}_{part}": (f"option{number} {part}",) for number in (1, 2, 3) for part in ("name", "value")},
}
# Rows with a type; attributes have numbered columns, which are read by their own names.
_TYPED: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "type": ("type",),
    "sku": ("sku",),
    "name": ("name",),
    "published": ("published",),
    "summary_html": ("short description",),
    "body_html": ("description",),
    "in_stock": ("in stock?",),
    "stock": ("stock",),
    "oversell": ("backorders allowed?",),
    "weight_kg": ("weight (kg)",),
    "weight_g": ("weight (g)",),
    "weight_lb": ("weight (lbs)",),
    "weight_oz": ("weight (oz)",),
    "sale_price": ("sale price",),
    "sale_starts": ("date sale price starts",),
    "sale_ends": ("date sale price ends",),
    "price": ("regular price",),
    "categories": ("categories",),
    "tags": ("tags",),
    "image": ("images",),
    "parent": ("parent",),
}
_FORMS: Mapping[str, tuple[frozenset[str], Mapping[str, tuple[str, ...]]]] = {
    "typed": (frozenset({"type", "sku", "name", "regular price"}), _TYPED),
    "handles": (frozenset({"handle", "title", "variant price"}), _GROUPED),
    "new handles": (frozenset({"url handle", "title", "price"}), _GROUPED),
}
_NO_OPTION = ("title", "default title")
_LIST = re.compile(r"(?<!\\),")
_YES = frozenset({"1", "true", "yes", "continue", "notify"})
_MOST_COMBINATIONS = 200
_TO_GRAMS = {"weight_kg": "1000", "weight_g": "1", "weight_lb": "453.59237", "weight_oz": "28.349523125"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, and header in lower case -> cell."""

    number: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that is no product that can be sold, and why."""

    row: int
    why: str


@dataclass(slots=True)
class Item:
    """One product as a file has it, not checked yet.

    Attributes:
        row: Where it begins.
        cells: Our name -> text.
        options: Name -> choices, in order.
        variants: Row, cells and chosen options of each form.
        pictures: Further pictures of it.
        lenient: It comes from an export, so what is no sku may be made one.
    """

    row: int
    cells: dict[str, Any]
    options: dict[str, list[str]] = field(default_factory=dict)
    variants: list[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    pictures: int = 0
    lenient: bool = True


def form_of(headers: Iterable[str]) -> str:
    """Tell which form a file with these headers, in lower case, has."""
    found = set(headers)
    return next((name for name, (needed, _) in _FORMS.items() if needed <= found), "own")


def items_of(form: str, rows: Sequence[Row]) -> Iterator[Item | Skip]:
    """Yield the products of *rows*, in their order, and what is none."""
    if form == "own":
        return _own(rows)
    table = _FORMS[form][1]
    known = {header: name for name, headers in table.items() for header in headers}
    named = [Row(row.number, {known.get(header, header): cell for header, cell in row.cells.items()}) for row in rows]
    return _typed(named) if form == "typed" else _grouped(named)


def _own(rows: Sequence[Row]) -> Iterator[Item | Skip]:
    known = {header: name for name, headers in OWN.items() for header in headers}
    products: dict[str, Item] = {}
    order: list[Item] = []
    variants: list[tuple[Row, dict[str, Any]]] = []
    for row in rows:
        cells = {known.get(header, header): cell for header, cell in row.cells.items() if cell not in ("", None)}
        if cells.get("variant_of"):
            variants.append((row, cells))
            continue
        if str(cells.get("draft", "")).lower() in _YES:
            yield Skip(row.number, "it is a draft.")
            continue
        item = Item(row.number, cells, lenient=False)
        item.options = {name: list(choices) for name, choices in _options(cells.pop("options", "")).items()}
        products.setdefault(str(cells.get("sku", "")), item)
        order.append(item)
    for row, cells in variants:
        product = products.get(str(cells.pop("variant_of")))
        if product is None:
            yield Skip(row.number, "the product that its variant_of names is not in the file, or is a draft.")
            continue
        chosen = {name: choices[0] for name, choices in _options(cells.pop("options", "")).items() if choices}
        _add(product, row.number, cells, chosen)
    yield from order


def _options(text: Any) -> dict[str, list[str]]:
    """Read ``Grind: whole | filter; Bag: paper``, or the table that JSON has."""
    if isinstance(text, dict):
        return {
            str(name): [str(item) for item in (value if isinstance(value, list) else [value])]
            for name, value in text.items()
        }
    pairs = (part.partition(":") for part in str(text).split(";") if part.strip())
    return {name.strip(): [item.strip() for item in value.split("|") if item.strip()] for name, _, value in pairs}


def _grouped(rows: Sequence[Row]) -> Iterator[Item | Skip]:
    groups: dict[str, list[Row]] = {}
    handle = ""
    for row in rows:
        # Only a row with a title begins a product; one without either belongs to the row before.
        handle = str(row.cells.get("slug") or "" if row.cells.get("name") else row.cells.get("slug") or handle)
        groups.setdefault(handle or f"row {row.number}", []).append(row)
    for group in groups.values():
        first = next((row for row in group if row.cells.get("name")), None)
        yield Skip(group[0].number, "it has no title.") if first is None else _group(first, group)


def _group(first: Row, rows: Sequence[Row]) -> Item | Skip:
    cells = {key: value for key, value in first.cells.items() if value and not key.startswith("option")}
    if why := _unsellable(cells):
        return Skip(first.number, why)
    names = [str(first.cells.get(f"option{number}_name") or "").strip() for number in (1, 2, 3)]
    cells |= {"tracker": first.cells["tracker"]} if "tracker" in first.cells else {}
    item = Item(first.number, cells, pictures=len({str(row.cells["image"]) for row in rows if row.cells.get("image")}))
    forms = [row for row in rows if row.cells.get("option1_value") or row.cells.get("price")]
    for row in forms:
        chosen = {
            name: str(row.cells.get(f"option{number}_value") or "").strip()
            for number, name in enumerate(names, 1)
            if name and row.cells.get(f"option{number}_value")
        }
        if not [pair for pair in chosen.items() if (pair[0].lower(), pair[1].lower()) != _NO_OPTION]:
            continue
        own = {
            key: row.cells.get(key, "") for key in ("sku", "price", "stock", "tracker", "oversell") if key in row.cells
        }
        _add(item, row.number, _stocked(own), chosen)
    if item.variants:
        # Price and stock stand with the forms.
        for key in ("sku", "price", "stock"):
            item.cells.pop(key, None)
    item.cells = _stocked(item.cells)
    return item


def _unsellable(cells: Mapping[str, Any]) -> str:
    """Tell why what a row exports is not for sale, or return an empty string."""
    if str(cells.get("status") or "active").lower() != "active":
        return f"its status is {str(cells['status']).lower()}."
    if str(cells.get("published") or "true").lower() not in _YES:
        return "it is not published."
    return "gift cards are not sold from a file." if str(cells.get("gift_card") or "").lower() == "true" else ""


def _stocked(cells: dict[str, Any]) -> dict[str, Any]:
    """Leave the stock out where the shop does not count it, or sells beyond it."""
    tracker, oversell = cells.pop("tracker", None), cells.pop("oversell", "")
    if tracker == "" or str(oversell).lower() in _YES:
        cells.pop("stock", None)
    elif str(cells.get("stock") or "").startswith("-"):
        cells["stock"] = "0"
    if "weight" in cells and str(cells["weight"]).strip("0.") == "":
        del cells["weight"]
    return cells


def _typed(rows: Sequence[Row]) -> Iterator[Item | Skip]:
    products: dict[str, Item] = {}
    order: list[Item] = []
    later: list[Row] = []
    skipped: set[str] = set()
    for row in rows:
        types = {part.strip().lower() for part in str(row.cells.get("type") or "").split(",")}
        if "variation" in types:
            later.append(row)
            continue
        names = [name for name in (str(row.cells.get("sku") or ""), f"id:{row.cells.get('id')}") if name]
        if why := _not_simple(types, row.cells):
            skipped.update(names)
            yield Skip(row.number, why)
            continue
        item = Item(row.number, _typed_cells(row), pictures=len(_listed(row.cells.get("image"))))
        if "variable" in types:
            item.options = {name: list(choices) for name, choices in _attributes(row).items() if choices}
            item.cells.pop("stock", None)
        order.append(item)
        products.update(dict.fromkeys(names, item))
    for row in later:
        parent = str(row.cells.get("parent") or "")
        if parent in products:
            if not _add_variation(products[parent], row):
                yield Skip(row.number, f"it leaves more than {_MOST_COMBINATIONS} combinations open.")
        elif parent not in skipped:
            yield Skip(row.number, f"its parent {parent!r} is not in the file.")
    yield from order


def _not_simple(types: set[str], cells: Mapping[str, Any]) -> str:
    if "grouped" in types:
        return "it groups other products and has no price."
    if "external" in types:
        return "it is sold by another shop."
    if not types & {"simple", "variable"}:
        return f"it is of the type {', '.join(sorted(types - {''})) or 'nothing'}, which can't be sold from a file."
    return "" if str(cells.get("published") or "1").lower() in _YES else "it is not published."


def _typed_cells(row: Row) -> dict[str, Any]:
    cells = {key: value for key, value in row.cells.items() if value}
    cells["body_html"] = str(cells.get("body_html", "")).replace("\\n", "\n")
    cells["summary_html"] = str(cells.get("summary_html", "")).replace("\\n", "\n")
    cells["image"] = next(iter(_listed(cells.get("image"))), "")
    paths = _listed(cells.get("categories"))
    cells["categories"] = ",".join(dict.fromkeys(path.rpartition(">")[2].strip() for path in paths))
    for name, factor in _TO_GRAMS.items():
        if cells.get(name):
            cells["weight"], cells["weight_factor"] = cells[name], factor
    if cells.get("sale_price") and not (cells.get("sale_starts") or cells.get("sale_ends")):
        cells["compare_at"], cells["price"] = cells.get("price", ""), cells["sale_price"]
    if str(cells.get("oversell") or "").lower() in _YES:
        cells.pop("stock", None)
    elif row.cells.get("in_stock") == "0":
        cells["stock"] = "0"
    return {key: value for key, value in cells.items() if value}


def _add_variation(item: Item, row: Row) -> bool:
    """Add the forms that a variation stands for; False when they are too many."""
    if str(row.cells.get("published") or "1").lower() not in _YES:
        return True
    cells = {key: value for key, value in _typed_cells(row).items() if key in {"sku", "price", "compare_at", "stock"}}
    given = {name: choices[0] for name, choices in _attributes(row).items() if choices}
    combinations: list[dict[str, str]] = [{}]
    for name, choices in item.options.items():
        # An attribute that a variation leaves open stands for each of its choices.
        wanted = [given[name]] if name in given else choices
        combinations = [{**chosen, name: choice} for chosen in combinations for choice in wanted]
        if len(combinations) > _MOST_COMBINATIONS:
            return False
    for chosen in combinations:
        opened = [choice for name, choice in chosen.items() if name not in given]
        own = {**cells, "sku": "-".join([str(cells["sku"]), *opened])} if cells.get("sku") else dict(cells)
        if not any(chosen == other for _, _, other in item.variants):
            _add(item, row.number, own, chosen)
    return True


def _attributes(row: Row) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    number = 1
    while f"attribute {number} name" in row.cells:
        if name := str(row.cells[f"attribute {number} name"] or "").strip():
            found[name] = _listed(row.cells.get(f"attribute {number} value(s)"))
        number += 1
    return found


def _listed(text: Any) -> list[str]:
    return [part.strip().replace("\\,", ",") for part in _LIST.split(str(text or "")) if part.strip()]


def _add(item: Item, row: int, cells: dict[str, Any], chosen: dict[str, str]) -> None:
    for name, choice in chosen.items():
        choices = item.options.setdefault(name, [])
        if choice not in choices:
            choices.append(choice)
    item.variants.append((row, cells, chosen))
