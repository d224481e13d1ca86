"""Hooks of a CMS (kind ``cms``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from platform_core.hookspecs import hookspec

if TYPE_CHECKING:
    from platform_core.content import Entry
    from platform_core.site import Site

__all__ = ["platform_entries"]


@hookspec(warn_on_impl=DeprecationWarning("platform_entries gives way to platform_source, which pulls"))
def platform_entries(site: Site, settings: Mapping[str, Any]) -> Iterable[Entry]:
    """Bring entries that are not files of the site yet, before each build.

    Deprecated: `platform_source` pulls what is new, and goes on where it broke.

    Example:
        >>> from platform_core.content import Entry
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_entries(settings):
        ...     return [Entry("posts", "hello", title=settings["greeting"])]
        >>> platform_entries({"greeting": "Hello"})[0].title
        'Hello'
    """
