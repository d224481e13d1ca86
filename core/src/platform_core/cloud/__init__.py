"""The AWS constructs of Platform: the only part of core that imports ``aws_cdk``.

The names are looked up when they are used, so that importing a plain module of this
package, such as `platform_core.cloud.profile`, does not bring CDK in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_core.cloud.stack import SiteStack

__all__ = ["SiteStack"]

_HOMES = {"SiteStack": "platform_core.cloud.stack"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
