"""Somebody edits the site in a real browser, with the real Decap and its real local server."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import urllib.request
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from platform_core.content import Content, parse_entry
from platform_core.contributions import File

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WAIT = 20_000


class Desk:
    """Somebody at the editor: what they do, and what the browser complained about."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("console", lambda message: self._hear(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._watch(request.url))

    def _hear(self, text: str) -> None:
        if "Content Security Policy" in text or "CSP" in text or "Config Errors" in text or "integrity" in text:
            self.complaints.append(text)

    def _watch(self, url: str) -> None:
        if not url.startswith((self.url.partition("/admin/")[0], "blob:", "data:")):
            self.elsewhere.append(url)

    def wait_for_complaint(self) -> None:
        """Wait until the browser has refused something."""
        for _ in range(WAIT // 100):
            if self.complaints:
                return
            self.page.wait_for_timeout(100)  # lets the browser's events in
        pytest.fail("the browser refused nothing")

    def log_in(self) -> None:
        """Open the editor and log in."""
        self.page.goto(self.url)
        self.page.get_by_role("button", name="Login").click()
        self.page.wait_for_selector('a[href="#/collections/posts"]')

    def open(self, collection: str, title: str) -> None:
        """Open an entry from its collection's list."""
        self.page.goto(f"{self.url}#/collections/{collection}")
        self.page.locator(f'main a[href*="/collections/{collection}/entries/"]').filter(has_text=title).click()
        self.page.wait_for_function(
            "title => document.querySelector('input[id^=title-field]')?.value === title", arg=title
        )

    def fill(self, field: str, text: str) -> None:
        """Fill a field in."""
        self.page.fill(f'[id^="{field}-field"]', text)

    def publish(self) -> None:
        """Publish what is open."""
        self.page.get_by_role("button", name="Publish", exact=True).click()
        self.page.get_by_text("Publish now", exact=True).click()
        self.page.wait_for_selector("text=Entry saved")


@pytest.fixture
def desk(browser: Callable[..., Any], editor: Any) -> Desk:
    """Somebody who has opened a browser."""
    return Desk(browser().new_page(), editor.url)


def entry(content: Content, path: str) -> Any:
    return parse_entry((content.root / "content" / path).read_text("utf-8"), PurePosixPath(path))


def test_a_post_is_written_and_published(desk: Desk, content: Content) -> None:
    """Log in, write, publish: the Markdown file is there, reads back, and the policy was enough."""
    desk.log_in()
    desk.page.goto(f"{desk.url}#/collections/posts/new")
    desk.fill("title", "Café & crème: a start")
    desk.fill("description", 'Words with "quotes" and: colons')
    desk.fill("tags", "coffee, news")
    desk.page.locator('[data-slate-editor="true"]').click()
    desk.page.keyboard.type("The first line.")
    desk.publish()
    today = dt.datetime.now(dt.UTC)
    (path,) = (content.root / "content" / "posts").glob("*cafe-creme-a-start.md")
    assert path.name == f"{today:%Y-%m}-cafe-creme-a-start.md"
    found = entry(content, f"posts/{path.name}")
    assert (found.title, found.description) == ("Café & crème: a start", 'Words with "quotes" and: colons')
    assert found.taxonomies == {"tags": ("coffee", "news")}
    assert isinstance(found.date, dt.datetime)
    assert abs(found.date - today) < dt.timedelta(minutes=5)
    assert (found.body.strip(), found.draft) == ("The first line.", False)
    assert found.extra == {}
    assert (desk.complaints, desk.elsewhere) == ([], [])


def test_a_post_is_changed_and_keeps_what_no_form_shows(desk: Desk, content: Content) -> None:
    """An emptied field goes from the file; front matter that no form shows, and the plain date, stay."""
    desk.log_in()
    desk.open("posts", "Hello")
    desk.fill("title", "Hello again")
    desk.fill("rating", "")
    desk.publish()
    found = entry(content, "posts/hello.md")
    assert (found.title, found.date, found.body) == ("Hello again", dt.date(2026, 1, 2), "Hi.\n")
    assert found.extra == {"odd": "kept"}
    assert desk.complaints == []


def test_index_pages_are_no_entries(desk: Desk) -> None:
    """The list of posts holds the post and not the engine's index page."""
    desk.log_in()
    desk.page.wait_for_selector("main h2 >> text=Hello")
    titles = desk.page.locator('main a[href*="/entries/"]').all_inner_texts()
    assert [title.strip() for title in titles] == ["Hello"]


def test_a_product_is_changed(desk: Desk, content: Content) -> None:
    """A new price is exact, an emptied stock is no longer counted, and the options stay."""
    desk.log_in()
    desk.open("products", "Beans")
    desk.fill("price", "19.90")
    desk.fill("stock", "")
    desk.publish()
    (product,) = Content(content.root).products
    assert (product.price, str(product.price), product.stock) == (Decimal("19.90"), "19.90", None)
    assert product.options == {"Grind": ("whole", "filter")}


def test_a_price_that_is_none_is_not_saved(desk: Desk, content: Content) -> None:
    """The form refuses what the shop could not sell."""
    desk.log_in()
    desk.open("products", "Beans")
    desk.fill("price", "about 20")
    desk.page.get_by_role("button", name="Publish", exact=True).click()
    desk.page.get_by_text("Publish now", exact=True).click()
    desk.page.wait_for_selector("text=an amount such as 18.50")
    assert Content(content.root).products[0].price == Decimal("18.50")


def test_a_picture_and_code(desk: Desk, content: Content, tmp_path: Path) -> None:
    """A picture is uploaded to the media folder, and the language of a code block loads its part of Decap."""
    (tmp_path / "cup.png").write_bytes(PIXEL)
    desk.log_in()
    desk.open("posts", "Hello")
    desk.page.get_by_role("button", name="Choose an image").click()
    desk.page.set_input_files('input[type="file"]', tmp_path / "cup.png")
    desk.page.locator('button:not([disabled]):has-text("Choose selected")').click()
    desk.page.get_by_role("button", name="Add Component").click()
    desk.page.get_by_text("Code Block").click()
    desk.page.locator('button[class*="SettingsButton"]').click()
    mode = desk.page.locator('[class*="SettingsPane"] input').first
    with desk.page.expect_response(lambda response: re.search(r"/\d+\.decap-cms\.js$", response.url)) as caught:
        mode.fill("Python")
        mode.press("Enter")
    desk.publish()
    assert caught.value.status == 200
    assert (content.root / "static" / "media" / "cup.png").read_bytes() == PIXEL
    assert entry(content, "posts/hello.md").image == "/media/cup.png"
    assert (desk.complaints, desk.elsewhere) == ([], [])


@pytest.mark.parametrize("editor", [{"variant": "developer_friendly"}], indirect=True)
def test_the_developers_variant_shows_markdown_alone(desk: Desk) -> None:
    """Source, no switch to rich text, and no preview."""
    desk.log_in()
    desk.open("posts", "Hello")
    desk.page.wait_for_selector(".cms-editor-raw")
    assert desk.page.get_by_text("Rich Text").count() == 0
    assert desk.page.locator("iframe").count() == 0


@pytest.mark.parametrize("directive", ["script-src", "style-src", "img-src", "connect-src"])
def test_the_policy_has_nothing_to_spare(desk: Desk, editor: Any, tmp_path: Path, directive: str) -> None:
    """Without what the page asks for in one directive, the browser refuses something."""
    parts = [part for part in editor.policy.split("; ") if not part.startswith(f"{directive} ")]
    editor.policy = "; ".join(parts)
    desk.page.goto(editor.url)
    if directive in {"img-src", "connect-src"}:
        (tmp_path / "cup.png").write_bytes(PIXEL)
        desk.log_in()
        desk.open("posts", "Hello")
        desk.page.get_by_role("button", name="Choose an image").click()
        desk.page.set_input_files('input[type="file"]', tmp_path / "cup.png")
    desk.wait_for_complaint()


def test_another_program_is_not_run(desk: Desk, editor: Any) -> None:
    """A Decap whose bytes were changed is refused by the browser, and the page says so."""
    name = "admin/decap-cms.js"
    editor.files = {**editor.files, name: File(name, editor.files[name].content.read_bytes() + b"\n//")}
    desk.page.goto(editor.url)
    desk.page.wait_for_selector("text=The editor could not be loaded")


def test_decap_checks_the_configuration(desk: Desk, editor: Any) -> None:
    """The browser test above means something: Decap's own checker refuses a wrong configuration."""
    name = "admin/config.yml"
    wrong = editor.files[name].content.replace(b"media_folder:", b"media_holder:")
    editor.files = {**editor.files, name: File(name, wrong)}
    desk.page.goto(editor.url)
    desk.page.wait_for_selector("text=must have required property 'media_folder'")


def test_pages_of_other_origins_get_no_answer(editor: Any) -> None:
    """The local server allows no origin that a page could have."""
    asked = urllib.request.Request(
        f"{editor.service}/api/v1",
        json.dumps({"branch": "main", "action": "info", "params": {}}).encode(),
        {"content-type": "application/json", "origin": "http://localhost:3000"},
    )
    with urllib.request.urlopen(asked, timeout=10) as answer:
        allowed = answer.headers["access-control-allow-origin"]
    assert allowed == "https://nobody.invalid"
