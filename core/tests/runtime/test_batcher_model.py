"""A model of queue, batcher and builds: whatever goes wrong, nothing is lost and nothing is built twice at once.

The queue delivers late, twice, and again when a deletion got lost; builds fail; the
function dies after it started a build; the account refuses starts. The batcher is
the real one; queue, clock and CodeBuild are the model.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from platform_core.runtime.batcher import FAILED_BUILD, FAILURES, VISIBILITY_SECONDS, Batcher

NOW = 1_800_000_000.0
DAY = 86_400.0


@dataclass
class Message:
    """One message of the queue."""

    id: str
    body: str
    sent: float
    visible: float
    kind: str


@dataclass
class Build:
    """One build, with the time that it really started and the one that CodeBuild's clock says."""

    id: str
    real: float
    told: float
    status: str = "IN_PROGRESS"


@dataclass
class World:
    """Queue and CodeBuild of one site; also the function that returns clients."""

    now: float = NOW
    skew: float = 0.0
    refuses: bool = False
    loses_answer: bool = False
    queue: list[Message] = field(default_factory=list)
    builds: list[Build] = field(default_factory=list)
    tokens: dict[str, Build] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __call__(self, service: str) -> World:
        """Return the client of a service."""
        assert service in {"codebuild", "sqs"}
        return self

    @property
    def running(self) -> list[Build]:
        """Return the builds that run."""
        return [build for build in self.builds if build.status == "IN_PROGRESS"]

    def put(self, body: Any, *, kind: str, late: float = 0.0) -> Message:
        """Put a message onto the queue."""
        message = Message(f"m{next(self.numbers)}", json.dumps(body), self.now, self.now + late, kind)
        self.queue.append(message)
        return message

    def list_builds_for_project(self, **_: str) -> dict[str, Any]:
        """Answer as CodeBuild does, on one page."""
        return {"ids": [build.id for build in reversed(self.builds)]}

    def batch_get_builds(self, *, ids: list[str]) -> dict[str, Any]:
        """Answer as CodeBuild does."""
        return {
            "builds": [
                {"buildStatus": build.status, "startTime": dt.datetime.fromtimestamp(build.told, dt.UTC)}
                for build in self.builds
                if build.id in ids
            ]
        }

    def start_build(self, *, projectName: str, idempotencyToken: str) -> dict[str, Any]:  # noqa: N803  AWS's names
        """Start a build, refuse at the limit, or start it and lose the answer."""
        assert projectName == "site"
        if idempotencyToken in self.tokens:
            return {}
        if self.refuses or self.running:
            raise ClientError({"Error": {"Code": "AccountLimitExceededException"}}, "StartBuild")
        self.builds.append(Build(f"b{next(self.numbers)}", self.now, self.now + self.skew))
        self.tokens[idempotencyToken] = self.builds[-1]
        if self.loses_answer:
            raise ConnectionClosedError(endpoint_url="https://codebuild")
        return {}

    def change_message_visibility(self, **arguments: Any) -> dict[str, Any]:
        """Hide a message."""
        for message in self.queue:
            if message.id == arguments["ReceiptHandle"]:
                message.visible = self.now + arguments["VisibilityTimeout"]
        return {}


