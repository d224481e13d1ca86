"""The stack that is sold as ``shopify_advanced``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["ShopifyAdvancedStack"]


class ShopifyAdvancedStack(ProviderStack):
    """A site with Shopify Advanced."""

    COMPONENT = ("ecommerce", "shopify-advanced")
