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


def test_no_variant_copies_what_is_shared() -> None:
    """A file that a variant shares with another or with _shared is there once."""
    seen: dict[bytes, Path] = {}
    for name in ("_shared", *VARIANTS):
        for path in (PACKAGE / "starters" / name).rglob("*"):
            if path.is_file() and path.stat().st_size > 200:
                assert path.read_bytes() not in seen, (path, seen[path.read_bytes()])
                seen[path.read_bytes()] = path


def test_what_is_missing_can_be_installed(manifest: Manifest) -> None:
    """Each tool says what it is for and how Debian, macOS and others get it, with pinned gems."""
    assert [tool.name for tool in manifest.tools] == ["Jekyll", "Jekyll plugins"]
    for tool in manifest.tools:
        assert set(tool.install) == {"debian", "macos", "other"}
        gems = tool.install["other"].split()[2:]
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


def test_the_readme_lists_every_setting(manifest: Manifest) -> None:
    """The table of settings is the manifest's, row by row."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) \| (.*) \|$", README, re.MULTILINE)
    assert [(row[0], row[3]) for row in rows if row[0] in manifest.settings] == [
        (name, item.description) for name, item in manifest.settings.items()
    ]


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
