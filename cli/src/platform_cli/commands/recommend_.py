"""`platform recommend`: what meets the requirements, in which order, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json

if TYPE_CHECKING:
    from platform_core.manifest import Manifest
    from platform_core.recommending import Advice, Exclusion, Recommendation, Requirements


@click.command("recommend")
@click.option("--feature", "features", metavar="WORD", multiple=True, help="A feature, for example search; repeatable.")
@click.option(
    "--rendering", type=click.Choice(("static", "server")), default="static", show_default=True, help="Where pages are made."
)  # fmt: skip
@click.option(
    "--pages", type=click.IntRange(min=0), default=0, metavar="N", help="How many entries of content there will be."
)
@click.option("--team", metavar="SKILL", multiple=True, help="What the team knows, for example react; repeatable.")
@click.option("--cms", metavar="ID", default="none", show_default=True, help="An id, a capability, any or none.")
@click.option("--shop", metavar="ID", default="none", show_default=True, help="An id, a capability, any or none.")
@click.option(
    "--budget-month", type=click.IntRange(min=0), metavar="USD", help="At most this much a month, plans included."
)
@click.option("--budget-setup", type=click.IntRange(min=0), metavar="USD", help="At most this much once.")
@click.option(
    "--seats", type=click.IntRange(min=1), metavar="N", help="How many people log in at each provider; 2 by default."
)
@click.option(
    "--sales", type=click.IntRange(min=0), metavar="USD", help="For how much the shop sells a month; 5,000 by default."
)
@click.option("--count", type=click.IntRange(min=1), default=5, show_default=True, help="How many to show.")
@click.option("--json", "as_json", is_flag=True, help="Print one object with all of them.")
@pass_app
def command(app: App, /, *, count: int, as_json: bool, **given: Any) -> None:
    """Rank the combinations that meet the requirements, with reasons for and against.

    What can't meet one is left out, and told with the reason. Nothing is asked, and
    nothing comes from anywhere but the manifests of what is installed.
    """
    import datetime as dt

    from platform_core.recommending import Requirements, recommend

    wanted = Requirements(**given)
    advice = recommend(app.catalogue, wanted, today=dt.datetime.now(dt.UTC).date())
    if as_json:
        show_json(
            {
                "requirements": dataclasses.asdict(wanted),
                "counted_with": {
                    "seats": advice.trade.seats,
                    "sales": float(advice.trade.sales),
                    "usd_per_order": float(advice.trade.order),
                },
                "recommended": [_row(item) for item in advice.recommended],
                "excluded": [dataclasses.asdict(item) for item in advice.excluded],
            }
        )
        return
    click.echo("\n".join((*_lines(advice, count), *_counted(wanted, advice))))


def _lines(advice: Advice, count: int) -> Iterator[str]:
    for number, item in enumerate(advice.recommended[:count], 1):
        yield f"{number}. {_title(item)}"
        yield f"     AWS about USD {item.aws[0]:,.0f}-{item.aws[1]:,.0f} a month at middling traffic"
        yield from (f"     {line}" for line in _known(item.parts[0]))
        yield from (f"     + {reason}" for reason in item.reasons)
        yield from (f"     - {doubt}" for doubt in item.doubts)
    if not advice.recommended:
        yield "Nothing that is installed meets all of it."
    if len(advice.recommended) > count:
        yield f"{len(advice.recommended) - count} more; --count shows them."
    if advice.excluded:
        yield "Left out:"
        yield from _excluded(advice.excluded)


def _counted(wanted: Requirements, advice: Advice) -> Iterator[str]:
    """Yield with what the providers' plans were counted, if there can be any."""
    from platform_core.pricing import spell_trade
    from platform_core.recommending import NONE

    if {wanted.cms, wanted.shop} != {NONE}:
        told = spell_trade(advice.trade, shop=wanted.shop != NONE)
        yield f"Providers' plans are counted with {told}; --seats and --sales say otherwise."


def _excluded(items: Iterable[Exclusion]) -> Iterator[str]:
    """Yield one line for each set of reasons, with all that it holds for."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for item in items:
        parts = " + ".join(part for part in (item.engine, item.cms, item.shop) if part)
        groups.setdefault(item.reasons, []).append(parts)
    yield from (f"  {', '.join(names)}: {' '.join(reasons)}" for reasons, names in groups.items())


def _title(item: Recommendation) -> str:
    parts = " + ".join(part for part in item.combination.parts if part)
    variant = f" ({item.variant})" if item.variant else ""
    price = item.combination.price
    if item.month is None or price is None:
        return f"{parts}{variant}: not in the price list, {item.score:g} points"
    setup = f"USD {price.setup[0]:,}-{price.setup[1]:,} setup"
    more = " and what has no known price" if item.on_top else ""
    month = f"USD {item.month[0]:,.0f}-{item.month[1]:,.0f} a month{more}"
    return f"{parts}{variant}: {month}, {setup}, {item.score:g} points"


def _known(engine: Manifest) -> Iterator[str]:
    """Yield what to know of an engine before it is chosen, whether it weighs or not."""
    said = [f"licence {engine.licence}"] if engine.licence else []
    said += [engine.maintenance.state] if engine.maintenance else []
    said += [f"{item.name} {item.version} until {item.end_of_life}" for item in engine.runtimes if item.end_of_life]
    if engine.speed:
        most = max(engine.speed, key=lambda row: row.pages)
        said.append(f"{most.pages:,} {'entry' if most.pages == 1 else 'entries'} in {most.seconds:,.1f} s")
    if said:
        yield f"{engine.name}: {'; '.join(said)}"


def _row(item: Recommendation) -> dict[str, Any]:
    found, engine = item.combination, item.parts[0]
    return {
        "engine": found.engine,
        "cms": found.cms,
        "shop": found.shop,
        "variant": item.variant,
        "licence": engine.licence,
        "maintenance": engine.maintenance.state if engine.maintenance else None,
        "runtimes": [
            {"name": runtime.name, "version": runtime.version, "end_of_life": runtime.end_of_life or None}
            for runtime in engine.runtimes
        ],
        "speed": [{"entries": row.pages, "seconds": row.seconds} for row in engine.speed],
        "status": found.status,
        "stack_type": found.stack_type,
        "month": list(item.month) if item.month else None,
        "setup": list(found.price.setup) if found.price else None,
        "fees": list(item.fees),
        "on_top": list(item.on_top),
        "aws": list(item.aws),
        "score": item.score,
        "for": list(item.reasons),
        "against": list(item.doubts),
    }
