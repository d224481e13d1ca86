"""`platform plugin`: what is installed, in which state, and how to mend it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, manifest_cache, pass_app, show_json, show_table

if TYPE_CHECKING:
    from platform_core.discovery import Discovery, Plugin

IMPORT_SECONDS = 20.0
IMPORT_BUDGET_MS = 200.0
HEAVY = ("aws_cdk", "jsii", "boto3", "botocore", "rich", "jinja2")
_PROBE = """
import contextlib, importlib, io, json, sys, time
before = set(sys.modules); out = io.StringIO(); start = time.process_time()
with contextlib.redirect_stdout(out):
    importlib.import_module(sys.argv[1])
print(json.dumps({"ms": (time.process_time() - start) * 1000, "printed": bool(out.getvalue()),
                  "heavy": sorted({n.split(".")[0] for n in set(sys.modules) - before} & set(sys.argv[2:]))}))
"""


@click.group("plugin")
def command() -> None:
    """Show installed plugins and check them. Nothing is imported unless you ask for `doctor`."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@pass_app
def list_plugins(app: App, *, as_json: bool) -> None:
    """List every installed plugin with its state, the cause, and what mends it."""
    found = _discover(app)
    if as_json:
        show_json([_row(plugin) for plugin in found.plugins])
    elif not found.plugins:
        click.echo("No plugin is installed.")
    else:
        show_table(("kind", "id", "state", "distribution", "version"), map(_cells, found.plugins))
        for plugin in found.plugins:
            if plugin.state != "ok":
                click.echo(f"{plugin.id}: {plugin.cause}. To mend it: {plugin.fix}")
    for warning in found.warnings:
        click.echo(f"warning: {warning}", err=True)
    if app.strict and (found.faults or found.warnings):
        raise click.exceptions.Exit(1)


@command.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print an array of objects.")
@pass_app
def doctor(app: App, *, as_json: bool) -> None:
    """Import each plugin in a process of its own and report what that does.

    Reports the processor time, output at import, and heavy modules that an import
    should leave alone. Ends with 1 when a plugin is at fault.
    """
    rows = [{**_row(plugin), **(_probe(plugin) if plugin.state == "ok" else {})} for plugin in _discover(app).plugins]
    if as_json:
        show_json(rows)
    else:
        for row in rows:
            took = f", imported in {row['import_ms']:.0f} ms" if "import_ms" in row else ""
            click.echo(f"{row['id']} ({row['distribution']} {row['version']}): {row['state']}{took}")
            for line in (row["cause"], row["fix"]):
                if line:
                    click.echo(f"  {line}")
    if any(row["state"] not in {"ok", "disabled"} for row in rows):
        raise click.exceptions.Exit(1)


def _discover(app: App) -> Discovery:
    """Discover anew: this command shows faults as rows, not as warnings."""
    from platform_core.discovery import discover

    return discover(no_plugins=app.no_plugins, cache=manifest_cache())


def _row(plugin: Plugin) -> dict[str, Any]:
    keys = ("kind", "id", "state", "distribution", "version", "contract", "cause", "fix")
    return {key: getattr(plugin, key) for key in keys}


def _cells(plugin: Plugin) -> tuple[str, ...]:
    return plugin.kind, plugin.id, plugin.state, plugin.distribution, plugin.version


def _probe(plugin: Plugin) -> dict[str, Any]:
    module = plugin.value.partition(":")[0]
    reinstall = f"pip install --force-reinstall {plugin.distribution}"
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PROBE, module, *HEAVY],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=IMPORT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"state": "broken", "cause": f"its import takes more than {IMPORT_SECONDS:.0f} s", "fix": reinstall}
    try:
        seen = json.loads(done.stdout)
    except ValueError:
        tail = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return {"state": "broken", "cause": f"its import fails: {tail}", "fix": reinstall}
    row: dict[str, Any] = {"import_ms": round(seen["ms"], 1)}
    complaints = []
    if seen["printed"]:
        complaints.append("it prints at import")
    if seen["heavy"]:
        complaints.append(f"its import pulls in {', '.join(seen['heavy'])}")
    if seen["ms"] > IMPORT_BUDGET_MS:
        complaints.append(f"its import takes more than {IMPORT_BUDGET_MS:.0f} ms of processor time")
    if complaints:
        row |= {"cause": "; ".join(complaints), "fix": "Tell the plugin's author."}
    if seen["printed"]:
        row["state"] = "broken"
    return row
