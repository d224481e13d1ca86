"""Where a site is deployed: its assembly, its account, and the releases that are there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_core.errors import DeployError, UserError

if TYPE_CHECKING:
    from platform_cli.app import App
    from platform_cli.progress import Steps
    from platform_core.assembly import Assembly, StackRef
    from platform_core.aws import Aws
    from platform_core.composition import Composition
    from platform_core.contributions import Stage
    from platform_core.outputs import Outputs
    from platform_core.runtime.store import Store
    from platform_core.site import Site

__all__ = ["Target", "aws_stage", "confirm", "find_deployed", "find_target", "open_releases", "reported"]

_NOT_BOOTSTRAPPED = re.compile(r"account \d{12} in \S+")


@dataclass(frozen=True)
class Target:
    """A site, what CloudFormation is to make of it, and where."""

    composition: Composition
    assembly: Assembly
    aws: Aws

    @property
    def client(self) -> str:
        """The site's client."""
        return self.composition.site.client

    @property
    def stack(self) -> StackRef:
        """The site's own stack."""
        return self.assembly.of_client(self.client)

    def check(self, *, bootstrap: bool = False) -> None:
        """Refuse to go on while anything is in the way.

        Args:
            bootstrap: Bootstrap the account's regions when that is all that is missing.

        Raises:
            DeployError: With everything that is in the way.
        """
        from platform_core.deploy import bootstrap as run_bootstrap
        from platform_core.preflight import preflight

        problems = preflight(self.assembly, self.aws, clients=[self.client])
        blocking = [item for item in problems if not (bootstrap and _NOT_BOOTSTRAPPED.fullmatch(item.where))]
        if blocking:
            raise DeployError("not-ready", "the deployment can't start", problems=blocking)
        for place in (item.where.split() for item in problems):
            run_bootstrap(self.aws, place[1], place[3])


def aws_stage(site: Site, address: str = "") -> Stage:
    """Return the stage of everything that is deployed.

    Args:
        site: The site.
        address: Where it answers; its domain when that is not known.
    """
    from platform_core.contributions import Stage

    return Stage("aws", address or f"https://{site.domain}")


def find_target(app: App, root: Path, steps: Steps, *, validate: bool) -> Target:
    """Compose and synthesize the site in *root*."""
    from platform_core.assembly import synth
    from platform_core.aws import Aws
    from platform_core.build import STATE_FOLDER

    with steps.step("compose"):
        composition = app.compose(root)
    with steps.step("synthesize the stack") as step:
        stage = aws_stage(composition.site)
        assembly = synth([(composition, stage)], root / STATE_FOLDER / "aws" / "cdk.out", validate=validate)
        step.note = ("" if assembly.changed else "unchanged, ") + (
            "validated" if assembly.validated else "not validated"
        )
    return Target(composition, assembly, Aws(region=composition.site.aws.region))


def find_deployed(site: Site, root: Path, *, local: bool) -> tuple[Outputs, Aws]:
    """Return the outputs of a deployed site, and the AWS that it runs in.

    Args:
        site: The site.
        root: Its folder.
        local: The one that `platform up` runs, in place of the one on AWS.

    Raises:
        UserError: Nothing runs here.
        DeployError: The site is not deployed.
    """
    from platform_core.aws import Aws
    from platform_core.deploy import outputs
    from platform_core.outputs import BUCKET, stack_name

    environ, region = _local_environment(_local_endpoint(root)) if local else ({}, site.aws.region)
    aws = Aws(environ, region)
    found = outputs(stack_name(site.client), aws, region=region)
    if not found.get(BUCKET):
        what = f"{site.name} is not deployed in {region}: there is no stack {stack_name(site.client)}"
        raise DeployError("not-deployed", what, hint="Run `platform deploy`, or choose another profile or region.")
    return found, aws


def open_releases(site: Site, root: Path, *, local: bool) -> Store:
    """Return where the releases of a deployed site live; see `find_deployed`."""
    import boto3

    from platform_core.releases import open_store

    found, aws = find_deployed(site, root, local=local)
    session = boto3.Session(
        aws_access_key_id=aws.environ.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=aws.environ.get("AWS_SECRET_ACCESS_KEY"),
        region_name=aws.region,
    )
    endpoint = aws.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT_URL")
    return open_store(found, session=session, endpoint=endpoint or None)


def _local_endpoint(root: Path) -> str:
    from platform_cli.local.lock import running
    from platform_core.build import STATE_FOLDER

    found = running(root / STATE_FOLDER / "local")
    if found is None or not found.endpoint:
        raise UserError("not-up", "this site does not run on this machine", hint="Run `platform up` first.")
    return found.endpoint


def _local_environment(endpoint: str) -> tuple[dict[str, str], str]:
    from platform_cli.local.emulator import REGION, client_environment

    return client_environment(endpoint), REGION


def confirm(question: str, *, yes: bool, expected: str = "") -> None:
    """Ask before something happens.

    Args:
        question: What to ask.
        yes: The user has agreed on the command line already.
        expected: What must be typed; ``y`` when empty.

    Raises:
        UserError: There is nobody to ask, or something else was typed.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UserError("not-confirmed", "nobody is there to agree", hint="Give --yes to go on without being asked.")
    if not expected:
        click.confirm(question, abort=True, err=True)
    elif click.prompt(question, err=True).strip() != expected:
        raise UserError("not-confirmed", f"that is not {expected!r}; nothing was done")


@contextmanager
def reported() -> Iterator[None]:
    """Turn what AWS refuses outside of core's own calls into an error of ours."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        hint = "Check the credentials and the region: `aws sts get-caller-identity`, AWS_PROFILE, [aws] in site.toml."
        raise DeployError("aws-refused", "AWS could not be asked", why=str(error), hint=hint) from error
