"""What a site costs a month: the agency's fee, the providers' plans, and AWS at three levels of traffic.

Nothing here knows a component: fees and plans come from manifests, AWS's prices from
`platform_core.pricing.table`. AWS counts its free allowances by account, so each figure is
a pair: what a site costs that has them to itself, and what it costs without any.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from platform_core.catalogue import Catalogue, Combination
from platform_core.errors import UserError, did_you_mean
from platform_core.manifest import Kind, Manifest, Price
from platform_core.pricing.fees import provider_plans, trade_of
from platform_core.pricing.records import (
    NOTHING,
    BreakEven,
    Estimate,
    FlatChoice,
    Level,
    Line,
    ProviderPlan,
    Range,
    as_range,
)
from platform_core.pricing.table import FlatPlan, PriceTable, Traffic, read_prices
from platform_core.pricing.usage import Usage, count_usage, delivered

__all__ = ["aws_cost", "estimate", "traffic_of"]

_MOST_VISITS = 10_000_000_000


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
    seats: int | None = None,
    sales: float | None = None,
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
        plans: Component id -> name of the provider's plan; all that can be had by default.
        seats: How many people log in at each provider; the table's number by default.
        sales: USD a month for which the shop sells, likewise.
        traffic: The months; the table's three levels by default.
        event_driven: Whether events go over a bus; by default when there is a CMS and a shop.
        table: The prices; those of this package by default.

    Raises:
        UserError: A plan is unknown, can't be had, or belongs to nobody here; a number is too small.
    """
    table = table or read_prices()
    parts = _parts(catalogue, combination)
    beside = [catalogue.get("service", service) for service in services]
    trade = trade_of(seats, sales, table)
    providers = provider_plans(parts[1:], trade, plans or {})
    first_tier = not (combination.cms and combination.shop)
    site = _usage(parts, rendering, not first_tier if event_driven is None else event_driven)
    agency = _agency(combination, beside)
    paid = as_range(agency.month) + sum((item.month for item in providers if item.month), NOTHING) if agency else None
    return Estimate(
        combination=combination,
        parts=(*parts, *beside),
        rendering=rendering,
        agency=agency,
        trade=trade,
        providers=providers,
        levels=tuple(_level(site, month, table, paid) for month in traffic or table.traffic.values()),
        break_evens=tuple(_break_even(site, plan, table) for plan in table.flat.plans if plan.usd),
        limit=table.limit if first_tier else None,
        limit_visits=_limit_visits(site, table) if first_tier else None,
        unknown=(*_unknown(parts, combination, providers), *_unpriced(beside)),
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


def _parts(catalogue: Catalogue, combination: Combination) -> list[Manifest]:
    kinds: tuple[Kind, ...] = ("ssg", "cms", "ecommerce")
    return [catalogue.get(kind, part) for kind, part in zip(kinds, combination.parts, strict=True) if part]


def _secrets(item: Manifest) -> int:
    return sum(setting.type == "secret" for setting in item.settings.values())


def _unknown(parts: list[Manifest], combination: Combination, providers: Iterable[ProviderPlan]) -> Iterator[str]:
    if not combination.price:
        yield f"The combination is not in the price list. {' '.join(combination.reasons)}".strip()
    yield from (f"On top, price unknown: {what}." for item in providers for what in item.on_top)
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
