"""Where a verified event goes: a table and a bus, or straight onto the build queue.

Both ways carry the same message, ``{"site": ..., "event": {...}}``, with the fields
``id``, ``provider``, ``key``, ``type``, ``build``, ``subject``, ``detail`` and ``received``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from platform_core.runtime.adapter import Event, Rejected
from platform_core.runtime.clients import client, failures
from platform_core.runtime.receipts import KEEP_SECONDS

__all__ = ["MAX_DETAIL", "SOURCE", "BusSink", "QueueSink", "Sink", "message_of"]

SOURCE = "platform.webhooks"
MAX_DETAIL = 32_768
_MAX_SUBJECT = 256


class Sink(Protocol):
    """Stores an event durably, or raises `Rejected` with 503."""

    def put(self, message: dict[str, Any], now: float) -> None:
        """Store *message*; doing it twice does no harm."""


def message_of(site: str, receipt: str, event: Event, now: float) -> dict[str, Any]:
    """Return the one message that every consumer of events reads.

    Raises:
        TypeError, ValueError: The adapter's detail is not JSON.
    """
    detail = dict(event.detail)
    if len(json.dumps(detail, allow_nan=False)) > MAX_DETAIL:
        detail = {}
    body = {
        "id": receipt,
        "provider": event.provider,
        "key": event.key,
        "type": event.type,
        "build": event.build,
        "subject": event.subject[:_MAX_SUBJECT],
        "detail": detail,
        "received": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
    }
    return {"site": site, "event": body}


@dataclass(frozen=True)
class QueueSink:
    """Direct mode: an event that needs a build goes onto the build queue."""

    queue_url: str
    clients: Callable[[str], Any] = client

    def put(self, message: dict[str, Any], now: float) -> None:
        """Put *message* onto the queue when a build must follow."""
        if not message["event"]["build"]:
            return
        try:
            self.clients("sqs").send_message(QueueUrl=self.queue_url, MessageBody=json.dumps(message))
        except failures() as error:
            raise Rejected(503, "queue-unavailable") from error


@dataclass(frozen=True)
class BusSink:
    """Event-driven mode: the events table first, then the bus.

    Every event goes onto the bus, for whoever listens; the rule that feeds the
    build queue picks those with ``event.build``.
    """

    table: str
    bus: str
    clients: Callable[[str], Any] = client

    def put(self, message: dict[str, Any], now: float) -> None:
        """Store *message*, then announce it."""
        event = message["event"]
        item = {key: {"S": value} for key, value in event.items() if isinstance(value, str)}
        item["site"] = {"S": message["site"]}
        item["build"] = {"BOOL": event["build"]}
        item["detail"] = {"S": json.dumps(event["detail"])}
        item["expires"] = {"N": str(int(now) + KEEP_SECONDS)}
        try:
            self.clients("dynamodb").put_item(TableName=self.table, Item=item)
        except failures() as error:
            raise Rejected(503, "events-unavailable") from error
        self._announce(message)

    def _announce(self, message: dict[str, Any]) -> None:
        entry = {
            "Source": SOURCE,
            "DetailType": message["event"]["type"],
            "Detail": json.dumps(message),
            "EventBusName": self.bus,
        }
        try:
            answer = self.clients("events").put_events(Entries=[entry])
        except failures() as error:
            raise Rejected(503, "bus-unavailable") from error
        # A refused entry is no exception here.
        if answer.get("FailedEntryCount"):
            raise Rejected(503, "bus-unavailable")
