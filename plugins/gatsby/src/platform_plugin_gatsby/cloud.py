"""The stack that is sold as ``gatsby_template``."""

from __future__ import annotations

from platform_core.cloud import BaseSSGStack

__all__ = ["GatsbyTemplateStack"]


class GatsbyTemplateStack(BaseSSGStack):
    """A Gatsby site for React teams."""

    ENGINE = "gatsby"
