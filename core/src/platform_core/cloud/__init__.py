"""The AWS constructs of Platform: the only part of core that imports ``aws_cdk``.

The names are looked up when they are used, so that importing a plain module of this
package, such as `platform_core.cloud.profile`, does not bring CDK in.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_core.cloud.functions import PythonFunction, PythonFunctionProps
    from platform_core.cloud.offerings import BaseSSGStack, BundleStack, ComposedStack, OfferingStack, ProviderStack
    from platform_core.cloud.stack import SiteStack

__all__ = [
    "BaseSSGStack",
    "BundleStack",
    "ComposedStack",
    "OfferingStack",
    "ProviderStack",
    "PythonFunction",
    "PythonFunctionProps",
    "SiteStack",
    "use_own_node",
]

_HOMES = {
    "BaseSSGStack": "offerings",
    "BundleStack": "offerings",
    "ComposedStack": "offerings",
    "OfferingStack": "offerings",
    "ProviderStack": "offerings",
    "PythonFunction": "functions",
    "PythonFunctionProps": "functions",
    "SiteStack": "stack",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    use_own_node()
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def use_own_node() -> None:
    """Let jsii, on which CDK runs, start the Node that we bring, unless another one was chosen.

    It has an effect only before ``aws_cdk`` is imported for the first time.
    """
    from platform_core.node import node

    os.environ.setdefault("JSII_NODE", str(node()))
