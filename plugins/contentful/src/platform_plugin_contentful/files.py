"""Files of a space as files of the site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from platform_core.http import MAX_ASSET_BYTES
from platform_plugin_contentful.marks import clean
from platform_plugin_contentful.richtext import Target
from platform_plugin_contentful.space import Copy, Locale, fields_of, value_in

__all__ = ["Files"]

_FILE = re.compile(r"[^A-Za-z0-9._-]+")
_ADDRESS = re.compile(r"(?:https?:)?//[A-Za-z0-9.:-]+/[^\s()<>\"'\\]+")


class Files:
    """The files that the entries of a space need.

    Args:
        copy: Of the space.
        folder: Below ``static/``.
        scheme: Of their addresses, which have none.
        tell: Told an asset's name and why it is left out.

    Attributes:
        wanted: Path below ``static/`` -> address.
    """

    def __init__(self, copy: Copy, folder: str, scheme: str, tell: Callable[[str, str], None]) -> None:
        self.wanted: dict[str, str] = {}
        self._copy = copy
        self._folder = folder
        self._scheme = scheme
        self._tell = tell
        self._known = {address: name for name, asset in copy.assets() for address in self._addresses(asset)}

    def asset(self, name: str, locale: Locale) -> Target | None:
        """Return a file as a target, and have it fetched; None when it is not published."""
        asset = self._copy.asset(name)
        file = value_in(fields_of(asset).get("file"), locale.chain) if asset else None
        url = file.get("url") if isinstance(file, Mapping) else None
        if asset is None or not isinstance(file, Mapping) or not isinstance(url, str) or not url:
            return None
        fields = fields_of(asset)
        title = str(value_in(fields.get("title"), locale.chain) or file.get("fileName") or name)
        alt = str(value_in(fields.get("description"), locale.chain) or "")
        is_image = str(file.get("contentType", "")).startswith("image/")
        if _size(file) > MAX_ASSET_BYTES:
            self._tell(f"asset {name}", f"it has more than {MAX_ASSET_BYTES:,} bytes, so it stays with Contentful.")
            return Target(clean(title), self._absolute(url), is_image=False)
        path = self._fetched(name, str(file.get("fileName") or ""), self._absolute(url))
        return Target(clean(title), f"/{path}", is_image, clean(alt))

    def local_addresses(self, text: str, locale: Locale) -> str:
        """Return Markdown whose pictures of the space are files of the site."""

        def local(found: re.Match[str]) -> str:
            address = found[0]
            name = self._known.get(_bare(address))
            target = self.asset(name, locale) if name else None
            return target.url if target and target.url else address

        return _ADDRESS.sub(local, text)

    @staticmethod
    def _addresses(asset: Mapping[str, Any]) -> Iterator[str]:
        files = fields_of(asset).get("file")
        for file in files.values() if isinstance(files, Mapping) else ():
            if isinstance(file, Mapping) and isinstance(file.get("url"), str):
                yield _bare(file["url"])

    def _absolute(self, url: str) -> str:
        return f"{self._scheme}:{url}" if url.startswith("//") else url

    def _fetched(self, name: str, file: str, url: str) -> str:
        stem, ending = PurePosixPath(file).stem, PurePosixPath(file).suffix.lower()
        words = "-".join(part for part in (name, _FILE.sub("-", stem)[:60].strip("-.")) if part)
        path = f"{self._folder}/{words}{_FILE.sub('', ending)[:10]}"
        if self.wanted.setdefault(path, url) != url:
            # Another language has another file of the same name.
            number = sum(one.startswith(path.rpartition(".")[0]) for one in self.wanted)
            known = next((one for one, address in self.wanted.items() if address == url), "")
            path = known or f"{self._folder}/{words}-{number + 1}{_FILE.sub('', ending)[:10]}"
            self.wanted[path] = url
        return path


def _size(file: Mapping[str, Any]) -> int:
    details = file.get("details")
    size = details.get("size") if isinstance(details, Mapping) else None
    return size if isinstance(size, int) else 0


def _bare(address: str) -> str:
    """Return an address without scheme and query: pictures in texts are asked for in many sizes."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}"
