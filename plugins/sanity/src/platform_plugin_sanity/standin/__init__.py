"""A stand-in for Sanity's API, for tests and ``platform up --offline``.

It is written from Sanity's HTTP reference (https://www.sanity.io/docs/http-reference) and
runs on Node, because GROQ is evaluated by Sanity's own groq-js.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from platform_core.node import ensure_packages, node

__all__ = ["SERVICE", "server_command"]

SERVICE = "sanity-stand-in"
"""How the local service is called."""
_HERE = Path(__file__).parent


def server_command(data: Sequence[Path], *options: str, port: str) -> tuple[str, ...]:
    """Return the program that answers in Sanity's place.

    Args:
        data: Exports (ndjson) that it has at the start.
        options: Of ``server.mjs``, for example ``--state FILE``.
        port: On which it answers.

    Raises:
        ToolError: Its packages are not there yet and can't be downloaded.
    """
    files = (part for path in data for part in ("--data", str(path)))
    packages = str(ensure_packages(_HERE))
    return (str(node()), str(_HERE / "server.mjs"), "--packages", packages, "--port", port, *files, *options)
