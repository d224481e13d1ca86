"""The stack that is sold as ``developer``."""

from __future__ import annotations

from platform_core.cloud import BaseSSGStack

__all__ = ["JekyllGitHubStack"]


class JekyllGitHubStack(BaseSSGStack):
    """A Jekyll site for developers who host on GitHub Pages, AWS or both."""

    ENGINE = "jekyll"
