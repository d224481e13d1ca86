"""The build plan: what Next is asked to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.errors import SiteError
from platform_plugin_nextjs import plugin

Plan = Callable[..., Any]


def test_it_builds_in_the_mirror(plan_of: Plan) -> None:
    """The plan is staged, and static files are called public there, as Next wants them."""
    plan = plan_of()
    assert (plan.staged, plan.extract_inline, plan.written) == (True, True, "out")
    assert plan.renamed == {"static": "public"}
    assert plan.command == ("node", "scripts/build.mjs")


def test_the_version_is_that_of_the_lock_file(plan_of: Plan) -> None:
    """Another Next in the lock file means another build."""
    assert plan_of().version == "16.4.5"


def test_settings_reach_the_templates(plan_of: Plan) -> None:
    """What the site says is written for the templates to read."""
    plan = plan_of(future=True, form_endpoint="https://forms.example.com/a", more={"title": "Acme"})
    said = json.loads(plan.files["nextjs.json"])
    assert said == {"future": True, "formEndpoint": "https://forms.example.com/a", "title": "Acme"}


def test_only_names_with_a_hash_are_kept_for_ever() -> None:
    """What is named after the build, and not after its bytes, is asked for again."""
    kept = ("_next/static/chunks/0c98xzjfks9hq.js", "_images/social.0123456789ab-480.webp")
    asked = ("_next/static/0123456789abcdef/_buildManifest.js", "_images/social.webp", "index.html", "index.txt")
    assert all(re.fullmatch(plugin.FINGERPRINTED, path) for path in kept)
    assert not any(re.fullmatch(plugin.FINGERPRINTED, path) for path in asked)


def test_a_static_site_has_no_server(plan_of: Plan) -> None:
    """Files alone are the default."""
    assert plan_of().server is None


def test_a_server_answers_for_what_is_no_file(plan_of: Plan) -> None:
    """The function is the one that OpenNext makes, behind our own entry."""
    server = plan_of(more={"rendering": "server"}).server
    assert server.folder.parts[-3:] == (".open-next", "server-functions", "default")
    assert server.handler == "handler.handler"
    assert "/_next/static/" in server.assets
    assert len(server.vary) <= 8


def test_a_folder_without_a_starter_is_explained(plan_of: Plan, tmp_path: Path) -> None:
    """What can be done about it is said, instead of an error of Node."""
    (tmp_path / "root" / "scripts" / "build.mjs").unlink()
    with pytest.raises(SiteError) as error:
        plan_of()
    assert error.value.reference == "no-next-site"
    assert "platform adopt" in error.value.hint


@pytest.mark.parametrize(
    ("endpoint", "policy"),
    [
        ("", {}),
        ("/api/request", {}),
        ("https://forms.example.com/acme?x=1", {"form-action": ["https://forms.example.com"]}),
    ],
)
def test_a_form_may_be_posted_to_its_host(endpoint: str, policy: dict[str, list[str]]) -> None:
    """The policy names the host of the setting, and nothing else."""
    assert plugin.platform_csp(settings={"form_endpoint": endpoint}) == policy
