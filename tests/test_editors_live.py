"""The same post, edited in the real editor of each CMS that runs here, until the page shows it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.local.processes import wait_until
from platform_testing.quality import write_starter

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("editors")]
POST = "a-timetable-is-a-graph-with-opinions"
TITLE = "A timetable has second thoughts"
PROJECT = "abc12345"
# The editors' first start takes long, and so does a studio's first paint.
PATIENCE = 60_000


def edit_in_decap(desk: Any, url: str) -> None:
    """Log in, open the post, change its title and publish."""
    desk.get_by_role("button", name="Login").click()
    desk.wait_for_selector('a[href="#/collections/posts"]')
    desk.goto(f"{url}/admin/#/collections/posts/entries/{POST}")
    desk.fill('[id^="title-field"]', TITLE)
    desk.get_by_role("button", name="Publish", exact=True).click()
    desk.get_by_text("Publish now", exact=True).click()
    desk.wait_for_selector("text=Entry saved")


def edit_in_tina(desk: Any, url: str) -> None:
    """Enter, open the post, change its title and save."""
    desk.get_by_role("button", name="Enter Edit Mode").click()
    desk.goto(f"{url}/admin/#/collections/edit/posts/{POST}")
    desk.wait_for_function("() => document.querySelector('input[name=\"title\"]')?.value")
    desk.fill('input[name="title"]', TITLE)
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("Document updated").first.wait_for()


def edit_in_sanity(desk: Any, url: str) -> None:
    """Search the post in the list, change its title and publish."""
    desk.goto(f"{url}/studio/#/structure/posts")
    desk.get_by_text("A timetable is a graph with opinions").first.click()
    desk.wait_for_selector("[data-testid=string-input]:not([readonly])")
    desk.get_by_test_id("string-input").first.fill(TITLE)
    # The button is alive only once the draft is with the server.
    desk.wait_for_selector("[data-testid=action-publish]:not([disabled]):not([data-disabled=true])")
    desk.get_by_test_id("action-publish").first.click()
    desk.get_by_text("was published").first.wait_for()


def export_to_sanity(folder: Path) -> None:
    """Move the posts from files to an export of a dataset, which the stand-in then serves."""
    command = [sys.executable, "-m", "platform_plugin_sanity.export", str(folder), "--to", str(folder / "export")]
    subprocess.run(command, check=True, capture_output=True)
    for path in (folder / "content" / "posts").glob("[!_]*.md"):
        path.unlink()


EDITORS = {
    "decap": ("/admin/", edit_in_decap),
    "tina": ("/admin/", edit_in_tina),
    "sanity": ("/studio/", edit_in_sanity),
}


@pytest.mark.parametrize("cms", EDITORS)
def test_what_an_editor_publishes_is_live(
    *,
    cms: str,
    tmp_path: Path,
    run_site: Callable[..., Any],
    ask: Callable[..., tuple[int, Any, bytes]],
    page: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody runs a command between the editor's button and the page."""
    folder = tmp_path / "site"
    extra = f'cms = "{cms}"\n'
    if cms == "sanity":
        monkeypatch.setenv("PLATFORM_SECRET_SANITY", "a-word-of-our-own")
        extra += f'[settings.sanity]\nproject_id = "{PROJECT}"\noffline_data = "export/data.ndjson"\n'
    write_starter(folder, "hugo", "performance_blog", extra=extra)
    if cms == "sanity":
        export_to_sanity(folder)
    with run_site(folder, "--offline") as site:
        address = f"{site.url}/posts/{POST}/"
        assert TITLE not in ask(address)[2].decode()
        start, edit = EDITORS[cms]
        desk = page(f"{site.url}{start}", viewport={"width": 1400, "height": 1000})
        desk.set_default_timeout(PATIENCE)
        edit(desk, site.url)
        assert wait_until(lambda: TITLE in ask(address)[2].decode(), seconds=60), site.output
        assert page(address).locator("h1").inner_text() == TITLE
