"""The run that checks starters works from end to end, in its reduced form."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
RUN = ROOT / "tests" / "quality" / "run.py"


@pytest.fixture(scope="module")
def record() -> ModuleType:
    """The module that knows what is known of each starter."""
    spec = importlib.util.spec_from_file_location("quality_record", RUN.with_name("record.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.embedded
def test_the_quickest_starters_pass_live() -> None:
    """A starter of each of two engines builds, deploys, answers and has no fault; nothing is written."""
    written = [ROOT / "docs" / "data" / "engines.json", *sorted((ROOT / "docs" / "images" / "starters").iterdir())]
    before = [path.read_bytes() for path in written]
    done = subprocess.run([sys.executable, RUN, "--reduced"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" passed ") == len(done.stdout.splitlines()) > 0
    assert [path.read_bytes() for path in written] == before


def test_a_starter_that_is_not_there_is_told() -> None:
    """The message names those that are."""
    done = subprocess.run([sys.executable, RUN, "--only", "hugo/blog"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "There is no starter hugo/blog. There are " in done.stderr


def test_every_starter_has_a_key_of_its_own(record: ModuleType) -> None:
    """The key tells two starters of one engine apart, and is the same the second time."""
    starters = record.find_starters([])
    keys = [record.key_of(starter) for starter in starters]
    assert len(set(keys)) == len(starters)
    assert record.key_of(starters[0]) == keys[0]


def test_two_runs_keep_each_others_results(record: ModuleType, tmp_path: Path) -> None:
    """A run writes its own rows; starters that are gone leave the record."""
    (first, second) = ("/".join(starter) for starter in record.find_starters([])[:2])
    file = tmp_path / "engines.json"
    record.save({first: {"result": "passed"}, "zola/blog": {"result": "passed"}}, file)
    record.save({second: {"result": "failed"}}, file)
    assert record.load(file) == {first: {"result": "passed"}, second: {"result": "failed"}}
    assert json.loads(file.read_text("utf-8"))["machine"]


def test_only_engines_with_a_server_are_run_with_one(record: ModuleType) -> None:
    """The manifest says which."""
    engines = {engine for engine, _ in filter(record.renders, record.find_starters([]))}
    assert engines == {"astro", "nextjs", "nuxt"}
