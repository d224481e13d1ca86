"""Editing on the page: the site's own pages beside the form, where the engine's pages say what they show.

Pages carry attributes alone (the capability `html.fields`). What shows an editor's typing is one
script below ``/admin/``, which the editor puts into its preview; visitors never load it.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Any

from platform_core.content import Content, entry_url, parse_entry
from platform_core.contributions import File
from platform_core.errors import ToolError
from platform_core.node import cache_folder, node, npm_env
from platform_core.site import Site
from platform_plugin_tina.admin import EDITOR, cache_key, hash_of, settle, tina_packages

__all__ = ["CAPABILITY", "VARIANT", "is_visual", "page_data", "page_script"]

CAPABILITY = "html.fields"
VARIANT = "visual_editor"
_PATH = "admin/page.js"
_SECONDS = 120
_OWN_ADDRESS = re.compile(rb"^url[ \t]*[:=]", re.MULTILINE)


def is_visual(site: Site, variant: str, provides: Collection[str]) -> bool:
    """Tell whether the site's pages can be edited in place; those of an adopted site are its own."""
    return variant == VARIANT and CAPABILITY in provides and not site.adopted


def page_data(content: Content) -> dict[str, Any]:
    """Return what the editor's page has to know: where entries are shown, and the script for that.

    Raises:
        ContentError: The front matter of an entry with an address of its own can't be read.
        ToolError: The script can't be built.
    """
    script = {"src": f"/{_PATH}", "integrity": hash_of(_built().read_bytes())}
    return {"addresses": dict(_addresses(content.root / "content")), "script": script}


def page_script() -> File:
    """Return the script that the editor puts into its preview.

    Raises:
        ToolError: It can't be built.
    """
    return File(_PATH, _built())


def _addresses(folder: Path) -> list[tuple[str, str]]:
    """Return entry -> address, for those that are not where their file's name says."""
    found = []
    for path in sorted(folder.rglob("*.md")):
        text = path.read_bytes()
        if path.stem == "index" or _OWN_ADDRESS.search(text):
            name = PurePosixPath(path.relative_to(folder).as_posix())
            found.append((str(name.with_suffix("")), entry_url(parse_entry(text.decode("utf-8", "replace"), name))))
    return found


def _built() -> Path:
    """Return the script; it is built when it is not there yet, which takes a second."""
    texts = {path.name: path.read_text("utf-8") for path in sorted((EDITOR / "page").iterdir()) if path.is_file()}
    key = cache_key((EDITOR / "package-lock.json").read_text("utf-8"), *texts.values())
    target = cache_folder() / "built" / f"tina-page-{key}"
    if not target.is_dir():
        packages = tina_packages()
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".partial-") as partial:
            work = Path(partial)
            (work / "page").mkdir()
            for name, text in texts.items():
                (work / "page" / name).write_text(text, "utf-8")
            (work / "node_modules").symlink_to(packages / "node_modules")
            _run(work)
            settle(work / "made", target)
    return target / "page.js"


def _run(work: Path) -> None:
    command = [str(node()), "page/build.mjs", "made/page.js"]
    done = subprocess.run(
        command, cwd=work, env=npm_env(), capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode or not (work / "made" / "page.js").is_file():
        why = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise ToolError("tina-failed", "Tina's editor can't be built", why=why, hint="Free some memory and try again.")
