"""One factory for every stack that is sold, and the older factories that lead to it.

    from platform_core.factory import PlatformStackFactory

    PlatformStackFactory.create_stack("zola_template", scope=app, client_id="acme", domain="www.acme.example")
    PlatformStackFactory.create_composed_stack(
        cms_provider="pages", ecommerce_provider="market", ssg_engine="zola",
        scope=app, client_id="acme", domain="www.acme.example",
    )

What there is to create comes from the manifests of what is installed. ``aws_cdk`` is
imported when a stack is made, or a class is taken from the registry, and not before.
"""

from __future__ import annotations

from platform_core.factory.compatibility import (
    CMSStackFactory,
    EcommerceStackFactory,
    SSGStackFactory,
    StaticSiteConfig,
)
from platform_core.factory.metadata import StackMetadata
from platform_core.factory.registry import StackRegistry
from platform_core.factory.stacks import PlatformStackFactory

__all__ = [
    "CMSStackFactory",
    "EcommerceStackFactory",
    "PlatformStackFactory",
    "SSGStackFactory",
    "StackMetadata",
    "StackRegistry",
    "StaticSiteConfig",
]
