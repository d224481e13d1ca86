"""The deployed editor in a real browser, with a stand-in for TinaCloud's addresses.

TinaCloud needs an account and can't run here. The stand-in answers at the HTTP boundary as the
editor's own client asks: who somebody is, whether the branch is indexed, and the content API, behind
which stands Tina's real one.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.contributions import Stage
from platform_plugin_tina import plugin

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLIENT = "11111111-2222-3333-4444-555555555555"
WAIT = 30_000
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><title>Hello</title></head>
<body>
  <main data-entry="posts/hello">
    <h1 data-field="title">Hello</h1>
    <time datetime="2026-01-02" data-field="date">2 January 2026</time>
    <div data-field="body"><p>Some <em>text</em> with a <a href="/a/">link</a>.</p><ul><li>one</li><li>two</li></ul></div>
  </main>
</body>
</html>
"""


class Cloud:
    """The stand-in: what it was asked, and by whom."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self.asked: list[str] = []
        self.strange: list[str] = []
        self.tokens: set[str] = set()

    def answer(self, route: Any) -> None:
        """Answer one request of the browser."""
        request = route.request
        path = re.sub(r"^https://", "", request.url).partition("?")[0]
        cors = {"access-control-allow-origin": "*", "access-control-allow-headers": "*"}
        if request.method == "OPTIONS":
            route.fulfill(status=204, headers=cors)
            return
        self.asked.append(path)
        if path.endswith("/github/main"):
            self.tokens.add(request.headers.get("authorization", ""))
            status, found = self._api.send("/localhost/graphql", request.post_data_buffer)
            route.fulfill(status=status, json=found, headers=cors)
            return
        known = {
            f"identity.tinajs.io/v2/apps/{CLIENT}/currentUser": {
                "id": "1",
                "email": "ada@acme.example",
                "verified": True,
                "role": "admin",
                "fullName": "Ada",
            },
            f"identity.tinajs.io/v2/apps/{CLIENT}": {"id": CLIENT, "defaultBranch": "main", "features": []},
            f"identity.tinajs.io/v2/apps/{CLIENT}/billing/state": {"clientId": CLIENT, "billingState": "current"},
            f"content.tinajs.io/db/{CLIENT}/status/main": {"status": "complete"},
            f"content.tinajs.io/github/{CLIENT}/list_branches": [{"name": "main", "protected": False}],
            "content.tinajs.io/announcement": {"announcements": []},
            f"content.tinajs.io/events/{CLIENT}/main": {"events": []},
        }
        if path not in known:
            self.strange.append(path)
        route.fulfill(json=known.get(path, {}), headers=cors)


@pytest.fixture
def cloud(browser: Any, editor: Any, api: Any) -> Iterator[tuple[Any, Cloud]]:
    """A browser's page in which somebody has logged in before, and the stand-in."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(WAIT)
    stand_in = Cloud(api)
    page.route(lambda url: not url.startswith(editor.url.partition("/admin/")[0]), stand_in.answer)
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 4_000_000_000}).encode()).rstrip(b"=").decode()
    tokens = {"access_token": f"e30.{claims}.x", "id_token": f"e30.{claims}.x", "refresh_token": "r"}
    page.add_init_script(f"localStorage.setItem('tinacms-auth', {json.dumps(json.dumps(tokens))})")
    yield page, stand_in
    page.close()


@pytest.fixture
def editor(
    content: Content, settings: Callable[..., dict[str, Any]], site: Any, aws: Stage, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """The editor as it is deployed."""
    chosen = settings(client_id=CLIENT)
    provides = getattr(request, "param", ())
    files = {file.path: file for file in plugin.platform_files(site, chosen, content, aws, provides)}
    made = request.getfixturevalue("serve")(files)
    yield made
    made.stop()


@pytest.mark.parametrize("api", [{"client_id": CLIENT}], indirect=True)
def test_somebody_edits_through_tinacloud(api: Any, cloud: tuple[Any, Cloud], editor: Any, hello: Path) -> None:
    """The page finds its project, its schema matches, the form saves, and the policy lets nothing else be asked."""
    page, stand_in = cloud
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{editor.url}#/collections/edit/posts/hello")
    page.wait_for_function("() => document.querySelector('input[name=\"title\"]')?.value === 'Hello'")
    page.fill('input[name="title"]', "From afar")
    page.get_by_role("button", name="Save", exact=True).click()
    for _ in range(WAIT // 50):
        if "From afar" in hello.read_text("utf-8"):
            break
        page.wait_for_timeout(50)  # lets the browser's events in
    assert "title: From afar\n" in hello.read_text("utf-8")
    assert "Mismatch" not in page.inner_text("body")
    # Tina's own build writes the version 3.0 as a number.
    assert f"content.tinajs.io/3/content/{CLIENT}/github/main" in stand_in.asked
    assert all(token.startswith("Bearer e30.") for token in stand_in.tokens)
    assert (complaints, stand_in.strange) == ([], [])


@pytest.mark.parametrize("api", [{"client_id": CLIENT}], indirect=True)
@pytest.mark.parametrize("editor", [("html.fields",)], indirect=True)
def test_somebody_edits_a_deployed_page(
    api: Any, cloud: tuple[Any, Cloud], editor: Any, content: Content, hello: Path
) -> None:
    """Beside the deployed page the same editor works, and the page itself asks TinaCloud for nothing."""
    place = content.root / "static" / "posts" / "hello" / "index.html"
    place.parent.mkdir(parents=True)
    place.write_text(PAGE, "utf-8")
    page, stand_in = cloud
    complaints: list[str] = []
    asking: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asking.add(request.frame.url) if "tinajs.io" in request.url else None)
    page.goto(f"{editor.url}#/collections/posts/~")
    page.get_by_text("Hello", exact=True).first.click()
    inside = page.frame_locator("#tina-iframe")
    inside.locator("h1[data-tina-field]").wait_for()
    page.fill('input[name="title"]', "From afar")
    inside.locator("h1:visible", has_text="From afar").wait_for()
    assert inside.locator("time").inner_text() == "2 January 2026"
    inside.locator("h1:visible").click()
    page.wait_for_function("() => document.activeElement.name === 'title'")
    page.get_by_role("button", name="Save", exact=True).click()
    for _ in range(WAIT // 50):
        if "From afar" in hello.read_text("utf-8"):
            break
        page.wait_for_timeout(50)  # lets the browser's events in
    assert "title: From afar\n" in hello.read_text("utf-8")
    assert all("/admin/" in url for url in asking)
    assert (complaints, stand_in.strange) == ([], [])
