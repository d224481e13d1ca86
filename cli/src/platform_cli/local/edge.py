"""The local edge: starts ``edge.mjs`` and hears where it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platform_cli.local.processes import LOOPBACK, Process, start, wait_until
from platform_core.errors import ToolError
from platform_core.node import node

__all__ = ["Edge", "start_edge"]

READY_SECONDS = 20.0


@dataclass
class Edge:
    """A running edge; *port* is where it answers on the loopback interface."""

    port: int
    process: Process

    @property
    def url(self) -> str:
        """The address for programs; people write ``localhost``."""
        return f"http://{LOOPBACK}:{self.port}"


def start_edge(
    *, endpoint: str, distribution: str, domain: str, port: int, local: Mapping[str, str], log: Path
) -> Edge:
    """Start the edge of one site.

    Args:
        endpoint: The embedded AWS.
        distribution: The id of the site's distribution there.
        domain: The site's host name.
        port: Where to listen; 0 for any free port.
        local: Service name -> its address, served below ``/_local/<name>/``.
        log: File for what it prints.

    Raises:
        ToolError: It did not start.
    """
    config = {"endpoint": endpoint, "distribution": distribution, "domain": domain, "port": port, "local": dict(local)}
    script = Path(__file__).with_name("edge.mjs")
    process = start("the local edge", [str(node()), str(script), json.dumps(config)], log=log, guarded=False)
    wait_until(lambda: process.ended or _ready_line(log) is not None, seconds=READY_SECONDS)
    ready = _ready_line(log)
    if process.ended or ready is None:
        why = process.last_words()
        process.stop()
        raise ToolError("did-not-start", "the local edge did not start", why=why, hint=f"Its log: {log}")
    return Edge(int(ready["port"]), process)


def _ready_line(log: Path) -> dict[str, int] | None:
    """Return the line of JSON that the edge prints when it listens."""
    for line in log.read_text("utf-8", errors="replace").splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and "port" in found:
            return found
    return None
