"""The typed facts of the plugins of this repository: there, sourced, and in step with what was measured."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from platform_core.discovery import discover
from platform_core.manifest import Manifest

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "docs" / "data" / "build-speed.json"
OWN = [
    item.manifest
    for item in discover(disabled=()).plugins
    if item.manifest and item.package and item.package.is_relative_to(ROOT / "plugins")
]
ENGINES = [item for item in OWN if item.kind == "ssg"]


@pytest.mark.parametrize("item", OWN, ids=lambda item: item.id)
def test_a_licence_is_stated_once(item: Manifest) -> None:
    """It has its own key, and does not stand in the free text again."""
    assert item.licence
    assert not {"licence", "license", "maintenance"} & item.facts.keys()


@pytest.mark.parametrize("item", ENGINES, ids=lambda item: item.id)
def test_an_engine_says_who_keeps_it_and_who_can_work_on_it(item: Manifest) -> None:
    """State, sentence, source and day; and the skills that `recommend` compares with the team's."""
    assert item.maintenance
    assert item.maintenance.summary.endswith(".")
    assert item.maintenance.source
    assert dt.date.fromisoformat(item.maintenance.date)
    assert item.skills


@pytest.mark.parametrize("item", ENGINES, ids=lambda item: item.id)
@pytest.mark.parametrize("word", ["seo", "rss", "tags", "responsive_images"])
def test_what_every_engine_does_leaves_none_out(item: Manifest, word: str) -> None:
    """`recommend --feature` with such a word ranks all engines."""
    assert any(word in variant.features for variant in item.variants.values())


@pytest.mark.parametrize("item", ENGINES, ids=lambda item: item.id)
def test_a_runtime_has_a_source(item: Manifest) -> None:
    """An end of life is somebody's announcement, read on a day."""
    assert [runtime for runtime in item.runtimes if not runtime.source or not runtime.date] == []


@pytest.mark.parametrize("item", OWN, ids=lambda item: item.id)
def test_what_a_plans_note_says_is_counted(item: Manifest) -> None:
    """A share, a price for each seat or order, and a use that is not allowed stand in keys, not in words alone."""
    for plan in item.plans:
        note = plan.note.lower()
        assert plan.commercial == ("not allow commercial use" not in note)
        assert bool(plan.sales_share) == ("%" in note)
        assert bool(plan.seat) == ("each seat" in note or "each further one" in note)
        assert bool(plan.order) == ("usd each" in note or "30c" in note)
        assert bool(plan.on_top) == (item.id in {"foxy", "snipcart"})


def measured() -> dict[str, list[dict[str, Any]]]:
    """Return what the benchmark wrote down, with day and machine, by engine."""
    if not RECORD.is_file():
        return {}
    return {
        name: [
            {"pages": int(size), "seconds": row["platform_seconds"], "peak_mb": row["peak_mb"]}
            | {"date": item["date"], "machine": item["machine"]}
            for size, row in item["pages"].items()
        ]
        for name, item in json.loads(RECORD.read_text("utf-8")).items()
    }


@pytest.mark.parametrize("item", ENGINES, ids=lambda item: item.id)
def test_speed_is_what_was_measured(item: Manifest) -> None:
    """`nox -s gen` writes the manifest's table from the record; nobody types a number."""
    stated = [
        {"pages": row.pages, "seconds": row.seconds, "peak_mb": row.peak_mb, "date": row.date, "machine": row.machine}
        for row in item.speed
    ]
    assert stated == measured().get(item.id, [])


def test_measured_builds_replace_the_former_ones() -> None:
    """Writing twice is writing once, and everything else in the file stays."""
    path = ROOT / "docs" / "_pages" / "speeds.py"
    source = path.read_text("utf-8").replace("from _pages.sites import ROOT", "from pathlib import Path\nROOT = Path()")
    module: dict[str, Any] = {}
    exec(compile(source, str(path), "exec"), module)  # noqa: S102  our own file; its package is not importable from here
    rows = [{"pages": 200, "seconds": 1.5, "peak_mb": 90, "date": "2026-01-31", "machine": 'a "fast" one'}]
    text = 'id = "x"\n\n[facts]\na = "b"\n'
    once = module["with_speed"](text, rows)
    assert tomllib.loads(once) == {"id": "x", "facts": {"a": "b"}, "speed": rows}
    assert module["with_speed"](once, rows) == once
    assert module["with_speed"](once, []) == text
