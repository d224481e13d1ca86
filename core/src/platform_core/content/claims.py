"""What only one entry of a site may have: a sku, an old path, an address of its own."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path, PurePosixPath

from platform_core.content.entries import parse_entry
from platform_core.content.folder import is_alias, listed_redirects
from platform_core.content.model import Entry, entry_url
from platform_core.content.products import PRODUCTS, read_product, skus_of
from platform_core.errors import ContentError

__all__ = ["Claims"]

_CLAIMS = re.compile(rb"^[\"']?(?:aliases|url)[\"']?\s*[:=]", re.MULTILINE)


class Claims:
    """Who has what, in one site. Two with the same would end every build."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[str, str]] = {}
        self._now = dt.datetime.now(dt.UTC)

    @classmethod
    def of(cls, root: Path, apart: Container[str]) -> Claims:
        """Return what the files of the site at *root* claim, without those of *apart*."""
        found = cls()
        listed = root / "redirects.toml"
        for where, redirect in listed_redirects(listed, []) if listed.is_file() else ():
            found._taken[f"the old path {redirect.path}"] = (where, redirect.target)
        for path in sorted((root / "content").rglob("*.md")):
            where = path.relative_to(root).as_posix()
            if where not in apart:
                found.take_file(path, where)
        return found

    def take_file(self, path: Path, where: str) -> str:
        """Claim what a file needs, as `take` does; one that can't be read needs nothing."""
        inside = PurePosixPath(where).relative_to("content")
        try:
            data = path.read_bytes()
            if inside.parts[0] != PRODUCTS and not _CLAIMS.search(data):
                return ""
            return self.take(parse_entry(data.decode(), inside), where)
        except (ContentError, UnicodeDecodeError, OSError):
            return ""

    def take(self, entry: Entry, where: str) -> str:
        """Claim what *entry* needs; tell who has it already, and then claim nothing."""
        wanted = [(what, (where, value)) for what, value in self._wanted(entry, where)]
        for what, (_, value) in wanted:
            other, its_value = self._taken.get(what, ("", value))
            if its_value != value:
                return f"{what} is already that of {other}."
        twice = next((what for what, number in Counter(what for what, _ in wanted).items() if number > 1), "")
        if twice.startswith("the sku"):
            return f"{twice} is there twice."
        self._taken |= dict(wanted)
        return ""

    def _wanted(self, entry: Entry, where: str) -> Iterator[tuple[str, str]]:
        address = entry_url(entry)
        for alias in filter(is_alias, entry.aliases):
            path = "/" + alias.lstrip("/")
            if path != address:
                yield f"the old path {path}", address
        if not entry.is_visible(self._now):
            return
        if entry.url:
            yield f"the address {address}", where
        if (
            entry.collection == PRODUCTS
            and not entry.slug.startswith("_")
            and (found := read_product(entry, where, []))
        ):
            yield from ((f"the sku {sku!r}", where) for sku in skus_of(found))