class Coalescing(RuleBasedStateMachine):
    """Events come, builds run, things break."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.events: list[float] = []

    @initialize(per_day=st.sampled_from([1, 2, 5, 30]))
    def begin(self, per_day: int) -> None:
        """Give the site a budget."""
        self.per_day = per_day

    @rule(after=st.sampled_from([0.0, 0.3, 2.0]), late=st.sampled_from([0.0, 0.0, 3.0, 50.0]), twice=st.booleans())
    def event(self, after: float, late: float, twice: bool) -> None:
        """Take in an event; its message may come late, or twice."""
        self.world.now += after
        body = {"site": "acme", "event": {"build": True}}
        self.events.append(self.world.now)
        for _ in range(1 + twice):
            self.world.put(body, kind="build", late=late)

    @rule(seconds=st.sampled_from([0.3, 2.0, 5.0, 61.0, 900.0, 30_000.0]))
    def time_passes(self, seconds: float) -> None:
        """Let time pass."""
        self.world.now += seconds

    @rule(skew=st.floats(-0.9, 0.9), refuses=st.sampled_from([False, False, False, True]))
    def surroundings_change(self, skew: float, refuses: bool) -> None:
        """Let CodeBuild's clock differ, and the account be at its limit or not."""
        self.world.skew, self.world.refuses = skew, refuses

    @rule(
        size=st.integers(1, 10),
        after=st.sampled_from([0.0, 0.3, 61.0]),
        broken=st.sampled_from(["", "", "", "deletion", "answer"]),
    )
    def deliver(self, size: int, after: float, broken: str) -> None:
        """Hand a batch over; a deletion may get lost, or the answer to a start."""
        self.world.now += after
        self.world.loses_answer = broken == "answer"
        self._deliver(size, forgets=broken == "deletion")
        self.world.loses_answer = False

    def _deliver(self, size: int, *, forgets: bool = False) -> int:
        world = self.world
        batch = [message for message in world.queue if message.visible <= world.now][:size]
        if not batch:
            return 0
        for message in batch:
            message.visible = world.now + VISIBILITY_SECONDS
        records = [
            {
                "messageId": message.id,
                "receiptHandle": message.id,
                "body": message.body,
                "attributes": {"SentTimestamp": str(int(message.sent * 1000))},
            }
            for message in batch
        ]
        # A new one each time: it must know nothing that is not in the queue or in CodeBuild.
        batcher = Batcher(
            "acme", "site", queue_url="queue", per_day=self.per_day, clients=world, clock=lambda: world.now
        )
        try:
            answer = batcher({"Records": records})
        except ConnectionClosedError:
            return len(batch)
        back = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        if not forgets:
            world.queue = [item for item in world.queue if item not in batch or item.id in back]
        return len(batch)

    @precondition(lambda self: self.world.running)
    @rule()
    def build_succeeds(self) -> None:
        """End the running build well."""
        self.world.running[0].status = "SUCCEEDED"

    @precondition(lambda self: self.world.running)
    @rule(status=st.sampled_from(FAILURES), late=st.sampled_from([0.0, 20.0]), twice=st.booleans())
    def build_fails(self, status: str, late: float, twice: bool) -> None:
        """Let the running build fail; the rule on CodeBuild's events tells of it, perhaps late or twice."""
        self.world.running[0].status = status
        body = {"detail-type": FAILED_BUILD, "detail": {"project-name": "site", "build-status": status}}
        for _ in range(1 + twice):
            self.world.put(body, kind="retry", late=late)

    @invariant()
    def one_build_at_a_time(self) -> None:
        """Never do two builds run, so at most one request can wait behind one."""
        assert len(self.world.running) <= 1

    @invariant()
    def nothing_is_lost(self) -> None:
        """Each event waits on the queue, or a build that began after it runs or succeeded."""
        good = [build.real for build in self.world.builds if build.status in {"IN_PROGRESS", "SUCCEEDED"}]
        for at in self.events:
            waits = any(message.sent >= at for message in self.world.queue)
            assert waits or any(start >= at for start in good), f"the event of {at - NOW} is lost"

    @invariant()
    def the_budget_is_kept(self) -> None:
        """No day has more builds than the budget allows; the clocks differ by less than two seconds."""
        starts = [build.real for build in self.world.builds]
        for first, last in zip(starts, starts[self.per_day :], strict=False):
            assert last - first > DAY - 2

    def teardown(self) -> None:
        """When all goes well again, one build per budget serves everything, and the queue becomes empty."""
        world = self.world
        world.refuses = False
        if not self.events:
            return
        for build in world.running:
            build.status = "SUCCEEDED"
        before = len(world.builds)
        for turn in range(600):
            self._deliver(10)
            world.now += 301
            for build in world.running:
                build.status = "SUCCEEDED"
            if not world.queue:
                break
            if turn == 100 and all(item.kind == "retry" for item in world.queue) and len(world.builds) == before:
                # What only failed is for a person: a replay asks for a build like any event.
                for message in list(world.queue):
                    world.queue.remove(message)
                    world.put({"site": "acme", "event": {"build": True}}, kind="build")
        assert world.queue == []
        # The waiting ones, and perhaps one more for each batch that came a moment too late for it.
        assert len(world.builds) - before <= 3
        assert max(build.real for build in world.builds if build.status == "SUCCEEDED") >= max(self.events)
        self.nothing_is_lost()
        self.the_budget_is_kept()


