"""The router against a real DynamoDB, SQS, EventBridge and Secrets Manager of the embedded AWS."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from platform_core.runtime import router as router_module
from platform_core.runtime.adapter import Event, Rejected
from platform_core.runtime.plugs import Adapter
from platform_core.runtime.router import Settings

NOW = 1_800_000_000.0
PAYLOAD = {"id": "delivery-1", "subject": "A post about bread"}


def plug(**members: Any) -> SimpleNamespace:
    """Return an adapter module that lets everything in, but for *members*."""
    event = Event("plug", "key", "content.changed", build=True)
    defaults = {"verify": lambda *_: None, "normalize": lambda *_: event}
    return SimpleNamespace(**(defaults | members))


def raising(error: BaseException) -> Callable[..., Any]:
    """Return a function that raises *error*."""

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


class TestAccepted:
    """What is let in, and what is then stored."""

    def test_stores_the_event_and_announces_it(self, world: Any) -> None:
        """A signed request answers 202 when the event is in the table and on the way to the queue."""
        code, status, reference = world.post(PAYLOAD)
        (event,) = world.events
        (message,) = world.drain()
        assert (code, status) == (202, "accepted")
        assert reference == hashlib.sha256(b"signed#delivery-1").hexdigest()[:16]
        assert event["id"]["S"] == "signed#delivery-1"
        assert event["type"]["S"] == "content.changed"
        assert event["build"]["BOOL"] is True
        assert event["received"]["S"] == "2027-01-15T08:00:00Z"
        assert json.loads(message["body"])["detail"]["event"]["key"] == "delivery-1"

    def test_notes_the_receipt_as_done_with_an_end(self, world: Any) -> None:
        """The receipt says done, keeps no lease, and expires 90 days later."""
        world.post(PAYLOAD)
        (receipt,) = world.receipts
        assert receipt["id"]["S"] == "signed#delivery-1"
        assert receipt["state"]["S"] == "done"
        assert "lease" not in receipt
        assert int(receipt["expires"]["N"]) == NOW + 90 * 86400

    def test_direct_mode_puts_the_same_message_onto_the_queue(self, make_world: Any) -> None:
        """Without a bus the message goes straight to the build queue."""
        world = make_world("direct")
        code, status, _ = world.post(PAYLOAD)
        (message,) = world.drain()
        body = json.loads(message["body"])
        assert (code, status) == (202, "accepted")
        assert body["site"] == world.settings.site
        assert body["event"]["subject"] == "A post about bread"

    def test_takes_base64_bodies(self, world: Any, http_event: Any, sign: Any) -> None:
        """A body that API Gateway encoded is decoded before the signature is checked."""
        body = '{"id": "délivré"}'.encode()
        code, *_ = world.send(http_event(body, sign(body), as_base64=True))
        assert code == 202

    def test_takes_vendor_json(self, world: Any) -> None:
        """A content type that ends in +json is JSON."""
        code, *_ = world.post(PAYLOAD, {"content-type": "application/vnd.contentful.management.v1+json; charset=utf-8"})
        assert code == 202

    def test_header_names_may_have_capitals(self, world: Any, http_event: Any, sign: Any) -> None:
        """Header names are compared without regard to case."""
        body = b'{"id": "x"}'
        headers = {name.upper(): value for name, value in sign(body).items()}
        assert world.send(http_event(body, headers))[0] == 202

    def test_a_stage_may_stand_before_the_path(self, world: Any, http_event: Any, sign: Any) -> None:
        """The name of a stage in the path does not hide the provider."""
        body = b'{"id": "x"}'
        event = http_event(body, sign(body)) | {"rawPath": "/prod/_platform/webhooks/signed"}
        assert world.send(event)[0] == 202

    def test_an_event_without_a_build_is_recorded(self, world: Any) -> None:
        """An event that needs no build is stored, but no message reaches the build queue."""
        code, status, _ = world.post({"id": "o1", "kind": "order"})
        assert (code, status) == (202, "recorded")
        assert [item["type"]["S"] for item in world.events] == ["order.placed"]
        assert world.queued() == 0

    def test_an_event_without_a_build_is_recorded_in_direct_mode(self, make_world: Any) -> None:
        """Direct mode keeps a receipt of it, and the queue stays empty."""
        world = make_world("direct")
        assert world.post({"id": "o1", "kind": "order"})[:2] == (202, "recorded")
        assert [item["outcome"]["S"] for item in world.receipts] == ["recorded"]
        assert world.queued() == 0

    def test_an_event_that_means_nothing_is_ignored(self, world: Any) -> None:
        """A ping leaves a receipt under the digest of its body and nothing else."""
        code, status, _ = world.post({"id": "p1", "kind": "ping"})
        (receipt,) = world.receipts
        digest = hashlib.sha256(b'{"id": "p1", "kind": "ping"}').hexdigest()
        assert (code, status) == (202, "ignored")
        assert (receipt["id"]["S"], receipt["outcome"]["S"]) == (f"signed#sha256:{digest}", "ignored")
        assert world.events == []

    def test_the_provider_may_insist_on_200(self, make_world: Any, http_event: Any) -> None:
        """ACCEPTED_STATUS = 200 makes success a 200 with a JSON content type."""
        world = make_world(adapters={"plug": plug(ACCEPTED_STATUS=200)})
        answer = world.router(http_event(b"{}", provider="plug"))
        assert answer["statusCode"] == 200
        assert answer["headers"]["content-type"] == "application/json"

    def test_the_address_names_the_provider(self, make_world: Any, http_event: Any) -> None:
        """One adapter that serves under another name is recorded under that name."""
        world = make_world(adapters={"other": plug()})
        world.send(http_event(b"{}", provider="other"))
        assert [item["provider"]["S"] for item in world.events] == ["other"]

    def test_a_long_key_is_kept_as_its_digest(self, make_world: Any, http_event: Any) -> None:
        """A key that DynamoDB would refuse is remembered by its digest."""
        event = Event("plug", "k" * 5000, "content.changed", build=True)
        world = make_world(adapters={"plug": plug(normalize=lambda *_: event)})
        answers = [world.send(http_event(b"{}", provider="plug"))[0] for _ in range(2)]
        assert answers == [202, 409]

    def test_a_large_detail_is_left_out(self, make_world: Any, http_event: Any) -> None:
        """Detail above the limit does not cost the event."""
        event = Event("plug", "k", "content.changed", build=True, detail={"text": "x" * 40_000})
        world = make_world(adapters={"plug": plug(normalize=lambda *_: event)})
        assert world.send(http_event(b"{}", provider="plug"))[0] == 202
        assert [item["detail"]["S"] for item in world.events] == ["{}"]


class TestRefused:
    """What is refused changes nothing."""

    @pytest.fixture(autouse=True)
    def _unchanged(self, world: Any) -> Any:
        """Whatever is refused here changes nothing."""
        world.post({"id": "before"})
        before = world.state()
        yield
        assert world.state() == before

    def test_unknown_provider(self, world: Any, http_event: Any) -> None:
        """A provider that the site does not have answers 404."""
        assert world.send(http_event(b"{}", provider="nobody")) == (404, "refused", "unknown-provider")

    @pytest.mark.parametrize("path", ["", "/", "/_platform/webhooks/", "/_platform/webhooks/../signed", None, 7])
    def test_odd_paths(self, world: Any, http_event: Any, path: Any) -> None:
        """A path that is not a webhook's answers 404."""
        assert world.send(http_event(b"{}") | {"rawPath": path})[0] == 404

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", ""])
    def test_other_methods(self, world: Any, http_event: Any, method: str) -> None:
        """Only POST is let through."""
        answer = world.router(http_event(b"{}", method=method))
        assert answer["statusCode"] == 405
        assert answer["headers"]["allow"] == "POST"

    def test_declared_size(self, world: Any) -> None:
        """A declared length over the adapter's limit answers 413."""
        assert world.post(PAYLOAD, {"content-length": "4097"}) == (413, "refused", "body-too-large")

    def test_actual_size(self, world: Any) -> None:
        """A body over the limit answers 413 although its signature is good."""
        assert world.post({"id": "x" * 5000}, {"content-length": "10"})[0] == 413

    def test_actual_size_of_base64(self, world: Any) -> None:
        """The limit counts decoded bytes, to the byte."""
        body = b'{"id": "' + b"x" * (4097 - 10) + b'"}'
        assert len(body) == 4097
        assert world.post(body)[0] == 413

    def test_the_cap_is_over_every_adapter(self, make_world: Any, http_event: Any) -> None:
        """An adapter can't raise the limit above 1 MiB."""
        world = make_world(adapters={"plug": plug(MAX_BYTES=10**9)})
        assert world.send(http_event(b" " * (2**20 + 1), provider="plug"))[0] == 413
        assert world.state() == ([], [], 0)

    @pytest.mark.parametrize("length", ["-1", "1,1", "ten", "", "9" * 5000, "\uff11"])
    def test_bad_content_length(self, world: Any, length: str) -> None:
        """A declared length that is no number answers 400."""
        assert world.post(PAYLOAD, {"content-length": length}) == (400, "refused", "bad-content-length")

    @pytest.mark.parametrize(
        "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "json"]
    )
    def test_content_type(self, world: Any, kind: str) -> None:
        """What is not JSON in UTF-8 answers 415."""
        assert world.post(PAYLOAD, {"content-type": kind}) == (415, "refused", "not-json")

    def test_broken_base64(self, world: Any, http_event: Any) -> None:
        """A body that is not the base64 it claims to be answers 400."""
        event = http_event(b"{}") | {"isBase64Encoded": True, "body": "e30=!"}
        assert world.send(event) == (400, "refused", "body-unreadable")

    def test_no_signature(self, world: Any, http_event: Any) -> None:
        """A request without a signature answers 401."""
        assert world.send(http_event(b'{"id": "a"}')) == (401, "refused", "signature-missing")

    def test_forged(self, world: Any) -> None:
        """A signature with another secret answers 401."""
        assert world.post(PAYLOAD, secret="another") == (401, "refused", "signature-invalid")

    def test_tampered(self, world: Any, http_event: Any, sign: Any) -> None:
        """A good signature of another body answers 401."""
        assert world.send(http_event(b'{"id": "b"}', sign(b'{"id": "a"}')))[0] == 401

    @pytest.mark.parametrize("shift", [-301, 301])
    def test_outside_the_window(self, world: Any, shift: int) -> None:
        """A good signature that is too old, or of the future, answers 401."""
        assert world.post(PAYLOAD, at=NOW + shift) == (401, "refused", "outside-replay-window")

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"id": "a", "id": "b"}',
            b'{"id": NaN}',
            b'{"id": -Infinity}',
            b'{"id": 1e999}',
            b'{"id": "\\ud800"}',
            b'{"\\ud800": 1}',
            b"\xef\xbb\xbf{}",
            b'{"id": "\xff"}',
            b"[" * 65 + b"]" * 65,
            b"[" * 2000 + b"]" * 2000,
            '{"id": "a"}'.encode("utf-16"),
        ],
    )
    def test_bad_json(self, world: Any, body: bytes) -> None:
        """JSON that two parsers could read in two ways answers 400, signed or not."""
        code, _, reference = world.post(body)
        assert (code, reference) in {(400, "bad-json"), (413, "body-too-large")}

    def test_unfit_payload(self, world: Any) -> None:
        """JSON without what the adapter needs answers the adapter's 400."""
        assert world.post([1, 2]) == (400, "refused", "id-missing")

    def test_replayed(self, world: Any) -> None:
        """The same event once more answers 409, also under a new signature."""
        assert world.post({"id": "before"}) == (409, "duplicate", "duplicate")
        assert world.post({"id": "before"}, at=NOW - 60) == (409, "duplicate", "duplicate")


