"""Build, deploy and visit every combination of engine, CMS and shop.

First all stacks are synthesized in one App, with CDK's validator and cdk-nag. Then each
engine takes its combinations one after another, a few engines side by side: an entry
arrives from the CMS, the engine builds, the release goes live on the embedded AWS, and a
browser looks for the entry and for a buy button that the shop would accept. What has
passed is not run again until a part of it changes. docs/data/combinations.json is the
record; docs/reference/combinations.md is made from it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))

from arrivals import Arrival, arrive
from cases import ROOT, Case, catalogue, code_of, find_cases, key_of
from combinations import load, save, today
from shops import faults_of_button

from platform_cli.local.processes import LOOPBACK, claim_port, start, wait_for_http
from platform_core.assembly import synth
from platform_core.build import build
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.errors import PlatformError
from platform_core.scaffold import scaffold
from platform_core.site import parse_site
from platform_testing.quality import Fleet, Project, open_browser, open_fleet

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WORK = ROOT / "build" / "combinations"
AT_ONCE = max(2, (os.cpu_count() or 2) // 2)
LOAD_MS = 20_000


@dataclass
class Row:
    """What became of one case."""

    case: Case
    key: str
    faults: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    template: str = ""
    entry: str = ""
    product: str = ""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; what it raises is a fault."""
        started = time.monotonic()
        try:
            yield
        except PlatformError as error:
            self.faults.append(f"{name}: {error}")
        except Exception:  # noqa: BLE001  a plugin or a browser failed, and the other cases go on
            self.faults.append(f"{name}: {traceback.format_exc(limit=-3)}")
        self.seconds[name] = round(time.monotonic() - started, 2)

    def told(self) -> str:
        """Say in one line how it went, and in more what was wrong."""
        times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())
        lines = [f"{self.case.name:<44} {'failed' if self.faults else 'passed'}  {times}"]
        return "\n".join([*lines, *(f"    {fault}" for fault in self.faults)])

    def record(self) -> dict[str, Any]:
        """Return what is kept."""
        versions = {item.id: item.version for item in catalogue().plugins if item.id in self.case.parts}
        return {
            "key": self.key,
            "date": today(),
            "result": "failed" if self.faults else "passed",
            "faults": self.faults,
            "versions": versions,
            "template": self.template,
            "code": code_of(self.case),
            "entry": self.entry,
            "product": self.product,
            "seconds": self.seconds,
        }


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 when something was wrong."""
    given = parse(arguments)
    known = load()
    cases = rotating(find_cases()) if given.reduced else find_cases(given.only)
    rows = []
    for case in cases:
        row = Row(case, key_of(case))
        last = known.get(case.name, {})
        if not given.force and not given.reduced and (last.get("key"), last.get("result")) == (row.key, "passed"):
            print(f"{case.name:<44} passed on {last['date']}, and nothing has changed", flush=True)
        else:
            rows.append(row)
    if rows:
        run(rows, keep=not given.reduced)
    failed = [row.case.name for row in rows if row.faults]
    print(f"{len(cases) - len(failed)} of {len(cases)} combinations pass")
    return 1 if failed else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(prog="nox -s matrix --", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", default=[], metavar="PART[+PART...]", help="may be repeated")
    parser.add_argument(
        "--reduced", action="store_true", help="one combination of each engine, others tomorrow; writes nothing"
    )
    parser.add_argument("--force", action="store_true", help="run again what has passed")
    return parser.parse_args(arguments)


def rotating(cases: Sequence[Case]) -> list[Case]:
    """Return one combination of each engine with a CMS and a shop, another one each day."""
    day = dt.datetime.now(dt.UTC).date().toordinal()
    chosen = []
    for number, (_, found) in enumerate(sorted(by_engine(cases).items())):
        full = [case for case in found if case.cms and case.shop]
        # Neighbours differ, so that a week sees every CMS with every shop.
        chosen.append(full[(day * 5 + number * 3) % len(full)])
    return chosen


def by_engine(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Group cases by their engine."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.engine, []).append(case)
    return groups


def run(rows: Sequence[Row], *, keep: bool) -> None:
    """Take *rows* through all steps and tell each one's result."""
    groups = by_engine([row.case for row in rows])
    of_case = {row.case: row for row in rows}
    lock = Lock()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="combinations-")))
        sites = {case: start_site(case) for case in of_case}
        draw(sites, of_case, scratch)
        fleet = stack.enter_context(open_fleet())
        fleet.deploy(
            [Project(WORK / case.engine, composition, 0) for case, composition in sites.items()], scratch / "live"
        )

        def engine(cases: Sequence[Case]) -> None:
            with ExitStack() as services, open_browser() as browser:
                desk = Desk(services, WORK / "logs" / cases[0].engine)
                for case in cases:
                    row = of_case[case]
                    visit(row, sites[case], fleet, desk, browser)
                    with lock:
                        print(row.told(), flush=True)
                        if keep:
                            save({case.name: row.record()})

        with ThreadPoolExecutor(AT_ONCE) as pool:
            # The slowest engines first, so that none of them is left alone at the end.
            list(pool.map(engine, sorted(groups.values(), key=lambda cases: cases[0].engine)))


