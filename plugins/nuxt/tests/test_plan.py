"""The build plan: what is run, where its files are, and what answers on a server. Nothing is built here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from platform_core.contributions import BuildPlan
from platform_core.node import npm_command
from platform_plugin_nuxt import plugin

PlanOf = Callable[..., BuildPlan]


def test_a_static_site_is_generated(plan_of: PlanOf) -> None:
    """Nuxt's own command runs in the mirror, and there is no server."""
    plan = plan_of()
    assert plan.command == ("nuxt", "generate")
    assert (plan.staged, plan.extract_inline, plan.written) == (True, True, ".output/public")
    assert plan.server is None
    assert "NITRO_PRESET" not in plan.env


def test_a_site_with_a_server_is_built_for_lambda(plan_of: PlanOf) -> None:
    """The same site is built with Nitro's preset; its server's code lies beside the files."""
    plan = plan_of(rendering="server")
    assert plan.command == ("nuxt", "build")
    assert plan.env["NITRO_PRESET"] == "aws-lambda"
    assert plan.server
    assert plan.server.folder.parts[-3:] == ("work", ".output", "server")
    assert plan.server.assets == ("/_nuxt/", "/_pictures/")


def test_settings_reach_the_starter(plan_of: PlanOf) -> None:
    """What the site says is in a file that the starter's module reads."""
    plan = plan_of(future=True, form_endpoint="https://forms.example.com/x")
    assert json.loads(plan.files["nuxt.json"]) == {
        "future": True,
        "form_endpoint": "https://forms.example.com/x",
        "title": "",
    }


def test_an_adopted_site_runs_its_own_script(plan_of: PlanOf) -> None:
    """The script of package.json is run, and its folder is taken."""
    plan = plan_of(adopted=True, build_script="build:site", build_output="dist")
    assert plan.command == (*npm_command(), "run", "build:site")
    assert plan.written == "dist"
    assert plan.env["NITRO_PRESET"] == "static"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("_nuxt/CHzB41ny.js", True),
        ("_nuxt/CYm4qd2-.js", True),
        ("_nuxt/entry.CIdziJ3p.css", True),
        ("_pictures/moss-800.0123456789abcdef.webp", True),
        ("nuxt-config.0123456789abcdef.js", True),
        ("index.html", False),
        ("_payload.json", False),
        ("images/moss.webp", False),
    ],
)
def test_only_names_with_a_hash_are_kept_for_ever(plan_of: PlanOf, path: str, *, kept: bool) -> None:
    """Chunks, styles, pictures and the configuration change their name with their bytes."""
    assert bool(re.fullmatch(plan_of().fingerprinted, path)) is kept


@pytest.mark.parametrize(
    ("address", "policy"),
    [
        ("", {}),
        ("/api/request", {}),
        ("https://forms.example.com:8443/x", {"form-action": ["'self'", "https://forms.example.com:8443"]}),
    ],
)
def test_forms_may_be_sent_to_their_address_only(address: str, policy: dict[str, Any]) -> None:
    """The policy names the host of the form's address, when it is another one."""
    assert plugin.platform_csp(settings={"form_endpoint": address}) == policy
