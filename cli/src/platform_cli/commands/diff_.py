"""`platform diff`: what a deployment would change."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from platform_cli.app import App, pass_app, show_json, site_argument


@click.command("diff")
@site_argument
@click.option("--exit-code", is_flag=True, help="End with 1 when there are changes.")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@pass_app
def command(app: App, *, folder: Path, exit_code: bool, as_json: bool) -> None:
    """Show what `deploy` would change in the stack of FOLDER, and change nothing."""
    from platform_cli.changes import change_lines
    from platform_cli.progress import Steps
    from platform_cli.target import find_target, reported
    from platform_core.changes import diff

    steps = Steps()
    target = find_target(app, folder.resolve(), steps, validate=False)
    with reported():
        with steps.step("check account and quotas"):
            target.check()
        with steps.step("compare with what is there"):
            changes = diff(target.assembly, target.aws, clients=[target.client])
    if as_json:
        show_json([dataclasses.asdict(item) for item in changes])
    else:
        click.echo("\n".join(change_lines(changes)) if changes else "No changes.")
    if exit_code and changes:
        raise click.exceptions.Exit(1)
