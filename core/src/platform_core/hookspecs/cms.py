"""Hooks of a CMS (kind ``cms``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from platform_core.hookspecs import hookspec

if TYPE_CHECKING:
    from platform_core.content import Entry
    from platform_core.site import Site

__all__ = ["platform_entries"]


@hookspec
def platform_entries(site: Site, settings: Mapping[str, Any]) -> Iterable[Entry]:
    """Bring entries that are not files of the site yet, before each build.

    A CMS that edits the site's files in place does not implement this.

    Example:
        >>> from platform_core.content import Entry
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_entries(settings):
        ...     return [Entry("posts", "hello", title=settings["greeting"])]
        >>> platform_entries({"greeting": "Hello"})[0].title
        'Hello'
    """
