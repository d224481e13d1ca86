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
    "platform_files",
    "platform_local_services",
    "platform_webhook_adapter",
    "webhook_secret",
]

SERVICE = "tina"
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
    api = _cloud_address(settings)
    committed = cloud_files.committed_config(content.root)
    if committed is None:
        return [admin.missing_page(site.name)]
    config = {**committed["config"], "clientId": settings["client_id"], "branch": settings["branch"]}
    page = {**spec, "config": config, "schema": committed["schema"], "api": api}
    return [*admin.editor_files(site.name, page, cloud=True), *beside]


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
        "lock": str(content.root / "tina") if settings["client_id"] else "",
    }
    command = (str(node()), str(admin.server_program()), json.dumps(options))
    return [LocalService(SERVICE, command, {"PORT": "{port}"}, ready="/ready")]


@hookimpl
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Have TinaCloud's events checked and read."""
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


def webhook_secret(site: Site, settings: Mapping[str, Any]) -> str:
    """Return the name of the entry that holds what TinaCloud sends in its header."""
    return settings["webhook_secret"] or f"platform/{site.client}/tinacloud-webhook"


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
