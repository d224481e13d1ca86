"""An embedded AWS for each worker, and a site's event layer in it for each test."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from platform_core.runtime.plugs import Adapter
from platform_core.runtime.router import Provider, Router, Settings

SECRET = "a-signing-secret"
NOW = 1_800_000_000.0
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "000000000000",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
}


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """Return the first true value of *condition*, or fail after *seconds*."""
    pause = threading.Event()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        pause.wait(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} seconds")


@pytest.fixture(scope="session", name="wait_for")
def _wait_for() -> Callable[..., Any]:
    return wait_for


@pytest.fixture(scope="session", name="aws_environment")
def _aws_environment() -> Iterator[dict[str, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = CREDENTIALS | {"AWS_ENDPOINT_URL": url}
    server = subprocess.Popen(
        [sys.executable, "-m", "ministack"],
        env=os.environ
        | environment
        | {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "PERSIST_STATE": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(lambda: _answers(f"{url}/_ministack/ready"), "the embedded AWS")
        yield environment
    finally:
        # Its Lambda workers are children of it, in its own process group.
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(10)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session", name="clients")
def _clients(aws_environment: dict[str, str]) -> Callable[[str], Any]:
    @functools.cache
    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=aws_environment["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    return client


@dataclass
class Faults:
    """Stands before the clients and fails chosen calls, as AWS would."""

    real: Callable[[str], Any]
    planned: dict[str, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def fail(self, operation: str, times: int = 1) -> None:
        """Fail the next *times* calls of *operation*, for example ``sqs.send_message``."""
        self.planned[operation] = times

    def __call__(self, service: str) -> Any:
        """Return the client of *service*, with the faults before it."""
        return _Proxy(self, service)


@dataclass
class _Proxy:
    faults: Faults
    service: str

    def __getattr__(self, name: str) -> Any:
        operation = f"{self.service}.{name}"

        def call(**arguments: Any) -> Any:
            self.faults.calls.append(operation)
            if self.faults.planned.get(operation, 0) > 0:
                self.faults.planned[operation] -= 1
                raise ClientError({"Error": {"Code": "InternalServerError", "Message": "a private text"}}, name)
            return getattr(self.faults.real(self.service), name)(**arguments)

        return call


def sign(body: bytes, secret: str = SECRET, at: float = NOW) -> dict[str, str]:
    signed = b"%d." % at + body
    mac = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return {"note-signature": f"t={int(at)},v1={mac}"}


def http_event(
    body: bytes | str | None,
    headers: dict[str, str] | None = None,
    *,
    provider: str = "signed",
    method: str = "POST",
    as_base64: bool = False,
) -> dict[str, Any]:
    """Return what API Gateway hands to a function, payload format 2.0."""
    if isinstance(body, bytes):
        body = base64.b64encode(body).decode() if as_base64 else body.decode()
    return {
        "version": "2.0",
        "routeKey": "POST /_platform/webhooks/{provider}",
        "rawPath": f"/_platform/webhooks/{provider}",
        "headers": {"content-type": "application/json"} | (headers or {}),
        "requestContext": {"http": {"method": method}, "requestId": "r"},
        "body": body,
        "isBase64Encoded": as_base64,
    }


@dataclass
class World:
    """One site's event layer: real tables, queue, bus and secret, and a router before them."""

    settings: Settings
    queue: str
    clients: Callable[[str], Any]
    faults: Faults
    load: Callable[[str], Adapter]
    now: float = NOW

    def __post_init__(self) -> None:
        self.router = self.new_router()

    def new_router(self) -> Router:
        """Return a router as a fresh function would have it, with nothing kept."""
        return Router(self.settings, clients=self.faults, load=self.load, clock=lambda: self.now)

    def send(self, event: dict[str, Any]) -> tuple[int, str, str]:
        """Return code, status and reference of the router's answer."""
        answer = self.router(event)
        body = json.loads(answer["body"])
        assert set(body) == {"status", "reference"}
        return answer["statusCode"], body["status"], body["reference"]

    def post(
        self, payload: Any, headers: dict[str, str] | None = None, *, secret: str = SECRET, at: float | None = None
    ) -> tuple[int, str, str]:
        """Send *payload* signed, with *headers* laid over the signed ones."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        event = self.signed_event(body, headers, secret=secret, at=self.now if at is None else at)
        return self.send(event)

    def signed_event(
        self, body: bytes, headers: dict[str, str] | None = None, *, secret: str = SECRET, at: float = NOW
    ) -> dict[str, Any]:
        """Return a request with *body* and its signature, as API Gateway hands it over."""
        return http_event(body, sign(body, secret, at) | (headers or {}), as_base64=True)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return every item of *table*."""
        items: list[dict[str, Any]] = self.clients("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
        return items

    @property
    def receipts(self) -> list[dict[str, Any]]:
        """The items of the receipts table."""
        return self.rows(self.settings.receipts)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The items of the events table; none in direct mode."""
        return self.rows(self.settings.events) if self.settings.events else []

    def queued(self) -> int:
        """Return how many messages the queue holds."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        got = self.clients("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)["Attributes"]
        return sum(int(got[name]) for name in names)

    def drain(self) -> list[dict[str, Any]]:
        """Take every message off the queue, as SQS would hand it to a function."""
        found: list[dict[str, Any]] = []
        while messages := self._receive():
            found += messages
        return found

    def _receive(self) -> list[dict[str, Any]]:
        sqs = self.clients("sqs")
        got = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, AttributeNames=["All"])
        messages = got.get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [
            {"messageId": item["MessageId"], "body": item["Body"], "attributes": item["Attributes"]}
            for item in messages
        ]

    def state(self) -> tuple[Any, ...]:
        """Return everything that a request could change, to compare."""
        return (self.receipts, self.events, self.queued())


