"""Photograph each starter of each installed engine: desktop and phone, light and dark.

The pictures are for people to look at, so they stay out of the repository.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from platform_core.build import build, workspace_for
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.content import entry_url
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.scaffold import scaffold
from platform_core.site import parse_site

ROOT = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
# A picture far down is loaded when somebody scrolls there, and nobody does.
LOAD_IMAGES = """() => Promise.all([...document.images].map((image) => {
    image.loading = 'eager';
    return image.decode().catch(() => null);
}))"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not tell of each request."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def main(arguments: list[str]) -> int:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(prog="nox -s screenshots --", description="Photograph each starter.")
    parser.add_argument("--variant", action="append", help="only this variant; may be repeated")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "screenshots", help="folder of the pictures")
    given = parser.parse_args(arguments)
    given.output.mkdir(parents=True, exist_ok=True)
    catalogue = Catalogue(discover().plugins)
    with browser() as opened:
        for engine in catalogue.of_kind("ssg"):
            for variant in engine.variants:
                if not given.variant or variant in given.variant:
                    photograph(opened, catalogue, engine.id, variant, given.output)
    return 0


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Start the Chromium of this machine."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, channel=None if program else "chrome", args=flags)
        yield opened
        opened.close()


def photograph(opened: Browser, catalogue: Catalogue, engine: str, variant: str, output: Path) -> None:
    """Build one starter, serve it, and photograph its home page, its longest entry, and what is shown for a missing page."""
    with tempfile.TemporaryDirectory() as scratch:
        composition = compose_starter(catalogue, engine, variant, Path(scratch))
        folder = workspace_for(Path(scratch), Stage("local", "")).output
        with served(folder) as address:
            build(composition, Stage("local", address))
            entry = max(
                (item for item in composition.content.entries() if not item.draft), key=lambda item: len(item.body)
            )
            for name, path in (("home", "/"), ("entry", entry_url(entry)), ("missing", "/404.html")):
                for size, viewport in SIZES.items():
                    for scheme in SCHEMES:
                        page = opened.new_page(viewport=viewport, color_scheme=scheme)
                        page.goto(address + path)
                        page.evaluate(LOAD_IMAGES)
                        target = output / f"{engine}-{variant}-{name}-{size}-{scheme}.png"
                        page.screenshot(path=target, full_page=True)
                        page.close()
                        print(target)


def compose_starter(catalogue: Catalogue, engine: str, variant: str, root: Path) -> Composition:
    """Scaffold a starter and compose the site that it makes."""
    text = f'client = "starter"\ndomain = "starter.example.com"\nengine = "{engine}"\nvariant = "{variant}"\n'
    composition = compose(parse_site(text, catalogue), root, catalogue)
    scaffold(root, composition.engine, variant)
    return compose(composition.site, root, catalogue)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of the loopback interface."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
