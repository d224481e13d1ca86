"""The build plan: what Eleventy is asked to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_plugin_eleventy import plugin

Plan = Callable[..., Any]


def test_it_builds_in_the_mirror_and_not_in_the_sites_folder(plan_of: Plan, tmp_path: Path) -> None:
    """The plan is staged, makes nothing itself, and names the output folder from there."""
    plan = plan_of()
    assert plan.staged
    assert plan.extract_inline
    assert plan.command[-1] == "--output=../output"
    assert not list(tmp_path.iterdir())


def test_its_program_runs_with_our_node(plan_of: Plan) -> None:
    """Node is named by its file, so that the machine's own is not needed."""
    node, program, *_ = plan_of().command
    assert Path(node).is_file()
    assert program == "node_modules/.bin/eleventy"


def test_settings_reach_the_templates(plan_of: Plan) -> None:
    """What the site says is written for the configuration to read."""
    plan = plan_of(future=True, form_endpoint="/api/join", more={"title": "Acme", "locale": "de"})
    said = json.loads(plan.files["eleventy.json"])
    assert said == {"future": True, "form_endpoint": "/api/join", "title": "Acme", "locale": "de"}


def test_the_starters_own_words_hold_when_the_site_says_nothing(plan_of: Plan) -> None:
    """Without a title or a locale in site.toml none is handed on."""
    said = json.loads(plan_of().files["eleventy.json"])
    assert (said["title"], said["locale"]) == ("", "")


def test_an_adopted_site_is_built_by_its_own_script(plan_of: Plan) -> None:
    """The script of package.json runs, and its folder is taken."""
    plan = plan_of(build_script="build:prod", build_output="public", more={"adopted": True})
    assert plan.command[-2:] == ("run", "build:prod")
    assert plan.written == "public"
    assert not plan.files


def test_an_adopted_site_without_a_script_keeps_its_file_names(plan_of: Plan) -> None:
    """Nothing of somebody else's output is taken for fingerprinted."""
    plan = plan_of(more={"adopted": True})
    assert not re.fullmatch(plan.fingerprinted, "assets/site.0123456789abcdef.css")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("assets/site.0123456789abcdef.css", True),
        ("assets/js/a.0123456789abcdef.js", True),
        ("_images/_Xvk4-uiia-1200.webp", True),
        ("assets/site.css", False),
        ("images/unit.png", False),
        ("index.html", False),
    ],
)
def test_only_hashed_names_are_kept_for_ever(plan_of: Plan, path: str, expected: bool) -> None:
    """A file is immutable when its name has a hash of the starters' own kind."""
    assert bool(re.fullmatch(plan_of().fingerprinted, path)) is expected


def test_forms_may_be_sent_to_the_named_host_alone() -> None:
    """The policy opens for the host of the setting, and for none when forms stay on the site."""
    assert plugin.platform_csp(settings={"form_endpoint": ""}) == {}
    assert plugin.platform_csp(settings={"form_endpoint": "/api/join"}) == {}
    there = {"form_endpoint": "https://forms.example.com/acme"}
    assert plugin.platform_csp(settings=there) == {"form-action": ["https://forms.example.com"]}
