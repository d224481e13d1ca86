"""The batcher: a Lambda function that turns messages of the build queue into builds.

Handler ``platform_core.runtime.batcher.handler``, triggered by SQS with partial
batch responses. It starts the build project once for all messages of a batch, and
never while a build runs: then it reports the messages as failed, so that they come
back after the visibility timeout. A build that starts after the last event
therefore always happens. A message that was sent before the start of a build which
runs or succeeded is served by that build and ends here, so stragglers of a burst
cause no build of their own.

Environment:

    PROJECT           the CodeBuild project
    SITE              the client's id; messages of another site are refused

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

It needs codebuild:ListBuildsForProject, BatchGetBuilds and StartBuild on the project.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.runtime import journal
from platform_core.runtime.clients import client, failures

__all__ = [
    "BATCH_SIZE",
    "MAX_RECEIVES",
    "RETENTION_SECONDS",
    "TIMEOUT_SECONDS",
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
# The queue's and CodeBuild's clocks are not one clock.
_CLOCK_MARGIN = 1.0
_SERVES = frozenset({"IN_PROGRESS", "SUCCEEDED"})


@dataclass(frozen=True)
class _Message:
    id: str
    sent: float
    build: bool


@dataclass(frozen=True)
class _Builds:
    running: bool
    newest_start: float


class Batcher:
    """Starts the builds of one site."""

    def __init__(self, site: str, project: str, *, clients: Callable[[str], Any] = client) -> None:
        self._site = site
        self._project = project
        self._clients = clients

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Take one batch and return the messages that must come again."""
        unreadable: list[str] = []
        wanting: list[_Message] = []
        records = event.get("Records", [])
        for record in records:
            message = self._read(record)
            if message is None:
                unreadable.append(record["messageId"])
            elif message.build:
                wanting.append(message)
        waiting, outcome = self._serve(wanting)
        journal.write(
            "error" if unreadable else "info",
            "batch",
            site=self._site,
            outcome=outcome,
            messages=len(records),
            waiting=len(waiting),
            unreadable=len(unreadable),
        )
        return {"batchItemFailures": [{"itemIdentifier": name} for name in (*unreadable, *waiting)]}

    def _read(self, record: Mapping[str, Any]) -> _Message | None:
        try:
            body = json.loads(record["body"])
            # A rule of the bus hands over its whole envelope.
            body = body["detail"] if "detail-type" in body else body
            if body["site"] != self._site:
                return None
            build = body["event"]["build"] is not False
            # Without a time no build can be known to be later.
            sent = int(record.get("attributes", {}).get("SentTimestamp", 0)) / 1000 or math.inf
        except (KeyError, TypeError, ValueError):
            return None
        return _Message(record["messageId"], sent, build)

    def _serve(self, wanting: list[_Message]) -> tuple[list[str], str]:
        if not wanting:
            return [], "nothing"
        builds = self._builds()
        left = [message for message in wanting if message.sent + _CLOCK_MARGIN > builds.newest_start]
        if not left:
            return [], "served"
        if builds.running or not self._start(left):
            return [message.id for message in left], "waiting"
        return [], "started"

    def _builds(self) -> _Builds:
        codebuild = self._clients("codebuild")
        ids = codebuild.list_builds_for_project(projectName=self._project, sortOrder="DESCENDING").get("ids", [])
        builds = codebuild.batch_get_builds(ids=ids[:100])["builds"] if ids else []
        return _Builds(
            running=any(build["buildStatus"] == "IN_PROGRESS" for build in builds),
            newest_start=max(_starts(builds), default=0.0),
        )

    def _start(self, messages: Iterable[_Message]) -> bool:
        # The same messages once more, because an answer was lost, start no second build.
        token = hashlib.sha256("\n".join(sorted(message.id for message in messages)).encode()).hexdigest()
        try:
            self._clients("codebuild").start_build(projectName=self._project, idempotencyToken=token)
        except failures() as error:
            if getattr(error, "response", {}).get("Error", {}).get("Code") == "AccountLimitExceededException":
                return False
            raise
        return True


def _starts(builds: Iterable[Mapping[str, Any]]) -> Iterable[float]:
    return (build["startTime"].timestamp() for build in builds if build["buildStatus"] in _SERVES)


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Take a batch that SQS hands over; an error of AWS brings the whole batch back."""
    return _batcher()(event)


@functools.cache
def _batcher() -> Batcher:
    return Batcher(os.environ["SITE"], os.environ["PROJECT"])
