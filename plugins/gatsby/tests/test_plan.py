"""The build plan: what Gatsby is asked to do, without building."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from platform_core.contributions import Workspace
from platform_core.errors import SiteError
from platform_plugin_gatsby import plugin

PlanOf = Callable[..., Any]


def test_it_builds_in_the_mirror(plan_of: PlanOf) -> None:
    """Gatsby is found by its name, public/ is taken, and inline code is moved into files."""
    plan = plan_of()
    assert plan.command == ("gatsby", "build")
    assert (plan.staged, plan.written, plan.extract_inline) == (True, "public", True)
    assert plan.server is None


def test_it_keeps_to_itself(plan_of: PlanOf, workspace: Workspace) -> None:
    """Nothing is measured, asked, or written into the home folder."""
    env = plan_of().env
    assert env["GATSBY_TELEMETRY_DISABLED"] == "1"
    assert env["CI"] == "true"
    assert env["XDG_CONFIG_HOME"].startswith(str(workspace.cache))


def test_a_repository_keeps_its_own_build(plan_of: PlanOf) -> None:
    """The script and the folder of an adopted site are used."""
    plan = plan_of(more={"adopted": True}, build_script="build:site", build_output="out/site")
    assert plan.command[-2:] == ("run", "build:site")
    assert plan.written == "out/site"


def test_the_site_says_title_and_locale_only_when_it_has_them(plan_of: PlanOf) -> None:
    """Otherwise those of data/site.json hold."""
    given = json.loads(plan_of(more={"title": "Acme & Sons", "locale": "de"}).files["data/gatsby.json"])
    assert (given["title"], given["locale"]) == ("Acme & Sons", "de")
    usual = json.loads(plan_of().files["data/gatsby.json"])
    assert (usual["title"], usual["locale"]) == ("", "")


def test_settings_reach_the_templates(plan_of: PlanOf) -> None:
    """Gatsby reads them from the generated file."""
    known = json.loads(plan_of(future=True, form_endpoint="https://forms.example.com/f").files["data/gatsby.json"])
    assert (known["future"], known["formEndpoint"]) == (True, "https://forms.example.com/f")


def test_another_version_is_another_build(plan_of: PlanOf, workspace: Workspace) -> None:
    """The version is that of the site's own lock file."""
    assert plan_of().version == "5.16.1"
    lock = {"packages": {"node_modules/gatsby": {"version": "5.13.7"}}}
    (workspace.root / "package-lock.json").write_text(json.dumps(lock), "utf-8")
    assert plan_of().version == "5.13.7"


@pytest.mark.parametrize("text", ["{", "[]", '{"packages": []}'])
def test_a_broken_lock_file_is_told(plan_of: PlanOf, workspace: Workspace, text: str) -> None:
    """It is the user's file: a sentence and a way out, no traceback."""
    (workspace.root / "package-lock.json").write_text(text, "utf-8")
    with pytest.raises(SiteError) as caught:
        plan_of()
    assert caught.value.reference == "bad-lock-file"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app-4123105c71b94e7a4f6b.js", True),
        ("component---src-templates-home-tsx-cb56cb1ca9ece14eca03.js", True),
        ("styles.f348009714e0d729e18d.css", True),
        ("static/3ae95143da8ebe1859d6879838819ccf/78e3b/bridge.webp", True),
        ("page-data/app-data.json", False),
        ("page-data/sq/d/2744905544.json", False),
        ("images/bridge.webp", False),
        ("index.html", False),
        ("static/plain.js", False),
    ],
)
def test_what_is_cached_for_ever(plan_of: PlanOf, path: str, expected: bool) -> None:
    """Only names that hold a hash of their bytes: static queries are named by the query, not by its answer."""
    assert bool(re.fullmatch(plan_of().fingerprinted, path)) is expected


def test_a_form_may_be_sent_to_its_address_alone() -> None:
    """The policy is opened for the endpoint's origin; without one nothing is opened."""
    settings = {"form_endpoint": "https://forms.example.com:8443/f/1?x=1"}
    assert plugin.platform_csp(settings=settings) == {"form-action": ["https://forms.example.com:8443"]}
    assert plugin.platform_csp(settings={"form_endpoint": ""}) == {}
