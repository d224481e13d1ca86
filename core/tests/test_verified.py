"""What was verified is kept beside the engine, and told with what it holds for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_core.catalogue import Catalogue
from platform_core.discovery import discover
from platform_core.verified import FILE, Code, Verified, is_current, read_verified, record_verified

ALONE = ("ssg-echo", None, None)
EDITED = ("ssg-echo", "cms-memory", None)
DONE = Verified("2026-01-31", {"ssg-echo": "1.0"}, "473647bffe7a", "9d3a6c0b71e24f58")


@pytest.fixture(name="catalogue")
def _catalogue(fake_plugins: Path) -> Catalogue:
    return Catalogue(tuple(item for item in discover(disabled=()).plugins if item.package and item.id.find("-") > 0))


@pytest.fixture(name="file")
def _file(fake_plugins: Path) -> Path:
    return fake_plugins / "platform_plugin_ssg_echo" / FILE


def own(catalogue: Catalogue) -> dict[tuple[str, str | None, str | None], Verified]:
    """Return what is recorded of the reference engine."""
    return {parts: found for parts, found in read_verified(catalogue).items() if parts[0] == "ssg-echo"}


def test_what_is_recorded_is_read_again(catalogue: Catalogue, file: Path) -> None:
    """In the engine's package, and nowhere else."""
    assert record_verified(catalogue, {ALONE: DONE, EDITED: DONE}) == (file,)
    assert own(catalogue) == {ALONE: DONE, EDITED: DONE}


def test_a_result_adds_to_those_before_it(catalogue: Catalogue) -> None:
    """A run may take some combinations only."""
    record_verified(catalogue, {ALONE: DONE})
    later = Verified("2026-02-01", {"ssg-echo": "1.0", "cms-memory": "1.0"}, "dc9851b59ee9")
    record_verified(catalogue, {EDITED: later})
    assert own(catalogue) == {ALONE: DONE, EDITED: later}


def test_what_failed_is_verified_no_longer(catalogue: Catalogue) -> None:
    """Whatever an earlier run has seen."""
    record_verified(catalogue, {ALONE: DONE, EDITED: DONE})
    record_verified(catalogue, {}, failed=[EDITED])
    assert own(catalogue) == {ALONE: DONE}


def test_nothing_new_writes_nothing(catalogue: Catalogue, file: Path) -> None:
    """And an engine without results gets no file."""
    assert record_verified(catalogue, {}) == ()
    assert not file.exists()
    record_verified(catalogue, {ALONE: DONE})
    assert record_verified(catalogue, {ALONE: DONE}) == ()


def test_it_holds_for_the_code_that_was_seen(catalogue: Catalogue, file: Path) -> None:
    """A plugin that has changed has not been verified yet, whatever its version is."""
    seen = Verified("2026-01-31", {"ssg-echo": "1.0"}, "x", Code(catalogue).of(ALONE))
    assert is_current(seen, ALONE, Code(catalogue))
    file.with_name("plugin.py").write_text("# another one\n", "utf-8")
    assert not is_current(seen, ALONE, Code(catalogue))


def test_it_holds_for_its_own_parts_alone(catalogue: Catalogue, file: Path) -> None:
    """A change of a plugin leaves the combinations without it as they are."""
    before = Code(catalogue)
    alone, edited = before.of(ALONE), before.of(EDITED)
    (file.parent.with_name("platform_plugin_cms_memory") / "more.txt").write_text("", "utf-8")
    assert Code(catalogue).of(ALONE) == alone
    assert Code(catalogue).of(EDITED) not in {alone, edited}


def test_it_holds_for_what_a_part_builds_on(catalogue: Catalogue, fake_plugins: Path) -> None:
    """A plugin that requires another one has changed when that one has."""
    (metadata,) = fake_plugins.glob("platform_plugin_cms_memory*.dist-info/METADATA")
    before = Code(catalogue).of(EDITED)
    metadata.write_text(
        metadata.read_text("utf-8").rstrip() + "\nRequires-Dist: platform-plugin-shop-memory>=0.1\n", "utf-8"
    )
    built_on = Code(catalogue).of(EDITED)
    (fake_plugins / "platform_plugin_shop_memory" / "more.txt").write_text("", "utf-8")
    assert len({before, built_on, Code(catalogue).of(EDITED)}) == 3


def test_a_row_without_its_code_is_never_current(catalogue: Catalogue, file: Path) -> None:
    """Rows of before the code was kept say when, and nothing about now."""
    row = {"cms": None, "shop": None, "date": "2026-01-31", "versions": {}, "template": "x"}
    file.write_text(json.dumps({"schema": 1, "combinations": [row]}))
    assert not is_current(own(catalogue)[ALONE], ALONE, Code(catalogue))


def test_a_part_that_is_not_installed_has_no_code(catalogue: Catalogue) -> None:
    """So nothing about it is current."""
    assert Code(catalogue).of(("ssg-echo", "cms-gone", None)) == ""
    assert not is_current(Verified("2026-01-31", {}, "x"), ("ssg-gone", None, None), Code(catalogue))


@pytest.mark.parametrize(
    "name", [FILE, "__pycache__/plugin.cpython-311.pyc", "starters/node_modules/left-pad/index.js"]
)
def test_what_is_not_of_the_package_does_not_count(catalogue: Catalogue, file: Path, name: str) -> None:
    """A record, compiled code and installed packages come and go beside the code."""
    before = Code(catalogue).of(ALONE)
    file.parent.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
    file.parent.joinpath(name).write_text("x", "utf-8")
    assert Code(catalogue).of(ALONE) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"schema": 2, "combinations": []}',
        '{"schema": 1}',
        json.dumps({"schema": 1, "combinations": [1, {}, {"versions": {}, "date": "soon", "template": "x"}]}),
        json.dumps({"schema": 1, "combinations": [{"versions": {}, "date": "2026-01-31", "template": 7}]}),
        json.dumps({"schema": 1, "combinations": [{"versions": {}, "date": "2026-01-31", "template": "", "code": 7}]}),
        json.dumps({"schema": 1, "combinations": [{"versions": {}, "date": "2026-01-31", "template": "", "cms": 1}]}),
    ],
)
def test_a_record_that_can_not_be_read_counts_as_none(catalogue: Catalogue, file: Path, text: str) -> None:
    """A mark that is missing is honest; a list that fails is not."""
    file.write_text(text)
    assert own(catalogue) == {}
