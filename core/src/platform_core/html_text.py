"""HTML that a shop or a CMS exports, as Markdown or as plain text.

What runs, embeds or leads to a script is left out, and what a text holds of Markdown's
own marks and of angle brackets is escaped: the page that an engine makes of it has no
HTML that its author did not write as such.
"""

from __future__ import annotations

import re
import warnings
from html import unescape
from typing import TYPE_CHECKING, Any

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
    from markdownify import MarkdownConverter

    soup = _clean(html)
    try:
        converter: Any = MarkdownConverter(heading_style="ATX", escape_misc=True, bullets="-")
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
    return "<" in text or "&" in text


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
    return soup
