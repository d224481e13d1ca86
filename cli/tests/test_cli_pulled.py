"""What `platform pull` and `platform up --offline` may do to a site's files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from platform_cli import pulled
from platform_cli.app import App
from platform_cli.commands import pull_
from platform_cli.pulled import refuse_committed
from platform_core.errors import UserError


def git(folder: Path, *words: str) -> None:
    """Run Git in *folder*."""
    subprocess.run([shutil.which("git") or "git", "-C", str(folder), *words], check=True)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A repository with a file that came from a source; nothing is committed yet."""
    file = tmp_path / "content" / "posts" / "a.md"
    file.parent.mkdir(parents=True)
    file.write_text("---\ntitle: A\nsource: memory/a\n---\n", "utf-8")
    git(tmp_path, "init", "-q")
    return tmp_path


def test_a_sample_replaces_no_committed_file(site: Path) -> None:
    """The first file and a way out are named."""
    git(site, "add", "content")
    with pytest.raises(UserError, match="offline-content") as caught:
        refuse_committed(["memory"], site)
    assert "content/posts/a.md" in caught.value.why
    assert "--offline" in caught.value.hint


def test_a_sample_replaces_what_git_does_not_have(site: Path) -> None:
    """What the next pull brings again is nobody's loss."""
    refuse_committed(["memory"], site)


def test_files_of_others_do_not_matter(site: Path) -> None:
    """A stand-in replaces the files of its own source alone."""
    git(site, "add", "content")
    refuse_committed(["other"], site)


@pytest.mark.parametrize(("words", "allowed"), [([], False), (["--allow-empty"], True)])
def test_an_empty_answer_is_allowed_by_a_word(
    site: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], allowed: bool
) -> None:
    """`platform pull --allow-empty` says so to every source."""
    given: list[Any] = []

    def tell(_composition: Any, _stage: Any, *, allow_empty: bool) -> list[Any]:
        given.append(allow_empty)
        return []

    monkeypatch.setattr(pulled, "tell_pulled", tell)
    monkeypatch.setattr("platform_cli.target.aws_stage", lambda _site: None)
    monkeypatch.setattr(App, "compose", lambda _app, _folder: SimpleNamespace(site=None))
    CliRunner().invoke(pull_.command, [str(site), *words], obj=App())
    assert given == [allowed]
