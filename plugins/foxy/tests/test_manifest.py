"""The manifest: what is true of Foxy before any of its code runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

import platform_plugin_foxy.plugin
from platform_core.content import Content
from platform_core.hookspecs import REQUIRED, spec_modules
from platform_core.manifest import Manifest
from platform_core.site import Site
from platform_plugin_foxy import plugin


def test_it_is_sold_as_the_catalogue_says(manifest: Manifest) -> None:
    """Price, engines and variants are those of the catalogue."""
    assert manifest.price is not None
    assert (manifest.price.month, manifest.price.setup) == ((100, 150), (1200, 3000))
    assert manifest.certified_engines == ("hugo", "eleventy", "astro", "gatsby")
    assert tuple(manifest.variants) == ("subscription_store", "advanced_catalog", "custom_checkout")
    assert manifest.settings["variant"].choices == tuple(manifest.variants)


def test_fees_that_nobody_could_verify_say_so(manifest: Manifest) -> None:
    """Each has source and date, and the word."""
    assert [plan.month for plan in manifest.plans] == [35, 75, 350]
    assert all("Unverified" in plan.note and plan.source and plan.date for plan in manifest.plans)


def test_every_hook_is_one_of_core() -> None:
    """No hook is misspelt, and the required one is there."""
    known = {name for module in spec_modules().values() for name in vars(module)}
    ours = {name for name in platform_plugin_foxy.plugin.__all__ if name.startswith("platform_")}
    assert ours <= known
    assert ours >= set(REQUIRED["ecommerce"])


def test_secrets_are_named_by_the_client(settings_of: Callable[..., dict[str, Any]]) -> None:
    """One for the build, another for the webhooks; both can have names of their own."""
    site = Site(client="acme", domain="www.acme.example", engine="hugo", shop="foxy")
    assert plugin.platform_build_secrets(site, settings_of()) == {"foxy-signing": "platform/acme/foxy-signing"}
    assert plugin.platform_webhook_adapter(site, settings_of()).secret == "platform/acme/foxy"
    own = settings_of(signing_key="a/b", webhook_key="c/d")
    assert plugin.platform_build_secrets(site, own) == {"foxy-signing": "a/b"}
    assert plugin.platform_webhook_adapter(site, own).secret == "c/d"


def test_the_cart_is_a_link_with_a_script_on_top(
    settings_of: Callable[..., dict[str, Any]], content_of: Callable[..., Content]
) -> None:
    """Without the sidecart no script is loaded, and the policy allows nothing but the form."""
    both = plugin.platform_fragments(settings_of(template_set="look"), content_of())
    assert [fragment.slot for fragment in both] == ["navigation", "body-end"]
    assert 'href="https://acme.foxycart.com/cart?cart=view&amp;template_set=look"' in both[0].html
    assert 'src="https://cdn.foxycart.com/acme/loader.js"' in both[1].html
    assert len(list(plugin.platform_fragments(settings_of(cart="link"), content_of()))) == 1
    assert plugin.platform_csp(settings_of(cart="link")) == {"form-action": ["https://acme.foxycart.com"]}
    policy = plugin.platform_csp(settings_of())
    assert policy["form-action"] == ["https://acme.foxycart.com"]
    assert "https://cdn.foxycart.com" in policy["script-src"]
    assert "'unsafe" not in str(policy)


def test_a_store_with_a_domain_of_its_own(
    settings_of: Callable[..., dict[str, Any]], content_of: Callable[..., Content]
) -> None:
    """Its script is named by the domain, or as the setting says."""
    (_, script) = plugin.platform_fragments(settings_of(store_domain="buy.acme.example"), content_of())
    assert "/buy.acme.example/loader.js" in script.html
    (_, script) = plugin.platform_fragments(
        settings_of(store_domain="buy.acme.example", loader_name="acme"), content_of()
    )
    assert "/acme/loader.js" in script.html


@pytest.mark.parametrize(
    "given",
    [
        {"store_domain": ""},
        {"store_domain": "https://acme.foxycart.com"},
        {"store_domain": "acme.foxycart.com/cart"},
        {"store_domain": 'a.b"><script>'},
        {"store_domain": "acme"},
        {"signing_key": "has spaces in it"},
        {"variant": "boutique"},
        {"cart": "popup"},
        {"currency": "eur"},
        {"template_set": "a b"},
        {"frequency": "monthly"},
        {"loader_name": "../x"},
        {"rebuild_on_order": "yes"},
        {"colour": "red"},
    ],
)
def test_a_wrong_setting_is_refused(settings_of: Callable[..., dict[str, Any]], given: dict[str, Any]) -> None:
    """A setting that would break the shop, or open it, never reaches a page."""
    with pytest.raises(ValidationError):
        settings_of(**given)
