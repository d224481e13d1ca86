"""Each starter is built once: as a site that is sold, with a shop, a draft, an old path and a collection of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_core.build import build
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import Stage, Workspace
from platform_core.discovery import discover
from platform_core.scaffold import scaffold
from platform_core.site import Site, parse_site
from platform_testing.distributions import install_fakes

AWS = Stage("aws", "https://www.example.com")
SETTINGS: dict[str, Any] = {"future": False, "form_endpoint": "", "build_script": "", "build_output": ""}
CONTENT = {
    "content/recipes/plum-tart.md": "---\ntitle: Plum tart\ndate: 2026-02-03\ntags: [fruit, autumn]\n---\nStone the **plums**.\n\n"
    "![A crate](/images/social.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "content/recipes/secret.md": "---\ntitle: Secret\ndate: 2026-02-04\ndraft: true\n---\nnobody may read this draft\n",
    "content/recipes/tomorrow.md": "---\ntitle: Tomorrow\ndate: 2999-01-01\n---\nnobody may read this yet\n",
    "content/recipes/later.md": "---\ntitle: Later\ndate: 2026-02-05\npublish_at: 2999-01-01T00:00:00Z\n---\nnobody may read this yet either\n",
    "content/recipes/over.md": "---\ntitle: Over\ndate: 2026-02-05\nexpire_at: 2020-01-01T00:00:00Z\n---\nnobody may read this any more\n",
    "content/imprint.md": "---\ntitle: Imprint & more\nurl: /legal/imprint/\nlocale: de\n---\n{{ not a template }}\n",
    "content/products/mug.md": "---\ntitle: Mug\nsku: mug\nprice: '18.50'\ncurrency: GBP\nstock: 3\ndescription: A mug that lasts.\n---\nMade to last.\n",
    **{
        f"content/diary/day-{day:02}.md": f"---\ntitle: Day {day}\ndate: 2025-03-{day:02}\ntags: [{tag}]\n---\nRain.\n"
        for day, tag in zip(range(1, 31), ["R&D", "r&d"] * 15, strict=True)
    },
    **{
        f"content/letters/letter-{number:02}.md": f"---\ntitle: Letter {number}\n---\nDear all.\n"
        for number in range(13)
    },
    "content/letters/page/2.md": "---\ntitle: The second letter\n---\nDear Ann.\n",
    **{
        f"content/{folder}/more-{number:02}.md": f"---\ntitle: More {number}\ndate: 2025-01-{number:02}\n---\nMore.\n"
        for folder in ("cases", "notices", "news", "people", "services")
        for number in range(1, 13)
    },
}


@dataclass(frozen=True)
class Built:
    """One finished build."""

    root: Path
    output: Path

    @property
    def pages(self) -> list[Path]:
        """Every HTML file, in order."""
        return sorted(self.output.rglob("*.html"))

    def read(self, path: str) -> str:
        """Return the text of one file of the output."""
        return (self.output / path).read_text("utf-8")


@pytest.fixture(scope="session", name="starter")
def _starter(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """Build a starter with more content; the same one is built once a session."""
    done: dict[str, Built] = {}

    def make(variant: str) -> Built:
        if variant not in done:
            done[variant] = _build(variant, tmp_path_factory)
        return done[variant]

    return make


def _build(variant: str, folders: pytest.TempPathFactory) -> Built:
    """Build with the shop that the kit brings, and forget that one again."""
    root = folders.mktemp(variant)
    text = (
        f'client = "acme"\ndomain = "www.example.com"\nengine = "eleventy"\nvariant = "{variant}"\n'
        'shop = "shop-memory"\n[settings.eleventy]\nform_endpoint = "https://forms.example.com/acme"\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(install_fakes(folders.mktemp("fakes"))))
        catalogue = Catalogue(discover().plugins)
        composition = compose(parse_site(text, catalogue), root, catalogue)
        scaffold(root, composition.engine, variant)
        for name, body in CONTENT.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, "utf-8")
        output = build(compose(composition.site, root, catalogue), AWS).output
    for name in [name for name in sys.modules if name.partition(".")[0] == "platform_plugin_shop_memory"]:
        del sys.modules[name]
    return Built(root, output)


@pytest.fixture(name="plan_of")
def _plan_of(tmp_path: Path) -> Callable[..., Any]:
    """Return the build plan for settings, without building."""
    from platform_plugin_eleventy import plugin

    folders = {name: tmp_path / name for name in ("root", "generated", "output", "cache", "work")}
    site = {"client": "acme", "domain": "www.example.com", "engine": "eleventy", "variant": "business_modern"}

    def plan(*, more: dict[str, Any] | None = None, **settings: Any) -> Any:
        return plugin.platform_build_plan(
            site=Site(**{**site, **(more or {})}),
            settings={**SETTINGS, **settings},
            workspace=Workspace(**folders),
        )

    return plan
