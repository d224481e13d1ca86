"""Events are listed, shown and replayed once, from a real table and a real dead-letter queue."""

from __future__ import annotations

import datetime as dt
import json
import time
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from platform_core.contributions import WebhookAdapter
from platform_core.errors import DeployError, UserError
from platform_core.events import EventInfo, Events
from platform_core.outputs import DEAD_LETTERS_URL, EVENTS_TABLE, QUEUE_URL, Outputs
from platform_core.runtime.batcher import FAILED_BUILD
from platform_testing.event_layer import EventLayer, Knobs, make_event_layer, zipped

Make = Callable[..., EventLayer]


@pytest.fixture(name="make")
def _make(clients: Callable[[str], Any], aws_environment: dict[str, str], signed_file: Path, tmp_path: Path) -> Make:
    def make(**knobs: Any) -> EventLayer:
        site = f"acme-{uuid.uuid4().hex[:8]}"
        clients("secretsmanager").create_secret(Name=f"{site}/signed", SecretString="a-signing-secret")
        adapter = WebhookAdapter("signed", signed_file, secret=f"{site}/signed", config={"branch": "main"})
        code = zipped(tmp_path / "asset", [adapter])
        given = Knobs(**{"consume": False, **knobs})
        return make_event_layer(
            clients, aws_environment["AWS_ENDPOINT_URL"], site, adapters=[adapter], code=code, knobs=given
        )

    return make


@pytest.fixture(name="post")
def _post(sign: Callable[..., dict[str, str]]) -> Callable[..., str]:
    """Return the function that sends a signed webhook over HTTP, and returns the answer's reference."""

    def post(layer: EventLayer, **payload: Any) -> str:
        body = json.dumps({"id": uuid.uuid4().hex, **payload}).encode()
        headers = {"content-type": "application/json", **sign(body, at=time.time())}
        with urllib.request.urlopen(urllib.request.Request(f"{layer.url}/signed", body, headers), timeout=30) as answer:
            assert answer.status == 202
            return str(json.load(answer)["reference"])

    return post


def events_of(layer: EventLayer) -> Events:
    """Return the events of a site."""
    return Events(layer.site, layer.outputs, layer.clients)


def drain(layer: EventLayer, name: str = QUEUE_URL) -> list[Any]:
    """Take every message off a queue."""
    sqs, url, found = layer.clients("sqs"), layer.outputs.get(name), []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def bury(layer: EventLayer, body: Any) -> None:
    """Put a message among the dead letters."""
    text = body if isinstance(body, str) else json.dumps(body)
    layer.clients("sqs").send_message(QueueUrl=layer.outputs.get(DEAD_LETTERS_URL), MessageBody=text)


def request_of(layer: EventLayer, name: str = "signed#1") -> dict[str, Any]:
    """Return a build request as the router makes it."""
    event = {
        "id": name,
        "provider": "signed",
        "key": "1",
        "type": "content.changed",
        "build": True,
        "subject": "A post",
        "detail": {"size": 3},
        "received": "2027-01-15T08:00:00Z",
    }
    return {"site": layer.site, "event": event}


def every(_: EventInfo) -> bool:
    """Choose all."""
    return True


def test_what_came_in_is_listed_with_the_reference_of_the_answer(make: Make, post: Callable[..., str]) -> None:
    """The newest first, with what the adapter kept, and whether a build follows."""
    layer = make()
    build, order = post(layer, subject="A post about bread"), post(layer, kind="order")
    found = {info.reference: info for info in events_of(layer).recorded()}
    assert found.keys() == {build, order}
    assert (found[build].state, found[build].subject, found[build].provider) == (
        "waiting",
        "A post about bread",
        "signed",
    )
    assert (found[order].state, found[order].type, found[order].build) == ("recorded", "order.placed", False)
    assert "size" in found[build].detail


def test_a_build_that_began_later_makes_it_built(make: Make, post: Callable[..., str]) -> None:
    """What the table and CodeBuild say together is the state."""
    layer = make()
    post(layer)
    layer.clients("codebuild").start_build(projectName=layer.site)
    events = events_of(layer)
    (info,) = events.recorded()
    started = events._newest_build()
    assert info.state == ("built" if started >= info.received.timestamp() + 1 else "waiting")
    (old,) = list(events._items())
    layer.clients("dynamodb").put_item(
        TableName=layer.outputs.get(EVENTS_TABLE), Item={**old, "received": {"S": "2020-01-01T00:00:00Z"}}
    )
    assert events.recorded()[0].state == "built"


def test_since_leaves_out_what_is_older(make: Make, post: Callable[..., str]) -> None:
    """Only events from then on."""
    layer = make()
    post(layer)
    now = dt.datetime.now(dt.UTC)
    assert len(events_of(layer).recorded(since=now - dt.timedelta(hours=1))) == 1
    assert events_of(layer).recorded(since=now + dt.timedelta(hours=1)) == []


def test_a_stored_event_is_replayed_once(make: Make, post: Callable[..., str]) -> None:
    """The same message as the router's is on the queue again; a second replay needs to be asked for."""
    layer = make()
    reference = post(layer, subject="Bread")
    (first,) = drain(layer)
    events = events_of(layer)
    assert events.replay(every).sent == (reference,)
    (again,) = drain(layer)
    assert again == first["detail"]
    assert events.replay(every).skipped == {reference: "it was replayed before"}
    assert drain(layer) == []
    assert events.replay(every, again=True).sent == (reference,)
    assert events.recorded()[0].replays == 2


