"""The hook specifications: one module for each kind, one for what all share.

A plugin marks its functions with `hookimpl` and takes only the arguments that it
needs. Every hook is optional unless its kind requires it (`REQUIRED`).
"""

from __future__ import annotations

from types import ModuleType

import pluggy

from platform_core.manifest import Kind

__all__ = ["CONTRACT_VERSION", "PROJECT", "REQUIRED", "hookimpl", "hookspec", "spec_modules"]

PROJECT = "platform"
CONTRACT_VERSION = 1
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

REQUIRED: dict[Kind, tuple[str, ...]] = {
    "ssg": ("platform_build_plan",),
    "cms": (),
    "ecommerce": ("platform_buy_button",),
    "service": ("platform_assess", "platform_plan", "platform_run"),
}


def spec_modules() -> dict[str, ModuleType]:
    """Return every specification module, by the word it is for."""
    from platform_core.hookspecs import cms, common, ecommerce, service, ssg

    return {"common": common, "ssg": ssg, "cms": cms, "ecommerce": ecommerce, "service": service}
