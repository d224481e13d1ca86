"""A new site's folder: the starter, and what those who work on it need."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from platform_core.composition import Member
from platform_core.manifest import Variant
from platform_core.scaffold import scaffold


@pytest.fixture(name="engine")
def _engine(tmp_path: Path) -> Member:
    """An engine whose variants share a page, and of which one has a .gitignore."""
    package = tmp_path / "package"
    for name, text in (
        ("_shared/content/a.md", "a"),
        ("tidy/.gitignore", ".cache/\n/node_modules"),
        ("bare/b.css", "b"),
    ):
        path = package / "starters" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    variants = {name: Variant("One.", starter=f"starters/{name}") for name in ("tidy", "bare")}
    stand_in: Any = SimpleNamespace(
        manifest=SimpleNamespace(name="Echo", variants=variants), plugin=SimpleNamespace(package=package)
    )
    return cast("Member", stand_in)


def test_what_is_made_stays_out_of_git(engine: Member, tmp_path: Path) -> None:
    """The folder of Platform and that of npm are ignored, also where the starter says nothing."""
    scaffold(tmp_path / "site", engine, "bare")
    assert (tmp_path / "site" / ".gitignore").read_text("utf-8") == ".platform/\nnode_modules/\n"


def test_a_starters_own_ignore_file_is_completed(engine: Member, tmp_path: Path) -> None:
    """Its lines come first, and what it has already is not there twice."""
    scaffold(tmp_path / "site", engine, "tidy")
    assert (tmp_path / "site" / ".gitignore").read_text("utf-8") == ".cache/\n/node_modules\n.platform/\n"


def test_the_readme_names_the_site_and_the_commands(engine: Member, tmp_path: Path) -> None:
    """The title is one line and no markup; the commands of every day are there."""
    written = scaffold(tmp_path / "site", engine, "bare", name="Acme\n& *Sons* #1")
    text = (tmp_path / "site" / "README.md").read_text("utf-8")
    assert "README.md" in written
    assert text.startswith("# Acme & \\*Sons\\* \\#1\n\n")
    assert all(f"`platform {name}`" in text for name in ("up", "validate", "deploy"))


def test_files_that_are_there_stay(engine: Member, tmp_path: Path) -> None:
    """Neither of the two is written over, nor told as written."""
    for name in (".gitignore", "README.md"):
        path = tmp_path / "site" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine", "utf-8")
    assert scaffold(tmp_path / "site", engine, "bare", name="Acme") == ("content/a.md", "b.css")
    assert {(tmp_path / "site" / name).read_text("utf-8") for name in (".gitignore", "README.md")} == {"mine"}
