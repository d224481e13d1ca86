"""Start the stand-in: ``python -m platform_plugin_contentful.standin --port 4100 [--data FILE]``."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from platform_plugin_contentful.standin.server import BROKEN, SAMPLE, StandIn, open_store


def main() -> int:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description="Answer in place of Contentful's delivery API, on this machine only.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--data", type=Path, default=SAMPLE, help="an export of a space, as contentful-export writes it"
    )
    given = parser.parse_args()
    try:
        store, reread = open_store(given.data)
    except (OSError, *BROKEN) as error:
        print(f"{given.data} is not an export of a space: {error}", file=sys.stderr)  # noqa: T201
        return 2
    with StandIn(store, given.port, reread=reread) as server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


raise SystemExit(main())