def start_site(case: Case) -> Composition:
    """Return the composition of a case; all of an engine's share one folder, so its caches are of use."""
    root = WORK / case.engine
    found = catalogue()
    composition = compose(parse_site(case.toml(), found), root, found)
    if not root.is_dir():
        root.mkdir(parents=True)
        scaffold(root, composition.engine, case.variant)
        shutil.copytree(root / "content", root.with_name(f"{root.name}-content"), dirs_exist_ok=True)
    return composition


def draw(sites: dict[Case, Composition], rows: dict[Case, Row], scratch: Path) -> None:
    """Synthesize all stacks as they are deployed to AWS, with every check there is."""
    pairs = [(composition, Stage("aws", f"https://{composition.site.domain}")) for composition in sites.values()]
    started = time.monotonic()
    assembly = synth(pairs, scratch / "aws", validate=True)
    took = time.monotonic() - started
    print(f"{len(pairs)} stacks synthesized and checked in {took:.1f} s", flush=True)
    for case, row in rows.items():
        template = assembly.of_client(case.client).template.read_bytes()
        row.template = hashlib.sha256(template).hexdigest()[:12]


class Desk:
    """Starts what a site needs beside it."""

    def __init__(self, stack: ExitStack, logs: Path) -> None:
        self._stack = stack
        self._logs = logs

    @contextmanager
    def stage(self, composition: Composition, port: int) -> Iterator[Stage]:
        """Start what the site needs beside it, and say where it answers."""
        address = f"http://localhost:{port}"
        with ExitStack() as stack:
            endpoints = {}
            for item in composition.local_services(Stage("local", address, offline=True)):
                service = item.value
                free = claim_port(0, stack)
                command = [part.replace("{port}", str(free)) for part in service.command]
                env = {name: value.replace("{port}", str(free)) for name, value in service.env.items()}
                process = start(service.name, command, log=self._logs / f"{service.name}.log", env=env)
                stack.callback(process.stop)
                wait_for_http(process, f"http://{LOOPBACK}:{free}{service.ready}", seconds=90)
                endpoints[service.name] = f"http://{LOOPBACK}:{free}"
            services = {name: f"/_local/{name}" for name in endpoints}
            yield Stage("aws", address, services=services, endpoints=endpoints, offline=True)


def visit(row: Row, composition: Composition, fleet: Fleet, desk: Desk, browser: Browser) -> None:
    """Take one case from its CMS to a browser."""
    root = composition.content.root
    shutil.rmtree(root / "content", ignore_errors=True)
    shutil.copytree(root.with_name(f"{root.name}-content"), root / "content")
    shutil.rmtree(root / ".platform" / "sources", ignore_errors=True)
    (root / "site.toml").write_text(row.case.toml(), "utf-8")
    with ExitStack() as stack:
        port = claim_port(0, stack)
        found: list[Arrival] = []
        with row.step("arrive"):
            stage = stack.enter_context(desk.stage(composition, port))
            found.append(arrive(composition.reread(), stage))
        if row.faults:
            return
        entry, product = found[0]
        row.entry, row.product = entry.title, product.name if row.case.shop else ""
        current = composition.reread()
        with row.step("build"):
            built = build(current, stage)
        if row.faults:
            return
        with row.step("visit"), fleet.serve(Project(root, current, port), built, local=stage.endpoints) as site:
            row.faults += look(browser, site.address, row.case, found[0])


def look(browser: Browser, address: str, case: Case, arrival: Arrival) -> Iterator[str]:
    """Look for the entry and the buy button, as a visitor does."""
    from platform_core.content import entry_url

    entry, product = arrival
    context = browser.new_context()
    context.set_default_timeout(LOAD_MS)
    try:
        tab = context.new_page()
        answer = tab.goto(address + entry_url(entry))
        if answer is None or answer.status != 200:
            yield f"visit: {entry_url(entry)} answers {answer.status if answer else 'nothing'}"
        elif not tab.locator("h1", has_text=entry.title).first.is_visible():
            yield f"visit: {entry_url(entry)} does not show {entry.title!r}"
        if case.shop:
            answer = tab.goto(address + product.url)
            if answer is None or answer.status != 200:
                yield f"visit: {product.url} answers {answer.status if answer else 'nothing'}"
            elif fault := faults_of_button(case.shop, tab, product):
                yield f"visit: {product.url}: {fault}"
    finally:
        context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
