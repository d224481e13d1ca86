"""Hooks of an engine (kind ``ssg``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from platform_core.hookspecs import hookspec

if TYPE_CHECKING:
    from platform_core.contributions import BuildPlan, Stage, Workspace
    from platform_core.site import Site

__all__ = ["platform_build_plan"]


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
