"""The editor's page: TinaCMS, built once from pinned packages for all sites.

Tina's own program builds the editor. What differs from one site to the next (forms,
address of the content) stands in the page as data, so the build is kept in the cache and
a site never needs Tina's packages. Nothing is loaded from another host.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import html
import json
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

from platform_core.contributions import File
from platform_core.errors import ToolError
from platform_core.node import cache_folder, ensure_packages, ensure_tarball, node, npm_env
from platform_core.runtime import github_login

__all__ = [
    "EDITOR",
    "cache_key",
    "editor_files",
    "ensure_editor",
    "hash_of",
    "missing_page",
    "page_policy",
    "server_program",
    "settle",
    "tina_packages",
]

ROUTE = "/admin/"
EDITOR = Path(__file__).parent / "editor"
_ASSETS = Path(__file__).parent / "assets"
# Raised when what is done to Tina's output changes.
_RECIPE = "5"
_SECONDS = 900
_PLACE = '"https://platform.invalid/api"'
_SOURCE_EDITOR = (
    "monaco-editor",
    "0.55.1",
    "sha512-jz4x+TJNFHwHtwuV9vA9rMujcZRb0CEilTEwG2rRSpe/A7Jdkuj8xPKttCgOh+v/lkHy7HsZ64oj+q3xoAFl9A==",
)
_ELSEWHERE = "https://cdn.jsdelivr.net/npm/monaco-editor@0.55.1/min/vs"
# What the source editor loads for Markdown; the other languages and translations stay out.
_SOURCE_PARTS = (
    "loader.js",
    "editor/editor.main.*",
    "editor.api-*",
    "_commonjsHelpers-*",
    "monaco.contribution-*",
    "lspLanguageFeatures-*",
    "workers-*",
    "nls.messages-loader.js",
    "nls.messages.js.js",
    "basic-languages/**/*",
    "markdown-*",
    "mdx-*",
    "html-*",
    "assets/editor.worker-*",
)


def editor_files(title: str, spec: Mapping[str, Any], cloud: bool) -> Iterator[File]:
    """Return every file below ``/admin/``.

    Args:
        title: The site's name.
        spec: What `platform_plugin_tina.schema.build_spec` returned, with one of
            ``local``, the path of the local service, ``api``, the address of TinaCloud, or
            ``service``, the path of the site's own backend, which comes with a login;
            with ``pages`` when they are edited in place.
        cloud: Whether the page speaks to TinaCloud.

    Raises:
        ToolError: The packages can't be downloaded, or Tina did not build.
    """
    built = ensure_editor()
    script, style = _entry(built, "js"), _entry(built, "css")
    site_script = (_ASSETS / "site.js").read_bytes()
    page = _page("index.html").substitute(
        title=html.escape(f"{title}: content"),
        # In a script element only a tag could end the data.
        data=json.dumps(dict(spec), ensure_ascii=False).replace("<", "\\u003c"),
        site_integrity=hash_of(site_script),
        graph=_graph(spec),
        script=script.name,
        script_integrity=hash_of(script.read_bytes()),
        style=style.name,
        style_integrity=hash_of(style.read_bytes()),
    )
    yield File("admin/index.html", page.encode(), route=ROUTE, csp=page_policy(cloud=cloud))
    yield File("admin/site.js", site_script)
    if "login" in spec:
        yield File("admin/login.js", github_login.SCRIPT)
    # In place of a font of Google's; the editor's style sheet names others that every machine has.
    yield File("admin/letters.css", b"")
    for folder in ("assets", "source"):
        for path in sorted((built / folder).rglob("*")):
            if path.is_file():
                yield File(f"admin/{path.relative_to(built).as_posix()}", path)


def _graph(spec: Mapping[str, Any]) -> str:
    """Name the local service's schema, which the preview needs; on AWS the page has it as data."""
    if "pages" not in spec or "local" not in spec:
        return ""
    return f'\n  <script src="{html.escape(spec["local"])}/schema.js"></script>'


def missing_page(title: str) -> File:
    """Return the page that says what a site without its ``tina/`` folder still needs."""
    page = _page("missing.html").substitute(title=html.escape(f"{title}: content"))
    return File("admin/index.html", page.encode(), route=ROUTE)


def page_policy(*, cloud: bool) -> dict[str, tuple[str, ...]]:
    """Return what the editor needs beyond ``default-src 'self'``, and no more."""
    hosts = ("https://content.tinajs.io", "https://identity.tinajs.io", "https://assets.tinajs.io") if cloud else ()
    return {
        # Its styles are made in the browser.
        "style-src": ("'unsafe-inline'",),
        # Icons of the style sheet; pictures that were chosen and are not saved yet.
        "img-src": ("data:", "blob:", *(("https://assets.tina.io",) if cloud else ())),
        # The source editor starts its helper from the text of a script.
        "worker-src": ("blob:",),
        "font-src": ("data:",),
        **({"connect-src": hosts} if cloud else {}),
    }


def server_program() -> Path:
    """Return the program that answers the local editor."""
    return _kept() / "server.mjs"


def tina_packages() -> Path:
    """Return the folder with Tina's packages.

    Raises:
        ToolError: They are not there yet and can't be downloaded.
    """
    return ensure_packages(EDITOR)


