"""`platform deploy`: the site's stack and a release of its pages, on AWS."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_cli.app import App, pass_app, site_argument

if TYPE_CHECKING:
    from platform_cli.progress import Step, Steps
    from platform_cli.target import Target
    from platform_core.deploy import Event
    from platform_core.outputs import Outputs
    from platform_core.runtime.publisher import Published


@click.command("deploy")
@site_argument
@click.option("--yes", is_flag=True, help="Do not ask before changing the stack.")
@click.option("--bootstrap", is_flag=True, help="Prepare account and region for CDK first, if that is missing.")
@pass_app
def command(app: App, *, folder: Path, yes: bool, bootstrap: bool) -> None:
    """Deploy the site of FOLDER to AWS and publish a release.

    Uses the account that the environment leads to: AWS_PROFILE, or keys. Checks
    everything that can be checked first, shows what would change, and asks.
    """
    from platform_cli.progress import Steps
    from platform_cli.release import tell_published
    from platform_cli.target import find_target, reported

    root = folder.resolve()
    steps = Steps()
    _refuse_elsewhere(app, root)
    target = find_target(app, root, steps, validate=True)
    with reported():
        with steps.step("check account and quotas"):
            target.check(bootstrap=bootstrap)
        _agree(target, steps, yes=yes)
        _leave_server(target, steps)
        outputs = _deploy(target, steps)
        if not target.composition.site.aws.repository:
            _upload_source(target, outputs, steps)
        done = _publish(target, outputs, steps)
        click.echo("")
        tell_published(done)
        click.echo("\n".join(_screen(target, outputs)))


def _refuse_elsewhere(app: App, root: Path) -> None:
    """Say who publishes a site in which AWS has no part."""
    from platform_core.errors import UserError

    composition = app.compose(root)
    if found := composition.hosted_elsewhere():
        raise UserError("hosted-elsewhere", f"{composition.site.name} is not published on AWS", hint=found)


def _agree(target: Target, steps: Steps, *, yes: bool) -> None:
    """Show what would change, and ask when anything would."""
    from platform_cli.changes import change_lines
    from platform_cli.target import confirm
    from platform_core.changes import diff

    with steps.step("compare with what is there") as step:
        changes = diff(target.assembly, target.aws, clients=[target.client])
        step.note = f"{len(changes)} change{'s' * (len(changes) > 1)}" if changes else "no changes"
    if changes:
        click.echo("\n".join(change_lines(changes)))
        confirm("Deploy this?", yes=yes)


def _leave_server(target: Target, steps: Steps) -> None:
    """Let a release without a server go live before the stack loses its function."""
    from platform_core.deploy import outputs
    from platform_core.outputs import SERVER_FUNCTION

    if target.composition.site.rendering == "static":
        before = outputs(target.stack.name, target.aws, region=target.stack.region)
        if before.get(SERVER_FUNCTION):
            _publish(target, before, steps)


def _deploy(target: Target, steps: Steps) -> Outputs:
    from platform_core.deploy import deploy

    with steps.step("deploy the stack") as step:
        done = deploy(
            target.assembly,
            target.aws,
            clients=[target.client],
            on_event=lambda event: _show_event(event, step, steps),
        )
        step.note = "" if done.changed else "unchanged"
    return done.outputs[target.client]


def _show_event(event: Event, step: Step, steps: Steps) -> None:
    """Show progress: a moving line on a terminal, a line for each finished resource elsewhere."""
    total = f"/{event.total}" if event.total else ""
    if sys.stderr.isatty():
        steps.advance(step, f"{event.done}{total} {event.type}")
    if event.status.endswith("_FAILED") or ("ROLLBACK" in event.status and event.type == "AWS::CloudFormation::Stack"):
        steps.tell(f"    {event.status} {event.type} {event.resource}")
    elif event.status.endswith("_COMPLETE") and not sys.stderr.isatty():
        steps.tell(f"    {event.done}{total} {event.status} {event.type}")


def _upload_source(target: Target, outputs: Outputs, steps: Steps) -> None:
    """Give the build machine what it builds after a webhook."""
    from platform_cli.source import find_source, pack
    from platform_core.outputs import BUCKET, SOURCE_KEY

    with steps.step("upload the source") as step, tempfile.TemporaryFile() as file:
        source = find_source(target.composition.content.root)
        pack(source, file)
        size = file.tell()
        file.seek(0)
        target.aws.client("s3", region=target.stack.region).upload_fileobj(file, outputs.get(BUCKET), SOURCE_KEY)
        step.note = f"{len(source.files)} files, {size / 1_000:,.0f} kB"
    for name in source.secrets:
        click.echo(f"  left out of the source, since it looks like a secret: {name}", err=True)


def _publish(target: Target, outputs: Outputs, steps: Steps) -> Published:
    from platform_cli.release import store_of
    from platform_cli.target import aws_stage
    from platform_core.build import build
    from platform_core.outputs import ADDRESS
    from platform_core.releases import publish_site

    started = time.time()
    with steps.step("build the pages") as step:
        built = build(target.composition, aws_stage(target.composition.site, outputs.get(ADDRESS)))
        step.note = "" if built.changed else "unchanged"
    with steps.step("publish the release") as step:
        store = store_of(outputs, region=target.stack.region)
        done = publish_site(target.composition, built, store, started=started)
        step.note = done.id
    return done


def _screen(target: Target, outputs: Outputs) -> Iterator[str]:
    """Yield what a person wants to know now: addresses, and secrets that are still missing."""
    from platform_core.outputs import ADDRESS, DISTRIBUTION_DOMAIN, WEBHOOK_BASE

    site = target.composition.site
    yield f"{site.name} answers at {outputs.get(ADDRESS)}/"
    if site.domain not in outputs.get(ADDRESS):
        yield f"  for {site.domain}, set [aws] hosted_zone_id; without it {outputs.get(DISTRIBUTION_DOMAIN)} is its name"
    for adapter in target.composition.adapters():
        secret = adapter.value.secret
        yield f"  webhooks: {outputs.get(WEBHOOK_BASE)}/{adapter.value.provider}, secret {secret}"
        if _is_missing(secret, target):
            region = target.stack.region
            yield f"    the secret is missing: aws secretsmanager create-secret --region {region} --name {secret} --secret-string file:///dev/stdin"


def _is_missing(secret: str, target: Target) -> bool:
    from botocore.exceptions import ClientError

    from platform_core.aws import error_code

    try:
        target.aws.client("secretsmanager", region=target.stack.region).describe_secret(SecretId=secret)
    except ClientError as error:
        # Who may not look is told nothing.
        return error_code(error) == "ResourceNotFoundException"
    return False
