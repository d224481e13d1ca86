"""The webhook router: a Lambda function behind an API Gateway HTTP API.

Route ``POST /_platform/webhooks/{provider}``, payload format 2.0, handler
``platform_core.runtime.router.handler``. A request passes, in this order: known
provider, method, size, content type, signature, replay window, JSON, idempotency,
storage. Only then is it acknowledged. Whatever fails after the signature was
found good answers 503 and gives the claim back, so that the next try gets through.

The event's key comes from the adapter's ``normalize``, so that runs just before
the receipt is claimed. It changes nothing, and nothing of it is kept without a claim.

Environment:

    SITE              the client's id
    ADAPTERS          JSON: {"<provider>": {"secret": "<name>", "config": {"<name>": "<value>"}}}
    RECEIPTS_TABLE    key ``id`` (string), TTL attribute ``expires``
    EVENTS_TABLE      event-driven mode: key ``id`` (string), TTL attribute ``expires``
    BUS_NAME          event-driven mode: the bus that events are announced on
    QUEUE_URL         direct mode: the build queue; instead of the two above

Answers are ``{"status": ..., "reference": ...}``: accepted, recorded (no build
follows) or ignored with 202, or the 200 that a provider insists on; duplicate 409, or
200 where a provider would try again for ever; refused 400, 401, 404, 405, 413 or 415; unavailable 503. After success the
reference is that of the log line, else it names the cause.

It needs: secretsmanager:GetSecretValue on the named secrets; dynamodb:PutItem,
UpdateItem and DeleteItem on the receipts table; and dynamodb:PutItem on the events
table with events:PutEvents on the bus, or sqs:SendMessage on the queue. Its timeout
must be below `receipts.LEASE_SECONDS`.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_core.runtime import gateway, journal, plugs, strict
from platform_core.runtime.adapter import Event, Rejected, Request
from platform_core.runtime.clients import client
from platform_core.runtime.receipts import Receipts, receipt_id
from platform_core.runtime.secret_values import Secrets
from platform_core.runtime.sinks import BusSink, QueueSink, Sink, message_of

__all__ = ["Provider", "Router", "Settings", "handler"]


@dataclass(frozen=True)
class Provider:
    """What the site says of one provider: the secret's name, and plain values."""

    secret: str
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Settings:
    """The environment of the function, read once.

    Attributes:
        events: The events table; empty in direct mode.
        bus: The bus; empty in direct mode.
        queue: The build queue; empty in event-driven mode.
    """

    site: str
    providers: Mapping[str, Provider]
    receipts: str
    events: str = ""
    bus: str = ""
    queue: str = ""

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check the environment.

        Raises:
            ValueError: A variable is missing or malformed.
        """
        rows = json.loads(environ.get("ADAPTERS", "null"))
        if not isinstance(rows, dict):
            raise ValueError("ADAPTERS is not a JSON object")  # noqa: TRY004 - its text is what is wrong
        settings = cls(
            site=environ.get("SITE", ""),
            providers={name: _provider(name, row) for name, row in rows.items()},
            receipts=environ.get("RECEIPTS_TABLE", ""),
            events=environ.get("EVENTS_TABLE", ""),
            bus=environ.get("BUS_NAME", ""),
            queue=environ.get("QUEUE_URL", ""),
        )
        if not (settings.site and settings.receipts):
            raise ValueError("SITE and RECEIPTS_TABLE are needed")
        if bool(settings.events) != bool(settings.bus) or bool(settings.bus) == bool(settings.queue):
            raise ValueError("either EVENTS_TABLE with BUS_NAME, or QUEUE_URL, is needed")
        return settings


def _provider(name: str, row: Any) -> Provider:
    if not re.fullmatch(gateway.PROVIDER, name) or not isinstance(row, dict) or not row.get("secret"):
        raise ValueError(f"ADAPTERS: {name!r} is not a provider with a secret")
    config = row.get("config") or {}
    return Provider(str(row["secret"]), {str(key): str(value) for key, value in config.items()})


@dataclass
class _Visit:
    """What the log may know of a request; filled in on the way through."""

    provider: str = ""
    size: int = 0
    receipt: str = ""
    duplicate: int = 409


class Router:
    """Takes requests for one site."""

    def __init__(
        self,
        settings: Settings,
        *,
        clients: Callable[[str], Any] = client,
        load: Callable[[str], plugs.Adapter] = plugs.load,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._load = functools.cache(load)
        self._clock = clock
        self._secrets = Secrets(clients, clock)
        self._receipts = Receipts(settings.receipts, clients, clock)
        self._sink: Sink = (
            QueueSink(settings.queue, clients) if settings.queue else BusSink(settings.events, settings.bus, clients)
        )

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request."""
        visit = _Visit()
        started = time.perf_counter()
        cause: BaseException | None = None
        try:
            code, status = self._take(event, visit)
            reference = _reference(visit.receipt)
        except Rejected as refused:
            code, reference, cause = refused.status, refused.reference, refused.__cause__
            status = {409: "duplicate", 503: "unavailable"}.get(code, "refused")
            code = visit.duplicate if code == 409 else code
        journal.write(
            "error" if code == 503 else "info",
            "webhook",
            site=self._settings.site,
            provider=visit.provider,
            code=code,
            status=status,
            reference=reference,
            receipt=_reference(visit.receipt),
            bytes=visit.size,
            milliseconds=round((time.perf_counter() - started) * 1000),
            **journal.fault(cause),
        )
        return gateway.answer(code, status, reference)

    def _take(self, event: Mapping[str, Any], visit: _Visit) -> tuple[int, str]:
        name = gateway.provider_of(event)
        provider = self._settings.providers.get(name)
        if provider is None:
            raise Rejected(404, "unknown-provider")
        visit.provider = name
        if gateway.method_of(event) != "POST":
            raise Rejected(405, "method-not-allowed")
        adapter = self._load(name)
        visit.duplicate = adapter.duplicate
        headers = gateway.headers_of(event)
        body = gateway.body_of(event, headers, adapter.max_bytes)
        visit.size = len(body)
        gateway.check_type(headers)
        request = gateway.request_of(name, headers, body, self._clock())
        self._verify(adapter, request, provider)
        adapter.check_time(request)
        payload = _parse(body)
        return adapter.accepted, self._store(adapter.normalize(request, payload, provider.config), request, visit)

    def _verify(self, adapter: plugs.Adapter, request: Request, provider: Provider) -> None:
        secrets = self._secrets.get(provider.secret)
        try:
            adapter.verify(request, secrets, provider.config)
        except Rejected as refused:
            newer = self._secrets.newer(provider.secret) if refused.status == 401 else None
            if newer is None:
                raise
            adapter.verify(request, newer, provider.config)

    def _store(self, event: Event | None, request: Request, visit: _Visit) -> str:
        if event is None:
            # It has no key of its own; the same bytes once more are the same event.
            visit.receipt = receipt_id(visit.provider, f"sha256:{hashlib.sha256(request.body).hexdigest()}")
            with self._receipts.once(visit.receipt, "ignored"):
                return "ignored"
        visit.receipt = receipt_id(visit.provider, event.key)
        outcome = "accepted" if event.build else "recorded"
        event = dataclasses.replace(event, provider=visit.provider)
        with self._receipts.once(visit.receipt, outcome):
            try:
                message = message_of(self._settings.site, visit.receipt, event, request.now)
            except (TypeError, ValueError) as error:
                raise Rejected(503, "adapter-fault") from error
            self._sink.put(message, request.now)
        return outcome


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Answer a request that API Gateway hands over."""
    try:
        router = _router()
    except ValueError as error:
        journal.write(
            "error", "webhook", code=503, status="unavailable", reference="not-configured", **journal.fault(error)
        )
        return gateway.answer(503, "unavailable", "not-configured")
    return router(event)


@functools.cache
def _router() -> Router:
    return Router(Settings.read(os.environ))


def _parse(body: bytes) -> Any:
    try:
        return strict.loads(body)
    except ValueError:
        raise Rejected(400, "bad-json") from None


def _reference(receipt: str) -> str:
    """Name a receipt without its key, which is the provider's."""
    return hashlib.sha256(receipt.encode()).hexdigest()[:16] if receipt else ""
