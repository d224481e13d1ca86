"""Every plugin's pyproject.toml is one template; only what is its own differs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from platform_core.manifest import Manifest, parse_manifest

PLUGINS = sorted(path.parent for path in (Path(__file__).parent.parent / "plugins").glob("*/pyproject.toml"))
TEMPLATE = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "platform-plugin-{id}"
version = "{version}"
description = "{description}"
readme = "README.md"
license = "Apache-2.0"
requires-python = ">=3.11"
authors = [{{ name = "The Platform maintainers" }}]
classifiers = [
  "Environment :: Console",
  "Framework :: AWS CDK",
  "Operating System :: MacOS",
  "Operating System :: POSIX :: Linux",
  "Programming Language :: Python :: 3 :: Only",
  "Programming Language :: Python :: 3.11",
  "Programming Language :: Python :: 3.12",
  "Programming Language :: Python :: 3.13",
  "Topic :: Internet :: WWW/HTTP :: Site Management",
  "Typing :: Typed",
]
dependencies = [
{dependencies}
]

[project.entry-points."platform.{kind}.v1"]
{id} = "{package}.plugin"

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]
"""


def source_of(folder: Path) -> Path:
    """Return the package of the plugin in *folder*."""
    return folder / "src" / f"platform_plugin_{folder.name.replace('-', '_')}"


def manifest_of(folder: Path) -> Manifest:
    """Read the manifest of the plugin in *folder*."""
    return parse_manifest((source_of(folder) / "plugin.toml").read_text("utf-8"), folder.name)


def expected(folder: Path) -> str:
    """Return the template with what the plugin in *folder* says of itself."""
    data = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    project = data["project"]
    (group,) = project.get("entry-points", {"platform.none.v1": {}})
    return TEMPLATE.format(
        id=folder.name,
        version=project["version"],
        description=project["description"],
        dependencies="\n".join(f'  "{line}",' for line in sorted(project["dependencies"])),
        kind=group.split(".")[1],
        package=f"platform_plugin_{folder.name.replace('-', '_')}",
    )


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_the_pyproject_follows_the_template(folder: Path) -> None:
    """Keys, order, classifiers and layout are those of every other plugin."""
    assert (folder / "pyproject.toml").read_text("utf-8") == expected(folder)


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_the_description_is_one_sentence(folder: Path) -> None:
    """Package indexes show it alone, so it is whole."""
    description = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["description"]
    assert re.fullmatch(r"[A-Z].{20,150}\.", description)


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_it_has_what_every_plugin_has(folder: Path) -> None:
    """README, tests, manifest, code and the mark of typed packages are where all others have them."""
    package = source_of(folder)
    needed = [
        folder / "README.md",
        folder / "tests",
        *(package / name for name in ("plugin.toml", "plugin.py", "py.typed")),
    ]
    assert [str(path) for path in needed if not path.exists()] == []


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_it_stands_on_this_generation_of_core(folder: Path) -> None:
    """A plugin names the core that it was written for, with an upper bound."""
    data = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
    assert "platform-core>=0.1,<0.2" in data["project"]["dependencies"]


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_the_readme_says_what_is_sold(folder: Path) -> None:
    """Price and variants are the manifest's; settings and capabilities are generated from it."""
    manifest = manifest_of(folder)
    text = (folder / "README.md").read_text("utf-8")
    assert manifest.price
    (low, high), (setup_low, setup_high) = manifest.price.month, manifest.price.setup
    assert f"{low}-{high} USD a month, {setup_low:,}-{setup_high:,} USD once" in text
    for name, variant in manifest.variants.items():
        assert re.search(rf"^\| `{name}` \|.*\b{re.escape(variant.summary)}", text, re.MULTILINE), name
    for part in ("settings", "capabilities"):
        assert f"<!-- generated: {part} -->" in text


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_each_variant_can_be_had(folder: Path) -> None:
    """It is a choice of the setting, or a starter that is there."""
    manifest = manifest_of(folder)
    starters = [variant.starter for variant in manifest.variants.values()]
    if manifest.kind == "ssg":
        assert all((source_of(folder) / starter / "content.toml").is_file() for starter in starters)
    else:
        assert tuple(manifest.variants) == manifest.settings["variant"].choices


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_no_starter_copies_another(folder: Path) -> None:
    """A file that a variant shares with another, or with _shared, is there once."""
    seen: dict[bytes, Path] = {}
    for path in (source_of(folder) / "starters").glob("*/**/*"):
        if path.is_file() and path.stat().st_size > 200:
            other = seen.setdefault(path.read_bytes(), path)
            assert other == path
