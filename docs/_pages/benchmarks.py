"""How fast engines build: the part of the benchmarks' page that has a record of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from _pages.markdown import table
from _pages.sites import ROOT, own_plugins

__all__ = ["speed_part"]

RECORD = ROOT / "docs" / "data" / "build-speed.json"
AIMS = {"hugo": 1.15}
AIM = 1.05
ABOUT = """\
Whole processes: `platform build --force` against the engine's own command, run alone in a copy of the folder that core prepares for it, in turn in the same run.
Both build the same starter with the same generated entries of some 250 words each; medians of three, or one run where it takes more than a minute.
What the engine left in its work folder is removed before each build on both sides; pictures that were resized before stay in the cache folder on both.
*No change* and *one entry changed* are builds through Platform with what the last build left behind.
Both sides run in turn; a ratio is the median of the turns' ratios, so it need not be the quotient of the two medians beside it.
Memory is the sum over all processes of a whole build, looked at twenty times a second.
The aim is at most 1.15x for Hugo and 1.05x for engines that take longer to build anything; *load* is the machine's, of other work too.
"""


def speed_part() -> str:
    """Return the table of all engines that were measured."""
    record = json.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else {}
    columns = (
        "engine",
        "entries",
        "pages",
        "alone",
        "through Platform",
        "ratio",
        "of processor time",
        "aim",
        "no change",
        "one entry changed",
        "memory",
        "load",
    )
    rows = [cells for item in own_plugins() if item.id in record for cells in _rows(item.id, record[item.id])]
    if not rows:
        return ABOUT.strip()
    said = [
        f"{item.manifest.name} {record[item.id]['version']} on {record[item.id]['date']} ({record[item.id]['machine']}, starter `{record[item.id]['variant']}`)"
        for item in own_plugins()
        if item.id in record and item.manifest
    ]
    return f"{ABOUT}\n{table(columns, rows)}\n\nMeasured: {'; '.join(said)}."


def _rows(engine: str, measured: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    name = next(item.manifest.name for item in own_plugins() if item.id == engine and item.manifest)
    aim = AIMS.get(engine, AIM)
    for size, row in measured["pages"].items():
        yield (
            name,
            f"{int(size):,}",
            f"{row['html_files']:,}",
            _time(row["bare_seconds"]),
            _time(row["platform_seconds"]),
            f"{row['ratio_wall']:.2f}x",
            f"{row['ratio_cpu']:.2f}x",
            f"{aim:g}x, {'met' if row['ratio_wall'] <= aim else 'missed'}",
            _time(row["no_change_seconds"]),
            _time(row["one_page_seconds"]),
            f"{row['peak_mb']:,} MB",
            f"{row['load']:.1f}",
        )


def _time(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"
