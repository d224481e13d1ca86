"""What the stand-in sells: products, and prices by context."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import count

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_precision, get_territory_currencies

__all__ = ["BUYER", "LOCATIONS", "Catalogue", "Context", "Item", "Picture", "Sold", "codes"]

BUYER = "stand-in-buyer"
"""The customer access token of the one buyer of a company that the stand-in knows."""
LOCATIONS = {"gid://shopify/CompanyLocation/1": "Head office", "gid://shopify/CompanyLocation/2": "Warehouse"}
"""The locations of the one company: id -> name."""
_EPOCH = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
# How much of each currency the shop takes for one unit of its own; a shop sets this per market.
_RATES = {"EUR": "1", "USD": "1.10", "GBP": "0.85", "CHF": "0.95", "SEK": "11.20", "JPY": "165", "CAD": "1.50"}
_COMPANY_SHARE = Decimal("0.80")
COMPANY_RULE = (6, 60, 6)
COMPANY_BREAKS = ((12, Decimal("0.75")), (24, Decimal("0.70")))


@dataclass(frozen=True)
class Context:
    """For whom an answer is: the arguments of ``@inContext``.

    Attributes:
        country: ISO 3166; the shop's own when empty.
        company: The location that a buyer of a company asks for, with prices and rules of its own.
    """

    country: str = ""
    language: str = "EN"
    company: str = ""


@dataclass
class Picture:
    """A picture of a product; *src* is an address, or a path of the stand-in."""

    src: str
    alt: str = ""
    number: int = 0


@dataclass
class Sold:
    """A variant.

    Attributes:
        stock: None when stock is not counted.
        goes_on: Whether it is sold with no stock left.
    """

    options: dict[str, str]
    price: Decimal
    compare_at: Decimal | None = None
    sku: str = ""
    stock: int | None = None
    goes_on: bool = False
    grams: int = 0
    ships: bool = True
    picture: str = ""
    number: int = 0
    item: Item | None = None

    @property
    def available(self) -> bool:
        """Whether it can be bought now."""
        return self.stock is None or self.goes_on or self.stock > 0

    @property
    def most(self) -> int | None:
        """How many can be bought now; None for any number."""
        return None if self.stock is None or self.goes_on else max(self.stock, 0)

    @property
    def title(self) -> str:
        """The chosen values, as Shopify joins them."""
        return " / ".join(self.options.values())


@dataclass
class Item:
    """A product."""

    handle: str
    title: str
    html: str = ""
    vendor: str = ""
    kind: str = ""
    tags: tuple[str, ...] = ()
    seo: str = ""
    hidden: bool = False
    variants: list[Sold] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    number: int = 0
    created: dt.datetime = _EPOCH
    updated: dt.datetime = _EPOCH


class Catalogue:
    """All products of the stand-in; may change while it answers.

    Attributes:
        currency: The shop's own.
        country: Where it is.
        lock: Held while something changes or is counted.
    """

    def __init__(self, items: Iterable[Item], *, currency: str = "EUR", country: str = "DE") -> None:
        self.currency = currency
        self.country = country
        self.lock = threading.RLock()
        self._numbers = count(1001)
        self.items: dict[int, Item] = {}
        self.sold: dict[int, Sold] = {}
        for position, item in enumerate(item for item in items if not item.hidden):
            moment = _EPOCH + dt.timedelta(minutes=position)
            self.add(item, moment)

    def add(self, item: Item, moment: dt.datetime) -> Item:
        """Put a product on sale."""
        with self.lock:
            item.number = 70_000_000_000 + next(self._numbers)
            item.created = item.updated = moment
            for picture in item.pictures:
                picture.number = 50_000_000_000 + next(self._numbers)
            for sold in item.variants:
                sold.number, sold.item = 40_000_000_000 + next(self._numbers), item
                self.sold[sold.number] = sold
            self.items[item.number] = item
        return item

    def touch(self, item: Item, moment: dt.datetime) -> None:
        """Note that a product has changed."""
        with self.lock:
            item.updated = moment

    def remove(self, item: Item) -> None:
        """Take a product off."""
        with self.lock:
            del self.items[item.number]
            for sold in item.variants:
                del self.sold[sold.number]

    def by_handle(self, handle: str) -> Item | None:
        """Return a product by its handle."""
        return next((item for item in self.items.values() if item.handle == handle), None)

    def currency_in(self, context: Context) -> str:
        """Return the currency of a context: the country's, if the shop sells in it."""
        if not context.country:
            return self.currency
        local = get_territory_currencies(context.country)
        return next((currency for currency in local if currency in _RATES), self.currency)

    def price_in(self, price: Decimal, context: Context) -> Decimal:
        """Return what *price* is in a context."""
        currency = self.currency_in(context)
        rate = Decimal(_RATES[currency]) / Decimal(_RATES.get(self.currency, "1"))
        share = _COMPANY_SHARE if context.company else Decimal(1)
        return _rounded(price * rate * share, currency)

    def breaks_in(self, price: Decimal, context: Context) -> list[tuple[int, Decimal]]:
        """Return quantity -> price of one, from that quantity on."""
        if not context.company:
            return []
        plain = Context(context.country, context.language)
        currency = self.currency_in(context)
        return [(number, _rounded(self.price_in(price, plain) * share, currency)) for number, share in COMPANY_BREAKS]

    def price_of(self, sold: Sold, quantity: int, context: Context) -> Decimal:
        """Return the price of one of *quantity*."""
        reached = [price for number, price in self.breaks_in(sold.price, context) if quantity >= number]
        return reached[-1] if reached else self.price_in(sold.price, context)

    def rule_in(self, context: Context) -> tuple[int, int | None, int]:
        """Return the least quantity, the most, and the step between."""
        return COMPANY_RULE if context.company else (1, None, 1)

    @property
    def countries(self) -> list[str]:
        """Where it sells in a currency that it has a price for."""
        return [
            code for code in ("AT", "CA", "CH", "DE", "FR", "GB", "JP", "SE", "US") if self.currency_in(Context(code))
        ]


def codes() -> Mapping[str, list[str]]:
    """Return the values of the schema's three enumerations, as CLDR has them."""
    english = Locale("en")
    languages = {code.upper() for code in map(str, english.languages) if len(code) == 2}
    currencies = set(get_global("all_currencies")) | set(english.currencies)
    return {
        "CountryCode": sorted(code for code in map(str, english.territories) if len(code) == 2 and code.isalpha()),
        "CurrencyCode": sorted(code for code in currencies if len(code) == 3),
        "LanguageCode": sorted(languages | {"PT_BR", "PT_PT", "ZH_CN", "ZH_TW"}),
    }


def _rounded(value: Decimal, currency: str) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), ROUND_HALF_UP)