TestCoalescing = Coalescing.TestCase
TestCoalescing.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)


@dataclass
class Account:
    """CodeBuild of an account: so many builds at once, a line of five times as many, and refusal beyond it."""

    slots: int
    now: float = NOW
    line: list[str] = field(default_factory=list)
    running: dict[str, float] = field(default_factory=dict)
    done: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def of(self, site: str) -> Any:
        """Return the function that returns clients of one site."""
        return lambda _: _Project(self, site)

    def step(self, seconds: float, length: float) -> None:
        """Let builds end after *length*, and those that wait take their places, first come, first served."""
        self.now += seconds
        for site in [site for site, start in self.running.items() if start + length <= self.now]:
            del self.running[site]
            self.done[site][-1]["buildStatus"] = "SUCCEEDED"
        while self.line and len(self.running) < self.slots:
            self.running[self.line.pop(0)] = self.now


@dataclass
class _Project:
    account: Account
    site: str

    def list_builds_for_project(self, **_: str) -> dict[str, Any]:
        return {"ids": [str(number) for number, _ in enumerate(self.account.done.get(self.site, []))][-100:]}

    def batch_get_builds(self, *, ids: list[str]) -> dict[str, Any]:
        return {"builds": [self.account.done[self.site][int(number)] for number in ids]}

    def start_build(self, **_: str) -> dict[str, Any]:
        account = self.account
        here = self.site in account.line or self.site in account.running
        if here or len(account.line) + len(account.running) >= 6 * account.slots:
            raise ClientError({"Error": {"Code": "AccountLimitExceededException"}}, "StartBuild")
        account.line.append(self.site)
        when = dt.datetime.fromtimestamp(account.now, dt.UTC)
        account.done.setdefault(self.site, []).append({"buildStatus": "IN_PROGRESS", "startTime": when})
        return {}


@pytest.mark.parametrize(("quiet", "slots"), [(5, 1), (20, 4), (41, 8)])
def test_a_busy_site_does_not_starve_the_others(quiet: int, slots: int) -> None:
    """One site gets an event each second; each of the others is built within one round of all."""
    account, length = Account(slots), 90.0
    queues: dict[str, list[tuple[float, dict[str, Any]]]] = {f"s{n}": [] for n in range(quiet)} | {"busy": []}
    batchers = {
        site: Batcher(site, "site", queue_url="q", per_day=1000, clients=account.of(site), clock=lambda: account.now)
        for site in queues
    }
    asked: dict[str, float] = {}
    numbers = itertools.count()

    def send(site: str) -> None:
        body = json.dumps({"site": site, "event": {"build": True}})
        sent = {"SentTimestamp": str(int(account.now * 1000))}
        record = {"messageId": f"m{next(numbers)}", "receiptHandle": "", "body": body, "attributes": sent}
        queues[site].append((account.now, record))

    for second in range(2400):
        send("busy")
        if second == 300:
            for site in queues:
                if site != "busy":
                    asked[site] = account.now
                    send(site)
        for site, queue in queues.items():
            ready = [item for item in queue if item[0] <= account.now][:100]
            if ready and second % 5 == 0:
                answer = batchers[site]({"Records": [record for _, record in ready]})
                back = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
                left = [item for item in queue if item not in ready]
                queues[site] = left + [(account.now + 60, record) for _, record in ready if record["messageId"] in back]
        account.step(1, length)
    rounds = -(-(quiet + 1) // slots)
    worst = max(account.done[site][0]["startTime"].timestamp() - asked[site] for site in asked)
    assert all(account.done[site][-1]["buildStatus"] == "SUCCEEDED" for site in asked)
    assert worst <= rounds * (length + 60) + 60
