"""Each starter is built once, with a shop, a draft, old paths and a collection of its own; skipped where there is no Jekyll."""

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
from platform_testing.tools import missing_tools

AWS = Stage("aws", "https://www.example.com")
SETTINGS: dict[str, Any] = {"host": "aws", "branch": "main", "program": "auto", "future": False}
CONTENT = {
    "content/recipes/plum-tart.md": "---\ntitle: Plum tart\n---\nStone the **plums**.\n\n| | b |\n|---|--:|\n| 1 | 2 |\n\nAgain:\n\n| c |\n|---|\n| 3 |\n",
    "content/posts/a-note.md": "---\ntitle: A note & more\ndate: 2026-02-03\nupdated: 2026-03-04\ntags: [fruit, autumn]\n"
    "aliases: [/2026/a-note.html, /old/]\n---\nA note of the **tests**.\n\n```c\nint main(void);\n```\n",
    "content/posts/portrait.md": "---\ntitle: Portrait\ndate: 2026-02-01\nimage: /images/portrait.png\nimage_alt: A face\n"
    "image_width: 600\nimage_height: 900\n---\nUpright.\n",
    "content/posts/secret.md": "---\ntitle: Secret\ndate: 2026-02-04\ndraft: true\n---\nnobody may read this draft\n",
    "content/posts/tomorrow.md": "---\ntitle: Tomorrow\ndate: 2999-01-01\n---\nnobody may read this yet\n",
    "content/imprint.md": "---\ntitle: Imprint & more\nurl: /legal/imprint/\nlocale: de\n---\n{{ not a template }}\n",
    "content/products/mug.md": "---\ntitle: Mug\nsku: mug\nprice: '18.50'\ncurrency: GBP\nstock: 3\ndescription: A mug that lasts.\n---\nMade to last.\n",
    **{
        f"content/{name}-{number:02}.md": f"---\ntitle: Entry {number}\ndate: 2020-01-{number:02}\ntags: [long]\n---\nShort.\n"
        for name in ("posts/entry", "letters/letter")
        for number in range(1, 31)
    },
    **{f"content/bulbs/bulb-{number:02}.md": f"---\ntitle: Bulb {number}\n---\nShort.\n" for number in range(1, 14)},
    "content/bulbs/page/2.md": "---\ntitle: The second bulb\n---\nAn entry of its own.\n",
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


@pytest.fixture(scope="session", name="jekyll")
def _jekyll() -> None:
    """Skip what builds when this machine has no Jekyll; `make test` brings Debian's."""
    if missing := missing_tools():
        pytest.skip(f"no Jekyll here: {'; '.join(missing)}")


@pytest.fixture(scope="session", name="starter")
def _starter(tmp_path_factory: pytest.TempPathFactory, jekyll: None) -> Callable[[str], Built]:
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
        f'client = "acme"\ndomain = "www.example.com"\nengine = "jekyll"\nvariant = "{variant}"\n'
        'shop = "shop-memory"\n[settings.jekyll]\nhost = "github-pages"\n'
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
        (root / "redirects.toml").write_text(
            '[[redirect]]\nfrom = "/start"\nto = "https://elsewhere.example/"\n', "utf-8"
        )
        output = build(compose(composition.site, root, catalogue), AWS).output
    for name in [name for name in sys.modules if name.partition(".")[0] == "platform_plugin_shop_memory"]:
        del sys.modules[name]
    return Built(root, output)


@pytest.fixture(name="plan_of")
def _plan_of(tmp_path: Path) -> Callable[..., Any]:
    """Return the build plan for settings, without building."""
    from platform_plugin_jekyll import plugin

    folders = {name: tmp_path / name for name in ("root", "generated", "output", "cache", "work")}
    site = {"client": "acme", "domain": "www.example.com", "engine": "jekyll", "variant": "simple_blog"}

    def plan(*, more: dict[str, Any] | None = None, **settings: Any) -> Any:
        return plugin.platform_build_plan(
            site=Site(**{**site, **(more or {})}),
            settings={**SETTINGS, **settings},
            stage=AWS,
            workspace=Workspace(**folders),
        )

    return plan
