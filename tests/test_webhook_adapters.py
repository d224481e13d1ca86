"""Every installed webhook adapter, through the real router in the embedded AWS.

Adapters are found through the plugins. What needs no good signature runs on all of
them; the rest runs on those for which `PROVIDERS` says how requests are signed, written
from the providers' documents and checked against collected vectors.
"""

from __future__ import annotations

import ast
import atexit
import base64
import dataclasses
import functools
import hashlib
import hmac
import json
import os
import re
import shutil
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings

from platform_core.contributions import WebhookAdapter
from platform_core.runtime.adapter import Event, Rejected, Request
from platform_core.runtime.plugs import Adapter
from platform_core.runtime.router import Provider, Router, Settings
from platform_testing.distributions import install_fakes
from platform_testing.embedded import EmbeddedAws, embedded_aws
from platform_testing.webhooks import (
    NOW,
    InstalledAdapter,
    WebhookConformance,
    alien_requests,
    forgeries,
    installed_adapters,
    load,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SECRET = "Qx" * 32
PERSON = "ada.lovelace@acme.example"


def mac(secret: str, message: bytes) -> bytes:
    """Return an HMAC-SHA256."""
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


class GitHub(WebhookConformance):
    """A push to the branch of the site."""

    provider = "github"
    headers: ClassVar = {"x-github-event": "push"}
    body = json.dumps(
        {
            "ref": "refs/heads/main",
            "after": "a" * 40,
            "commits": [],
            "repository": {"full_name": "acme/website"},
            "pusher": {"email": PERSON},
        }
    ).encode()

    @classmethod
    def sign(cls, body: bytes, secret: str, at: float) -> Mapping[str, str]:
        """Sign the body, in hexadecimal."""
        return {"x-hub-signature-256": "sha256=" + mac(secret, body).hex()}


class Sanity(WebhookConformance):
    """A post that was published."""

    provider = "sanity"
    body = json.dumps(
        {"_id": "post-1", "_type": "post", "_rev": "r1", "operation": "update", "author": PERSON}
    ).encode()

    @classmethod
    def sign(cls, body: bytes, secret: str, at: float) -> Mapping[str, str]:
        """Sign time and body, in base64url without padding."""
        time = str(int(at * 1000))
        digest = base64.urlsafe_b64encode(mac(secret, f"{time}.".encode() + body)).decode().rstrip("=")
        return {"sanity-webhook-signature": f"t={time},v1={digest}"}


class Contentful(WebhookConformance):
    """An entry that was published; its type of content is one that ends in +json."""

    provider = "contentful"
    headers: ClassVar = {
        "content-type": "application/vnd.contentful.management.v1+json",
        "x-contentful-topic": "ContentManagement.Entry.publish",
    }
    body = json.dumps({"sys": {"type": "Entry", "id": "x", "version": 2}, "fields": {"mail": {"en": PERSON}}}).encode()

    @classmethod
    def sign(cls, body: bytes, secret: str, at: float) -> Mapping[str, str]:
        """Sign method, path, the named headers and the body."""
        names = "content-type,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic"
        found = {**cls.headers, "x-contentful-signed-headers": names, "x-contentful-timestamp": str(int(at * 1000))}
        lines = ";".join(f"{name}:{found[name]}" for name in names.split(","))
        message = f"POST\n/_platform/webhooks/contentful\n{lines}\n".encode() + body
        signed = {name: found[name] for name in ("x-contentful-signed-headers", "x-contentful-timestamp")}
        return {**signed, "x-contentful-signature": mac(secret, message).hex()}


class TinaCloud(WebhookConformance):
    """A change of content; what proves it is a header that the project was told to send."""

    provider = "tinacloud"
    covers_body = False
    body = json.dumps(
        {"type": "content.modified", "branch": "main", "eventId": "e1", "paths": ["a.md"], "by": PERSON}
    ).encode()

    @classmethod
    def sign(cls, body: bytes, secret: str, at: float) -> Mapping[str, str]:
        """Send the secret itself."""
        return {"x-platform-token": secret}


class Foxy(WebhookConformance):
    """An order."""

    provider = "foxy"
    headers: ClassVar = {"foxy-webhook-event": "transaction/created"}
    body = json.dumps({"id": 1, "customer_email": PERSON}).encode()

    @classmethod
    def sign(cls, body: bytes, secret: str, at: float) -> Mapping[str, str]:
        """Sign the body, in hexadecimal."""
        return {"foxy-webhook-signature": mac(secret, body).hex()}


class Shopify(WebhookConformance):
    """A product that changed."""

    provider = "shopify"
    headers: ClassVar = {"x-shopify-topic": "products/update", "x-shopify-shop-domain": "acme.myshopify.com"}
    body = json.dumps({"id": 820982911946154508, "title": "Shirt", "variants": [], "email": PERSON}).encode()

    @classmethod
    def sign(cls, body: bytes, secret: str, at: float) -> Mapping[str, str]:
        """Sign the body, in base64."""
        return {"x-shopify-hmac-sha256": base64.b64encode(mac(secret, body)).decode()}


class Memory(WebhookConformance):
    """An event of the reference CMS."""

    provider = "memory"
    body = json.dumps({"id": "1", "author": PERSON}).encode()

    @classmethod
    def sign(cls, body: bytes, secret: str, at: float) -> Mapping[str, str]:
        """Sign the body, in hexadecimal."""
        return {"x-memory-signature": mac(secret, body).hex()}


PROVIDERS = {item.provider: item for item in (Contentful, Foxy, GitHub, Memory, Sanity, Shopify, TinaCloud)}
SNIPCART = {
    "eventName": "order.completed",
    "createdOn": "2026-11-23T10:00:00Z",
    "content": {"token": "t", "email": PERSON},
}


@functools.cache
def looked() -> tuple[Mapping[str, InstalledAdapter], Mapping[str, str]]:
    """Find the adapters once; the reference plugins stand on the path for that long."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(install_fakes(folder / "plugins")))
        (folder / "site").mkdir()
        found, faults = installed_adapters(folder / "site")
    return {item.adapter.provider: item for item in found}, faults


def installed() -> Mapping[str, InstalledAdapter]:
    """Return provider -> adapter."""
    return looked()[0]


@pytest.fixture(name="adapter", params=sorted(installed()))
def _adapter(request: pytest.FixtureRequest) -> WebhookAdapter:
    return installed()[request.param].adapter


@pytest.fixture(name="signer", params=sorted(set(PROVIDERS) & set(installed())))
def _signer(request: pytest.FixtureRequest) -> type[WebhookConformance]:
    """How one provider's requests are made, with the adapter that is installed for it."""
    found = PROVIDERS[request.param]
    found.module = load(installed()[request.param].adapter.module)
    return found


@pytest.fixture(name="realdata")
def _realdata(request: pytest.FixtureRequest) -> Path:
    """The folder of public files; the test is skipped without it."""
    folder = Path(os.environ.get("PLATFORM_DATA") or request.config.rootpath.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the public files are not at {folder}; set PLATFORM_DATA")
    return folder


@pytest.fixture(name="aws", scope="module")
def _aws() -> Iterator[EmbeddedAws]:
    with embedded_aws() as aws:
        aws.client("secretsmanager").create_secret(Name="webhooks", SecretString=SECRET)
        yield aws


class Layer:
    """The router of one site in one mode, with real tables, bus and queue."""

    def __init__(self, aws: EmbeddedAws, mode: str, provider: str, module: Any, config: Mapping[str, str]) -> None:
        self.name = f"s{uuid.uuid4().hex[:10]}"
        self.aws = aws
        self.queue = aws.client("sqs").create_queue(QueueName=self.name)["QueueUrl"]
        self.event_driven = mode == "event-driven"
        places = {"queue": self.queue}
        self._table(f"{self.name}-receipts")
        if self.event_driven:
            self._table(f"{self.name}-events")
            self._bus()
            places = {"events": f"{self.name}-events", "bus": self.name}
        known = Settings(self.name, {provider: Provider("webhooks", config)}, f"{self.name}-receipts", **places)
        clients = functools.cache(aws.client)
        self.now = NOW
        self.router = Router(known, clients=clients, load=lambda _: Adapter(module), clock=lambda: self.now)

    def _table(self, name: str) -> None:
        self.aws.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def _bus(self) -> None:
        events = self.aws.client("events")
        events.create_event_bus(Name=self.name)
        pattern = {"source": ["platform.webhooks"], "detail": {"event": {"build": [True]}}}
        events.put_rule(Name="builds", EventBusName=self.name, EventPattern=json.dumps(pattern))
        found = self.aws.client("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])
        target = {"Id": "queue", "Arn": found["Attributes"]["QueueArn"]}
        events.put_targets(Rule="builds", EventBusName=self.name, Targets=[target])

    def send(self, request: Request, *, as_base64: bool = True) -> tuple[int, str, str]:
        """Send a request as API Gateway hands it over; return code, status and reference."""
        body = base64.b64encode(request.body).decode() if as_base64 else request.body.decode()
        event = {
            "version": "2.0",
            "rawPath": request.path,
            "headers": dict(request.headers),
            "requestContext": {"http": {"method": request.method}},
            "body": body,
            "isBase64Encoded": as_base64,
        }
        answer = self.router(event)
        found = json.loads(answer["body"])
        assert set(found) == {"status", "reference"}
        return answer["statusCode"], found["status"], found["reference"]

    def rows(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self.aws.client("dynamodb").scan(TableName=f"{self.name}-{table}", ConsistentRead=True)["Count"])

    def queued(self) -> int:
        """Count the messages on the queue."""
        name = "ApproximateNumberOfMessages"
        found = self.aws.client("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=[name])
        return int(found["Attributes"][name])


def config_of(provider: str) -> Mapping[str, str]:
    """Return an adapter's configuration as a site gives it, without what narrows events down."""
    config = dict(installed()[provider].adapter.config)
    for narrow in (
        "repository",
        "branch",
        "folder",
        "client_id",
        "shop",
        "space",
        "environment",
        "project",
        "dataset",
        "types",
    ):
        config.pop(narrow, None)
    return config


@pytest.mark.parametrize("mode", ["direct", "event-driven"])
def test_a_signed_request_is_taken_once_and_forged_ones_never(
    aws: EmbeddedAws, signer: type[WebhookConformance], mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In both modes the same checks, one receipt, one message; and nothing private in answers and log."""
    layer = Layer(aws, mode, signer.provider, signer.module, config_of(signer.provider))
    good = signer.request(secret=SECRET)
    said = [layer.send(bad) for _, bad in forgeries(good, signer.names(), covers_body=signer.covers_body)]
    assert {code for code, *_ in said} <= {400, 401, 413, 415}
    assert (layer.rows("receipts"), layer.queued()) == (0, 0)
    code, status, reference = layer.send(good)
    assert (code, status in {"accepted", "recorded"}) == (Adapter(signer.module).accepted, True)
    again = layer.send(good, as_base64=False)
    assert again[1:] == ("duplicate", "duplicate")
    assert again[0] in {409, 200}
    assert layer.rows("receipts") == 1
    assert layer.queued() == (status == "accepted")
    if layer.event_driven:
        assert layer.rows("events") == 1
    told = capsys.readouterr().out + repr(said) + reference
    private = [SECRET, PERSON, *(good.headers[name] for name in signer.names() if len(good.headers[name]) > 20)]
    assert not [item for item in private if item in told]


def test_what_is_no_event_is_refused_before_anything_is_stored(
    aws: EmbeddedAws, signer: type[WebhookConformance]
) -> None:
    """Size, type of content, method, address and JSON, each with its status, and no receipt."""
    layer = Layer(aws, "direct", signer.provider, signer.module, config_of(signer.provider))
    good = signer.request(secret=SECRET)
    large = b'{"a": "' + b"x" * Adapter(signer.module).max_bytes + b'"}'
    answers = {
        "size": layer.send(signer.request(large, secret=SECRET))[0],
        "declared size": layer.send(replace(good, headers={**good.headers, "content-length": str(2**30)}))[0],
        "type": layer.send(replace(good, headers={**good.headers, "content-type": "text/plain"}))[0],
        "method": layer.send(replace(good, method="GET"))[0],
        "address": layer.send(replace(good, path="/_platform/webhooks/nobody"))[0],
        "JSON": layer.send(signer.request(b'{"a": 1, "a": 2}', secret=SECRET))[0],
    }
    wanted = {"size": 413, "declared size": 413, "type": 415, "method": 405, "address": 404, "JSON": 400}
    assert answers == wanted
    assert (layer.rows("receipts"), layer.queued()) == (0, 0)


def test_a_failure_after_the_signature_loses_nothing(aws: EmbeddedAws, signer: type[WebhookConformance]) -> None:
    """Where the queue is gone the answer is 503; once it is back the same request is taken."""
    layer = Layer(aws, "direct", signer.provider, signer.module, config_of(signer.provider))
    events = [dataclasses.replace(made, build=True) for made in [_event_of(signer)]]
    broken = type("module", (), {**vars(signer.module), "normalize": staticmethod(lambda *_: events[0])})
    clients = functools.cache(aws.client)
    known = Settings(
        layer.name, {signer.provider: Provider("webhooks", {})}, f"{layer.name}-receipts", queue=f"{layer.queue}-gone"
    )
    working = layer.router
    layer.router = Router(known, clients=clients, load=lambda _: Adapter(broken), clock=lambda: NOW)
    request = signer.request(secret=SECRET)
    assert layer.send(request) == (503, "unavailable", "queue-unavailable")
    assert layer.rows("receipts") == 0
    layer.router = working
    assert layer.send(request)[0] == Adapter(signer.module).accepted


def _event_of(signer: type[WebhookConformance]) -> Event:
    config = config_of(signer.provider)
    found = Adapter(signer.module).normalize(signer.request(secret=SECRET), json.loads(signer.body), config)
    assert found
    return found


def test_an_adapter_needs_the_standard_library_only(adapter: WebhookAdapter) -> None:
    """It runs in Lambda with nothing beside it but the contract."""
    tree = ast.parse(adapter.module.read_text("utf-8"))
    names = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names} == {
        "platform_core.runtime.adapter"
    }


def test_secrets_are_compared_in_constant_time(adapter: WebhookAdapter) -> None:
    """What compares a signature is `hmac.compare_digest`; the one provider without a secret to compare is asked."""
    source = adapter.module.read_text("utf-8")
    (verify,) = [node for node in ast.parse(source).body if getattr(node, "name", "") == "verify"]
    compared = {
        name.id
        for node in ast.walk(verify)
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    }
    assert not compared & {"given", "signature", "digest", "secret", "expected", "mac", "key"}
    assert ("compare_digest" in source) == (adapter.provider != "snipcart")


def test_what_is_stored_names_no_person(aws: EmbeddedAws, signer: type[WebhookConformance]) -> None:
    """The event that is kept for ninety days, and its receipt, hold nothing of a customer or an author."""
    layer = Layer(aws, "event-driven", signer.provider, signer.module, config_of(signer.provider))
    layer.send(signer.request(secret=SECRET))
    for table in ("events", "receipts"):
        rows = aws.client("dynamodb").scan(TableName=f"{layer.name}-{table}", ConsistentRead=True)["Items"]
        assert rows
        assert not re.search("lovelace|@acme", json.dumps(rows), re.IGNORECASE)


def test_strangers_are_refused_by_every_adapter(adapter: WebhookAdapter) -> None:
    """Any bytes and headers raise nothing but a refusal, with secrets and without."""
    module = load(adapter.module)
    known = PROVIDERS.get(adapter.provider)
    names = (
        known(  # its headers, or those that its source names
        ).names()
        if known
        else sorted(_named_headers(adapter.module))
    )
    # Nobody is asked whether a request is genuine: nothing listens there.
    config = {**adapter.config, "validation_url": "http://127.0.0.1:9/validation"}

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(alien_requests(adapter.provider, names))
    def refuse(request: Request) -> None:
        for secrets in ((), (SECRET,)):
            with pytest.raises(Rejected) as caught:
                module.verify(request, secrets, config)
            assert caught.value.status in {400, 401, 413, 415, 503}

    refuse()


def _named_headers(path: Path) -> set[str]:

    return {
        name.lower()
        for name in re.findall(r"[\"'](x-[a-z0-9-]+|[a-z-]*signature[a-z-]*)[\"']", path.read_text("utf-8"))
    }


def test_every_plugin_tells_its_adapter() -> None:
    """None is left out because it does not compose."""
    assert looked()[1] == {}


def test_every_adapter_is_tested_with_good_signatures() -> None:
    """A provider that signs has a row in `PROVIDERS`; Snipcart signs nothing, and has tests of its own below."""
    assert set(installed()) - set(PROVIDERS) == {"snipcart"}


@contextmanager
def validation(token: str) -> Iterator[str]:
    """Stand in for Snipcart's API, which vouches for a token once; it can't be reached from a test."""
    left = {token}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.path.rpartition("/")[2]
            known = self.headers["Authorization"] == "Basic " + base64.b64encode(f"{SECRET}:".encode()).decode()
            genuine = known and asked in left
            left.discard(asked)
            self.send_response(200 if genuine else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/validation"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@pytest.mark.parametrize("mode", ["direct", "event-driven"])
def test_snipcart_is_asked_once_and_a_token_serves_once(aws: EmbeddedAws, mode: str) -> None:
    """A token that Snipcart knows lets one request in; the same one again, or another, none."""
    module = load(installed()["snipcart"].adapter.module)
    body = json.dumps(SNIPCART).encode()
    headers: ClassVar = {"content-type": "application/json", "x-snipcart-requesttoken": "genuine-token"}
    good = Request("POST", "/_platform/webhooks/snipcart", headers, body, NOW)
    with validation("genuine-token") as address:
        config = {"validation_url": address, "rebuild_on_order": "true"}
        layer = Layer(aws, mode, "snipcart", module, config)
        for bad in ("", "forged", "../x", "genuine-token,genuine-token"):
            refused = Request("POST", good.path, {**headers, "x-snipcart-requesttoken": bad}, body, NOW)
            assert layer.send(refused)[0] == 401
        assert layer.send(good)[:2] == (200, "accepted")
        assert layer.send(good)[0] == 401
    assert (layer.rows("receipts"), layer.queued()) == (1, 1)
    assert layer.send(good)[0] == 503


@pytest.mark.realdata
def test_every_collected_vector(realdata: Path, aws: EmbeddedAws, capsys: pytest.CaptureFixture[str]) -> None:
    """Each row whose provider has an adapter gets past the check of its signature in the router, and changed never."""
    rows = json.loads((realdata / "vectors.json").read_text("utf-8"))["vectors"]
    none: list[str] = []
    ran = 0
    for row in rows:
        if row["provider"] not in installed():
            none.append(f"{row['id']} ({row['provider']})")
            continue
        ran += 1
        for send in (_through_the_router, _through_the_adapter):
            send(aws, row)
    capsys.readouterr()
    print(f"{ran} rows ran; {len(none)} had no adapter: {', '.join(none)}")
    assert ran >= 18
    assert {item.partition("(")[2] for item in none} <= {"foxy-cart-link)", "standard-webhooks)", "stripe-shape)"}


def _request_of(row: Mapping[str, Any]) -> Request:
    """Make a collected row into the request that it was."""
    known = PROVIDERS[row["provider"]]
    asked = row.get("request", {})
    body = (asked.get("body") if asked else row["body"]) or ""
    headers: ClassVar = {name.lower(): value for name, value in asked.get("headers", {}).items()}
    headers |= {name.lower(): value for name, value in row.get("headers", {}).items()}
    if "header" in row and "headers" not in row:
        headers[row["header"].lower()] = row["signature"]
    at = row.get("timestamp_ms", NOW * 1000) / 1000
    # Contentful's canonical form has the path as it is signed.
    path = row["canonical"].split("\n")[1] if "canonical" in row else f"/_platform/webhooks/{known.provider}"
    return Request(asked.get("method", "POST"), path, headers, body.encode(), at)


def _through_the_adapter(_: EmbeddedAws, row: Mapping[str, Any]) -> None:
    adapter = Adapter(load(installed()[row["provider"]].adapter.module))
    request = _request_of(row)
    adapter.verify(request, [row["secret"]], {})
    adapter.check_time(request)
    for _, bad in forgeries(request, [], covers_body=bool(request.body)):
        with pytest.raises(Rejected):
            adapter.verify(bad, [row["secret"]], {})


def _through_the_router(aws: EmbeddedAws, row: Mapping[str, Any]) -> None:
    module = load(installed()[row["provider"]].adapter.module)
    layer = Layer(aws, "direct", row["provider"], module, {})
    aws.client("secretsmanager").put_secret_value(SecretId="webhooks", SecretString=row["secret"])
    try:
        request = _request_of(row)
        layer.now = request.now
        here = f"/_platform/webhooks/{row['provider']}"
        headers = {"content-type": "application/json", **request.headers}
        code, _, reference = layer.send(Request("POST", here, headers, request.body, request.now))
        if request.path == here:
            # 400 is of the time after the signature: the body is no JSON, or no event.
            assert code in {200, 202, 400}, (row["id"], code, reference)
        else:
            # It was signed for another path, which the signature covers.
            assert (code, reference) == (401, "signature-mismatch")
        body = request.body + b" "
        assert layer.send(Request("POST", here, headers, body, request.now))[0] == 401
    finally:
        aws.client("secretsmanager").put_secret_value(SecretId="webhooks", SecretString=SECRET)


def test_the_kit_finds_a_lenient_adapter(signer: type[WebhookConformance]) -> None:
    """An adapter that lets everything in fails the kit, so that the kit can fail."""

    class Lenient(signer):  # type: ignore[valid-type, misc]
        """The provider's requests, with an adapter that looks at nothing."""

        module = type("module", (), {"verify": staticmethod(lambda *_: None), "normalize": signer.module.normalize})

    for name in ("test_forgeries_are_refused", "test_strangers_are_refused", "test_an_empty_secret_signs_nothing"):
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            getattr(Lenient(), name)()


CHECKS: list[str] = sorted(name for name in vars(WebhookConformance) if name.startswith("test_"))


@pytest.mark.parametrize("check", CHECKS)
def test_every_signed_provider_conforms(signer: type[WebhookConformance], check: str) -> None:
    """Each check of the kit, for each provider whose adapter is installed."""
    made = signer()
    type(made).config = config_of(signer.provider)
    run: Callable[..., None] = getattr(made, check)
    if check == "test_without_the_secret_nothing_passes":
        for secrets in ((), ("",), ("another",), ("", "another")):
            run(secrets)
    else:
        run()
