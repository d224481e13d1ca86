"""The stack that is sold as ``tina_cms_tier``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["TinaCMSTierStack"]


class TinaCMSTierStack(ProviderStack):
    """A site with TinaCMS."""

    COMPONENT = ("cms", "tina")
