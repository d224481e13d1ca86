"""The events of a deployed site: what came in, what died on the way, and how to send it again.

With a person's credentials, from outside: no function of the site may do what this
module does. It reads the events table (event-driven sites), the builds, and the
dead letters; a replay writes a receipt and sends one message to the build queue.

A replay asks for a build; it does not change what the event says. It happens once:
a receipt is claimed before the message is sent and done after it, as the router does
with events, so two people who replay the same thing at once send one message.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from platform_core.errors import DeployError, UserError
from platform_core.outputs import BUILD_PROJECT, DEAD_LETTERS_URL, EVENTS_TABLE, QUEUE_URL, RECEIPTS_TABLE, Outputs
from platform_core.runtime.adapter import Rejected
from platform_core.runtime.batcher import FAILED_BUILD
from platform_core.runtime.receipts import Receipts

__all__ = ["EventInfo", "Events", "Replayed", "State"]

State = Literal["built", "waiting", "recorded", "dead"]
# SQS hands out ten at a time; whoever has more dead letters than this mends the cause first.
_MOST_LETTERS = 5_000
_HIDE_SECONDS = 120
_READ_SECONDS = 1
_REPLAY = "#replay#"


@dataclass(frozen=True, slots=True)
class EventInfo:
    """One event, as people see it: nothing of it names a person.

    Attributes:
        reference: As in the router's answer and log; of a dead letter that holds no
            event, a hash of the message.
        received: When the router took it in; of such a letter, when it was sent.
        provider: Empty when the letter holds no event.
        type: For example ``content.changed``; ``build.failed`` for a build.
        subject: What changed, in the provider's words.
        build: Whether a build follows from it.
        state: ``built`` when a build that began later succeeded; ``waiting`` when none
            did yet; ``recorded`` when none follows; ``dead`` for a dead letter.
        replays: How often it was sent again.
        detail: What the adapter kept.
        why: Of a dead letter: why it died, as far as that can be told.
    """

    reference: str
    received: dt.datetime
    provider: str
    type: str
    subject: str
    build: bool
    state: State
    replays: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did.

    Attributes:
        sent: References of what is on the queue again.
        skipped: Reference -> why it is not.
    """

    sent: tuple[str, ...]
    skipped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Letter:
    """A dead letter; *request* is what to put onto the queue for it, None when it can't be."""

    id: str
    handle: str
    info: EventInfo
    request: Mapping[str, Any] | None


