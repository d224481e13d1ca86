"""The records of the content model. They say nothing of files or of vendors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

__all__ = ["Collection", "Entry", "Field", "Product", "ProductVariant", "Redirect", "entry_url"]

Scalar = str | int | float | bool | dt.date | dt.datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of content.

    Attributes:
        collection: The folder below ``content/``, ``""`` for a page of the root.
        slug: The file's name without its ending.
        body: Markdown.
        date: When it was published; a draft may have none.
        publish_at: Nobody sees it before; the site has to be built after that time. A day begins at midnight, UTC.
        expire_at: Nobody sees it afterwards, likewise.
        locale: Language of the entry, when it is not the site's.
        translation: A word that entries share which say the same in several languages.
        taxonomies: Name -> terms, for example ``{"tags": ("coffee",)}``.
        references: Name -> other entries as ``<collection>/<slug>``, for example
            ``{"author": ("people/ada",)}``.
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
    publish_at: dt.date | dt.datetime | None = None
    expire_at: dt.date | dt.datetime | None = None
    description: str = ""
    draft: bool = False
    locale: str = ""
    translation: str = ""
    image: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    taxonomies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where its file lies below ``content/``."""
        return "/".join(part for part in (self.collection, f"{self.slug}.md") if part)

    def is_visible(self, now: dt.datetime) -> bool:
        """Tell whether visitors may see it at *now*; a time without a zone is UTC."""
        return (
            not self.draft
            and (self.publish_at is None or _aware(self.publish_at) <= now)
            and (self.expire_at is None or now < _aware(self.expire_at))
        )


@dataclass(frozen=True, slots=True)
class ProductVariant:
    """One form of a product that is sold with a price or a stock of its own.

    Attributes:
        sku: Unique in the site, as a product's.
        options: Name of an option -> the choice, for example ``{"Size": "L"}``.
        price: None when it costs what the product costs.
        stock: Pieces left, or None when stock is not counted.
        extra: Fields that Platform does not interpret.
    """

    sku: str
    options: Mapping[str, str]
    price: Decimal | None = None
    stock: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Product:
    """One thing for sale.

    Attributes:
        sku: Unique in the site; ``[A-Za-z0-9._-]``.
        price: In units of *currency*, never a float.
        currency: ISO 4217, three capitals.
        prices: What it costs in other currencies: currency -> amount.
        options: Name -> choices, for example ``{"Grind": ("whole", "filter")}``.
        variants: The forms that differ in price or stock; without any, every choice is
            sold alike.
        stock: Pieces left, or None when stock is not counted.
        image: Site-absolute path, or ``""``.
        url: Site-absolute path of the product's page.
        weight: Grams, or None.
        extra: Front matter that Platform does not interpret, such as what one shop
            alone needs to know.
    """

    sku: str
    name: str
    price: Decimal
    currency: str
    url: str
    description: str = ""
    image: str = ""
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variants: tuple[ProductVariant, ...] = ()
    stock: int | None = None
    weight: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


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


def entry_url(entry: Entry) -> str:
    """Return the site-absolute path of *entry*: its own, or its place as a directory."""
    if entry.url:
        return "/" + entry.url.lstrip("/")
    slug = "" if entry.slug in {"index", "_index"} else entry.slug
    path = "/".join(part for part in (entry.collection, slug) if part)
    return f"/{path}/" if path else "/"


def _aware(moment: dt.date | dt.datetime) -> dt.datetime:
    if not isinstance(moment, dt.datetime):
        return dt.datetime.combine(moment, dt.time(), dt.UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
