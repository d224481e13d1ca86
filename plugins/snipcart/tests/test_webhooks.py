"""The webhook adapter: only what Snipcart's API vouches for gets in."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.runtime import plugs, strict
from platform_core.runtime.adapter import Event, Rejected, Request
from platform_plugin_snipcart.runtime import snipcart

ORDER: Mapping[str, Any] = {
    "eventName": "order.completed",
    "mode": "Live",
    "createdOn": "2026-11-23T14:58:02.6738454Z",
    "content": {
        "token": "496945f9-2776-4b40-878a-d209359f90fd",
        "invoiceNumber": "SNIP-1351",
        "email": "someone@mail.example",
        "billingAddress": {"fullName": "Ada Someone", "phone": "418 800 7440"},
        "items": [
            {"id": "night-rate", "quantity": 2, "name": "Night Rate", "price": 18.5},
            {"id": "mug", "quantity": 1},
            {"id": "night-rate", "quantity": 1},
        ],
        "finalGrandTotal": 55.5,
    },
}


def _request(token: str | None = None, payload: Any = ORDER, body: bytes | None = None) -> Request:
    raw = json.dumps(payload).encode() if body is None else body
    headers = {"content-type": "application/json"} | ({"x-snipcart-requesttoken": token} if token is not None else {})
    return Request("POST", "/_platform/webhooks/snipcart", headers, raw, 0.0)


def _refusal(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(Rejected) as caught:
        call()
    return caught.value.status, caught.value.reference


def _normalized(payload: Any, **config: str) -> Any:
    return snipcart.normalize(_request(payload=payload), payload, config)


class TestVerify:
    """Whether Snipcart made a request."""

    def test_a_token_that_snipcart_knows_is_genuine(self, api: Any) -> None:
        """The API is asked once, with the secret key as user name and no password."""
        token = api.issue()
        snipcart.verify(_request(token), ["secret-key"], {"validation_url": api.url})
        assert api.asked == [(f"/api/requestvalidation/{token}", "Basic c2VjcmV0LWtleTo=")]

    def test_a_token_is_good_once(self, api: Any) -> None:
        """The same request again is refused, since Snipcart forgets a token that was checked."""
        request = _request(api.issue())
        snipcart.verify(request, ["secret-key"], {"validation_url": api.url})
        again = _refusal(lambda: snipcart.verify(request, ["secret-key"], {"validation_url": api.url}))
        assert again == (401, "snipcart-token-refused")

    def test_a_token_lives_an_hour(self, api: Any) -> None:
        """A request that was kept for later is worth nothing."""
        request = _request(api.issue())
        api.now += 3601
        refused = _refusal(lambda: snipcart.verify(request, ["secret-key"], {"validation_url": api.url}))
        assert refused == (401, "snipcart-token-refused")

    def test_a_forged_token_is_refused(self, api: Any) -> None:
        """A token that Snipcart never issued gets a 401."""
        refused = _refusal(lambda: snipcart.verify(_request("f" * 32), ["secret-key"], {"validation_url": api.url}))
        assert refused == (401, "snipcart-token-refused")

    @pytest.mark.parametrize(
        "token",
        [None, "", ".", "..", "../orders", "a/b", "a?b", "a#b", "a b", "a%2fb", "ab\n", "ab\r\nX: y", "é", "a" * 129],
    )
    def test_a_malformed_token_never_reaches_the_api(self, api: Any, token: str | None) -> None:
        """What would change the address, or the request, is refused before anything is sent."""
        refused = _refusal(lambda: snipcart.verify(_request(token), ["secret-key"], {"validation_url": api.url}))
        assert refused == (401, "snipcart-no-token")
        assert api.asked == []

    @pytest.mark.parametrize("body", [b"", b"[]", b"null", b"eventName=order.completed", b"\xff\xfe{}"])
    def test_what_can_not_be_an_event_does_not_use_a_token_up(self, api: Any, body: bytes) -> None:
        """A body that is no JSON object is refused without asking."""
        request = _request(api.issue(), body=body)
        refused = _refusal(lambda: snipcart.verify(request, ["secret-key"], {"validation_url": api.url}))
        assert refused == (400, "snipcart-bad-event")
        assert api.asked == []

    def test_a_new_key_works_while_the_old_one_is_rolled(self, api: Any) -> None:
        """A key that the API refuses is followed by the other one, with the same token."""
        api.keys = {"old-key"}
        snipcart.verify(_request(api.issue()), ["new-key", "old-key"], {"validation_url": api.url})
        assert len(api.asked) == 2

    def test_a_refused_token_is_not_tried_with_the_other_key(self, api: Any) -> None:
        """A forged request costs one call, not two."""
        _refusal(lambda: snipcart.verify(_request("f" * 32), ["secret-key", "old"], {"validation_url": api.url}))
        assert len(api.asked) == 1

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_key_that_is_refused_lets_nobody_in(self, api: Any, status: int) -> None:
        """Every key is tried, and then it is a 401, upon which the router reads the secret again."""
        api.answer = status
        refused = _refusal(lambda: snipcart.verify(_request(api.issue()), ["one", "two"], {"validation_url": api.url}))
        assert refused == (401, "snipcart-key-refused")
        assert len(api.asked) == 2

    @pytest.mark.parametrize("status", [201, 202, 204, 206, 400, 429, 500, 502, 503])
    def test_only_200_is_genuine(self, api: Any, status: int) -> None:
        """An answer that is neither yes nor no is 503: it may come again."""
        api.answer = status
        refused = _refusal(lambda: snipcart.verify(_request(api.issue()), ["secret-key"], {"validation_url": api.url}))
        assert refused == (503, "snipcart-unavailable")

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_not_followed(self, api: Any, status: int) -> None:
        """The secret key goes to one address only."""
        api.answer, api.headers = status, {"Location": f"{api.url}/elsewhere"}
        refused = _refusal(lambda: snipcart.verify(_request(api.issue()), ["secret-key"], {"validation_url": api.url}))
        assert refused == (503, "snipcart-unavailable")
        assert len(api.asked) == 1

    def test_an_api_that_is_down_refuses(self) -> None:
        """Nobody listens: 503, so that the event is not taken for handled."""
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}/api"
            refused = _refusal(lambda: snipcart.verify(_request("f" * 32), ["key"], {"validation_url": url}))
        assert refused == (503, "snipcart-unreachable")

    def test_an_api_that_hangs_refuses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server that takes the call and says nothing is given up."""
        monkeypatch.setattr(snipcart, "_TIMEOUT", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
            refused = _refusal(lambda: snipcart.verify(_request("f" * 32), ["key"], {"validation_url": url}))
        assert refused == (503, "snipcart-unreachable")

    def test_an_answer_that_is_not_http_refuses(self) -> None:
        """Garbage from the other side is no yes."""
        with socket.create_server(("127.0.0.1", 0)) as server:

            def talk() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"200 OK, trust me\r\n\r\n")

            thread = Thread(target=talk)
            thread.start()
            url = f"http://127.0.0.1:{server.getsockname()[1]}/api"
            refused = _refusal(lambda: snipcart.verify(_request("f" * 32), ["key"], {"validation_url": url}))
            thread.join()
        assert refused == (503, "snipcart-unreachable")

    @pytest.mark.parametrize("secrets", [[], [""], ["", ""]])
    def test_a_missing_key_lets_nobody_in(self, api: Any, secrets: list[str]) -> None:
        """Without a key nothing is asked and nothing is accepted."""
        refused = _refusal(lambda: snipcart.verify(_request(api.issue()), secrets, {"validation_url": api.url}))
        assert refused == (503, "snipcart-no-key")
        assert api.asked == []

    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example/api/requestvalidation",
            "http://evil.example:80/api",
            "http://127.0.0.1@evil.example:80/api",
            "http://evil.example:80#@127.0.0.1:80/",
            "http://127.0.0.1.evil.example:80/api",
            "http://169.254.169.254:80/latest/meta-data",
            "http://localhost:80/api",
            "http://127.0.0.1/api",
            "http://127.0.0.1:99999/api",
            "http://[::1",
            "file:///etc/passwd",
            "ftp://127.0.0.1:21/",
            "//127.0.0.1:80/api",
            " https://app.snipcart.com/api/requestvalidation",
        ],
    )
    def test_the_key_goes_to_snipcart_or_to_this_machine(self, url: str) -> None:
        """No other address is asked, whatever the configuration says."""
        refused = _refusal(lambda: snipcart.verify(_request("f" * 32), ["key"], {"validation_url": url}))
        assert refused == (503, "snipcart-bad-address")

    def test_a_refusal_says_nothing_of_the_secret(self, api: Any) -> None:
        """Neither key nor token stand in what is raised."""
        api.answer = 500
        token = api.issue()
        with pytest.raises(Rejected) as caught:
            snipcart.verify(_request(token), ["very-secret"], {"validation_url": api.url})
        assert "very-secret" not in repr(caught.value)
        assert token not in repr(caught.value)

    @given(
        token=st.text(max_size=140) | st.from_regex(r"[A-Za-z0-9_-]{1,130}", fullmatch=True),
        body=st.binary(max_size=60),
    )
    @settings(max_examples=200, deadline=None)
    def test_nothing_unknown_gets_in(self, token: str, body: bytes) -> None:
        """Whatever a stranger sends is refused, and never with an unforeseen error."""
        asked: list[str] = []

        def no(address: str, token: str, secret: str) -> int:
            asked.append(token)
            return 404

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(snipcart, "_ask", no)
            status, _ = _refusal(lambda: snipcart.verify(_request(token, body=body), ["key"], {}))
        assert status in {400, 401}
        assert all(
            sent.isascii() and sent.replace("_", "").replace("-", "").isalnum() for sent in asked if sent.strip("_-")
        )


