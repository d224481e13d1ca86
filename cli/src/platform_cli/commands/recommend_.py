"""`platform recommend`: what meets the requirements, in which order, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json

if TYPE_CHECKING:
    from platform_core.recommending import Advice, Exclusion, Recommendation


@click.command("recommend")
@click.option("--feature", "features", metavar="WORD", multiple=True, help="A feature, for example search; repeatable.")
@click.option(
    "--rendering", type=click.Choice(("static", "server")), default="static", show_default=True, help="Where pages are made."
)  # fmt: skip
@click.option("--pages", type=click.IntRange(min=0), default=0, metavar="N", help="How many pages there will be.")
@click.option("--team", metavar="SKILL", multiple=True, help="What the team knows, for example react; repeatable.")
@click.option("--cms", metavar="ID", default="none", show_default=True, help="An id, a capability, any or none.")
@click.option("--shop", metavar="ID", default="none", show_default=True, help="An id, a capability, any or none.")
@click.option(
    "--budget-month", type=click.IntRange(min=0), metavar="USD", help="At most this much a month, plans included."
)
@click.option("--budget-setup", type=click.IntRange(min=0), metavar="USD", help="At most this much once.")
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
                "recommended": [_row(item) for item in advice.recommended],
                "excluded": [dataclasses.asdict(item) for item in advice.excluded],
            }
        )
        return
    click.echo("\n".join(_lines(advice, count)))


def _lines(advice: Advice, count: int) -> Iterator[str]:
    for number, item in enumerate(advice.recommended[:count], 1):
        yield f"{number}. {_title(item)}"
        yield f"     AWS about USD {item.aws[0]:,.0f}-{item.aws[1]:,.0f} a month at middling traffic"
        yield from (f"     + {reason}" for reason in item.reasons)
        yield from (f"     - {doubt}" for doubt in item.doubts)
    if not advice.recommended:
        yield "Nothing that is installed meets all of it."
    if len(advice.recommended) > count:
        yield f"{len(advice.recommended) - count} more; --count shows them."
    if advice.excluded:
        yield "Left out:"
        yield from _excluded(advice.excluded)


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
    return f"{parts}{variant}: USD {item.month[0]:,.0f}-{item.month[1]:,.0f} a month, {setup}, {item.score:g} points"


def _row(item: Recommendation) -> dict[str, Any]:
    found = item.combination
    return {
        "engine": found.engine,
        "cms": found.cms,
        "shop": found.shop,
        "variant": item.variant,
        "status": found.status,
        "stack_type": found.stack_type,
        "month": list(item.month) if item.month else None,
        "setup": list(found.price.setup) if found.price else None,
        "fees": list(item.fees),
        "aws": list(item.aws),
        "score": item.score,
        "for": list(item.reasons),
        "against": list(item.doubts),
    }
