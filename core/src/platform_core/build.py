"""Building: core writes what the templates see, the engine builds, files are added.

The output is keyed by everything that went into it, so that an unchanged site is
not built again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from platform_core import design, inline
from platform_core.composition import Composition, Tagged
from platform_core.content.model import entry_url
from platform_core.contributions import BuildPlan, File, ServerBundle, Stage, Workspace
from platform_core.design import Design, load_design
from platform_core.errors import BuildError, PluginError
from platform_core.files import write_atomically
from platform_core.headers import POLICY, csp_text
from platform_core.inline import extract_inline
from platform_core.node import npm_env
from platform_core.product_data import product_data
from platform_core.scaffold import FOR_PEOPLE
from platform_core.site import Site
from platform_core.staging import mirror_folder, site_files, stage_files

__all__ = ["STATE_FOLDER", "Built", "build", "platform_data", "stop_builds", "workspace_for"]

STATE_FOLDER = ".platform"
MAX_LINES = 20
ENTRY_PAGES = ("index.html", "404.html")
# What core publishes under names that hold a hash.
_OWN = rf"(?:{re.escape(design.FOLDER)}|{re.escape(inline.FOLDER)})/.+"
_running: set[subprocess.Popen[str]] = set()


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build.

    Attributes:
        output: The folder with the site.
        changed: False when the output of last time was still good.
        seconds: How long the engine worked; 0.0 when it did not.
    """

    output: Path
    plan: BuildPlan
    changed: bool
    seconds: float


def workspace_for(root: Path, stage: Stage) -> Workspace:
    """Return the folders of a build; stages do not share them."""
    root = root.resolve()
    folder = root / STATE_FOLDER / stage.name
    return Workspace(
        root=root,
        generated=folder / "generated",
        output=folder / "output",
        cache=folder / "cache",
        work=mirror_folder(root, stage.name),
    )


def build(
    composition: Composition, stage: Stage, *, force: bool = False, say: Callable[[str], None] = lambda _: None
) -> Built:
    """Build the site, unless the output of last time is still good.

    Args:
        composition: The site and its plugins.
        stage: Where it is going to run.
        force: Build in any case.
        say: Told before a step that takes long, such as installing packages.

    Raises:
        BuildError: The engine failed, or its output is not a site.
        PluginError: A contribution failed.
        ContentError: A content file can't be read.
        ToolError: The engine's packages can't be installed.
    """
    workspace = workspace_for(composition.content.root, stage)
    system = load_design(workspace.root)
    files = composition.files(stage)
    data = json.dumps(platform_data(composition, stage, files, system), ensure_ascii=False, indent=1, sort_keys=True)
    plan = composition.build_plan(stage, workspace)
    # A site whose own policy allows inline code keeps its pages as its engine wrote them.
    inline_allowed = "'unsafe-inline'" in composition.site.csp.get("script-src", ())
    plan = replace(
        plan,
        fingerprinted=f"(?:{plan.fingerprinted})|{_OWN}",
        server=_server_of(composition, plan, stage),
        extract_inline=plan.extract_inline and not inline_allowed,
    )
    record = workspace.output.with_name("build.json")
    left_out = _left_out(composition)
    key = _key(plan, workspace, data, files, left_out=left_out)
    made = [workspace.output, *([plan.server.folder] if plan.server else [])]
    if not force and _is_good(record, key, made):
        return Built(workspace.output, plan, changed=False, seconds=0.0)
    record.unlink(missing_ok=True)
    generated: dict[str, bytes] = {"data/platform.json": data.encode(), **plan.files}
    for name, content in generated.items():
        write_atomically(workspace.generated / name, content)
    env = _prepare(plan, workspace, left_out, say)
    started = time.monotonic()
    _run(plan, workspace, env)
    seconds = time.monotonic() - started
    if plan.extract_inline:
        extract_inline(workspace.output)
    if composition.site.adopted:
        _add_missing(workspace.output, composition.site, say)
    _lay_over([(item.member.id, item.value) for item in files], workspace.output)
    _lay_over([("the design", file) for file in system.files] if system else [], workspace.output)
    if plan.server:
        _check_server(plan.server)
    for page in ENTRY_PAGES[1:] if plan.server else ENTRY_PAGES:
        if not (workspace.output / page).is_file():
            name = composition.engine.manifest.name
            raise BuildError("no-entry-page", f"{name} wrote no {page}", hint=f"Add a template for {page}.")
    write_atomically(record, json.dumps({"key": key}))
    return Built(workspace.output, plan, changed=True, seconds=seconds)


