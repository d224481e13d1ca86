"""The measured builds in the engines' manifests: written from the benchmark's record, never by hand.

The record is ``docs/data/builds.json``, which `nox -s bench` writes::

    {"date": "2026-01-31", "machine": "2 cores, Linux x86_64",
     "engines": {"<id>": [{"pages": 200, "seconds": 1.25, "peak_mb": 180}, ...]}}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from _pages.sites import ROOT

__all__ = ["RECORD", "measured_builds", "with_speed"]

RECORD = ROOT / "docs" / "data" / "builds.json"
BEGIN, END = "# generated: speed", "# end of speed"


def measured_builds() -> Mapping[str, list[dict[str, Any]]]:
    """Return engine -> its measured builds, each with date and machine; empty before the first benchmark."""
    if not RECORD.is_file():
        return {}
    record = json.loads(RECORD.read_text("utf-8"))
    common = {"date": record["date"], "machine": record["machine"]}
    keys = ("pages", "seconds", "peak_mb")
    return {
        name: [{key: row[key] for key in keys} | common for row in sorted(rows, key=lambda row: int(row["pages"]))]
        for name, rows in record["engines"].items()
    }


def with_speed(text: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a manifest's text with *rows* as its ``[[speed]]``, at its end."""
    kept = re.sub(rf"\n*^{BEGIN}\n.*?^{END}\n?", "\n", text, flags=re.DOTALL | re.MULTILINE).rstrip("\n") + "\n"
    tables = ["\n".join(["[[speed]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())]) for row in rows]
    return f"{kept}\n{BEGIN}\n" + "\n\n".join(tables) + f"\n{END}\n" if tables else kept
