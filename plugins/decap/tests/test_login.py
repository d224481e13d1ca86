"""Somebody logs in with GitHub in a real browser: Decap, our login, and a stand-in for GitHub."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

import pytest

from platform_core.content import Content, parse_entry
from platform_core.contributions import File, Stage
from platform_core.runtime import github_login as oauth
from platform_core.site import Site
from platform_plugin_decap import plugin

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOST = "www.acme.example"
ORIGIN = f"https://{HOST}"
TOKEN = "ghu_16C7e42F292c6912E7710c838347Ae178B4a"
ASKED = f"{ORIGIN}/_platform/decap/auth?provider=github&site_id={HOST}&scope=repo"
SPY = b"""<!DOCTYPE html><title>Spy</title><script>
window.heard = [];
window.addEventListener("message", (event) => window.heard.push(String(event.data)));
</script><button onclick="window.open(location.hash.slice(1), 'x', 'width=400,height=400')">Open</button>"""


class Web:
    """The site at its address, the login behind it, and a page of somebody else."""

    def __init__(self, files: Mapping[str, File], policy: str, publish: Callable[..., Any], reply: type) -> None:
        self.files = files
        self.policy = policy
        self.publish = publish
        self.reply = reply

    def answer(self, _method: str, target: str, headers: Mapping[str, str], _body: bytes) -> Any:
        """Answer as CloudFront does: /_platform/* goes to the function, whose policy is overridden."""
        path, _, query = target.partition("?")
        if headers.get("host") != HOST:
            return self.reply(200, SPY, {"content-type": "text/html"})
        if not path.startswith("/_platform/"):
            return self.publish(self.files, path, self.policy)
        cookies = [part.strip() for part in headers.get("cookie", "").split(";") if part.strip()]
        event = {
            "rawPath": path,
            "rawQueryString": query,
            "cookies": cookies,
            "requestContext": {"http": {"method": "GET"}},
        }
        answer = oauth.handler(event)
        sent = {**answer["headers"], "set-cookie": "\n".join(answer.get("cookies", ()))}
        sent["content-security-policy"] = "default-src 'self'; object-src 'none'; frame-ancestors 'self'"
        return self.reply(answer["statusCode"], answer["body"].encode(), {k: v for k, v in sent.items() if v})


@pytest.fixture
def web(request: pytest.FixtureRequest, site: Site, content: Content, aws: Stage) -> Web:
    """The deployed site."""
    get = request.getfixturevalue
    chosen = get("settings")(repository="acme/website", oauth_client_id="Iv1.0123456789abcdef")
    files = {file.path: file for file in plugin.platform_files(site, chosen, content, aws)}
    return Web(files, get("policy")(files["admin/index.html"]), get("publish"), get("reply"))


@pytest.fixture
def window(request: pytest.FixtureRequest, web: Web, github: Any) -> Any:
    """A browser for which the site, GitHub's API and a stranger's site are on this machine."""
    get = request.getfixturevalue
    here = get("serve")(web.answer, get("certificate"))
    api = get("serve")(github.answer, get("certificate"))
    rules = [f"MAP {HOST} 127.0.0.1:{here.port}", f"MAP mallory.example 127.0.0.1:{here.port}"]
    rules += [f"MAP api.github.com 127.0.0.1:{api.port}", "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"]
    context = get("browser")(f"--host-resolver-rules={','.join(rules)}").new_context(ignore_https_errors=True)
    context.set_default_timeout(20_000)
    return context


def test_decap_logs_in(window: Any, github: Any) -> None:
    """The button, the window, GitHub, the way back, the handshake; then Decap works with the token."""
    page = window.new_page()
    page.goto(f"{ORIGIN}/admin/")
    page.get_by_role("button", name="Login with GitHub").click()
    page.wait_for_selector('a[href="#/collections/posts"]')
    assert ("GET", "/user", f"token {TOKEN}") in github.api
    assert len(window.pages) == 1
    assert [cookie["name"] for cookie in window.cookies()] == []


def test_an_entry_is_committed(window: Any, github: Any, content: Content) -> None:
    """With the token Decap lists the repository's entries, without index pages, and commits a change."""
    for path in content.root.rglob("*.md"):
        github.repository.files[path.relative_to(content.root).as_posix()] = path.read_bytes()
    page = window.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{ORIGIN}/admin/")
    page.get_by_role("button", name="Login with GitHub").click()
    entries = page.locator('main a[href*="/collections/posts/entries/"]')
    entries.first.wait_for()
    assert [text.strip() for text in entries.all_inner_texts()] == ["Hello"]
    entries.first.click()
    page.wait_for_function("document.querySelector('input[id^=title-field]')?.value === 'Hello'")
    page.fill('input[id^="title-field"]', "Hello from GitHub")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("Publish now", exact=True).click()
    page.wait_for_selector("text=Entry saved")
    found = parse_entry(github.repository.files["content/posts/hello.md"].decode(), PurePosixPath("posts/hello.md"))
    assert (found.title, found.extra["odd"]) == ("Hello from GitHub", "kept")
    assert github.repository.messages == ["Update Post “hello”"]
    assert refused == []


def test_the_login_is_where_the_editor_was_opened(window: Any, web: Any) -> None:
    """A site that still answers under CloudFront's own name can be logged in to there."""
    name = "admin/config.yml"
    moved = web.files[name].content.replace(f'base_url: "{ORIGIN}"'.encode(), b'base_url: "https://soon.example"')
    assert moved != web.files[name].content
    web.files = {**web.files, name: File(name, moved)}
    page = window.new_page()
    page.goto(f"{ORIGIN}/admin/")
    page.get_by_role("button", name="Login with GitHub").click()
    page.wait_for_selector('a[href="#/collections/posts"]')


def test_decap_tells_why_not(window: Any, github: Any) -> None:
    """Somebody who refuses at GitHub reads that in the editor."""
    github.denies = True
    page = window.new_page()
    page.goto(f"{ORIGIN}/admin/")
    page.get_by_role("button", name="Login with GitHub").click()
    page.wait_for_selector("text=You did not allow the editor to use your GitHub account.")
    assert github.exchanges == []


def test_a_window_of_another_origin_hears_nothing(window: Any) -> None:
    """A stranger's page that opens the login gets neither the token nor anything else."""
    page = window.new_page()
    page.goto(f"https://mallory.example/#{ASKED}")
    with page.expect_popup() as caught:
        page.get_by_role("button").click()
    popup = caught.value
    popup.wait_for_selector("text=You are logged in")
    popup.locator("#login:not([data-answer])").wait_for(state="attached")
    assert page.evaluate("window.heard") == []


def test_the_login_without_an_editor(window: Any) -> None:
    """Somebody who opens the address by hand finds a page with a way back, and no token in it."""
    page = window.new_page()
    page.goto(ASKED)
    page.wait_for_selector("text=You are logged in")
    page.locator("#login:not([data-answer])").wait_for(state="attached")
    assert TOKEN not in page.content()
    assert page.get_by_role("link", name="Back to the editor").get_attribute("href") == f"{ORIGIN}/admin/"


def test_the_way_back_serves_once(window: Any) -> None:
    """Reloading the page of a login does not log in again."""
    page = window.new_page()
    page.goto(ASKED)
    page.wait_for_selector("text=You are logged in")
    assert urllib.parse.urlsplit(page.url).path == "/_platform/decap/callback"
    page.reload()
    page.wait_for_selector("text=You are not logged in")
