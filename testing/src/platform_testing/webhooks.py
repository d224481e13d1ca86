"""What is asked of a webhook adapter, as one class of tests; and the adapters that are installed.

A plugin's own tests say how its provider signs:

    class TestWebhook(WebhookConformance):
        provider = "acme"
        module = acme
        body = b'{"id": "1", "type": "changed"}'

        @classmethod
        def sign(cls, body, secret, at):
            return {"acme-signature": hmac.new(secret.encode(), body, "sha256").hexdigest()}

`installed_adapters` finds every adapter through the plugins, so that checks which need
no good signature run on those that nobody thought of.
"""

# ruff: noqa: S101  these are tests that plugins run

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import WebhookAdapter
from platform_core.discovery import discover
from platform_core.errors import PlatformError
from platform_core.runtime.adapter import Event, Rejected, Request
from platform_core.runtime.plugs import Adapter
from platform_core.site import check_site

__all__ = ["NOW", "InstalledAdapter", "WebhookConformance", "alien_requests", "forgeries", "installed_adapters", "load"]

NOW = 1_800_000_000.0
SECRET = "Qx" * 32
OLDER = "Ry" * 32
_KINDS = {"cms": "cms", "ecommerce": "shop"}


@dataclass(frozen=True)
class InstalledAdapter:
    """An adapter, and the component that brings it."""

    component: str
    adapter: WebhookAdapter


def installed_adapters(root: Path, *, engine: str = "ssg-echo") -> tuple[list[InstalledAdapter], dict[str, str]]:
    """Return the adapters that the installed plugins contribute to a site with them, and component -> fault.

    Args:
        root: An empty folder.
        engine: An installed engine with which each of them composes.
    """
    catalogue = Catalogue(discover(disabled=()).plugins)
    found: dict[str, InstalledAdapter] = {}
    faults: dict[str, str] = {}
    for kind, key in _KINDS.items():
        for manifest in catalogue.of_kind(kind):  # type: ignore[arg-type]
            data = {"client": "acme", "domain": "www.acme.example", "engine": engine, key: manifest.id}
            try:
                site = check_site(data, catalogue, complete=False)
                adapters = compose(site, root, catalogue).adapters()
            except PlatformError as error:
                faults[manifest.id] = str(error)
                continue
            for item in adapters:
                found.setdefault(item.value.provider, InstalledAdapter(manifest.id, item.value))
    return [found[name] for name in sorted(found)], faults


