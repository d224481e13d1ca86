"""`platform releases`: what can be live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json, show_table, site_argument

if TYPE_CHECKING:
    from platform_core.runtime.publisher import ReleaseInfo


@click.command("releases")
@site_argument
@click.option("--local", is_flag=True, help="Of the site that `up` runs on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@pass_app
def command(app: App, *, folder: Path, local: bool, as_json: bool) -> None:
    """List the releases of the site of FOLDER, newest first."""
    from platform_cli.target import open_releases, reported
    from platform_core.releases import list_releases

    root = folder.resolve()
    with reported():
        found = list_releases(open_releases(app.site(root), root, local=local))
    if as_json:
        show_json([_row(item) for item in found])
    elif not found:
        click.echo("There is no release yet.", err=True)
    else:
        show_table(("release", "state", "created", "objects", "size"), (tuple(_cells(item)) for item in found))


def _row(item: ReleaseInfo) -> dict[str, Any]:
    return {
        "id": item.id,
        "live": item.live,
        "previous": item.previous,
        "created": item.created.isoformat(timespec="seconds"),
        "objects": item.objects,
        "bytes": item.bytes,
        "server": item.server,
        "provenance": dict(item.provenance),
    }


def _cells(item: ReleaseInfo) -> Iterator[str]:
    yield item.id
    yield "live" if item.live else "previous" if item.previous else ""
    yield item.created.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    yield f"{item.objects:,}"
    yield f"{item.bytes / 1_000_000:,.1f} MB"
