"""The manifest, and that the README says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import platform_plugin_jekyll
from platform_core.design import load_design
from platform_core.manifest import Manifest, parse_manifest

PACKAGE = Path(platform_plugin_jekyll.__file__).parent
VARIANTS = ["technical_blog", "documentation", "simple_blog"]
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


def test_one_version_is_used_everywhere(manifest: Manifest) -> None:
    """Facts, README and every command that installs gems name the same Jekyll, which is Debian's."""
    commands = [command for tool in manifest.tools for command in tool.install.values()]
    pinned = {match for command in commands for match in re.findall(r"jekyll:([\d.]+)", command)}
    assert pinned == {manifest.facts["version"].split()[0]}
    assert f"Jekyll {pinned.pop()} and its plugins" in README


def test_what_is_missing_can_be_installed(manifest: Manifest) -> None:
    """Each tool says what it is for and how Debian, macOS and others get it, with pinned gems."""
    assert [tool.name for tool in manifest.tools] == ["Jekyll", "Jekyll plugins"]
    for tool in manifest.tools:
        assert set(tool.install) == {"debian", "macos", "other"}
        gems = [word for word in tool.install["other"].split()[2:] if not word.startswith("-")]
        assert all(re.fullmatch(r"[a-z-]+:\d+\.\d+\.\d+", gem) for gem in gems)


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
