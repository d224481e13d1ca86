"""`platform doctor`: what is missing on this machine."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from platform_cli.app import App, pass_app, show_json, site_argument


@click.command("doctor")
@site_argument
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@pass_app
def command(app: App, *, folder: Path, as_json: bool) -> None:
    """Check this machine and the site of FOLDER, and say what mends what is missing.

    Brings the CDK CLI into Platform's cache when it is not there yet. Ends with 1
    when something is missing; a note stops nothing.
    """
    from platform_cli.checkup import check_machine

    found = []
    for item in check_machine(app, folder.resolve()):
        found.append(item)
        if not as_json:
            click.echo(f"{item.check:<16} {item.state:<8} {item.detail}")
            if item.fix:
                click.echo(f"{'':<16} {'':<8} {item.fix}")
    if as_json:
        show_json([dataclasses.asdict(item) for item in found])
    if any(item.state == "missing" for item in found):
        raise click.exceptions.Exit(1)
