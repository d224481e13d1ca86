"""The dated table of AWS prices, and what an estimate takes for granted.

The figures are in ``prices.toml`` beside this module, each with its source, its date and
how sure it is. Nothing is computed here.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

__all__ = ["FlatPlan", "FlatRate", "PriceTable", "Trade", "Traffic", "UnitPrice", "read_prices"]

Confirmed = Literal["vendor", "second-hand", "no"]


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one thing costs.

    Attributes:
        unit: What *usd* is for, in words.
        per: How many of what is counted make one unit.
        usd: The price of a unit.
        free: How many of what is counted an account has free each month, for ever.
        tiers: (up to so many units a month, price of a unit); *usd* is the first one.
        source: Where it was read.
        date: When it was read, ISO 8601.
        confirmed: By AWS's own page, by others who quote it, or not at all.
        note: What else there is to know.
    """

    id: str
    service: str
    what: str
    unit: str
    usd: Decimal
    source: str
    date: str
    confirmed: Confirmed
    per: Decimal = Decimal(1)
    free: Decimal = Decimal(0)
    tiers: tuple[tuple[Decimal, Decimal], ...] = ()
    note: str = ""

    def cost(self, count: Decimal, *, free: bool) -> Decimal:
        """Return what *count* costs in a month, with or without what is free."""
        units = max(Decimal(0), count - (self.free if free else Decimal(0))) / self.per
        if not self.tiers:
            return units * self.usd
        total, below = Decimal(0), Decimal(0)
        for limit, usd in self.tiers:
            total += (min(units, limit) - min(units, below)) * usd
            below = limit
        return total + max(Decimal(0), units - below) * self.tiers[-1][1]


@dataclass(frozen=True, slots=True)
class FlatPlan:
    """One flat-rate plan of CloudFront, for one distribution."""

    name: str
    usd: Decimal
    requests: Decimal
    gigabytes: Decimal
    s3_credit_gb: Decimal


@dataclass(frozen=True, slots=True)
class FlatRate:
    """The flat-rate plans, and what they replace.

    Attributes:
        covers: Ids of the prices that a plan takes the place of.
        notes: What a plan asks for, and what is not known of it.
    """

    plans: tuple[FlatPlan, ...]
    covers: tuple[str, ...]
    notes: tuple[str, ...]
    source: str
    date: str
    confirmed: Confirmed


@dataclass(frozen=True, slots=True)
class Traffic:
    """One month of a site.

    Attributes:
        visits: Visits of people.
        pages: Pages that the site has.
        builds: Releases.
        webhooks: What its providers report.
    """

    name: str
    visits: int
    pages: int
    builds: int
    webhooks: int


@dataclass(frozen=True, slots=True)
class Trade:
    """What a client does in a month, as far as providers charge for it.

    Attributes:
        seats: People who log in at each provider.
        sales: USD for which the shop sells.
        order: USD of one order.
    """

    seats: int
    sales: Decimal
    order: Decimal


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Everything in ``prices.toml``.

    Attributes:
        date: When the table was last gone through.
        region: Where its prices hold.
        limit: What a site of the first tier may cost the agency in AWS fees a month.
        limit_source: Whose rule that is.
        trade: The client's month, when nobody says otherwise.
        assumptions: Name -> figure that every estimate uses.
    """

    date: str
    region: str
    limit: Decimal
    limit_source: str
    prices: Mapping[str, UnitPrice]
    flat: FlatRate
    traffic: Mapping[str, Traffic]
    trade: Trade
    assumptions: Mapping[str, Decimal]


@functools.cache
def read_prices() -> PriceTable:
    """Read the table that came with this package."""
    data = tomllib.loads(Path(__file__).with_name("prices.toml").read_text("utf-8"))
    flat = data["flat"]
    return PriceTable(
        date=data["date"],
        region=data["region"],
        limit=Decimal(data["agency"]["tier1_aws_limit"]),
        limit_source=data["agency"]["source"],
        prices={item["id"]: _unit_price(item) for item in data["prices"]},
        flat=FlatRate(
            plans=tuple(
                FlatPlan(**{key: _number(key, value) for key, value in plan.items()}) for plan in flat["plans"]
            ),
            covers=tuple(flat["covers"]),
            notes=tuple(flat["notes"]),
            source=flat["source"],
            date=flat["date"],
            confirmed=flat["confirmed"],
        ),
        traffic={name: Traffic(name, **level) for name, level in data["traffic"].items()},
        trade=Trade(
            data["trade"]["seats"], sales=Decimal(data["trade"]["sales"]), order=Decimal(data["trade"]["order"])
        ),
        assumptions={name: Decimal(value) for name, value in data["assumptions"].items()},
    )


def _unit_price(item: Mapping[str, Any]) -> UnitPrice:
    numbers = {key: Decimal(item[key]) for key in ("usd", "per", "free") if key in item}
    tiers = tuple((Decimal(limit), Decimal(usd)) for limit, usd in item.get("tiers", ()))
    return UnitPrice(**{**item, **numbers, "tiers": tiers})


def _number(key: str, value: Any) -> Any:
    return value if key == "name" else Decimal(value)
