"""The build plan: which Jekyll builds, and what it is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.errors import ToolError
from platform_plugin_jekyll import plugin

Plan = Callable[..., Any]


@pytest.fixture(name="programs", autouse=True)
def _programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A path on which there is a Jekyll and a Bundler, neither of which is run."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("jekyll", "bundle"):
        (folder / name).write_text("#!/bin/sh\nexit 9\n", "utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_it_builds_in_the_mirror(plan_of: Plan, programs: Path) -> None:
    """The plan is staged, runs the machine's Jekyll by its file, and writes into the output folder."""
    plan = plan_of()
    assert plan.staged
    assert plan.extract_inline
    assert plan.command[0] == str(programs / "jekyll")
    assert plan.command[plan.command.index("--destination") + 1] == "../output"


def test_a_gemfile_is_followed(plan_of: Plan, tmp_path: Path, programs: Path) -> None:
    """A site with a Gemfile is built by the Jekyll that it names, unless the setting says otherwise."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "Gemfile").write_text('gem "jekyll"\n', "utf-8")
    assert plan_of().command[:3] == (str(programs / "bundle"), "exec", "jekyll")
    assert plan_of().install == ("bundle install --quiet",)
    assert plan_of(program="system").command[0] == str(programs / "jekyll")


@pytest.mark.parametrize(
    ("program", "missing", "told"), [("auto", "jekyll", "install"), ("bundler", "bundle", "bundler")]
)
def test_what_is_missing_comes_with_the_command_that_brings_it(
    plan_of: Plan, programs: Path, program: str, missing: str, told: str
) -> None:
    """Nothing but a plain error is raised, whose hint can be pasted."""
    (programs / missing).unlink()
    with pytest.raises(ToolError, match="is not installed on this machine") as caught:
        plan_of(program=program)
    assert told in caught.value.hint


def test_the_sites_words_come_last(plan_of: Plan, tmp_path: Path) -> None:
    """Address, title and locale of site.toml override the configuration; what it does not say stays the starter's."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "_config.yml").write_text("title: Mine\n", "utf-8")
    plan = plan_of(more={"title": "Acme", "locale": "de"})
    assert plan.command[-1] == "_config.yml,.platform/generated/jekyll.yml"
    said = {"url": "https://www.example.com", "baseurl": "", "title": "Acme", "lang": "de"}
    assert json.loads(plan.files["jekyll.yml"]) == said
    assert "title" not in json.loads(plan_of().files["jekyll.yml"])


def test_redirects_are_pages_only_where_nobody_else_redirects(plan_of: Plan, tmp_path: Path) -> None:
    """On AWS the edge answers old paths; on GitHub Pages alone there are pages for them."""
    path = tmp_path / "root" / "content" / "a.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\ntitle: A\naliases: [/old/]\n---\n", "utf-8")
    found = {
        host: json.loads(plan_of(host=host).files["settings.json"])["redirects"]
        for host in ("aws", "both", "github-pages")
    }
    assert found == {"aws": {}, "both": {}, "github-pages": {"/old/": "/a/"}}


def test_an_adopted_site_keeps_its_own_configuration(plan_of: Plan) -> None:
    """No file of ours is named, and no name of its output is taken for a hash."""
    plan = plan_of(more={"adopted": True})
    assert "--config" not in plan.command
    assert not plan.files
    assert not re.fullmatch(plan.fingerprinted, "assets/site.0123456789abcdef.css")


@pytest.mark.parametrize(
    ("path", "expected"),
    [("assets/site.0123456789abcdef.css", True), ("assets/site.css", False), ("images/a.webp", False)],
)
def test_only_hashed_names_are_kept_for_ever(plan_of: Plan, path: str, expected: bool) -> None:
    """A file is immutable when its name has a hash of the starters' own kind."""
    assert bool(re.fullmatch(plan_of().fingerprinted, path)) is expected


def test_another_installation_means_another_build(plan_of: Plan, programs: Path) -> None:
    """An upgraded Jekyll builds again."""
    before = plan_of().version
    (programs / "jekyll").unlink()
    (programs / "jekyll").write_text("#!/bin/sh\nexit 8\n", "utf-8")
    (programs / "jekyll").chmod(0o755)
    assert plan_of().version != before


def test_the_packages_are_those_of_the_manifest() -> None:
    """What the workflow installs is what `platform doctor` names, each once."""
    assert plugin.tool_packages() == ("jekyll", "ruby-jekyll-feed", "ruby-jekyll-seo-tag", "ruby-jekyll-sitemap")
