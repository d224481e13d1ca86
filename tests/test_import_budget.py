"""Starting stays cheap: what the frequent commands import is counted, name by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from platform_testing.distributions import FAKES, install_fakes

PROBE = """
import atexit, json, os, sys

def tell():
    with open(os.environ["PROBE"], "w") as file:
        json.dump(sorted(sys.modules), file)

atexit.register(tell)
from platform_cli.main import main
main()
"""
NEVER = {
    "aws_cdk", "boto3", "botocore", "cdk_nag", "constructs", "idna", "jinja2", "jsii", "ministack", "pluggy",
    "rich", "s3transfer", "urllib3", "watchfiles", "yaml",
}  # fmt: skip
PYDANTIC = {"pydantic", "pydantic_core"}
CHEAP = [
    ("--help",),
    ("--version",),
    ("list",),
    ("list", "--all", "--json"),
    ("plugin", "list"),
    ("plugin", "--help"),
    ("describe", "ssg-echo"),
    ("why-not", "ssg-echo", "cms-memory"),
    ("recommend", "--cms", "any", "--pages", "500", "--json"),
    ("deploy", "--help"),
    ("up", "--help"),
]


@pytest.fixture(name="environment", scope="module")
def _environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment with the reference fakes and an empty cache."""
    plugins = install_fakes(tmp_path_factory.mktemp("plugins"))
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PLATFORM_", "COVERAGE", "COV_"))}
    return {**own, "PYTHONPATH": str(plugins), "PLATFORM_CACHE": str(tmp_path_factory.mktemp("cache"))}


def loaded(environment: dict[str, str], tmp_path: Path, *arguments: str) -> set[str]:
    """Return the modules that a command has imported when it ends."""
    told = tmp_path / "modules.json"
    subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env={**environment, "PROBE": str(told)},
        check=True,
        capture_output=True,
        timeout=60,
    )
    return set(json.loads(told.read_text("utf-8")))


def imported(environment: dict[str, str], tmp_path: Path, *arguments: str) -> set[str]:
    """Return their top-level names."""
    return {name.partition(".")[0] for name in loaded(environment, tmp_path, *arguments)}


def plugin_packages(modules: set[str]) -> set[str]:
    """Return the packages of plugins among *modules*."""
    return {name for name in modules if name.startswith("platform_plugin_")}


@pytest.mark.parametrize("arguments", CHEAP, ids=" ".join)
def test_a_cheap_command_imports_nothing_heavy(
    environment: dict[str, str], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """With a warm cache, help and catalogue need neither CDK nor boto3 nor pydantic, and no plugin."""
    imported(environment, tmp_path, "list")
    modules = imported(environment, tmp_path, *arguments)
    assert not modules & (NEVER | PYDANTIC)
    assert not plugin_packages(modules)


def test_help_imports_no_discovery(environment: dict[str, str], tmp_path: Path) -> None:
    """Help does not even look at what is installed."""
    modules = loaded(environment, tmp_path, "--help")
    assert {name for name in modules if name.startswith("platform_core.")} == {"platform_core.errors"}


def test_a_cold_cache_brings_pydantic_and_nothing_else(environment: dict[str, str], tmp_path: Path) -> None:
    """Manifests are checked once; even then no plugin is imported."""
    cold = {**environment, "PLATFORM_CACHE": str(tmp_path / "cold")}
    modules = imported(cold, tmp_path, "list")
    assert "pydantic" in modules
    assert not modules & NEVER
    assert not plugin_packages(modules)


def test_validating_imports_neither_cdk_nor_boto3(environment: dict[str, str], tmp_path: Path) -> None:
    """A site file is checked from manifests; its plugins stay on disk."""
    site = tmp_path / "site"
    site.mkdir()
    text = 'client = "acme"\ndomain = "www.acme.example"\nengine = "ssg-echo"\ncms = "cms-memory"\n'
    (site / "site.toml").write_text(text, "utf-8")
    modules = imported(environment, tmp_path, "validate", str(site))
    assert not modules & {"aws_cdk", "boto3", "botocore", "jsii", "ministack", "rich"}
    assert not plugin_packages(modules)


def test_building_imports_only_the_chosen_plugins(environment: dict[str, str], tmp_path: Path) -> None:
    """What a site did not choose is not imported, whatever is installed."""
    site = tmp_path / "site"
    imported(
        environment,
        tmp_path,
        "init",
        str(site),
        "--client",
        "acme",
        "--domain",
        "www.acme.example",
        "--engine",
        "ssg-echo",
    )
    modules = imported(environment, tmp_path, "build", str(site))
    assert plugin_packages(modules) == {"platform_plugin_ssg_echo"}
    assert not modules & {"aws_cdk", "boto3", "jsii", "ministack"}


def test_the_fakes_are_seen(environment: dict[str, str], tmp_path: Path) -> None:
    """The budget is measured with plugins that are found, not without any."""
    told: Any = subprocess.run(
        [sys.executable, "-m", "platform_cli.main", "plugin", "list", "--json"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    assert set(FAKES) <= {row["id"] for row in json.loads(told)}