def _add_missing(output: Path, site: Site, say: Callable[[str], None]) -> None:
    """Give an adopted site the page for what is missing, when it has none."""
    page = output / "404.html"
    if page.is_file():
        return
    say("add a plain 404.html: the site brings none")
    page.write_text(
        f'<!doctype html>\n<html lang="{escape(site.locale)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Not found - {escape(site.name)}</title>\n</head>\n<body>\n<main>\n<h1>Not found</h1>\n"
        f'<p>There is no page at this address. <a href="/">{escape(site.name)}</a></p>\n</main>\n</body>\n</html>\n',
        "utf-8",
    )


def _server_of(composition: Composition, plan: BuildPlan, stage: Stage) -> ServerBundle | None:
    """Return the server of a site that has one; a static site has none, whatever its engine can do.

    Its guard is told the site's policy: pages that are rendered for one request may
    hold inline code, which the guard then allows by its hash.
    """
    if composition.site.rendering == "static":
        return None
    if plan.server is None:
        name = composition.engine.manifest.name
        raise PluginError("no-server", f"{name} says that it renders on a server, and its build plan names no server")
    policy = csp_text(composition.csp(stage), https=stage.base_url.startswith("https:"))
    # What core itself publishes under changing names: files only, also those of the release before.
    own = (f"/{design.FOLDER}/", f"/{inline.FOLDER}/")
    assets = tuple(dict.fromkeys((*plan.server.assets, *own)))
    return replace(plan.server, assets=assets, environment={**plan.server.environment, POLICY: policy})


def _check_server(server: ServerBundle) -> None:
    module = server.handler.rpartition(".")[0]
    if not any((server.folder / f"{module}{ending}").is_file() for ending in (".mjs", ".js", ".cjs")):
        what = f"the build left no {module}.mjs, .js or .cjs in {server.folder}"
        raise BuildError("no-server", what, hint="It has to hold the handler of the site's server.")


def platform_data(
    composition: Composition, stage: Stage, files: Iterable[Tagged[File]], system: Design | None
) -> dict[str, Any]:
    """Return what the engine's templates see; see ``docs/explanation/architecture.md``.

    Args:
        composition: The site and its plugins.
        stage: Where it is going to run.
        files: What the plugins publish; those with a route are announced.
        system: The visual system, which stands first in every page's head.
    """
    site = composition.site
    fragments = composition.fragments(stage)
    fragments["head"] = (system.head if system else "") + fragments["head"]
    products = composition.content.products if site.shop else ()
    return {
        "site": {
            "client": site.client,
            "domain": site.domain,
            "title": site.name,
            "locale": site.locale,
            "base_url": stage.base_url,
            "stage": stage.name,
            "rendering": site.rendering,
        },
        "fragments": fragments,
        "shop": bool(site.shop),
        "products": {
            item.sku: product_data(item, composition.buy_button(item, stage), site.locale) for item in products
        },
        "routes": [
            {"path": item.value.route, "label": item.member.manifest.name} for item in files if item.value.route
        ],
        "translations": dict(_translations(composition, stage)),
    }


