"""The hooks of Shopify Advanced: a storefront on static pages that asks the shop itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_core.contributions import File, Fragment, LocalService, Stage, WebhookAdapter
from platform_core.hookspecs import hookimpl
from platform_core.sources import Source
from platform_plugin_shopify_basic import settings as shared

if TYPE_CHECKING:
    from platform_core.content import Product
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

_ID = "shopify-advanced"


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
    """Return what the script makes a form of; without it, links to the shop's cart."""
    from platform_plugin_shopify_advanced import storefront

    return storefront.product_html(product, settings, stage, site.locale)


@hookimpl
def platform_fragments(settings: Mapping[str, Any], stage: Stage) -> Iterable[Fragment]:
    """Put cart and countries into the navigation, and load the shop's script."""
    from platform_plugin_shopify_advanced import storefront

    shared.check(settings, _ID)
    return storefront.fragments(settings, stage)


@hookimpl
def platform_files(site: Site, settings: Mapping[str, Any], stage: Stage) -> Iterable[File]:
    """Publish the script, its style sheet, and the page of the login for companies."""
    from platform_plugin_shopify_advanced import storefront

    return storefront.published(settings, stage, site.locale)


@hookimpl
def platform_csp(settings: Mapping[str, Any], stage: Stage) -> Mapping[str, Sequence[str]]:
    """Allow pages to ask the shop's API and, where buyers log in, Shopify's; nothing of theirs is loaded."""
    from platform_plugin_shopify_advanced import storefront

    accounts = [storefront.ACCOUNTS] if storefront.logs_in(settings) else []
    return {} if stage.offline else {"connect-src": [f"https://{settings['shop']}", *accounts]}
