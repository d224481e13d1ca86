"""The manifest, the lock file, and that the README says the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import platform_plugin_nuxt
from platform_core.design import load_design
from platform_core.manifest import Manifest, parse_manifest

PACKAGE = Path(platform_plugin_nuxt.__file__).parent
SHARED = PACKAGE / "starters" / "_shared"
README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


@pytest.fixture(name="manifest")
def _manifest() -> Manifest:
    """The plugin's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


def test_each_variant_has_its_starter(manifest: Manifest) -> None:
    """The variants are those of the catalogue, and each brings a folder with a content model."""
    assert list(manifest.variants) == ["vue_business", "content_site", "vue_portfolio"]
    assert all((PACKAGE / variant.starter / "content.toml").is_file() for variant in manifest.variants.values())


def test_each_design_can_be_read(manifest: Manifest) -> None:
    """All pairs of text and ground have enough contrast, light and dark."""
    for variant in manifest.variants.values():
        design = load_design(PACKAGE / variant.starter)
        assert design
        assert list(design.unreadable()) == []


def test_no_file_of_a_variant_repeats_a_shared_one(manifest: Manifest) -> None:
    """A file that replaces a shared one differs from it."""
    for variant in manifest.variants.values():
        folder = PACKAGE / variant.starter
        for path in (path for path in folder.rglob("*") if path.is_file()):
            shared = SHARED / path.relative_to(folder)
            assert not shared.is_file() or shared.read_bytes() != path.read_bytes(), path


def test_packages_are_exact_and_locked(manifest: Manifest) -> None:
    """The lock file has the very versions of package.json, for all kinds of machines, and no address of a registry."""
    package = json.loads((SHARED / "package.json").read_text("utf-8"))
    text = (SHARED / "package-lock.json").read_text("utf-8")
    packages = json.loads(text)["packages"]
    for name, version in package["dependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert packages[f"node_modules/{name}"]["version"] == version
    assert manifest.facts["version"].startswith(f"{package['dependencies']['nuxt']},")
    assert {"node_modules/@img/sharp-darwin-arm64", "node_modules/@img/sharp-linux-x64"} <= packages.keys()
    assert '"resolved"' not in text
