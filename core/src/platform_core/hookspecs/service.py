"""Hooks of an enterprise service (kind ``service``).

A service assesses, then plans, then runs; each step takes what the one before
it returned, and nothing is changed before `platform_run`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from platform_core.hookspecs import hookspec

if TYPE_CHECKING:
    from platform_core.content import Content
    from platform_core.site import Site

__all__ = ["platform_assess", "platform_plan", "platform_run"]


@hookspec
def platform_assess(site: Site, settings: Mapping[str, Any], content: Content) -> Mapping[str, Any]:
    """Read what is there and return what was found; change nothing. Required.

    Example:
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_assess(settings):
        ...     return {"note": settings["note"]}
        >>> platform_assess({"note": "check the logo"})
        {'note': 'check the logo'}
    """


@hookspec
def platform_plan(site: Site, settings: Mapping[str, Any], assessment: Mapping[str, Any]) -> Iterable[str]:
    """Return the steps that `platform_run` would take, one sentence each. Required.

    Example:
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_plan(assessment):
        ...     return [f"Write the note {assessment['note']!r}."]
        >>> platform_plan({"note": "check the logo"})
        ["Write the note 'check the logo'."]
    """


@hookspec
def platform_run(
    site: Site, settings: Mapping[str, Any], content: Content, assessment: Mapping[str, Any]
) -> Iterable[str]:
    """Carry the plan out and return one sentence for each step done. Required.

    Example:
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_run(assessment):
        ...     return [f"Wrote {assessment['note']!r}."]
        >>> platform_run({"note": "check the logo"})
        ["Wrote 'check the logo'."]
    """
