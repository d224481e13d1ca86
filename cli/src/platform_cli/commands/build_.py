"""`platform build`: the site's pages, as they would be deployed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from platform_cli.app import App, pass_app, site_argument


@click.command("build")
@site_argument
@click.option("--force", is_flag=True, help="Build even when nothing has changed.")
@click.option("--no-pull", is_flag=True, help="Take content from elsewhere as it was pulled last.")
@click.option("--publish", is_flag=True, help="Publish the pages as a release on AWS, as the build machine does.")
@pass_app
def command(app: App, *, folder: Path, force: bool, no_pull: bool, publish: bool) -> None:
    """Build the site of FOLDER into .platform/aws/output.

    Content that lives elsewhere is pulled first. An unchanged site is not built again. --publish takes the place to publish to
    from the environment (PLATFORM_BUCKET and others), as the build project sets it.
    """
    from platform_cli.pulled import tell_pulled
    from platform_cli.release import build_machine_outputs, store_of, tell_published
    from platform_cli.target import aws_stage, reported
    from platform_core.build import build
    from platform_core.outputs import ADDRESS

    started = time.time()
    outputs = build_machine_outputs() if publish else None
    composition = app.compose(folder)
    stage = aws_stage(composition.site, outputs.get(ADDRESS) if outputs else "")
    if not no_pull and tell_pulled(composition, stage):
        composition = composition.reread()
    built = build(composition, stage, force=force, say=lambda text: click.echo(f"  {text} ...", err=True))
    pages = sum(name.endswith(".html") for _, _, names in os.walk(built.output) for name in names)
    what = f"built in {built.seconds:.2f} s" if built.changed else "unchanged since the last build"
    click.echo(f"{pages} pages, {what}: {built.output}")
    if outputs:
        from platform_core.releases import publish_site

        with reported():
            tell_published(publish_site(composition, built, store_of(outputs), started=started))
