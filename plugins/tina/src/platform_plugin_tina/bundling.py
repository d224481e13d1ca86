"""The code of the editor's backend on AWS: Tina's content API in one file, bundled from pinned packages.

It is the same for every site and kept in the cache, so a second synthesis finds it there.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from platform_core.errors import ToolError
from platform_core.node import cache_folder, ensure_packages, node, npm_env
from platform_plugin_tina.admin import EDITOR, cache_key, settle

__all__ = ["BACKEND", "HANDLER", "RUNTIME", "backend_modules", "ensure_backend"]

BACKEND = Path(__file__).parent / "backend"
HANDLER = "index.handler"
RUNTIME = "nodejs24.x"
_SECONDS = 300
_OPTIONS = (
    "--bundle",
    "--platform=node",
    "--target=node24",
    "--format=cjs",
    "--minify",
    "--keep-names",
    "--legal-comments=external",
    "--log-level=error",
)


def backend_modules() -> dict[str, str]:
    """Return the backend's own modules, name -> text; one of them serves the local editor too."""
    paths = [*BACKEND.glob("*.mjs"), EDITOR / "faithful.mjs"]
    return {path.name: path.read_text("utf-8") for path in sorted(paths)}


def ensure_backend() -> Path:
    """Return the folder with the function's code; it is bundled when it is not there yet.

    Raises:
        ToolError: The packages can't be downloaded, or can't be bundled.
    """
    modules = backend_modules()
    key = cache_key((BACKEND / "package-lock.json").read_text("utf-8"), *_OPTIONS, *modules, *modules.values())
    target = cache_folder() / "built" / f"tina-backend-{key}"
    if not target.is_dir():
        packages = ensure_packages(BACKEND)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".partial-") as partial:
            made = _bundle(packages, modules, Path(partial))
            settle(made, target)
    return target


def _bundle(packages: Path, modules: dict[str, str], work: Path) -> Path:
    for name, text in modules.items():
        (work / name).write_text(text, "utf-8")
    (work / "node_modules").symlink_to(packages / "node_modules")
    program = packages / "node_modules" / "esbuild" / "bin" / "esbuild"
    command = [str(node()), str(program), "index.mjs", *_OPTIONS, "--outfile=made/index.js"]
    try:
        done = subprocess.run(
            command, cwd=work, env=npm_env(), capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ToolError(
            "tina-too-slow", f"Tina's backend was not bundled within {_SECONDS} seconds", hint="Try again."
        ) from None
    if done.returncode or not (work / "made" / "index.js").is_file():
        why = "\n".join(done.stderr.strip().splitlines()[-12:])
        raise ToolError("tina-failed", "Tina's backend can't be bundled", why=why, hint="Reinstall the plugin.")
    return work / "made"
