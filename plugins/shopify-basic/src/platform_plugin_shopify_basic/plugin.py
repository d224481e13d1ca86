"""The hooks of Shopify Basic: products from the shop, links to its cart, webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_core.contributions import File, Fragment, LocalService, Stage, WebhookAdapter
from platform_core.hookspecs import hookimpl
from platform_core.sources import Source
from platform_plugin_shopify_basic import settings as shared

if TYPE_CHECKING:
    from platform_core.content import Content, Product
    from platform_core.site import Site

__all__ = [
    "platform_build_secrets",
    "platform_buy_button",
    "platform_csp",
    "platform_files",
    "platform_fragments",
    "platform_local_services",
    "platform_source",
    "platform_webhook_adapter",
]

_ID = "shopify-basic"


@hookimpl
def platform_source(settings: Mapping[str, Any], stage: Stage, secrets: Mapping[str, str]) -> Source | None:
    """Pull the shop's products."""
    return shared.source(settings, stage, secrets, _ID)


@hookimpl
def platform_build_secrets(settings: Mapping[str, Any]) -> Mapping[str, str]:
    """Name the private token, when there is one."""
    return shared.build_secrets(settings)


@hookimpl
def platform_local_services(settings: Mapping[str, Any], stage: Stage) -> Iterable[LocalService]:
    """Start a stand-in for Shopify when the stage is offline."""
    return shared.stand_in(settings, stage)


@hookimpl
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Have Shopify's webhooks checked and read."""
    return shared.adapter(site, settings)


@hookimpl
def platform_buy_button(site: Site, settings: Mapping[str, Any], product: Product, stage: Stage) -> str:
    """Return the links, or the Buy Button with the links in it, with which *product* is bought."""
    from platform_plugin_shopify_basic import buying

    return buying.button(product, settings, stage, site.locale)


@hookimpl
def platform_fragments(settings: Mapping[str, Any], content: Content, stage: Stage) -> Iterable[Fragment]:
    """Link the cart of the Online Store, or load the Buy Button; a shop of links alone adds nothing."""
    from platform_plugin_shopify_basic import buying

    return buying.fragments(settings, stage, any(content.products))


@hookimpl
def platform_files(settings: Mapping[str, Any]) -> Iterable[File]:
    """Publish the script that puts Shopify's Buy Button in place of the links."""
    from platform_plugin_shopify_basic import buying

    return buying.published(settings)


@hookimpl
def platform_csp(settings: Mapping[str, Any], stage: Stage) -> Mapping[str, Sequence[str]]:
    """Allow what the Buy Button loads; links need nothing."""
    from platform_plugin_shopify_basic import buying

    return buying.policy(settings, stage)
