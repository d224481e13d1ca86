"""Building pages: the engine through the pipeline, against the engine alone."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from measure import Comparison, Figure, Section, in_turn, run

from platform_core.build import STATE_FOLDER, workspace_for
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.scaffold import scaffold
from platform_core.site import parse_site

PLATFORM = Path(sys.executable).with_name("platform")
AIM = 1.15
AIM_PAGES = 1000
SITE = 'client = "bench"\ndomain = "bench.example.com"\nengine = "hugo"\nvariant = "performance_blog"\n'
WORDS = [
    "timetable",
    "signal",
    "platform",
    "carriage",
    "junction",
    "winter",
    "bridge",
    "ledger",
    "copper",
    "engine",
    "harbour",
    "station",
    "measure",
    "lantern",
    "ticket",
    "morning",
    "whistle",
    "quarter",
    "northern",
    "siding",
    "record",
    "passage",
    "gravel",
    "window",
]


def measure(scratch: Path, *, reduced: bool) -> Section:
    """Compare `platform build` with the engine's own program on the same pages."""
    comparisons, figures = [], []
    for count in (100,) if reduced else (1_000, 10_000):
        compared, speed = of_size(
            scratch / f"pages-{count}", count, rounds=2 if reduced else 5 if count < 10_000 else 3
        )
        comparisons.append(compared)
        figures.append(speed)
    return Section(
        "Pages",
        "Whole processes: `platform build --force` against the engine's own program with the same layouts, the same "
        "configuration, the same flags and an output folder of its own. Ours also writes the data of the templates, reads and checks the content "
        "that a plugin asks for, and checks the entry pages.",
        comparisons=comparisons,
        figures=figures,
    )


def of_size(root: Path, count: int, *, rounds: int) -> tuple[Comparison, Figure]:
    """Measure a site of *count* generated entries."""
    composition = write_site(root, count)
    # The first build writes what both sides read.
    run([PLATFORM, "build", "--force", root])
    output = workspace_for(root, Stage("aws", "")).output
    theirs_output = root.parent / f"{root.name}-alone"
    command, env = alone(composition, theirs_output)
    run(command, cwd=root, env=env)
    pages, others = html_files(output), html_files(theirs_output)
    if pages != others:
        raise RuntimeError(f"ours wrote {pages} pages and the engine alone {others}, so they can't be compared")
    found = in_turn(
        {
            "theirs": emptied(theirs_output, lambda: run(command, cwd=root, env=env)),
            "ours": lambda: run([PLATFORM, "build", "--force", root]),
        },
        rounds=rounds,
        warm=False,
    )
    speed = pages / found["ours"].median
    name = composition.engine.manifest.name
    return (
        Comparison(f"{count:,} entries, {pages:,} pages", f"{name} alone", found["theirs"], found["ours"], AIM),
        Figure(f"{count:,} entries", f"{speed:,.0f} pages/s", f"over {AIM_PAGES:,} pages/s", speed > AIM_PAGES),
    )


def emptied(folder: Path, measured: Callable[[], tuple[float, float]]) -> Callable[[], tuple[float, float]]:
    """Empty *folder* first; the pipeline does the same, within its own time."""

    def measure_it() -> tuple[float, float]:
        shutil.rmtree(folder, ignore_errors=True)
        return measured()

    return measure_it


def write_site(root: Path, count: int) -> Composition:
    """Scaffold the starter and write *count* entries with tags, headings, lists and code."""
    root.mkdir(parents=True)
    (root / "site.toml").write_text(SITE, "utf-8")
    catalogue = Catalogue(discover().plugins)
    composition = compose(parse_site(SITE, catalogue), root, catalogue)
    scaffold(root, composition.engine, composition.site.variant)
    for number, body in zip(range(count), bodies(), strict=False):
        day = f"20{10 + number % 16:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        tags = json.dumps([WORDS[number % len(WORDS)], WORDS[(number * 7 + 3) % len(WORDS)]])
        front = f"---\ntitle: Entry {number} on {WORDS[number % len(WORDS)]}\ndate: {day}\ntags: {tags}\n---\n"
        (root / "content" / "posts" / f"entry-{number:05}.md").write_text(front + body, "utf-8")
    return composition


def bodies() -> Iterator[str]:
    """Yield texts of some 250 words, each another."""
    for number in itertools.count():
        turned = [WORDS[(number + position * 5) % len(WORDS)] for position in range(60)]
        text = " ".join(turned).capitalize()
        items = "\n".join(f"- {word} and {other}" for word, other in itertools.pairwise(turned[:8]))
        yield f"{text}.\n\n## {turned[3].title()}\n\n{text}, **{turned[5]}** and [{turned[7]}](/about/).\n\n{items}\n\n```python\nprint({number})\n```\n\n{text}.\n"


def alone(composition: Composition, output: Path) -> tuple[list[str], Mapping[str, str]]:
    """Return the engine's own command and environment, with another output folder."""
    stage = Stage("aws", f"https://{composition.site.domain}")
    workspace = workspace_for(composition.content.root, stage)
    plan = composition.build_plan(stage, workspace)
    return [part.replace(str(workspace.output), str(output)) for part in plan.command], plan.env


def html_files(output: Path) -> int:
    """Count the pages."""
    return sum(1 for path in output.rglob("*.html") if STATE_FOLDER not in path.relative_to(output).parts)
