"""The manifest, and that the README and the lock file say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import platform_plugin_eleventy
from platform_core.design import load_design
from platform_core.manifest import Manifest, parse_manifest
from platform_plugin_eleventy import plugin

PACKAGE = Path(platform_plugin_eleventy.__file__).parent
SHARED = PACKAGE / "starters" / "_shared"
VARIANTS = ["business_modern", "corporate_clean", "marketing_focused"]
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
        assert (PACKAGE / variant.starter / "content" / "_index.md").is_file()


def test_the_version_is_the_locked_one(manifest: Manifest) -> None:
    """Manifest, plan and lock file name one Eleventy."""
    lock = json.loads((SHARED / "package-lock.json").read_text("utf-8"))
    locked = lock["packages"]["node_modules/@11ty/eleventy"]["version"]
    assert locked == plugin.VERSION
    assert manifest.facts["version"].startswith(f"{locked},")


def test_every_package_is_pinned() -> None:
    """package.json has exact versions, and the lock file names no registry."""
    package = json.loads((SHARED / "package.json").read_text("utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())
    assert "resolved" not in (SHARED / "package-lock.json").read_text("utf-8")


@pytest.mark.parametrize("variant", VARIANTS)
def test_text_can_be_read_in_light_and_dark(variant: str) -> None:
    """Every pair of text and ground has a contrast of 4.5:1."""
    design = load_design(PACKAGE / "starters" / variant)
    assert design is not None
    assert list(design.unreadable()) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variants_own_sheet_is_small_and_names_tokens(variant: str) -> None:
    """The sheet of a variant is short, and its colours come from design.toml."""
    text = (PACKAGE / "starters" / variant / "assets" / "site.css").read_text("utf-8")
    assert len(text.splitlines()) <= 140
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", text)
