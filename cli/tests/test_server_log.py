"""What is shown of a server's log while a site runs on this machine."""

from __future__ import annotations

from typing import Any

from platform_cli.local.server_log import ServerLog


class Logs:
    """Stands in for the two clients: one group with events that a test adds."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def get_function_configuration(self, **_: str) -> dict[str, Any]:
        """Say where the function writes."""
        return {"LoggingConfig": {"LogGroup": "group"}}

    def get_paginator(self, _: str) -> Logs:
        """Return itself."""
        return self

    def paginate(self, *, logGroupName: str, startTime: int) -> list[dict[str, Any]]:  # noqa: N803  AWS's names
        """Return two pages."""
        assert logGroupName == "group"
        found = [event for event in self.events if event["timestamp"] >= startTime]
        return [{"events": found[:1]}, {"events": found[1:]}]

    def add(self, timestamp: int, *messages: str) -> None:
        """Let the function print."""
        self.events += [
            {"timestamp": timestamp, "eventId": str(len(self.events)), "message": text} for text in messages
        ]


def test_only_what_is_new_is_told():
    """Each line once, also when several came in one millisecond; nothing from before the start."""
    logs = Logs()
    log = ServerLog(logs, logs, "function", since=10)
    logs.add(5, "from last time")
    logs.add(12, "one", "two")
    assert log.fresh() == ["one", "two"]
    logs.add(12, "two")
    logs.add(13, "three")
    assert log.fresh() == ["two", "three"]
    assert log.fresh() == []


def test_lambdas_own_lines_are_left_out():
    """A person wants to see what the site prints."""
    logs = Logs()
    logs.add(1, "START RequestId: 1 Version: 1", "mine\n", "END RequestId: 1", "REPORT RequestId: 1 Duration: 1 ms")
    logs.add(1, "(node:12) [DEP0169] DeprecationWarning: x", "\n")
    assert ServerLog(logs, logs, "function").fresh() == ["mine"]


def test_a_flood_is_cut():
    """The terminal stays readable."""
    logs = Logs()
    logs.add(1, *(f"line {number}" for number in range(50)))
    lines = ServerLog(logs, logs, "function").fresh()
    assert (len(lines), lines[-1]) == (21, "and 30 lines more")
