"""Products of the Storefront API as entries of the site.

What only Shopify needs to know stands in `extra`: the numbers of product and variant,
rules for quantities, and prices in other currencies by variant.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from platform_core.content import PRODUCTS, Entry, Product, ProductVariant, entry_url, product_entry
from platform_core.errors import Problem
from platform_core.html_text import markdown_of, text_of
from platform_core.sources import Converted
from platform_plugin_shopify_basic.money import amount

__all__ = ["PRODUCT", "SOURCE", "VARIANT", "convert"]

SOURCE = "shopify"
PRODUCT = "shopify_product"
VARIANT = "shopify_variant"
"""Where a product, or a variant, keeps its number at Shopify."""

_SKU = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNSAFE = re.compile(r"[^\w.-]+")
_GRAMS = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}
_SUMMARY = 200
_LONGEST_NAME = 80


def convert(documents: Mapping[str, Any], shop: str) -> Converted:
    """Make a product of each document."""
    skus = Counter(str(variant.get("sku") or "") for document in documents.values() for variant in document["variants"])
    entries: dict[str, Entry] = {}
    assets: dict[str, str] = {}
    skipped: dict[str, Problem] = {}
    for key, document in documents.items():
        if why := _unsellable(document):
            skipped[key] = Problem(f"{shop} {document.get('handle', key)}", why)
            continue
        made = _Maker(key, document, skus)
        entries[key] = made.entry()
        assets |= made.assets
    return Converted(entries, assets, skipped)


class _Maker:
    """Makes one entry.

    Attributes:
        assets: Path below ``static/`` -> address of each picture.
    """

    def __init__(self, key: str, document: Mapping[str, Any], skus: Mapping[str, int]) -> None:
        self._key = key
        self._document = document
        self._skus = skus
        self._variants = document["variants"]
        # What visitors see first, and what the shown price is of.
        self._chosen = next((one for one in self._variants if one["availableForSale"]), self._variants[0])
        self._pictures = {image["id"]: self._picture(image) for image in document["images"]["nodes"]}
        self.assets = {path: url for path, url, _ in self._pictures.values()}

    def entry(self) -> Entry:
        """Return the product as the file that it becomes."""
        document, slug = self._document, _slug(self._document["handle"], self._key)
        body = markdown_of(document["descriptionHtml"] or "")
        made = product_entry(self._product(slug), slug, body=f"{body}\n" if body else "")
        return dataclasses.replace(made, date=dt.datetime.fromisoformat(document["publishedAt"]).date())

    def _product(self, slug: str) -> Product:
        document = self._document
        options = _options(document)
        stocks = [_stock(one) for one in self._variants]
        counted = [stock for stock in stocks if stock is not None]
        pictures = [{"src": f"/{path}", "alt": alt} for path, _, alt in self._pictures.values()]
        facts = {
            PRODUCT: self._key,
            "vendor": document["vendor"],
            "product_type": document["productType"],
            "product_tags": list(document.get("tags") or ()),
            "image_alt": pictures[0]["alt"] if pictures else "",
            "images": pictures[1:],
        }
        own: dict[str, Any] = {} if options else self._facts_of(self._variants[0])
        return Product(
            sku=self._sku_of_product(slug) if options else self._sku(self._variants[0]),
            name=text_of(document["title"]) or slug,
            price=_price(self._chosen["price"]),
            currency=self._chosen["price"]["currencyCode"],
            url=entry_url(Entry(PRODUCTS, slug, title="")),
            description=_summary(document),
            image=pictures[0]["src"] if pictures else "",
            prices=self._prices(self._chosen),
            options=options,
            variants=tuple(self._variant(one) for one in self._variants) if options else (),
            stock=sum(counted) if len(counted) == len(stocks) else None,
            weight=_weight(self._chosen),
            extra={name: value for name, value in {**facts, **own}.items() if value},
        )

    def _variant(self, variant: Mapping[str, Any]) -> ProductVariant:
        price = _price(variant["price"])
        facts = self._facts_of(variant)
        if prices := self._prices(variant):
            facts["prices"] = {currency: str(value) for currency, value in prices.items()}
        picture = self._pictures.get((variant.get("image") or {}).get("id"))
        if picture and picture != next(iter(self._pictures.values())):
            facts["image"] = f"/{picture[0]}"
        return ProductVariant(
            sku=self._sku(variant),
            options={one["name"]: one["value"] for one in variant["selectedOptions"]},
            price=None if price == _price(self._chosen["price"]) else price,
            stock=_stock(variant),
            extra=facts,
        )

    def _facts_of(self, variant: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Shopify alone needs to know of a variant."""
        facts: dict[str, Any] = {VARIANT: _number(variant["id"])}
        if variant.get("compareAtPrice"):
            facts["compare_at_price"] = str(_price(variant["compareAtPrice"]))
        rule = variant["quantityRule"]
        if (rule["minimum"], rule["maximum"], rule["increment"]) != (1, None, 1):
            facts["quantity"] = {name: value for name, value in rule.items() if value is not None}
        if breaks := variant["quantityPriceBreaks"]["nodes"]:
            facts["price_breaks"] = [
                {"quantity": one["minimumQuantity"], "price": str(_price(one["price"]))} for one in breaks
            ]
        return facts

    def _prices(self, variant: Mapping[str, Any]) -> dict[str, Decimal]:
        """Return prices in other currencies; of two countries with one currency the last counts."""
        own = variant["price"]["currencyCode"]
        found = variant.get("prices") or {}
        return {currency: amount(value, currency) for currency, value in found.items() if currency != own}

    def _sku(self, variant: Mapping[str, Any]) -> str:
        """Return a sku that no other product has: Shopify lets several variants share one, or have none."""
        given = str(variant.get("sku") or "")
        return given if _SKU.fullmatch(given) and self._skus[given] == 1 else f"shopify-{_number(variant['id'])}"

    def _sku_of_product(self, slug: str) -> str:
        return slug if _SKU.fullmatch(slug) and not self._skus.get(slug) else f"shopify-product-{self._key}"

    def _picture(self, image: Mapping[str, Any]) -> tuple[str, str, str]:
        """Return path below ``static/``, address and text of a picture."""
        name = PurePosixPath(unquote(urlsplit(image["url"]).path)).name
        safe = _UNSAFE.sub("-", name).strip("-.")[-_LONGEST_NAME:] or "picture"
        path = f"media/{SOURCE}/{_UNSAFE.sub('-', _number(image['id']))}-{safe}"
        return path, image["url"], text_of(image.get("altText") or "")


