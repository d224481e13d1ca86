"""The neutral content model, and its form on disk.

Every CMS and every shop meets every engine through these records. On disk an
entry is a Markdown file with YAML front matter below ``content/``; a product is
an entry of ``content/products/``. Keys that Platform does not know survive in
``extra``, so that reading and writing a file loses nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from platform_core.errors import ContentError, Problem
from platform_core.front_matter import parse_front_matter, render_front_matter

__all__ = [
    "Asset",
    "Collection",
    "Content",
    "Entry",
    "Field",
    "Product",
    "Redirect",
    "parse_entry",
    "render_entry",
]

Scalar = str | int | float | bool | dt.date | dt.datetime | None
_ALIASES = re.compile(rb"^(aliases|url)\s*:", re.MULTILINE)
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
PRODUCTS = "products"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of content.

    Attributes:
        collection: The folder below ``content/``, ``""`` for a page of the root.
        slug: The file's name without its ending.
        body: Markdown.
        date: When it was published; a draft may have none.
        taxonomies: Name -> terms, for example ``{"tags": ("coffee",)}``.
        url: The path at which it must answer, when the engine's own will not do.
        aliases: Old paths that must lead here.
        extra: Front matter that Platform does not interpret, in file order.
    """

    collection: str
    slug: str
    title: str
    body: str = ""
    date: dt.date | dt.datetime | None = None
    updated: dt.date | dt.datetime | None = None
    description: str = ""
    draft: bool = False
    locale: str = ""
    image: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    taxonomies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale.

    Attributes:
        sku: Unique in the site; ``[A-Za-z0-9._-]``.
        price: In units of *currency*, never a float.
        currency: ISO 4217, three capitals.
        options: Name -> choices, for example ``{"Grind": ("whole", "filter")}``.
        stock: Pieces left, or None when stock is not counted.
        image: Site-absolute path, or ``""``.
        url: Site-absolute path of the product's page.
        weight: Grams, or None.
    """

    sku: str
    name: str
    price: Decimal
    currency: str
    url: str
    description: str = ""
    image: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stock: int | None = None
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is published as it is: *path* is site-absolute."""

    path: str
    source: Path


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old path that answers with a redirect to *target*.

    Attributes:
        path: Site-absolute, decoded.
        target: Site-absolute, or an absolute http(s) address.
        status: 301, 302, 307 or 308.
    """

    path: str
    target: str
    status: int = 301


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a collection, from which a CMS draws its form.

    Attributes:
        type: string, text, markdown, datetime, boolean, number, image, list, select.
        choices: For ``select``.
        default: What a new entry starts with.
    """

    name: str
    label: str
    type: str = "string"
    required: bool = True
    choices: tuple[str, ...] = ()
    default: Scalar = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A folder of entries that share fields.

    Attributes:
        name: The folder below ``content/``.
        slug: How a new entry's file is named, with ``{slug}``, ``{year}``,
            ``{month}`` and ``{day}``.
    """

    name: str
    label: str
    label_singular: str
    fields: tuple[Field, ...]
    slug: str = "{slug}"
    description: str = ""


@dataclass(frozen=True)
class Content:
    """The content of one site, read from its folder when it is asked for.

    Attributes:
        root: The site's folder; holds ``content/``, ``static/`` and ``content.toml``.
        adopted: Whether the site lays its entries out by rules of its own. What lies
            below ``content/`` then says nothing about addresses, and its engine keeps
            old ones itself.
    """

    root: Path
    adopted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.resolve())

    @cached_property
    def collections(self) -> tuple[Collection, ...]:
        """The content model of the site, from ``content.toml``.

        Raises:
            ContentError: The file is not valid; every problem at once.
        """
        path = self.root / "content.toml"
        return _parse_model(path.read_text("utf-8"), path.name) if path.is_file() else ()

    def entries(self) -> Iterator[Entry]:
        """Read every entry, in the order of its path.

        Raises:
            ContentError: A file's front matter can't be read.
        """
        for path in self._files():
            yield self._entry(path)

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """Every product, in the order of its file; drafts are left out.

        Raises:
            ContentError: With every problem of every product.
        """
        problems: list[Problem] = []
        products: list[Product] = []
        seen: dict[str, str] = {}
        for path in self._files(PRODUCTS):
            if path.stem.startswith("_"):
                continue
            entry = self._entry(path)
            where = f"content/{PRODUCTS}/{path.name}"
            found = _product(entry, where, problems)
            if found is None or entry.draft:
                continue
            if found.sku in seen:
                problems.append(Problem(where, f"the sku {found.sku!r} is also in {seen[found.sku]}."))
            seen[found.sku] = where
            products.append(found)
        if problems:
            raise ContentError("bad-products", "some products can't be sold as they are", problems=problems)
        return tuple(products)

    @cached_property
    def redirects(self) -> tuple[Redirect, ...]:
        """Old paths of entries (``aliases``) and of ``redirects.toml``.

        Raises:
            ContentError: An address is not one, or two files claim one path.
        """
        found: dict[str, Redirect] = {}
        problems: list[Problem] = []
        for where, redirect in self._redirects(problems):
            other = found.get(redirect.path)
            if other and other.target != redirect.target:
                problems.append(Problem(where, f"{redirect.path} already leads to {other.target}."))
            elif redirect.path != redirect.target:
                found[redirect.path] = redirect
        if problems:
            raise ContentError("bad-redirects", "some old paths can't be kept", problems=problems)
        return tuple(found[path] for path in sorted(found))

    def _redirects(self, problems: list[Problem]) -> Iterator[tuple[str, Redirect]]:
        listed = self.root / "redirects.toml"
        if listed.is_file():
            yield from _listed_redirects(listed, problems)
        for path in () if self.adopted else self._files():
            # Most entries have no old paths: look before parsing YAML.
            if not _ALIASES.search(path.read_bytes()):
                continue
            entry = self._entry(path)
            target = entry_url(entry)
            where = str(path.relative_to(self.root))
            for alias in entry.aliases:
                if "//" in alias or ".." in PurePosixPath(alias).parts:
                    problems.append(Problem(where, f"the alias {alias!r} is not a path of this site."))
                    continue
                yield where, Redirect("/" + alias.lstrip("/"), target)

    def _files(self, below: str = "") -> list[Path]:
        """List Markdown files; links that leave the site's folder are left out."""
        root = self.root / "content"
        return sorted(path for path in (root / below).rglob("*.md") if path.resolve().is_relative_to(root.resolve()))

    def _entry(self, path: Path) -> Entry:
        relative = path.relative_to(self.root / "content")
        return parse_entry(path.read_text("utf-8"), PurePosixPath(relative.as_posix()))