@pytest.fixture(name="impostor")
def _impostor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: Any) -> Iterator[Path]:
    """A TLS server to which every connection leads; its certificate is for app.snipcart.com and its own."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    name = ["-subj", "/CN=app.snipcart.com", "-addext", "subjectAltName=DNS:app.snipcart.com"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *name]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = _Tls(("127.0.0.1", 0), api.handler())
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    connect = socket.create_connection
    asked: list[object] = []

    def here(address: object, *rest: Any, **named: Any) -> socket.socket:
        asked.append(address)
        return connect(server.server_address[:2], *rest, **named)

    monkeypatch.setattr(socket, "create_connection", here)
    yield certificate
    assert asked == [("app.snipcart.com", 443)]
    server.shutdown()
    thread.join()
    server.server_close()


class _Tls(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the handshake is what some tests want."""


class TestTls:
    """That the real API is asked, and only it."""

    def test_an_impostor_is_not_believed(self, impostor: Path, api: Any) -> None:
        """A certificate that nobody vouches for ends the call before the key is sent."""
        refused = _refusal(lambda: snipcart.verify(_request(api.issue()), ["secret-key"], {}))
        assert refused == (503, "snipcart-unreachable")
        assert api.asked == []

    def test_the_real_address_is_asked_over_tls(
        self, impostor: Path, api: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With a certificate that is trusted, the same call goes through: app.snipcart.com, port 443."""
        monkeypatch.setenv("SSL_CERT_FILE", str(impostor))
        token = api.issue()
        snipcart.verify(_request(token), ["secret-key"], {})
        assert [path for path, _ in api.asked] == [f"/api/requestvalidation/{token}"]


class TestNormalize:
    """What an event says."""

    def test_an_order_is_recorded_and_builds_nothing(self) -> None:
        """The stock of the site is in its files, so an order changes no page."""
        event = _normalized(ORDER)
        assert (event.provider, event.type, event.build) == ("snipcart", "order.placed", False)
        assert event.key == "order.completed:496945f9-2776-4b40-878a-d209359f90fd:2026-11-23T14:58:02.6738454Z"
        assert event.subject == "order.completed SNIP-1351"

    def test_an_order_builds_when_the_site_asks_for_it(self) -> None:
        """Only a completed order does; a change of its status does not."""
        assert _normalized(ORDER, rebuild_on_order="true").build
        changed = {**ORDER, "eventName": "order.status.changed"}
        assert not _normalized(changed, rebuild_on_order="true").build

    def test_nothing_of_the_customer_is_kept(self) -> None:
        """Numbers and product ids stay; names, addresses and mail do not."""
        event = _normalized(ORDER)
        assert event.detail == {
            "event": "order.completed",
            "mode": "Live",
            "createdOn": "2026-11-23T14:58:02.6738454Z",
            "invoice": "SNIP-1351",
            "items": {"night-rate": 3, "mug": 1},
        }
        assert not [word for word in ("Ada", "someone", "418") if word in repr(event)]

    @pytest.mark.parametrize(
        ("payload", "kind", "token"),
        [
            (
                {"eventName": "order.status.changed", "from": "Processed", "to": "Shipped", "content": {"token": "t1"}},
                "order.changed",
                "t1",
            ),
            (
                {"eventName": "order.refund.created", "content": {"orderToken": "t2", "amount": 5}},
                "order.changed",
                "t2",
            ),
            (
                {"eventName": "order.withdrawal.created", "content": {"id": "w1", "orderToken": "t3"}},
                "order.changed",
                "t3",
            ),
            (
                {
                    "eventName": "v3/subscription.invoice.payment.succeeded",
                    "content": {"order": {"token": "t4"}, "subscription": {"id": "s4"}},
                },
                "subscription.changed",
                "t4",
            ),
            (
                {"eventName": "v3/subscription.state.cancelled", "content": {"subscription": {"id": "s5"}}},
                "subscription.changed",
                "s5",
            ),
            ({"eventName": "subscription.created", "content": {"id": "s6"}}, "subscription.changed", "s6"),
        ],
    )
    def test_other_events_are_recorded(self, payload: dict[str, Any], kind: str, token: str) -> None:
        """Changes of orders and subscriptions have a key of their own and build nothing."""
        event = _normalized({**payload, "createdOn": "2026-11-23T15:00:00Z", "mode": "Test"}, rebuild_on_order="true")
        assert (event.type, event.build) == (kind, False)
        assert event.key == f"{payload['eventName']}:{token}:2026-11-23T15:00:00Z"

    def test_two_events_of_one_order_are_two(self) -> None:
        """The key tells events of one order apart by name and time."""
        first = {**ORDER, "eventName": "order.refund.created"}
        second = {**first, "createdOn": "2026-11-23T16:00:00Z"}
        assert len({_normalized(payload).key for payload in (ORDER, first, second)}) == 3

    def test_a_resent_event_has_the_same_key(self) -> None:
        """The dashboard's "Send this hook again" brings a new token, but it is no new event."""
        again = snipcart.normalize(_request("another-token"), ORDER, {})
        assert again is not None
        assert again.key == _normalized(ORDER).key

    def test_an_event_without_a_token_is_told_by_its_bytes(self) -> None:
        """Fields that Snipcart leaves out do not make different events one."""
        bare = {"eventName": "order.completed", "content": {}}
        assert _normalized(bare).key.startswith("order.completed:sha256:")
        assert _normalized(bare).key != _normalized({**bare, "mode": "Test"}).key

    def test_a_key_stays_short(self) -> None:
        """A key is one of a database, whatever the sender puts into it."""
        long = {**ORDER, "content": {"token": "x" * 5000}}
        assert len(_normalized(long).key) <= 300

    @pytest.mark.parametrize("name", ["shippingrates.fetch", "taxes.calculate"])
    def test_a_question_of_the_checkout_is_refused(self, name: str) -> None:
        """Its answer would be used as a rate or a tax, so no made-up answer is given."""
        refused = _refusal(lambda: _normalized({**ORDER, "eventName": name}))
        assert refused == (400, "snipcart-synchronous-not-supported")

    @pytest.mark.parametrize(
        "payload", [None, [], "order.completed", 1, {}, {"eventName": 1}, {"eventName": ""}, {"eventName": "a b"}]
    )
    def test_what_is_no_event_is_refused(self, payload: Any) -> None:
        """JSON of another shape is a 400."""
        assert _refusal(lambda: _normalized(payload)) == (400, "snipcart-bad-event")

    @pytest.mark.parametrize("name", ["customauth:customer_updated", "something.new", "v3/something.new"])
    def test_an_event_that_concerns_nobody_is_let_go(self, name: str) -> None:
        """Events that Snipcart adds later are answered with success and not kept."""
        assert _normalized({**ORDER, "eventName": name}) is None

    @given(
        payload=st.dictionaries(
            st.sampled_from(["eventName", "createdOn", "mode", "from", "to", "content", "extra"]),
            st.recursive(
                st.none()
                | st.booleans()
                | st.integers()
                | st.text(max_size=8)
                | st.sampled_from(["order.completed", "order.x", "subscription.y"]),
                lambda inner: (
                    st.lists(inner, max_size=3)
                    | st.dictionaries(
                        st.sampled_from(["token", "id", "items", "order", "quantity", "subscription", "invoiceNumber"]),
                        inner,
                        max_size=4,
                    )
                ),
                max_leaves=12,
            ),
        )
    )
    @settings(max_examples=300, deadline=None)
    def test_any_json_is_an_event_or_a_refusal(self, payload: dict[str, Any]) -> None:
        """No shape of a genuine body brings the adapter down."""
        body = json.dumps(payload).encode()
        event = _event_or_refusal(_request(body=body))
        if isinstance(event, Event):
            assert event.key
            assert len(event.key) <= 300
            assert event.build == (payload["eventName"] == "order.completed")
            json.dumps(event.detail)
        else:
            assert event in {None, 400}


def _event_or_refusal(request: Request) -> Event | int | None:
    try:
        return snipcart.normalize(request, strict.loads(request.body), {"rebuild_on_order": "true"})
    except Rejected as refused:
        return refused.status


class TestBehindTheFence:
    """What the router makes of this adapter."""

    def test_success_is_200_as_snipcart_requires(self) -> None:
        """Snipcart takes no other status for success."""
        assert plugs.Adapter(snipcart).accepted == 200

    def test_a_refusal_keeps_its_reference(self) -> None:
        """The references have the form that the router passes on."""
        refused = _refusal(lambda: plugs.Adapter(snipcart).verify(_request(""), ["key"], {}))
        assert refused == (401, "snipcart-no-token")
        assert all(
            _passes(reference) for reference in re.findall(r'"(snipcart-[^"]+)"', Path(snipcart.__file__).read_text())
        )

    def test_every_kind_of_event_fits(self) -> None:
        """An event that the router would call a fault of the adapter is lost."""
        for name in ("order.completed", "order.refund.created", "v3/subscription.state.cancelled"):
            payload = {**ORDER, "eventName": name}
            event = plugs.Adapter(snipcart).normalize(_request(payload=payload), payload, {})
            assert event is not None


def _passes(reference: str) -> bool:
    def raises(*_: object) -> None:
        raise Rejected(401, reference)

    module = ModuleType("raises")
    module.verify, module.normalize = raises, raises  # type: ignore[attr-defined]
    return _refusal(lambda: plugs.Adapter(module).verify(_request(""), [], {}))[1] == reference