def ensure_editor() -> Path:
    """Return the folder of the built editor; it is built when it is not there yet.

    Raises:
        ToolError: The packages can't be downloaded, or Tina did not build.
    """
    texts = [path.read_text("utf-8") for path in (EDITOR / "package-lock.json", *_sources())]
    key = cache_key(_RECIPE, *texts)
    target = cache_folder() / "built" / f"tina-editor-{key}"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with (target.parent / f"{target.name}.lock").open("w") as lock:
            # Building takes a minute of every processor: the second one waits.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.is_dir():
                _build(tina_packages(), target)
    return target


def _kept() -> Path:
    """Return our server's modules beside Tina's packages, where Node finds both."""
    packages = tina_packages()
    names = ("server.mjs", "faithful.mjs", "media.mjs")
    texts = {name: (EDITOR / name).read_text("utf-8") for name in names}
    target = cache_folder() / "tina" / f"server-{cache_key(packages.name, *texts.values())}"
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".partial-") as partial:
            made = Path(partial) / "server"
            made.mkdir()
            for name, text in texts.items():
                (made / name).write_text(text, "utf-8")
            (made / "node_modules").symlink_to(packages / "node_modules")
            settle(made, target)
    return target


def _sources() -> list[Path]:
    return sorted((EDITOR / "tina").glob("*.js"))


def _build(packages: Path, target: Path) -> None:
    source = ensure_tarball(*_SOURCE_EDITOR) / "min" / "vs"
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".partial-") as partial:
        work = Path(partial)
        (work / "tina").mkdir()
        for path in _sources():
            shutil.copy(path, work / "tina" / path.name)
        (work / "package.json").write_text('{"private": true, "type": "module"}\n', "utf-8")
        (work / "node_modules").symlink_to(packages / "node_modules")
        _run_tina(packages, work)
        made = work / "public" / "admin"
        _redirect(made / "assets")
        for path in (path for part in _SOURCE_PARTS for path in source.glob(part) if path.is_file()):
            place = made / "source" / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
        settle(made, target)


def _run_tina(packages: Path, work: Path) -> None:
    command = [str(node()), str(packages / "node_modules" / "@tinacms" / "cli" / "bin" / "tinacms"), "build"]
    command += ["--noTelemetry", "--skip-cloud-checks", "--skip-indexing", "--skip-search-index"]
    command += ["--datalayer-port", str(_free_port())]
    try:
        done = subprocess.run(
            command, cwd=work, env=npm_env(), capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ToolError(
            "tina-too-slow", f"Tina's editor was not built within {_SECONDS} seconds", hint="Try again."
        ) from None
    if done.returncode or not (work / "public" / "admin" / "assets").is_dir():
        why = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise ToolError("tina-failed", "Tina's editor can't be built", why=why, hint="Free some memory and try again.")


def _redirect(assets: Path) -> None:
    """Have the editor take from the page what Tina's program took from one site, and nothing from other hosts."""
    changes = (
        (re.compile(re.escape(_PLACE)), "globalThis.platformTina.api"),
        (re.compile(re.escape(_ELSEWHERE)), "/admin/source"),
        (re.compile(r"https://fonts\.googleapis\.com/css2\?[^\"'`]+"), "/admin/letters.css"),
        # What the schema is compared with when the editor starts; there is nothing to compare on this machine.
        (re.compile(r"(?<=schemaJson:)[\w$]+(?=\}\)\])"), "globalThis.platformTina.schema"),
        # The types that the preview finds forms with.
        (
            re.compile(r"([\w$]+)=([\w$]+)(?=,[\w$]+=\{\.\.\.\1,definitions:\1\.definitions\.map)"),
            r"\1=globalThis.platformTina.graph??globalThis.platformTina.schema??\2",
        ),
    )
    found = [0] * len(changes)
    for path in assets.glob("*.js"):
        text = before = path.read_text("utf-8")
        for place, (pattern, value) in enumerate(changes):
            text, times = pattern.subn(value, text)
            found[place] += times
        if text != before:
            path.write_text(text, "utf-8")
    if not all(found):
        raise ToolError(
            "tina-changed",
            "this version of Tina's editor is not the one that was checked",
            hint="Reinstall the plugin.",
        )


def _entry(built: Path, ending: str) -> Path:
    """Return the file that Tina's own page loads."""
    names = [path for path in (built / "assets").glob(f"index-*.{ending}") if path.name in _index(built)]
    if len(names) != 1:
        raise ToolError("tina-changed", f"Tina's page names {len(names)} files of type {ending}", hint="Reinstall.")
    return names[0]


def _index(built: Path) -> str:
    return (built / "index.html").read_text("utf-8")


def settle(made: Path, target: Path) -> None:
    """Put a finished folder where it is kept."""
    try:
        made.rename(target)
    except OSError:
        # Somebody else was faster: theirs is as good.
        if not target.is_dir():
            raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _page(name: str) -> Template:
    return Template((_ASSETS / name).read_text("utf-8"))


def hash_of(data: bytes) -> str:
    """Return what a page says of a script, so that the browser takes no other."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def cache_key(*parts: str) -> str:
    """Return a name for what is made of *parts*."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
