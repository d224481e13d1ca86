"""Each starter is built once: with a shop, a draft, a collection of its own; the first one for a server too."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from platform_core.build import build, workspace_for
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import BuildPlan, Stage, Workspace
from platform_core.discovery import discover
from platform_core.scaffold import scaffold
from platform_core.site import Site, parse_site
from platform_plugin_nuxt import plugin
from platform_testing.distributions import install_fakes
from platform_testing.quality import wait_in_page

AWS = Stage("aws", "https://www.example.com")
SETTINGS: dict[str, Any] = {"future": False, "form_endpoint": "", "build_script": "", "build_output": ""}
ENTRIES = {
    "log/first.md": "---\ntitle: First & last\ndate: 2026-02-03\ntags: [kit tag]\nimage: /images/social.png\n---\n"
    "## A heading\n\nSome **text**.\n\n![A picture](/images/social.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "log/hidden.md": "---\ntitle: Hidden\ndate: 2026-02-04\ndraft: true\n---\nnobody may read this draft\n",
    "log/later.md": "---\ntitle: Later\ndate: 2999-01-01\n---\nnobody may read this yet\n",
    "legal.md": "---\ntitle: Legal\nurl: /Legal/v1.2/\nlocale: fr\n---\n{{ braces }} and <b>tags</b>\n",
    "products/mug.md": "---\ntitle: Mug\nsku: mug\nprice: '18.50'\ncurrency: GBP\nstock: 3\n---\nMade to last.\n",
}
POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'"


@dataclass(frozen=True)
class Starter:
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
def _starter(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Starter]:
    """Build a starter with more content; the same one is built once a session."""

    @functools.cache
    def make(variant: str) -> Starter:
        return _build(variant, tmp_path_factory)

    return make


def _build(variant: str, folders: pytest.TempPathFactory) -> Starter:
    """Build with the shop that the kit brings, and forget that one again."""
    root = folders.mktemp(variant)
    rendering = "server" if variant == "vue_business" else "static"
    text = (
        f'client = "acme"\ndomain = "www.example.com"\nengine = "nuxt"\nvariant = "{variant}"\n'
        f'rendering = "{rendering}"\nshop = "shop-memory"\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(install_fakes(folders.mktemp("fakes"))))
        catalogue = Catalogue(discover().plugins)
        composition = compose(parse_site(text, catalogue), root, catalogue)
        scaffold(root, composition.engine, variant)
        for name, body in ENTRIES.items():
            (root / "content" / name).parent.mkdir(parents=True, exist_ok=True)
            (root / "content" / name).write_text(body, "utf-8")
        done = build(compose(composition.site, root, catalogue), AWS)
    for name in [name for name in sys.modules if name.partition(".")[0] == "platform_plugin_shop_memory"]:
        del sys.modules[name]
    return Starter(root, done.output, done.plan)


class _Handler(SimpleHTTPRequestHandler):
    """Serves files as the edge does, with the site's policy."""

    def end_headers(self) -> None:
        """Add the policy."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(name="visit")
def _visit(browser: Any, starter: Callable[[str], Starter]) -> Iterator[Callable[[str, str], Any]]:
    """Open a page of a starter. What the browser complains about fails the test at its end."""
    servers: list[ThreadingHTTPServer] = []
    complaints: list[str] = []
    context = browser.new_context()

    def open_page(variant: str, path: str) -> Any:
        server = ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(_Handler, directory=str(starter(variant).output))
        )
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        page = context.new_page()
        # Not warnings: "preloaded but not used" tells of a busy machine, not of the page.
        page.on("console", lambda item: complaints.append(item.text) if item.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.server_port}{path}")
        wait_in_page(page, "window.useNuxtApp?.().isHydrating === false")
        return page

    yield open_page
    context.close()
    for server in servers:
        server.shutdown()
        server.server_close()
    assert complaints == []


@pytest.fixture(name="plan_of")
def _plan_of(tmp_path: Path) -> Callable[..., BuildPlan]:
    """Return the build plan for settings, without building."""
    folders = {name: tmp_path / name for name in ("root", "generated", "output", "cache", "work")}

    def plan(*, rendering: Any = "static", adopted: bool = False, **settings: Any) -> BuildPlan:
        site = Site(client="acme", domain="www.example.com", engine="nuxt", rendering=rendering, adopted=adopted)
        return plugin.platform_build_plan(site=site, settings={**SETTINGS, **settings}, workspace=Workspace(**folders))

    return plan
