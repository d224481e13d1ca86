"""The manifest says what is sold, and its settings refuse what would not work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_core.manifest import Manifest
from platform_plugin_tina import plugin, visual


def test_it_is_sold_as_the_catalogue_says(manifest: Manifest) -> None:
    """Name, prices, engines and variants are those of the catalogue."""
    assert manifest.stack_type == "tina_cms_tier"
    assert manifest.price is not None
    assert (manifest.price.month, manifest.price.setup) == ((60, 85), (1200, 3600))
    assert manifest.certified_engines == ("astro", "eleventy", "nextjs", "nuxt")
    assert tuple(manifest.variants) == ("visual_editor", "react_based", "collaboration_focused")


def test_what_is_missing_is_said(manifest: Manifest) -> None:
    """A delivery API is not there, and editing on the page depends on the engine; the manifest says so."""
    assert set(manifest.lacks) == {"content.api"}
    assert manifest.provides_with == {"content.visual": visual.CAPABILITY}
    assert "Gatsby" in manifest.provides["content.visual"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "a b c d e f g"),
        ("client_id", "short"),
        ("branch", "../main"),
        ("branch", "feature//x"),
        ("repository", "acme"),
        ("folder", "sites/../acme"),
        ("media_folder", "../media"),
        ("media_folder", "/media"),
        ("media_folder", ""),
        ("webhook_header", "X Header"),
        ("webhook_header", "x:y"),
        ("webhook_secret", "my secret value!"),
        ("variant", "fancy"),
        ("backend", "mongodb"),
        ("oauth_client_id", "a b"),
        ("auth_scope", "admin:org"),
    ],
)
def test_a_wrong_setting_is_refused(settings: Callable[..., dict[str, Any]], name: str, value: str) -> None:
    """A value that could not work is refused before anything is made from it."""
    with pytest.raises(ValidationError):
        settings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "11111111-2222-3333-4444-555555555555"),
        ("branch", "release/2026-01"),
        ("media_folder", "images/uploads"),
        ("webhook_header", "X-Acme-Hook"),
        ("webhook_secret", "platform/acme/tinacloud-webhook"),
    ],
)
def test_a_right_setting_is_taken(settings: Callable[..., dict[str, Any]], name: str, value: str) -> None:
    """Values as they really look are taken."""
    assert settings(**{name: value})[name] == value


@pytest.mark.parametrize(
    ("folder", "name", "version"), [("editor", "tinacms", "3.14.1"), ("backend", "@tinacms/graphql", "3.0.0")]
)
def test_the_packages_are_locked_whole(folder: str, name: str, version: str) -> None:
    """Every package has a hash, and none is bound to one registry."""
    lock = Path(plugin.__file__).parent / folder / "package-lock.json"
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    rest = [item for name, item in packages.items() if name and not item.get("inBundle")]
    assert packages[""]["dependencies"][name] == version
    assert all(item["integrity"].startswith("sha512-") and "resolved" not in item for item in rest)
