"""`platform price`: what a combination or a site costs a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json
from platform_cli.completion import complete_components

if TYPE_CHECKING:
    from decimal import Decimal

    from platform_core.manifest import Plan
    from platform_core.pricing import Estimate, Level, ProviderPlan, Range
    from platform_core.site import Site

_PARTS = ("engine", "cms", "shop")


@click.command("price")
@click.argument(
    "folder", type=click.Path(exists=True, path_type=Path, file_okay=False), required=False, metavar="[FOLDER]"
)
@click.option("--engine", metavar="ID", shell_complete=complete_components("ssg"), help="The engine, without a FOLDER.")
@click.option("--cms", metavar="ID", shell_complete=complete_components("cms", none=True), help="The CMS, or none.")
@click.option(
    "--shop", metavar="ID", shell_complete=complete_components("ecommerce", none=True), help="The shop, or none."
)
@click.option("--rendering", type=click.Choice(("static", "server")), help="Where pages are made; static by default.")
@click.option(
    "--traffic",
    metavar="LEVEL",
    multiple=True,
    help="low, middle, high, or visits a month; repeatable, all by default.",
)
@click.option("--plan", "plans", metavar="ID=NAME", multiple=True, help="A provider's plan; its range otherwise.")
@click.option(
    "--seats", type=click.IntRange(min=1), metavar="N", help="How many people log in at each provider; 2 by default."
)
@click.option(
    "--sales",
    type=click.IntRange(min=0),
    metavar="USD",
    help="For how much the shop sells a month; 5,000 by default.",
)
@click.option(
    "--proposal",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Write a page for the client.",
)
@click.option("--client", metavar="NAME", default="", help="For whom the proposal is; the site's title by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@pass_app
def command(
    app: App,
    /,
    *,
    folder: Path | None,
    traffic: tuple[str, ...],
    plans: tuple[str, ...],
    seats: int | None,
    sales: int | None,
    proposal: Path | None,
    client: str,
    as_json: bool,
    **parts: str | None,
) -> None:
    """Say what a combination, or the site in FOLDER, costs a month.

    Adds up the agency's fee, the providers' plans, and AWS at each level of traffic:
    least for a site with the account's free allowances to itself, most without any.
    Plans that are not for commercial use are left out; what has no known price is told.
    """
    import datetime as dt

    from platform_core.pricing import estimate, traffic_of

    chosen, site = _chosen(app, folder, parts)
    found = estimate(
        app.catalogue,
        app.catalogue.check(chosen["engine"], chosen["cms"], chosen["shop"]),
        rendering=chosen["rendering"],
        services=chosen["services"],
        event_driven=chosen["event_driven"],
        plans=_plans(plans),
        seats=seats,
        sales=sales,
        traffic=traffic_of(traffic),
    )
    if proposal:
        from platform_core.files import write_atomically
        from platform_core.proposal import render_proposal

        today = dt.datetime.now(dt.UTC).date()
        about = {"domain": site.domain, "variant": site.variant} if site else {}
        page = render_proposal(found, client=client or (site.name if site else ""), date=today, **about)
        write_atomically(proposal, page)
        click.echo(f"Wrote {proposal}.", err=True)
    if as_json:
        show_json(_as_json(found))
    else:
        click.echo("\n".join(_text(found)))


def _chosen(app: App, folder: Path | None, parts: Mapping[str, str | None]) -> tuple[dict[str, Any], Site | None]:
    """Return what is to be priced: what the options name, or a site, which comes with it."""
    named = {key: None if parts[key] in {None, "none", "-"} else parts[key] for key in _PARTS}
    if folder and any(parts[key] for key in _PARTS):
        raise click.UsageError("Name the parts or a FOLDER, not both.")
    if named["engine"]:
        return {**named, "rendering": parts["rendering"] or "static", "services": (), "event_driven": None}, None
    if any(named.values()):
        raise click.UsageError("Name an engine too: --engine ID.")
    site = app.site(folder or Path())
    chosen = {
        "engine": site.engine,
        "cms": site.cms,
        "shop": site.shop,
        "rendering": parts["rendering"] or site.rendering,
        "services": site.services,
        "event_driven": site.integration == "event-driven",
    }
    return chosen, site


def _plans(given: Sequence[str]) -> dict[str, str]:
    pairs = [item.partition("=") for item in given]
    if wrong := [item for item, (_, equals, _) in zip(given, pairs, strict=True) if not equals]:
        raise click.UsageError(f"A plan is written ID=NAME, not {wrong[0]!r}.")
    return {component: name for component, _, name in pairs}


def _text(found: Estimate) -> Iterator[str]:
    from platform_core.pricing import spell_trade

    yield f"{' + '.join(found.names)}: {found.combination.stack_type}, {found.combination.status}"
    if found.agency:
        yield f"  Agency      USD {_whole(found.agency.month)} a month, {_whole(found.agency.setup)} setup"
    for item in found.providers:
        yield from _provider(item)
    if found.client:
        more = ", and what has no known price" if found.on_top else ""
        yield f"  Together    USD {_spell(found.client)} a month{more}"
    if found.providers:
        yield f"  Counted with {spell_trade(found.trade, shop=bool(found.combination.shop))}; --seats and --sales say otherwise"
    yield "  AWS, pay as you go; least with the account's free allowances, most without:"
    for level in found.levels:
        yield from _level(level)
    yield from _breaks(found)
    yield from (f"  - {text}" for text in found.unknown)
    yield f"  Prices of {found.table.date}, {found.table.region}; --json and --proposal have every source."


def _provider(item: ProviderPlan) -> Iterator[str]:
    """Yield what the provider costs, and each plan with its terms and its note."""
    from platform_core.pricing import plan_terms

    yield (
        f"  {item.name:<11} USD {_spell(item.month)} a month"
        if item.month
        else f"  {item.name:<11} comes on top, price unknown"
    )
    for plan, fee in zip(item.plans, item.fees, strict=True):
        yield f"    {plan.name}, USD {_cents(fee)}: {plan_terms(plan)}. {plan.note}".rstrip()
    for plan, why in item.left_out:
        yield f"    {plan.name} is not counted: it {why}. {plan.note}".rstrip()


def _cents(usd: Decimal) -> str:
    """Write an amount, with cents only when it has some."""
    return f"{usd:,.0f}" if usd == usd.to_integral_value() else f"{usd:,.2f}"


def _level(level: Level) -> Iterator[str]:
    total = f", {_spell(level.total)} with agency and plans" if level.total else ""
    best = f"; the flat-rate plan {level.cheapest} is cheaper without allowances" if level.cheapest else ""
    name = (
        level.traffic.name
        if "visits" in level.traffic.name
        else f"{level.traffic.name}, {level.traffic.visits:,} visits"
    )
    yield f"    {name}: USD {_spell(level.aws, cents=True)} a month{total}{best}"


def _breaks(found: Estimate) -> Iterator[str]:
    for item in found.break_evens:
        if item.pays and item.shared is not None:
            alone = f", or {item.alone:,} with them" if item.alone is not None and item.alone <= item.allowance else ""
            yield (
                f"  Flat-rate {item.plan.name} (USD {item.plan.usd:,.0f}) pays from {item.shared:,} visits a month on "
                f"without allowances{alone}; used up at {item.allowance:,}"
            )
    if found.limit is None:
        return
    over = [level.traffic.name for level in found.levels if not level.within_limit]
    state = f"broken at {', '.join(over)} traffic without allowances" if over else "holds"
    until = (
        f"; with middle traffic's releases it holds below {found.limit_visits:,} visits" if found.limit_visits else ""
    )
    yield f"  Rule: AWS at most USD {found.limit:,.0f} a month: {state}{until}"


def _whole(pair: tuple[int, int]) -> str:
    return f"{pair[0]:,}-{pair[1]:,}"


def _spell(usd: Range, *, cents: bool = False) -> str:
    low, high = (f"{value:,.2f}" if cents else f"{value:,.0f}" for value in (usd.low, usd.high))
    return low if low == high else f"{low}-{high}"


def _as_json(found: Estimate) -> dict[str, Any]:
    table = found.table
    return {
        "engine": found.combination.engine,
        "cms": found.combination.cms,
        "shop": found.combination.shop,
        "rendering": found.rendering,
        "status": found.combination.status,
        "stack_type": found.combination.stack_type,
        "agency": {"month": list(found.agency.month), "setup": list(found.agency.setup)} if found.agency else None,
        "providers": [
            {
                "id": item.component,
                "month": list(item.month.rounded()) if item.month else None,
                "plans": [
                    {**_plan_json(plan), "fee": round(float(fee), 2)}
                    for plan, fee in zip(item.plans, item.fees, strict=True)
                ],
                "left_out": [{**_plan_json(plan), "why": why} for plan, why in item.left_out],
                "on_top": list(item.on_top),
            }
            for item in found.providers
        ],
        "month": list(found.client.rounded()) if found.client else None,
        "counted_with": {
            "seats": found.trade.seats,
            "sales": float(found.trade.sales),
            "usd_per_order": float(found.trade.order),
        },
        "levels": [_level_json(level) for level in found.levels],
        "flat_rate": [
            {
                "plan": item.plan.name,
                "usd": float(item.plan.usd),
                "visits_alone": item.alone,
                "visits_shared": item.shared,
                "visits_used_up": item.allowance,
                "pays": item.pays,
            }
            for item in found.break_evens
        ],
        "rule": {"aws_month": float(found.limit), "visits": found.limit_visits} if found.limit is not None else None,
        "unknown": list(found.unknown),
        "prices": {
            "date": table.date,
            "region": table.region,
            "flat_rate": {"source": table.flat.source, "date": table.flat.date, "confirmed": table.flat.confirmed},
            "assumptions": {name: float(value) for name, value in table.assumptions.items()},
        },
    }


def _plan_json(plan: Plan) -> dict[str, Any]:
    from platform_core.pricing import plan_terms

    known = {"name": plan.name, "month": plan.month, "terms": plan_terms(plan), "note": plan.note}
    return {**known, "source": plan.source, "date": plan.date}


def _level_json(level: Level) -> dict[str, Any]:
    return {
        "traffic": level.traffic.name,
        "visits": level.traffic.visits,
        "requests": float(level.requests),
        "gigabytes": round(float(level.gigabytes), 2),
        "aws": list(level.aws.rounded()),
        "total": list(level.total.rounded()) if level.total else None,
        "within_rule": level.within_limit,
        "cheapest": level.cheapest or "pay as you go",
        "flat_rate": [
            {"plan": choice.plan.name, "fits": choice.fits, "aws": list(choice.usd.rounded())} for choice in level.flat
        ],
        "lines": [
            {
                "id": line.price.id,
                "what": f"{line.price.service}: {line.price.what}",
                "count": round(float(line.count), 3),
                "usd": list(line.usd.rounded()),
                "unit_price": float(line.price.usd),
                "unit": line.price.unit,
                "source": line.price.source,
                "date": line.price.date,
                "confirmed": line.price.confirmed,
            }
            for line in level.lines
        ],
    }
