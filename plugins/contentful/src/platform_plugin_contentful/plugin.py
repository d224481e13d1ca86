"""The hooks of Contentful."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_core.contributions import LocalService, Stage, WebhookAdapter
from platform_core.hookspecs import hookimpl

if TYPE_CHECKING:
    from platform_core.content import Content
    from platform_core.site import Site
    from platform_core.sources import Source

__all__ = [
    "STAND_IN",
    "platform_build_secrets",
    "platform_local_services",
    "platform_source",
    "platform_webhook_adapter",
]

STAND_IN = "contentful-stand-in"
"""The name of the process that answers in Contentful's place."""
_TOKEN = "contentful-delivery"  # noqa: S105 - a label


@hookimpl
def platform_build_secrets(site: Site, settings: Mapping[str, Any]) -> Mapping[str, str]:
    """Name the token of the delivery API."""
    return {_TOKEN: settings["delivery_token"] or f"platform/{site.client}/contentful-delivery"}


@hookimpl
def platform_source(
    site: Site, settings: Mapping[str, Any], content: Content, stage: Stage, secrets: Mapping[str, str]
) -> Source | None:
    """Pull what is published in the space; on this machine nothing, while the site names none."""
    from platform_plugin_contentful.pulling import source_of, without_space

    base = stage.endpoints.get(STAND_IN, "") if stage.offline else ""
    if not base and not settings["space"]:
        if stage.name == "local":
            return None
        raise without_space()
    return source_of(site, settings, content, base=base, secrets=secrets, label=_TOKEN)


@hookimpl
def platform_local_services(settings: Mapping[str, Any], content: Content, stage: Stage) -> Iterable[LocalService]:
    """Start a stand-in for Contentful's delivery API, when there is no network."""
    if not stage.offline:
        return []
    command = [sys.executable, "-m", "platform_plugin_contentful.standin", "--port", "{port}"]
    if settings["offline_data"]:
        command += ["--data", str(content.root / settings["offline_data"])]
    return [LocalService(STAND_IN, tuple(command))]


@hookimpl
def platform_webhook_adapter(site: Site, settings: Mapping[str, Any]) -> WebhookAdapter:
    """Have Contentful's events checked and read."""
    return WebhookAdapter(
        "contentful",
        Path(__file__).parent / "runtime" / "contentful.py",
        secret=settings["webhook_secret"] or f"platform/{site.client}/contentful-webhook",
        config={"space": settings["space"], "environment": settings["environment"]},
    )
