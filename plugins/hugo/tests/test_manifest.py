"""The manifest, and that the README says the same."""

from __future__ import annotations

import importlib.metadata
import json
import re
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


def test_the_readme_lists_every_setting(manifest: Manifest) -> None:
    """The table of settings is the manifest's, row by row."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*) \|$", README, re.MULTILINE)
    settings = [row for row in rows if row[0] in manifest.settings]
    expected = [
        (name, item.type, "" if item.default == "" else f"`{json.dumps(item.default)}`", item.description)
        for name, item in manifest.settings.items()
    ]
    assert settings == expected


def test_the_readme_lists_every_variant(manifest: Manifest) -> None:
    """The table of variants is the manifest's."""
    for name, variant in manifest.variants.items():
        assert f"| `{name}` | {', '.join(variant.features)} | {variant.summary} |" in README


def test_the_readme_shows_every_capability(manifest: Manifest) -> None:
    """What is provided and lacked stands in the README with the manifest's words."""
    for kind, words in (("provides", manifest.provides), ("lacks", manifest.lacks)):
        assert all(f"| {kind} | `{name}` | {text} |" in README for name, text in words.items())


def test_the_readme_names_the_price(manifest: Manifest) -> None:
    """The costs are the manifest's."""
    assert manifest.price
    (low, high), (setup_low, setup_high) = manifest.price.month, manifest.price.setup
    assert f"{low}-{high} USD a month, {setup_low:,}-{setup_high:,} USD once" in README
