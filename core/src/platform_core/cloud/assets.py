"""The Lambda asset of the event layer, made once for equal adapters."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_core import runtime
from platform_core.contributions import WebhookAdapter
from platform_core.files import cache_folder
from platform_core.runtime.bundle import bundle

__all__ = ["runtime_asset"]


@dataclass(frozen=True)
class _Module:
    """As much of an adapter as decides the asset."""

    provider: str
    module: Path
    stamp: tuple[int, int]
    secret: str = "named elsewhere"  # noqa: S105  the asset holds none
    config: tuple[()] = ()


def runtime_asset(adapters: Sequence[WebhookAdapter]) -> Path:
    """Return a folder with the runtime and the modules of *adapters*.

    It lies in the cache that all sites share: CDK copies it into its own output, and
    forty sites with the same providers need one copy.
    """
    return _bundled(
        cache_folder(), tuple(_Module(item.provider, item.module, _stamp(item.module)) for item in adapters)
    )


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0  # `bundle` says what is wrong
    return stat.st_mtime_ns, stat.st_size


@functools.cache
def _bundled(cache: Path, modules: tuple[_Module, ...]) -> Path:
    digest = hashlib.sha256()
    files = {f"adapters/{item.provider}": item.module for item in modules}
    files |= {path.stem: path for path in Path(runtime.__path__[0]).glob("*.py")}
    for name, path in sorted((name, path) for name, path in files.items() if path.is_file()):
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return bundle(cache / "assets" / digest.hexdigest()[:16], modules)  # type: ignore[arg-type]  # config is empty
