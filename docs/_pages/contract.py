"""The pages for plugin authors: hooks, what they return, and the manifest."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from _pages.markdown import code, page, prose, record, sections

import platform_testing
from platform_core import content, contributions, manifest
from platform_core.hookspecs import CONTRACT_VERSION, spec_modules
from platform_core.runtime import adapter

__all__ = ["hooks_page", "manifest_page", "signature_of"]

TITLES = {"common": "Any kind", "ssg": "Engines", "cms": "CMSs", "ecommerce": "Shops", "service": "Services"}
EXAMPLE = Path(platform_testing.__path__[0], "fakes", "platform_plugin_shop_memory", "plugin.toml")
INTRODUCTION = f"""\
These are the hooks of contract v{CONTRACT_VERSION}.
A plugin marks a function with `hookimpl` from `platform_core.hookspecs`, and takes only the arguments that it needs.
Every hook is optional unless it says *Required*.
How they may change is told in [CONTRIBUTING.md](../../CONTRIBUTING.md#hooks-evolve-they-do-not-break).
"""
ON_MANIFESTS = """\
An unknown key is refused with a suggestion, and all problems of a file are told at once.
`platform plugin list` shows what is wrong with a manifest, and `platform describe ID` what stands in it.
"""


def hooks_page() -> str:
    """Return the page with every hook and every record that hooks deal in."""
    parts = [
        INTRODUCTION,
    ]
    for word, module in spec_modules().items():
        parts += [f"## {TITLES[word]}", prose(sections(module)[""])]
        for name in module.__all__:
            parts += _hook(getattr(module, name))
    parts.append("## What hooks return and are given")
    for module in (contributions, content):
        for cls in _records(module):
            parts += [f"### `{cls.__name__}`", *record(cls)]
    parts += ["## Webhook adapters", prose(sections(adapter)[""])]
    for cls in _records(adapter):
        parts += [f"### `{cls.__name__}`", *record(cls)]
    return page("Hooks", parts)


def signature_of(hook: Callable[..., Any]) -> str:
    """Return name, arguments and return type, as they stand in the source."""
    return f"{hook.__name__}{inspect.signature(hook)}".replace("'", "")


def _hook(hook: Callable[..., Any]) -> Iterator[str]:
    said = sections(hook)
    yield f"### `{hook.__name__}`"
    yield code(signature_of(hook), "python")
    yield prose(said[""])
    yield code(inspect.cleandoc(said["Example"]), "pycon")


def _records(module: Any) -> Iterator[type]:
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.isclass(value) and dataclasses.is_dataclass(value):
            yield value


def manifest_page() -> str:
    """Return the page about ``plugin.toml``."""
    parts = [
        prose(sections(manifest)[""]),
        ON_MANIFESTS,
    ]
    records = [cls for cls in _records(manifest) if cls is not manifest.Manifest]
    for cls in (manifest.Manifest, *records):
        parts += [f"## `{cls.__name__}`", *record(cls)]
    parts += [
        "## A whole one",
        "The reference shop's, which the conformance kit's own tests use.",
        code(EXAMPLE.read_text("utf-8"), "toml"),
    ]
    return page("The manifest", parts)
