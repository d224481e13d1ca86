"""A service that writes a note: assess, plan, run."""

from collections.abc import Iterable, Mapping
from typing import Any

from platform_core.content import Content
from platform_core.files import write_atomically
from platform_core.hookspecs import hookimpl


@hookimpl
def platform_assess(settings: Mapping[str, Any], content: Content) -> Mapping[str, Any]:
    """See whether the note is there already."""
    path = content.root / "NOTE.txt"
    return {"note": settings["note"], "there": path.is_file() and path.read_text("utf-8") == settings["note"]}


@hookimpl
def platform_plan(assessment: Mapping[str, Any]) -> Iterable[str]:
    """Say what would be written."""
    return [] if assessment["there"] else [f"Write {assessment['note']!r} into NOTE.txt."]


@hookimpl
def platform_run(content: Content, assessment: Mapping[str, Any]) -> Iterable[str]:
    """Write the note."""
    if assessment["there"]:
        return []
    write_atomically(content.root / "NOTE.txt", assessment["note"])
    return ["Wrote NOTE.txt."]