class Events:
    """The events of one site.

    Args:
        site: The client's id.
        outputs: The outputs of its stack.
        clients: Returns the client of a service, for example ``Aws.client``.

    Raises:
        UserError: The site takes no webhooks.
    """

    def __init__(self, site: str, outputs: Outputs, clients: Callable[[str], Any]) -> None:
        if not outputs.get(RECEIPTS_TABLE):
            hint = "A CMS or a shop that sends webhooks brings the queue; deploy the site with it."
            raise UserError("no-webhooks", f"{site} takes no webhooks, so it has no events", hint=hint)
        self._site = site
        self._outputs = outputs
        self._clients = clients
        self._receipts = Receipts(outputs.get(RECEIPTS_TABLE), clients)

    @property
    def stored(self) -> bool:
        """Whether events are stored; in direct mode only the dead letters are there."""
        return bool(self._outputs.get(EVENTS_TABLE))

    def recorded(self, *, since: dt.datetime | None = None) -> list[EventInfo]:
        """Return the stored events, newest first; none in direct mode."""
        newest = self._newest_build() if self.stored else None
        found = [_stored(item, newest) for item in self._items()]
        chosen = [info for info in found if since is None or info.received >= since]
        return sorted(chosen, key=lambda info: (info.received, info.reference), reverse=True)

    def dead(self) -> list[EventInfo]:
        """Return the dead letters, newest first; they stay where they are."""
        with self._letters() as letters:
            return sorted((letter.info for letter in letters), key=lambda info: info.received, reverse=True)

    def replay(
        self, chosen: Callable[[EventInfo], bool], *, again: bool = False, say: Callable[[str], None] = lambda _: None
    ) -> Replayed:
        """Ask once more for the build of stored events.

        Args:
            chosen: Which of them.
            again: Also those that were replayed before.
            say: Is told each reference that was sent.
        """
        sent: list[str] = []
        skipped: dict[str, str] = {}
        newest = self._newest_build() if self.stored else None
        for item in self._items():
            info = _stored(item, newest)
            if not chosen(info):
                continue
            if not info.build:
                skipped[info.reference] = "no build follows from it"
            elif info.replays and not again:
                skipped[info.reference] = "it was replayed before"
            elif self._send(f"{item['id']['S']}#{info.replays}", self._message(item)):
                self._count(item["id"]["S"], info.replays)
                sent.append(info.reference)
                say(info.reference)
            else:
                self._count(item["id"]["S"], info.replays)
                skipped[info.reference] = "somebody else has just replayed it"
        return Replayed(tuple(sent), skipped)

    def replay_dead(
        self, chosen: Callable[[EventInfo], bool] = lambda _: True, *, say: Callable[[str], None] = lambda _: None
    ) -> Replayed:
        """Put dead letters onto the build queue again, and take them off the dead ones."""
        sent: list[str] = []
        skipped: dict[str, str] = {}
        with self._letters() as letters:
            for letter in list(letters):
                reference = letter.info.reference
                if not chosen(letter.info):
                    continue
                if letter.request is None:
                    skipped[reference] = letter.info.why
                    continue
                if self._send(letter.id, letter.request):
                    sent.append(reference)
                    say(reference)
                else:
                    skipped[reference] = "it is on the queue already"
                # Sent by us, or by somebody who did not get as far as this.
                self._sqs.delete_message(QueueUrl=self._outputs.get(DEAD_LETTERS_URL), ReceiptHandle=letter.handle)
                letters.remove(letter)
        return Replayed(tuple(sent), skipped)

    @property
    def _sqs(self) -> Any:
        return self._clients("sqs")

    def _send(self, name: str, message: Mapping[str, Any]) -> bool:
        """Send a message once under *name*; False when that was done before."""
        try:
            with self._receipts.once(f"{_REPLAY}{name}", "replayed"):
                self._sqs.send_message(QueueUrl=self._outputs.get(QUEUE_URL), MessageBody=json.dumps(message))
        except Rejected as refused:
            if refused.status == 409:
                return False
            cause = refused.__cause__
            hint = "Somebody else may be at it; try again in a minute." if refused.reference == "in-progress" else ""
            raise DeployError(
                "replay-failed", "the event could not be replayed", why=str(cause or ""), hint=hint
            ) from cause
        return True

    def _count(self, name: str, seen: int) -> None:
        """Note in the table that an event was replayed, unless somebody did."""
        client = self._clients("dynamodb")
        values = {":next": {"N": str(seen + 1)}, ":seen": {"N": str(seen)}}
        try:
            client.update_item(
                TableName=self._outputs.get(EVENTS_TABLE),
                Key={"id": {"S": name}},
                UpdateExpression="SET replays = :next",
                ConditionExpression="attribute_exists(id) AND (attribute_not_exists(replays) OR replays = :seen)",
                ExpressionAttributeValues=values,
            )
        except client.exceptions.ConditionalCheckFailedException:
            return

    def _items(self) -> Iterator[Mapping[str, Any]]:
        if not self.stored:
            return
        pages = self._clients("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=self._outputs.get(EVENTS_TABLE), ConsistentRead=True):
            yield from page["Items"]

    def _message(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Make a stored event into the message that the router made of it."""
        event = {key: value["S"] for key, value in item.items() if "S" in value and key not in {"site", "detail"}}
        detail = json.loads(item["detail"]["S"])
        return {"site": self._site, "event": {**event, "build": item["build"]["BOOL"], "detail": detail}}

    def _newest_build(self) -> float:
        """Return when the newest build that succeeded began; 0 without one."""
        codebuild = self._clients("codebuild")
        project = self._outputs.get(BUILD_PROJECT)
        ids = codebuild.list_builds_for_project(projectName=project, sortOrder="DESCENDING").get("ids", [])[:100]
        builds = codebuild.batch_get_builds(ids=ids)["builds"] if ids else []
        starts = [build["startTime"].timestamp() for build in builds if build["buildStatus"] == "SUCCEEDED"]
        return max(starts, default=0.0)

    @contextmanager
    def _letters(self) -> Iterator[list[_Letter]]:
        """Hold the dead letters for a while; those that are left in the list are shown to others again."""
        url = self._outputs.get(DEAD_LETTERS_URL)
        letters: dict[str, _Letter] = {}
        try:
            while len(letters) < _MOST_LETTERS:
                answer = self._sqs.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=10,
                    WaitTimeSeconds=_READ_SECONDS,
                    VisibilityTimeout=_HIDE_SECONDS,
                    AttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
                    MessageAttributeNames=["ERROR_CODE"],
                )
                found = answer.get("Messages", [])
                if not found:
                    break
                letters |= {item["MessageId"]: self._read(item) for item in found}
            held = list(letters.values())
            letters = {letter.id: letter for letter in held}
            yield held
            letters = {letter.id: letter for letter in held}
        finally:
            self._show_again(url, list(letters.values()))

    def _show_again(self, url: str, letters: Iterable[_Letter]) -> None:
        rest = list(letters)
        for first in range(0, len(rest), 10):
            entries = [
                {"Id": str(number), "ReceiptHandle": letter.handle, "VisibilityTimeout": 0}
                for number, letter in enumerate(rest[first : first + 10])
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)

    def _read(self, message: Mapping[str, Any]) -> _Letter:
        sent = int(message.get("Attributes", {}).get("SentTimestamp", "0")) / 1000
        received = dt.datetime.fromtimestamp(sent, dt.UTC)
        undelivered = message.get("MessageAttributes", {}).get("ERROR_CODE", {}).get("StringValue", "")
        waited = f"the bus could not deliver it ({undelivered})" if undelivered else "it waited for too long"
        try:
            info, request = self._letter(json.loads(message["Body"]), waited, received)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            why = str(error) if type(error) is _UnfitError else "it is not a build request"
            # The body may hold anything, so nothing of it is shown.
            info, request = (
                EventInfo(_reference(message["MessageId"]), received, "", "", "", True, "dead", why=why),
                None,
            )
        return _Letter(message["MessageId"], message["ReceiptHandle"], info, request)

    def _letter(self, body: Any, waited: str, received: dt.datetime) -> tuple[EventInfo, Mapping[str, Any] | None]:
        if "detail-type" in body and body["detail-type"] == FAILED_BUILD:
            if body["detail"]["project-name"] != self._outputs.get(BUILD_PROJECT):
                raise _UnfitError("it belongs to another project")
            named = str(body["detail"].get("build-id", body.get("id", "")))
            name = f"build#{named}"
            event = {"id": name, "provider": "", "type": "build.failed", "build": True}
            why = "builds failed one after the other"
            info = EventInfo(_reference(name), received, "", "build.failed", "a failed build", True, "dead", why=why)
            return info, {"site": self._site, "event": event}
        request = body["detail"] if "detail-type" in body else body
        if request["site"] != self._site:
            raise _UnfitError("it belongs to another site")
        event = request["event"]
        # What a schedule asks for has no more than id, provider and build.
        info = EventInfo(
            _reference(event["id"]),
            _time(event["received"]) if "received" in event else received,
            str(event.get("provider", "")),
            str(event.get("type", "")),
            str(event.get("subject", "")),
            bool(event["build"]),
            "dead",
            detail=dict(event.get("detail", {})),
            why=waited,
        )
        return info, request


class _UnfitError(ValueError):
    """A letter that would die again."""


def _stored(item: Mapping[str, Any], newest: float | None) -> EventInfo:
    received = _time(item["received"]["S"])
    build = bool(item["build"]["BOOL"])
    # The table keeps whole seconds, so a build of the same second may have come before.
    done = newest is not None and newest >= received.timestamp() + 1
    return EventInfo(
        _reference(item["id"]["S"]),
        received,
        item["provider"]["S"],
        item["type"]["S"],
        item.get("subject", {}).get("S", ""),
        build,
        ("built" if done else "waiting") if build else "recorded",
        replays=int(item.get("replays", {}).get("N", "0")),
        detail=json.loads(item["detail"]["S"]),
    )


def _reference(name: str) -> str:
    """Name an event as the router does: without its key, which is the provider's."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _time(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
