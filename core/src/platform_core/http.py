"""Asking a provider's API: retries, limits and errors that a person understands.

Only https is spoken, except to this machine. Redirects are not followed, so a token
goes to nobody but the host that it is for. What is asked is only read, so everything
may be asked twice.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from platform_core.errors import SourceError
from platform_core.exact import read_number
from platform_core.files import write_atomically

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, Retry

__all__ = ["MAX_ASSET_BYTES", "Http", "RefusedError", "TooLargeError"]

MAX_ANSWER_BYTES = 64 * 1024 * 1024
MAX_ASSET_BYTES = 64 * 1024 * 1024
TRIES = 6
# Longer than this nobody waits at a terminal; the next pull goes on where this one ended.
LONGEST_WAIT_SECONDS = 120
_BUSY = (429, 500, 502, 503, 504)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_REFUSED = {401: "the token is wrong or has expired", 403: "the token may not read this", 404: "there is no such thing"}


class RefusedError(SourceError):
    """The provider answered, and the answer is no.

    Attributes:
        status: Its HTTP status.
    """

    def __init__(self, what: str, *, status: int, why: str) -> None:
        super().__init__("source-refused", what, why=why)
        self.status = status


class TooLargeError(SourceError):
    """The provider answers with more than anybody wants to keep."""

    def __init__(self, what: str) -> None:
        super().__init__("source-too-large", what)


class Http:
    """A client for one pull; keeps connections open.

    Args:
        tries: How often a busy provider is asked again.
        backoff: Seconds before the second try when the provider names none; doubled each time.
    """

    def __init__(self, *, tries: int = TRIES, backoff: float = 0.5) -> None:
        import urllib3  # slow to import, and not needed to list a catalogue

        self._retries = _retry()(
            total=tries,
            redirect=False,
            status_forcelist=_BUSY,
            allowed_methods=None,
            backoff_factor=backoff,
            backoff_max=LONGEST_WAIT_SECONDS,
            raise_on_status=False,
            raise_on_redirect=False,
        )
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=10, read=60), headers={"user-agent": "platform"}
        )

    def json(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        wait_header: str = "",
    ) -> Any:
        """Return what *url* answers, parsed; numbers keep their digits, as `platform_core.exact` has it.

        Args:
            url: Without a query.
            headers: Of the request; tokens belong here, since addresses end up in logs.
            query: Parameters.
            body: Posted as JSON when it is not None.
            wait_header: Header in which a busy provider says for how many seconds to wait,
                when it sends no ``Retry-After``.

        Raises:
            RefusedError: The provider refuses.
            SourceError: No answer, or something else than JSON.
        """
        answer = self._ask(url, headers or {}, query, body, wait_header)
        with answer:
            data = _read(answer, url, MAX_ANSWER_BYTES)
            if answer.status >= 300:
                raise _refusal(url, answer.status, data)
        try:
            return json.loads(data, parse_float=read_number)
        except ValueError:
            raise SourceError("source-answer", f"{_place(url)} did not answer with JSON") from None

    def download(self, url: str, target: Path) -> None:
        """Write what *url* answers to *target*, whole or not at all.

        Raises:
            TooLargeError: More than `MAX_ASSET_BYTES`.
            SourceError: No answer, or a refusal.
        """
        with self._ask(url, {}, None, None) as answer:
            if answer.status != 200:
                raise _refusal(url, answer.status, b"")
            data = _read(answer, url, MAX_ASSET_BYTES)
        write_atomically(target, data)

    def _ask(
        self,
        url: str,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None,
        body: Any,
        wait_header: str = "",
    ) -> BaseHTTPResponse:
        import urllib3

        _check_address(url)
        sent = {"accept": "*/*", **headers}
        if body is not None:
            sent["content-type"] = "application/json"
        try:
            return self._pool.request(
                "GET" if body is None else "POST",
                url,
                fields=dict(query) if query and body is None else None,
                body=None if body is None else json.dumps(body).encode(),
                headers=sent,
                retries=self._retries.new(wait_header=wait_header),
                preload_content=False,
            )
        except _TooLongError as error:
            raise SourceError(
                "source-busy",
                f"{_place(url)} wants to be left alone for {math.ceil(error.seconds / 60):,} minutes",
                hint=f"Pull again after {_later(error.seconds)}; what has come is kept, and the next pull goes on there.",
            ) from None
        except urllib3.exceptions.HTTPError as error:
            raise SourceError(
                "source-unreachable", f"{_place(url)} can't be asked", why=str(error).partition("(")[0]
            ) from error


class _TooLongError(Exception):
    """The provider wants more patience than anybody has."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _seconds(text: str) -> float | None:
    """Return for how long a header says to wait, in seconds or until a time; None when it says neither."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or dt.UTC) - dt.datetime.now(dt.UTC)).total_seconds()
    return seconds if 0 <= seconds < math.inf else None


def _later(seconds: float) -> str:
    """Name the minute that is *seconds* from now, or later."""
    try:
        moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds + 60)
    except OverflowError:
        return "a very long time"
    return f"{moment:%Y-%m-%d %H:%M} UTC"


@functools.cache
def _retry() -> type[Retry]:
    """Return urllib3's rule of retries, with the providers' own words for ``Retry-After``."""
    import urllib3

    class Rule(urllib3.Retry):
        def __init__(self, *args: Any, wait_header: str = "", **options: Any) -> None:
            super().__init__(*args, **options)
            self._wait_header = wait_header

        def new(self, **changes: Any) -> Rule:
            return super().new(**{"wait_header": self._wait_header, **changes})

        def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
            said = (response.headers.get(name, "") for name in ("retry-after", self._wait_header) if name)
            seconds = next((found for text in said if (found := _seconds(text)) is not None), None)
            if seconds and seconds > LONGEST_WAIT_SECONDS:
                raise _TooLongError(seconds)
            return seconds

    return Rule


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise SourceError("source-address", f"{_place(url)} is not an https address")


def _read(answer: BaseHTTPResponse, url: str, limit: int) -> bytes:
    import urllib3

    try:
        data = answer.read(limit + 1)
    except urllib3.exceptions.HTTPError as error:
        raise SourceError("source-unreachable", f"{_place(url)} broke off its answer", why=str(error)) from error
    if len(data) > limit:
        raise TooLargeError(f"{_place(url)} answers with more than {limit:,} bytes")
    return data


def _refusal(url: str, status: int, data: bytes) -> RefusedError:
    said = data[:300].decode("utf-8", "replace").strip()
    why = ": ".join(part for part in (_REFUSED.get(status, ""), said) if part)
    return RefusedError(f"{_place(url)} answers {status}", status=status, why=why)


def _place(url: str) -> str:
    """Name *url* without its query, in which a provider may want a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
