"""What every command shares: what is installed, the site, and how it is shown."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from platform_core.catalogue import Catalogue
    from platform_core.composition import Composition
    from platform_core.discovery import Discovery
    from platform_core.site import Site

__all__ = ["App", "manifest_cache", "pass_app", "show_json", "show_table", "site_argument"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class App:
    """The state of one call of the command."""

    no_plugins: bool = False
    strict: bool = False
    debug: bool = False

    @functools.cached_property
    def discovery(self) -> Discovery:
        """What is installed; faults are told once, on standard error.

        Raises:
            PluginError: In strict mode, when any plugin is at fault.
        """
        from platform_core.discovery import discover

        found = discover(no_plugins=self.no_plugins, cache=manifest_cache())
        for warning in found.warnings:
            click.echo(f"warning: {warning}", err=True)
        for plugin in found.faults:
            click.echo(f"warning: {plugin.distribution} is {plugin.state}: {plugin.cause}. {plugin.fix}", err=True)
        if self.strict and (found.faults or found.warnings):
            from platform_core.errors import PluginError

            raise PluginError("strict", "an installed plugin is at fault, and --strict is on")
        return found

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        """The usable components."""
        from platform_core.catalogue import Catalogue

        return Catalogue(self.discovery.plugins)

    def site(self, folder: Path) -> Site:
        """Read and check the site in *folder*."""
        from platform_core.site import load_site

        return load_site(folder, self.catalogue)

    def compose(self, folder: Path) -> Composition:
        """Compose the site in *folder*."""
        from platform_core.composition import compose

        root = folder if folder.is_dir() else folder.parent
        return compose(self.site(folder), root, self.catalogue)


pass_app = click.make_pass_decorator(App)


def manifest_cache() -> Path:
    """Return the file that keeps checked manifests between calls, one for each Python environment."""
    import zlib

    from platform_core.files import cache_folder

    return cache_folder() / "manifests" / f"{zlib.crc32(sys.prefix.encode()):08x}.json"


def site_argument(function: F) -> F:
    """Add the argument that names the site's folder."""
    argument = click.argument(
        "folder", type=click.Path(exists=True, path_type=Path, file_okay=False), default=".", metavar="[FOLDER]"
    )
    return argument(function)


def show_json(data: object) -> None:
    """Print *data* as JSON; numbers and order are stable."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def show_table(columns: Sequence[str], cells: Iterable[Sequence[str]]) -> None:
    """Print a table: with colour and lines on a terminal, plain in a pipe."""
    rows = [tuple(row) for row in cells]
    if sys.stdout.isatty():
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table

        table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False)
        for row in rows:
            table.add_row(*row)
        Console().print(table)
        return
    widths = [max(len(cell) for cell in column) for column in zip(columns, *rows, strict=True)]
    for row in (tuple(columns), *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
