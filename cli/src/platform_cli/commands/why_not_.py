"""`platform why-not`: the reasons against one combination."""

from __future__ import annotations

import click

from platform_cli.app import App, pass_app, show_json
from platform_cli.completion import complete_components


@click.command("why-not")
@click.argument("engine", shell_complete=complete_components("ssg"))
@click.argument("cms", required=False, default="none", shell_complete=complete_components("cms", none=True))
@click.argument("shop", required=False, default="none", shell_complete=complete_components("ecommerce", none=True))
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@pass_app
def command(app: App, *, engine: str, cms: str, shop: str, as_json: bool) -> None:
    """Say why ENGINE with CMS and SHOP is not certified or not possible.

    Write `none` for a part that you leave out.
    """
    found = app.catalogue.check(engine, *(None if part in {"none", "-"} else part for part in (cms, shop)))
    nearest = () if found.status == "certified" else app.catalogue.nearest(found)
    if as_json:
        show_json(
            {
                "engine": found.engine,
                "cms": found.cms,
                "shop": found.shop,
                "status": found.status,
                "stack_type": found.stack_type,
                "month": list(found.price.month) if found.price else None,
                "reasons": list(found.reasons),
                "nearest": [list(item.parts) for item in nearest],
            }
        )
        return
    name = _spell(found.parts)
    if found.price:
        click.echo(
            f"{name} is certified: {found.stack_type}, USD {found.price.month[0]}-{found.price.month[1]} a month."
        )
        return
    click.echo(f"{name} is {found.status}:")
    for reason in found.reasons:
        click.echo(f"  - {reason}")
    if nearest:
        click.echo("Nearest that work: " + "; ".join(_spell(item.parts) for item in nearest))


def _spell(parts: tuple[str | None, ...]) -> str:
    return " + ".join(part for part in parts if part)
