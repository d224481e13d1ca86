"""The content of a site, read from its folder."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from platform_core.content.entries import parse_entry
from platform_core.content.forms import complete_collections, parse_collections
from platform_core.content.model import Collection, Entry, Product, Redirect, entry_url
from platform_core.content.products import PRODUCTS, read_product, skus_of
from platform_core.errors import ContentError, Problem, did_you_mean

__all__ = ["Content", "is_alias", "listed_redirects"]

# Few entries name these keys, and parsing YAML is slow: a file is looked through once before any is parsed.
_RARE = re.compile(rb"^[\"']?(aliases|expire_at|publish_at|translation)[\"']?\s*[:=]", re.MULTILINE)


@dataclass(frozen=True)
class Content:
    """The content of one site, read from its folder when it is asked for.

    Attributes:
        root: The site's folder; holds ``content/``, ``static/`` and ``content.toml``.
        adopted: Whether the site lays its entries out by rules of its own. What lies
            below ``content/`` then says nothing about addresses, and its engine keeps
            old ones itself.
    """

    root: Path
    adopted: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.resolve())

    @cached_property
    def collections(self) -> tuple[Collection, ...]:
        """The content model of the site, from ``content.toml``.

        Raises:
            ContentError: The file is not valid; every problem at once.
        """
        path = self.root / "content.toml"
        return parse_collections(path.read_text("utf-8"), path.name) if path.is_file() else ()

    def forms(self, *, sells: bool) -> tuple[Collection, ...]:
        """Return the collections that a CMS offers to editors, each with every field that its files need.

        These are the content model's. A site without one has a collection for each folder
        that holds entries, or one of posts when there are none yet. Products are added
        where the model leaves them out.

        Args:
            sells: Whether the site has a shop; a folder of products says so too.

        Raises:
            ContentError: ``content.toml`` is not valid.
        """
        root = self.root / "content"
        files = () if self.collections else (path for path in self._files() if not path.name.startswith("_"))
        folders = {path.parent.relative_to(root).as_posix() for path in files} - {PRODUCTS} or {"posts"}
        names = ("" if folder == "." else folder for folder in sorted(folders))
        return complete_collections(self.collections, names, sells=sells or (root / PRODUCTS).is_dir())

    def entries(self) -> Iterator[Entry]:
        """Read every entry, in the order of its path.

        Raises:
            ContentError: A file's front matter can't be read.
        """
        for path in self._files():
            yield self._entry(path)

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """Every product that visitors may see now, in the order of its file.

        Raises:
            ContentError: With every problem of every product.
        """
        problems: list[Problem] = []
        products: list[Product] = []
        seen: dict[str, str] = {}
        now = dt.datetime.now(dt.UTC)
        for path in self._files(PRODUCTS):
            if path.stem.startswith("_"):
                continue
            entry = self._entry(path)
            where = f"content/{PRODUCTS}/{path.name}"
            found = read_product(entry, where, problems)
            if found is None or not entry.is_visible(now):
                continue
            for sku in skus_of(found):
                if sku in seen:
                    problems.append(Problem(where, f"the sku {sku!r} is also in {seen[sku]}."))
                seen[sku] = where
            products.append(found)
        if problems:
            raise ContentError("bad-products", "some products can't be sold as they are", problems=problems)
        return tuple(products)

    def out_of_time(self, now: dt.datetime) -> frozenset[str]:
        """Return the files of entries that nobody may see yet, or any more, at *now*.

        Paths are relative to the site's folder. Only entries that name a time are parsed;
        those of an adopted site are between it and its engine.

        Raises:
            ContentError: The front matter of such an entry can't be read, or its time is none: to publish
                what somebody meant to keep back would be worse than to publish nothing.
        """
        found: set[str] = set()
        problems: list[Problem] = []
        for path, entry in self._naming("publish_at", "expire_at"):
            if entry.draft:
                continue
            problems += _wrong_times(entry)
            if not entry.is_visible(now):
                found.add(path.relative_to(self.root).as_posix())
        if problems:
            raise ContentError("bad-time", "some entries have times that are none", problems=problems)
        return frozenset(found)

    def translations(self, locale: str) -> tuple[dict[str, Entry], ...]:
        """Return the groups of entries that say the same in several languages, each by language.

        Of two in one language the first by path counts. Entries that nobody may see now are left out.

        Args:
            locale: The site's language, which is that of entries without one.

        Raises:
            ContentError: The front matter of such an entry can't be read.
        """
        groups: dict[str, dict[str, Entry]] = {}
        for entry in self._translated():
            groups.setdefault(entry.translation, {}).setdefault(entry.locale or locale, entry)
        return tuple(group for group in groups.values() if len(group) > 1)

    def twice_translated(self, locale: str) -> Iterator[Problem]:
        """Yield each entry that is not linked as a translation, since another one has its language."""
        first: dict[tuple[str, str], Entry] = {}
        for entry in self._translated():
            language = entry.locale or locale
            other = first.setdefault((entry.translation, language), entry)
            if other is not entry:
                what = f"content/{other.path} is the translation {entry.translation!r} in {language!r} already."
                yield Problem(f"content/{entry.path}", what, "Set its locale, or another translation.")

    def lost_references(self) -> Iterator[Problem]:
        """Yield each reference of an entry that leads to no other entry."""
        entries = list(self.entries())
        there = {entry.path.removesuffix(".md") for entry in entries}
        for entry in entries:
            for name, targets in entry.references.items():
                for target in targets:
                    if target.strip("/") not in there:
                        hint = did_you_mean(target, there)
                        yield Problem(
                            f"content/{entry.path}", f"{name} refers to {target!r}, and there is no such entry.", hint
                        )

    @cached_property
    def redirects(self) -> tuple[Redirect, ...]:
        """Old paths of entries (``aliases``) and of ``redirects.toml``.

        Raises:
            ContentError: An address is not one, or two files claim one path.
        """
        found: dict[str, Redirect] = {}
        problems: list[Problem] = []
        for where, redirect in self._redirects(problems):
            other = found.get(redirect.path)
            if other and other.target != redirect.target:
                problems.append(Problem(where, f"{redirect.path} already leads to {other.target}."))
            elif redirect.path != redirect.target:
                found[redirect.path] = redirect
        if problems:
            raise ContentError("bad-redirects", "some old paths can't be kept", problems=problems)
        return tuple(found[path] for path in sorted(found))

    def _redirects(self, problems: list[Problem]) -> Iterator[tuple[str, Redirect]]:
        listed = self.root / "redirects.toml"
        if listed.is_file():
            yield from listed_redirects(listed, problems)
        for path, entry in self._naming("aliases"):
            target = entry_url(entry)
            where = str(path.relative_to(self.root))
            for alias in entry.aliases:
                if not is_alias(alias):
                    problems.append(Problem(where, f"the alias {alias!r} is not a path of this site."))
                    continue
                yield where, Redirect("/" + alias.lstrip("/"), target)

    @cached_property
    def _rare_keys(self) -> dict[Path, frozenset[str]]:
        """Which of the keys that few entries name stand in which file; an adopted site's mean what its engine says."""
        files = () if self.adopted else self._files()
        found = {path: frozenset(key.decode() for key in _RARE.findall(path.read_bytes())) for path in files}
        return {path: keys for path, keys in found.items() if keys}

    def _naming(self, *keys: str) -> Iterator[tuple[Path, Entry]]:
        """Yield each entry that names one of *keys*, with its file."""
        for path, named in self._rare_keys.items():
            if not named.isdisjoint(keys):
                yield path, self._entry(path)

    def _translated(self) -> Iterator[Entry]:
        """Yield the entries that visitors may see and that name what they translate."""
        now = dt.datetime.now(dt.UTC)
        yield from (entry for _, entry in self._naming("translation") if entry.translation and entry.is_visible(now))

    def _files(self, below: str = "") -> list[Path]:
        """List Markdown files; links that leave the site's folder are left out."""
        root = self.root / "content"
        home = root.resolve()
        if not (root / below).resolve().is_relative_to(home):
            return []
        # Folders that are links are not walked into, so only a file can still lead out.
        return sorted(
            path
            for path in (root / below).rglob("*.md")
            if not path.is_symlink() or path.resolve().is_relative_to(home)
        )

    def _entry(self, path: Path) -> Entry:
        relative = path.relative_to(self.root / "content")
        try:
            text = path.read_bytes().decode("utf-8")  # ends of lines stay as they are
        except UnicodeDecodeError:
            raise ContentError(
                "bad-encoding", f"content/{relative.as_posix()} is not UTF-8", hint="Save it as UTF-8."
            ) from None
        return parse_entry(text, PurePosixPath(relative.as_posix()))


