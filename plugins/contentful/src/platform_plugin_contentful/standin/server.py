"""The stand-in's HTTP server, on loopback only."""

from __future__ import annotations

import http.server
import json
import mimetypes
import struct
import threading
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from platform_plugin_contentful.standin.api import Answer, Api
from platform_plugin_contentful.standin.store import FILES, Store

__all__ = ["BROKEN", "SAMPLE", "StandIn", "open_store"]

SAMPLE = Path(__file__).parent / "sample" / "export.json"
BROKEN = (ValueError, KeyError, TypeError, AttributeError)
"""What reading a file raises that is no export."""
_TYPE = "application/vnd.contentful.delivery.v1+json"
_LARGEST_SIDE = 480
_COMMON = {
    "x-platform-stand-in": "contentful",
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "*",
    "cache-control": "no-store",
}
Before = Callable[[str], Answer | None]


class StandIn(http.server.ThreadingHTTPServer):
    """Answers in Contentful's place.

    Args:
        store: What it has.
        port: 0 for a free one.
        reread: Called before each answer, to take what has changed in a file.
        before: Called with each path; what it returns is answered instead. For tests.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self, store: Store, port: int = 0, *, reread: Callable[[], None] = lambda: None, before: Before = lambda _: None
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.api = Api(store)
        self.reread = reread
        self.before = before

    @property
    def origin(self) -> str:
        """The address at which it answers."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def do_GET(self) -> None:
        """Answer."""
        parts = urlsplit(self.path)
        if answer := self.server.before(self.path):
            self._json(answer)
        elif parts.path == "/":
            self._json(Answer(200, {"stand-in": "contentful"}))
        elif parts.path.startswith(f"/{FILES}/"):
            self._file(quote(unquote(parts.path)))
        else:
            self.server.reread()
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            scheme, _, given = self.headers.get("authorization", "").partition(" ")
            token = given.strip() if scheme.lower() == "bearer" else query.get("access_token", "")
            self._json(self.server.api.answer(unquote(parts.path), query, token=token, origin=self._origin()))

    def do_OPTIONS(self) -> None:
        """Let pages of other origins ask, as Contentful does."""
        self._send(204, b"", {})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _origin(self) -> str:
        host = self.headers.get("host", "")
        known = host.rpartition(":")[0] in {"127.0.0.1", "localhost"}
        return f"http://{host}" if known else self.server.origin

    def _file(self, path: str) -> None:
        found = self.server.api.store.file_of(path)
        if found is None:
            self._send(404, b"", {})
            return
        described, file = found
        kind = str(described.get("contentType") or mimetypes.guess_type(path)[0] or "application/octet-stream")
        if file:
            self._send(200, file.read_bytes(), {"content-type": kind})
        elif kind.startswith("image/"):
            self._send(200, _placeholder(path, described), {"content-type": "image/png"})
        else:
            self._send(200, b"A stand-in has no such file.\n", {"content-type": "text/plain"})

    def _json(self, answer: Answer) -> None:
        data = json.dumps(answer.data).encode()
        self._send(answer.status, data, {"content-type": _TYPE, **answer.headers})

    def _send(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**_COMMON, **headers, "content-length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def open_store(path: Path) -> tuple[Store, Callable[[], None]]:
    """Return the store of an export, and what reads the file again when it has changed."""
    store = Store(json.loads(path.read_text("utf-8")), path.parent)
    seen = [_stamp(path)]
    lock = threading.Lock()

    def reread() -> None:
        with lock:
            now = _stamp(path)
            if now == seen[0]:
                return
            try:
                store.load(json.loads(path.read_text("utf-8")))
            except (OSError, *BROKEN):
                return  # somebody is writing it
            seen[0] = now

    return store, reread


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _placeholder(path: str, described: Mapping[str, Any]) -> bytes:
    """Return a plain picture of the size that the asset is said to have, made smaller."""
    image = (described.get("details") or {}).get("image") or {}
    width, height = int(image.get("width") or 320), int(image.get("height") or 200)
    scale = max(1.0, max(width, height) / _LARGEST_SIDE)
    width, height = max(1, int(width / scale)), max(1, int(height / scale))
    shade = zlib.crc32(path.encode())
    line = b"\0" + bytes((120 + shade % 80, 120 + shade // 80 % 80, 120 + shade // 6400 % 80)) * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(line * height)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
