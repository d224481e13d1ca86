"""`platform synth`: the CloudFormation templates of one site or many."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json, show_table

if TYPE_CHECKING:
    from platform_core.assembly import Assembly
    from platform_core.composition import Composition
    from platform_core.contributions import Stage

LOCAL_ADDRESS = "http://localhost:8080"


@click.command("synth")
@click.argument(
    "folders", nargs=-1, type=click.Path(exists=True, path_type=Path, file_okay=False), metavar="[FOLDER]..."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the assembly; .platform/aws/cdk.out by default.",
)
@click.option("--validate", is_flag=True, help="Run CDK's template validator and cdk-nag.")
@click.option("--local", is_flag=True, help="For the embedded AWS, as `up` deploys it.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@pass_app
def command(
    app: App, *, folders: tuple[Path, ...], output: Path | None, validate: bool, local: bool, as_json: bool
) -> None:
    """Write the CloudFormation templates of the site in each FOLDER, as one App.

    Sites that have not changed since the last time are not synthesized again.
    """
    from platform_core.assembly import synth

    roots = [folder.resolve() for folder in folders or (Path(),)]
    sites = _compose(app, roots, local=local)
    base = roots[0] if len(roots) == 1 else Path.cwd()
    outdir = (output or base / ".platform" / ("local" if local else "aws") / "cdk.out").resolve()
    _refuse_to_replace(outdir)
    assembly = synth(sites, outdir, validate=validate)
    rows = [_row(stack) for stack in assembly.stacks]
    if as_json:
        keys = {"folder": str(assembly.folder), "changed": assembly.changed, "validated": assembly.validated}
        show_json({**keys, "stacks": rows})
        return
    columns = ("stack", "account", "region", "resources")
    show_table(
        columns, ((row["name"], row["account"] or "-", row["region"] or "-", str(row["resources"])) for row in rows)
    )
    click.echo("\n".join(_said(assembly)))


def _compose(app: App, roots: Sequence[Path], *, local: bool) -> list[tuple[Composition, Stage]]:
    """Compose each site; two of one client would be one stack."""
    from platform_cli.target import aws_stage
    from platform_core.contributions import Stage
    from platform_core.errors import Problem, SiteError

    found = []
    for root in roots:
        composition = app.compose(root)
        names = (
            [item.value.name for item in composition.local_services(Stage("local", "http://localhost"))]
            if local
            else []
        )
        services = {name: f"/_local/{name}" for name in names}
        found.append((composition, Stage("local", LOCAL_ADDRESS, services) if local else aws_stage(composition.site)))
    clients = Counter(composition.site.client for composition, _ in found)
    problems = [
        Problem(str(composition.content.root), f"its client is {composition.site.client!r} too.")
        for composition, _ in found
        if clients[composition.site.client] > 1
    ]
    if problems:
        hint = "Stacks are named after the client; give each site its own."
        raise SiteError("client-twice", "two sites have one client", problems=problems, hint=hint)
    return found


def _refuse_to_replace(outdir: Path) -> None:
    """Refuse a folder that holds anything but an assembly: it would be replaced whole."""
    from platform_core.errors import UserError

    if outdir.is_dir() and any(outdir.iterdir()) and not (outdir / "cdk.out").is_file():
        hint = "Name a new folder, or an empty one."
        raise UserError("not-an-assembly", f"{outdir} holds something else, and would be replaced", hint=hint)


def _row(stack: Any) -> dict[str, Any]:
    resources = json.loads(stack.template.read_text("utf-8")).get("Resources", {})
    return {
        "id": stack.id,
        "name": stack.name,
        "client": stack.client or None,
        "account": stack.account or None,
        "region": stack.region or None,
        "template": stack.template.name,
        "resources": len(resources),
    }


def _said(assembly: Assembly) -> Iterator[str]:
    yield "Synthesized." if assembly.changed else "Unchanged since the last time."
    if assembly.validated:
        yield "CDK's template validator and cdk-nag (AwsSolutions) found nothing."
    else:
        yield "Not validated; --validate runs CDK's template validator and cdk-nag."
    yield str(assembly.folder)
