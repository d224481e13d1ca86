"""Each starter is built once: as a site that is sold, with a shop, a draft, and a collection of its own."""

from __future__ import annotations

import functools
import http.server
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_core.build import build, workspace_for
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import BuildPlan, Stage, Workspace
from platform_core.discovery import discover
from platform_core.scaffold import scaffold
from platform_core.site import Site, parse_site
from platform_plugin_astro import plugin
from platform_testing.distributions import install_fakes

AWS = Stage("aws", "https://www.example.com")
POLICY = "default-src 'self'; base-uri 'self'; object-src 'none'"
SETTINGS: dict[str, Any] = {"future": False, "form_endpoint": "", "build_script": "", "build_output": ""}
CONTENT = {
    "content/recipes/plum-tart.md": "---\ntitle: Plum tart\ndate: 2026-02-03\nupdated: 2026-02-05\ntags: [Stone fruit]\n---\n"
    "Stone the **plums**.\n\n![A card](/images/social.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nconst plums = 'ripe';\n```\n",
    "content/recipes/v1.2/Second.md": "---\ntitle: Second </script><b>\n---\nA folder with a dot, a name with a capital.\n",
    "content/recipes/secret.md": "---\ntitle: Secret\ndate: 2026-02-04\ndraft: true\n---\nnobody may read this draft\n",
    "content/recipes/tomorrow.md": "---\ntitle: Tomorrow\ndate: 2999-01-01\n---\nnobody may read this yet\n",
    "content/imprint.md": "---\ntitle: Imprint & more\nurl: /legal/imprint/\nlocale: de\n---\nWer schreibt.\n",
    "content/old.md": "---\ntitle: Old page\nurl: /2014/old.html\n---\nKept at its address.\n",
    "content/products/mug.md": "---\ntitle: Mug\nsku: mug\nprice: '18.50'\ncurrency: GBP\nstock: 3\ndescription: A mug that lasts.\n---\n"
    "Made to last.\n",
    # A list of three pages; an entry stands where the second one of its tag would. The other list is in an order by hand.
    **{
        f"content/ledger/{day:02}.md": f"---\ntitle: Day {day}\ndate: 2020-06-{day:02}\ntags: [Ledger]\n---\nText.\n"
        for day in range(1, 31)
    },
    **{f"content/work/more-{at}.md": f"---\ntitle: More {at}\norder: {at}\n---\nMore to do.\n" for at in range(12)},
    "content/audit.md": "---\ntitle: Audit\nurl: /tags/ledger/page/2/\n---\nKept in the middle of a list.\n",
}


@dataclass(frozen=True)
class Built:
    """One finished build."""

    root: Path
    output: Path
    plan: BuildPlan

    @property
    def work(self) -> Path:
        """The mirror in which it was built."""
        return workspace_for(self.root, AWS).work

    @property
    def pages(self) -> list[Path]:
        """Every HTML file, in order."""
        return sorted(self.output.rglob("*.html"))

    def read(self, path: str) -> str:
        """Return the text of one file of the output."""
        return (self.output / path).read_text("utf-8")


@pytest.fixture(scope="session", name="starter")
def _starter(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Built]:
    """Build a starter with more content; the same one is built once a session."""
    done: dict[tuple[str, str], Built] = {}

    def make(variant: str, rendering: str = "static") -> Built:
        key = (variant, rendering)
        if key not in done:
            done[key] = _build(variant, rendering, tmp_path_factory)
        return done[key]

    return make


def _build(variant: str, rendering: str, folders: pytest.TempPathFactory) -> Built:
    """Build with the shop that the kit brings, and forget that one again."""
    root = folders.mktemp(variant)
    text = (
        f'client = "acme"\ndomain = "www.example.com"\nengine = "astro"\nvariant = "{variant}"\nrendering = "{rendering}"\n'
        'shop = "shop-memory"\n[settings.astro]\nform_endpoint = "https://forms.example.com/acme"\n'
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
        built = build(compose(composition.site, root, catalogue), AWS)
    for name in [name for name in sys.modules if name.partition(".")[0] == "platform_plugin_shop_memory"]:
        del sys.modules[name]
    return Built(root, built.output, built.plan)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files under the policy that the site's distribution sends."""

    def end_headers(self) -> None:
        """Send the policy with every answer."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(name="serve")
def _serve() -> Iterator[Callable[[Path], str]]:
    """Serve a folder and return its address."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def serve(folder: Path) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(name="plan_of")
def _plan_of(tmp_path: Path) -> Callable[..., BuildPlan]:
    """Return the build plan for settings, without building."""
    folders = {name: tmp_path / name for name in ("root", "generated", "output", "cache", "work")}
    site = {"client": "acme", "domain": "www.example.com", "engine": "astro", "variant": "modern_interactive"}

    def plan(*, more: dict[str, Any] | None = None, **settings: Any) -> BuildPlan:
        return plugin.platform_build_plan(
            site=Site(**{**site, **(more or {})}),
            settings={**SETTINGS, **settings},
            workspace=Workspace(**folders),
        )

    return plan