def _translations(composition: Composition, stage: Stage) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield the address of each page that is there in several languages, with the links to all of them and itself."""
    locale = composition.site.locale
    for group in composition.content.translations(locale):
        hrefs = {name: stage.base_url + quote(entry_url(entry)) for name, entry in sorted(group.items())}
        if locale in hrefs:
            hrefs["x-default"] = hrefs[locale]
        links = [{"hreflang": name, "href": href} for name, href in hrefs.items()]
        for entry in group.values():
            yield entry_url(entry), links


def _left_out(composition: Composition) -> frozenset[str]:
    """Return the site's files that the build must not publish.

    These are entries whose time has not come or is over, the file of the products,
    which may say what they cost the shop, and what lies there for people. A staged
    build does not see them; any build is done anew when they are others than last time.
    """
    site = composition.site
    # An adopted site may well publish its README.md, and its engine may go by its .gitignore.
    people = () if site.adopted else FOR_PEOPLE
    return composition.content.out_of_time(_now()) | {*people, *([site.products] if site.products else ())}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _prepare(
    plan: BuildPlan, workspace: Workspace, left_out: Collection[str], say: Callable[[str], None]
) -> dict[str, str]:
    """Make the folders of a build and return the environment of its command."""
    shutil.rmtree(workspace.output, ignore_errors=True)
    workspace.output.mkdir(parents=True)
    workspace.cache.mkdir(parents=True, exist_ok=True)
    if not plan.staged:
        return {**os.environ, **plan.env}
    stage_files(workspace, plan.renamed, left_out=left_out, say=say)
    env = npm_env()
    programs = workspace.work / "node_modules" / ".bin"
    env["PATH"] = os.pathsep.join([str(programs), env["PATH"]])
    return {**env, **plan.env}


def _run(plan: BuildPlan, workspace: Workspace, env: Mapping[str, str]) -> None:
    try:
        process = subprocess.Popen(
            plan.command,
            cwd=workspace.work if plan.staged else workspace.root,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Engines start workers; they have to end with it.
            start_new_session=True,
        )
    except OSError as error:
        raise BuildError("no-engine", f"{plan.command[0]} can't be started", why=str(error)) from None
    _running.add(process)
    try:
        said, _ = process.communicate()
    except BaseException:
        _kill(process)
        raise
    finally:
        _running.discard(process)
    if process.returncode:
        name = Path(plan.command[0]).name
        raise BuildError("build-failed", f"{name} failed with exit code {process.returncode}", why=_telling_lines(said))
    if plan.written:
        _take(workspace.work / plan.written, workspace.output)


def _take(written: Path, output: Path) -> None:
    """Copy what the engine wrote: it may go on from there the next time."""
    if not written.is_dir():
        raise BuildError("no-output", f"the engine wrote no {written.name}/", hint="Is the folder's name another one?")
    shutil.copytree(written, output, symlinks=False, dirs_exist_ok=True)


def stop_builds() -> None:
    """Stop the engines that other threads of this process run; their builds fail."""
    for process in tuple(_running):
        _kill(process)


def _kill(process: subprocess.Popen[str]) -> None:
    """End an engine and the workers that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _telling_lines(output: str) -> str:
    """Return the lines that say what went wrong: from the first error on, or the last ones."""
    lines = output.strip().splitlines()
    first = next(
        (number for number, line in enumerate(lines) if "error" in line.lower()), max(0, len(lines) - MAX_LINES)
    )
    return "\n".join(lines[first : first + MAX_LINES])


def _lay_over(files: Iterable[tuple[str, File]], output: Path) -> None:
    for owner, file in files:
        target = output / file.path
        if target.exists():
            raise BuildError(
                "file-twice",
                f"{owner} and the engine both publish {file.path}",
                hint=f"Take {file.path} out of the site, or choose another path in [settings.{owner}].",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(file.content, Path):
            shutil.copyfile(file.content, target)
        else:
            target.write_bytes(file.content)


def _key(
    plan: BuildPlan, workspace: Workspace, data: str, files: Iterable[Tagged[File]], *, left_out: Collection[str]
) -> str:
    """Hash everything that decides the output; files by path, time and size."""
    digest = hashlib.sha256()
    parts = [
        *plan.command,
        plan.version,
        str(plan.extract_inline),
        data,
        *sorted(f"{name}={value}" for name, value in plan.env.items()),
        *sorted(left_out),
    ]
    for part in parts:
        digest.update(part.encode() + b"\0")
    for name, content in sorted(plan.files.items()):
        digest.update(name.encode() + b"\0" + content + b"\0")
    for item in files:
        source = item.value.content
        stamp = _stamp(source) if isinstance(source, Path) else source
        digest.update(item.value.path.encode() + b"\0" + stamp + b"\0")
    for path in site_files(workspace.root, left_out) if plan.staged else _inputs(workspace.root, plan.inputs):
        digest.update(str(path).encode() + b"\0" + _stamp(path))
    return digest.hexdigest()


def _stamp(path: Path) -> bytes:
    stat = path.stat()
    return f"{stat.st_mtime_ns}:{stat.st_size}".encode()


def _inputs(root: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in sorted(names):
        path = root / name
        if path.is_dir():
            yield from sorted(item for item in path.rglob("*") if item.is_file())
        elif path.is_file():
            yield path


def _is_good(record: Path, key: str, folders: Iterable[Path]) -> bool:
    try:
        return bool(json.loads(record.read_text("utf-8"))["key"] == key) and all(map(Path.is_dir, folders))
    except (OSError, ValueError, KeyError, TypeError):
        return False
