"""Synthesis in a process of its own.

CDK keeps a Node process and a quarter of a gigabyte for as long as its Python
process lives. `platform up` lives long, and on Ctrl-C that Node would hear the
signal too and end before Python has taken leave of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from platform_core.assembly import Assembly, read_assembly, synth
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.errors import DeployError, PlatformError
from platform_core.site import load_site

__all__ = ["synthesize_apart"]


def synthesize_apart(root: Path, stage: Stage, outdir: Path) -> Assembly:
    """Synthesize the site in *root* and return the assembly in *outdir*.

    Raises:
        DeployError: Synthesis failed; with what it said.
    """
    command = [sys.executable, "-m", "platform_cli.local.synthesis", str(root), json.dumps(asdict(stage)), str(outdir)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        # Ctrl-C reaches us alone, and we end it.
        start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode:
        raise DeployError("synth-failed", "the stack could not be synthesized", why=said.strip())
    return read_assembly(outdir, changed=True)


def main(root: Path, stage: Stage, outdir: Path) -> int:
    """Synthesize, and print what a person should read when that fails."""
    try:
        catalogue = Catalogue(discover().plugins)
        synth([(compose(load_site(root, catalogue), root, catalogue), stage)], outdir)
    except PlatformError as error:
        sys.stdout.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Stage(**json.loads(sys.argv[2])), Path(sys.argv[3])))
