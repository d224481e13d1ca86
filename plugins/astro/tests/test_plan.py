"""The build plan and the policy, without building anything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.contributions import BuildPlan
from platform_plugin_astro import plugin

Plan = Callable[..., BuildPlan]


def test_a_static_site_is_built_into_the_output(plan_of: Plan, tmp_path: Path) -> None:
    """Astro is found among the site's packages and writes where core looks."""
    plan = plan_of()
    assert plan.command == ("astro", "build", "--outDir", str(tmp_path / "output"))
    assert (plan.staged, plan.extract_inline, plan.written, plan.server) == (True, True, "", None)


def test_settings_reach_the_templates(plan_of: Plan) -> None:
    """The starters read the settings from one generated file."""
    data = json.loads(plan_of(future=True, form_endpoint="/api/x").files["astro.json"])
    assert data == {"future": True, "form_endpoint": "/api/x", "title": ""}


def test_another_setting_is_another_build(plan_of: Plan) -> None:
    """What decides the output is part of the plan."""
    assert plan_of(future=True).files != plan_of().files


def test_the_plan_writes_nothing(plan_of: Plan, tmp_path: Path) -> None:
    """Asking for the plan changes no file."""
    plan_of()
    assert list(tmp_path.rglob("*")) == []


def test_the_version_is_that_of_the_lock_file(plan_of: Plan, tmp_path: Path) -> None:
    """Another Astro means another build."""
    assert plan_of().version == "not locked"
    (tmp_path / "root").mkdir()
    lock = {"packages": {"node_modules/astro": {"version": "7.9.1"}}}
    (tmp_path / "root" / "package-lock.json").write_text(json.dumps(lock), "utf-8")
    assert plan_of().version == "7.9.1"


@pytest.mark.parametrize("text", ["", "[]", '{"packages": []}', '{"packages": {"node_modules/astro": 3}}', "\x00"])
def test_a_damaged_lock_file_is_no_traceback(plan_of: Plan, tmp_path: Path, text: str) -> None:
    """What is wrong with it npm says; the plan does not have to."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "package-lock.json").write_text(text, "utf-8")
    assert plan_of().version == "not locked"


def test_a_server_is_named_with_its_folder(plan_of: Plan, tmp_path: Path) -> None:
    """With `rendering = "server"` only the client's part is published, and the function stands beside it."""
    plan = plan_of(more={"rendering": "server"})
    assert plan.command == ("astro", "build")
    assert plan.written == "dist/client"
    assert plan.server
    assert plan.server.folder == tmp_path / "work" / "dist" / "lambda"
    assert plan.server.handler == "index.handler"
    assert "/_astro/" in plan.server.assets


def test_an_adopted_site_is_built_as_it_is(plan_of: Plan) -> None:
    """Nothing is generated for it, and its output is looked for in its usual place."""
    plan = plan_of(more={"adopted": True})
    assert (plan.command, plan.written, dict(plan.files)) == (("astro", "build"), "dist", {})


def test_an_adopted_sites_own_script_is_run(plan_of: Plan) -> None:
    """The script of package.json builds, into the folder that it writes."""
    plan = plan_of(more={"adopted": True}, build_script="build:all", build_output="out/web")
    assert plan.command[-2:] == ("run", "build:all")
    assert plan.written == "out/web"


@pytest.mark.parametrize(
    "path", ["_astro/Base.9xJuGZdz.css", "_astro/trails.DSZtE11V_Z1XGePx.webp", "_astro/client.svelte.CR9GRn76.js"]
)
def test_bundled_files_are_kept_for_ever(plan_of: Plan, path: str) -> None:
    """Names with a hash change with their bytes."""
    assert re.fullmatch(plan_of().fingerprinted, path)


@pytest.mark.parametrize("path", ["_astro/data.json", "images/a.DSZtE11V.webp", "index.html", "_astro/my-component.js"])
def test_other_files_are_not(plan_of: Plan, path: str) -> None:
    """A name without a hash may have other bytes tomorrow."""
    assert not re.fullmatch(plan_of().fingerprinted, path)


@pytest.mark.parametrize(
    ("endpoint", "policy"),
    [
        ("", {}),
        ("/api/requests", {}),
        ("https://forms.example.com/acme?x=1", {"form-action": ["https://forms.example.com"]}),
    ],
)
def test_forms_may_send_to_their_endpoint(endpoint: str, policy: dict[str, Any]) -> None:
    """The policy opens for the one host that takes the forms."""
    assert plugin.platform_csp(settings={"form_endpoint": endpoint}) == policy
