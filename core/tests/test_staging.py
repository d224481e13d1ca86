"""The mirror in which engines build that write beside their sources."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from platform_core import staging
from platform_core.build import workspace_for
from platform_core.contributions import Stage, Workspace
from platform_core.staging import site_files, stage_files

STAGE = Stage("local", "http://localhost:8080")


@pytest.fixture(name="workspace")
def _workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A site with one page, one static file, one generated file, and what must stay out."""
    monkeypatch.setenv("PLATFORM_CACHE", str(tmp_path / "cache"))
    found = workspace_for(tmp_path / "site", STAGE)
    left_out = (".git/config", "node_modules/x/index.js", "site.toml")
    for name in ("content/a.md", "static/b.txt", ".eleventy.js", *left_out):
        write(found.root / name, name)
    write(found.generated / "data" / "platform.json", "{}")
    return found


@pytest.fixture(name="packages")
def _packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installed packages, as npm would leave them in the shared cache."""
    place = tmp_path / "cache" / "one"
    write(place / "node_modules" / "tool" / "cli.js", "1")
    (place / "node_modules" / ".bin").mkdir()
    (place / "node_modules" / ".bin" / "tool").symlink_to("../tool/cli.js")
    monkeypatch.setattr(staging, "ensure_packages", lambda *_, **__: place)
    return place


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def mirror(workspace: Workspace, **renamed: str) -> dict[str, str]:
    """Bring the mirror in step and return its files."""
    stage_files(workspace, renamed, say=lambda _: None)
    paths = (path for path in sorted(workspace.work.rglob("*")) if path.is_file())
    return {path.relative_to(workspace.work).as_posix(): path.read_text("utf-8") for path in paths}


def test_the_mirror_has_the_site_and_what_core_generates(workspace: Workspace) -> None:
    """Repository, installed packages, `.platform` and our own site.toml stay out; a folder may have another name."""
    assert mirror(workspace, static="public") == {
        ".eleventy.js": ".eleventy.js",
        ".platform/generated/data/platform.json": "{}",
        "content/a.md": "content/a.md",
        "public/b.txt": "static/b.txt",
    }


def test_the_mirror_is_not_below_the_site(workspace: Workspace) -> None:
    """Bundlers look upwards for settings, and must not meet those of the site's folder, which has no packages."""
    assert not workspace.work.is_relative_to(workspace.root)


def test_mirrors_of_lost_sites_go(workspace: Workspace, tmp_path: Path) -> None:
    """A folder that was deleted leaves no cache behind; the others stay."""
    mirror(workspace)
    lost = workspace_for(tmp_path / "lost", STAGE)
    write(lost.root / "a.md", "a")
    mirror(lost)
    shutil.rmtree(lost.root)
    other = workspace_for(tmp_path / "other", STAGE)
    write(other.root / "a.md", "a")
    mirror(other)
    assert not lost.work.exists()
    assert workspace.work.is_dir()


def test_only_what_changed_is_copied(workspace: Workspace) -> None:
    """A file that stays keeps its inode and its time, so that engines see what changed."""
    mirror(workspace)
    before = {name: (workspace.work / name).stat() for name in ("content/a.md", "static/b.txt")}
    write(workspace.root / "content" / "a.md", "changed text")
    assert mirror(workspace)["content/a.md"] == "changed text"
    after = (workspace.work / "static" / "b.txt").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before["static/b.txt"].st_ino, before["static/b.txt"].st_mtime_ns)
    assert after.st_mtime_ns == (workspace.root / "static" / "b.txt").stat().st_mtime_ns


def test_what_was_deleted_goes_with_its_empty_folders(workspace: Workspace) -> None:
    """A deleted page leaves the mirror; what the engine wrote there stays."""
    mirror(workspace)
    write(workspace.work / ".cache" / "engine", "kept")
    (workspace.root / "content" / "a.md").unlink()
    found = mirror(workspace)
    assert "content/a.md" not in found
    assert not (workspace.work / "content").exists()
    assert found[".cache/engine"] == "kept"


