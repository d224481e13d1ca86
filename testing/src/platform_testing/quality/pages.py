"""What one HTML file says about itself, read without a browser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import ClassVar

__all__ = ["Link", "Page", "read_page"]

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_FETCHED_LINKS = frozenset(
    {"icon", "stylesheet", "preload", "modulepreload", "manifest", "apple-touch-icon", "mask-icon"}
)
_NAMED_LINKS = frozenset({"alternate", "next", "prev", "search", "author", "license"})
_IMAGES_OF_META = frozenset({"og:image", "twitter:image", "og:image:url"})
_FEATURES = frozenset(
    [
        "article",
        "aside",
        "audio",
        "blockquote",
        "details",
        "dialog",
        "dl",
        "fieldset",
        "figure",
        "form",
        "iframe",
        "nav",
        "ol",
        "pre",
        "section",
        "select",
        "svg",
        "table",
        "textarea",
        "video",
    ]
)
_CODE = frozenset({"", "module", "text/javascript", "application/javascript"})
_SEPARATOR = re.compile(r"(?<=\d[wx]),\s*|,\s+")


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a page names.

    Attributes:
        target: As it is written.
        kind: ``page`` for what a reader follows, ``file`` for what the browser
            fetches, ``named`` for what machines are told.
        where: The element, for people.
    """

    target: str
    kind: str
    where: str


@dataclass
class Page:
    """One page.

    Attributes:
        address: Its canonical path, for example ``/about/``.
        file: Its path in the release.
        features: Elements with their classes, by which pages are told apart.
        words: How many words its main part has.
        scripts: Whether it brings code.
    """

    address: str
    file: str
    title: str = ""
    lang: str = ""
    metas: dict[str, list[str]] = field(default_factory=dict)
    canonical: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    icons: list[str] = field(default_factory=list)
    headings: int = 0
    mains: int = 0
    words: int = 0
    refresh: bool = False
    scripts: bool = False
    ids: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    features: set[str] = field(default_factory=set)

    @property
    def description(self) -> list[str]:
        """What ``<meta name=description>`` says, each time."""
        return self.metas.get("description", [])

    @property
    def indexed(self) -> bool:
        """Whether search engines may show it."""
        robots = " ".join(self.metas.get("robots", []))
        return not self.refresh and "noindex" not in robots and "none" not in robots.replace(",", " ").split()


def read_page(address: str, file: str, html: str) -> Page:
    """Read a page."""
    page = Page(address, file)
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    page.title = " ".join(page.title.split())
    parts = [part for part in address.split("/") if part]
    page.features.add(f"place:{parts[0] if parts else ''}:{len(parts)}")
    return page


class _Reader(HTMLParser):
    """Fills a page; tolerant, because another check judges the markup."""

    QUIET: ClassVar = frozenset({"pre", "svg", "script", "style", "template", "noscript"})

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._note(tag, given)
        if "template" not in self.open and "svg" not in self.open:
            self._read(tag, given)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.page.title += data
        if "main" in self.open and not {"script", "style", "template"}.intersection(self.open):
            self.page.words += len(data.split())

    def _note(self, tag: str, given: dict[str, str]) -> None:
        """Remember what tells one template from another."""
        if name := given.get("id") or (given.get("name") if tag == "a" else ""):
            self.page.ids.add(name)
        if self.QUIET.intersection(self.open) or "head" in self.open:
            return
        if tag in _FEATURES:
            self.page.features.add(tag)
        self.page.features |= {f"{tag}.{name}" for name in given.get("class", "").split()}

    def _read(self, tag: str, given: dict[str, str]) -> None:
        page = self.page
        if tag == "html":
            page.lang = given.get("lang", "")
        elif tag == "meta":
            self._meta(given)
        elif tag == "link":
            self._link(given)
        elif tag == "script":
            page.scripts |= given.get("type", "").lower() in _CODE
            self._files(tag, given)
        elif tag == "h1":
            page.headings += 1
        elif tag == "main":
            page.mains += 1
        elif tag in {"a", "area"} and "href" in given:
            page.links.append(Link(given["href"], "page", f'<{tag} href="{given["href"]}">'))
        elif tag == "form" and given.get("method", "get").lower() == "get" and given.get("action"):
            page.links.append(Link(given["action"], "page", f'<form action="{given["action"]}">'))
        else:
            self._files(tag, given)

    def _files(self, tag: str, given: dict[str, str]) -> None:
        """Note what the browser fetches for an element."""
        names = [given[name] for name in ("src", "poster") if given.get(name)]
        names += [given["data"]] if tag == "object" and given.get("data") else []
        candidates = _SEPARATOR.split(given.get("srcset", "").strip())
        names += [item.split()[0] for item in candidates if item.strip()]
        self.page.links += [Link(name, "file", f"<{tag}> of {name}") for name in names]

    def _meta(self, given: dict[str, str]) -> None:
        name, content = (given.get("name") or given.get("property", "")).lower(), given.get("content", "")
        if name:
            self.page.metas.setdefault(name, []).append(content)
        if name in _IMAGES_OF_META:
            self.page.links.append(Link(content, "file", f"<meta> {name} of {content}"))
        if given.get("http-equiv", "").lower() == "refresh":
            self.page.refresh = True

    def _link(self, given: dict[str, str]) -> None:
        kinds, target = set(given.get("rel", "").lower().split()), given.get("href", "")
        if "canonical" in kinds:
            self.page.canonical.append(target)
        if "icon" in kinds:
            self.page.icons.append(target)
        if "alternate" in kinds and given.get("type", "") in {"application/rss+xml", "application/atom+xml"}:
            self.page.feeds.append(target)
        where = f'<link rel="{given.get("rel", "")}" href="{target}">'
        if kinds & _FETCHED_LINKS and target:
            self.page.links.append(Link(target, "file", where))
        elif kinds & _NAMED_LINKS and target:
            self.page.links.append(Link(target, "named", where))