def entry_url(entry: Entry) -> str:
    """Return the site-absolute path of *entry*: its own, or its place as a directory."""
    if entry.url:
        return "/" + entry.url.lstrip("/")
    slug = "" if entry.slug in {"index", "_index"} else entry.slug
    path = "/".join(part for part in (entry.collection, slug) if part)
    return f"/{path}/" if path else "/"


def parse_entry(text: str, path: PurePosixPath) -> Entry:
    """Read one entry.

    Args:
        text: The file's text.
        path: Relative to ``content/``; gives collection and slug.

    Raises:
        ContentError: The front matter can't be read.
    """
    data, body = parse_front_matter(text, f"content/{path}")
    known = {key: data.pop(key) for key in _KNOWN & data.keys() if _fits(key, data[key])}
    taxonomies = {key: tuple(map(str, data.pop(key))) for key in ("tags", "categories") if _is_terms(data.get(key))}
    return Entry(
        collection="" if str(path.parent) == "." else str(path.parent),
        slug=path.stem,
        title=known.pop("title", path.stem),
        aliases=tuple(known.pop("aliases", ())),
        body=body,
        taxonomies=taxonomies,
        extra=data,
        **known,
    )


def render_entry(entry: Entry) -> str:
    """Return the file of *entry*; `parse_entry` of it gives an equal entry."""
    data: dict[str, Any] = {"title": entry.title}
    for key in ("date", "updated", "description", "draft", "locale", "image", "url"):
        if value := getattr(entry, key):
            data[key] = value
    if entry.aliases:
        data["aliases"] = list(entry.aliases)
    data |= {name: list(terms) for name, terms in entry.taxonomies.items()}
    data |= dict(entry.extra)
    return render_front_matter(data) + entry.body


