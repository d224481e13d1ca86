"""The stack that is sold as ``shopify_basic``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["ShopifyBasicStack"]


class ShopifyBasicStack(ProviderStack):
    """A site with Shopify Basic."""

    COMPONENT = ("ecommerce", "shopify-basic")
