"""Every distribution is a wheel that works alone, outside the workspace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
OWN_UV = ROOT / ".tools" / "bin" / "uv"
UV = str(OWN_UV) if OWN_UV.is_file() else shutil.which("uv") or ""
SECONDS = 600.0
LICENCE = "Apache-2.0"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not UV, reason="needs uv, which `make setup` brings"),
]


@dataclass
class Environment:
    """A virtual environment outside the workspace.

    Attributes:
        folder: The environment; sites are made beside it.
        wheels: Where the built wheels are.
    """

    folder: Path
    wheels: Path

    def install(self, *names: str) -> None:
        """Install distributions of the workspace from their wheels; the rest comes from the index."""
        files = [str(path) for name in names for path in self.wheels.glob(f"{name.replace('-', '_')}-*.whl")]
        assert len(files) == len(names)
        uv("pip", "install", "--quiet", "--python", str(self.python), *files)

    def uninstall(self, name: str) -> None:
        """Take one away again."""
        uv("pip", "uninstall", "--quiet", "--python", str(self.python), name)

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def run(self, *command: str) -> str:
        """Run a program of this environment, with nothing of ours on the path, and return what it prints."""
        env = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        done = subprocess.run(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd=self.folder.parent,
            env={**env, "PLATFORM_CACHE": str(self.folder.parent / "cache")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def platform(self, *arguments: str) -> Any:
        """Run the command with --json and return the data."""
        return json.loads(self.run("platform", *arguments, "--json"))


def uv(*arguments: str) -> None:
    """Run uv."""
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        [UV, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(name="wheels", scope="module")
def _wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of every distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    uv("build", "--quiet", "--wheel", "--all-packages", "--out-dir", str(folder))
    return folder


def new_environment(folder: Path, wheels: Path, names: Sequence[str]) -> Environment:
    """Make an environment with these distributions."""
    uv("venv", "--quiet", "--python", sys.executable, str(folder))
    made = Environment(folder, wheels)
    made.install(*names)
    return made


@pytest.fixture(name="bare", scope="module")
def _bare(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Environment:
    """Return an environment with core and the command only."""
    return new_environment(tmp_path_factory.mktemp("bare") / "env", wheels, ("platform-core", "platform-cli"))


@pytest.fixture(name="full", scope="module")
def _full(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Environment:
    """Return an environment with everything that the workspace has."""
    names = [path.name.split("-")[0].replace("_", "-") for path in wheels.glob("*.whl")]
    return new_environment(tmp_path_factory.mktemp("full") / "env", wheels, names)


def distributions() -> list[str]:
    """Return the names of the workspace's distributions."""
    files = [ROOT / "core", ROOT / "cli", ROOT / "testing", *(ROOT / "plugins").iterdir()]
    return sorted(
        f"platform_plugin_{path.name.replace('-', '_')}" if path.parent.name == "plugins" else f"platform_{path.name}"
        for path in files
        if (path / "pyproject.toml").is_file()
    )


@pytest.mark.parametrize("name", distributions())
def test_a_wheel_holds_every_file_of_its_package(wheels: Path, name: str) -> None:
    """Templates, scripts and manifests are in it, and nothing of anybody else."""
    (wheel,) = wheels.glob(f"{name}-*.whl")
    package = next(ROOT.glob(f"*/src/{name}"), None) or next(ROOT.glob(f"plugins/*/src/{name}"))
    expected = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        inside = {item for item in archive.namelist() if ".dist-info/" not in item}
    assert inside == expected


@pytest.mark.parametrize("name", distributions())
def test_a_wheel_names_its_licence(wheels: Path, name: str) -> None:
    """The metadata says under which terms it may be used."""
    (wheel,) = wheels.glob(f"{name}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (item for item in archive.namelist() if item.endswith(".dist-info/METADATA"))
        assert f"License-Expression: {LICENCE}" in archive.read(metadata).decode()


def test_without_plugins_there_is_nothing_to_list(bare: Environment) -> None:
    """Core and the command work, and say how to get an engine."""
    assert bare.platform("list", "--all") == []
    assert bare.run("platform", "plugin", "list") == "No plugin is installed.\n"


def test_installing_a_plugin_makes_it_appear_and_uninstalling_makes_it_go(bare: Environment) -> None:
    """Nothing but the installation decides; there is no list to edit and no cache to empty."""
    bare.install("platform-plugin-hugo")
    try:
        assert {row["engine"] for row in bare.platform("list")} == {"hugo"}
        made = ("--client", "acme", "--domain", "www.acme.example", "--engine", "hugo")
        bare.run("platform", "init", "acme", *made)
        assert "pages, built in" in bare.run("platform", "build", "acme")
    finally:
        bare.uninstall("platform-plugin-hugo")
    assert bare.platform("list", "--all") == []
    assert bare.run("platform", "plugin", "list") == "No plugin is installed.\n"


def test_nothing_comes_from_the_workspace(full: Environment) -> None:
    """The tests below see the wheels, not the editable installation."""
    code = "import platform_core, platform_cli; print(platform_core.__file__, platform_cli.__file__)"
    assert all(path.startswith(str(full.folder)) for path in full.run("python", "-c", code).split())


def test_every_plugin_is_found_and_sound(full: Environment) -> None:
    """All plugins are ok, and importing each one is quick, quiet and light."""
    found = full.platform("plugin", "doctor")
    assert {row["id"] for row in found} >= {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()}
    assert {row["state"] for row in found} == {"ok"}
    assert not [row["cause"] for row in found if row["cause"]]


def test_a_composed_site_is_validated_and_synthesized(full: Environment) -> None:
    """The example store, copied elsewhere, is valid and becomes a stack; CDK comes with the wheels."""
    site = full.folder.parent / "store"
    ignored = shutil.ignore_patterns(".platform", "node_modules")
    shutil.copytree(ROOT / "examples" / "editorial-store", site, ignore=ignored)
    assert " is valid: hugo + decap + snipcart" in full.run("platform", "validate", str(site))
    found = full.platform("synth", str(site))
    assert {"AWS::CloudFront::Distribution", "AWS::S3::Bucket"} <= types(Path(found["folder"]), found["stacks"])


def types(folder: Path, stacks: Sequence[dict[str, Any]]) -> set[str]:
    """Return the types of all resources."""
    templates = [json.loads((folder / row["template"]).read_text("utf-8")) for row in stacks]
    return {item["Type"] for template in templates for item in template["Resources"].values()}


def test_the_kit_brings_its_fakes(full: Environment) -> None:
    """A plugin author who installs the kit has the reference fakes."""
    code = (
        "from pathlib import Path; import tempfile, platform_testing.distributions as kit;"
        "print(len(list(kit.install_fakes(Path(tempfile.mkdtemp())).glob('*/plugin.toml'))))"
    )
    assert full.run("python", "-c", code).strip() == "4"
