"""Sanity's webhooks are checked before they are believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.runtime.adapter import Rejected, Request
from platform_plugin_sanity.runtime import sanity

SECRET = "a secret that Sanity and we know"
NOW = 1_800_000_000.0
CONFIG = {"project": "abc12345", "dataset": "production", "window": "900"}
CHANGE: dict[str, Any] = {
    "_id": "3f0c8a1e",
    "_type": "posts",
    "_rev": "Rv6t3YkQmWqJ2nB8sXzP1a",
    "operation": "update",
    "project": "abc12345",
    "dataset": "production",
}


def signature(secret: str, body: bytes, at: float = NOW) -> str:
    digest = hmac.new(secret.encode(), f"{at * 1000:.0f}.".encode() + body, hashlib.sha256).digest()
    return f"t={at * 1000:.0f},v1={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def request(body: bytes, given: str | None = None, **headers: str) -> Request:
    found = {"content-type": "application/json", **{key.replace("_", "-"): value for key, value in headers.items()}}
    if given is not None:
        found["sanity-webhook-signature"] = given
    return Request("POST", "/_platform/webhooks/sanity", found, body, NOW)


def normalized(config: dict[str, str] = CONFIG, at: float = NOW, **changes: Any) -> Any:
    payload = {key: value for key, value in (CHANGE | changes).items() if value is not None}
    body = json.dumps(payload).encode()
    return sanity.normalize(request(body, signature(SECRET, body, at)), payload, config)


@pytest.mark.realdata
def test_all_vectors(realdata: Path) -> None:
    """Every collected vector passes at its own time, and none does with one more byte."""
    rows = [r for r in json.loads((realdata / "vectors.json").read_text())["vectors"] if r["provider"] == "sanity"]
    assert len(rows) >= 4
    for row in rows:
        now = row["timestamp_ms"] / 1000
        asked = Request("POST", "/", {sanity.HEADER: row["signature"]}, row["body"].encode(), now)
        sanity.verify(asked, [row["secret"]], {})
        assert sanity.signed_at(asked) == now
        with pytest.raises(Rejected):
            sanity.verify(Request("POST", "/", asked.headers, asked.body + b" ", now), [row["secret"]], {})


def test_what_sanity_signs_is_accepted(run_node: Callable[..., Any]) -> None:
    """The vendor's own package signs bodies, and each passes; what we sign passes there."""
    bodies = ["{}", '{"_id":"a"}', json.dumps({"title": "Ünïcødé — 日本語 ✓"}, ensure_ascii=False), "[]"]
    made = run_node(
        """
        import {encodeSignatureHeader, isValidSignature} from '@sanity/webhook'
        const {bodies, secret, time, ours} = JSON.parse(process.argv[2])
        const signed = await Promise.all(bodies.map((body) => encodeSignatureHeader(body, time, secret)))
        const valid = await Promise.all(bodies.map((body, place) => isValidSignature(body, ours[place], secret)))
        console.log(JSON.stringify({signed, valid}))
        """,
        json.dumps(
            {
                "bodies": bodies,
                "secret": SECRET,
                "time": int(NOW * 1000),
                "ours": [signature(SECRET, body.encode()) for body in bodies],
            }
        ),
    )
    for body, given_signature in zip(bodies, made["signed"], strict=True):
        sanity.verify(request(body.encode(), given_signature), [SECRET], {})
    assert made["valid"] == [True] * len(bodies)


@given(st.binary(max_size=300), st.data())
def test_a_flipped_bit_is_refused(body: bytes, data: st.DataObject) -> None:
    """Whichever bit of body or signature changes, the request is refused."""
    good = signature(SECRET, body)
    if body and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(body) * 8 - 1))
        changed = bytearray(body)
        changed[place // 8] ^= 1 << place % 8
        asked = request(bytes(changed), good)
    else:
        place = data.draw(st.integers(0, len(good) * 7 - 1))
        letters = [ord(letter) for letter in good]
        letters[place // 7] ^= 1 << place % 7
        # The last letter of base64 has bits that say nothing, so two texts are one signature; only one is taken.
        asked = request(body, "".join(map(chr, letters)))
    with pytest.raises(Rejected) as caught:
        sanity.verify(asked, [SECRET], {})
    assert caught.value.status == 401


@given(st.text(max_size=100))
def test_no_text_is_a_signature(text: str) -> None:
    """Any header ends in a refusal, never in another error."""
    with pytest.raises(Rejected):
        sanity.verify(request(b"{}", text), [SECRET], {})


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given + "=",
        lambda given: given.replace("v1=", "v2="),
        lambda given: given.replace("t=", "T="),
        lambda given: given.split(",")[1],
        lambda given: given + "," + given,
        lambda given: given.replace("t=1800000000000", "t=1800000000"),
        lambda given: (
            f"t=1800000000000,v1={hmac.new(SECRET.encode(), b'1800000000000.{}', hashlib.sha256).hexdigest()}"
        ),
        lambda given: given.replace("t=1", "t=\u0661"),
    ],
)
def test_another_encoding_is_refused(change: Callable[[str], str]) -> None:
    """Padding, hex, other versions, seconds and other digits are not what Sanity sends."""
    with pytest.raises(Rejected) as caught:
        sanity.verify(request(b"{}", change(signature(SECRET, b"{}"))), [SECRET], {})
    assert caught.value.status == 401


