"""Showing what a deployment would change; replacements stand out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_core.changes import Change

__all__ = ["change_lines"]

_MARKS = {"Add": "+", "Remove": "-", "Modify": "~"}


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Yield one line for each change; a stack that is new as a whole gets a single one."""
    for stack, items in groupby(changes, key=lambda item: item.stack):
        found = list(items)
        if len(found) > 1 and all(item.action == "Add" for item in found):
            yield f"{stack}: {len(found)} resources are added"
            continue
        yield f"{stack}:"
        yield from (_line(item) for item in sorted(found, key=lambda item: (item.replaced == "no", item.resource)))
    lost = sum(item.replaced == "yes" for item in changes)
    perhaps = sum(item.replaced == "maybe" for item in changes)
    if lost:
        what = (
            "1 resource is made anew, and what it holds"
            if lost == 1
            else f"{lost} resources are made anew, and what they hold"
        )
        yield f"REPLACED: {what} is lost."
    if perhaps:
        yield f"Perhaps replaced: {perhaps}; CloudFormation knows only while it deploys."


def _line(item: Change) -> str:
    mark = "!" if item.replaced == "yes" else "?" if item.replaced == "maybe" else _MARKS.get(item.action, "*")
    action = {"yes": "Replace", "maybe": f"{item.action} or replace"}.get(item.replaced, item.action)
    properties = f"  ({', '.join(item.properties)})" if item.properties else ""
    return f"  {mark} {action} {item.type} {item.resource}{properties}"
