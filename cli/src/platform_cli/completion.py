"""What the shell may complete: ids of installed components, without importing a plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from platform_core.catalogue import Catalogue

__all__ = ["complete_components", "complete_variants"]

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def complete_components(*kinds: str, none: bool = False, offerings: bool = False) -> Completer:
    """Return a completer of the ids of *kinds*; of all kinds when none is given.

    Args:
        kinds: Kinds of the manifests.
        none: Offer ``none`` too, for a part that is left out.
        offerings: Offer the names of the catalogue's offerings too.
    """

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        found = dict(_candidates(ctx, kinds, offerings=offerings))
        if none:
            found["none"] = "Leave this part out."
        return _matching(found, incomplete)

    return complete


def complete_variants(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the variants of the engine that the command line names, or of all engines."""
    chosen = ctx.params.get("engine")
    engines = [item for item in _catalogue(ctx).of_kind("ssg") if chosen in {None, item.id}]
    return _matching({name: it.summary for item in engines for name, it in item.variants.items()}, incomplete)


def _candidates(ctx: click.Context, kinds: tuple[str, ...], *, offerings: bool) -> Iterator[tuple[str, str]]:
    from platform_core.manifest import KINDS

    catalogue = _catalogue(ctx)
    for kind in KINDS:
        if not kinds or kind in kinds:
            yield from ((item.id, item.summary) for item in catalogue.of_kind(kind))
    if offerings:
        yield from ((item.stack_type, "Offering") for item in catalogue.combinations() if item.price)


def _catalogue(ctx: click.Context) -> Catalogue:
    from platform_cli.app import manifest_cache
    from platform_core.catalogue import Catalogue
    from platform_core.discovery import discover

    # The group has not run, so there is no App; faults are for the command to tell, not for the Tab key.
    off = bool(ctx.find_root().params.get("no_plugins"))
    return Catalogue(discover(no_plugins=off, cache=manifest_cache()).plugins)


def _matching(found: dict[str, str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name, help=text) for name, text in sorted(found.items()) if name.startswith(incomplete)]
