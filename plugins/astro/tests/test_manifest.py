"""The manifest, that the README says the same, and what the starters bring."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import platform_plugin_astro
from platform_core.design import load_design
from platform_core.manifest import Manifest, parse_manifest
from platform_core.scaffold import SHARED

PACKAGE = Path(platform_plugin_astro.__file__).parent
STARTERS = PACKAGE / "starters"
README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
VARIANTS = ("modern_interactive", "component_islands", "performance_optimized")
each = pytest.mark.parametrize("variant", VARIANTS)


@pytest.fixture(name="manifest")
def _manifest() -> Manifest:
    """The plugin's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


def test_each_variant_has_its_starter(manifest: Manifest) -> None:
    """The variants are those of the catalogue, and each brings pages and a content model."""
    assert tuple(manifest.variants) == VARIANTS
    for variant in manifest.variants.values():
        assert (PACKAGE / variant.starter / "src/pages/index.astro").is_file()
        assert (PACKAGE / variant.starter / "content.toml").is_file()


def test_the_versions_are_the_pinned_ones(manifest: Manifest) -> None:
    """What the facts say is what the lock file installs."""
    lock = json.loads((STARTERS / SHARED / "package-lock.json").read_text("utf-8"))["packages"]
    assert manifest.facts["version"].startswith(f"{lock['node_modules/astro']['version']} ")
    assert manifest.facts["adapter"].startswith(
        f"@astro-aws/adapter {lock['node_modules/@astro-aws/adapter']['version']} "
    )


def test_packages_are_exact(manifest: Manifest) -> None:
    """A version that floats would make another site of the same source."""
    package = json.loads((STARTERS / SHARED / "package.json").read_text("utf-8"))
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


@each
def test_the_colours_are_readable(variant: str) -> None:
    """Text has a contrast of 4.5:1 at least, light and dark."""
    design = load_design(STARTERS / variant)
    assert design
    assert list(design.unreadable()) == []


@each
def test_pages_load_few_fonts(variant: str) -> None:
    """The Latin files of a variant have 130 KB at most, two of them are fetched early."""
    design = load_design(STARTERS / variant)
    assert design
    latin = {face.file for face in design.faces if "-latin-ext-" not in face.file.name}
    assert sum(path.stat().st_size for path in latin) <= 130_000
    assert len({face.file for face in design.faces if face.preload}) <= 2


@each
def test_sheets_take_colours_from_tokens(variant: str) -> None:
    """A variant's own sheet is small and names no colour."""
    sheet = (STARTERS / variant / "src/styles/site.css").read_text("utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", sheet)
    assert len(sheet.splitlines()) <= 130


def test_no_starter_repeats_a_shared_file() -> None:
    """A variant's file replaces the shared one because it differs."""
    shared = {path.relative_to(STARTERS / SHARED): path for path in (STARTERS / SHARED).rglob("*") if path.is_file()}
    for variant in VARIANTS:
        for name, path in shared.items():
            own = STARTERS / variant / name
            assert not own.is_file() or own.read_bytes() != path.read_bytes(), own
