"""The hooks of TinaCMS."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from platform_core.contributions import File, LocalService, Stage, WebhookAdapter
from platform_core.errors import Problem, SiteError
from platform_core.hookspecs import hookimpl

if TYPE_CHECKING:
    from platform_core.content import Content
    from platform_core.site import Site

__all__ = [
    "oauth_secret",
    "platform_files",
    "platform_local_services",
    "platform_provision",
    "platform_webhook_adapter",
    "webhook_secret",
]

SERVICE = "tina"
# Where the backend of a deployed site answers.
SERVICE_PATH = "/_platform/tina"
# The version of Tina's content API that the pinned editor speaks.
API_VERSION = "3.0"


@hookimpl
def platform_files(
    site: Site, settings: Mapping[str, Any], content: Content, stage: Stage, provides: Collection[str]
) -> Iterable[File]:
    """Publish the editor below ``/admin/``."""
    from platform_plugin_tina import admin, cloud_files, schema, visual

    spec = schema.build_spec(site, settings, content)
    beside: list[File] = []
    if visual.is_visual(site, settings["variant"], provides):
        spec |= {"pages": visual.page_data(content)}
        beside = [visual.page_script()]
    if stage.name == "local":
        # The local server follows this file, so that new fields need no restart.
        cloud_files.keep_spec(content.root, spec)
        service = stage.services.get(SERVICE, f"/_local/{SERVICE}").rstrip("/")
        return [*admin.editor_files(site.name, {**spec, "local": service}, cloud=False), *beside]
    own = settings["backend"] == "aws"
    place = _own_address(site, settings) if own else {"api": _cloud_address(settings)}
    committed = cloud_files.committed_config(content.root)
    if committed is None:
        return [admin.missing_page(site.name)]
    config = {**committed["config"], "branch": settings["branch"]}
    if not own:
        config["clientId"] = settings["client_id"]
    page = {**spec, "config": config, "schema": committed["schema"], **place}
    return [*admin.editor_files(site.name, page, cloud=not own), *beside]


@hookimpl
def platform_local_services(site: Site, settings: Mapping[str, Any], content: Content) -> Iterable[LocalService]:
    """Start Tina's content API over the site's files."""
    from platform_core.node import node
    from platform_plugin_tina import admin, cloud_files, schema

    options = {
        "root": str(content.root),
        "spec": str(cloud_files.keep_spec(content.root, schema.build_spec(site, settings, content))),
        "work": str(cloud_files.state_folder(content.root)),
        "media": settings["media_folder"],
        "lock": str(content.root / "tina") if settings["client_id"] or settings["backend"] == "aws" else "",
    }
    command = (str(node()), str(admin.server_program()), json.dumps(options))
    return [LocalService(SERVICE, command, {"PORT": "{port}"}, ready="/ready")]


@hookimpl
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Have TinaCloud's events checked and read, or GitHub's when nothing of Tina's is asked."""
    from platform_core.runtime import github_push
    from platform_plugin_tina import schema

    if settings["backend"] == "aws":
        wanted = {"repository": schema.repository(site, settings)}
        wanted |= {name: settings[name] for name in ("branch", "folder")}
        return WebhookAdapter(
            "github", Path(github_push.__file__), secret=webhook_secret(site, settings), config=wanted
        )
    return WebhookAdapter(
        "tinacloud",
        Path(__file__).parent / "runtime" / "tinacloud.py",
        secret=webhook_secret(site, settings),
        config={
            "header": settings["webhook_header"].lower(),
            "client_id": settings["client_id"],
            "branch": settings["branch"],
        },
    )


@hookimpl
def platform_provision(site: Site, settings: Mapping[str, Any], stack: Any, stage: Stage) -> None:
    """Add the editor's own backend, when the site has one; the local editor needs none."""
    if stage.name == "local" or settings["backend"] != "aws":
        return
    from platform_plugin_tina import schema
    from platform_plugin_tina.cloud import add_backend

    add_backend(stack, settings, schema.repository(site, settings), oauth_secret(site, settings))


def oauth_secret(site: Site, settings: Mapping[str, Any]) -> str:
    """Return the name of the entry that holds the login's client secret."""
    return settings["oauth_secret"] or f"platform/{site.client}/github-oauth"


def webhook_secret(site: Site, settings: Mapping[str, Any]) -> str:
    """Return the name of the entry that holds the webhook's secret."""
    provider = "github" if settings["backend"] == "aws" else "tinacloud"
    return settings["webhook_secret"] or f"platform/{site.client}/{provider}-webhook"


def _own_address(site: Site, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page has to know of the site's own backend."""
    from platform_plugin_tina import schema

    problems = []
    if not schema.repository(site, settings):
        problem = "the GitHub repository is missing, and the editor commits to it."
        problems.append(Problem("site.toml [settings.tina] repository", problem, 'Write it as "owner/name".'))
    if not settings["oauth_client_id"]:
        problem = "editors have no app of GitHub to log in with."
        hint = "Make a GitHub App or an OAuth App and copy its client id."
        problems.append(Problem("site.toml [settings.tina] oauth_client_id", problem, hint))
    if problems:
        raise SiteError("incomplete-cms", "TinaCMS can't be deployed yet", problems=problems)
    return {"service": SERVICE_PATH, "login": {"scope": settings["auth_scope"]}}


def _cloud_address(settings: Mapping[str, Any]) -> str:
    if not settings["client_id"]:
        problem = Problem(
            "site.toml [settings.tina] client_id",
            "the client id of the TinaCloud project is missing.",
            "Make a project at app.tina.io and copy its client id.",
        )
        raise SiteError("incomplete-cms", "TinaCMS can't be deployed yet", problems=[problem])
    branch = quote(settings["branch"], safe="/")
    return f"https://content.tinajs.io/{API_VERSION}/content/{settings['client_id']}/github/{branch}"
