"""Measure Platform against named baselines, all in one run.

Nothing here asserts a time: the results are written down, with the machine's load, and
the aims that were missed are named. A full run writes docs/reference/benchmarks.md.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import engines
import releases
import start_up
import synth
from measure import Section
from report import as_markdown, as_text

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
MEASURES: Mapping[str, Callable[..., Section]] = {
    "start-up": start_up.measure,
    "synth": synth.measure,
    "engines": engines.measure,
    "releases": releases.measure,
}
VERSIONS = ("aws-cdk-lib", "hugo", "ministack")
CALM = 0.75


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description="Measure against named baselines.")
    parser.add_argument(
        "--reduced", action="store_true", help="small sizes and few rounds: shows that it works, writes no page"
    )
    parser.add_argument(
        "--only", action="append", choices=MEASURES, help="only this one; may be repeated; writes no page"
    )
    parser.add_argument("--engine", action="append", default=[], help="for engines: only this one; may be repeated")
    parser.add_argument(
        "--pages", type=sizes, default=(), metavar="1,200,1000", help="for engines: numbers of generated entries"
    )
    parser.add_argument("--output", type=Path, help="where the page goes; docs/reference/benchmarks.md for a full run")
    given = parser.parse_args(arguments)
    # What pip installs has its bytecode; an editable installation has it only where Python may write it.
    for folder in ROOT.glob("**/src/platform_*"):
        compileall.compile_dir(folder, quiet=1)
    before, started = os.getloadavg(), time.monotonic()
    sections = []
    for name, measure in MEASURES.items():
        if given.only and name not in given.only:
            continue
        print(f"{name} ...", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
            more = {"chosen": given.engine, "sizes": given.pages} if name == "engines" else {}
            section = measure(Path(scratch), reduced=given.reduced, **more)
        if given.reduced:
            section = section.without_aims()
        print(as_text(section), flush=True)
        sections.append(section)
    conditions = machine(before, time.monotonic() - started)
    if given.reduced:
        conditions.insert(
            0,
            "A reduced run: small sizes and few rounds, so start-up weighs more than for real sites, and no aim applies.",
        )
    print("\n".join(conditions))
    output = given.output or (None if given.reduced or given.only else PAGE)
    if output:
        output.write_text(as_markdown(sections, conditions), "utf-8")
        print(f"wrote {output}")
    if any(section.part for section in sections):
        subprocess.run([sys.executable, ROOT / "docs" / "generate.py"], check=False)
    return 0


def sizes(text: str) -> tuple[int, ...]:
    """Read numbers with commas between them."""
    return tuple(int(part) for part in text.split(","))


def machine(before: tuple[float, float, float], took: float) -> list[str]:
    """Say on what machine it ran, and how busy that was."""
    cores = os.cpu_count() or 1
    after = os.getloadavg()
    lines = [
        f"Machine: {platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}.",
        "With " + ", ".join(f"{name} {version(name)}" for name in VERSIONS) + ".",
        f"Load: {before[0]:.1f} a minute before, {after[0]:.1f} at the end; the whole run took {took / 60:.1f} minutes.",
    ]
    if before[0] > cores * CALM:
        lines.append("The machine was busy with other work, so the times are too long; ratios suffer less.")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
