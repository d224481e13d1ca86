"""Each starter is built once: as a site that is sold, with a shop, a draft and a collection of its own."""

from __future__ import annotations

import contextlib
import functools
import http.server
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_core.build import Built, build, workspace_for
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import Stage, Workspace
from platform_core.discovery import discover
from platform_core.scaffold import scaffold
from platform_core.site import Site, parse_site
from platform_plugin_gatsby import plugin
from platform_testing.distributions import install_fakes

AWS = Stage("aws", "https://www.example.com")
ENDPOINT = "https://forms.example.com/f/1"
SETTINGS: dict[str, Any] = {"future": False, "form_endpoint": "", "build_script": "", "build_output": ""}
POLICY = f"default-src 'self'; base-uri 'self'; object-src 'none'; form-action 'self' {ENDPOINT}"
CONTENT = {
    "content/recipes/plum-tart.md": "---\ntitle: Plum tart & more\ndate: 2026-02-03\ntags: [fruit, autumn]\n---\n"
    'Stone the **plums**.\n\n## A crate\n\n![A crate](/images/social.png "Plums")\n\n| a | b |\n|---|---|\n| 1 | 2 |\n',
    "content/recipes/secret.md": "---\ntitle: Secret\ndate: 2026-02-04\ndraft: true\n---\nnobody may read this draft\n",
    "content/recipes/tomorrow.md": "---\ntitle: Tomorrow\ndate: 2999-01-01\n---\nnobody may read this yet\n",
    "content/imprint.md": "---\ntitle: Imprint\nurl: /legal/imprint.html\nlocale: de\n---\n{notATemplate} and <b>bold</b>\n",
    "content/Über uns.md": "---\ntitle: Über uns\n---\nWir.\n",
    "content/products/mug.md": "---\ntitle: Mug\nsku: mug\nprice: '18.50'\ncurrency: GBP\nstock: 3\ndescription: A mug that lasts.\n---\n"
    "Made to last.\n",
}


@dataclass(frozen=True)
class Finished:
    """One finished build of a starter."""

    root: Path
    built: Built

    @property
    def output(self) -> Path:
        """The site's files."""
        return self.built.output

    @property
    def work(self) -> Path:
        """The mirror in which it was built."""
        return workspace_for(self.root, AWS).work

    @property
    def pages(self) -> list[Path]:
        """Every HTML file, in order; data of a page lies in a folder with the page's name."""
        return sorted(path for path in self.output.rglob("*.html") if path.is_file())

    def read(self, path: str) -> str:
        """Return the text of one file of the output."""
        return (self.output / path).read_text("utf-8")


@pytest.fixture(scope="session", name="starter")
def _starter(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Finished]:
    """Build a starter with more content; the same one is built once a session."""
    return functools.cache(functools.partial(_build, tmp_path_factory))


def _build(folders: pytest.TempPathFactory, variant: str) -> Finished:
    """Build with the shop that the kit brings, and forget that one again."""
    root = folders.mktemp(variant)
    text = (
        f'client = "acme"\ndomain = "www.example.com"\nengine = "gatsby"\nvariant = "{variant}"\nshop = "shop-memory"\n'
    )
    text += f'[settings.gatsby]\nform_endpoint = "{ENDPOINT}"\n'
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
    return Finished(root, built)


class _Strict(http.server.SimpleHTTPRequestHandler):
    """Serves files under the site's policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of the standard library
        """Say nothing."""


@pytest.fixture(scope="session", name="serve")
def _serve() -> Iterator[Callable[[Finished], Any]]:
    """Serve a build under a strict policy, on a free port.

    It answers until the session ends: a page that is still open fetches what its links lead
    to, and a refusal would stand in its console as a fault.
    """
    with contextlib.ExitStack() as servers:

        @contextlib.contextmanager
        def serve(finished: Finished) -> Iterator[str]:
            handler = functools.partial(_Strict, directory=str(finished.output))
            server = servers.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers.callback(server.shutdown)
            yield f"http://127.0.0.1:{server.server_port}"

        yield serve


@pytest.fixture(name="page")
def _page(browser: Any) -> Iterator[Any]:
    """A page of a real browser, in which nothing may go wrong unseen."""
    page = browser.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    assert faults == []


@pytest.fixture(name="workspace")
def _workspace(tmp_path: Path) -> Workspace:
    """Folders of a site that has nothing yet."""
    folders = {name: tmp_path / name for name in ("root", "generated", "output", "cache", "work")}
    folders["root"].mkdir()
    return Workspace(**folders)


@pytest.fixture(name="plan_of")
def _plan_of(workspace: Workspace) -> Callable[..., Any]:
    """Return the build plan of a site, without building."""

    def plan(*, more: dict[str, Any] | None = None, **settings: Any) -> Any:
        site = Site(**{"client": "acme", "domain": "www.example.com", "engine": "gatsby", **(more or {})})
        return plugin.platform_build_plan(site=site, settings={**SETTINGS, **settings}, workspace=workspace)

    return plan
