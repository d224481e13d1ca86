"""`platform events` as a user calls it, on a site whose stack is in the embedded AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.local.emulator import client_environment
from platform_core.outputs import DEAD_LETTERS_URL, EVENTS_TABLE, QUEUE_URL
from platform_testing.distributions import install_fakes
from platform_testing.embedded import EmbeddedAws
from platform_testing.event_layer import EventLayer, Knobs, make_event_layer, zipped

pytestmark = pytest.mark.embedded

SITE = 'client = "memo"\ndomain = "www.memo.example"\nengine = "ssg-echo"\ncms = "cms-memory"\n'
ROW = {
    "site": "memo",
    "provider": "memory",
    "key": "1",
    "type": "content.changed",
    "received": "2026-05-31T08:00:00Z",
    "subject": "A post\x1b[31m in red",
    "detail": "{}",
}


@pytest.fixture(name="layer", scope="module")
def _layer(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> EventLayer:
    """The event layer of a site, under a stack that tells where it is."""
    code = zipped(tmp_path_factory.mktemp("code") / "asset", [])
    made = make_event_layer(
        aws.client, aws.endpoint, "memo", adapters=[], code=code, knobs=Knobs(consume=False, receives=1)
    )
    outputs = {name: {"Value": value} for name, value in made.outputs.values.items()}
    template = {"Resources": {"Mark": {"Type": "AWS::SQS::Queue"}}, "Outputs": outputs}
    aws.client("cloudformation").create_stack(StackName="platform-memo", TemplateBody=json.dumps(template))
    item = {key: {"S": value} for key, value in ROW.items()}
    for name, build in (("memory#1", True), ("memory#2", False)):
        row = {**item, "id": {"S": name}, "build": {"BOOL": build}}
        aws.client("dynamodb").put_item(TableName=made.outputs.get(EVENTS_TABLE), Item=row)
    return made


@pytest.fixture(name="events", scope="module")
def _events(
    make_command: Any, aws: EmbeddedAws, layer: EventLayer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """Return the function that calls `platform events`."""
    folder = tmp_path_factory.mktemp("events")
    platform = make_command(folder, install_fakes(tmp_path_factory.mktemp("plugins")), client_environment(aws.endpoint))
    (folder / "site.toml").write_text(SITE, "utf-8")
    (folder / "bare").mkdir()
    (folder / "bare" / "site.toml").write_text(SITE.replace('memo"', 'bare"'), "utf-8")
    return lambda *words, **given: platform("events", *words, **given)


def die(layer: EventLayer, name: str) -> None:
    """Let a build request die: it is received more often than it may be."""
    event = {**ROW, "id": name, "build": True, "detail": {}}
    sqs, url = layer.clients("sqs"), layer.outputs.get(QUEUE_URL)
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"site": "memo", "event": event}))
    deadline = time.monotonic() + 30
    before = layer.waiting(dead=True)
    while layer.waiting(dead=True) == before:
        assert time.monotonic() < deadline
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=1)


def queued(layer: EventLayer) -> list[Any]:
    """Take what is on the build queue."""
    sqs, url = layer.clients("sqs"), layer.outputs.get(QUEUE_URL)
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in found]


def test_the_story_of_a_dead_letter(events: Any, layer: EventLayer) -> None:
    """It is listed before the stored ones, shown, replayed, and gone."""
    die(layer, "memory#3")
    rows = json.loads(events("list", "--json").stdout)
    assert [row["state"] for row in rows] == ["dead", "waiting", "recorded"]
    reference = rows[0]["reference"]
    assert "it waited for too long" in events("show", reference).stdout
    assert [row["reference"] for row in json.loads(events("list", "--dead", "--json").stdout)] == [reference]
    assert json.loads(events("replay", "--dead", "--json").stdout) == {"sent": [reference], "skipped": {}}
    assert [message["event"]["id"] for message in queued(layer)] == ["memory#3"]
    assert "no dead letter" in events("list", "--dead").stderr
    assert "nothing to replay" in events("replay", "--dead").stderr


def test_stored_events_are_replayed_once(events: Any, layer: EventLayer) -> None:
    """What needs no build or was replayed before is left out and told."""
    done = events("replay", "--since", "2026-05-01")
    assert "is on the queue again" in done.stdout
    assert "no build follows from it" in done.stderr
    assert [message["event"]["id"] for message in queued(layer)] == ["memory#1"]
    assert "it was replayed before" in events("replay", "--since", "2026-05-01").stderr
    assert queued(layer) == []


def test_a_table_for_people_has_no_control_characters(events: Any) -> None:
    """What a provider wrote does not reach the terminal as a command to it."""
    said = events("list").stdout
    assert "A post" in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("words", "reference"),
    [
        (["replay"], "nothing-chosen"),
        (["show", "0000000000000000"], "no-such-event"),
        (["replay", "--event", "0000000000000000"], "no-such-event"),
        (["list", "--local"], "not-up"),
        (["list", "bare"], "not-deployed"),
    ],
)
def test_mistakes_are_told(events: Any, words: list[str], reference: str) -> None:
    """Each with its reference."""
    done = events(*words, code=None)
    assert done.returncode in {1, 2}
    assert f"error[{reference}]" in done.stderr


def test_a_time_that_is_none_is_refused(events: Any) -> None:
    """The message says which forms there are."""
    assert "is not a time such as" in events("list", "--since", "yesterday", code=2).stderr


def test_letters_that_hold_no_event_say_nothing_of_their_text(events: Any, layer: EventLayer) -> None:
    """The text of such a letter may be anything."""
    url = layer.outputs.get(DEAD_LETTERS_URL)
    layer.clients("sqs").send_message(QueueUrl=url, MessageBody="ada@example.org")
    done = events("list", "--dead")
    assert "it is not a build request" in done.stdout
    assert "ada" not in done.stdout
    layer.clients("sqs").purge_queue(QueueUrl=url)
