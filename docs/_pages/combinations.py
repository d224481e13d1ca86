"""The combinations of engine, CMS and shop: what the last run said about each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from _pages.markdown import page, table
from _pages.sites import ROOT, own_plugins

from platform_core.catalogue import Catalogue
from platform_core.manifest import Manifest

sys.path.insert(0, str(ROOT / "tests" / "matrix"))

from cases import find_cases, key_of

__all__ = ["combinations_page"]

RECORD = ROOT / "docs" / "data" / "combinations.json"
ABOUT = """\
Every engine combines with every CMS or none, and with every shop or none.
`nox -s matrix` takes each combination all the way: its stack passes CDK's validator and cdk-nag, an entry arrives from the CMS, the real engine builds, the release goes live on the embedded AWS,
and a real browser looks for that entry and for a buy button that the shop's documented rules accept.
"""
HOW = """\
- A CMS with an API is pulled from its stand-in, a server on this machine that was written after the vendor's documents; one that edits files writes through the local server of its own editor.
- Products come from the shop when it has an API, likewise from its stand-in, and from `content/products/` otherwise.
- The rules for buttons are written once more in `tests/matrix/shops.py`, without anything of the plugins.
- A result holds for the code that it was made with: when core, a plugin of the combination or a check changes, it is *older*, and counts no more.
- What has passed is not run again until the combination's plugins or core change, and `nox -s tests` takes one combination of each engine, another one each day.
"""


def combinations_page() -> str:
    """Return the page with every combination."""
    catalogue = Catalogue(tuple(own_plugins()))
    record = _record()
    keys = {case.name: key_of(case) for case in find_cases()}
    rows = {name: row for name, row in record.get("combinations", {}).items() if name in keys}
    machine = f"Machine: {record['machine']}." if rows else ""
    older = frozenset(name for name, row in rows.items() if row["key"] != keys[name])
    passed = [name for name, row in rows.items() if row["result"] == "passed"]
    current = [name for name in passed if name not in older]
    summary = f"**{len(current)} of {len(keys)} combinations have passed as they are now.**"
    before = f"{len(passed) - len(current)} more passed with older code." if len(passed) > len(current) else ""
    when = _when(rows[name]["date"] for name in passed)
    told = "\n".join(part for part in (summary, before, when, machine) if part)
    parts = [ABOUT, told, HOW]
    parts += ["Each cell has the time from an entry in the CMS to the page in the browser, in seconds."]
    shops = catalogue.of_kind("ecommerce")
    for engine in catalogue.of_kind("ssg"):
        lines = [_line(engine, cms, shops, rows, older) for cms in (None, *catalogue.of_kind("cms"))]
        parts += [f"## {engine.name}", table(("CMS", "no shop", *(shop.name for shop in shops)), lines)]
    return page("Combinations", parts)


def _record() -> dict[str, Any]:
    return dict(json.loads(RECORD.read_text("utf-8"))) if RECORD.is_file() else {}


def _name(*parts: str | None) -> str:
    return "+".join(part for part in parts if part)


def _when(found: Iterable[str]) -> str:
    dates = sorted(set(found))
    if len(dates) > 1:
        return f"They were run from {dates[0]} to {dates[-1]}."
    return f"They were run on {dates[0]}." if dates else ""


def _line(
    engine: Manifest,
    cms: Manifest | None,
    shops: tuple[Manifest, ...],
    rows: Mapping[str, Any],
    older: frozenset[str],
) -> list[str]:
    names = [_name(engine.id, cms and cms.id, shop and shop.id) for shop in (None, *shops)]
    return [cms.name if cms else "no CMS", *(_cell(rows.get(name), older=name in older) for name in names)]


def _cell(row: Mapping[str, Any] | None, *, older: bool) -> str:
    if row is None:
        return "not run yet"
    seconds = sum(row["seconds"].values())
    told = f"passed, {seconds:.1f}" if row["result"] == "passed" else "failed"
    return f"{told}, older" if older else told