@pytest.fixture(scope="session", name="signed_file")
def _signed_file() -> Path:
    return Path(__file__).with_name("data") / "signed.py"


def module_of(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", name="make_world")
def _make_world(clients: Callable[[str], Any], signed_file: Path) -> Callable[..., World]:
    def make(mode: str = "event-driven", adapters: dict[str, Any] | None = None) -> World:
        name = f"acme-{uuid.uuid4().hex[:8]}"
        queue = clients("sqs").create_queue(QueueName=name)["QueueUrl"]
        clients("secretsmanager").create_secret(Name=f"{name}/signed", SecretString=SECRET)
        _table(clients, f"{name}-receipts")
        modules = {"signed": module_of(signed_file)} | (adapters or {})
        places = {"queue": queue} if mode == "direct" else _event_driven(clients, name, queue)
        settings = Settings(
            site=name,
            providers={key: Provider(f"{name}/signed", {"branch": "main"}) for key in modules},
            receipts=f"{name}-receipts",
            **places,
        )
        return World(settings, queue, clients, Faults(clients), lambda provider: Adapter(modules[provider]))

    return make


def _table(clients: Callable[[str], Any], name: str) -> None:
    clients("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _event_driven(clients: Callable[[str], Any], name: str, queue: str) -> dict[str, str]:
    _table(clients, f"{name}-events")
    events = clients("events")
    events.create_event_bus(Name=name)
    pattern = {"source": ["platform.webhooks"], "detail": {"event": {"build": [True]}}}
    events.put_rule(Name="build", EventBusName=name, EventPattern=json.dumps(pattern))
    arn = clients("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_targets(Rule="build", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
    return {"events": f"{name}-events", "bus": name}


@pytest.fixture(name="world")
def _world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture(scope="session", name="shared_world")
def _shared_world(make_world: Callable[..., World]) -> World:
    """A world for properties, which try many examples."""
    return make_world()


@pytest.fixture(scope="session", name="http_event")
def _http_event() -> Callable[..., dict[str, Any]]:
    return http_event


@pytest.fixture(scope="session", name="sign")
def _sign() -> Callable[..., dict[str, str]]:
    return sign
