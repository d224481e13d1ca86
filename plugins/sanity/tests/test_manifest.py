"""The manifest says what is sold, and its settings refuse what would not work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_core.manifest import Manifest
from platform_plugin_sanity import plugin

PACKAGE = Path(plugin.__file__).parent


def test_it_is_sold_as_the_catalogue_says(manifest: Manifest) -> None:
    """Name, prices, engines and bundles are those of the catalogue."""
    assert manifest.stack_type == "sanity_cms_tier"
    assert manifest.price is not None
    assert (manifest.price.month, manifest.price.setup) == ((65, 90), (1800, 4200))
    assert manifest.certified_engines == ("astro", "gatsby", "nextjs", "nuxt")
    assert {
        name: (bundle.shop, bundle.engine, bundle.price.month, bundle.price.setup)
        for name, bundle in manifest.bundles.items()
    } == {
        "sanity_snipcart_composed": ("snipcart", "astro", (180, 220), (3200, 4800)),
        "sanity_foxy_composed": ("foxy", "astro", (200, 300), (3600, 5400)),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("project_id", "ABC"),
        ("project_id", "a/b"),
        ("project_id", "evil.example#"),
        ("dataset", "a/b"),
        ("dataset", "Production"),
        ("api_version", "v1"),
        ("api_version", "2026-13-01"),
        ("studio_path", "/studio/"),
        ("studio_path", "../admin"),
        ("token_secret", "sk my token!"),
        ("perspective", "raw"),
        ("offline_data", "/etc/passwd"),
        ("offline_data", "../data.ndjson"),
        ("variant", "fancy"),
        ("webhook_window", "long"),
    ],
)
def test_a_wrong_setting_is_refused(settings: Callable[..., dict[str, Any]], name: str, value: str) -> None:
    """A value that could not work is refused before anything is made from it."""
    with pytest.raises(ValidationError):
        settings(**{name: value})


@pytest.mark.parametrize("folder", ["studio", "standin"])
def test_packages_are_locked_whole(folder: str) -> None:
    """Every package has a hash, and none is bound to one registry."""
    wanted = json.loads((PACKAGE / folder / "package.json").read_text("utf-8"))["dependencies"]
    packages = json.loads((PACKAGE / folder / "package-lock.json").read_text("utf-8"))["packages"]
    rest = [item for name, item in packages.items() if name]
    assert packages[""]["dependencies"] == wanted
    assert all(item["integrity"].startswith("sha512-") and "resolved" not in item for item in rest)
