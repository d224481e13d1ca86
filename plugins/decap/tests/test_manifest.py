"""The manifest says what is sold, and its settings refuse what would not work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_core.manifest import Manifest
from platform_plugin_decap import config


def test_it_is_sold_as_the_catalogue_says(manifest: Manifest) -> None:
    """Name, prices, engines and the bundle are those of the catalogue."""
    assert manifest.stack_type == "decap_cms_tier"
    assert manifest.price is not None
    assert (manifest.price.month, manifest.price.setup) == ((50, 75), (960, 2640))
    assert manifest.certified_engines == ("hugo", "eleventy", "astro", "gatsby")
    bundle = manifest.bundles["decap_snipcart_composed"]
    assert (bundle.shop, bundle.engine, bundle.price.month, bundle.price.setup) == (
        "snipcart",
        "eleventy",
        (65, 90),
        (2400, 3600),
    )


def test_the_languages_are_those_that_the_editor_has(manifest: Manifest) -> None:
    """The setting offers the languages that the configuration knows."""
    assert set(manifest.settings["locale"].choices) - {""} == set(config._LOCALES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("repository", "acme"),
        ("repository", "acme/website/tree"),
        ("repository", "https://github.com/acme/website"),
        ("branch", "../main"),
        ("branch", "a b"),
        ("branch", "main.lock"),
        ("branch", "feature//x"),
        ("folder", "/sites/acme"),
        ("folder", "sites/../acme"),
        ("folder", "sites/acme/"),
        ("oauth_client_id", "a b"),
        ("oauth_secret", "my secret value!"),
        ("publish_mode", "draft"),
        ("auth_scope", "admin:org"),
        ("variant", "fancy"),
    ],
)
def test_a_wrong_setting_is_refused(settings: Callable[..., dict[str, Any]], name: str, value: str) -> None:
    """A value that could not work is refused before anything is made from it."""
    with pytest.raises(ValidationError):
        settings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("repository", "acme/website.example"),
        ("branch", "release/2026-01"),
        ("folder", "sites/acme.example"),
        ("oauth_client_id", "Ov23liABCDEFGHIJKLMN"),
        ("oauth_secret", "platform/acme/github-oauth"),
    ],
)
def test_a_right_setting_is_taken(settings: Callable[..., dict[str, Any]], name: str, value: str) -> None:
    """Values as they really look are taken."""
    assert settings(**{name: value})[name] == value


def test_the_local_server_is_locked_whole() -> None:
    """Every package of the local server has a hash, and none is bound to one registry."""
    lock = Path(config.__file__).parent / "local_server" / "package-lock.json"
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    rest = [item for name, item in packages.items() if name]
    assert packages[""]["dependencies"] == {"decap-server": "3.11.3"}
    assert all(item["integrity"].startswith("sha512-") and "resolved" not in item for item in rest)
