"""Readers of what a build wrote, and the content that the kit builds."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import ClassVar

import pytest

__all__ = ["InlineChecker", "add_reference_content", "links_by_language", "list_files", "problems_of_html", "read_page"]


def add_reference_content(root: Path) -> None:
    """Write the kit's entries, draft, product and static file into a site."""
    files = {
        "content/posts/kit-entry.md": "---\ntitle: An entry of the kit\ndate: 2026-03-04\nurl: /kit-entry/\n---\n"
        "A sentence that only the kit writes.\n",
        "content/posts/kit-draft.md": "---\ntitle: Draft\ndate: 2026-03-05\ndraft: true\n---\nThis is a draft that nobody may read.\n",
        "content/posts/kit-changing.md": "---\ntitle: Changing\ndate: 2026-03-06\nurl: /kit-changing/\n---\nA sentence before the change.\n",
        "content/posts/kit-leaving.md": "---\ntitle: Leaving\ndate: 2026-03-07\nurl: /kit-leaving/\n---\nSoon gone.\n",
        "content/kit-notes/first.md": "---\ntitle: A note of the kit\ntranslation: kit-note\n---\nIn a collection that nobody knows.\n",
        "content/kit-notes/erste.md": "---\ntitle: Eine Notiz\nlocale: de\ntranslation: kit-note\n---\nDasselbe auf Deutsch.\n",
        "content/products/kit-mug.md": "---\ntitle: Mug\ndate: 2026-03-04\nsku: kit-mug\nprice: '18.50'\ncurrency: EUR\nstock: 3\n---\n"
        "A mug.\n",
        "static/kit file.txt": "as it is",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


def read_page(output: Path, address: str) -> str:
    """Return the page at an address, whichever way the engine lays pages out."""
    path = address.strip("/")
    for candidate in (output / path / "index.html", output / f"{path}.html"):
        if candidate.is_file():
            return candidate.read_text("utf-8")
    pytest.fail(f"there is no page at {address}")


def list_files(root: Path) -> dict[str, bytes]:
    """Return every file of a folder by its path, without what builds keep in ``.platform``."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".platform" not in path.relative_to(root).parts and "__pycache__" not in path.parts
    }


def links_by_language(html: str) -> dict[str, str]:
    """Return what a page names as itself in other languages: language -> address."""
    reader = _Alternates()
    reader.feed(html)
    return reader.found


def problems_of_html(html: str) -> list[str]:
    """Tell what is not closed in a piece of HTML, and which code is inline."""
    checker = InlineChecker()
    checker.feed(html)
    checker.close()
    return checker.problems + checker.inline + [f"<{tag}> is not closed" for tag in checker.open]


class _Alternates(HTMLParser):
    """Collects the links of a head to the same page in other languages."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and given.get("rel") == "alternate" and "hreflang" in given:
            self.found[given["hreflang"]] = given.get("href", "")


class InlineChecker(HTMLParser):
    """Collects unclosed elements and inline code."""

    VOID: ClassVar = {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102  the standard library's
        names = {name for name, _ in attrs}
        if "style" in names:
            self.problems.append(f"<{tag} style> is inline code")
        self.inline += [f"<{tag} {name}> is inline code" for name in names if name.startswith("on")]
        data = dict(attrs).get("type") in {"application/json", "application/ld+json"}
        if tag == "style" or (tag == "script" and "src" not in names and not data):
            self.inline.append(f"<{tag}> holds inline code")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:  # noqa: D102  the standard library's
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes what is not open")
