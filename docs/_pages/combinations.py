"""The combinations of engine, CMS and shop: what the last run said about each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from _pages.markdown import page, table
from _pages.sites import ROOT, own_plugins

from platform_core.catalogue import Catalogue
from platform_core.manifest import Manifest

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
- A result holds for the code of its day: `platform list` says *changed since* where core or a plugin of the combination is another one by now.
- What has passed is not run again until the combination's plugins or core change, and `nox -s tests` takes one combination of each engine, another one each day.
"""


def combinations_page() -> str:
    """Return the page with every combination."""
    catalogue = Catalogue(tuple(own_plugins()))
    record = _record()
    rows: Mapping[str, Any] = record.get("combinations", {})
    names = [
        _name(item.engine, item.cms, item.shop) for item in catalogue.combinations() if item.status != "impossible"
    ]
    passed = [name for name in names if rows.get(name, {}).get("result") == "passed"]
    summary = f"**{len(passed)} of {len(names)} combinations passed.**"
    machine = f"Machine: {record['machine']}." if rows else ""
    dates = sorted({rows[name]["date"] for name in passed})
    when = (
        f"They were run from {dates[0]} to {dates[-1]}."
        if len(dates) > 1
        else f"They were run on {dates[0]}."
        if dates
        else ""
    )
    parts = [ABOUT, "\n".join(part for part in (summary, when, machine) if part), HOW]
    parts += ["Each cell has the time from an entry in the CMS to the page in the browser, in seconds."]
    shops = catalogue.of_kind("ecommerce")
    for engine in catalogue.of_kind("ssg"):
        lines = [_line(engine, cms, shops, rows) for cms in (None, *catalogue.of_kind("cms"))]
        parts += [f"## {engine.name}", table(("CMS", "no shop", *(shop.name for shop in shops)), lines)]
    return page("Combinations", parts)


def _record() -> dict[str, Any]:
    return dict(json.loads(RECORD.read_text("utf-8"))) if RECORD.is_file() else {}


def _name(*parts: str | None) -> str:
    return "+".join(part for part in parts if part)


def _line(engine: Manifest, cms: Manifest | None, shops: tuple[Manifest, ...], rows: Mapping[str, Any]) -> list[str]:
    cells = [_cell(rows.get(_name(engine.id, cms and cms.id, shop and shop.id))) for shop in (None, *shops)]
    return [cms.name if cms else "no CMS", *cells]


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "not run yet"
    seconds = sum(row["seconds"].values())
    return f"passed, {seconds:.1f}" if row["result"] == "passed" else "failed"
