"""The pages about what is installed: ``site.toml``, settings and capabilities."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from _pages.markdown import code, page, table

from platform_core.discovery import Plugin, discover
from platform_core.manifest import KINDS, Manifest, Setting
from platform_core.site import Aws, Site

__all__ = [
    "ROOT",
    "capabilities_page",
    "capabilities_table",
    "own_plugins",
    "settings_table",
    "site_page",
    "variants_table",
]

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "editorial-store" / "site.toml"
KIND_WORDS = {"ssg": "engine", "cms": "CMS", "ecommerce": "shop", "service": "service"}
ON_SITES = """\
A site is one file, `site.toml`.
It is checked whole: every problem comes with file, line, table and key, and an unknown key with a suggestion.
`platform validate` checks it, and `platform schema` prints its JSON Schema for your editor, with the settings of what you have installed.
"""
ON_CAPABILITIES = """\
A capability is a named fact that one component provides and another needs.
A combination in which a needed capability is provided by nobody is *impossible*, and `platform why-not` says so with these words.
The list holds what the plugins of this repository declare; a plugin may declare others.
"""


@functools.cache
def own_plugins() -> tuple[Plugin, ...]:
    """Return the plugins of this repository, whatever else is installed."""
    found = discover(disabled=()).plugins
    own = [item for item in found if item.package and item.package.is_relative_to(ROOT / "plugins")]
    if faults := [f"{item.id}: {item.cause}" for item in own if item.state != "ok"]:
        sys.exit("\n".join(["A plugin of this repository is at fault:", *faults]))
    return tuple(own)


def _manifests() -> tuple[Manifest, ...]:
    return tuple(item.manifest for item in own_plugins() if item.manifest)


def site_page() -> str:
    """Return the page with every key of ``site.toml``."""
    parts = [
        ON_SITES,
        "## The site",
        _model_table(Site, skip=("aws", "settings")),
        "## `[aws]`",
        "Where the site is deployed.\nNothing here is secret.",
        _model_table(Aws),
    ]
    for item in _manifests():
        parts += [
            f"## `[settings.{item.id}]`",
            f"Settings of {item.name}, the {KIND_WORDS[item.kind]}.",
            settings_table(item),
        ]
    parts += ["## A whole one", "The example in `examples/editorial-store`.", code(EXAMPLE.read_text("utf-8"), "toml")]
    return page("site.toml", parts)


def _model_table(model: type[Site | Aws], skip: tuple[str, ...] = ()) -> str:
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    rows = [
        (
            f"`{name}`",
            _type_words(item),
            "required" if name in required else _literal(item.get("default")),
            item["description"],
        )
        for name, item in schema["properties"].items()
        if name not in skip
    ]
    return table(("key", "type", "default", "meaning"), rows)


def _type_words(schema: Mapping[str, Any]) -> str:
    if options := [item for item in schema.get("anyOf", ()) if item.get("type") != "null"]:
        return _type_words(options[0])
    if "enum" in schema:
        return " or ".join(f"`{item}`" for item in schema["enum"])
    if schema["type"] == "integer" and "minimum" in schema:
        return f"integer, {schema['minimum']} to {schema['maximum']}"
    return {"array": "array of strings"}.get(schema["type"], schema["type"])


def _literal(value: object) -> str:
    """Write a default as TOML has it; nothing for one that says nothing."""
    if value is None or value in ("", [], ()):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple | list):
        return f"`{list(value)}`".replace("'", '"')
    return f"`{value}`"


def settings_table(item: Manifest, *, choices: bool = False) -> str:
    """Return the settings of one component; with *choices* what each may be, where that is a short list."""
    rows = [
        (
            f"`{name}`",
            setting.type,
            "required" if setting.required else _literal(setting.default),
            _meaning(setting, choices=choices),
        )
        for name, setting in item.settings.items()
    ]
    return table(("setting", "type", "default", "meaning"), rows)


def _meaning(setting: Setting, *, choices: bool) -> str:
    names = [f"`{choice}`" for choice in setting.choices if choice]
    return (
        f"{setting.description} One of {', '.join(names)}." if choices and 0 < len(names) <= 6 else setting.description
    )


def capabilities_table(item: Manifest) -> str:
    """Return what one component provides, needs and lacks."""
    rows = [
        (word, f"`{capability}`", text)
        for word, given in (("provides", item.provides), ("needs", item.needs), ("lacks", item.lacks))
        for capability, text in given.items()
    ]
    return table(("", "capability", ""), rows)


def variants_table(item: Manifest) -> str:
    """Return the variants of one component, with the words that a client may ask for."""
    rows = [(f"`{name}`", ", ".join(variant.features), variant.summary) for name, variant in item.variants.items()]
    return table(("variant", "features", "what it is"), rows)


def capabilities_page() -> str:
    """Return the page with every capability that an installed component declares."""
    items = _manifests()
    names = sorted({name for item in items for given in (item.provides, item.needs, item.lacks) for name in given})
    parts = [
        ON_CAPABILITIES,
    ]
    for name in names:
        parts += [f"## `{name}`", "\n".join(_declarations(name, items))]
    return page("Capabilities", parts)


def _declarations(name: str, items: tuple[Manifest, ...]) -> Iterator[str]:
    for word in ("provides", "needs", "lacks"):
        for item in sorted(items, key=lambda one: (KINDS.index(one.kind), one.id)):
            if text := getattr(item, word).get(name):
                yield f"- {item.name} ({KIND_WORDS[item.kind]}) {word} it: {text}"
