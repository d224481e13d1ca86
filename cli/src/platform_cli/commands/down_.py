"""`platform down`: stop a site that `up` runs."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import click

from platform_cli.app import site_argument

STOP_SECONDS = 30.0


@click.command("down")
@site_argument
@click.option("--clean", is_flag=True, help="Delete .platform too: the embedded AWS's state, outputs and caches.")
def command(*, folder: Path, clean: bool) -> None:
    """Stop the site of FOLDER that `platform up` runs on this machine."""
    from platform_cli.local.lock import running
    from platform_cli.local.processes import wait_until
    from platform_core.errors import ToolError

    state = folder.resolve() / ".platform" / "local"
    if found := running(state):
        os.kill(found.pid, signal.SIGTERM)
        if not wait_until(lambda: running(state) is None, seconds=STOP_SECONDS):
            hint = f"kill -9 {found.pid} ends it; its processes end with it."
            raise ToolError("still-up", f"process {found.pid} does not stop", hint=hint)
        click.echo("Stopped.")
    else:
        click.echo("Nothing runs here.")
    if clean:
        shutil.rmtree(state.parent, ignore_errors=True)
        click.echo("Deleted .platform.")