def test_another_time_than_the_signed_one_is_refused() -> None:
    """The time is part of what is signed, so a replay can't be made fresh."""
    old = signature(SECRET, b"{}", NOW - 5000)
    with pytest.raises(Rejected) as caught:
        sanity.verify(request(b"{}", f"t={NOW * 1000:.0f},{old.partition(',')[2]}"), [SECRET], {})
    assert caught.value.reference == "signature-mismatch"


@pytest.mark.parametrize(
    ("age", "config", "passes"),
    [
        (899, {}, True),
        (901, {}, False),
        (-901, {}, False),
        (61, {"window": "60"}, False),
        (59, {"window": "60"}, True),
        (3000, {"window": "3600"}, True),
    ],
)
def test_an_old_signature_is_refused(age: float, config: dict[str, str], passes: bool) -> None:
    """Outside of the site's window, before or after, a signature counts no more."""
    asked = request(b"{}", signature(SECRET, b"{}", NOW - age))
    if passes:
        sanity.verify(asked, [SECRET], config)
        return
    with pytest.raises(Rejected) as caught:
        sanity.verify(asked, [SECRET], config)
    assert caught.value.reference == "outside-replay-window"


def test_the_router_is_told_when_it_was_signed() -> None:
    """Seconds come out of milliseconds, and the router's own window is the longest."""
    assert sanity.signed_at(request(b"{}", signature(SECRET, b"{}"))) == NOW
    assert sanity.REPLAY_WINDOW >= sanity.WINDOW
    with pytest.raises(Rejected):
        sanity.signed_at(request(b"{}"))


def test_a_form_is_refused() -> None:
    """Only JSON is read, once its signature is right."""
    with pytest.raises(Rejected) as caught:
        sanity.verify(request(b"a=b", signature(SECRET, b"a=b"), content_type="text/plain"), [SECRET], {})
    assert caught.value.status == 415


def test_a_change_is_an_event() -> None:
    """A published document starts a build and says which one it was."""
    event = normalized()
    assert (event.provider, event.type, event.build) == ("sanity", "content.changed", True)
    assert event.subject == "posts 3f0c8a1e update"
    assert event.detail == {"id": "3f0c8a1e", "type": "posts", "revision": CHANGE["_rev"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"_id": "drafts.3f0c8a1e"},
        {"_id": "versions.r1.3f0c8a1e"},
        {"_id": None},
        {"_id": 7},
        {"dataset": "staging"},
        {"project": "other"},
    ],
)
def test_other_changes_start_nothing(changes: dict[str, Any]) -> None:
    """Drafts, releases, other datasets and projects start no build."""
    assert normalized(**changes) is None


@pytest.mark.parametrize("changes", [{"_type": None}, {"dataset": None, "project": None}, {"_rev": None}])
def test_a_body_that_says_less_is_an_event(changes: dict[str, Any]) -> None:
    """A webhook with another projection works too, as far as it says which document it is."""
    assert normalized(**changes) is not None


def test_a_second_try_is_the_same_event() -> None:
    """The same change with another time has the same key, whatever unsigned headers say."""
    assert normalized().key == normalized(at=NOW + 30).key


def test_two_changes_have_two_keys() -> None:
    """Another revision, and a deletion, which has the revision of the last change, are other events."""
    keys = {normalized(**change).key for change in ({}, {"_rev": "other"}, {"operation": "delete"})}
    assert len(keys) == 3


@pytest.mark.parametrize("missing", ["_rev", "operation"])
def test_the_time_tells_events_apart_when_the_body_does_not(missing: str) -> None:
    """Without revision or operation two changes may have one body, so the signed time counts."""
    assert normalized(**{missing: None}).key != normalized(at=NOW + 1, **{missing: None}).key
