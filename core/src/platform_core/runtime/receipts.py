"""Receipts: which event was taken in already. One DynamoDB table.

Key ``id`` (string) = ``<provider>#<event key>``; ``expires`` is the table's TTL attribute.

A receipt is *claimed* before anything is stored and *done* after everything is.
A claim that failed is given back; one whose function died ends with its lease.
So an event is never taken for a replay because a first try of it went wrong.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from platform_core.runtime.adapter import Rejected
from platform_core.runtime.clients import answer_of, client, code_of, failures

__all__ = ["KEEP_SECONDS", "LEASE_SECONDS", "Receipts", "receipt_id"]

KEEP_SECONDS = 90 * 24 * 3600
LEASE_SECONDS = 60
_MAX_KEY = 1024


def receipt_id(provider: str, key: str) -> str:
    """Return the key under which an event is remembered."""
    if len(key.encode()) > _MAX_KEY:
        key = f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
    return f"{provider}#{key}"


class Receipts:
    """The receipts table of one site."""

    def __init__(
        self, table: str, clients: Callable[[str], Any] = client, clock: Callable[[], float] = time.time
    ) -> None:
        self._table = table
        self._clients = clients
        self._clock = clock

    @contextmanager
    def once(self, receipt: str, outcome: str) -> Iterator[None]:
        """Run the block if *receipt* was not done before, and note that it is done.

        Args:
            receipt: From `receipt_id`.
            outcome: Kept with the receipt, for people.

        Raises:
            Rejected: 409 ``duplicate`` when it was done before, 503 when another
                request is at it, or when the table does not answer.
        """
        owner = uuid.uuid4().hex
        self._claim(receipt, owner)
        with ExitStack() as undo:
            undo.callback(self._release, receipt, owner)
            yield
            self._finish(receipt, owner, outcome)
            undo.pop_all()

    def _claim(self, receipt: str, owner: str) -> None:
        now = int(self._clock())
        try:
            self._clients("dynamodb").put_item(
                TableName=self._table,
                Item={
                    "id": {"S": receipt},
                    "state": {"S": "claimed"},
                    "owner": {"S": owner},
                    "lease": {"N": str(now + LEASE_SECONDS)},
                    "expires": {"N": str(now + KEEP_SECONDS)},
                },
                # DynamoDB removes what has expired only days later.
                ConditionExpression=(
                    "attribute_not_exists(id) OR (#state = :claimed AND lease < :now) OR expires < :now"
                ),
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":claimed": {"S": "claimed"}, ":now": {"N": str(now)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except failures() as error:
            raise _refusal(error) from error

    def _finish(self, receipt: str, owner: str, outcome: str) -> None:
        try:
            self._clients("dynamodb").update_item(
                TableName=self._table,
                Key={"id": {"S": receipt}},
                UpdateExpression="SET #state = :done, outcome = :outcome REMOVE lease",
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#state": "state", "#owner": "owner"},
                ExpressionAttributeValues={
                    ":done": {"S": "done"},
                    ":outcome": {"S": outcome},
                    ":owner": {"S": owner},
                },
            )
        except failures() as error:
            raise Rejected(503, "receipts-unavailable") from error

    def _release(self, receipt: str, owner: str) -> None:
        try:
            self._clients("dynamodb").delete_item(
                TableName=self._table,
                Key={"id": {"S": receipt}},
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": owner}},
            )
        except failures():
            # The lease ends the claim; the error that is on its way out matters more.
            return


def _refusal(error: Exception) -> Rejected:
    if code_of(error) != "ConditionalCheckFailedException":
        return Rejected(503, "receipts-unavailable")
    # Without the item we can't know that it is done, so the sender had better come again.
    state = answer_of(error).get("Item", {}).get("state", {}).get("S")
    return Rejected(409, "duplicate") if state == "done" else Rejected(503, "in-progress")
