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
from platform_core.runtime.batcher import MAX_RECEIVES, RETENTION_SECONDS, VISIBILITY_SECONDS, Batcher

NOW = 1_800_000_000.0


@dataclass
class FakeCodeBuild:
    """Stands in for CodeBuild, whose builds the embedded AWS reports as done at once."""

    now: float = NOW
    limited: bool = False
    builds: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def __call__(self, service: str) -> FakeCodeBuild:
        """Stand in for the function that returns clients."""
        assert service == "codebuild"
        return self

    def add(self, status: str, start: float) -> dict[str, Any]:
        """Put a build there."""
        when = dt.datetime.fromtimestamp(start, dt.UTC)
        build = {"id": f"site:{len(self.builds)}", "buildStatus": status, "startTime": when}
        self.builds.append(build)
        return build

    def list_builds_for_project(self, **arguments: str) -> dict[str, Any]:
        """Return the newest ids first, a page of them."""
        assert arguments == {"projectName": "site", "sortOrder": "DESCENDING"}
        return {"ids": [build["id"] for build in reversed(self.builds)][:100]}

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
    return {"messageId": name, "body": json.dumps(body), "attributes": {"SentTimestamp": str(int(sent * 1000))}}


def run(codebuild: FakeCodeBuild, *records: dict[str, Any]) -> list[str]:
    """Return the ids of the messages that come back."""
    answer = Batcher("acme", "site", clients=codebuild)({"Records": list(records)})
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


def test_a_message_without_a_time_is_never_served(codebuild: FakeCodeBuild) -> None:
    """Without a sent time no build can be known to be later, so one is started."""
    codebuild.add("SUCCEEDED", NOW + 9999)
    assert run(codebuild, record("a") | {"attributes": {}}) == []
    assert len(codebuild.builds) == 2


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
    made = Batcher("acme", name, clients=clients)
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
        answer = Batcher(world.settings.site, "site", clients=codebuild)({"Records": world.drain()})
        assert answer == {"batchItemFailures": []}
        assert len(codebuild.builds) == 1
