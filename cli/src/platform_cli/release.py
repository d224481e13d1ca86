"""Publishing from a laptop or the build machine: what is told while a release goes live."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from platform_core.errors import UserError

if TYPE_CHECKING:
    from platform_core.outputs import Outputs
    from platform_core.runtime.publisher import Published
    from platform_core.runtime.store import Store

__all__ = ["build_machine_outputs", "store_of", "tell_published", "tell_shortcomings"]


def build_machine_outputs() -> Outputs:
    """Return what the build project put into the environment.

    Raises:
        UserError: This is no build machine.
    """
    from platform_core.outputs import BUCKET, HOST, STORE_ARN, Outputs, environment_name

    found = Outputs.from_environment()
    missing = [environment_name(name) for name in (BUCKET, HOST, STORE_ARN) if not found.get(name)]
    if missing:
        hint = "From your own machine, `platform deploy` builds and publishes."
        why = f"{', '.join(missing)} is not set." if len(missing) == 1 else f"{', '.join(missing)} are not set."
        raise UserError("no-build-machine", "the environment does not say where to publish", why=why, hint=hint)
    return found


def store_of(outputs: Outputs, *, region: str = "") -> Store:
    """Return where the releases of a deployed site live, with the credentials of the environment."""
    import boto3

    from platform_core.releases import open_store

    session = boto3.Session(region_name=region or None)
    return open_store(outputs, session=session, endpoint=os.environ.get("AWS_ENDPOINT_URL") or None)


def tell_published(done: Published) -> None:
    """Say what happened, and what went wrong after the switch."""
    if done.stale:
        click.echo(f"Release {done.id} is complete, but does not go live: what is live was built from a later source.")
    elif done.previous == done.id:
        click.echo(f"Release {done.id} was live already.")
    else:
        click.echo(f"Release {done.id} is live ({done.uploaded} uploaded, {done.copied} copied, {done.reused} reused).")
    tell_shortcomings(done)


def tell_shortcomings(done: Published) -> None:
    """Say what went wrong after the switch, and which redirects never answer."""
    for note in done.notes:
        click.echo(f"warning: {note}", err=True)
    for rule in done.unrouted:
        click.echo(f"warning: the redirect of {rule[0]} never answers; something else has that path.", err=True)
