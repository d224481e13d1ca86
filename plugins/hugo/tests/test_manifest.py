"""The manifest, and that the README says the same."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

import platform_plugin_hugo
from platform_core.manifest import Manifest, parse_manifest

PACKAGE = Path(platform_plugin_hugo.__file__).parent
README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


@pytest.fixture(name="manifest")
def _manifest() -> Manifest:
    """The plugin's manifest."""
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


def test_each_variant_has_its_starter(manifest: Manifest) -> None:
    """The variants are those of the catalogue, and each brings a folder."""
    assert list(manifest.variants) == ["documentation", "performance_blog", "technical_portfolio"]
    assert all((PACKAGE / variant.starter / "hugo.toml").is_file() for variant in manifest.variants.values())


def test_the_version_is_the_pinned_one(manifest: Manifest) -> None:
    """The version among the facts is the one that is installed."""
    assert manifest.facts["version"].startswith(f"{importlib.metadata.version('hugo')},")


def test_fonts_come_with_their_licence() -> None:
    """Each folder of fonts holds the text of the Open Font License."""
    for folder in {path.parent for path in PACKAGE.rglob("*.woff2")}:
        texts = [path.read_text("utf-8") for path in folder.glob("LICENSE-*.txt")]
        assert texts, folder
        assert all("SIL OPEN FONT LICENSE Version 1.1" in text for text in texts), folder
