"""HTML that a shop or a CMS exports, as Markdown or as plain text.

What runs, embeds or leads to a script is left out, and what a text holds of Markdown's
own marks, of angle brackets and of an engine's templates is escaped: the page that an
engine makes of it has no HTML that its author did not write as such.
"""

from __future__ import annotations

import functools
import re
import warnings
from html import unescape
from typing import TYPE_CHECKING, Any

from platform_core.markdown import code_block, code_span, has_template, without_braces

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ["has_pictures", "markdown_of", "text_of"]

_LEFT_OUT = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "embed",
        "applet",
        "form",
        "input",
        "button",
        "select",
        "textarea",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
        "img",
        "picture",
        "link",
        "meta",
        "base",
        "head",
    ]
)
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:|/(?!/)|#)[^\s\"<>\\()]*", re.IGNORECASE)
# Elements whose content is not for readers, and marks that a pattern would misread.
_NOT_WORDS = re.compile(rf"<(?:{'|'.join(sorted(_LEFT_OUT))})\b|<!", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BLOCK = re.compile(r"<(?:p|div|ul|ol|table|h[1-6]|blockquote|br)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_BLANK_LINES = re.compile(r"\n{3,}")


def markdown_of(html: str) -> str:
    """Return *html* as Markdown, without its pictures; text without any mark stays as it is."""
    if not _is_marked(html):
        return html.strip()
    soup = _clean(html)
    converter = _converter()
    try:
        found = converter.convert_soup(soup)
    except RecursionError:
        # Thousands of elements inside each other: nobody meant them to be seen.
        found = converter.escape(soup.get_text(" "), set())
    lines = (line.rstrip() for line in found.splitlines())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def text_of(html: str) -> str:
    """Return the words of *html* on one line."""
    words = _clean(html).get_text(" ") if _NOT_WORDS.search(html) else unescape(_TAG.sub(" ", html))
    return " ".join(words.split())


def has_pictures(html: str) -> bool:
    """Tell whether *html* shows pictures, which `markdown_of` leaves out."""
    return bool(re.search(r"<(?:img|picture|video)\b", html, re.IGNORECASE))


def _is_marked(text: str) -> bool:
    return "<" in text or "&" in text or has_template(text)


def _is_left_out(element: Tag) -> bool:
    return element.name in _LEFT_OUT


def _clean(html: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup

    markup = html if _BLOCK.search(html) else "".join(f"<p>{part}</p>" for part in _PARAGRAPH.split(html))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is not a file's name, whatever it looks like
        soup = BeautifulSoup(markup, "html.parser")
    for element in soup.find_all(_is_left_out):
        element.extract()
    for link in soup.find_all("a"):
        if not _SAFE_LINK.fullmatch(str(link.get("href", ""))):
            link.unwrap()
            continue
        link["href"] = str(link["href"]).replace("{", "%7B")
        # Nothing of a title would be escaped.
        del link["title"]
    return soup


@functools.cache
def _converter() -> Any:
    from markdownify import MarkdownConverter  # slow to import, and most sites have no such text

    base: Any = MarkdownConverter

    class Converter(base):  # type: ignore[misc]
        def escape(self, text: str, parent_tags: set[str]) -> str:
            return without_braces(str(super().escape(text, parent_tags)))

        def convert_code(self, element: Tag, text: str, parent_tags: set[str]) -> str:
            words = text.strip()
            if "_noformat" in parent_tags or not words:
                return text
            before, _, after = text.partition(words)
            return f"{before}{code_span(words)}{after}"

        convert_kbd = convert_samp = convert_code

        def convert_pre(self, element: Tag, text: str, parent_tags: set[str]) -> str:
            return f"\n\n{code_block(text.strip(chr(10)))}\n\n" if text.strip() else ""

    return Converter(heading_style="ATX", escape_misc=True, bullets="-")
