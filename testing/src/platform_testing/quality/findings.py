"""What a check found, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Finding", "told"]

PAGES_NAMED = 3


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        check: Which check found it, for example ``links``.
        page: The address of the page, or of the file.
        what: What is wrong there, and where on the page.
    """

    check: str
    page: str
    what: str


def told(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line for each different finding, with the pages that have it."""
    pages: dict[tuple[str, str], list[str]] = {}
    for item in sorted(set(findings)):
        pages.setdefault((item.check, item.what), []).append(item.page)
    for (check, what), where in pages.items():
        more = f" and {len(where) - PAGES_NAMED} more" if len(where) > PAGES_NAMED else ""
        yield f"{check}: {what} ({', '.join(where[:PAGES_NAMED])}{more})"
