"""What a site costs a month: the agency's fee, the providers' plans, and AWS at three levels of traffic.

Nothing here knows a component: fees and plans come from manifests, AWS's prices from
`platform_core.price_table`. AWS counts its free allowances by account, so each figure is
a pair: what a site costs that has them to itself, and what it costs without any.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from platform_core.catalogue import Catalogue, Combination
from platform_core.errors import Problem, UserError, did_you_mean
from platform_core.manifest import Kind, Manifest, Plan, Price
from platform_core.price_table import FlatPlan, PriceTable, Traffic, UnitPrice, read_prices
from platform_core.price_usage import Usage, count_usage, delivered

__all__ = [
    "BreakEven",
    "Estimate",
    "FlatChoice",
    "Level",
    "Line",
    "ProviderPlan",
    "Range",
    "aws_cost",
    "estimate",
    "traffic_of",
]

_MOST_VISITS = 10_000_000_000
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
    """The plans of one provider that an estimate counts with; one when it was chosen."""

    component: str
    name: str
    plans: tuple[Plan, ...]

    @property
    def month(self) -> Range:
        """From the cheapest to the dearest of them."""
        fees = [Decimal(str(plan.month)) for plan in self.plans]
        return Range(min(fees), max(fees)) if fees else NOTHING


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one combination costs.

    Attributes:
        combination: The parts.
        parts: Their manifests, the engine's first, the services' last.
        rendering: ``static`` or ``server``.
        agency: What the agency charges, hosting, maintenance and services included; None without a price.
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
        """What all providers charge a month."""
        return sum((item.month for item in self.providers), NOTHING)

    @property
    def client(self) -> Range | None:
        """What the client pays a month: agency and providers; None without a price."""
        return _fee(self.agency) + self.fees if self.agency else None


def traffic_of(words: Iterable[str], table: PriceTable | None = None) -> tuple[Traffic, ...]:
    """Return the months that *words* ask for: names of levels, or visits a month; all levels for none.

    Raises:
        UserError: A word is neither.
    """
    known = (table or read_prices()).traffic
    found = [_traffic(word, known) for word in words]
    return tuple(found) or tuple(known.values())


def estimate(
    catalogue: Catalogue,
    combination: Combination,
    *,
    rendering: str = "static",
    services: Iterable[str] = (),
    plans: Mapping[str, str] | None = None,
    traffic: Iterable[Traffic] = (),
    event_driven: bool | None = None,
    table: PriceTable | None = None,
) -> Estimate:
    """Estimate what a combination costs a month.

    Args:
        catalogue: What is installed.
        combination: Of `Catalogue.check`.
        rendering: ``static`` or ``server``.
        services: Ids of services that the site has beside.
        plans: Component id -> name of the provider's plan.
        traffic: The months; the table's three levels by default.
        event_driven: Whether events go over a bus; by default when there is a CMS and a shop.
        table: The prices; those of this package by default.

    Raises:
        UserError: A plan is unknown, or belongs to nobody here.
    """
    table = table or read_prices()
    parts = _parts(catalogue, combination)
    beside = [catalogue.get("service", service) for service in services]
    providers = _providers(parts[1:], plans or {})
    first_tier = not (combination.cms and combination.shop)
    site = _usage(parts, rendering, not first_tier if event_driven is None else event_driven)
    agency = _agency(combination, beside)
    paid = _fee(agency) + sum((item.month for item in providers), NOTHING) if agency else None
    return Estimate(
        combination=combination,
        parts=(*parts, *beside),
        rendering=rendering,
        agency=agency,
        providers=providers,
        levels=tuple(_level(site, month, table, paid) for month in traffic or table.traffic.values()),
        break_evens=tuple(_break_even(site, plan, table) for plan in table.flat.plans if plan.usd),
        limit=table.limit if first_tier else None,
        limit_visits=_limit_visits(site, table) if first_tier else None,
        unknown=(*_unknown(parts, combination), *_unpriced(beside)),
        table=table,
    )


def aws_cost(catalogue: Catalogue, combination: Combination, *, rendering: str = "static", pages: int = 0) -> Range:
    """Return what AWS charges for a month of middling traffic, pay as you go.

    Args:
        catalogue: What is installed.
        combination: Of `Catalogue.check`.
        rendering: ``static`` or ``server``.
        pages: How many pages the site has; the table's number when 0.
    """
    table = read_prices()
    month = table.traffic["middle"]
    parts = _parts(catalogue, combination)
    site = _usage(parts, rendering, bool(combination.cms and combination.shop))
    lines = _lines(site, dataclasses.replace(month, pages=pages or month.pages), table)
    return sum((line.usd for line in lines), NOTHING)


def _usage(parts: list[Manifest], rendering: str, events: bool) -> Usage:
    return Usage(
        engine=parts[0],
        secrets=sum(max(1, _secrets(item)) for item in parts[1:]),
        webhooks=len(parts) > 1,
        events=events,
        server=rendering == "server",
    )


def _agency(combination: Combination, services: list[Manifest]) -> Price | None:
    """Return what the agency charges for the combination and the services that have a price."""
    prices = [item.price for item in services if item.price]
    if not combination.price:
        return None
    prices.append(combination.price)
    month = (sum(item.month[0] for item in prices), sum(item.month[1] for item in prices))
    return Price(month, (sum(item.setup[0] for item in prices), sum(item.setup[1] for item in prices)))


def _unpriced(services: list[Manifest]) -> Iterator[str]:
    yield from (f"{item.name} is priced by estimate; it comes on top." for item in services if not item.price)


def _fee(price: Price | None) -> Range:
    return Range(Decimal(price.month[0]), Decimal(price.month[1])) if price else NOTHING


def _parts(catalogue: Catalogue, combination: Combination) -> list[Manifest]:
    kinds: tuple[Kind, ...] = ("ssg", "cms", "ecommerce")
    return [catalogue.get(kind, part) for kind, part in zip(kinds, combination.parts, strict=True) if part]


def _secrets(item: Manifest) -> int:
    return sum(setting.type == "secret" for setting in item.settings.values())


def _providers(items: list[Manifest], chosen: Mapping[str, str]) -> tuple[ProviderPlan, ...]:
    """Take the chosen plan of each provider, or all of them."""
    by_id = {item.id: item for item in items}
    problems = []
    for component, name in chosen.items():
        if component not in by_id:
            what = f"{component!r} is no provider of this combination."
            problems.append(Problem("plan", what, did_you_mean(component, by_id)))
        elif name not in (names := [plan.name for plan in by_id[component].plans]):
            hint = did_you_mean(name, names) or f"Known: {', '.join(names) or 'none'}."
            problems.append(Problem("plan", f"{by_id[component].name} has no plan {name!r}.", hint))
    if problems:
        raise UserError("unknown-plan", "some plans are not known", problems=problems)
    return tuple(
        ProviderPlan(item.id, item.name, tuple(plan for plan in item.plans if chosen.get(item.id) in (None, plan.name)))
        for item in items
    )


def _unknown(parts: list[Manifest], combination: Combination) -> Iterator[str]:
    if not combination.price:
        yield f"The combination is not in the price list. {' '.join(combination.reasons)}".strip()
    yield from (f"The plans of {item.name} are not known; they come on top." for item in parts[1:] if not item.plans)
    if not parts[0].speed:
        yield f"How fast {parts[0].name} builds has not been measured; build minutes are assumed."


def _traffic(word: str, known: Mapping[str, Traffic]) -> Traffic:
    if word in known:
        return known[word]
    try:
        visits = int(word.replace(",", "").replace("_", ""))
    except ValueError:
        visits = -1
    if not 0 <= visits <= _MOST_VISITS:
        hint = did_you_mean(word, known) or f"Known: {', '.join(known)}, or a number of visits a month."
        raise UserError("unknown-traffic", f"there is no level of traffic {word!r}", hint=hint)
    nearest = min(known.values(), key=lambda level: abs(level.visits - visits))
    return dataclasses.replace(nearest, name=f"{visits:,} visits", visits=visits)


def _level(site: Usage, month: Traffic, table: PriceTable, paid: Range | None) -> Level:
    lines = _lines(site, month, table)
    aws = sum((line.usd for line in lines), NOTHING)
    requests, gigabytes = delivered(month, table)
    flat = tuple(_flat_choice(plan, lines, table) for plan in table.flat.plans)
    return Level(
        traffic=month,
        requests=requests,
        gigabytes=gigabytes,
        lines=lines,
        aws=aws,
        total=paid + aws if paid else None,
        flat=flat,
        within_limit=aws.high <= table.limit,
    )


def _lines(site: Usage, month: Traffic, table: PriceTable) -> tuple[Line, ...]:
    counts = count_usage(site, month, table)
    return tuple(
        Line(price, count, Range(price.cost(count, free=True), price.cost(count, free=False)))
        for name, price in table.prices.items()
        if (count := counts.get(name, Decimal(0)))
    )


def _flat_choice(plan: FlatPlan, lines: Iterable[Line], table: PriceTable) -> FlatChoice:
    lines = list(lines)
    counts = {line.price.id: line.count for line in lines}
    rest = sum((line.usd for line in lines if line.price.id not in table.flat.covers), NOTHING)
    credit = table.prices["s3.storage"].cost(min(plan.s3_credit_gb, counts.get("s3.storage", Decimal(0))), free=False)
    fits = counts.get("cloudfront.requests", Decimal(0)) <= plan.requests
    fits = fits and counts.get("cloudfront.transfer", Decimal(0)) <= plan.gigabytes
    usd = plan.usd - credit
    return FlatChoice(plan, fits, rest + Range(usd, usd))


def _break_even(site: Usage, plan: FlatPlan, table: PriceTable) -> BreakEven:
    base = table.traffic["middle"]

    def cheaper(visits: int, *, free: bool) -> bool:
        counts = count_usage(site, dataclasses.replace(base, visits=visits), table)
        covered = [table.prices[name].cost(counts[name], free=free) for name in table.flat.covers if name in counts]
        return sum(covered, Decimal(0)) >= plan.usd

    def within(visits: int) -> bool:
        requests, gigabytes = delivered(dataclasses.replace(base, visits=visits), table)
        return requests <= plan.requests and gigabytes <= plan.gigabytes

    over = _first(lambda visits: not within(visits))
    return BreakEven(
        plan=plan,
        alone=_first(lambda visits: cheaper(visits, free=True)),
        shared=_first(lambda visits: cheaper(visits, free=False)),
        allowance=(over or _MOST_VISITS) - 1,
    )


def _limit_visits(site: Usage, table: PriceTable) -> int | None:
    """Return from how many visits on AWS costs more than the agency's rule allows."""
    base = table.traffic["middle"]

    def over(visits: int) -> bool:
        lines = _lines(site, dataclasses.replace(base, visits=visits), table)
        return sum((line.usd for line in lines), NOTHING).high > table.limit

    return _first(over)


def _first(holds: Callable[[int], bool]) -> int | None:
    """Return the smallest number of visits for which *holds* is true; it is true from there on."""
    low, high = 0, _MOST_VISITS
    if not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
