"""The older factories: each call warns, names what replaces it, and does the same.

A stack that an older call has deployed and a newer one deploys again sees no change:
both end in the same class with the same construct id.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from platform_core.catalogue import installed_catalogue
from platform_core.factory.stacks import PlatformStackFactory, provider_stack_type

if TYPE_CHECKING:
    from constructs import Construct

    from platform_core.cloud.offerings import OfferingStack

__all__ = ["CMSStackFactory", "EcommerceStackFactory", "SSGStackFactory", "StaticSiteConfig"]

# What older calls wrote for "the first variant".
_FIRST_VARIANT = "default"


class SSGStackFactory:
    """Made stacks by their type; `PlatformStackFactory.create_stack` does now."""

    @classmethod
    def create_ssg_stack(
        cls,
        scope: Construct | None = None,
        client_id: str = "",
        domain: str = "",
        stack_type: str = "",
        ssg_engine: str | None = None,
        **configuration: Any,
    ) -> OfferingStack:
        """Make a stack by its type.

        Warns:
            DeprecationWarning: Always; use `PlatformStackFactory.create_stack`.
        """
        _warn("SSGStackFactory.create_ssg_stack", f"PlatformStackFactory.create_stack({stack_type!r}, ...)")
        return _create(stack_type, scope, client_id, domain, {"ssg_engine": ssg_engine, **configuration})


class CMSStackFactory:
    """Made stacks with a CMS; `PlatformStackFactory.create_stack` does now."""

    @classmethod
    def create_cms_stack(  # noqa: PLR0917  as it was called before
        cls,
        scope: Construct | None = None,
        client_id: str = "",
        domain: str = "",
        cms_provider: str = "",
        ssg_engine: str | None = None,
        template_variant: str = "",
        **configuration: Any,
    ) -> OfferingStack:
        """Make a stack with a CMS.

        Warns:
            DeprecationWarning: Always; use `PlatformStackFactory.create_stack`.
        """
        stack_type = provider_stack_type(installed_catalogue(), "cms", cms_provider)
        _warn("CMSStackFactory.create_cms_stack", f"PlatformStackFactory.create_stack({stack_type!r}, ...)")
        chosen = {"ssg_engine": ssg_engine, "template_variant": template_variant}
        return _create(stack_type, scope, client_id, domain, {**chosen, **configuration})


class EcommerceStackFactory:
    """Made stacks with a shop; `PlatformStackFactory.create_stack` does now."""

    @classmethod
    def create_ecommerce_stack(
        cls,
        scope: Construct | None = None,
        client_id: str = "",
        domain: str = "",
        ecommerce_provider: str = "",
        ssg_engine: str | None = None,
        **configuration: Any,
    ) -> OfferingStack:
        """Make a stack with a shop.

        Warns:
            DeprecationWarning: Always; use `PlatformStackFactory.create_stack`.
        """
        stack_type = provider_stack_type(installed_catalogue(), "ecommerce", ecommerce_provider)
        _warn("EcommerceStackFactory.create_ecommerce_stack", f"PlatformStackFactory.create_stack({stack_type!r}, ...)")
        return _create(stack_type, scope, client_id, domain, {"ssg_engine": ssg_engine, **configuration})


class StaticSiteConfig(dict[str, Any]):
    """The older form of a site's configuration; the keys of a ``site.toml`` do now."""

    def __init__(
        self, ssg_engine: str = "", template_variant: str = "", performance_tier: str = "", **configuration: Any
    ) -> None:
        """Translate the older names.

        Args:
            ssg_engine: The engine.
            template_variant: Its variant.
            performance_tier: Had a meaning once; every site is built alike now.
            configuration: Keys of a ``site.toml``.

        Warns:
            DeprecationWarning: Always; use a mapping with the keys of a ``site.toml``.
        """
        _warn("StaticSiteConfig", 'a mapping such as {"engine": ..., "variant": ...}')
        chosen = {"engine": ssg_engine, "variant": _variant(template_variant)}
        super().__init__({**configuration, **{key: value for key, value in chosen.items() if value}})


def _warn(old: str, new: str) -> None:
    text = f"{old} is the older form; use {new}. `platform migrate-config` rewrites it."
    warnings.warn(text, DeprecationWarning, stacklevel=3)


def _variant(name: str) -> str:
    return "" if name == _FIRST_VARIANT else name


def _create(
    stack_type: str, scope: Construct | None, client_id: str, domain: str, configuration: dict[str, Any]
) -> OfferingStack:
    given = {"client_id": client_id, "domain": domain, **configuration}
    given["template_variant"] = _variant(given.get("template_variant") or "")
    return PlatformStackFactory.create_stack(
        stack_type, scope, **{key: value for key, value in given.items() if value not in (None, "")}
    )
