"""What the server of a site prints: read from its log in the embedded AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["ServerLog"]

_MOST = 20
# Lambda's own lines about each request.
_FRAME = re.compile(r"(START|END|REPORT|INIT_START) ")
_WARNING = re.compile(r"\(node:\d+\)|\(Use `node --trace-")


class ServerLog:
    """The log of one function, read from where the last reading ended.

    Args:
        logs: CloudWatch Logs.
        functions: Lambda.
        function: The name of the function.
        since: What was printed before is left out; in milliseconds.
    """

    def __init__(self, logs: Any, functions: Any, function: str, *, since: int = 0) -> None:
        self._logs, self._functions, self._function = logs, functions, function
        self._group = ""
        self._since = since
        self._seen: set[str] = set()

    def fresh(self) -> list[str]:
        """Return the lines since the last call; of many, the first ones and how many more there are."""
        lines = [line for event in self._events() for line in event.rstrip("\n").splitlines() if _is_told(line)]
        more = len(lines) - _MOST
        return lines if more <= 0 else [*lines[:_MOST], f"and {more} lines more"]

    def _events(self) -> Iterator[str]:
        if not self._group:
            found = self._functions.get_function_configuration(FunctionName=self._function)
            self._group = found["LoggingConfig"]["LogGroup"]
        pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=self._group, startTime=self._since)
        for event in [event for page in pages for event in page["events"]]:
            name = f"{event['timestamp']} {event.get('eventId', '')} {event['message']}"
            if name in self._seen:
                continue
            self._since = max(self._since, event["timestamp"])
            self._seen.add(name)
            yield str(event["message"])
        # Others of the same millisecond may still come.
        self._seen = {name for name in self._seen if name.startswith(f"{self._since} ")}


def _is_told(line: str) -> bool:
    return bool(line.strip()) and not _FRAME.match(line) and not _WARNING.match(line)
