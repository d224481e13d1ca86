"""Run the example site from a copy, so that edits in its CMS leave the repository alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parent / "editorial-store"
COPY = Path(__file__).parent.parent / ".demo" / EXAMPLE.name


def main(arguments: list[str]) -> int:
    """Copy the example once, then run `platform up` there; arguments are passed on."""
    if not (COPY / "site.toml").is_file():
        shutil.copytree(EXAMPLE, COPY, dirs_exist_ok=True)
    try:
        return subprocess.run(
            [Path(sys.executable).with_name("platform"), "up", COPY, *arguments], check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
