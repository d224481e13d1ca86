"""Somebody edits the site in a real browser, with the real Tina and its content API."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from platform_core.content import Content, Entry, parse_entry

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6364f8cf500f00038601805a34"
    "7d6b0000000049454e44ae426082"
)
WAIT = 30_000


class Desk:
    """Somebody at the editor: what they do, and what the browser complained about."""

    def __init__(self, page: Any, editor: Any) -> None:
        self.page = page
        self.url = editor.url
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._watch(request.url))

    def _hear(self, message: Any) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _watch(self, url: str) -> None:
        if not url.startswith((self.url.partition("/admin/")[0], "blob:", "data:")):
            self.elsewhere.append(url)

    def enter(self) -> None:
        """Open the editor and enter it."""
        self.page.goto(self.url)
        self.page.get_by_role("button", name="Enter Edit Mode").click()

    def open(self, collection: str, name: str) -> None:
        """Open an entry's form."""
        self.page.goto(f"{self.url}#/collections/edit/{collection}/{name}")
        self.page.wait_for_function("() => document.querySelector('input[name=\"title\"]')?.value")

    def save(self, path: Path) -> str:
        """Save, and return the file's text once it has changed."""
        before = path.read_text("utf-8") if path.exists() else None
        self.page.get_by_role("button", name="Save", exact=True).click()
        for _ in range(WAIT // 50):
            if path.exists() and path.read_text("utf-8") != before:
                return path.read_text("utf-8")
            self.page.wait_for_timeout(50)  # lets the browser's events in
        pytest.fail(f"{path.name} was not saved; the page says: {self.page.inner_text('body')[:800]}")


@pytest.fixture
def desk(browser: Any, editor: Any) -> Iterator[Desk]:
    """Somebody who has opened a browser."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    yield Desk(page, editor)
    page.close()


def entry(content: Content, path: str) -> Entry:
    return parse_entry((content.root / "content" / path).read_text("utf-8"), PurePosixPath(path))


def test_a_post_is_changed_and_keeps_the_rest(desk: Desk, hello: Path, hello_text: str) -> None:
    """A new title reaches the file; nothing else of it changes, and the policy was enough."""
    desk.enter()
    desk.open("posts", "hello")
    desk.page.fill('input[name="title"]', 'Café & crème: "quoted"')
    text = desk.save(hello)
    assert text == hello_text.replace("title: Hello\n", "title: 'Café & crème: \"quoted\"'\n")
    assert (desk.complaints, desk.elsewhere) == ([], [])


def test_the_text_is_written_anew(desk: Desk, hello: Path, hello_text: str) -> None:
    """What is typed in the rich text stands in the file as Markdown, and the front matter stays."""
    desk.enter()
    desk.open("posts", "hello")
    for _ in range(100):
        desk.page.locator('[data-slate-editor="true"]').click()
        desk.page.keyboard.press("Control+A")
        if "two" in desk.page.evaluate("() => getSelection().toString()"):
            break
        desk.page.wait_for_timeout(50)  # the editor may still be on its way
    desk.page.wait_for_timeout(500)  # it hears of a new selection a moment later
    desk.page.keyboard.type("A word.")
    head = hello_text[: hello_text.index("\nSome")]
    assert desk.save(hello) == f"{head}\nA word.\n"


def test_a_post_is_written(desk: Desk, content: Content) -> None:
    """A new entry gets the file's name from the model, and reads back."""
    desk.enter()
    desk.page.goto(f"{desk.url}#/collections/new/posts/~/")
    desk.page.fill('input[name="title"]', "Café & crème")
    desk.page.locator('[data-slate-editor="true"]').click()
    desk.page.keyboard.type("The first line.")
    today = dt.datetime.now(dt.UTC)
    path = content.root / "content" / "posts" / f"{today:%Y-%m}-cafe-creme.md"
    desk.save(path)
    found = entry(content, f"posts/{path.name}")
    assert (found.title, found.body.strip(), found.draft) == ("Café & crème", "The first line.", False)
    assert isinstance(found.date, dt.datetime)
    assert abs(found.date - today) < dt.timedelta(minutes=5)
    assert (desk.complaints, desk.elsewhere) == ([], [])


def test_an_emptied_field_goes_from_the_file(desk: Desk, content: Content, hello: Path) -> None:
    """An empty number is not written as one."""
    desk.enter()
    desk.open("posts", "hello")
    desk.page.fill('input[type="number"]', "")
    desk.save(hello)
    found = entry(content, "posts/hello.md")
    assert found.extra == {"odd": {"kept": "yes", "list": [1, 2]}, "read-more": "On and on"}
    assert found.date == dt.date(2026, 1, 2)


def test_a_product_is_changed(desk: Desk, content: Content) -> None:
    """A price that is none is refused; a right one is exact, and the options stay."""
    desk.enter()
    desk.open("products", "beans")
    desk.page.fill('input[name="price"]', "about 20")
    desk.page.wait_for_selector("text=an amount such as 18.50")
    desk.page.fill('input[name="price"]', "19.90")
    desk.save(content.root / "content" / "products" / "beans.md")
    (product,) = Content(content.root).products
    assert (str(product.price), product.prices, product.stock) == ("19.90", {"EUR": Decimal("19.00")}, 3)
    assert product.options == {"Grind": ("whole", "filter"), "Bag size": ("S", "L")}


def test_a_picture_is_uploaded(desk: Desk, content: Content, hello: Path, tmp_path: Path) -> None:
    """A picture goes to the site's media folder, and its address into the entry."""
    (tmp_path / "cup.png").write_bytes(PIXEL)
    desk.enter()
    desk.open("posts", "hello")
    with desk.page.expect_response(re.compile("/media/upload/")) as caught:
        desk.page.locator('input[type="file"]').first.set_input_files(tmp_path / "cup.png")
    assert caught.value.status == 200
    desk.page.wait_for_selector('img[src*="cup.png"]')
    desk.save(hello)
    assert (content.root / "static" / "media" / "cup.png").read_bytes() == PIXEL
    assert entry(content, "posts/hello.md").image == "/media/cup.png"
    assert (desk.complaints, desk.elsewhere) == ([], [])


def test_the_source_can_be_edited(desk: Desk, hello: Path) -> None:
    """The Markdown source is one click away, and its editor comes from the site too."""
    desk.enter()
    desk.open("posts", "hello")
    desk.page.get_by_test_id("markdown-button").click()
    desk.page.wait_for_selector(".monaco-editor .view-line")
    desk.page.locator(".monaco-editor .view-line").first.click()
    desk.page.keyboard.press("Control+Home")
    desk.page.keyboard.type("Typed. ")
    desk.page.wait_for_timeout(1000)  # the source is read when the typing stops
    assert "Typed. Some *text*" in desk.save(hello)
    assert (desk.complaints, desk.elsewhere) == ([], [])


@pytest.mark.parametrize("editor", [{"variant": "react_based"}], indirect=True)
def test_the_source_variant_has_no_rich_text(desk: Desk) -> None:
    """The body is a plain field with the file's own Markdown."""
    desk.enter()
    desk.open("posts", "hello")
    assert desk.page.locator('[data-slate-editor="true"]').count() == 0
    assert "- one\n- two" in desk.page.locator('textarea[name="body"]').input_value()


@pytest.mark.parametrize("directive", ["style-src", "img-src", "worker-src", "font-src"])
def test_the_policy_has_nothing_to_spare(desk: Desk, editor: Any, directive: str) -> None:
    """Without what the page asks for in one directive, the browser refuses something."""
    parts = [part for part in editor.policy.split("; ") if not part.startswith(f"{directive} ")]
    editor.policy = "; ".join(parts)
    desk.enter()
    desk.open("posts", "hello")
    desk.page.get_by_test_id("markdown-button").click()
    desk.page.wait_for_selector(".monaco-editor .view-line", state="attached")
    for _ in range(100):
        if desk.complaints:
            return
        desk.page.wait_for_timeout(50)  # lets the browser's events in
    pytest.fail(f"nothing needed {directive}")
