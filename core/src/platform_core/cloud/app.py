"""One CDK App for any number of sites, and its synthesis."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from platform_core.composition import Composition
from platform_core.contributions import Stage
from platform_core.node import node

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
            raise _refused(fresh, error) from None
        if validate:
            _check_report(fresh)
        if outdir.exists():
            outdir.rename(Path(scratch, "stale"))
        fresh.rename(outdir)


def build_app(sites: Iterable[tuple[Composition, Stage]], outdir: Path, *, validate: bool) -> Any:
    """Return an App with a stack for each of *sites*."""
    _use_own_node()
    from aws_cdk import App

    from platform_core.cloud.stack import SiteStack

    app = App(
        outdir=str(outdir),
        analytics_reporting=False,
        builtin_cloud_formation_validation=validate,
        stack_traces=False,
        tree_metadata=False,
    )
    if validate:
        from aws_cdk import Validations
        from cdk_nag import AwsSolutionsChecks

        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    for composition, stage in sites:
        SiteStack(app, f"platform-{composition.site.client}", composition=composition, stage=stage)
    return app


def _use_own_node() -> None:
    """Let jsii start the Node that we bring, whatever the machine has."""
    os.environ.setdefault("JSII_NODE", str(node()))
    os.environ.setdefault("JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION", "1")