def _wrong_times(entry: Entry) -> Iterator[Problem]:
    """Yield what stands where a time should be and is none; nothing at all is no time either, and no mistake."""
    for key in ("publish_at", "expire_at"):
        if entry.extra.get(key) not in (None, ""):
            hint = "Write a day, 2030-01-31, or a time, 2030-01-31T08:00:00+01:00, without quotation marks."
            yield Problem(f"content/{entry.path}", f"{key} is {entry.extra[key]!r}, and that is no time.", hint)


def is_alias(text: str) -> bool:
    """Tell whether *text* can be an old path of this site."""
    return "//" not in text and ".." not in PurePosixPath(text).parts


def listed_redirects(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Redirect]]:
    """Yield each redirect of the file at *path* with its place; what is wrong there is added to *problems*."""
    where = "redirects.toml"
    try:
        rows = tomllib.loads(path.read_text("utf-8")).get("redirect", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(where, f"not TOML: {error}."))
        return
    tables = [row if isinstance(row, dict) else {} for row in (rows if isinstance(rows, list) else [])]
    for number, row in enumerate(tables, 1):
        source, target, status = row.get("from"), row.get("to"), row.get("status", 301)
        place = f"{where} redirect {number}"
        if not _is_path(source):
            problems.append(Problem(place, f"from = {source!r} is not a path such as /old/."))
        elif not (_is_path(target) or (isinstance(target, str) and _is_address(target))):
            problems.append(Problem(place, f"to = {target!r} is neither a path nor an http(s) address."))
        elif status not in {301, 302, 307, 308}:
            problems.append(Problem(place, f"status = {status!r} is not 301, 302, 307 or 308."))
        else:
            yield place, Redirect(str(source), str(target), int(status))


def _is_path(value: Any) -> bool:
    # A second slash or a backslash would let a browser read a host name there.
    return isinstance(value, str) and bool(re.fullmatch(r"/(?![/\\])[^\s?#\\]*", value))


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", value)
