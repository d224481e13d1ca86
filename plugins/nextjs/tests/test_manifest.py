"""The manifest, and that the README, the lock file and the designs say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import platform_plugin_nextjs
from platform_core.design import load_design
from platform_core.manifest import Manifest, parse_manifest

PACKAGE = Path(platform_plugin_nextjs.__file__).parent
STARTERS = PACKAGE / "starters"
VARIANTS = ["business_app", "marketing_site", "saas_landing"]
README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


@pytest.fixture(name="manifest")
def _manifest() -> Manifest:
    """The plugin's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


def test_each_variant_has_its_starter(manifest: Manifest) -> None:
    """The variants are those of the catalogue, and each brings a design and content."""
    assert list(manifest.variants) == VARIANTS
    for variant in manifest.variants.values():
        assert (PACKAGE / variant.starter / "design.toml").is_file()
        assert (PACKAGE / variant.starter / "content" / "index.md").is_file()


def test_the_versions_are_the_locked_ones(manifest: Manifest) -> None:
    """What the manifest tells a buyer is what is installed."""
    packages = json.loads((STARTERS / "_shared" / "package-lock.json").read_text("utf-8"))["packages"]
    next_, react = (packages[f"node_modules/{name}"]["version"] for name in ("next", "react"))
    assert manifest.facts["version"].startswith(f"{next_} with React {react},")
    opennext = packages["node_modules/@opennextjs/aws"]["version"]
    assert manifest.facts["server"].startswith(f"@opennextjs/aws {opennext},")


def test_every_package_is_pinned() -> None:
    """package.json has exact versions, and the lock file names no registry."""
    package = json.loads((STARTERS / "_shared" / "package.json").read_text("utf-8"))
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert "resolved" not in (STARTERS / "_shared" / "package-lock.json").read_text("utf-8")


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_design_can_be_read(variant: str) -> None:
    """Text has enough contrast, light and dark."""
    design = load_design(STARTERS / variant)
    assert design
    assert list(design.unreadable()) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_own_sheet_is_small_and_has_no_colours(variant: str) -> None:
    """Colours are tokens; what is shared is not copied."""
    sheet = (STARTERS / variant / "app" / "site.css").read_text("utf-8")
    assert len(sheet.splitlines()) <= 130
    assert not re.search(r"#[0-9a-fA-F]{6}\b|\brgba?\(", sheet)


@pytest.mark.parametrize("variant", VARIANTS)
def test_pictures_are_light(variant: str) -> None:
    """A starter's pictures are half a megabyte at most, together."""
    images = [path for path in (STARTERS / variant / "static").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in images) <= 500_000
