"""Hooks of an engine (kind ``ssg``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from platform_core.hookspecs import hookspec

if TYPE_CHECKING:
    from platform_core.contributions import BuildPlan, Stage, Workspace
    from platform_core.site import Site

__all__ = ["platform_build_plan", "platform_extra_files", "platform_hosted_elsewhere"]


@hookspec(firstresult=True)
def platform_build_plan(site: Site, settings: Mapping[str, Any], stage: Stage, workspace: Workspace) -> BuildPlan:
    """Say how the engine builds the site in *workspace*. Required.

    Example:
        >>> from platform_core.contributions import BuildPlan
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_build_plan(workspace):
        ...     command = ("zola", "build", "--output-dir", str(workspace.output))
        ...     return BuildPlan(command, inputs=("content", "templates"), version="0.20.0")
        >>> class Workspace:
        ...     output = "/tmp/out"
        >>> platform_build_plan(Workspace).command[0]
        'zola'
    """


@hookspec
def platform_extra_files(site: Site, settings: Mapping[str, Any]) -> Mapping[str, bytes]:
    """Bring files of the site's folder that depend on its settings: path -> content.

    They are written by `platform init`, and by `platform init --extras` for a site
    that is there already; never by a build, and never over a file that exists.

    Example:
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_extra_files(settings):
        ...     return {".tool-versions": b"ruby 3.3.6"} if settings["pinned"] else {}
        >>> sorted(platform_extra_files({"pinned": True}))
        ['.tool-versions']
    """


@hookspec(firstresult=True)
def platform_hosted_elsewhere(site: Site, settings: Mapping[str, Any]) -> str | None:
    """Say where the site is published when that is not AWS, and what publishes it there.

    `platform deploy` then says so, in place of making a stack that nobody visits.

    Example:
        >>> from platform_core.hookspecs import hookimpl
        >>> @hookimpl
        ... def platform_hosted_elsewhere(settings):
        ...     return "Push to the branch main." if settings["host"] == "pages" else None
        >>> platform_hosted_elsewhere({"host": "pages"})
        'Push to the branch main.'
    """
