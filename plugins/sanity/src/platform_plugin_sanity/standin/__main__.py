"""Answer in the place of Sanity's API, with the documents of an export."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from platform_plugin_sanity.standin import server_command


def main() -> None:
    """Turn into the server."""
    parser = argparse.ArgumentParser(prog="python -m platform_plugin_sanity.standin", description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--data", type=Path, action="append", default=[], help="an export of a dataset, ndjson")
    parser.add_argument("--state", type=Path, help="where changes are kept")
    parser.add_argument("--project", default="standin0")
    parser.add_argument("--dataset", default="production")
    parser.add_argument("--webhook", default="", help="told of changes, signed with $PLATFORM_SECRET_SANITY")
    given = parser.parse_args()
    options = ["--project", given.project, "--dataset", given.dataset, "--webhook", given.webhook]
    if given.state:
        given.state.parent.mkdir(parents=True, exist_ok=True)
        options += ["--state", str(given.state)]
    command = server_command(given.data, *options, port=given.port)
    os.execv(command[0], command)  # noqa: S606  one process, which whoever started us stops


main()
