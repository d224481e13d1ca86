"""Pulling content from elsewhere, and telling what came."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from platform_core.errors import UserError

if TYPE_CHECKING:
    from platform_core.composition import Composition
    from platform_core.contributions import Stage
    from platform_core.pulling import Pulled

__all__ = ["refuse_committed", "tell_pulled"]


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


def refuse_committed(names: Iterable[str], root: Path) -> None:
    """Refuse to let stand-ins of the sources *names* replace files that somebody has committed.

    Raises:
        UserError: Git has a file that came from one of them.
    """
    committed = _by_git(root)
    if not committed:
        return
    from platform_core.pulling import pulled_files

    for name in names:
        found = next((path for path, _ in pulled_files(root, name) if path in committed), "")
        if found:
            raise UserError(
                "offline-content",
                f"committed files came from {name}, and its stand-in would replace them",
                why=f"The first one is {found}.",
                hint="Leave out --offline, or try the stand-in in a copy of the site without these files.",
            )


def _by_git(root: Path) -> frozenset[str]:
    """Return the content that Git has; nothing outside of a repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--", "content"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return frozenset()
    return frozenset(os.fsdecode(done.stdout).split("\0") if done.returncode == 0 else ()) - {""}
