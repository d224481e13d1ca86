"""Sanity's studio, built once for each machine and version, and published for each site.

``sanity build`` packs a program that knows no site; which project, dataset and types it
is for stands in a script beside it. So a change of ``content.toml`` builds nothing.
Nothing is loaded from another host: the page that Sanity's own build writes loads a
script and fonts from there, so this one is ours.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from platform_core.contributions import File
from platform_core.errors import ToolError
from platform_core.node import cache_folder, ensure_packages, node, npm_env
from platform_plugin_sanity.documents import CDN

__all__ = ["Studio", "build_studio", "page_policy", "studio_files"]

_HERE = Path(__file__).parent / "studio"
_SOURCES = ("package.json", "schema.js", "sanity.cli.js", "sanity.config.js")
_OUTPUT = "dist"
_TIMEOUT = 900
_ENTRY = re.compile(r'<script src="/(static/[A-Za-z0-9_.-]+\.js)" type="module"')


@dataclass(frozen=True, slots=True)
class Studio:
    """What the studio of one site has to know.

    Attributes:
        path: Where it is published, without slashes around it.
        types: What `platform_plugin_sanity.schema.build_schema` returned.
        host: Scheme and host of a stand-in; empty for Sanity itself.
    """

    path: str
    title: str
    project: str
    dataset: str
    types: Sequence[dict[str, Any]]
    host: str = ""


def studio_files(studio: Studio) -> Iterator[File]:
    """Return every file of the studio.

    Raises:
        ToolError: It is not built yet, and its packages can't be downloaded or the build fails.
    """
    built = build_studio()
    entry = _ENTRY.search((built / "index.html").read_text("utf-8"))
    if entry is None:
        raise ToolError("studio-build", "the studio's build has no program", hint="Remove the cache, then try again.")
    page = Template((_HERE / "index.html").read_text("utf-8")).substitute(
        title=html.escape(f"{studio.title}: content"), entry=entry[1]
    )
    route = f"/{studio.path}/"
    yield File(f"{studio.path}/index.html", page.encode(), route=route, csp=page_policy(studio.project, studio.host))
    yield File(f"{studio.path}/platform.js", _script(studio))
    yield File(f"{studio.path}/studio.css", _HERE / "studio.css")
    for path in sorted((built / "static").rglob("*")):
        if path.is_file() and path.suffix != ".map":
            yield File(f"{studio.path}/{path.relative_to(built).as_posix()}", path)


def page_policy(project: str, host: str = "") -> dict[str, tuple[str, ...]]:
    """Return what the studio needs beyond ``default-src 'self'``: Sanity's API and its pictures.

    Args:
        project: The project's id.
        host: Scheme and host of a stand-in, which then takes Sanity's place.
    """
    if host:
        parts = urlsplit(host)
        pictures = f"http://localhost:{parts.port}"
        # A project's id stands before the host's name, as it does with Sanity's.
        api: tuple[str, ...] = tuple(f"{scheme}://*.localhost:{parts.port}" for scheme in ("http", "ws"))
    else:
        pictures = CDN
        api = (f"https://{project}.api.sanity.io", f"wss://{project}.api.sanity.io", "https://api.sanity.io")
    return {
        "connect-src": (*api, "blob:"),
        "img-src": (pictures, "blob:", "data:"),
        "media-src": (pictures, "blob:"),
        # Its styles are made in the browser.
        "style-src": ("'unsafe-inline'",),
        "worker-src": ("blob:",),
    }


def build_studio() -> Path:
    """Return the folder of the built program; build it when this machine has not yet.

    Raises:
        ToolError: Its packages can't be downloaded, or the build fails.
    """
    target = cache_folder() / "built" / f"sanity-studio-{_key()}"
    if target.is_dir():
        return target
    packages = ensure_packages(_HERE)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".partial-") as name:
        work = Path(name)
        for source in _SOURCES:
            shutil.copyfile(_HERE / source, work / source)
        (work / "node_modules").symlink_to(packages / "node_modules")
        _run(work)
        try:
            (work / _OUTPUT).rename(target)
        except OSError:
            # Somebody else was faster, with the same inputs.
            if not target.is_dir():
                raise
    return target


def _run(work: Path) -> None:
    program = work / "node_modules" / "sanity" / "bin" / "sanity"
    # The program keeps what it knows of its user in a folder of its own; nobody is logged in here.
    env = {**npm_env(), "XDG_CONFIG_HOME": str(work / "config"), "CI": "true"}
    command = (str(node()), str(program), "build", _OUTPUT, "--yes", "--no-source-maps")
    try:
        done = subprocess.run(
            command, cwd=work, env=env, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise ToolError("studio-build", f"the studio was not built within {_TIMEOUT} seconds") from None
    if done.returncode or not (work / _OUTPUT / "index.html").is_file():
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise ToolError("studio-build", "the studio could not be built", why="\n".join(lines[-12:]))


def _key() -> str:
    digest = hashlib.sha256()
    for name in ("package-lock.json", *_SOURCES):
        digest.update(hashlib.sha256((_HERE / name).read_bytes()).digest())
    return digest.hexdigest()[:32]


def _script(studio: Studio) -> bytes:
    """Return what the program reads when it starts."""
    data = {
        "title": studio.title,
        "projectId": studio.project,
        "dataset": studio.dataset,
        "types": list(studio.types),
        **({"standIn": studio.host} if studio.host else {}),
    }
    patch = (_HERE / "stand-in.js").read_text("utf-8") if studio.host else ""
    return f"globalThis.platformStudio = {json.dumps(data)}\n{patch}".encode()
