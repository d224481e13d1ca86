"""The batcher: one build for a batch, never two at a time, always one after the last event."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.runtime import batcher as batcher_module
from platform_core.runtime.batcher import (
    FAILED_BUILD,
    FAILURES,
    MAX_RECEIVES,
    PUT_OFF_SECONDS,
    RETENTION_SECONDS,
    TRIES,
    VISIBILITY_SECONDS,
    Batcher,
)

NOW = 1_800_000_000.0


@dataclass
class FakeCodeBuild:
    """Stands in for CodeBuild, whose builds the embedded AWS reports as done at once."""

    now: float = NOW
    limited: bool = False
    builds: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    hidden: dict[str, int] = field(default_factory=dict)

    def __call__(self, service: str) -> FakeCodeBuild:
        """Stand in for the function that returns clients."""
        assert service in {"codebuild", "sqs"}
        return self

    def change_message_visibility(self, **arguments: Any) -> dict[str, Any]:
        """Note for how long a message is hidden."""
        assert arguments["QueueUrl"] == "queue"
        self.hidden[arguments["ReceiptHandle"]] = arguments["VisibilityTimeout"]
        return {}

    def add(self, status: str, start: float) -> dict[str, Any]:
        """Put a build there."""
        when = dt.datetime.fromtimestamp(start, dt.UTC)
        build = {"id": f"site:{len(self.builds)}", "buildStatus": status, "startTime": when}
        self.builds.append(build)
        return build

    def list_builds_for_project(self, **arguments: str) -> dict[str, Any]:
        """Return the newest ids first, a page of them."""
        assert arguments.keys() - {"nextToken"} == {"projectName", "sortOrder"}
        assert (arguments["projectName"], arguments["sortOrder"]) == ("site", "DESCENDING")
        first = int(arguments.get("nextToken", "0"))
        ids = [build["id"] for build in sorted(self.builds, key=lambda build: build["startTime"], reverse=True)]
        more = {"nextToken": str(first + 100)} if len(ids) > first + 100 else {}
        return {"ids": ids[first : first + 100], **more}

    def batch_get_builds(self, *, ids: list[str]) -> dict[str, Any]:
        """Return the builds in no order that could be relied on."""
        assert 1 <= len(ids) <= 100
        return {"builds": [build for build in self.builds if build["id"] in ids]}

    def start_build(self, **arguments: str) -> dict[str, Any]:
        """Start a build, or refuse as a project does that is at its limit."""
        assert arguments.keys() == {"projectName", "idempotencyToken"}
        if self.limited:
            raise ClientError({"Error": {"Code": "AccountLimitExceededException"}}, "StartBuild")
        self.tokens.append(arguments["idempotencyToken"])
        return {"build": self.add("IN_PROGRESS", self.now)}


def record(name: str = "m1", *, site: str = "acme", sent: float = NOW, **event: Any) -> dict[str, Any]:
    body = {"site": site, "event": {"build": True} | event}
    sent_at = {"SentTimestamp": str(int(sent * 1000))}
    return {"messageId": name, "receiptHandle": f"h-{name}", "body": json.dumps(body), "attributes": sent_at}


def failed(name: str = "f1", *, sent: float = NOW, project: str = "site") -> dict[str, Any]:
    """Return what the rule on CodeBuild's events puts onto the queue."""
    body = {"detail-type": FAILED_BUILD, "detail": {"project-name": project, "build-status": "FAILED"}}
    return record(name, sent=sent) | {"body": json.dumps(body)}


def run(codebuild: FakeCodeBuild, *records: dict[str, Any], per_day: int = 1000) -> list[str]:
    """Return the ids of the messages that come back."""
    made = Batcher("acme", "site", queue_url="queue", per_day=per_day, clients=codebuild, clock=lambda: codebuild.now)
    answer = made({"Records": list(records)})
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


@pytest.fixture(name="codebuild")
def _codebuild() -> FakeCodeBuild:
    return FakeCodeBuild()


def test_starts_one_build_for_a_batch(codebuild: FakeCodeBuild) -> None:
    """Many messages start one build, and none comes back."""
    assert run(codebuild, record("a"), record("b"), record("c")) == []
    assert len(codebuild.builds) == 1


def test_reads_the_envelope_of_the_bus(codebuild: FakeCodeBuild) -> None:
    """A message that a rule of the bus put there is read like a direct one."""
    message = record("a")
    message["body"] = json.dumps(
        {"source": "platform.webhooks", "detail-type": "content.changed", "detail": json.loads(message["body"])}
    )
    assert run(codebuild, message) == []
    assert len(codebuild.builds) == 1