def load(path: Path) -> ModuleType:
    """Import an adapter's file on its own, as the router does."""
    spec = importlib.util.spec_from_file_location(f"adapter_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def alien_requests(provider: str, names: Sequence[str]) -> st.SearchStrategy[Request]:
    """Return requests of strangers: any bytes, and anything in the headers that the provider signs with."""
    text = st.text(max_size=90) | st.from_regex(
        r"(sha256=|t=[0-9]{1,14},v1=|v1,)?[A-Za-z0-9+/=_-]{0,90}", fullmatch=True
    )
    headers = st.fixed_dictionaries({}, optional=dict.fromkeys(names, text))
    bodies = st.binary(max_size=300) | st.sampled_from([b"", b"{}", b"null", b'{"id": 1}', b"[" * 200])
    return st.builds(
        lambda body, given: Request("POST", f"/_platform/webhooks/{provider}", given, body, NOW), bodies, headers
    )


def forgeries(good: Request, names: Sequence[str], *, covers_body: bool = True) -> Iterator[tuple[str, Request]]:
    """Yield requests that are almost *good*: another body, or headers as no provider sends them.

    Args:
        good: A request that is let in.
        names: The headers that carry the signature.
        covers_body: Whether the signature depends on the body.
    """
    if covers_body:
        for name, body in _other_bodies(good.body):
            yield f"body: {name}", replace(good, body=body)
    for header in names:
        value = good.headers[header]
        rest = {key: text for key, text in good.headers.items() if key != header}
        yield f"{header}: missing", replace(good, headers=rest)
        for name, text in _other_values(value):
            yield f"{header}: {name}", replace(good, headers={**rest, header: text})


def _other_bodies(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield "one byte longer", body + b" "
    yield "truncated", body[:-1]
    yield "empty", b""
    yield "one bit flipped", bytes([body[0] ^ 1, *body[1:]])
    yield "with a byte order mark", b"\xef\xbb\xbf" + body
    yield "with other line ends", body + b"\r\n"


def _other_values(value: str) -> Iterator[tuple[str, str]]:
    yield "empty", ""
    yield "truncated", value[:-1]
    yield "longer", value + "0"
    # So API Gateway hands over a header that came twice.
    yield "twice", f"{value},{value}"
    yield "twice with a space", f"{value}, {value}"
    yield "reversed", value[::-1]
    yield "not ASCII", value[:-1] + "\u00e9"
    yield "half a pair", value[:-1] + "\ufffd"
    yield "with a tab in it", f"{value[:5]}\t{value[5:]}"
    yield "with a null", value + "\0"


class WebhookConformance:
    """What is asked of an adapter whose provider's requests can be made here.

    Attributes:
        provider: As in the address.
        module: The adapter.
        body: A body from which an event follows.
        headers: What the provider sends besides the signature.
        config: The adapter's configuration.
        covers_body: Whether the signature depends on the body; False for a token.
        rolls: Whether two secrets can be valid at once, which a request tells by itself.
    """

    provider: ClassVar[str] = ""
    module: ClassVar[ModuleType]
    body: ClassVar[bytes] = b"{}"
    headers: ClassVar[Mapping[str, str]] = {}
    config: ClassVar[Mapping[str, str]] = {}
    covers_body: ClassVar[bool] = True
    rolls: ClassVar[bool] = True

    @classmethod
    def sign(cls, body: bytes, secret: str, at: float) -> Mapping[str, str]:
        """Return the headers, in lower case, with which the provider signs *body* at a time."""
        raise NotImplementedError

    @classmethod
    def request(cls, body: bytes | None = None, *, secret: str = SECRET, at: float = NOW, now: float = NOW) -> Request:
        """Return a request as the provider sends it."""
        body = cls.body if body is None else body
        headers = {"content-type": "application/json", **cls.headers, **cls.sign(body, secret, at)}
        return Request("POST", f"/_platform/webhooks/{cls.provider}", headers, body, now)

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the headers that carry the signature."""
        return list(cls.sign(cls.body, SECRET, NOW))

    def test_a_signed_request_passes(self) -> None:
        """And nothing is returned, so that nobody takes a value for a verdict."""
        assert self._verify(self.request()) is None

    def test_an_event_follows_from_it(self) -> None:
        """The event fits the contract and is the same when it is read twice."""
        read = [Adapter(self.module).normalize(self.request(), json.loads(self.body), self.config) for _ in range(2)]
        assert isinstance(read[0], Event)
        assert read[0] == read[1]

    def test_forgeries_are_refused(self) -> None:
        """Another body, and a header that is missing, doubled, cut or of another encoding."""
        let_in = [
            name
            for name, request in forgeries(self.request(), self.names(), covers_body=self.covers_body)
            if not self._refused(request)
        ]
        assert let_in == []

    @pytest.mark.parametrize("secrets", [(), ("",), ("another",), ("", "another"), (SECRET.lower(),), (SECRET + " ",)])
    def test_without_the_secret_nothing_passes(self, secrets: Sequence[str]) -> None:
        """No secret, an empty one or another one lets nothing in."""
        assert self._refused(self.request(), secrets)

    def test_an_empty_secret_signs_nothing(self) -> None:
        """Who knows that the secret is empty can't sign with it."""
        assert self._refused(self.request(secret=""), ("",))

    def test_both_secrets_count_during_a_roll(self) -> None:
        """The newer and the older one pass, in either order."""
        if not self.rolls:
            pytest.skip("a request of this provider does not tell its secret")
        for secret in (SECRET, OLDER):
            for secrets in ((SECRET, OLDER), (OLDER, SECRET)):
                self._verify(self.request(secret=secret), secrets)

    def test_the_replay_window_has_two_ends(self) -> None:
        """What was signed too long ago or too far ahead is refused, what is within passes."""
        window = getattr(self.module, "REPLAY_WINDOW", None)
        if not window:
            pytest.skip("the provider signs no time")
        for age in (window + 2, -window - 2):
            request = self.request(at=NOW - age)
            assert self._refused(request) or self._stale(request)
        for age in (30, -30):
            request = self.request(at=NOW - age)
            self._verify(request)
            assert not self._stale(request)

    def test_it_verifies_before_it_parses(self) -> None:
        """A signed body that is no JSON passes the check of the signature, or is refused: it never breaks it."""
        for body in (b"", b"{", b"\xff\xfe", b"[" * 5000, b"1e999", b'{"a":1,"a":2}'):
            self._refused(self.request(body))

    def test_any_json_is_read_without_a_fault(self) -> None:
        """Signed JSON of another shape is an event, nothing, or refused with 400; it is never a fault."""

        @given(_json())
        def read(value: Any) -> None:
            for payload in (value, *_varied(json.loads(self.body), value)):
                request = self.request(json.dumps(payload).encode())
                event, refused = _tried(lambda: self.module.normalize(request, payload, self.config))  # noqa: B023
                assert refused is None or refused.status == 400
                assert event is None or isinstance(event, Event)

        read()

    def test_strangers_are_refused(self) -> None:
        """Any bytes with any headers raise nothing but a refusal."""

        @given(alien_requests(self.provider, self.names()))
        def refuse(request: Request) -> None:
            assert self._refused(request)

        refuse()

    def test_a_refusal_says_nothing(self) -> None:
        """Its reference is one of a fixed set: no part of the request, of the secret or of a signature is in it."""
        for _, request in forgeries(self.request(), self.names(), covers_body=self.covers_body):
            with pytest.raises(Rejected) as caught:
                self.module.verify(request, (SECRET, OLDER), self.config)
            said = f"{caught.value} {caught.value.reference}"
            parts = [SECRET, OLDER, *(text for text in request.headers.values() if len(text) > 20)]
            assert not [part for part in parts if part in said]

    def _verify(self, request: Request, secrets: Sequence[str] = (SECRET,)) -> object:
        check: Callable[..., object] = self.module.verify
        return check(request, secrets, self.config)

    def _refused(self, request: Request, secrets: Sequence[str] = (SECRET,)) -> bool:
        _, refused = _tried(lambda: self._verify(request, secrets))
        assert refused is None or refused.status in {400, 401, 413, 415, 503}
        return refused is not None

    def _stale(self, request: Request) -> bool:
        _, refused = _tried(lambda: Adapter(self.module).check_time(request))
        assert refused is None or refused.status == 401
        return refused is not None


def _tried(call: Callable[[], Any]) -> tuple[Any, Rejected | None]:
    """Return what a call returns, or its refusal; anything else that it raises is a fault of the adapter."""
    try:
        return call(), None
    except Rejected as refused:
        return None, refused


def _json() -> st.SearchStrategy[Any]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    return st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)


def _varied(payload: Any, value: Any) -> Iterator[Any]:
    """Yield *payload* with *value* in the place of each of its fields, two levels deep."""
    if not isinstance(payload, dict):
        return
    for key, inner in payload.items():
        yield {**payload, key: value}
        if isinstance(inner, dict):
            for name in inner:
                yield {**payload, key: {**inner, name: value}}
