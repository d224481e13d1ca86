"""`platform list`: what can be combined, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json, show_table
from platform_cli.completion import complete_components

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from platform_core.catalogue import Combination
    from platform_core.manifest import Kind, Manifest
    from platform_core.verified import Code, Parts, Verified

KINDS = ("ssg", "cms", "ecommerce", "composed", "service")
_NEEDS: Mapping[str, tuple[Kind, ...]] = {
    "cms": ("cms",),
    "ecommerce": ("ecommerce",),
    "composed": ("cms", "ecommerce"),
    "service": ("service",),
}
_PARTS: Mapping[Kind, str] = {"ssg": "engine", "cms": "cms", "ecommerce": "shop", "service": "service"}
_WORDS = {"ssg": "templates", "cms": "CMS tiers", "ecommerce": "shop tiers", "service": "services"}


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

    Prices are USD: (low-high), before the providers' own fees. Under *verified* stands
    the day on which the combination was last taken from its CMS to a browser, and the
    beginning of its template's SHA-256.
    """
    from platform_core.verified import Code, read_verified

    if engine:
        app.catalogue.get("ssg", engine)

    def fits(row: Mapping[str, Any]) -> bool:
        return (
            (not kind or row["kind"] == kind)
            and (not engine or row["engine"] == engine)
            and (max_price is None or bool(row["month"] and row["month"][0] <= max_price))
        )

    offered = [*map(_row, app.catalogue.combinations()), *map(_service, app.catalogue.of_kind("service"))]
    fitting = [row for row in offered if fits(row)]
    known, code = read_verified(app.catalogue), Code(app.catalogue)
    rows = [
        row | {"verified": _verified((row["engine"], row["cms"], row["shop"]), known, code)}
        for row in fitting
        if everything or row["service"] or row["status"] == "certified"
    ]
    if as_json:
        show_json(rows)
        return
    if not rows:
        click.echo(_nothing(app, kind, more=bool(fitting)), err=True)
        return
    show_table(("engine", "cms", "shop", "status", "offering", "month", "setup", "verified"), map(_cells, rows))
    click.echo(f"\n{_count(rows)}")


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
        "verified": None,
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
        "verified": None,
    }


def _verified(parts: Parts, known: Mapping[Parts, Verified], code: Code) -> dict[str, Any] | None:
    """Return what is recorded of a combination, and whether it holds for what is installed."""
    from platform_core.verified import is_current

    if not (found := known.get(parts)):
        return None
    current = is_current(found, parts, code)
    return {"date": found.date, "versions": dict(found.versions), "template": found.template, "current": current}


def _count(rows: Sequence[Mapping[str, Any]]) -> str:
    """Count what is listed: each name that is sold, and the composed sites that have none."""
    from platform_core.catalogue import COMPOSED

    sold = [row for row in rows if row["status"] == "certified"]
    bundles = [row for row in sold if row["kind"] == "composed" and row["stack_type"] != COMPOSED]
    counts = [(sum(row["kind"] == kind for row in sold), word) for kind, word in _WORDS.items()]
    counts[3:3] = [(len(bundles), "bundles")]
    itemised = sum(number for number, _ in counts)
    others = sum(row["kind"] == "composed" for row in sold) - len(bundles)
    named = ", ".join(f"{number} {word}" for number, word in counts)
    rest = f" {len(rows) - len(sold)} others are not certified." if len(rows) > len(sold) else ""
    verified = sum(row["verified"] is not None and row["verified"]["current"] for row in sold)
    return (
        f"{itemised} offerings ({named}) and {others} further certified combinations are installed; "
        f"{verified} of them verified as they are now.{rest}"
    )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    prices = ("-".join(map(str, row[key])) if row[key] else "" for key in ("month", "setup"))
    parts = (row[key] or "-" for key in ("engine", "cms", "shop"))
    found = row["verified"]
    verified = f"{found['date']} {found['template']}{'' if found['current'] else ', changed since'}" if found else ""
    return (*parts, row["status"], row["stack_type"], *prices, verified)


def _nothing(app: App, kind: str | None, *, more: bool) -> str:
    """Say why the list is empty, and what fills it; *more* is there with ``--all``."""
    for needed in ("ssg", *_NEEDS.get(kind or "", ())):
        if not app.catalogue.of_kind(needed):
            return f"No {_PARTS[needed]} is installed. Install one: pip install platform-plugin-<{_PARTS[needed]}>"
    hint = " `platform list --all` shows compatible and impossible combinations too." if more else ""
    return f"Nothing matches.{hint}"
