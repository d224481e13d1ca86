"""The stack that is sold as ``shopify_basic``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["ShopifyBasicStack"]


class ShopifyBasicStack(ProviderStack):
    """A static site that sells through a Shopify shop.

    Products are pulled when the site is built, and Shopify's own servers have cart and
    checkout. What runs on AWS is the router that verifies Shopify's webhooks.
    """

    COMPONENT = ("ecommerce", "shopify-basic")
