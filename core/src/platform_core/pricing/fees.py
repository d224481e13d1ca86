"""What providers charge: their own plans, counted with a client's seats, sales and orders.

A plan that is not for a client's site is never counted with. What has no known price is
told, and is not nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal

from platform_core.errors import Problem, UserError, did_you_mean
from platform_core.manifest import Manifest, Plan
from platform_core.pricing.records import ProviderPlan
from platform_core.pricing.table import PriceTable, Trade, read_prices

__all__ = ["plan_fee", "plan_terms", "provider_plans", "spell_trade", "trade_of"]


def trade_of(seats: int | None = None, sales: float | None = None, table: PriceTable | None = None) -> Trade:
    """Return a client's month; what is not said is the table's.

    Raises:
        UserError: A number is too small; every one.
    """
    usual = (table or read_prices()).trade
    problems = []
    if seats is not None and seats < 1:
        problems.append(Problem("seats", f"is {seats}.", "Somebody has to log in: 1 or more."))
    if sales is not None and not 0 <= sales < float("inf"):
        problems.append(Problem("sales", f"is {sales}.", "USD a month, 0 or more."))
    if problems:
        raise UserError("wrong-trade", "nothing can be counted with these figures", problems=problems)
    return dataclasses.replace(
        usual,
        seats=usual.seats if seats is None else seats,
        sales=usual.sales if sales is None else Decimal(str(sales)),
    )


def spell_trade(trade: Trade, *, shop: bool) -> str:
    """Say a client's month in words; sales only where there is a shop."""
    seats = _count(trade.seats, "seat")
    return f"{seats} and sales of USD {trade.sales:,.0f} a month in orders of {trade.order:,.0f}" if shop else seats


def plan_fee(plan: Plan, trade: Trade) -> Decimal:
    """Return what *plan* costs in such a month, USD."""
    month, share = Decimal(str(plan.month)), Decimal(str(plan.sales_share)) * trade.sales
    seats = Decimal(str(plan.seat)) * max(0, trade.seats - plan.seats)
    orders = Decimal(str(plan.order)) * max(Decimal(0), trade.sales / trade.order - plan.orders)
    return (max(month, share) if plan.sales_or_month else month + share) + seats + orders


def plan_terms(plan: Plan) -> str:
    """Say in words how *plan* is charged."""
    people = f" for {_count(plan.seats, 'seat')}" if plan.seats else ""
    said = [f"USD {plan.month:,g} a month{people}"]
    if plan.seat:
        said.append(f"{plan.seat:,g} for each {'further ' if plan.seats else ''}seat")
    if plan.seats_most and (plan.seat or plan.seats_most != plan.seats):
        said.append(f"at most {_count(plan.seats_most, 'seat')}")
    if plan.sales_share:
        said.append(f"{'or, if more, ' if plan.sales_or_month else ''}{plan.sales_share * 100:g}% of sales")
    if plan.order:
        beyond = f" beyond {plan.orders:,}" if plan.orders else ""
        said.append(f"{plan.order:.{2 if plan.order >= 0.1 else 3}f} for each order{beyond}")
    if not plan.commercial:
        said.append("not for commercial use")
    return ", ".join(said)


def provider_plans(items: Iterable[Manifest], trade: Trade, chosen: Mapping[str, str]) -> tuple[ProviderPlan, ...]:
    """Count each provider's chosen plan, or all that can be had for a client's site.

    Args:
        items: The providers.
        trade: The client's month.
        chosen: Component id -> name of its plan.

    Raises:
        UserError: A plan is unknown, can't be had, or belongs to nobody here; every one.
    """
    items = tuple(items)
    by_id = {item.id: item for item in items}
    problems = [
        problem for component, name in chosen.items() if (problem := _wrong_choice(by_id, component, name, trade))
    ]
    if problems:
        raise UserError("unknown-plan", "some plans can't be counted with", problems=problems)
    return tuple(_provider(item, trade, chosen.get(item.id)) for item in items)


def _provider(item: Manifest, trade: Trade, chosen: str | None) -> ProviderPlan:
    asked = [plan for plan in item.plans if chosen in (None, plan.name)]
    plans = tuple(plan for plan in asked if not _why_not(plan, trade))
    return ProviderPlan(
        component=item.id,
        name=item.name,
        plans=plans,
        fees=tuple(plan_fee(plan, trade) for plan in plans),
        left_out=tuple((plan, why) for plan in asked if (why := _why_not(plan, trade))),
    )


def _wrong_choice(by_id: Mapping[str, Manifest], component: str, name: str, trade: Trade) -> Problem | None:
    if component not in by_id:
        return Problem("plan", f"{component!r} is no provider of this combination.", did_you_mean(component, by_id))
    item = by_id[component]
    plan = next((plan for plan in item.plans if plan.name == name), None)
    if plan is None:
        names = [plan.name for plan in item.plans]
        hint = did_you_mean(name, names) or f"Known: {', '.join(names) or 'none'}."
        return Problem("plan", f"{item.name} has no plan {name!r}.", hint)
    why = _why_not(plan, trade)
    return Problem("plan", f"{item.name}'s plan {name} {why}.", plan.note) if why else None


def _why_not(plan: Plan, trade: Trade) -> str:
    """Say why *plan* can't be had for a client's site; nothing when it can."""
    if not plan.commercial:
        return "is not for commercial use"
    if plan.seats_most and plan.seats_most < trade.seats:
        return f"takes at most {_count(plan.seats_most, 'seat')}, not {trade.seats}"
    return ""


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
