"""`platform destroy`: take a site away from AWS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_cli.app import App, pass_app, site_argument

if TYPE_CHECKING:
    from platform_cli.target import Target


@click.command("destroy")
@site_argument
@click.option("--yes", is_flag=True, help="Do not ask for the client's name.")
@pass_app
def command(app: App, *, folder: Path, yes: bool) -> None:
    """Delete the stack of FOLDER from AWS, with every release.

    Asks for the client's name to be typed. The folder itself stays as it is.
    """
    from platform_cli.progress import Steps
    from platform_cli.target import confirm, find_target, reported
    from platform_core.deploy import destroy, stack_exists

    steps = Steps()
    target = find_target(app, folder.resolve(), steps, validate=False)
    with reported():
        with steps.step("check account and quotas"):
            target.check()
        if not stack_exists(target.stack, target.aws):
            click.echo(f"There is no stack {target.stack.name}; nothing to delete.")
            return
        click.echo("\n".join(_losses(target)))
        confirm(f"Type {target.client} to delete all this", yes=yes, expected=target.client)
        with steps.step("delete the stack"):
            destroy(target.assembly, target.aws, clients=[target.client])
    click.echo(f"{target.stack.name} is gone. `platform deploy` brings the site back from its folder.")


def _losses(target: Target) -> Iterator[str]:
    """Yield what is lost, and what stays."""
    from platform_core.deploy import outputs
    from platform_core.outputs import ADDRESS, BUCKET, EVENTS_TABLE, WEBHOOK_BASE

    found = outputs(target.stack.name, target.aws, region=target.stack.region)
    yield f"This deletes {target.stack.name} in {target.stack.region}:"
    yield f"  - {found.get(ADDRESS) or 'the site'} stops answering, at once and for good"
    if found.get(BUCKET):
        yield f"  - every release, and the uploaded source, in the bucket {found.get(BUCKET)}"
    if found.get(WEBHOOK_BASE):
        stored = "events, receipts and waiting builds" if found.get(EVENTS_TABLE) else "receipts and waiting builds"
        yield f"  - the webhook addresses, with {stored}"
    yield "The folder of the site, secrets in Secrets Manager and what sites share stay."
