"""Asks the server of a build, without AWS: the real guard before the engine's code, in a Node of its own."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from platform_core.contributions import ServerBundle
from platform_core.node import node
from platform_core.runtime.server_code import Server, read_server, write_zip

__all__ = ["ServerAnswer", "ask_server"]

_TOKEN = "token"  # noqa: S105  of a server that nobody else can reach
_SECONDS = 120
_SCRIPT = """
const [guard, events] = [process.argv[1], JSON.parse(require("node:fs").readFileSync(0, "utf8"))];
const print = process.stdout.write.bind(process.stdout);
// What the site prints must not come between our answers.
process.stdout.write = process.stderr.write.bind(process.stderr);
import(guard).then(async ({ handler }) => {
    const answers = [];
    for (const event of events) answers.push(await handler(event, { getRemainingTimeInMillis: () => 10000 }));
    print(JSON.stringify(answers), () => process.exit(0));
});
"""


@dataclass(frozen=True)
class ServerAnswer:
    """What a visitor would get.

    Attributes:
        headers: In lower case.
        cookies: Values of ``Set-Cookie``.
    """

    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


def ask_server(
    bundle: ServerBundle, requests: Iterable[str | tuple[str, str, str]], *, host: str = "acme.example"
) -> list[ServerAnswer]:
    """Ask the server of a finished build.

    Args:
        bundle: From the build's plan.
        requests: Paths, or method, path with query, and a body in form encoding.
        host: The site's host name.

    Raises:
        PublishError: The bundle can't become a function.
    """
    code = read_server(Server(**{item.name: getattr(bundle, item.name) for item in fields(bundle)}))
    events = [_event(*(("GET", item, "") if isinstance(item, str) else item), host=host) for item in requests]
    with tempfile.TemporaryDirectory() as folder:
        packed = io.BytesIO()
        write_zip(packed, "release", code, _TOKEN)
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(folder)
        done = subprocess.run(
            [str(node()), "-e", _SCRIPT, f"{folder}/_platform.mjs"],
            input=json.dumps(events),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"the server ended with {done.returncode}\n{done.stderr[-2000:]}")
    return [_answer(row) for row in json.loads(done.stdout)]


def _event(method: str, target: str, body: str, *, host: str) -> dict[str, Any]:
    path, _, query = target.partition("?")
    headers = {
        "host": host,
        "accept": "text/html",
        "x-platform-token": _TOKEN,
        "x-platform-key": "k",
        "x-forwarded-proto": "https",
    }
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "domainName": host,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": ""},
            "requestId": "kit",
            "stage": "$default",
            "timeEpoch": 1_800_000_000_000,
        },
        "isBase64Encoded": False,
    }
    if body:
        headers |= {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(body.encode()))}
        event |= {"body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}
    return event


def _answer(row: dict[str, Any]) -> ServerAnswer:
    headers = dict(row.get("headers") or {})
    # As the second function at the edge does.
    status = int(headers.pop("x-platform-status", row["statusCode"]))
    text = row.get("body") or ""
    body = base64.b64decode(text) if row.get("isBase64Encoded") else text.encode()
    return ServerAnswer(status, headers, tuple(row.get("cookies") or ()), body)
