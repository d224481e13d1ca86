"""Building pages: each engine through `platform build`, against the engine's own command alone.

Both sides build the same starter with the same generated entries. The engine alone runs
in a copy of the folder that core prepares for it, so that neither side waits for the other's
installation. What an engine leaves in its work folder is removed before each whole build, on
both sides; what a build puts into the cache folder of resources, such as resized pictures,
is kept on both.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entries import add_entries, change_one, choose_variant, compose_site
from measure import Comparison, Figure, Section, Series, in_turn, peak_memory, run, seconds

from platform_core.build import STATE_FOLDER, workspace_for
from platform_core.catalogue import Catalogue
from platform_core.contributions import BuildPlan, Stage, Workspace
from platform_core.discovery import discover
from platform_core.files import write_atomically
from platform_core.manifest import Manifest
from platform_core.node import npm_env
from platform_testing.quality import write_starter
from platform_testing.tools import engine_version

ROOT = Path(__file__).parent.parent.parent
RECORD = ROOT / "docs" / "data" / "build-speed.json"
PROGRAM = Path(sys.executable).with_name("platform")
# What starts in a blink shows our own start more; the others are "the slower ones".
AIMS = {"hugo": 1.15}
AIM = 1.05
SIZES = (1, 200, 1_000)
MORE_SIZES = {"hugo": (10_000,)}
# What is quick is measured more often: short times differ more from one to the next.
ROUNDS = (3, 15)
MEASURED_SECONDS = 20.0
# What takes longer is measured once.
LONG = 60.0
# Of what takes this long, the rebuild of one page is measured once.
SLOW = 15.0


@dataclass(frozen=True)
class Sides:
    """One site of some size, for `platform build` and for the engine alone."""

    root: Path
    collection: str
    workspace: Workspace
    plan: BuildPlan
    bare: Workspace

    def ours(self) -> tuple[float, float]:
        """Build everything through the pipeline."""
        return run([PROGRAM, "build", "--force", self.root])

    def theirs(self) -> tuple[float, float]:
        """Run the engine's command as core does, elsewhere."""
        command = [self.there(part) for part in self.plan.command]
        env = {name: self.there(value) for name, value in self.plan.env.items()}
        if not self.plan.staged:
            return run(command, cwd=self.root, env=env)
        programs = npm_env()
        programs["PATH"] = os.pathsep.join([str(self.bare.work / "node_modules" / ".bin"), programs["PATH"]])
        return run(command, cwd=self.bare.work, env={**programs, **env})

    def there(self, text: str) -> str:
        """Name the folders of the engine alone in place of ours."""
        pairs = ((self.workspace.output, self.bare.output), (self.workspace.work, self.bare.work))
        for mine, other in pairs:
            text = text.replace(str(mine), str(other))
        return text

    def reset(self, side: Workspace) -> None:
        """Remove what the engine wrote on one side."""
        shutil.rmtree(side.output, ignore_errors=True)
        side.output.mkdir(parents=True)
        if self.plan.staged:
            clean(side.work, set(json.loads(self.workspace.work.with_name("work.json").read_text("utf-8"))))

    def html_files(self) -> tuple[int, int]:
        """Count the pages of both sides."""
        other = self.bare.work / self.plan.written if self.plan.written else self.bare.output
        return count_pages(self.workspace.output), count_pages(other)


def measure(scratch: Path, *, reduced: bool, chosen: Sequence[str] = (), sizes: Sequence[int] = ()) -> Section:
    """Measure the engines that are installed; a run that is not reduced is recorded."""
    comparisons: list[Comparison] = []
    figures: list[Figure] = []
    for engine in Catalogue(discover().plugins).of_kind("ssg"):
        if chosen and engine.id not in chosen:
            continue
        if reduced and not chosen and engine.id not in AIMS:
            continue
        rows: dict[str, Any] = {}
        version = ""
        variant, collection = choose_variant(engine, scratch / "choice" / engine.id)
        for size in sizes or ((20,) if reduced else (*SIZES, *MORE_SIZES.get(engine.id, ()))):
            sides = prepare(scratch / engine.id / str(size), engine, variant, collection, size)
            version = engine_version(engine, sides.plan)
            comparison, row = of_size(engine, sides, size, once=reduced)
            comparisons.append(comparison)
            figures.append(Figure(comparison.what, told(row)))
            rows[str(size)] = row
            print(f"  {comparison.what}: {comparison.ratio:.2f}x, {told(row)}", flush=True)
            if not reduced:
                keep(engine.id, version, variant, rows)
            shutil.rmtree(sides.root.parent)
    part = "" if reduced else "engines"
    about = " ".join((__doc__ or "").split())
    return Section("Engines", about, comparisons=comparisons, figures=figures, part=part)


def prepare(folder: Path, engine: Manifest, variant: str, collection: str, size: int) -> Sides:
    """Make a site, build it once, and copy what the engine is to build from."""
    root = folder / "site"
    write_starter(root, engine.id, variant)
    add_entries(root, collection, size)
    run([PROGRAM, "build", "--force", root])
    composition = compose_site(root)
    stage = Stage("aws", f"https://{composition.site.domain}")
    ours = workspace_for(root, stage)
    plan = composition.build_plan(stage, ours)
    alone = folder / "alone"
    bare = Workspace(root, ours.generated, alone / "output", ours.cache, alone / "work")
    sides = Sides(root, collection, ours, plan, bare)
    if plan.staged:
        clean(ours.work, set(json.loads(ours.work.with_name("work.json").read_text("utf-8"))))
        shutil.copytree(ours.work, bare.work, symlinks=True, copy_function=link_packages)
        for path in (bare.work / STATE_FOLDER).rglob("*.*"):
            if path.is_file():
                path.write_text(sides.there(path.read_text("utf-8")), "utf-8")
    return sides


