"""`platform rollback`: make an earlier release live again."""

from __future__ import annotations

import time
from pathlib import Path

import click

from platform_cli.app import App, pass_app


@click.command("rollback")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".", metavar="[FOLDER]")
@click.argument("release", required=False)
@click.option("--local", is_flag=True, help="On the site that `up` runs on this machine.")
@pass_app
def command(app: App, *, folder: Path, release: str | None, local: bool) -> None:
    """Make RELEASE of the site of FOLDER live; the one before the live one by default.

    Only one key changes at the edge: nothing is built and nothing is uploaded.
    """
    from platform_cli.target import open_releases, reported
    from platform_core.releases import roll_back

    if release is None and not folder.is_dir():
        # One argument in the site's folder: it is the release that is meant.
        folder, release = Path(), str(folder)
    root = folder.resolve()
    with reported():
        store = open_releases(app.site(root), root, local=local)
        started = time.monotonic()
        done = roll_back(store, to=release)
    click.echo(
        f"Release {done.id} is live again after {time.monotonic() - started:.2f} s; before, {done.previous} was."
    )
    for note in done.notes:
        click.echo(f"warning: {note}", err=True)