class TestReplay:
    """What came before is known."""

    def test_an_ignored_event_is_replayed(self, world: Any) -> None:
        """The bytes of an ignored event answer 409 the second time."""
        assert [world.post({"id": "p", "kind": "ping"})[0] for _ in range(2)] == [202, 409]

    def test_providers_do_not_share_keys(self, make_world: Any, http_event: Any) -> None:
        """One key of two providers is two events."""
        world = make_world(adapters={"one": plug(), "two": plug()})
        codes = [world.send(http_event(b"{}", provider=name))[0] for name in ("one", "two", "one")]
        assert codes == [202, 202, 409]

    def test_a_fresh_function_knows_it_too(self, world: Any) -> None:
        """What was taken in is remembered by the table, not by the process."""
        world.post(PAYLOAD)
        world.router = world.new_router()
        assert world.post(PAYLOAD)[0] == 409

    def test_an_expired_receipt_counts_no_more(self, world: Any) -> None:
        """After its end a receipt is gone, whether DynamoDB removed it yet or not."""
        world.post(PAYLOAD)
        world.now += 90 * 86400 + 1
        assert world.post(PAYLOAD)[0] == 202

    def test_another_request_at_work(self, world: Any) -> None:
        """While a claim's lease lasts the second request is told to come again."""
        world.clients("dynamodb").put_item(
            TableName=world.settings.receipts,
            Item={
                "id": {"S": "signed#delivery-1"},
                "state": {"S": "claimed"},
                "owner": {"S": "another"},
                "lease": {"N": str(int(NOW) + 30)},
                "expires": {"N": str(int(NOW) + 9999)},
            },
        )
        assert world.post(PAYLOAD) == (503, "unavailable", "in-progress")
        world.now += 31
        assert world.post(PAYLOAD)[0] == 202


