"""Words for what a variant has, read from the pages that its starter builds to."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["shown_features"]

_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


def shown_features(output: Path, *, without: str = "") -> dict[str, str]:
    """Return the words that a built site shows without a doubt, each with the first page that does.

    Many features have no sign of their own; those are the manifest's to tell.

    Args:
        output: The folder of the build.
        without: Pages below folders whose names begin so are left out, unless it is empty.
    """
    found: dict[str, str] = {}
    for path in sorted(path for path in output.rglob("*.html") if path.is_file()):
        if without and path.relative_to(output).parts[0].startswith(without):
            continue
        reader = _Reader()
        reader.feed(path.read_text("utf-8", errors="replace"))
        reader.close()
        for word in reader.words():
            found.setdefault(word, path.relative_to(output).as_posix())
    return found


class _Reader(HTMLParser):
    """Collects the signs of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.signs: set[str] = set()
        self.forms: list[bool] = []

    def words(self) -> set[str]:
        """Return the words that the signs stand for."""
        if {"json-ld", "og"} <= self.signs:
            self.signs.add("seo")
        return (self.signs | {"forms" for searches in self.forms if not searches}) - {"json-ld", "og"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(False)
        if self._searches(tag, given):
            self.signs.add("search")
            self.forms[-1:] = [True] * bool(self.forms)
        if "srcset" in given:
            self.signs.add("responsive_images")
        if tag == "link" and given.get("type") in _FEEDS:
            self.signs.add("rss")
        if tag == "link" and given.get("hreflang"):
            self.signs.add("i18n")
        if tag == "meta" and given.get("property", "").startswith("og:"):
            self.signs.add("og")
        if tag == "script" and given.get("type") == "application/ld+json":
            self.signs.add("json-ld")

    def _searches(self, tag: str, given: dict[str, str]) -> bool:
        """Tell whether an element belongs to a search of the whole site."""
        if tag == "script":
            return bool(re.search(r"(?:^|[/_-])search[^/]*\.js", given.get("src", "")))
        return (
            tag == "search" or given.get("role") == "search" or (tag == "form" and "/search" in given.get("action", ""))
        )
