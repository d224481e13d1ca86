"""Build, deploy and check every starter of every engine that is installed.

Builds run side by side, and so do checks; Lighthouse runs alone. A starter whose engine
renders on a server is built and deployed a second time for that. What has passed is not
run again until something of it changes. A full run writes docs/data/engines.json, which
docs/reference/engines.md and the README's table are made from, and a picture of each.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from record import ROOT, Starter, find_starters, key_of, load, manifest_of, picture_of, renders, save, today

from platform_core.build import Built
from platform_core.errors import PlatformError
from platform_testing.quality import (
    Finding,
    Fleet,
    Project,
    Report,
    check_server,
    check_site,
    measure_site,
    open_browser,
    open_fleet,
    photograph,
    read_project,
    told,
    write_starter,
)
from platform_testing.quality.links import read_pages
from platform_testing.quality.served import rendered_addresses
from platform_testing.tools import engine_version

WORK = ROOT / "build" / "matrix"
AT_ONCE = max(2, (os.cpu_count() or 2) // 2)
# The reduced run has to be short: the quickest starters, of this many engines.
REDUCED = 2


@dataclass
class Case:
    """One starter on its way, as files or with a server."""

    starter: Starter
    key: str
    rendering: str = "static"
    report: Report = field(default_factory=Report)
    seconds: dict[str, float] = field(default_factory=dict)
    project: Project | None = None
    built: Built | None = None

    @property
    def row(self) -> str:
        """Where the record has it: engine and variant."""
        return "/".join(self.starter)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.row if self.rendering == "static" else f"{self.row} {self.rendering}"

    @property
    def measured(self) -> bool:
        """Whether a browser looks at it; the pages of the two renderings are the same."""
        return self.rendering == "static"

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; what it raises is a finding."""
        started = time.monotonic()
        try:
            yield
        except PlatformError as error:
            self.report.findings.append(Finding(name, self.name, str(error)))
        except Exception:  # noqa: BLE001  a plugin or a browser failed, and the other starters go on
            self.report.findings.append(Finding(name, self.name, traceback.format_exc(limit=-3)))
        self.seconds[name] = round(time.monotonic() - started, 2)


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 when something was found."""
    given = parse(arguments)
    rows = load()
    chosen = quickest(rows) if given.reduced and not given.only else find_starters(given.only)
    cases = []
    for case in find_cases(chosen, static=given.reduced):
        row = rows.get(case.row, {})
        row = row if case.measured else row.get(case.rendering, {})
        if not given.force and not given.reduced and (row.get("key"), row.get("result")) == (case.key, "passed"):
            print(f"{case.name:<36} passed on {row['date']}, and nothing has changed", flush=True)
        else:
            cases.append(case)
    if cases:
        run(cases, full=not given.reduced)
    failed = [case.name for case in cases if case.report.findings]
    if failed:
        print(f"{len(failed)} of {len(cases)} failed: {', '.join(failed)}")
    return 1 if failed else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="nox -s matrix -- --engines", description="Check every starter.")
    parser.add_argument("--only", action="append", default=[], metavar="ENGINE[/VARIANT]", help="may be repeated")
    parser.add_argument(
        "--reduced", action="store_true", help="the quickest starters, without Lighthouse; writes nothing"
    )
    parser.add_argument("--force", action="store_true", help="run again what has passed")
    return parser.parse_args(arguments)


def find_cases(starters: Sequence[Starter], *, static: bool) -> Iterator[Case]:
    """Yield each starter, and those that can once more with a server; with *static* only as files."""
    for starter in starters:
        key = key_of(starter)
        yield Case(starter, key)
        if not static and renders(starter):
            yield Case(starter, key, "server")


def quickest(rows: dict[str, Any]) -> list[Starter]:
    """Return one starter of each of the engines that were quickest last time; any one when nothing is known."""
    starters = find_starters([])
    known = [pair for pair in starters if "build" in rows.get("/".join(pair), {}).get("seconds", {})]
    known.sort(key=lambda pair: rows["/".join(pair)]["seconds"]["build"])
    first = {engine: (engine, variant) for engine, variant in reversed(known)}
    return sorted(first.values(), key=known.index)[:REDUCED] or starters[:1]


def run(cases: Sequence[Case], *, full: bool) -> None:
    """Take *cases* through all steps and tell each one's result."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="matrix-")))
        for case in cases:
            prepare(case)
        ready = [case for case in cases if case.project]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            builds = pool.map(build_in_order, by_engine(ready))
            fleet = stack.enter_context(open_fleet())
            deploy(fleet, ready, scratch)
            list(builds)
        up = [case for case in ready if case.built and case.project and case.project.client in fleet.outputs]
        each(up, lambda case: check(fleet, case, full=full))
        for case in cases:
            if full and case.measured and case in up and not case.report.findings:
                with case.step("lighthouse"), fleet.serve(*live(case)) as site:
                    measure_site(site, case.report)
            print("\n".join(lines(case)), flush=True)
            if full:
                new = row_of(case) if case.measured else {case.rendering: served_row_of(case)}
                save({case.row: load().get(case.row, {}) | new})


