"""How long the command takes to start, and to list the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path

from measure import Comparison, Section, in_turn, run

PLATFORM = Path(sys.executable).with_name("platform")
BASELINE = '`python -c "import click"`'
AIM = 3.0


def measure(scratch: Path, *, reduced: bool) -> Section:
    """Compare with Python and click alone, which no command can be faster than."""
    env = {"PLATFORM_CACHE": str(scratch / "cache")}
    found = in_turn(
        {
            "click": lambda: run([sys.executable, "-c", "import click"]),
            "list": lambda: run([PLATFORM, "list"], env=env),
            "help": lambda: run([PLATFORM, "--help"], env=env),
        },
        rounds=5 if reduced else 25,
    )
    return Section(
        "Start-up",
        "Whole processes, with the plugins that are installed.",
        comparisons=[
            Comparison("`platform list`", BASELINE, found["click"], found["list"], AIM),
            Comparison("`platform --help`", BASELINE, found["click"], found["help"], AIM),
        ],
    )
