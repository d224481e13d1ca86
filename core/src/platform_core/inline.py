"""Inline scripts and styles become files, because the site's policy refuses inline code.

Engines with a client runtime write small scripts into each page. A hash for each
would have to stand in the distribution's header policy, which is one for all
pages; allowing all inline code would give up what the policy is for. Here each
such element becomes an element with an address; it still runs at the same point.
Modules must import by address or path from the root: a relative one would now
start at the file.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

__all__ = ["FOLDER", "extract_inline"]

FOLDER = "_inline"
"""Extracted files lie here; their names are their hashes."""

_ATTRIBUTES = rb"""(?:[^>"']|"[^"]*"|'[^']*')*"""
# Case counts before the names, so that the search leaps from one "<" to the next: five times faster.
_ELEMENT = re.compile(
    rb"<!--.*?-->"
    rb"|<(?=[sS][cCtT])(?i:"
    rb"script(?P<attributes>(?:\s" + _ATTRIBUTES + rb")?)>(?P<code>.*?)</script\s*>"
    rb"|style(?P<style_attributes>(?:\s" + _ATTRIBUTES + rb")?)>(?P<style>.*?)</style\s*>)",
    re.DOTALL,
)
_SOURCE = re.compile(rb"\ssrc\s*=", re.IGNORECASE)
_TYPE = re.compile(rb"""\stype\s*=\s*["']?([^\s"'>]*)""", re.IGNORECASE)
_TIMING = re.compile(rb"""\s(?:async|defer)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?(?=\s|$)""", re.IGNORECASE)
_CODE_TYPES = {b"", b"module", b"text/javascript", b"application/javascript"}


def extract_inline(output: Path) -> None:
    """Move the inline code of every page below *output* into files below ``_inline/``."""
    for path in sorted(path for path in output.rglob("*.html") if path.is_file()):
        page = path.read_bytes()
        if b"<script" in page or b"<style" in page:
            changed = _Extraction(output / FOLDER).page(page)
            if changed != page:
                path.write_bytes(changed)


class _Extraction:
    """Rewrites one page. Neighbouring plain scripts become one file: a page may have dozens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.waiting: list[bytes] = []

    def page(self, page: bytes) -> bytes:
        parts: list[bytes] = []
        end = 0
        for found in _ELEMENT.finditer(page):
            between = page[end : found.start()]
            plain = found["code"] is not None and not found["attributes"].strip()
            if between.strip() or not plain:
                parts.append(self._flush())
            parts.append(between)
            parts.append(b"" if plain and self._wait(found["code"]) else self._replaced(found))
            end = found.end()
        return b"".join([*parts, self._flush(), page[end:]])

    def _wait(self, code: bytes) -> bool:
        self.waiting += [code] if code.strip() else []
        return True

    def _flush(self) -> bytes:
        """Return the element for the scripts that wait; each is a statement of its own."""
        if not self.waiting:
            return b""
        code, self.waiting = b";\n".join(self.waiting), []
        return b'<script src="/%s"></script>' % self._written(code, "js")

    def _replaced(self, found: re.Match[bytes]) -> bytes:
        if found["style"] is not None:
            address = self._written(found["style"], "css")
            return b'<link rel="stylesheet" href="/%s"%s>' % (address, found["style_attributes"])
        if found["code"] is None or not found["code"].strip() or not _is_code(found["attributes"]):
            return found[0]
        attributes = found["attributes"]
        kind = _TYPE.search(attributes)
        if kind is None or kind[1].lower() != b"module":
            # Inline, these two mean nothing; with an address they would change the order.
            attributes = _TIMING.sub(b"", attributes)
        return b'<script src="/%s"%s></script>' % (self._written(found["code"], "js"), attributes)

    def _written(self, code: bytes, suffix: str) -> bytes:
        name = f"{FOLDER}/{hashlib.sha256(code).hexdigest()[:20]}.{suffix}"
        path = self.folder.parent / name
        if not path.is_file():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(code)
        return name.encode()


def _is_code(attributes: bytes) -> bool:
    if _SOURCE.search(attributes):
        return False
    kind = _TYPE.search(attributes)
    return kind is None or kind[1].lower() in _CODE_TYPES
