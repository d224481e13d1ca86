"""The stack that is sold as ``nextjs_template``."""

from __future__ import annotations

from platform_core.cloud import BaseSSGStack

__all__ = ["NextJSTemplateStack"]


class NextJSTemplateStack(BaseSSGStack):
    """A Next.js site for full-stack React teams."""

    ENGINE = "nextjs"
