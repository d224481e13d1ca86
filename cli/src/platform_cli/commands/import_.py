"""`platform import`: content from elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from platform_cli.app import site_argument


@click.group("import")
def command() -> None:
    """Bring content from elsewhere into the site."""


@command.command("markdown")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@site_argument
@click.option("--collection", default="posts", show_default=True, help="Where pages at the top of SOURCE go.")
def markdown(*, source: Path, folder: Path, collection: str) -> None:
    """Import Markdown with YAML or TOML front matter from SOURCE, a folder or an archive.

    Old addresses are kept: a page's `path` and its `aliases` answer as before.
    Nothing is written when anything would be overwritten.
    """
    from platform_core.importing import import_markdown

    done = import_markdown(source, folder.resolve(), collection=collection)
    for problem in done.skipped:
        click.echo(f"skipped: {problem}", err=True)
    click.echo(
        f"{len(done.entries)} entries and {len(done.assets)} other files, "
        f"{len(done.addresses)} addresses kept, {len(done.skipped)} skipped."
    )
