"""The manifest: what is true of Snipcart before any of its code runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import platform_plugin_snipcart.plugin
from platform_core.hookspecs import REQUIRED, spec_modules
from platform_core.manifest import Manifest, Setting

README = Path(__file__).parents[1] / "README.md"


def test_it_is_sold_as_the_catalogue_says(manifest: Manifest) -> None:
    """Price, engines and variants are those of the catalogue."""
    assert manifest.price is not None
    assert (manifest.price.month, manifest.price.setup) == ((85, 125), (960, 2640))
    assert manifest.certified_engines == ("hugo", "eleventy", "astro", "gatsby")
    assert tuple(manifest.variants) == ("simple_store", "digital_products", "catalog_basic")


def test_the_variant_setting_offers_the_variants(manifest: Manifest) -> None:
    """What is sold can be chosen."""
    assert manifest.settings["variant"].choices == tuple(manifest.variants)


def test_a_provider_fee_has_source_and_date(manifest: Manifest) -> None:
    """A figure that changes says where and when it was read."""
    (plan,) = manifest.plans
    assert plan.month == 20
    assert "2%" in plan.note
    assert (plan.source, plan.date) == ("snipcart.com pricing, as recorded by api-evangelist/snipcart", "2026-06-12")


def test_every_hook_is_one_of_core() -> None:
    """No hook is misspelt, and the required one is there."""
    known = {name for module in spec_modules().values() for name in vars(module)}
    ours = set(platform_plugin_snipcart.plugin.__all__)
    assert ours <= known
    assert ours >= set(REQUIRED["ecommerce"])


def _default(setting: Setting) -> str:
    if setting.required:
        return "required"
    return "" if setting.default in {None, ""} else f"`{json.dumps(setting.default)}`".replace('"', "")


@pytest.mark.parametrize(
    "given",
    [
        {"public_api_key": ""},
        {"public_api_key": "ST_TWFkZVVwRm9yVGVzdHNPbmx5MDAw"},
        {"public_api_key": 'TWFkZVVwRm9yVGVzdHNPbmx5"><script>'},
        {"public_api_key": "TWFkZVVwRm9yVGVzdHNPbmx5MDAw\n"},
        {"version": "3.0"},
        {"version": "3.7.3/../../evil"},
        {"currency": "eur"},
        {"variant": "boutique"},
        {"cart_style": "top"},
        {"validation_url": "https://app.snipcart.example/api"},
        {"validation_url": "http://127.0.0.1@evil.example:80/api"},
        {"rebuild_on_order": "yes"},
        {"secret_api_key": "has spaces in it"},
        {"colour": "red"},
    ],
)
def test_a_wrong_setting_is_refused(settings_of: Callable[..., dict[str, Any]], given: dict[str, Any]) -> None:
    """A setting that would break the shop, or open it, never reaches a page."""
    with pytest.raises(ValidationError):
        settings_of(**given)
