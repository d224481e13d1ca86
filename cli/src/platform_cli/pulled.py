"""Pulling content from elsewhere, and telling what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from platform_core.composition import Composition
    from platform_core.contributions import Stage
    from platform_core.pulling import Pulled

__all__ = ["tell_pulled"]


def tell_pulled(composition: Composition, stage: Stage, *, allow_empty: bool = False) -> list[Pulled]:
    """Pull every source of the site, say on standard error what came, and return it."""
    sources = composition.sources(stage)
    if not sources:
        return []
    from platform_core.pulling import pull_sources

    found = pull_sources(
        sources,
        composition.content.root,
        say=lambda text: click.echo(f"  {text} ...", err=True),
        allow_empty=allow_empty,
    )
    for item in found:
        for problem in item.skipped:
            click.echo(f"skipped: {problem}", err=True)
        click.echo(
            f"{item.name}: {item.documents} documents, {len(item.written)} files written, {len(item.removed)} removed",
            err=True,
        )
    return found
