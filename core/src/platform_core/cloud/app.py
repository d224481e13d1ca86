"""One CDK App for any number of sites, and its synthesis."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from platform_core.cloud import use_own_node
from platform_core.composition import Composition
from platform_core.contributions import Stage
from platform_core.errors import DeployError, Problem
from platform_core.outputs import stack_name

if TYPE_CHECKING:
    from aws_cdk import App

__all__ = ["build_app", "synthesize"]

_REPORT = "validation-report.json"


def synthesize(sites: Iterable[tuple[Composition, Stage]], outdir: Path, *, validate: bool) -> None:
    """Write the cloud assembly of *sites* to the folder *outdir*, replacing what is there.

    Raises:
        DeployError: CDK's template validator or cdk-nag found something; all of it.
    """
    outdir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=outdir.parent, prefix=f".{outdir.name}-") as scratch:
        fresh = Path(scratch, "fresh")
        app = build_app(sites, fresh, validate=validate)
        try:
            app.synth()
        except RuntimeError as error:
            # What CDK raises for a failed validation has no type of its own.
            if problems := list(_problems(fresh / _REPORT)):
                what = f"the templates have {len(problems)} problems"
                raise DeployError("bad-template", what, problems=problems) from None
            raise DeployError("synth-failed", "CDK can't synthesize the sites", why=str(error)) from error
        if outdir.exists():
            outdir.rename(Path(scratch, "stale"))
        fresh.rename(outdir)


def build_app(sites: Iterable[tuple[Composition, Stage]], outdir: Path, *, validate: bool) -> App:
    """Return an App with a stack for each of *sites*."""
    use_own_node()
    from aws_cdk import App

    from platform_core.cloud.acknowledge import nobody_reads
    from platform_core.cloud.stack import SiteStack

    app = App(
        outdir=str(outdir),
        analytics_reporting=False,
        builtin_cloud_formation_validation=validate,
        # Without it the validator only warns.
        context={"@aws-cdk/core:validateAgainstDefaultRules": True} if validate else None,
        stack_traces=False,
        tree_metadata=False,
    )
    if validate:
        from aws_cdk import Validations
        from cdk_nag import AwsSolutionsChecks

        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    with contextlib.nullcontext() if validate else nobody_reads():
        for composition, stage in sites:
            SiteStack(app, stack_name(composition.site.client), composition=composition, stage=stage)
    return app


def _problems(report: Path) -> Iterator[Problem]:
    """Read what the validators found; acknowledged findings are not among it."""
    try:
        found = json.loads(report.read_text("utf-8"))["pluginReports"]
    except (OSError, ValueError, KeyError):
        return
    for plugin in found:
        for violation in plugin["violations"]:
            for place in violation.get("violatingConstructs") or [{}]:
                where = place.get("constructPath") or place.get("resourceLogicalId") or plugin["pluginName"]
                yield Problem(where, f"{violation['ruleName']}: {violation['description']}", violation.get("fix") or "")
