"""The editor's page: Decap from npm, checked against pinned hashes.

Nothing is loaded from another host, and nothing on the page is inline.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

from platform_core.contributions import File
from platform_core.node import ensure_packages, ensure_tarball, node
from platform_core.runtime import github_login
from platform_plugin_decap import config

__all__ = ["DECAP_INTEGRITY", "admin_files", "page_policy", "server_command"]

DECAP_INTEGRITY = "sha384-A/Gdn928CNLufmnGWGs9RM4Q9o8bSNLeJERqBFrBjwzL7FRpoLT3MPF8Tl0+Wd2p"
"""Of ``dist/decap-cms.js``; the browser refuses any other bytes."""
_PACKAGE = (
    "decap-cms",
    "3.16.3",
    "sha512-hf+dPlCh7TJmWl8+6VRzHYOWhri5xgUknrZbDewaWe4s9B7xJ8PQugp2QHeSldMUKzav6+z0oIpwUYhUJDYtYw==",
)
ROUTE = "/admin/"
_HERE = Path(__file__).parent


def admin_files(title: str, configuration: Mapping[str, Any]) -> Iterator[File]:
    """Return every file below ``/admin/``.

    Args:
        title: The site's name.
        configuration: What `platform_plugin_decap.config.build_config` returned.

    Raises:
        ToolError: Decap is not there yet and can't be downloaded.
    """
    script = _asset("admin.js")
    page = Template(_asset("index.html").decode()).substitute(
        title=html.escape(f"{title}: content"),
        optional=html.escape(json.dumps(config.optional_fields(configuration))),
        admin_integrity=_integrity(script),
        decap_integrity=DECAP_INTEGRITY,
    )
    policy = page_policy(configuration["backend"]["name"])
    yield File("admin/index.html", page.encode(), route=ROUTE, csp=policy)
    yield File("admin/admin.js", script)
    if configuration["backend"]["name"] == "github":
        yield File("admin/login.js", github_login.SCRIPT)
    yield File("admin/config.yml", config.render(configuration))
    for path in _programs():
        yield File(f"admin/{path.name}", path)


def page_policy(backend: str) -> dict[str, tuple[str, ...]]:
    """Return what the editor needs beyond ``default-src 'self'``, and no more.

    A test in a real browser finds no violation with it, and one without each source.
    """
    images, connections = ["blob:"], ["blob:"]
    if backend == "github":
        connections += ["https://api.github.com", "https://www.githubstatus.com"]
        images += ["https://avatars.githubusercontent.com"]
    return {
        # Its schema checker compiles the rules for config.yml to functions.
        "script-src": ("'unsafe-eval'",),
        # Its styles are made in the browser.
        "style-src": ("'unsafe-inline'",),
        # Pictures that were chosen, and are not saved yet.
        "img-src": tuple(images),
        "connect-src": tuple(connections),
    }


def server_command() -> tuple[str, ...]:
    """Return the program that answers the editor on the developer's machine.

    Raises:
        ToolError: It is not there yet and can't be downloaded.
    """
    place = ensure_packages(_HERE / "local_server")
    return str(node()), str(place / "node_modules" / "decap-server" / "dist" / "index.js")


def _programs() -> list[Path]:
    """List Decap and the parts that it loads when they are first needed."""
    dist = ensure_tarball(*_PACKAGE) / "dist"
    return [*sorted(dist.glob("*decap-cms.js")), dist / "decap-cms.js.LICENSE.txt"]


def _asset(name: str) -> bytes:
    return (_HERE / "assets" / name).read_bytes()


def _integrity(data: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()
