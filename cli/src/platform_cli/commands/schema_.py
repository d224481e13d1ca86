"""`platform schema`: the JSON Schema of site.toml, for editors."""

from __future__ import annotations

import click

from platform_cli.app import App, pass_app, show_json


@click.command("schema")
@pass_app
def command(app: App) -> None:
    """Print the JSON Schema of site.toml for the installed plugins."""
    from platform_core.site import site_schema

    show_json(site_schema(app.catalogue))
