"""The database adapter, asked by the tests that abstract-level publishes for every implementation of it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from platform_core.node import ensure_packages, node
from platform_plugin_tina import bundling

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
SUITE = Path(__file__).parent / "backend" / "level.mjs"


def test_it_is_an_abstract_level(tmp_path: Path, index_table: tuple[Any, str]) -> None:
    """Get, put, delete, batches, ranges, iterators, encodings and sublevels do what abstract-level says."""
    aws, table = index_table
    packages = ensure_packages(bundling.BACKEND, dev=True)
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")
    (tmp_path / "level.mjs").write_bytes((bundling.BACKEND / "level.mjs").read_bytes())
    command = [str(node()), str(SUITE), str(tmp_path), aws.endpoint, table]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    failed = [line for line in done.stdout.splitlines() if line.startswith("not ok")]
    assert (done.returncode, failed) == (0, []), done.stderr[-2000:]
    counted = re.search(r"^# pass\s+(\d+)$", done.stdout, re.MULTILINE)
    assert counted
    assert int(counted[1]) > 4000