def prepare(case: Case) -> None:
    """Write the starter anew; only the packages of its lock file are there already, once they have been installed."""
    root = WORK / case.name.replace("/", "-").replace(" ", "-")
    with case.step("scaffold"):
        shutil.rmtree(root, ignore_errors=True)
        write_starter(root, *case.starter, rendering=case.rendering, extra=settings_of(case.starter))
        case.project = read_project(root)


def settings_of(starter: Starter) -> str:
    """Return lines of site.toml that show the most: forms stand on pages once they have an address."""
    engine, _ = starter
    if "form_endpoint" not in manifest_of(starter).settings:
        return ""
    return f'[settings.{engine}]\nform_endpoint = "https://forms.example/{engine}"\n'


def by_engine(cases: Sequence[Case]) -> list[list[Case]]:
    """Group the starters of one engine: they share an installation, which is made once."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.starter[0], []).append(case)
    return list(groups.values())


def build_in_order(cases: Sequence[Case]) -> None:
    """Build the starters of one engine, one after another."""
    for case in cases:
        assert case.project
        with case.step("prepare"):
            case.built = case.project.build()
            case.seconds["build"] = round(case.built.seconds, 2)


def deploy(fleet: Fleet, cases: Sequence[Case], scratch: Path) -> None:
    """Deploy all stacks at once; when that fails, each by itself, to see whose fault it is."""
    try:
        fleet.deploy([case.project for case in cases if case.project], scratch / "all")
    except PlatformError:
        for case in cases:
            assert case.project
            with case.step("deploy"):
                fleet.deploy([case.project], scratch / case.project.client)


def each(cases: Sequence[Case], work: Callable[[Case], None]) -> None:
    """Do something for each case, a few at once, and hear of what nobody expected."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, cases))


def check(fleet: Fleet, case: Case, *, full: bool) -> None:
    """Publish a site, check it, and photograph it."""
    if not case.measured:
        check_served(fleet, case)
        return
    with case.step("check"), fleet.serve(*live(case)) as site, open_browser() as browser:
        report = check_site(site, browser)
        report.findings += case.report.findings
        case.report = report
        if full:
            photograph(site, browser, picture_of(case.starter))


def check_served(fleet: Fleet, case: Case) -> None:
    """Publish a site with a server, and ask for what is prepared, rendered and missing."""
    with case.step("check"), fleet.serve(*live(case)) as site:
        pages = read_pages(site)
        case.report.opened = rendered_addresses(site, pages)
        case.report.findings += check_server(site, pages)


def live(case: Case) -> tuple[Project, Built]:
    """Return what is served."""
    assert case.project
    assert case.built
    return case.project, case.built


def lines(case: Case) -> Iterator[str]:
    """Yield what a person wants to know: one line, and one for each finding."""
    report = case.report
    scores = "  ".join("/".join(str(score) for score in item.scores.values()) for item in report.measured)
    size = f"{report.pages:>3} pages {report.bytes / 1e6:>5.1f} MB" if report.pages else ""
    times = ", ".join(
        f"{name} {seconds:.1f} s" for name, seconds in case.seconds.items() if name not in {"scaffold", "prepare"}
    )
    yield f"{case.name:<36} {'failed' if report.findings else 'passed'} {size}  {times}  {scores}".rstrip()
    yield from (f"    {line}" for line in told(report.findings))


def row_of(case: Case) -> dict[str, Any]:
    """Return what is kept of a case."""
    report = case.report
    return {
        "key": case.key,
        "date": today(),
        "result": "failed" if report.findings else "passed",
        "findings": list(told(report.findings)),
        "version": engine_version(manifest_of(case.starter), case.built.plan) if case.built else "",
        "pages": report.pages,
        "opened": len(report.opened),
        "bytes": report.bytes,
        "seconds": case.seconds,
        "lighthouse": {
            item.page: {"scores": item.scores, "metrics": item.metrics, "load": item.load, "machine": item.machine}
            for item in report.measured
        },
    }


def served_row_of(case: Case) -> dict[str, Any]:
    """Return what is kept of a starter with a server."""
    return {
        "key": case.key,
        "date": today(),
        "result": "failed" if case.report.findings else "passed",
        "findings": list(told(case.report.findings)),
        "rendered": case.report.opened,
        "seconds": case.seconds,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