def test_waits_while_a_build_runs(codebuild: FakeCodeBuild) -> None:
    """Messages that meet a running build come back, and no second build starts."""
    codebuild.add("IN_PROGRESS", NOW - 60)
    assert run(codebuild, record("a"), record("b")) == ["a", "b"]
    assert len(codebuild.builds) == 1


def test_builds_again_after_the_running_one(codebuild: FakeCodeBuild) -> None:
    """A message that arrived while a build ran starts another when that one is over."""
    running = codebuild.add("IN_PROGRESS", NOW - 60)
    assert run(codebuild, record("a")) == ["a"]
    running["buildStatus"] = "SUCCEEDED"
    codebuild.now = NOW + 90
    assert run(codebuild, record("a")) == []
    assert len(codebuild.builds) == 2


@pytest.mark.parametrize("status", ["IN_PROGRESS", "SUCCEEDED"])
def test_a_later_build_serves_a_straggler(codebuild: FakeCodeBuild, status: str) -> None:
    """A message from before the start of a build ends without a build of its own."""
    codebuild.add(status, NOW + 2)
    assert run(codebuild, record("a")) == []
    assert len(codebuild.builds) == 1


@pytest.mark.parametrize("status", ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"])
def test_a_failed_build_serves_nobody(codebuild: FakeCodeBuild, status: str) -> None:
    """A message whose only later build failed starts another."""
    codebuild.add(status, NOW + 2)
    assert run(codebuild, record("a")) == []
    assert len(codebuild.builds) == 2


def test_clocks_may_differ(codebuild: FakeCodeBuild) -> None:
    """A build that started in the same second as the message does not serve it."""
    codebuild.add("SUCCEEDED", NOW + 0.5)
    assert run(codebuild, record("a")) == []
    assert len(codebuild.builds) == 2


def test_a_message_without_a_time_is_not_read(codebuild: FakeCodeBuild) -> None:
    """Without a sent time no build can be known to be later, so it goes the way of the dead letters."""
    assert run(codebuild, record("a") | {"attributes": {}}) == ["a"]
    assert codebuild.builds == []


def test_served_and_waiting_part(codebuild: FakeCodeBuild) -> None:
    """In one batch the served message ends and the later one waits."""
    codebuild.add("IN_PROGRESS", NOW + 10)
    assert run(codebuild, record("old"), record("new", sent=NOW + 20)) == ["new"]


def test_the_projects_limit_means_waiting(codebuild: FakeCodeBuild) -> None:
    """A start that the project's limit refuses counts as a running build."""
    codebuild.limited = True
    assert run(codebuild, record("a")) == ["a"]


def test_another_failure_brings_the_batch_back(codebuild: FakeCodeBuild, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other error of AWS is raised, so that SQS keeps every message."""

    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "StartBuild")

    monkeypatch.setattr(codebuild, "start_build", refuse)
    with pytest.raises(ClientError, match="AccessDenied"):
        run(codebuild, record("a"))


def test_no_build_for_events_that_need_none(codebuild: FakeCodeBuild) -> None:
    """A message that says build = false ends quietly."""
    assert run(codebuild, record("a", build=False)) == []
    assert codebuild.builds == []


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "7", '"detail-type"', "{}", '{"site": "acme"}', '{"detail-type": "x"}']
)
def test_an_unreadable_message_comes_back(codebuild: FakeCodeBuild, body: str) -> None:
    """A message that can't be read goes the way to the dead-letter queue; the others are served."""
    assert run(codebuild, record("bad") | {"body": body}, record("good")) == ["bad"]
    assert len(codebuild.builds) == 1


def test_a_message_of_another_site_comes_back(codebuild: FakeCodeBuild) -> None:
    """A misrouted message starts nothing here and is not lost."""
    assert run(codebuild, record("a", site="other")) == ["a"]
    assert codebuild.builds == []


def test_the_same_messages_have_the_same_token(codebuild: FakeCodeBuild) -> None:
    """A batch that comes twice in another order asks CodeBuild with the same token."""
    run(codebuild, record("a"), record("b"))
    codebuild.builds.clear()
    run(codebuild, record("b"), record("a"))
    run(FakeCodeBuild(tokens=codebuild.tokens), record("c"))
    first, second, third = codebuild.tokens
    assert first == second != third


def test_another_try_has_another_token(codebuild: FakeCodeBuild) -> None:
    """CodeBuild must not take the same messages after a failed build for the same request."""
    run(codebuild, record("a"))
    codebuild.builds[0]["buildStatus"] = "FAILED"
    codebuild.now += 5
    run(codebuild, record("a"))
    assert len(set(codebuild.tokens)) == len(codebuild.builds) == 2


@pytest.mark.parametrize("status", FAILURES)
def test_a_failed_build_is_tried_again(codebuild: FakeCodeBuild, status: str) -> None:
    """CodeBuild's own event of the failure starts the next build."""
    codebuild.add(status, NOW - 30)
    assert run(codebuild, failed()) == []
    assert len(codebuild.builds) == 2


def test_a_failure_that_was_made_good_starts_nothing(codebuild: FakeCodeBuild) -> None:
    """A later build serves the failed one's events too."""
    codebuild.add("FAILED", NOW - 30)
    codebuild.add("SUCCEEDED", NOW + 10)
    assert run(codebuild, failed()) == []
    assert len(codebuild.builds) == 2


def test_failures_in_a_row_end_the_tries(codebuild: FakeCodeBuild) -> None:
    """What fails each time is not built for ever: its message waits, and dies if nothing mends it."""
    for number in range(TRIES):
        codebuild.add("FAILED", NOW - 100 + number)
    assert run(codebuild, failed()) == ["f1"]
    assert len(codebuild.builds) == TRIES


def test_another_event_builds_after_failures(codebuild: FakeCodeBuild) -> None:
    """Somebody's next change may mend what fails, so it is built, and the waiting ones with it."""
    for number in range(TRIES):
        codebuild.add("FAILED", NOW - 100 + number)
    assert run(codebuild, failed(), record("a")) == []
    assert len(codebuild.builds) == TRIES + 1


def test_a_failure_of_another_project_comes_back(codebuild: FakeCodeBuild) -> None:
    """A misrouted event of CodeBuild starts nothing here."""
    assert run(codebuild, failed(project="other")) == ["f1"]
    assert codebuild.builds == []


def test_over_the_budget_nothing_starts_and_nothing_is_lost(codebuild: FakeCodeBuild) -> None:
    """Messages come back, hidden for longer, so that a day of waiting does not count them dead."""
    for number in range(3):
        codebuild.add("SUCCEEDED", NOW - 5000 + number)
    names = [f"m{number}" for number in range(25)]
    assert run(codebuild, *(record(name) for name in names), per_day=3) == names
    assert len(codebuild.builds) == 3
    assert codebuild.hidden == {f"h-{name}": PUT_OFF_SECONDS for name in names}


def test_the_budget_allows_again(codebuild: FakeCodeBuild) -> None:
    """A day after the oldest of them one build serves all that waited."""
    for number in range(3):
        codebuild.add("SUCCEEDED", NOW - 5000 + number)
    codebuild.now = NOW - 5000 + 86_400 - 70
    assert run(codebuild, record("a"), record("b"), per_day=3) == ["a", "b"]
    assert codebuild.hidden["h-a"] == 70
    codebuild.now += 71
    assert run(codebuild, record("a"), record("b"), per_day=3) == []
    assert len(codebuild.builds) == 4


def test_a_large_budget_is_counted_over_pages(codebuild: FakeCodeBuild) -> None:
    """More than a page of builds in a day is counted whole."""
    for number in range(250):
        codebuild.add("SUCCEEDED", NOW - 80_000 + number)
    assert run(codebuild, record("a"), per_day=250) == ["a"]
    assert run(codebuild, record("a"), per_day=251) == []


def test_the_budget_is_told_in_the_log(codebuild: FakeCodeBuild, capsys: pytest.CaptureFixture[str]) -> None:
    """The line has the outcome that the alarm counts."""
    codebuild.add("SUCCEEDED", NOW - 50)
    run(codebuild, record("a"), per_day=1)
    entry = json.loads(capsys.readouterr().out)
    assert (entry["level"], entry["outcome"], entry["waiting"]) == ("warning", "over-budget", 1)


def test_a_day_of_waiting_is_not_death() -> None:
    """A message that is put off for the whole day meets fewer receives than count as dead."""
    assert 24 * 3600 / PUT_OFF_SECONDS + 24 * 3600 % PUT_OFF_SECONDS < MAX_RECEIVES / 2
    assert RETENTION_SECONDS > 2 * 24 * 3600


def test_waiting_outlasts_the_longest_build() -> None:
    """A message may meet CodeBuild's longest build, eight hours, and is not dead, nor forgotten."""
    assert MAX_RECEIVES * VISIBILITY_SECONDS > 8 * 3600
    assert MAX_RECEIVES <= 1000
    assert MAX_RECEIVES * VISIBILITY_SECONDS < RETENTION_SECONDS
    assert VISIBILITY_SECONDS >= 6 * batcher_module.TIMEOUT_SECONDS


@settings(max_examples=100, deadline=None)
@given(
    events=st.lists(st.integers(0, 400), min_size=1, max_size=12),
    lengths=st.lists(st.integers(1, 200), min_size=1, max_size=4),
    size=st.integers(1, 5),
)
def test_every_event_is_built_and_no_two_builds_run(events: list[int], lengths: list[int], size: int) -> None:
    """Whatever the times: one build at a time, and one that starts after the last event."""
    codebuild = FakeCodeBuild()
    starts = _simulate(codebuild, events, lengths, size)
    ends = [start + lengths[number % len(lengths)] for number, start in enumerate(starts)]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert starts[-1] >= NOW + max(events)
    assert len(starts) <= len(events)


def _simulate(codebuild: FakeCodeBuild, events: list[int], lengths: list[int], size: int) -> list[float]:
    """Play a queue second by second until it is empty; return when builds started."""
    waiting = [(NOW + second, record(f"m{number}", sent=NOW + second)) for number, second in enumerate(events)]
    for second in range(20_000):
        codebuild.now = NOW + second
        for number, build in enumerate(codebuild.builds):
            if build["startTime"].timestamp() + lengths[number % len(lengths)] <= codebuild.now:
                build["buildStatus"] = "SUCCEEDED"
        ready = [item for item in waiting if item[0] <= codebuild.now][:size]
        if ready:
            back = run(codebuild, *(message for _, message in ready))
            waiting = [item for item in waiting if item not in ready]
            waiting += [
                (codebuild.now + VISIBILITY_SECONDS, message) for _, message in ready if message["messageId"] in back
            ]
        if not waiting:
            return [build["startTime"].timestamp() for build in codebuild.builds]
    raise AssertionError("the queue never became empty")


def test_asks_a_real_project(clients: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls are ones that CodeBuild takes: two batches in a row make a build each."""
    name = f"site-{uuid.uuid4().hex[:8]}"
    clients("codebuild").create_project(
        name=name,
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole="arn:aws:iam::000000000000:role/build",
    )
    made = Batcher("acme", name, queue_url="", per_day=1000, clients=clients)
    now = dt.datetime.now(dt.UTC).timestamp()
    for number in range(2):
        assert made({"Records": [record(f"m{number}", sent=now + 60)]}) == {"batchItemFailures": []}
    assert len(clients("codebuild").list_builds_for_project(projectName=name)["ids"]) == 2


def test_what_the_router_sends_can_be_read(make_world: Callable[..., Any]) -> None:
    """Messages of both modes, as they come off the real queue, start a build."""
    for mode in ("direct", "event-driven"):
        world = make_world(mode)
        world.post({"id": "a"})
        codebuild = FakeCodeBuild()
        made = Batcher(world.settings.site, "site", queue_url=world.queue, per_day=9, clients=codebuild)
        answer = made({"Records": world.drain()})
        assert answer == {"batchItemFailures": []}
        assert len(codebuild.builds) == 1


def test_the_budget_hides_messages_of_a_real_queue(make_world: Callable[..., Any]) -> None:
    """SQS takes the call: a message over the budget is still there, and hidden."""
    world = make_world("direct")
    for number in range(12):
        world.post({"id": f"e{number}"})
    sqs = world.clients("sqs")
    taken: list[dict[str, Any]] = []
    while len(taken) < 12:
        taken += sqs.receive_message(
            QueueUrl=world.queue, MaxNumberOfMessages=10, VisibilityTimeout=1, AttributeNames=["All"]
        )["Messages"]
    records = [
        {
            "messageId": item["MessageId"],
            "receiptHandle": item["ReceiptHandle"],
            "body": item["Body"],
            "attributes": item["Attributes"],
        }
        for item in taken
    ]
    codebuild = FakeCodeBuild()
    codebuild.now = dt.datetime.now(dt.UTC).timestamp()
    codebuild.add("SUCCEEDED", codebuild.now - 60)

    def clients(service: str) -> Any:
        return codebuild if service == "codebuild" else sqs

    made = Batcher(world.settings.site, "site", queue_url=world.queue, per_day=1, clients=clients)
    assert len(made({"Records": records})["batchItemFailures"]) == 12
    hidden = "ApproximateNumberOfMessagesNotVisible"
    found = sqs.get_queue_attributes(QueueUrl=world.queue, AttributeNames=[hidden])["Attributes"]
    assert (found[hidden], world.queued()) == ("12", 12)