def _unsellable(document: Mapping[str, Any]) -> str:
    """Say why a document gives no product; empty when it does."""
    if not document["variants"]:
        return "it has no variant that could be bought."
    if document["requiresSellingPlan"]:
        return "it is sold by subscription only, which cart links and this cart can't do."
    currencies = {one["price"]["currencyCode"] for one in document["variants"]}
    if len(currencies) > 1:
        return f"its variants have prices in {', '.join(sorted(currencies))}."
    try:
        for variant in document["variants"]:
            _price(variant["price"])
    except (InvalidOperation, ValueError):
        return "one of its prices is not a number."
    return ""


def _options(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return name -> choices; Shopify gives a product without options one called Title."""
    found = {one["name"]: tuple(value["name"] for value in one["optionValues"]) for one in document["options"]}
    return {} if found in ({"Title": ("Default Title",)}, {}) else _completed(found, document["variants"])


def _completed(
    options: Mapping[str, tuple[str, ...]], variants: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[str, ...]]:
    """Add choices that only a variant names, as while a shop is being edited."""
    found = {name: dict.fromkeys(choices) for name, choices in options.items()}
    for variant in variants:
        for one in variant["selectedOptions"]:
            found.setdefault(one["name"], {})[one["value"]] = None
    return {name: tuple(choices) for name, choices in found.items()}


def _stock(variant: Mapping[str, Any]) -> int | None:
    """Return pieces left; None when there may be more than are counted."""
    if not variant["availableForSale"]:
        return 0
    count = variant.get("quantityAvailable")
    return count if isinstance(count, int) and count > 0 else None


def _price(money: Mapping[str, Any]) -> Decimal:
    return amount(money["amount"], money["currencyCode"])


def _weight(variant: Mapping[str, Any]) -> int | None:
    weight, unit = variant.get("weight"), _GRAMS.get(variant.get("weightUnit") or "")
    grams = int((Decimal(str(weight)) * unit).to_integral_value()) if weight and unit else 0
    return grams or None


def _summary(document: Mapping[str, Any]) -> str:
    """Return what a card says: the text for search engines, or the beginning of the description."""
    text = text_of((document.get("seo") or {}).get("description") or "") or text_of(document["descriptionHtml"] or "")
    if len(text) <= _SUMMARY:
        return text
    return " ".join(_words(text)) + "…"


def _words(text: str) -> Iterator[str]:
    length = 0
    for word in text.split():
        length += len(word) + 1
        if length > _SUMMARY:
            return
        yield word


def _slug(handle: str, key: str) -> str:
    slug = _UNSAFE.sub("-", handle).strip("-.")
    return slug if slug and len(slug.encode()) <= 150 else f"product-{key}"


def _number(gid: str) -> str:
    return gid.rpartition("/")[2].partition("?")[0]
