"""The stack that is sold as ``snipcart_ecommerce``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["SnipcartEcommerceStack"]


class SnipcartEcommerceStack(ProviderStack):
    """A shop with Snipcart's cart on a static site.

    The catalogue is part of the site, and Snipcart's own servers take the orders. What
    runs on AWS is the router that verifies Snipcart's webhooks.
    """

    COMPONENT = ("ecommerce", "snipcart")
