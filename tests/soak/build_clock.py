"""CodeBuild with time in it: a proxy before the embedded one, whose builds are over at once.

A build that was started through it runs for so many seconds, and while one of a
project runs a second start is refused, as a project with a limit of one does. All
else is the embedded CodeBuild's own.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

__all__ = ["BuildClock", "build_clock"]

_REFUSED = {
    "__type": "AccountLimitExceededException",
    "message": "Cannot have more than 1 builds in queue for the project",
}


@dataclass
class BuildClock:
    """What was started, and when.

    Attributes:
        url: The proxy's address.
        starts: Project -> when its builds began.
        refused: Starts that met a running build.
        together: The most builds of one project that ever ran at once.
    """

    endpoint: str
    seconds: float
    url: str = ""
    starts: dict[str, list[float]] = field(default_factory=dict)
    refused: int = 0
    together: int = 0
    _ids: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, action: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Answer one call."""
        if action != "StartBuild":
            status, data = self._forward(body, headers)
            return status, self._with_time(data) if action == "BatchGetBuilds" and status == 200 else data
        project = str(json.loads(body)["projectName"])
        # Held over the call, so that of two starts at once the second one is refused.
        with self._lock:
            now = time.time()
            running = [start for start in self.starts.get(project, []) if start + self.seconds > now]
            if running:
                self.refused += 1
                return 400, json.dumps(_REFUSED).encode()
            status, data = self._forward(body, headers)
            if status == 200:
                self._ids[json.loads(data)["build"]["id"]] = now
                self.starts.setdefault(project, []).append(now)
                self.together = max(self.together, len(running) + 1)
        return status, data

    def _with_time(self, data: bytes) -> bytes:
        answer: dict[str, Any] = json.loads(data)
        now = time.time()
        for build in answer["builds"]:
            start = self._ids.get(build["id"])
            if start is not None:
                build["startTime"] = start
                if start + self.seconds > now:
                    build.pop("endTime", None)
                    build["buildStatus"] = "IN_PROGRESS"
        return json.dumps(answer).encode()

    def _forward(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=60)
        try:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def build_clock(endpoint: str, seconds: float) -> Iterator[BuildClock]:
    """Run the proxy before the embedded AWS at *endpoint*; builds last *seconds*."""
    clock = BuildClock(endpoint, seconds)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kept = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in {"host", "connection", "content-length", "expect"}
            }
            status, data = clock.answer(self.headers.get("X-Amz-Target", "").partition(".")[2], body, kept)
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    clock.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield clock
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
