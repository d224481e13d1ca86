"""A small run of many events over some sites, as `nox -s soak -- --reduced` does it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = [pytest.mark.embedded, pytest.mark.slow]


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    """What a reduced run says."""
    command = [sys.executable, str(ROOT / "tests" / "soak" / "run.py"), "--reduced"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{\n") :])
    return found


def test_nothing_is_lost(record: dict[str, Any]) -> None:
    """Every event is stored once and built; duplicates and forgeries are refused."""
    assert (record["lost"], record["dead_letters"]) == (0, 0)
    assert record["stored"] == record["accepted"] == record["events"] + record["sites"]
    assert (record["duplicates_refused"], record["forged_refused"]) == (10, 4)


def test_bursts_share_builds(record: dict[str, Any]) -> None:
    """One hook is one build in the usual way; here far fewer, and never two of a site at once."""
    assert record["baseline"]["builds"] == record["baseline"]["events"]
    assert record["builds_together"] == 1
    assert record["builds_per_event"] < 0.5
