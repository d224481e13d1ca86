"""The manifest: what is true of Shopify Basic before any of its code runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import platform_plugin_shopify_basic.plugin
from platform_core.hookspecs import REQUIRED, spec_modules
from platform_core.manifest import Manifest
from platform_plugin_shopify_basic import api

PACKAGE = Path(platform_plugin_shopify_basic.__file__).parent


def test_it_is_sold_as_the_catalogue_says(manifest: Manifest) -> None:
    """Price, engines and variants are those of the catalogue."""
    assert manifest.price is not None
    assert (manifest.price.month, manifest.price.setup) == ((75, 125), (1800, 3600))
    assert manifest.certified_engines == ("eleventy", "astro", "nextjs", "nuxt")
    assert tuple(manifest.variants) == ("performance_optimized", "static_site_ecommerce", "agency_alternative")
    assert manifest.settings["variant"].choices == tuple(manifest.variants)


def test_plans_have_source_and_date(manifest: Manifest) -> None:
    """Shopify's own fees say where and when they were read."""
    assert [(plan.name, plan.month) for plan in manifest.plans] == [("Basic", 29), ("Grow", 79), ("Advanced", 299)]
    assert {(plan.source, plan.date) for plan in manifest.plans} == {
        ("shopify.com/pricing, as recorded by api-evangelist", "2026-08-27")
    }


def test_every_hook_is_one_of_core() -> None:
    """No hook is misspelt, and the required one is there."""
    known = {name for module in spec_modules().values() for name in vars(module)}
    ours = set(platform_plugin_shopify_basic.plugin.__all__)
    assert ours <= known
    assert ours >= set(REQUIRED["ecommerce"])


def test_the_api_version_stands_in_one_place() -> None:
    """Neither of the two plugins says a version of the Storefront API anywhere else."""
    folders = (PACKAGE, PACKAGE.parents[2] / "shopify-advanced" / "src")
    files = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".js", ".toml", ".graphql"}
    ]
    version = re.compile(r"\b20[0-9]{2}-(?:01|04|07|10)\b(?!-)")
    found = {path.name for path in files if version.search(path.read_text("utf-8"))}
    assert found == {"api.py"}
    assert version.fullmatch(api.API_VERSION)


@pytest.mark.parametrize(
    "given",
    [
        {"shop": ""},
        {"shop": "www.acme.example"},
        {"shop": "acme.myshopify.com/evil"},
        {"shop": "acme.myshopify.com\n"},
        {"storefront_token": "shpat_0123456789abcdef0123456789abcdef"},
        {"storefront_token": '0123456789abcdef0123456789abcde"'},
        {"private_token": "has spaces in it"},
        {"country": "de"},
        {"language": "german"},
        {"collection": "a b"},
        {"variant": "boutique"},
        {"buy": "iframe"},
        {"buy_button_version": "latest"},
        {"colour": "red"},
    ],
)
def test_a_wrong_setting_is_refused(settings_of: Callable[..., dict[str, Any]], given: dict[str, Any]) -> None:
    """A setting that would break the shop, or open it, never reaches a page."""
    with pytest.raises(ValidationError):
        settings_of(**given)
