"""A small run of many events over some sites, as `nox -s soak -- --reduced` does it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """What a reduced run says."""
    command = [sys.executable, str(ROOT / "tests" / "soak" / "run.py"), "--reduced"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{\n") :])
    return found


@pytest.mark.embedded
@pytest.mark.slow
def test_nothing_is_lost(record: dict[str, Any]) -> None:
    """Every event is stored once and built; duplicates and forgeries are refused."""
    assert (record["lost"], record["dead_letters"]) == (0, 0)
    assert record["stored"] == record["accepted"] == record["events"] + record["sites"]
    assert (record["duplicates_refused"], record["forged_refused"]) == (10, 4)


@pytest.mark.embedded
@pytest.mark.slow
def test_bursts_share_builds(record: dict[str, Any]) -> None:
    """One hook is one build in the usual way; here far fewer, and never two of a site at once."""
    assert record["baseline"]["builds"] == record["baseline"]["events"]
    assert record["builds_together"] == 1
    assert record["builds_per_event"] < 0.5


def test_the_page_says_what_was_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The section on the page comes from the record, whose run lost nothing."""
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "soak"))
    spec = importlib.util.spec_from_file_location("soak_run", ROOT / "tests" / "soak" / "run.py")
    assert spec
    assert spec.loader
    run = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "soak_run", run)
    spec.loader.exec_module(run)
    recorded = json.loads(run.RECORD.read_text("utf-8"))
    page = run.PAGE.read_text("utf-8")
    assert run.with_section(page, recorded) == page
    assert (recorded["lost"], recorded["dead_letters"], recorded["builds_together"]) == (0, 0, 1)
