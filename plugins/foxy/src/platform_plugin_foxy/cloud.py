"""The stack that is sold as ``foxy_ecommerce``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["FoxyEcommerceStack"]


class FoxyEcommerceStack(ProviderStack):
    """A shop with Foxy's cart and checkout on a static site.

    The build reads the signing key; links and forms carry its signatures. Foxy's own
    servers take the orders. What runs on AWS is the router that verifies its webhooks.
    """

    COMPONENT = ("ecommerce", "foxy")
