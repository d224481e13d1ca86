"""The stack that is sold as ``nuxt_template``."""

from __future__ import annotations

from platform_core.cloud import BaseSSGStack

__all__ = ["NuxtTemplateStack"]


class NuxtTemplateStack(BaseSSGStack):
    """A Nuxt site for Vue teams."""

    ENGINE = "nuxt"