class TestFailures:
    """Whatever fails, nothing is acknowledged before it is stored, and nothing is lost."""

    @pytest.mark.parametrize(
        ("operation", "reference"),
        [
            ("secretsmanager.get_secret_value", "secret-unavailable"),
            ("dynamodb.put_item", "receipts-unavailable"),
            ("events.put_events", "bus-unavailable"),
            ("dynamodb.update_item", "receipts-unavailable"),
        ],
    )
    def test_a_retry_gets_through(self, world: Any, operation: str, reference: str) -> None:
        """Whatever fails answers 503, the claim is given back, and the next try succeeds."""
        world.faults.fail(operation)
        assert world.post(PAYLOAD) == (503, "unavailable", reference)
        assert world.receipts == []
        assert world.post(PAYLOAD)[0] == 202
        assert len(world.events) == 1

    @pytest.mark.parametrize("service", ["secretsmanager", "dynamodb", "events"])
    def test_an_aws_that_does_not_answer_is_unavailable(
        self, world: Any, service: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A connection that breaks brings no answer to look into; it is 503 with its kind in the log."""
        real = world.faults.real

        def broken(name: str) -> Any:
            if name != service:
                return real(name)
            fail = raising(ConnectionClosedError(endpoint_url="https://aws"))
            return SimpleNamespace(get_secret_value=fail, put_item=fail, delete_item=fail, put_events=fail)

        world.faults.real = broken
        assert world.post(PAYLOAD)[:2] == (503, "unavailable")
        assert json.loads(capsys.readouterr().out)["fault"] == "ConnectionClosedError"
        world.faults.real = real
        assert world.post(PAYLOAD)[0] == 202

    def test_the_events_table_fails_after_the_claim(self, world: Any) -> None:
        """A claim that could not be followed by the event is given back."""
        real = world.faults.real

        def no_events(service: str) -> Any:
            client = real(service)

            def put_item(**arguments: Any) -> Any:
                if arguments["TableName"] == world.settings.events:
                    raise client.exceptions.ResourceNotFoundException({"Error": {"Code": "Gone"}}, "PutItem")
                return client.put_item(**arguments)

            if service != "dynamodb":
                return client
            return SimpleNamespace(put_item=put_item, update_item=client.update_item, delete_item=client.delete_item)

        world.faults.real = no_events
        assert world.post(PAYLOAD) == (503, "unavailable", "events-unavailable")
        assert world.state() == ([], [], 0)
        world.faults.real = real
        assert world.post(PAYLOAD)[0] == 202

    def test_the_bus_refuses_an_entry(self, world: Any) -> None:
        """An entry that EventBridge refuses without an error answers 503."""
        real = world.faults.real
        refusing = SimpleNamespace(put_events=lambda **_: {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "x"}]})
        world.faults.real = lambda service: refusing if service == "events" else real(service)
        assert world.post(PAYLOAD) == (503, "unavailable", "bus-unavailable")
        world.faults.real = real
        assert world.post(PAYLOAD)[0] == 202

    def test_the_queue_fails(self, make_world: Any) -> None:
        """Direct mode does not acknowledge what the queue did not take."""
        world = make_world("direct")
        world.faults.fail("sqs.send_message")
        assert world.post(PAYLOAD) == (503, "unavailable", "queue-unavailable")
        assert world.state() == ([], [], 0)
        assert world.post(PAYLOAD)[0] == 202
        assert world.queued() == 1

    def test_a_claim_that_can_not_be_given_back_ends_with_its_lease(self, world: Any) -> None:
        """When even the release fails the event is delayed by the lease, and not lost."""
        world.faults.fail("events.put_events")
        world.faults.fail("dynamodb.delete_item")
        assert world.post(PAYLOAD)[0] == 503
        assert world.post(PAYLOAD) == (503, "unavailable", "in-progress")
        world.now += 61
        assert world.post(PAYLOAD)[0] == 202

    def test_503_says_when_to_come_again(self, world: Any, http_event: Any, sign: Any) -> None:
        """A 503 carries Retry-After."""
        world.faults.fail("dynamodb.put_item")
        answer = world.router(http_event(b'{"id": "a"}', sign(b'{"id": "a"}')))
        assert answer["headers"]["retry-after"] == "30"

    def test_a_function_that_dies_gives_the_claim_back(self, make_world: Any, http_event: Any) -> None:
        """Even an error that nobody expected does not leave a claim behind."""
        world = make_world(adapters={"plug": plug()})
        world.faults.real = lambda service: (
            SimpleNamespace(put_events=raising(KeyboardInterrupt())) if service == "events" else world.clients(service)
        )
        with pytest.raises(KeyboardInterrupt):
            world.router(http_event(b"{}", provider="plug"))
        assert world.receipts == []


class TestSecrets:
    """Secrets are kept for a while, rolled, and never empty."""

    def roll(self, world: Any) -> None:
        """Store a new secret, which makes the first one the previous."""
        world.clients("secretsmanager").put_secret_value(
            SecretId=f"{world.settings.site}/signed", SecretString="a-new-secret"
        )

    def test_both_count_while_a_secret_is_rolled(self, world: Any) -> None:
        """AWSCURRENT and AWSPREVIOUS are both tried soon after a rotation."""
        self.roll(world)
        world.now = time.time()
        assert world.post({"id": "a"}, secret="a-new-secret")[0] == 202
        assert world.post({"id": "b"})[0] == 202

    def test_the_old_one_ends(self, world: Any) -> None:
        """A day after the rotation the old secret is refused."""
        self.roll(world)
        world.now = time.time() + 86400 + 60
        assert world.post({"id": "a"})[0] == 401
        assert world.post({"id": "b"}, secret="a-new-secret")[0] == 202

    def test_a_secret_is_kept(self, world: Any) -> None:
        """Two requests in a row read the secret once."""
        world.post({"id": "a"})
        world.faults.calls.clear()
        world.post({"id": "b"})
        assert "secretsmanager.get_secret_value" not in world.faults.calls

    def test_a_newer_secret_is_found_at_once(self, world: Any) -> None:
        """A signature with a secret that is newer than the kept one is let in."""
        world.post({"id": "a"})
        self.roll(world)
        world.now += 10
        assert world.post({"id": "b"}, secret="a-new-secret")[0] == 202

    def test_forgeries_do_not_read_the_secret_each_time(self, world: Any) -> None:
        """A flood of forgeries reads the secret once in five seconds."""
        for _ in range(5):
            world.post(PAYLOAD, secret="forged")
        assert world.faults.calls.count("secretsmanager.get_secret_value") <= 2

    @pytest.mark.parametrize("value", ["", "\n"])
    def test_an_empty_secret_lets_nobody_in(self, world: Any, value: str) -> None:
        """A secret without a value fails closed; it would let everybody sign."""
        real = world.faults.real
        made = dt.datetime.fromtimestamp(0, dt.UTC)
        empty = SimpleNamespace(get_secret_value=lambda **_: {"SecretString": value, "CreatedDate": made})
        world.faults.real = lambda service: empty if service == "secretsmanager" else real(service)
        assert world.post(PAYLOAD, secret="") == (503, "unavailable", "secret-unavailable")
        assert world.state() == ([], [], 0)

    def test_a_secret_that_is_not_there(self, world: Any) -> None:
        """A secret that nobody made fails closed."""
        world.clients("secretsmanager").delete_secret(
            SecretId=f"{world.settings.site}/signed", ForceDeleteWithoutRecovery=True
        )
        assert world.post(PAYLOAD) == (503, "unavailable", "secret-unavailable")

    def test_a_last_newline_is_not_part_of_it(self, world: Any) -> None:
        """A secret that was stored from a file works without its newline."""
        world.clients("secretsmanager").put_secret_value(
            SecretId=f"{world.settings.site}/signed", SecretString="from-a-file\n"
        )
        assert world.post(PAYLOAD, secret="from-a-file")[0] == 202


class TestAdapters:
    """A plugin's adapter can refuse or fail; it can't let in what it did not verify."""

    @pytest.mark.parametrize(
        ("verify", "answer"),
        [
            (raising(ValueError("private")), (401, "refused", "not-verified")),
            (raising(ConnectionRefusedError("private")), (503, "unavailable", "verification-unavailable")),
            (raising(Rejected(503, "provider-unavailable")), (503, "unavailable", "provider-unavailable")),
            (raising(Rejected(200, "fine")), (401, "refused", "fine")),
            (raising(Rejected(401, "the secret is X")), (401, "refused", "refused")),
            (lambda *_: False, (401, "refused", "not-verified")),
            (lambda *_: True, (401, "refused", "not-verified")),
        ],
    )
    def test_verify(self, make_world: Any, http_event: Any, verify: Any, answer: tuple[int, str, str]) -> None:
        """Everything but a plain return refuses."""
        world = make_world(adapters={"plug": plug(verify=verify)})
        assert world.send(http_event(b"{}", provider="plug")) == answer
        assert world.state() == ([], [], 0)

    @pytest.mark.parametrize(
        "event",
        [
            "text",
            Event("plug", "", "content.changed", build=True),
            Event("plug", "k", "", build=True),
            Event("plug", "k", "Content Changed", build=True),
            Event("plug", "k", "content.changed", build=1),  # type: ignore[arg-type]
            Event("plug", "k", "content.changed", build=True, detail={"set": {1}}),
            Event("plug", "k", "content.changed", build=True, detail={"nan": float("nan")}),
        ],
    )
    def test_normalize(self, make_world: Any, http_event: Any, event: Any) -> None:
        """An event that breaks the contract is not stored, and not acknowledged."""
        world = make_world(adapters={"plug": plug(normalize=lambda *_: event)})
        assert world.send(http_event(b"{}", provider="plug")) == (503, "unavailable", "adapter-fault")
        assert world.state() == ([], [], 0)

    @pytest.mark.parametrize(
        ("members", "code"), [({}, 409), ({"DUPLICATE_STATUS": 200}, 200), ({"DUPLICATE_STATUS": 500}, 409)]
    )
    def test_a_provider_that_would_try_again_is_told_200(
        self, make_world: Any, http_event: Any, members: dict[str, Any], code: int
    ) -> None:
        """A duplicate is 409, or 200 for a provider that ends a webhook over failures; the body says duplicate."""
        world = make_world(adapters={"plug": plug(**members)})
        world.send(http_event(b"{}", provider="plug"))
        assert world.send(http_event(b"{}", provider="plug")) == (code, "duplicate", "duplicate")
        assert len(world.events) == 1

    def test_normalize_fails(self, make_world: Any, http_event: Any) -> None:
        """A fault in normalize answers 503: the event is genuine and must come again."""
        world = make_world(adapters={"plug": plug(normalize=raising(KeyError("x")))})
        assert world.send(http_event(b"{}", provider="plug")) == (503, "unavailable", "adapter-fault")

    @pytest.mark.parametrize("signed_at", [raising(KeyError("x")), lambda _: float("nan"), lambda _: "soon"])
    def test_signed_at(self, make_world: Any, http_event: Any, signed_at: Any) -> None:
        """A time that can't be read is outside every window."""
        world = make_world(adapters={"plug": plug(REPLAY_WINDOW=300, signed_at=signed_at)})
        assert world.send(http_event(b"{}", provider="plug")) == (401, "refused", "outside-replay-window")

    @pytest.mark.parametrize("broken", [plug(REPLAY_WINDOW=300), plug(MAX_BYTES="many"), SimpleNamespace()])
    def test_an_adapter_that_breaks_the_contract(self, make_world: Any, broken: Any) -> None:
        """A module without what the contract asks for can't be made an adapter."""
        with pytest.raises((AttributeError, TypeError)):
            Adapter(broken)

    def test_an_adapter_that_is_not_in_the_asset(self, world: Any, http_event: Any) -> None:
        """A provider that was configured but not bundled answers 503."""
        router = router_module.Router(world.settings, clients=world.faults, clock=lambda: NOW)
        assert router(http_event(b"{}"))["statusCode"] == 503


class TestLog:
    """The log tells what happened and nothing of what was sent."""

    def test_one_line_without_anything_private(self, world: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """A request leaves one line of JSON, without body, key, secret, signature or subject."""
        world.post({"id": "ada@example.org", "subject": "Ada Lovelace"})
        (line,) = capsys.readouterr().out.splitlines()
        entry = json.loads(line)
        assert {key: entry[key] for key in ("level", "code", "status", "provider")} == {
            "level": "info",
            "code": 202,
            "status": "accepted",
            "provider": "signed",
        }
        for private in ("ada", "Ada", "a-signing-secret", "v1="):
            assert private not in line

    def test_a_fault_is_told_by_kind_and_place(self, world: Any, capsys: pytest.CaptureFixture[str]) -> None:
        """A 503 says what failed and where, but not in the words of the exception."""
        world.faults.fail("events.put_events")
        world.post(PAYLOAD)
        (line,) = capsys.readouterr().out.splitlines()
        entry = json.loads(line)
        assert (entry["level"], entry["fault"], entry["fault_code"]) == ("error", "ClientError", "InternalServerError")
        assert entry["fault_at"].startswith("platform_core.runtime.sinks:")
        assert "a private text" not in line

    def test_a_strangers_path_is_not_logged(
        self, world: Any, http_event: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What a stranger wrote into the address stays out of the log."""
        world.send(http_event(b"{}", provider="i-am-ada"))
        assert "ada" not in capsys.readouterr().out


ENVIRONMENT = {
    "SITE": "acme",
    "RECEIPTS_TABLE": "receipts",
    "QUEUE_URL": "https://queue",
    "ADAPTERS": '{"github": {"secret": "acme/github", "config": {"branch": "main"}}}',
}


class TestSettings:
    """The environment of the function."""

    def test_reads_the_environment(self) -> None:
        """The variables become settings."""
        settings = Settings.read(ENVIRONMENT)
        assert settings.providers["github"].config == {"branch": "main"}
        assert (settings.site, settings.queue) == ("acme", "https://queue")

    @pytest.mark.parametrize(
        "change",
        [
            {"SITE": ""},
            {"RECEIPTS_TABLE": ""},
            {"QUEUE_URL": ""},
            {"BUS_NAME": "bus"},
            {"EVENTS_TABLE": "events", "QUEUE_URL": ""},
            {"BUS_NAME": "bus", "EVENTS_TABLE": "events"},
            {"ADAPTERS": ""},
            {"ADAPTERS": "[]"},
            {"ADAPTERS": '{"../x": {"secret": "s"}}'},
            {"ADAPTERS": '{"github": {}}'},
            {"ADAPTERS": '{"github": "s"}'},
        ],
    )
    def test_refuses_what_can_not_work(self, change: dict[str, str]) -> None:
        """A variable that is missing or contradicts another is an error."""
        with pytest.raises(ValueError, match=r"\w"):
            Settings.read(ENVIRONMENT | change)

    def test_the_function_says_that_it_is_not_configured(
        self, monkeypatch: pytest.MonkeyPatch, http_event: Any
    ) -> None:
        """Without an environment the function answers 503 instead of breaking."""
        router_module._router.cache_clear()
        for name in ENVIRONMENT:
            monkeypatch.delenv(name, raising=False)
        answer = router_module.handler(http_event(b"{}"), None)
        assert (answer["statusCode"], json.loads(answer["body"])["reference"]) == (503, "not-configured")
