"""The stack that is sold as ``shopify_advanced``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["ShopifyAdvancedStack"]


class ShopifyAdvancedStack(ProviderStack):
    """A static site that is the storefront of a Shopify shop.

    Browsers ask Shopify's Storefront API for prices, stock and carts themselves. What
    runs on AWS is the router that verifies Shopify's webhooks.
    """

    COMPONENT = ("ecommerce", "shopify-advanced")
