"""The Lambda asset of the event layer, made once for equal adapters."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from platform_core import runtime
from platform_core.contributions import WebhookAdapter
from platform_core.node import cache_folder
from platform_core.runtime.bundle import bundle

__all__ = ["runtime_asset"]


def runtime_asset(adapters: Sequence[WebhookAdapter]) -> Path:
    """Return a folder with the runtime and the modules of *adapters*.

    It lies in the cache that all sites share: CDK copies it into its own output, and
    forty sites with the same providers need one copy.
    """
    digest = hashlib.sha256()
    modules = {f"adapters/{item.provider}": item.module for item in adapters}
    modules |= {path.stem: path for path in Path(runtime.__path__[0]).glob("*.py")}
    for name, path in sorted(modules.items()):
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return bundle(cache_folder() / "assets" / digest.hexdigest()[:16], adapters)
