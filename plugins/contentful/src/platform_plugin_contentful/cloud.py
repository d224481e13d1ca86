"""The stack that is sold as ``contentful_cms_tier``."""

from __future__ import annotations

from platform_core.cloud import ProviderStack

__all__ = ["ContentfulCMSTierStack"]


class ContentfulCMSTierStack(ProviderStack):
    """A site with Contentful."""

    COMPONENT = ("cms", "contentful")
