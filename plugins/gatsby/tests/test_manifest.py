"""The manifest, and that the README, the lock file and the designs say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import platform_plugin_gatsby
from platform_core.design import load_design
from platform_core.manifest import Manifest, parse_manifest
from platform_plugin_gatsby import plugin

PACKAGE = Path(platform_plugin_gatsby.__file__).parent
STARTERS = PACKAGE / "starters"
VARIANTS = ["react_business", "content_blog", "portfolio_showcase"]
README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


@pytest.fixture(name="manifest")
def _manifest() -> Manifest:
    """The plugin's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


@pytest.fixture(name="package", scope="module")
def _package() -> dict[str, dict[str, str]]:
    """What package.json of the starters says."""
    found: dict[str, dict[str, str]] = json.loads((STARTERS / "_shared" / "package.json").read_text("utf-8"))
    return found


def test_each_variant_has_its_starter(manifest: Manifest) -> None:
    """The variants are those of the catalogue, and each brings a design, a content model and a home page."""
    assert list(manifest.variants) == VARIANTS
    for variant in manifest.variants.values():
        for name in ("design.toml", "content.toml", "content/_index.md", "src/templates/home.tsx", "schema.graphql"):
            assert (PACKAGE / variant.starter / name).is_file(), name


def test_it_says_that_gatsby_is_in_maintenance(manifest: Manifest) -> None:
    """A buyer is told, with source and day."""
    assert manifest.maintenance
    assert manifest.maintenance.state == "maintenance-only"
    assert "38696" in manifest.maintenance.source
    assert manifest.maintenance.date


def test_the_versions_are_the_locked_ones(manifest: Manifest) -> None:
    """What the manifest tells a buyer is what is installed, and what the plan falls back to."""
    packages = json.loads((STARTERS / "_shared" / "package-lock.json").read_text("utf-8"))["packages"]
    gatsby, react = (packages[f"node_modules/{name}"]["version"] for name in ("gatsby", "react"))
    assert manifest.facts["version"].startswith(f"{gatsby} with React {react},")
    assert gatsby == plugin._VERSION


def test_every_package_is_pinned(package: dict[str, dict[str, str]]) -> None:
    """package.json has exact versions, and the lock file names no registry."""
    wanted = {**package["dependencies"], **package["devDependencies"], **package["overrides"]}
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
    sheet = (STARTERS / variant / "src" / "styles" / "site.css").read_text("utf-8")
    assert len(sheet.splitlines()) <= 110
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bwhite\b;", sheet)


@pytest.mark.parametrize("variant", VARIANTS)
def test_pictures_are_light(variant: str) -> None:
    """A starter's pictures are not more than its visitors would put up with: 520 kB, together."""
    images = [path for path in (STARTERS / variant / "static").rglob("*") if path.is_file()]
    assert len(images) >= 6
    assert sum(path.stat().st_size for path in images) <= 520_000
