"""Adopting: what is told, what is written, and that nothing of the repository changes."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

STYLE = "body { color: black }\n"


@pytest.fixture(name="repository")
def _repository(platform: Any) -> Path:
    """A repository of the reference engine that Platform did not start: one page, and no starter's files."""
    root: Path = platform.folder / "their-site"
    (root / "echo").mkdir(parents=True)
    (root / "echo" / "style.css").write_text(STYLE)
    (root / "content").mkdir()
    (root / "content" / "about.md").write_text("---\ntitle: About\n---\nUs\n")
    (root / "package.json").write_text(json.dumps({"name": "their-site"}))
    return root


def digests(root: Path) -> dict[str, str]:
    """Return the digest of each file."""
    files = (path for path in root.rglob("*") if path.is_file() and ".platform" not in path.parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_site_file_is_all_that_is_written(platform: Any, repository: Path) -> None:
    """The repository gets one file, and its own stay byte for byte."""
    before = digests(repository)
    said = platform("adopt", "their-site").stdout
    after = digests(repository)
    assert after.pop("site.toml")
    assert after == before
    assert "Engine: Echo (ssg-echo)" in said
    assert "echo/style.css: is there" in said
    assert "their-site.example stands in for it" in said
    assert "Next: platform up their-site" in said


def test_what_is_written_is_a_valid_site(platform: Any, repository: Path) -> None:
    """The file passes the same checks as any other, and says that the site was adopted."""
    platform("adopt", "their-site", "--domain", "www.theirs.shop", "--title", 'Their "site"')
    data = tomllib.loads((repository / "site.toml").read_text("utf-8"))
    assert (data["engine"], data["adopted"], data["domain"], data["title"]) == (
        "ssg-echo",
        True,
        "www.theirs.shop",
        'Their "site"',
    )
    assert "'unsafe-inline'" in data["csp"]["script-src"]
    assert "is valid" in platform("validate", "their-site").stdout


def test_an_adopted_site_is_built_as_it_is(platform: Any, repository: Path) -> None:
    """No starter is laid over it, and its own page is there."""
    platform("adopt", "their-site")
    before = digests(repository)
    platform("build", "their-site")
    assert digests(repository) == before
    output = repository / ".platform" / "aws" / "output"
    assert "Us" in (output / "about" / "index.html").read_text("utf-8")


def test_a_site_file_is_never_overwritten(platform: Any, repository: Path) -> None:
    """What is there already stays, and the user hears of it."""
    (repository / "site.toml").write_text("mine")
    assert "error[site-exists]" in platform("adopt", "their-site", code=2).stderr
    assert (repository / "site.toml").read_text() == "mine"


def test_a_dry_run_writes_nothing(platform: Any, repository: Path) -> None:
    """The text is printed, also when there is a site.toml."""
    (repository / "site.toml").write_text("mine")
    before = digests(repository)
    assert 'engine = "ssg-echo"' in platform("adopt", "their-site", "--dry-run").stdout
    assert digests(repository) == before


def test_json_holds_what_was_recognised(platform: Any, repository: Path) -> None:
    """Evidence, what is unknown, and the site itself, for other programs."""
    found = json.loads(platform("adopt", "their-site", "--json").stdout)
    assert found["engine"]["evidence"] == [{"where": "echo/style.css", "what": "is there", "weight": 10}]
    assert found["site"]["engine"] == "ssg-echo"
    assert found["written"] is True
    assert found["next"] == "platform up their-site"
    assert (repository / "site.toml").is_file()


def test_what_is_not_recognised_is_not_guessed(platform: Any) -> None:
    """Nothing is written, the exit code is the user's, and the installed engines are named."""
    root = platform.folder / "other"
    root.mkdir()
    (root / "index.html").write_text("<h1>Hello</h1>")
    done = platform("adopt", "other", code=2)
    assert "error[not-recognised]" in done.stderr
    assert "not one of the installed engines" in done.stderr
    assert "ssg-echo" in done.stderr
    assert list(root.iterdir()) == [root / "index.html"]


def test_json_of_what_is_not_recognised(platform: Any) -> None:
    """A program gets its object too, with the same exit code."""
    found = json.loads(platform("adopt", ".", "--json", code=2).stdout)
    assert (found["engine"], found["site"], found["written"]) == (None, {}, False)


def test_naming_the_engine_is_enough(platform: Any) -> None:
    """A repository that no clue speaks for is adopted when the user knows better."""
    said = platform("adopt", ".", "--engine", "ssg-echo").stdout
    assert "as you say" in said
    assert (platform.folder / "site.toml").is_file()


def test_an_unknown_engine_is_the_users_mistake(platform: Any, repository: Path) -> None:
    """The nearest id is proposed, and nothing is written."""
    assert "Did you mean 'ssg-echo'?" in platform("adopt", "their-site", "--engine", "ssg-eco", code=2).stderr
    assert not (repository / "site.toml").exists()


def test_a_wrong_answer_is_refused_before_anything_is_written(platform: Any, repository: Path) -> None:
    """What the file would hold is checked first."""
    assert "not a full host name" in platform("adopt", "their-site", "--domain", "theirs", code=2).stderr
    assert not (repository / "site.toml").exists()


def test_a_site_of_a_larger_repository_is_pointed_out(platform: Any, repository: Path) -> None:
    """Where the site lies in a repository of several packages."""
    parent = platform.folder / "many"
    (parent / "apps").mkdir(parents=True)
    repository.rename(parent / "apps" / "web")
    assert "apps/web/: ssg-echo is recognised there" in platform("adopt", "many", code=2).stderr
