"""Each starter is built once: as a site that is sold, with a shop, a draft, an old path and a collection of its own."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
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
from platform_core.node import node
from platform_core.scaffold import scaffold
from platform_core.site import Site, parse_site
from platform_testing.distributions import install_fakes

AWS = Stage("aws", "https://www.example.com")
SETTINGS: dict[str, Any] = {"future": False, "form_endpoint": "", "build_script": "", "build_output": ""}
CONTENT = {
    "content/recipes/plum-tart.md": "---\ntitle: Plum tart & more\ndate: 2026-02-03\ntags: [fruit, autumn]\n---\n"
    "Stone the **plums**.\n\n![A crate](/images/social.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nconst a = 1;\n```\n",
    "content/recipes/secret.md": "---\ntitle: Secret\ndate: 2026-02-04\ndraft: true\n---\nnobody may read this draft\n",
    "content/recipes/tomorrow.md": "---\ntitle: Tomorrow\ndate: 2999-01-01\n---\nnobody may read this yet\n",
    "content/imprint.md": "---\ntitle: Imprint\nurl: /legal/imprint.html\nlocale: de\n---\n{notATemplate} and <b>bold</b>\n",
    "content/Über uns.md": "---\ntitle: Über uns\n---\nWir.\n",
    "content/products/mug.md": "---\ntitle: Mug\nsku: mug\nprice: '18.50'\ncurrency: GBP\nstock: 3\ndescription: A mug that lasts.\n---\n"
    "Made to last.\n",
    "content/third.md": "---\ntitle: Third\nurl: /tags/post/page/3/\n---\nAn entry of that address.\n",
}
CONTENT |= {
    f"content/letters/letter-{number}.md": f"---\ntitle: Letter {number}\ndate: 2020-01-{number:02}\ntags: [post]\n---\nDear all.\n"
    for number in range(1, 31)
}
# With the three versions of the starter that has a changelog, more than one page holds.
CONTENT |= {
    f"content/changelog/old-{number}.md": f"---\ntitle: Old {number}\ndate: 2019-01-{number:02}\n---\nAn old change.\n"
    for number in range(1, 11)
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
        """Every HTML file, in order."""
        return sorted(self.output.rglob("*.html"))

    def read(self, path: str) -> str:
        """Return the text of one file of the output."""
        return (self.output / path).read_text("utf-8")


@pytest.fixture(scope="session", name="starter")
def _starter(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Finished]:
    """Build a starter with more content; the same one is built once a session."""
    done: dict[tuple[str, str], Finished] = {}

    def make(variant: str, rendering: str = "static") -> Finished:
        key = (variant, rendering)
        if key not in done:
            done[key] = _build(variant, rendering, tmp_path_factory)
        return done[key]

    return make


def _build(variant: str, rendering: str, folders: pytest.TempPathFactory) -> Finished:
    """Build with the shop that the kit brings, and forget that one again."""
    root = folders.mktemp(f"{variant}-{rendering}")
    rows = {
        "client": "acme",
        "domain": "www.example.com",
        "engine": "nextjs",
        "variant": variant,
        "rendering": rendering,
    }
    rows |= {} if rendering == "server" else {"shop": "shop-memory"}
    text = "".join(f'{key} = "{value}"\n' for key, value in rows.items())
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


@pytest.fixture(scope="session", name="serve")
def _serve() -> Iterator[Callable[[Finished], Any]]:
    """Serve a build under the site's policy; the function answers for what is no file.

    It answers until the session ends: a page that is still open fetches what its links lead
    to, and a refusal would stand in its console as a fault.
    """
    with contextlib.ExitStack() as servers:

        @contextlib.contextmanager
        def serve(finished: Finished) -> Iterator[str]:
            server = finished.built.plan.server
            command = [str(node()), str(Path(__file__).with_name("edge.mjs")), str(finished.output)]
            command += [str(server.folder)] if server else []
            process = servers.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            servers.callback(process.kill)
            assert process.stdout
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"

        yield serve


@pytest.fixture(name="page")
def _page(browser: Any) -> Iterator[Any]:
    """A page in which nothing may go wrong unseen."""
    page = browser.new_page()
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    yield page
    page.close()
    assert page.faults == []


@pytest.fixture(name="plan_of")
def _plan_of(tmp_path: Path) -> Callable[..., Any]:
    """Return the build plan of a starter, without building."""
    from platform_plugin_nextjs import plugin

    folders = {name: tmp_path / name for name in ("root", "generated", "output", "cache", "work")}
    site = {"client": "acme", "domain": "www.example.com", "engine": "nextjs"}
    shutil.copytree(Path(plugin.__file__).parent / "starters" / "_shared", folders["root"])

    def plan(*, more: dict[str, Any] | None = None, **settings: Any) -> Any:
        chosen = Site(**{**site, **(more or {})})
        return plugin.platform_build_plan(
            site=chosen, settings={**SETTINGS, **settings}, workspace=Workspace(**folders)
        )

    return plan