def test_a_folder_takes_the_name_of_a_file(workspace: Workspace) -> None:
    """A page without an ending that becomes a folder is no trouble, nor the way back."""
    write(workspace.root / "static" / "notes", "a file")
    mirror(workspace)
    (workspace.root / "static" / "notes").unlink()
    write(workspace.root / "static" / "notes" / "one.txt", "in a folder")
    assert mirror(workspace)["static/notes/one.txt"] == "in a folder"
    shutil.rmtree(workspace.root / "static" / "notes")
    write(workspace.root / "static" / "notes", "a file again")
    assert mirror(workspace)["static/notes"] == "a file again"


def test_a_half_copied_file_is_copied_again(workspace: Workspace) -> None:
    """Whoever died on the way wrote no record, so nothing half-written is believed."""
    mirror(workspace)
    write(workspace.root / "content" / "a.md", "a longer text")
    write(workspace.work / "content" / "a.md", "a lon")
    assert mirror(workspace)["content/a.md"] == "a longer text"


def test_a_broken_record_is_no_trouble(workspace: Workspace) -> None:
    """A record that can't be read means that all is copied."""
    mirror(workspace)
    write(workspace.work.with_name("work.json"), "[1")
    assert "content/a.md" in mirror(workspace)


def test_links_out_of_the_folder_are_left_out(workspace: Workspace, tmp_path: Path) -> None:
    """A link never brings a file from elsewhere into a site; one that stays inside is followed."""
    write(tmp_path / "secret.txt", "secret")
    (workspace.root / "content" / "out.md").symlink_to(tmp_path / "secret.txt")
    (workspace.root / "content" / "in.md").symlink_to("a.md")
    found = mirror(workspace)
    assert "content/out.md" not in found
    assert found["content/in.md"] == "content/a.md"


def test_linked_folders_are_not_walked(workspace: Workspace, tmp_path: Path) -> None:
    """A folder that is a link can lead out, or in a circle."""
    (workspace.root / "content" / "round").symlink_to(workspace.root)
    assert {path.name for path in site_files(workspace.root)} == {"a.md", "b.txt", ".eleventy.js"}


def test_packages_are_linked_not_copied(workspace: Workspace, packages: Path) -> None:
    """The mirror's packages are the shared files themselves, with npm's own links."""
    write(workspace.root / "package.json", "{}")
    mirror(workspace)
    tool = workspace.work / "node_modules" / "tool" / "cli.js"
    assert tool.stat().st_ino == (packages / "node_modules" / "tool" / "cli.js").stat().st_ino
    assert (workspace.work / "node_modules" / ".bin" / "tool").readlink() == Path("../tool/cli.js")


def test_packages_of_another_lock_replace_the_old_ones(
    workspace: Workspace, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the earlier packages stays, and equal ones are not linked again."""
    write(workspace.root / "package.json", "{}")
    mirror(workspace)
    write(workspace.work / "node_modules" / ".vite" / "cache", "kept while the packages stay")
    mirror(workspace)
    assert (workspace.work / "node_modules" / ".vite" / "cache").is_file()
    other = packages.with_name("two")
    write(other / "node_modules" / "other" / "index.js", "2")
    monkeypatch.setattr(staging, "ensure_packages", lambda *_, **__: other)
    mirror(workspace)
    assert sorted(path.name for path in (workspace.work / "node_modules").iterdir()) == ["other"]


def test_what_is_left_out_is_not_in_the_mirror_any_more(workspace: Workspace) -> None:
    """An entry whose time is over goes from the mirror, and comes back when it may be seen again."""
    assert "content/a.md" in mirror(workspace)
    stage_files(workspace, {}, left_out={"content/a.md"}, say=lambda _: None)
    assert not (workspace.work / "content").exists()
    assert "content/a.md" in mirror(workspace)
