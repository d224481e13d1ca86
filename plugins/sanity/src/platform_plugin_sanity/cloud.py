"""The stack that is sold as ``sanity_cms_tier``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["SanityCMSTierStack"]


class SanityCMSTierStack(ProviderStack):
    """A site whose content is in Sanity's dataset, with the studio at ``/studio/``."""

    COMPONENT = ("cms", "sanity")
