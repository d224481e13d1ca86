"""`platform list`: what can be combined, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json, show_table
from platform_cli.completion import complete_components

if TYPE_CHECKING:
    from platform_core.catalogue import Combination
    from platform_core.manifest import Manifest

KINDS = ("ssg", "cms", "ecommerce", "composed", "service")


@click.command("list")
@click.option(
    "--kind", type=click.Choice(KINDS), help="Only templates, CMS tiers, shop tiers, composed sites or services."
)
@click.option(
    "--engine", metavar="ID", shell_complete=complete_components("ssg"), help="Only combinations on this engine."
)
@click.option(
    "--max-price", type=click.IntRange(min=0), metavar="USD", help="Only what can cost this much a month or less."
)
@click.option("--all", "everything", is_flag=True, help="Compatible and impossible combinations too.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@pass_app
def command(
    app: App, *, kind: str | None, engine: str | None, max_price: int | None, everything: bool, as_json: bool
) -> None:
    """List what can be combined, and what the agency charges for it.

    Prices are USD: (low-high), before the providers' own fees.
    """
    if engine:
        app.catalogue.get("ssg", engine)
    rows = [_row(item) for item in app.catalogue.combinations() if everything or item.status == "certified"]
    rows += [] if engine else [_service(item) for item in app.catalogue.of_kind("service")]
    rows = [
        row
        for row in rows
        if (not kind or row["kind"] == kind)
        and (not engine or row["engine"] == engine)
        and (max_price is None or (row["month"] and row["month"][0] <= max_price))
    ]
    if as_json:
        show_json(rows)
        return
    if not rows:
        click.echo(_nothing(app), err=True)
        return
    show_table(("engine", "cms", "shop", "status", "offering", "month", "setup"), map(_cells, rows))


def _row(item: Combination) -> dict[str, Any]:
    kind = "composed" if item.cms and item.shop else "cms" if item.cms else "ecommerce" if item.shop else "ssg"
    return {
        "kind": kind,
        "engine": item.engine,
        "cms": item.cms,
        "shop": item.shop,
        "service": None,
        "status": item.status,
        "stack_type": item.stack_type,
        "month": list(item.price.month) if item.price else None,
        "setup": list(item.price.setup) if item.price else None,
        "reasons": list(item.reasons),
    }


def _service(item: Manifest) -> dict[str, Any]:
    return {
        "kind": "service",
        "engine": None,
        "cms": None,
        "shop": None,
        "service": item.id,
        "status": "certified" if item.price else "compatible",
        "stack_type": item.stack_type or item.id,
        "month": list(item.price.month) if item.price else None,
        "setup": list(item.price.setup) if item.price else None,
        "reasons": [],
    }


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    prices = ("-".join(map(str, row[key])) if row[key] else "" for key in ("month", "setup"))
    parts = (row[key] or "-" for key in ("engine", "cms", "shop"))
    return (*parts, row["status"], row["stack_type"], *prices)


def _nothing(app: App) -> str:
    if not app.catalogue.of_kind("ssg"):
        return "No engine is installed. Install one: pip install platform-plugin-<engine>"
    return "Nothing matches. `platform list --all` shows compatible and impossible combinations too."