def link_packages(source: str, target: str) -> None:
    """Copy a file; one of the packages as a second name, as core does."""
    if "/node_modules/" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def clean(work: Path, kept: set[str]) -> None:
    """Remove from a work folder what core did not put there; packages stay, their tools' caches go."""
    for path in own_files(work):
        name = path.relative_to(work).as_posix()
        if path.is_symlink() or path.is_file():
            if name not in kept:
                path.unlink()
        elif not any(path.iterdir()):
            path.rmdir()
    for path in (work / "node_modules").glob(".*"):
        if path.is_dir() and path.name != ".bin":
            shutil.rmtree(path)


def own_files(work: Path) -> list[Path]:
    """List what is in a work folder beside the packages, the deepest first."""
    found: list[Path] = []
    for folder, folders, names in os.walk(work):
        folders[:] = [name for name in folders if name != "node_modules" or Path(folder) != work]
        found += [Path(folder, name) for name in (*names, *folders)]
    return sorted(found, reverse=True)


def of_size(engine: Manifest, sides: Sides, size: int, *, once: bool) -> tuple[Comparison, dict[str, Any]]:
    """Measure whole builds in turn, then rebuilds, then memory."""
    found: dict[str, Series] = in_turn(cold(sides), rounds=1, warm=False)
    pages, others = sides.html_files()
    if pages != others:
        raise RuntimeError(f"{engine.id}: ours wrote {pages} pages and the engine alone {others}")
    rounds = 1 if once else rounds_for(found["theirs"].median)
    more = in_turn(cold(sides), rounds=rounds - 1, warm=False)
    for name, series in more.items():
        found[name].wall += series.wall
        found[name].cpu += series.cpu
    ours, theirs = found["ours"], found["theirs"]
    again = [run([PROGRAM, "build", sides.root])[0] for _ in range(rounds)]
    one = [changed(sides, number) for number in range(1 if ours.median > SLOW else min(rounds, ROUNDS[0]))]
    sides.reset(sides.workspace)
    peak = peak_memory([PROGRAM, "build", "--force", sides.root])
    what = f"{engine.name}, {size:,} {'entry' if size == 1 else 'entries'}, {pages:,} pages"
    comparison = Comparison(what, f"{engine.name} alone", theirs, ours, AIMS.get(engine.id, AIM))
    row = {
        "platform_seconds": round(ours.median, 3),
        "bare_seconds": round(theirs.median, 3),
        "ratio_wall": round(comparison.ratio, 3),
        "ratio_cpu": round(comparison.cpu_ratio or 0.0, 3),
        "no_change_seconds": round(sorted(again)[len(again) // 2], 3),
        "one_page_seconds": round(sorted(one)[len(one) // 2], 3),
        "peak_mb": round(peak / 1e6),
        "html_files": pages,
        "rounds": len(ours.wall),
        "load": round(os.getloadavg()[0], 1),
    }
    return comparison, row


def rounds_for(duration: float) -> int:
    """Return how often a build of *duration* seconds is measured."""
    fewest, most = ROUNDS
    return 1 if duration > LONG else max(fewest, min(most, round(MEASURED_SECONDS / duration)))


def cold(sides: Sides) -> Mapping[str, Callable[[], tuple[float, float]]]:
    """Return both sides, each after what was left behind is gone."""

    def after(side: Workspace, work: Callable[[], tuple[float, float]]) -> Callable[[], tuple[float, float]]:
        def measured() -> tuple[float, float]:
            sides.reset(side)
            return work()

        return measured

    return {"theirs": after(sides.bare, sides.theirs), "ours": after(sides.workspace, sides.ours)}


def changed(sides: Sides, number: int) -> float:
    """Change one entry and build; the engine may use what it left behind."""
    change_one(sides.root, sides.collection, number)
    return run([PROGRAM, "build", sides.root])[0]


def count_pages(output: Path) -> int:
    """Count the pages."""
    return sum(1 for path in output.rglob("*.html") if STATE_FOLDER not in path.relative_to(output).parts)


def told(row: Mapping[str, Any]) -> str:
    """Say in words what a row has beside the comparison."""
    return (
        f"no change {seconds(row['no_change_seconds'])}, one entry changed {seconds(row['one_page_seconds'])}, "
        f"at most {row['peak_mb']:,} MB"
    )


def keep(engine: str, version: str, variant: str, rows: Mapping[str, Any]) -> None:
    """Put the results of one engine into the record; sizes that were not measured again stay."""
    try:
        record = json.loads(RECORD.read_text("utf-8"))
    except FileNotFoundError:
        record = {}
    before = record.get(engine, {})
    pages = before.get("pages", {}) if before.get("version") == version else {}
    record[engine] = {
        "version": version,
        "variant": variant,
        "pages": dict(sorted((pages | rows).items(), key=lambda item: int(item[0]))),
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
    write_atomically(RECORD, json.dumps(dict(sorted(record.items())), indent=1) + "\n")
