"""Photograph each starter of each engine here, live: desktop and phone, light and dark.

The pictures are for people to look at, so they stay out of the repository; the small ones
of the documentation are made by `nox -s matrix -- --engines`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "quality"))

from record import ROOT, find_starters

from platform_testing.quality import LiveSite, open_browser, open_fleet, read_project, write_starter
from platform_testing.quality.checks import content_page
from platform_testing.quality.links import read_pages

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
# A picture far down is loaded when somebody scrolls there, and nobody does.
LOAD_IMAGES = """() => Promise.all([...document.images].map((image) => {
    image.loading = 'eager';
    return image.decode().catch(() => null);
}))"""


def main(arguments: list[str]) -> int:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(prog="nox -s screenshots --", description="Photograph each starter.")
    parser.add_argument("--only", action="append", default=[], metavar="ENGINE[/VARIANT]", help="may be repeated")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "screenshots", help="folder of the pictures")
    given = parser.parse_args(arguments)
    given.output.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="screenshots-") as scratch,
        open_fleet() as fleet,
        open_browser() as browser,
    ):
        projects = []
        for starter in find_starters(given.only):
            root = Path(scratch, "-".join(starter))
            write_starter(root, *starter)
            projects.append(read_project(root))
        fleet.deploy(projects, Path(scratch))
        for project in projects:
            with fleet.serve(project, project.build()) as site:
                for target in photograph(site, browser, given.output / project.client):
                    print(target, flush=True)
    return 0


def photograph(site: LiveSite, browser: Any, start: Path) -> Iterator[Path]:
    """Photograph the home page, the page with the most to read, and what is shown for a missing page."""
    content = content_page(read_pages(site))
    paths = {"home": "/", "missing": "/there/is/no/such/page/", **({"entry": content.address} if content else {})}
    for name, path in paths.items():
        for size, viewport in SIZES.items():
            for scheme in SCHEMES:
                page = browser.new_page(viewport=viewport, color_scheme=scheme)
                page.goto(site.address + path)
                page.evaluate(LOAD_IMAGES)
                target = start.with_name(f"{start.name}-{name}-{size}-{scheme}.png")
                page.screenshot(path=target, full_page=True)
                page.close()
                yield target


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
