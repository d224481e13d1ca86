"""The batcher: a Lambda function that turns messages of the build queue into builds.

Handler ``platform_core.runtime.batcher.handler``, triggered by SQS with partial
batch responses. It starts the build project once for all messages of a batch, and
never while a build runs: then it reports the messages as failed, so that they come
back after the visibility timeout. A build that starts after the last event
therefore always happens. A message that was sent before the start of a build which
runs or succeeded is served by that build and ends here, so stragglers of a burst
cause no build of their own.

A build that fails puts a message onto the queue, through a rule on CodeBuild's own
events, so that what it should have served is built again: up to `TRIES` builds that
fail in a row. Then that message starts no build any more. It waits for one that
somebody else's event starts, and ends among the dead letters when none succeeds.

A site has a budget: no more than so many builds start within 24 hours. Messages
over it stay on the queue, hidden until the budget allows one build for all of them.

Environment:

    PROJECT           the CodeBuild project
    SITE              the client's id; messages of another site are refused
    QUEUE_URL         the queue that this function reads
    BUILDS_PER_DAY    the budget

The queue and the trigger need (constants below):

- visibility timeout `VISIBILITY_SECONDS`, six times the function's timeout
  (`TIMEOUT_SECONDS`), as AWS asks for; it is also the longest wait between the end
  of one build and the start of the next;
- ``maxReceiveCount`` `MAX_RECEIVES`: each return counts as a receive, so a message
  may meet running builds for 16 hours before it counts as dead;
- a retention above that (`RETENTION_SECONDS`), batches of `BATCH_SIZE` collected
  for `WINDOW_SECONDS`, and ``ReportBatchItemFailures``;
- an alarm on the age of the oldest message, above the build's own timeout: it tells
  of a queue that stands still long before the dead-letter queue would.

The check and the start are two calls. What makes them one is a project with a
concurrent build limit of 1: a start that comes second is refused, which is read as
"a build runs". A reserved concurrency of 1 for this function avoids most of that.
An account that is at its own limit refuses in the same words; then the messages
come back too, like those of every other site that waits.

It needs codebuild:ListBuildsForProject, BatchGetBuilds and StartBuild on the project,
and sqs:ChangeMessageVisibility on the queue.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from platform_core.runtime import journal
from platform_core.runtime.clients import client, code_of, failures

__all__ = [
    "BATCH_SIZE",
    "FAILED_BUILD",
    "FAILURES",
    "MAX_RECEIVES",
    "OVER_BUDGET",
    "PUT_OFF_SECONDS",
    "RETENTION_SECONDS",
    "TIMEOUT_SECONDS",
    "TRIES",
    "VISIBILITY_SECONDS",
    "WINDOW_SECONDS",
    "Batcher",
    "handler",
]

TIMEOUT_SECONDS = 10
VISIBILITY_SECONDS = 60
MAX_RECEIVES = 1000
RETENTION_SECONDS = 4 * 24 * 3600
BATCH_SIZE = 100
WINDOW_SECONDS = 5
TRIES = 3
PUT_OFF_SECONDS = 15 * 60
FAILED_BUILD = "CodeBuild Build State Change"
FAILURES = ("FAILED", "FAULT", "TIMED_OUT")
OVER_BUDGET = "over-budget"
"""The outcome in the log by which an alarm knows of it."""
_DAY = 24 * 3600
# Pages of 100 builds; a budget can't be larger than what they hold.
_MAX_PAGES = 11
# The queue's and CodeBuild's clocks are not one clock.
_CLOCK_MARGIN = 1.0
_SERVES = frozenset({"IN_PROGRESS", "SUCCEEDED"})
_Kind = Literal["build", "none", "retry"]


@dataclass(frozen=True)
class _Message:
    id: str
    handle: str
    sent: float
    kind: _Kind


@dataclass(frozen=True)
class _Build:
    status: str
    start: float


class Batcher:
    """Starts the builds of one site.

    Args:
        site: The client's id.
        project: The CodeBuild project.
        queue_url: The queue that messages come from.
        per_day: How many builds may start within 24 hours.
    """

    def __init__(
        self,
        site: str,
        project: str,
        *,
        queue_url: str,
        per_day: int,
        clients: Callable[[str], Any] = client,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._site = site
        self._project = project
        self._queue_url = queue_url
        self._per_day = per_day
        self._clients = clients
        self._clock = clock

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Take one batch and return the messages that must come again."""
        unreadable: list[str] = []
        wanting: list[_Message] = []
        records = event.get("Records", [])
        for record in records:
            message = self._read(record)
            if message is None:
                unreadable.append(record["messageId"])
            elif message.kind != "none":
                wanting.append(message)
        waiting, outcome = self._serve(wanting)
        journal.write(
            "error" if unreadable else "warning" if outcome in {OVER_BUDGET, "failing"} else "info",
            "batch",
            site=self._site,
            outcome=outcome,
            messages=len(records),
            waiting=len(waiting),
            unreadable=len(unreadable),
        )
        return {"batchItemFailures": [{"itemIdentifier": name} for name in (*unreadable, *(m.id for m in waiting))]}

    def _read(self, record: Mapping[str, Any]) -> _Message | None:
        try:
            # Without a time no build can be known to be later.
            sent = int(record["attributes"]["SentTimestamp"]) / 1000
            kind = self._kind(json.loads(record["body"]))
        except (KeyError, TypeError, ValueError):
            return None
        return _Message(record["messageId"], str(record.get("receiptHandle", "")), sent, kind) if kind else None

    def _kind(self, body: Any) -> _Kind | None:
        """Tell what a message wants; None when it is not one of this site."""
        if "detail-type" in body:
            # A rule of a bus hands over its whole envelope.
            if body["detail-type"] == FAILED_BUILD:
                return "retry" if body["detail"]["project-name"] == self._project else None
            body = body["detail"]
        if body["site"] != self._site:
            return None
        return "none" if body["event"]["build"] is False else "build"

    def _serve(self, wanting: list[_Message]) -> tuple[list[_Message], str]:
        """Return the messages that must come again, and what was done."""
        if not wanting:
            return [], "nothing"
        builds = self._builds()
        served = max((build.start for build in builds if build.status in _SERVES), default=0.0)
        left = [message for message in wanting if message.sent + _CLOCK_MARGIN > served]
        if not left:
            return [], "served"
        if any(build.status == "IN_PROGRESS" for build in builds):
            return left, "waiting"
        if _keeps_failing(builds) and all(message.kind == "retry" for message in left):
            return left, "failing"
        if pause := self._over_budget(builds):
            self._put_off(left, pause)
            return left, OVER_BUDGET
        return ([], "started") if self._start(left, builds) else (left, "waiting")

    def _builds(self) -> list[_Build]:
        """Return the builds of the last day and at least the newest hundred, newest first."""
        codebuild = self._clients("codebuild")
        asked: dict[str, str] = {"projectName": self._project, "sortOrder": "DESCENDING"}
        found: list[_Build] = []
        for _ in range(_MAX_PAGES):
            page = codebuild.list_builds_for_project(**asked)
            ids = page.get("ids", [])[:100]
            builds = codebuild.batch_get_builds(ids=ids)["builds"] if ids else []
            found += [_Build(item["buildStatus"], item["startTime"].timestamp()) for item in builds]
            token = page.get("nextToken")
            if not token or not builds or min(build.start for build in found) <= self._clock() - _DAY:
                break
            asked["nextToken"] = token
        return sorted(found, key=lambda build: build.start, reverse=True)

    def _over_budget(self, builds: list[_Build]) -> float:
        """Return the seconds until one more build may start; 0 when that is now."""
        now = self._clock()
        started = [build.start for build in builds if build.start > now - _DAY]
        if len(started) < self._per_day:
            return 0.0
        return max(started[self._per_day - 1] + _DAY - now, 1.0)

    def _put_off(self, messages: list[_Message], pause: float) -> None:
        """Hide messages for longer than usual, so that a day of waiting does not count them dead."""
        seconds = min(max(int(pause), VISIBILITY_SECONDS), PUT_OFF_SECONDS)
        for message in messages:
            self._clients("sqs").change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=message.handle, VisibilityTimeout=seconds
            )

    def _start(self, messages: Iterable[_Message], builds: list[_Build]) -> bool:
        # The same messages once more, because an answer was lost, start no second build. With
        # another newest build they are a new try, which CodeBuild must not take for the old one.
        newest = builds[0].start if builds else 0.0
        named = "\n".join([*sorted(message.id for message in messages), str(newest)])
        token = hashlib.sha256(named.encode()).hexdigest()
        try:
            self._clients("codebuild").start_build(projectName=self._project, idempotencyToken=token)
        except failures() as error:
            if code_of(error) == "AccountLimitExceededException":
                return False
            raise
        return True


def _keeps_failing(builds: list[_Build]) -> bool:
    """Tell whether the newest builds failed, as many as are tried."""
    return len(builds) >= TRIES and all(build.status in FAILURES for build in builds[:TRIES])


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch that SQS hands over; an error of AWS brings the whole batch back."""
    return _batcher()(event)


@functools.cache
def _batcher() -> Batcher:
    env = os.environ
    return Batcher(
        env["SITE"], env["PROJECT"], queue_url=env["QUEUE_URL"], per_day=int(env.get("BUILDS_PER_DAY") or 200)
    )
