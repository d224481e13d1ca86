"""Entries of the products that a file holds, or every reason why there are none."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from platform_core.content import PRODUCTS, Entry, Product, ProductVariant, product_entry, read_product
from platform_core.errors import Problem
from platform_core.html_text import has_pictures, markdown_of, text_of
from platform_core.product_columns import OWN, Item

__all__ = ["Shelf"]

_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,4}|,[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PRICE_IN = re.compile(r"price_([a-z]{3})")
_NOT_IN_SKU = re.compile(r"[^A-Za-z0-9._-]+")
_SKU_LIMIT = 64
_SLUG_LIMIT = 100
_PICTURES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"})
_DESCRIPTION_LIMIT = 160
# Names that an entry has for itself, and that no column of a file may set.
_RESERVED = frozenset(
    {"aliases", "date", "locale", "prices", "references", "source", "translation", "updated", "url", "variants"}
)
# What an export says of a product, and the entry says in other words or not at all.
_USED = frozenset(OWN) | {"summary_html", "weight_factor", "tags", "categories"}


@dataclass
class Shelf:
    """Makes entries of items, one after the other, and gathers what is wrong.

    Attributes:
        file: How messages name the file.
        root: The site's folder.
        currency: What a price without a currency is in.
        hosts: From where pictures may be fetched.
        folder: Where they go below ``static/``.
        entries: Key -> entry.
        assets: Path below ``static/`` -> address.
        problems: What has to be mended before anything is sold.
        skipped: What is left out.
    """

    file: str
    root: Path
    currency: str
    hosts: tuple[str, ...]
    folder: str
    entries: dict[str, Entry] = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    skipped: dict[str, Problem] = field(default_factory=dict)
    _skus: dict[str, int] = field(default_factory=dict)
    _slugs: set[str] = field(default_factory=set)
    _left: Counter[str] = field(default_factory=Counter)

    def skip(self, row: int, why: str) -> None:
        """Leave out what begins in *row*."""
        self.skipped[f"row {row}"] = Problem(f"{self.file}:{row}", why)

    def put(self, item: Item) -> None:
        """Make an entry of *item*."""
        cells = item.cells
        before = len(self.problems)
        slug = self._slug(item)
        options = {name: tuple(choices) for name, choices in item.options.items()}
        variants = tuple(self._variant(item, slug, *form) for form in item.variants)
        price = self._price(item, variants)
        if price is None and item.lenient and not cells.get("price") and len(self.problems) == before:
            self.skip(item.row, "it has no price.")
            return
        product = Product(
            sku=self._sku(item, slug, variants),
            name=str(cells.get("name") or "").strip(),
            price=price if price is not None else Decimal(0),
            currency=self._currency(item),
            url=f"/{PRODUCTS}/{slug}/",
            description=_description(cells),
            image=self._image(item),
            prices=dict(self._prices(item)),
            options=options,
            # A form that costs what the product costs needs no price of its own.
            variants=tuple(replace(form, price=None) if form.price == price else form for form in variants),
            stock=self._count(item.row, cells, "stock"),
            weight=self._grams(item),
            extra=self._extra(item),
        )
        if not product.name:
            self._tell(item.row, "it has no name.")
        entry = replace(
            product_entry(product, slug, body=self._body(cells)),
            taxonomies={key: terms for key in ("tags", "categories") if (terms := _terms(cells.get(key)))},
            publish_at=self._moment(item, "publish_at"),
            expire_at=self._moment(item, "expire_at"),
        )
        self._check(item, product, entry, before)
        self.entries[slug] = entry

    def close(self) -> None:
        """Say how many pictures were left out, once for each reason."""
        for number, (what, count) in enumerate(sorted(self._left.items())):
            noun = "picture is" if count == 1 else "pictures are"
            self.skipped[f"pictures {number}"] = Problem(self.file, f"{count} {noun} left out: {what}")

    def _check(self, item: Item, product: Product, entry: Entry, before: int) -> None:
        if len(self.problems) == before:
            read_product(entry, f"{self.file}:{item.row}", self.problems)
        for sku, row in ((product.sku, item.row), *((form.sku, row) for form, (row, _, _) in _paired(product, item))):
            if sku in self._skus:
                self._tell(row, f"the sku {sku!r} is also in row {self._skus[sku]}.")
            self._skus.setdefault(sku, row)

    def _tell(self, row: int, what: str, hint: str = "") -> None:
        self.problems.append(Problem(f"{self.file}:{row}", what, hint))

    def _slug(self, item: Item) -> str:
        """Return the name of the product's file: its own, or one made of its name."""
        given = str(item.cells.get("slug") or "").strip()
        slug = _as_slug(given or str(item.cells.get("name") or "")) or _as_slug(str(item.cells.get("sku") or ""))
        slug = slug or f"row-{item.row}"
        if slug in self._slugs:
            if given and not item.lenient:
                self._tell(item.row, f"the slug {given!r} is taken by another product.")
            slug = f"{slug}-{_as_slug(str(item.cells.get('sku') or '')) or item.row}"
            slug = slug if slug not in self._slugs else f"{slug}-{item.row}"
        self._slugs.add(slug)
        return slug

    def _sku(self, item: Item, slug: str, variants: tuple[ProductVariant, ...]) -> str:
        given = str(item.cells.get("sku") or "").strip()
        if not item.lenient:
            return given
        sku = _as_sku(given or slug)
        return sku if sku not in {form.sku for form in variants} else f"{sku[: _SKU_LIMIT - 4]}-all"

    def _variant(
        self, item: Item, slug: str, row: int, cells: Mapping[str, Any], chosen: Mapping[str, str]
    ) -> ProductVariant:
        given = str(cells.get("sku") or "").strip()
        sku = given
        if item.lenient:
            sku = _as_sku(given or "-".join([slug, *map(_as_slug, chosen.values())]))
        extra = {key: value for key, value in cells.items() if key not in _USED and value not in ("", None)}
        return ProductVariant(
            sku=sku,
            options=dict(chosen),
            price=self._amount(row, str(cells.get("price") or "")),
            stock=self._count(row, cells, "stock"),
            extra={} if item.lenient else extra,
        )

    def _price(self, item: Item, variants: tuple[ProductVariant, ...]) -> Decimal | None:
        """Return what the product costs; without a price of its own, what its cheapest form costs."""
        if text := str(item.cells.get("price") or "").strip():
            return self._amount(item.row, text)
        prices = [form.price for form in variants if form.price is not None]
        if prices and len(prices) == len(variants):
            return min(prices)
        if not item.lenient or (variants and prices):
            self._tell(item.row, "it has no price.")
        return None

    def _amount(self, row: int, text: str) -> Decimal | None:
        if not text.strip():
            return None
        if not _AMOUNT.fullmatch(text.strip()):
            self._tell(row, f"the price {text!r} is not an amount such as 18.50.", "Leave out signs and thousands.")
            return None
        return Decimal(text.strip().replace(",", "."))

    def _currency(self, item: Item) -> str:
        currency = str(item.cells.get("currency") or "").strip().upper() or self.currency
        if not currency:
            self._tell(
                item.row, "its price has no currency.", 'Set product_currency = "EUR", or the like, in site.toml.'
            )
        elif not _CURRENCY.fullmatch(currency):
            self._tell(item.row, f"the currency {currency!r} is not an ISO 4217 code such as EUR.")
        return currency

    def _prices(self, item: Item) -> Iterator[tuple[str, Decimal]]:
        for key, value in item.cells.items():
            match = _PRICE_IN.fullmatch(key)
            if match and (amount := self._amount(item.row, str(value))) is not None:
                yield match[1].upper(), amount

    def _count(self, row: int, cells: Mapping[str, Any], key: str) -> int | None:
        text = str(cells.get(key) or "").strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text):
            self._tell(row, f"{key} {text!r} is not a whole number of 0 or more.")
            return None
        return int(text)

    def _grams(self, item: Item) -> int | None:
        text = str(item.cells.get("weight") or "").strip()
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
            return self._count(item.row, item.cells, "weight")
        return round(Decimal(text) * Decimal(str(item.cells.get("weight_factor", 1))))

    def _moment(self, item: Item, key: str) -> dt.datetime | None:
        text = str(item.cells.get(key) or "").strip()
        if not text:
            return None
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            self._tell(item.row, f"{key} {text!r} is not a time such as 2030-01-31T08:00:00+01:00.")
            return None

    def _body(self, cells: Mapping[str, Any]) -> str:
        html = str(cells.get("body_html") or "")
        if has_pictures(html):
            self._left["they stand in a description."] += 1
        body = str(cells.get("body") or "").strip() or markdown_of(html)
        return f"\n{body}\n" if body else ""

    def _extra(self, item: Item) -> dict[str, Any]:
        if item.lenient:
            before = self._amount(item.row, str(item.cells.get("compare_at") or ""))
            return {"compare_at": str(before)} if before else {}
        extra: dict[str, Any] = {}
        for key, value in item.cells.items():
            if key in _RESERVED:
                self._tell(item.row, f"a column can't be called {key!r}: entries use that name.")
            elif key and (key not in _USED or key == "compare_at") and not _PRICE_IN.fullmatch(key):
                extra[key] = value
        return extra

    def _image(self, item: Item) -> str:
        """Return the address of the product's picture: a file of the site, or one to be fetched."""
        if item.pictures > 1:
            self._left["a product shows its first one."] += item.pictures - 1
        text = str(item.cells.get("image") or "").strip()
        if not text:
            return ""
        try:
            parts = urlsplit(text)
        except ValueError:
            self._tell(item.row, f"the image {text!r} is neither a file nor an address.")
            return ""
        return self._fetched(text, parts.hostname or "") if parts.scheme and parts.netloc else self._of_site(item, text)

    def _of_site(self, item: Item, text: str) -> str:
        path = text.lstrip("/").removeprefix("static/")
        target = self.root / "static" / path
        home = (self.root / "static").resolve()
        if "\\" in text or "\0" in text or not target.resolve().is_relative_to(home) or not target.is_file():
            self._tell(item.row, f"there is no picture {text!r} below static/.")
            return ""
        return f"/{PurePosixPath(path).as_posix()}"

    def _fetched(self, address: str, host: str) -> str:
        parts = urlsplit(address)
        if parts.netloc not in self.hosts:
            self._left[f"{host} is not one of product_image_hosts in site.toml."] += 1
            return ""
        name = PurePosixPath(unquote(parts.path)).name
        ending = PurePosixPath(name).suffix.lower()
        if parts.scheme != "https" and host not in {"127.0.0.1", "localhost", "::1"}:
            self._left["their address is not https."] += 1
            return ""
        if ending not in _PICTURES:
            self._left["their address does not end like a picture's."] += 1
            return ""
        digest = hashlib.sha256(address.encode()).hexdigest()[:8]
        path = f"{self.folder}/{digest}-{_as_slug(PurePosixPath(name).stem) or 'picture'}{ending}"
        self.assets[path] = address
        return f"/{path}"


def _paired(product: Product, item: Item) -> Iterable[tuple[ProductVariant, tuple[int, Any, Any]]]:
    return zip(product.variants, item.variants, strict=True)


def _description(cells: Mapping[str, Any]) -> str:
    """Return a sentence or two for lists and search engines."""
    if given := str(cells.get("description") or "").strip():
        return " ".join(given.split())
    words = text_of(str(cells.get("summary_html") or "")) or text_of(str(cells.get("body_html") or ""))
    if len(words) <= _DESCRIPTION_LIMIT:
        return words
    return words[:_DESCRIPTION_LIMIT].rsplit(" ", 1)[0].rstrip(",.;:") + " ..."


def _terms(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return tuple(dict.fromkeys(text for part in parts if (text := str(part).strip())))


def _as_slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LIMIT].strip("-")


def _as_sku(text: str) -> str:
    """Return *text* as a sku; a long one ends with a hash, so that two of them differ."""
    sku = _NOT_IN_SKU.sub("-", text).strip("-") or "item"
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return sku if len(sku) <= _SKU_LIMIT else f"{sku[: _SKU_LIMIT - 9]}-{digest}"
