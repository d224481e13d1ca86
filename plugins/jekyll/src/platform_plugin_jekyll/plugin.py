"""What Jekyll adds to a composition: its build plan, and what GitHub Pages needs.

Jekyll is a program of the machine, or of the site's Gemfile. It builds in a mirror of
the site's folder, where ``_plugins/platform.rb`` of the starter maps the neutral content.
The files of a release are the same wherever they are served: what GitHub Pages shows
is the output of ``platform build``, uploaded by a workflow.
"""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.content import Content
from platform_core.contributions import BuildPlan, File
from platform_core.errors import ToolError
from platform_core.facts import Tool
from platform_core.hookspecs import hookimpl
from platform_core.tools import install_command
from platform_plugin_jekyll.workflow import WORKFLOW, workflow

if TYPE_CHECKING:
    from platform_core.contributions import Stage, Workspace
    from platform_core.site import Site

__all__ = ["platform_build_plan", "platform_extra_files", "platform_files", "platform_hosted_elsewhere"]

_CONFIGS = ("_config.base.yml", "_config.yml")
_GENERATED = ".platform/generated/jekyll.yml"
_ENV = {"JEKYLL_ENV": "production", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "RUBYOPT": "-W0", "TZ": "UTC"}
# assets/name.<hash>.css of the starters.
_FINGERPRINTED = r"assets/[^/]+\.[0-9a-f]{16}\.[A-Za-z0-9]+"


@hookimpl
def platform_build_plan(site: Site, settings: Mapping[str, Any], stage: Stage, workspace: Workspace) -> BuildPlan:
    """Build in the mirror with the machine's Jekyll, or with that of the site's Gemfile."""
    bundler = _uses_bundler(workspace.root, settings)
    program = _bundle() if bundler else _jekyll()
    output = os.path.relpath(workspace.output, workspace.work)
    command = [*program, "build", "--quiet", "--destination", output]
    install = ("bundle install --quiet",) if bundler else (_tools()[0].install["other"],)
    if site.adopted:
        return BuildPlan(
            tuple(command), _stamp(program[0]), env=_ENV, install=install, staged=True, extract_inline=True
        )
    elsewhere = settings["host"] == "github-pages"
    redirects = {item.path: item.target for item in Content(workspace.root).redirects} if elsewhere else {}
    said = {"future": settings["future"], "redirects": redirects}
    configs = [name for name in _CONFIGS if (workspace.root / name).is_file()]
    return BuildPlan(
        command=(*command, "--config", ",".join([*configs, _GENERATED])),
        version=_stamp(program[0]),
        env=_ENV,
        fingerprinted=_FINGERPRINTED,
        install=install,
        # JSON is YAML, and needs no library to be written right.
        files={"jekyll.yml": _json(_configuration(site, stage)), "settings.json": _json(said)},
        staged=True,
        extract_inline=True,
    )


@hookimpl
def platform_files(site: Site, settings: Mapping[str, Any]) -> Iterable[File]:
    """Name the domain for GitHub Pages; AWS serves the file too, so that both have the same."""
    return [File("CNAME", f"{site.domain}\n".encode())] if settings["host"] != "aws" else []


@hookimpl
def platform_extra_files(site: Site, settings: Mapping[str, Any]) -> Mapping[str, bytes]:
    """Bring the workflow that publishes on GitHub Pages."""
    if settings["host"] == "aws":
        return {}
    packages = tool_packages() if settings["program"] != "bundler" else ("bundler", "build-essential", "ruby-dev")
    parts = [component for _, component in site.components]
    return {WORKFLOW: workflow(settings["branch"], parts, packages, bundler=settings["program"] == "bundler").encode()}


@hookimpl
def platform_hosted_elsewhere(settings: Mapping[str, Any]) -> str | None:
    """Say that pushes publish a site whose host is GitHub Pages alone."""
    if settings["host"] != "github-pages":
        return None
    return (
        f"It is on GitHub Pages: push to the branch {settings['branch']}, and {WORKFLOW} builds and publishes it "
        f'(`platform init --extras` writes that file). For AWS as well, set host = "both" in [settings.jekyll].'
    )


def tool_packages() -> tuple[str, ...]:
    """Return the Debian packages of the manifest's tools."""
    found: dict[str, None] = {}
    for tool in _tools():
        words = tool.install["debian"].split()
        found |= dict.fromkeys(word for word in words[words.index("install") + 1 :] if not word.startswith("-"))
    return tuple(found)


def _uses_bundler(root: Path, settings: Mapping[str, Any]) -> bool:
    return settings["program"] == "bundler" or (settings["program"] == "auto" and (root / "Gemfile").is_file())


def _jekyll() -> tuple[str, ...]:
    found = shutil.which("jekyll")
    if found is None:
        tool = _tools()[0]
        raise ToolError(
            "no-jekyll", "Jekyll is not installed on this machine", why=tool.purpose, hint=install_command(tool)
        )
    return (found,)


def _bundle() -> tuple[str, ...]:
    found = shutil.which("bundle")
    if found is None:
        hint = "apt-get install -y ruby-bundler" if shutil.which("apt-get") else "gem install bundler"
        why = "The site has a Gemfile, and Bundler runs the Jekyll that it names."
        raise ToolError(
            "no-bundler", "Bundler is not installed on this machine", why=why, hint=f"{hint} && bundle install"
        )
    return (found, "exec", "jekyll")


def _tools() -> list[Tool]:
    manifest = tomllib.loads(Path(__file__).with_name("plugin.toml").read_text("utf-8"))
    return [Tool(**{**row, "command": tuple(row["command"])}) for row in manifest["tools"]]


def _stamp(program: str) -> str:
    """Tell one installation from the next: asking for its version takes as long as building a small site."""
    path = Path(program).resolve()
    return f"{path}:{path.stat().st_mtime_ns}"


def _configuration(site: Site, stage: Stage) -> dict[str, Any]:
    """Return what overrides the site's ``_config.yml``."""
    found: dict[str, Any] = {"url": stage.base_url, "baseurl": ""}
    found |= {"title": site.title} if site.title else {}
    return found | ({"lang": site.locale} if "locale" in site.model_fields_set else {})


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode()
