"""`platform validate`: check a site without building it."""

from __future__ import annotations

from pathlib import Path

import click

from platform_cli.app import App, pass_app, site_argument


@click.command("validate")
@site_argument
@pass_app
def command(app: App, *, folder: Path) -> None:
    """Check site.toml, design.toml and the content of FOLDER, and tell every problem.

    Colours that are hard to read on each other are told too, references to entries that
    are not there, and two translations into one language; they are no error.
    """
    from platform_core.content import Content
    from platform_core.design import load_design

    site = app.site(folder)
    content = Content(folder.resolve(), adopted=site.adopted)
    design = load_design(folder.resolve())
    products = content.products if site.shop else ()
    parts = " + ".join(component for _, component in site.components)
    # What an adopted site holds in content/ is between it and its engine.
    entries = "its own content" if site.adopted else f"{sum(1 for _ in content.entries())} entries"
    click.echo(
        f"{site.name} ({site.domain}) is valid: {parts}, {entries}, {len(products)} products, "
        f"{len(content.redirects)} redirects, {len(content.collections)} collections."
    )
    for sentence in design.unreadable() if design else ():
        click.echo(f"  design.toml {sentence}", err=True)
    doubts = () if site.adopted else (*content.lost_references(), *content.twice_translated(site.locale))
    for problem in doubts:
        click.echo(f"  {problem}", err=True)
