"""The measured builds in the engines' manifests: written from the benchmark's record, never by hand.

The record is ``docs/data/build-speed.json``, which `nox -s bench` keeps; benchmarks.md is made from it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from _pages.sites import ROOT

__all__ = ["RECORD", "measured_builds", "with_speed"]

RECORD = ROOT / "docs" / "data" / "build-speed.json"
BEGIN, END = "# generated: speed", "# end of speed"


def measured_builds() -> Mapping[str, list[dict[str, Any]]]:
    """Return engine -> its measured builds, each with date and machine; empty before the first benchmark."""
    if not RECORD.is_file():
        return {}
    return {name: list(_rows(item)) for name, item in json.loads(RECORD.read_text("utf-8")).items()}


def _rows(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for size, row in item["pages"].items():
        found = {"pages": int(size), "seconds": row["platform_seconds"], "peak_mb": row["peak_mb"]}
        yield found | {"date": item["date"], "machine": item["machine"]}


def with_speed(text: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a manifest's text with *rows* as its ``[[speed]]``, at its end."""
    kept = re.sub(rf"\n*^{BEGIN}\n.*?^{END}\n?", "\n", text, flags=re.DOTALL | re.MULTILINE).rstrip("\n") + "\n"
    tables = ["\n".join(["[[speed]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())]) for row in rows]
    return f"{kept}\n{BEGIN}\n" + "\n\n".join(tables) + f"\n{END}\n" if tables else kept
