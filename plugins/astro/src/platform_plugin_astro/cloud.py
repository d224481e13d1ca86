"""The stack that is sold as ``modern_performance``."""

from __future__ import annotations

from platform_core.cloud import BaseSSGStack

__all__ = ["AstroTemplateBasicStack"]


class AstroTemplateBasicStack(BaseSSGStack):
    """A Astro site for modern businesses and agencies."""

    ENGINE = "astro"
