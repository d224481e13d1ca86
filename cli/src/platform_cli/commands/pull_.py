"""`platform pull`: content that lives elsewhere, into the site's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json, site_argument

if TYPE_CHECKING:
    from platform_core.pulling import Pulled


@click.command("pull")
@site_argument
@click.option("--allow-empty", is_flag=True, help="Remove every pulled file when nothing comes any more.")
@click.option("--json", "as_json", is_flag=True, help="Print an array with one object for each source.")
@pass_app
def command(app: App, *, folder: Path, allow_empty: bool, as_json: bool) -> None:
    """Bring the content of FOLDER in step with where it comes from.

    Only what has changed since the last pull is asked for. Files that did not come from
    there are never touched. `platform build` and `platform up` do this by themselves.
    """
    from platform_cli.pulled import tell_pulled
    from platform_cli.target import aws_stage

    composition = app.compose(folder)
    found = tell_pulled(composition, aws_stage(composition.site), allow_empty=allow_empty)
    if as_json:
        show_json([row(item) for item in found])
    elif not found:
        click.echo("All content of this site is in its files; there is nothing to pull.")


def row(item: Pulled) -> dict[str, Any]:
    """Return what ``--json`` prints of one source."""
    return {
        "name": item.name,
        "documents": item.documents,
        "written": list(item.written),
        "removed": list(item.removed),
        "skipped": [str(problem) for problem in item.skipped],
    }
