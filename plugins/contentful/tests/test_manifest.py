"""The manifest says what is sold, and its settings refuse what would not work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.manifest import Manifest
from platform_core.site import Site
from platform_plugin_contentful import plugin

HERE = Path(__file__).parent


def test_it_is_sold_as_the_price_list_says(manifest: Manifest) -> None:
    """Offering, prices, engines, variants and the bundle are those of the catalogue."""
    assert manifest.stack_type == "contentful_cms_tier"
    assert manifest.price is not None
    assert (manifest.price.month, manifest.price.setup) == ((75, 125), (2100, 4800))
    assert manifest.certified_engines == ("astro", "gatsby", "nextjs", "nuxt")
    assert tuple(manifest.variants) == ("enterprise_workflows", "multi_language", "team_collaboration")
    bundle = manifest.bundles["contentful_shopify_composed"]
    assert (bundle.shop, bundle.engine, bundle.market) == ("shopify-basic", "gatsby", "enterprise")
    assert (bundle.price.month, bundle.price.setup) == ((430, 580), (4800, 8000))


def test_it_has_no_editor_of_its_own(manifest: Manifest) -> None:
    """The manifest does not promise what Contentful keeps in its web app."""
    assert {"admin.page", "content.edit", "content.visual", "content.preview"} <= set(manifest.lacks)
    assert not set(manifest.lacks) & set(manifest.provides)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("space", "a/b"),
        ("space", "https://app.contentful.com/spaces/x"),
        ("environment", ""),
        ("environment", "a b"),
        ("region", "asia"),
        ("variant", "fancy"),
        ("delivery_token", "a value with spaces!"),
        ("approval_tag", "a b"),
        ("offline_data", "/etc/passwd.json"),
        ("offline_data", "../space.json"),
        ("offline_data", "space.yaml"),
    ],
)
def test_a_wrong_setting_is_refused(settings: Callable[..., dict[str, Any]], name: str, value: str) -> None:
    """A value that could not work is refused before anything is made from it."""
    with pytest.raises(ValidationError):
        settings(**{name: value})


def test_secrets_have_names_of_their_own(site: Site, settings: Callable[..., dict[str, Any]]) -> None:
    """Without a name in the settings, token and signing secret lie at the client's own places."""
    assert plugin.platform_build_secrets(site, settings()) == {
        "contentful-delivery": "platform/acme/contentful-delivery"
    }
    adapter = plugin.platform_webhook_adapter(site, settings(space="abc", environment="live"))
    assert (adapter.provider, adapter.secret) == ("contentful", "platform/acme/contentful-webhook")
    assert adapter.config == {"space": "abc", "environment": "live"}


def test_the_stand_in_is_for_offline_work_only(
    site: Site, settings: Callable[..., dict[str, Any]], content: Content
) -> None:
    """With a network Contentful itself is asked, and nothing stands in for it."""
    assert plugin.platform_local_services(settings(), content, Stage("local", "http://localhost:1")) == []
    offline = Stage("local", "http://localhost:1", offline=True)
    (service,) = plugin.platform_local_services(settings(offline_data="data/space.json"), content, offline)
    assert service.name == "contentful-stand-in"
    assert service.command[-1] == str(content.root / "data" / "space.json")


def test_the_vendors_packages_are_locked_whole() -> None:
    """Every package of the tests has a hash, and none is bound to one registry."""
    packages = json.loads((HERE / "vendor" / "package-lock.json").read_text("utf-8"))["packages"]
    rest = [item for name, item in packages.items() if name]
    assert len(rest) > 100
    assert all(item["integrity"].startswith("sha512-") and "resolved" not in item for item in rest)
