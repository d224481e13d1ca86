"""GitHub Pages, AWS, or both: the workflow, and that both serve the same bytes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

PLATFORM = Path(sys.executable).with_name("platform")
Site = Callable[..., Path]


def _platform(*arguments: object, code: int = 0) -> str:
    done = subprocess.run(
        [str(PLATFORM), *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Site:
    """Start a site with a host."""

    def start(host: str) -> Path:
        root = tmp_path / host
        given = ("--client", "hut", "--domain", "hut.example", "--engine", "jekyll", "--variant", "simple_blog")
        _platform("init", root, *given, "--set", f"jekyll.host={host}")
        return root

    return start


def _workflow(root: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((root / ".github/workflows/pages.yml").read_text("utf-8"))
    return loaded


def test_a_site_on_aws_has_no_workflow(site: Site) -> None:
    """Nothing of GitHub Pages is in the folder, until the setting changes and the file is asked for."""
    root = site("aws")
    assert not (root / ".github").exists()
    text = (root / "site.toml").read_text("utf-8")
    (root / "site.toml").write_text(text.replace('host = "aws"', 'host = "both"'), "utf-8")
    assert "Wrote .github/workflows/pages.yml" in _platform("init", root, "--extras")
    assert "Nothing is missing" in _platform("init", root, "--extras")


def test_the_workflow_is_whole(site: Site) -> None:
    """It is YAML, grants no more than it needs, and names every action by a commit."""
    workflow = _workflow(site("both"))
    assert workflow[True] == {"push": {"branches": ["main"]}, "workflow_dispatch": None}  # YAML 1.1 reads `on` so
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert workflow["jobs"]["publish"]["needs"] == "build"
    actions = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert len(actions) == 3
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in actions)


@pytest.mark.usefixtures("jekyll")
def test_pages_and_aws_serve_the_same_bytes(site: Site, tmp_path: Path) -> None:
    """The workflow's own build step, run in a fresh clone, gives what `platform build` gives to AWS."""
    root = site("both")
    clone = tmp_path / "clone"
    shutil.copytree(root, clone)
    _platform("build", root)
    job = _workflow(clone)["jobs"]["build"]
    step = next(step for step in job["steps"] if step.get("name") == "Build")
    uploaded = next(step for step in job["steps"] if "upload-pages-artifact" in step.get("uses", ""))["with"]["path"]
    env = {**os.environ, "PATH": os.pathsep.join([str(PLATFORM.parent), os.environ["PATH"]])}
    subprocess.run(
        ["/bin/sh", "-e", "-c", step["run"]], cwd=clone, env=env, check=True, capture_output=True, timeout=300
    )
    released = _tree(root / ".platform" / "aws" / "output")
    assert released["CNAME"] == b"hut.example\n"
    assert "404.html" in released
    assert _tree(clone / uploaded) == released


def test_deploy_says_that_github_publishes(site: Site) -> None:
    """A site on GitHub Pages alone is not deployed to AWS, and one learns what publishes it."""
    said = " ".join(_platform("deploy", site("github-pages"), "--yes", code=2).split())
    assert "is not published on AWS" in said
    assert "push to the branch main" in said
