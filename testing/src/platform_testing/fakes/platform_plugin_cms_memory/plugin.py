"""A CMS that brings entries before each build and signs its webhooks."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from platform_core.content import Entry
from platform_core.contributions import WebhookAdapter
from platform_core.hookspecs import hookimpl


@hookimpl
def platform_entries(settings: Mapping[str, Any]) -> Iterable[Entry]:
    """Bring one entry for each title."""
    for number, title in enumerate(settings["titles"], 1):
        yield Entry("memory", f"entry-{number}", title=title, body="Brought from memory.\n")


@hookimpl
def platform_webhook_adapter(settings: Mapping[str, Any]) -> WebhookAdapter:
    """Its webhooks carry an HMAC of the body."""
    return WebhookAdapter("memory", Path(__file__).with_name("webhook.py"), secret=settings["webhook_secret"])
