"""The records of an estimate, each amount a pair: the lowest and the highest."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from platform_core.catalogue import Combination
from platform_core.manifest import Manifest, Plan, Price
from platform_core.pricing.table import FlatPlan, PriceTable, Trade, Traffic, UnitPrice

__all__ = [
    "CENT",
    "NOTHING",
    "BreakEven",
    "Estimate",
    "FlatChoice",
    "Level",
    "Line",
    "ProviderPlan",
    "Range",
    "as_range",
]

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Range:
    """Two amounts of USD, the smaller one first."""

    low: Decimal
    high: Decimal

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def rounded(self) -> tuple[float, float]:
        """Return both in dollars and cents, for JSON."""
        return float(self.low.quantize(CENT)), float(self.high.quantize(CENT))


NOTHING = Range(Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that AWS charges for.

    Attributes:
        count: How many of it a month.
        usd: With the account's free allowance to itself, and without it.
    """

    price: UnitPrice
    count: Decimal
    usd: Range


@dataclass(frozen=True, slots=True)
class FlatChoice:
    """A flat-rate plan at one level of traffic.

    Attributes:
        fits: Whether the traffic is within its allowance.
        usd: The plan, and what AWS charges beside it.
    """

    plan: FlatPlan
    fits: bool
    usd: Range


@dataclass(frozen=True, slots=True)
class Level:
    """A month at one level of traffic.

    Attributes:
        traffic: The month.
        requests: How many of them CloudFront answers.
        gigabytes: How much it sends.
        lines: What AWS charges for, pay as you go.
        aws: The sum of the lines.
        total: Agency, providers and AWS; None when the combination is not in the price list.
        flat: The flat-rate plans.
        within_limit: Whether AWS stays within the agency's rule without any free allowance.
    """

    traffic: Traffic
    requests: Decimal
    gigabytes: Decimal
    lines: tuple[Line, ...]
    aws: Range
    total: Range | None
    flat: tuple[FlatChoice, ...]
    within_limit: bool

    @property
    def cheapest(self) -> str:
        """The name of the cheapest plan that fits, judged without free allowances; empty for pay as you go."""
        fitting = [choice for choice in self.flat if choice.fits and choice.usd.high < self.aws.high]
        return min(fitting, key=lambda choice: choice.usd.high).plan.name if fitting else ""


@dataclass(frozen=True, slots=True)
class BreakEven:
    """From how many visits a month on a flat-rate plan costs less than paying as you go.

    Attributes:
        alone: With the account's free allowances; None when never.
        shared: Without them; None when never.
        allowance: The visits at which the plan's allowance is used up.
    """

    plan: FlatPlan
    alone: int | None
    shared: int | None
    allowance: int

    @property
    def pays(self) -> bool:
        """Whether there is traffic for which the plan is the cheaper one, and big enough."""
        return self.shared is not None and self.shared <= self.allowance


@dataclass(frozen=True, slots=True)
class ProviderPlan:
    """The plans of one provider that an estimate counts with; one when it was chosen.

    Attributes:
        fees: What each of *plans* costs in the client's month.
        left_out: The plans that can't be had for the client's site, each with the reason.
    """

    component: str
    name: str
    plans: tuple[Plan, ...]
    fees: tuple[Decimal, ...]
    left_out: tuple[tuple[Plan, str], ...] = ()

    @property
    def month(self) -> Range | None:
        """From the cheapest to the dearest of them; None when no price is known."""
        return Range(min(self.fees), max(self.fees)) if self.fees else None

    @property
    def on_top(self) -> tuple[str, ...]:
        """What the provider charges at a price that is not known."""
        if not self.plans:
            return (f"{self.name}'s plan",)
        return tuple(dict.fromkeys(f"{plan.on_top} ({self.name})" for plan in self.plans if plan.on_top))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one combination costs.

    Attributes:
        combination: The parts.
        parts: Their manifests, the engine's first, the services' last.
        rendering: ``static`` or ``server``.
        agency: What the agency charges, hosting, maintenance and services included; None without a price.
        trade: What the client does in a month, with which the plans are counted.
        providers: The plans of CMS and shop.
        levels: The months.
        break_evens: One for each flat-rate plan that costs something.
        limit: The agency's rule: USD of AWS fees a month; None when it is not for this combination.
        limit_visits: The visits at which AWS costs more than that; None when it never does.
        unknown: What could not be found out, a sentence each.
        table: The prices that were used.
    """

    combination: Combination
    parts: tuple[Manifest, ...]
    rendering: str
    agency: Price | None
    trade: Trade
    providers: tuple[ProviderPlan, ...]
    levels: tuple[Level, ...]
    break_evens: tuple[BreakEven, ...]
    limit: Decimal | None
    limit_visits: int | None
    unknown: tuple[str, ...]
    table: PriceTable

    @property
    def names(self) -> tuple[str, ...]:
        """The parts as people write them."""
        return tuple(item.name for item in self.parts)

    @property
    def fees(self) -> Range:
        """What all providers charge a month, as far as it is known; `on_top` is the rest."""
        return sum((item.month for item in self.providers if item.month), NOTHING)

    @property
    def on_top(self) -> tuple[str, ...]:
        """What providers charge besides, at prices that are not known."""
        return tuple(text for item in self.providers for text in item.on_top)

    @property
    def client(self) -> Range | None:
        """What the client pays a month: agency and providers, as far as they are known; None without a price."""
        return as_range(self.agency.month) + self.fees if self.agency else None


def as_range(pair: tuple[int, int]) -> Range:
    """Return two whole amounts as a range."""
    return Range(Decimal(pair[0]), Decimal(pair[1]))