_TYPES: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "date": (dt.date, dt.datetime),
    "updated": (dt.date, dt.datetime),
    "description": str,
    "draft": bool,
    "locale": str,
    "image": str,
    "url": str,
}
_KNOWN = {*_TYPES, "aliases"}


def _fits(key: str, value: Any) -> bool:
    return _is_terms(value) if key == "aliases" else isinstance(value, _TYPES[key])


def _is_terms(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)


def _product(entry: Entry, where: str, problems: list[Problem]) -> Product | None:
    extra = entry.extra
    before = len(problems)
    sku = str(extra.get("sku", ""))
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", sku):
        problems.append(Problem(where, f"the sku {sku!r} is not 1-64 letters, digits, dots, dashes or underscores."))
    amount = str(extra.get("price", ""))
    if not _AMOUNT.fullmatch(amount):
        problems.append(Problem(where, f"the price {extra.get('price')!r} is not an amount such as 18.50."))
    currency = str(extra.get("currency", ""))
    if not _CURRENCY.fullmatch(currency):
        problems.append(Problem(where, f"the currency {currency!r} is not an ISO 4217 code such as EUR."))
    options = extra.get("options") or {}
    if not isinstance(options, dict) or not all(_is_terms(terms) for terms in options.values()):
        problems.append(Problem(where, "options is not a table of lists of choices."))
    counts: dict[str, int | None] = {}
    for key in ("stock", "weight"):
        counts[key] = extra.get(key)
        if counts[key] is not None and (type(counts[key]) is not int or counts[key] < 0):  # type: ignore[operator]
            problems.append(Problem(where, f"{key} is not a whole number of 0 or more."))
    if len(problems) > before:
        return None
    return Product(
        sku=sku,
        name=entry.title,
        price=Decimal(amount),
        currency=currency,
        url=entry_url(entry),
        description=entry.description,
        image=entry.image,
        options={str(name): tuple(terms) for name, terms in options.items()},
        stock=counts["stock"],
        weight=counts["weight"],
    )


def _listed_redirects(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Redirect]]:
    where = "redirects.toml"
    try:
        rows = tomllib.loads(path.read_text("utf-8")).get("redirect", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(where, f"not TOML: {error}."))
        return
    tables = [row if isinstance(row, dict) else {} for row in (rows if isinstance(rows, list) else [])]
    for number, row in enumerate(tables, 1):
        source, target, status = row.get("from"), row.get("to"), row.get("status", 301)
        place = f"{where} redirect {number}"
        if not _is_path(source):
            problems.append(Problem(place, f"from = {source!r} is not a path such as /old/."))
        elif not (_is_path(target) or (isinstance(target, str) and _is_address(target))):
            problems.append(Problem(place, f"to = {target!r} is neither a path nor an http(s) address."))
        elif status not in {301, 302, 307, 308}:
            problems.append(Problem(place, f"status = {status!r} is not 301, 302, 307 or 308."))
        else:
            yield place, Redirect(str(source), str(target), int(status))


def _is_path(value: Any) -> bool:
    # A second slash or a backslash would let a browser read a host name there.
    return isinstance(value, str) and bool(re.fullmatch(r"/(?![/\\])[^\s?#\\]*", value))


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", value)


def _parse_model(text: str, where: str) -> tuple[Collection, ...]:
    from pydantic import TypeAdapter, ValidationError

    try:
        rows = tomllib.loads(text).get("collections", [])
        return tuple(TypeAdapter(list[Collection]).validate_python(rows, strict=False, extra="forbid"))
    except tomllib.TOMLDecodeError as error:
        problems = [Problem(where, f"not TOML: {error}.")]
    except ValidationError as error:
        problems = [Problem(f"{where} {'.'.join(map(str, item['loc']))}", f"{item['msg']}.") for item in error.errors()]
    raise ContentError("bad-content-model", f"{where} is not a valid content model", problems=problems)
