"""The hooks of Decap CMS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.contributions import File, LocalService, Stage, WebhookAdapter
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


@hookimpl
def platform_files(site: Site, settings: Mapping[str, Any], content: Content, stage: Stage) -> Iterable[File]:
    """Publish the editor below ``/admin/``."""
    from platform_plugin_decap import admin, config

    return list(admin.admin_files(site.name, config.build_config(site, settings, content, stage)))


@hookimpl
def platform_local_services(content: Content) -> Iterable[LocalService]:
    """Start the server through which the local editor reads and writes files."""
    from platform_plugin_decap import admin, config

    env = {
        "BIND_HOST": "127.0.0.1",
        "PORT": "{port}",
        "MODE": "fs",
        "GIT_REPO_DIRECTORY": str(content.root),
        # The editor reaches it through the local edge, from its own origin. Without
        # this, pages of any other program on this machine might write files too.
        "ORIGIN": "https://nobody.invalid",
    }
    return [LocalService(config.SERVICE, admin.server_command(), env, ready="/api/v1")]


@hookimpl
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Have GitHub's push events checked and read."""
    from platform_core.runtime import github_push
    from platform_plugin_decap import config

    return WebhookAdapter(
        "github",
        Path(github_push.__file__),
        secret=webhook_secret(site, settings),
        config={
            "repository": config.repository(site, settings),
            "branch": settings["branch"],
            "folder": settings["folder"],
        },
    )


@hookimpl
def platform_provision(site: Site, settings: Mapping[str, Any], stack: Any, stage: Stage) -> None:
    """Add the login function; the local editor needs none."""
    if stage.name == "local":
        return
    from platform_core.cloud.github_login import add_github_login

    add_github_login(stack, "DecapLogin", "decap", settings, oauth_secret(site, settings))


def oauth_secret(site: Site, settings: Mapping[str, Any]) -> str:
    """Return the name of the entry that holds the login's client secret."""
    return settings["oauth_secret"] or f"platform/{site.client}/github-oauth"


def webhook_secret(site: Site, settings: Mapping[str, Any]) -> str:
    """Return the name of the entry that holds the webhook's secret."""
    return settings["webhook_secret"] or f"platform/{site.client}/github-webhook"
