"""A CMS whose content is a setting: it is pulled before each build, and its webhooks are signed."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from platform_core.content import Entry
from platform_core.contributions import WebhookAdapter
from platform_core.hookspecs import hookimpl
from platform_core.http import Http
from platform_core.sources import Converted, Page, Source


@hookimpl
def platform_source(settings: Mapping[str, Any]) -> Source:
    """Bring one entry for each title."""
    titles = settings["titles"]

    def pull(_cursor: str, _http: Http) -> Iterator[Page]:
        yield Page({str(number): title for number, title in enumerate(titles, 1)}, cursor="", complete=True)

    return Source("memory", "settings", pull, _convert)


@hookimpl
def platform_webhook_adapter(settings: Mapping[str, Any]) -> WebhookAdapter:
    """Its webhooks carry an HMAC of the body."""
    return WebhookAdapter("memory", Path(__file__).with_name("webhook.py"), secret=settings["webhook_secret"])


def _convert(documents: Mapping[str, Any]) -> Converted:
    entries = {
        number: Entry("memory", f"entry-{number}", title=title, body="Brought from memory.\n")
        for number, title in documents.items()
    }
    return Converted(entries)
