"""Whether pages are valid HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from platform_testing.quality.findings import Finding
from platform_testing.quality.live import LiveSite
from platform_testing.quality.pages import Page
from platform_testing.quality.tooling import run_tool

__all__ = ["check_markup"]

_NUMBER = re.compile(r":nth-child\(\d+\)")


def check_markup(site: LiveSite, pages: Iterable[Page]) -> Iterator[Finding]:
    """Validate the markup of *pages*; tools/validate.mjs says which rules are off, and why."""
    addresses = {str(site.files[page.file]): page.address for page in pages}
    for item in json.loads(run_tool("validate.mjs", given=json.dumps(list(addresses)))):
        # The same part at many places is told once.
        place = _NUMBER.sub("", item["selector"] or "")
        where = f" at {place}" if place else f" in line {item['line']}"
        yield Finding("markup", addresses[item["name"]], f"{item['rule']}: {item['message']}{where}")
