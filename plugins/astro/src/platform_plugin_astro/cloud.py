"""The stack that is sold as ``modern_performance``."""

from __future__ import annotations

from platform_core.cloud import BaseSSGStack

__all__ = ["AstroTemplateBasicStack"]


class AstroTemplateBasicStack(BaseSSGStack):
    """An Astro site for modern businesses and agencies.

    A bucket and a distribution serve the files. With ``rendering = "server"`` a Lambda
    function stands behind the same distribution, for the pages that ask for it.
    """

    ENGINE = "astro"
