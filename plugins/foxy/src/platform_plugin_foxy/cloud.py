"""The stack that is sold as ``foxy_ecommerce``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["FoxyEcommerceStack"]


class FoxyEcommerceStack(ProviderStack):
    """A site with Foxy."""

    COMPONENT = ("ecommerce", "foxy")