def test_what_needs_no_build_is_not_replayed(make: Make, post: Callable[..., str]) -> None:
    """An order starts no build the second time either."""
    layer = make()
    reference = post(layer, kind="order")
    assert events_of(layer).replay(every).skipped == {reference: "no build follows from it"}
    assert drain(layer) == []


def test_two_people_replay_one_event(make: Make, post: Callable[..., str]) -> None:
    """Whoever is second sends nothing."""
    layer = make()
    post(layer)
    drain(layer)
    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(_tried, events_of(layer)) for _ in range(6)]
    assert sum(item.result() for item in done) == 1
    assert len(drain(layer)) == 1


def _tried(events: Events) -> int:
    try:
        return len(events.replay(every).sent)
    except DeployError as error:
        assert error.reference == "replay-failed"
        return 0


def test_a_queue_that_fails_loses_no_replay(make: Make, post: Callable[..., str]) -> None:
    """What could not be sent was not replayed, and the next try sends it."""
    layer = make()
    post(layer)
    drain(layer)
    broken = Outputs({**layer.outputs.values, QUEUE_URL: f"{layer.outputs.get(QUEUE_URL)}-gone"})
    with pytest.raises(layer.clients("sqs").exceptions.ClientError):
        Events(layer.site, broken, layer.clients).replay(every)
    assert len(events_of(layer).replay(every).sent) == 1
    assert len(drain(layer)) == 1


def test_a_request_that_really_died_is_listed_and_built_after_its_replay(
    make: Make, post: Callable[..., str], wait_for: Callable[..., Any]
) -> None:
    """The batcher fails for lack of a project until the message is dead; with the project a replay builds."""
    layer = make(consume=True, project=False, receives=2, visibility=1)
    reference = post(layer, subject="Bread")
    wait_for(lambda: layer.waiting(dead=True) == 1 and layer.waiting() == 0, "the death of the message", 60)
    events = events_of(layer)
    layer.make_project()
    for _ in range(2):
        (info,) = events.dead()
        assert (info.reference, info.state, info.subject, info.why) == (
            reference,
            "dead",
            "Bread",
            "it waited for too long",
        )
    assert events.replay_dead().sent == (reference,)
    wait_for(layer.builds, "the build")
    assert layer.waiting(dead=True) == 0
    assert events.replay_dead().sent == ()


def test_a_letter_that_was_sent_and_not_removed_is_not_sent_again(make: Make) -> None:
    """Somebody's replay died between the two; the next one only removes."""
    layer = make(event_driven=False)
    bury(layer, request_of(layer))
    events = events_of(layer)
    with events._letters() as (letter,):
        assert letter.request is not None
        assert events._send(letter.id, letter.request)
    done = events.replay_dead()
    assert (done.sent, list(done.skipped.values())) == ((), ["it is on the queue already"])
    assert (len(drain(layer)), layer.waiting(dead=True)) == (1, 0)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("not JSON, but ada@example.org", "it is not a build request"),
        ("[]", "it is not a build request"),
        ({"site": "other", "event": {}}, "it belongs to another site"),
        ({"detail-type": FAILED_BUILD, "detail": {"project-name": "other"}}, "it belongs to another project"),
    ],
)
def test_what_would_die_again_stays(make: Make, body: Any, why: str) -> None:
    """It is listed without anything of its text, and a replay leaves it where it is."""
    layer = make(event_driven=False)
    bury(layer, body)
    events = events_of(layer)
    (info,) = events.dead()
    assert (info.why, info.subject, info.detail) == (why, "", {})
    assert list(events.replay_dead().skipped.values()) == [why]
    assert (layer.waiting(dead=True), layer.waiting()) == (1, 0)


def test_builds_that_failed_are_replayed_as_a_request(make: Make) -> None:
    """The replay asks for a build as any event does, so that the failures before do not hold it back."""
    layer = make(event_driven=False)
    bury(layer, {"detail-type": FAILED_BUILD, "detail": {"project-name": layer.site, "build-id": "arn:build"}})
    events = events_of(layer)
    assert events.dead()[0].type == "build.failed"
    assert len(events.replay_dead().sent) == 1
    (request,) = drain(layer)
    assert (request["site"], request["event"]["build"]) == (layer.site, True)


def test_a_scheduled_build_that_died_is_replayed(make: Make) -> None:
    """Its request says less than an event does."""
    layer = make(event_driven=False)
    bury(layer, {"site": layer.site, "event": {"id": "schedule", "provider": "schedule", "build": True}})
    events = events_of(layer)
    (info,) = events.dead()
    assert (info.provider, info.type, info.why) == ("schedule", "", "it waited for too long")
    assert events.replay_dead().sent == (info.reference,)


def test_many_letters_are_listed_and_shown_to_others_again(make: Make) -> None:
    """Listing takes nothing away."""
    layer = make(event_driven=False)
    for number in range(23):
        bury(layer, request_of(layer, f"signed#{number}"))
    assert [len(events_of(layer).dead()) for _ in range(2)] == [23, 23]
    chosen = events_of(layer).dead()[0].reference
    assert events_of(layer).replay_dead(lambda info: info.reference == chosen).sent == (chosen,)
    assert (layer.waiting(dead=True), len(drain(layer))) == (22, 1)


def test_direct_mode_has_no_stored_events(make: Make, post: Callable[..., str]) -> None:
    """Only the dead letters are there."""
    layer = make(event_driven=False)
    post(layer)
    events = events_of(layer)
    assert (events.stored, events.recorded(), events.replay(every).sent) == (False, [], ())


def test_a_site_without_webhooks_has_no_events() -> None:
    """Nothing is asked of AWS."""
    with pytest.raises(UserError, match="takes no webhooks"):
        Events("acme", Outputs({}), lambda _: None)
