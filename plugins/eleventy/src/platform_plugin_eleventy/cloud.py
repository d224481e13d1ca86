"""The stack that is sold as ``marketing``."""

from __future__ import annotations

from platform_core.cloud import BaseSSGStack

__all__ = ["EleventyMarketingStack"]


class EleventyMarketingStack(BaseSSGStack):
    """A Eleventy site for small businesses."""

    ENGINE = "eleventy"
