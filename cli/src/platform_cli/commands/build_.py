"""`platform build`: the site's pages, as they would be deployed."""

from __future__ import annotations

from pathlib import Path

import click

from platform_cli.app import App, pass_app, site_argument


@click.command("build")
@site_argument
@click.option("--force", is_flag=True, help="Build even when nothing has changed.")
@click.option("--publish", is_flag=True, help="Publish the pages as a release on AWS, as the build machine does.")
@pass_app
def command(app: App, *, folder: Path, force: bool, publish: bool) -> None:
    """Build the site of FOLDER into .platform/aws/output.

    An unchanged site is not built again.
    """
    from platform_core.build import build
    from platform_core.contributions import Stage

    composition = app.compose(folder)
    stage = Stage("aws", f"https://{composition.site.domain}")
    built = build(composition, stage, force=force)
    pages = sum(1 for _ in built.output.rglob("*.html"))
    what = f"built in {built.seconds:.2f} s" if built.changed else "unchanged since the last build"
    click.echo(f"{pages} pages, {what}: {built.output}")
    if publish:
        from platform_cli.release import publish_to_aws

        publish_to_aws(composition, built)
