"""What holds for the router whatever comes in."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from platform_core.runtime import strict

REFUSALS = {400, 401, 404, 405, 413, 415}
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = st.sampled_from(["content-type", "Content-Length", "note-signature", "x-other", ""]) | st.text(max_size=12)
header_maps = st.dictionaries(names, st.text(max_size=80) | st.none(), max_size=6)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
anything = st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.text(max_size=5), max_size=3)


@SLOW
@given(body=st.binary(max_size=6000), headers=header_maps, as_json=st.booleans())
@example(body=b"", headers={"note-signature": "t=1,v1=" + "0" * 64}, as_json=True)
@example(body=b"{}", headers={"note-signature": "t=" + "9" * 12 + ",v1=" + "0" * 64}, as_json=True)
def test_unsigned_bytes_are_refused_and_change_nothing(
    shared_world: Any, http_event: Any, body: bytes, headers: dict[str, Any], as_json: bool
) -> None:
    """Arbitrary bytes and headers are never accepted, never a fault, and leave no trace."""
    before = shared_world.state()
    event = http_event(body, headers, as_base64=True)
    if not as_json:
        event["headers"] = headers
    code, status, _ = shared_world.send(event)
    assert code in REFUSALS
    assert status == "refused"
    assert shared_world.state() == before


@SLOW
@given(
    event=st.dictionaries(
        st.sampled_from(["rawPath", "headers", "requestContext", "body", "isBase64Encoded", "version"]),
        anything | st.just("/_platform/webhooks/signed") | st.fixed_dictionaries({"http": anything}),
    )
)
def test_odd_events_are_refused(shared_world: Any, event: dict[str, Any]) -> None:
    """An event of another shape than API Gateway's is refused, too."""
    assert shared_world.send(event)[0] in REFUSALS


@SLOW
@given(payload=values)
def test_signed_json_is_stored_or_refused(shared_world: Any, payload: Any) -> None:
    """Signed JSON of any shape answers 202, 400 or 409, and 202 only with a receipt."""
    before = len(shared_world.receipts)
    code, *_ = shared_world.post(json.dumps(payload).encode())
    assert code in {202, 400, 409, 413}
    assert len(shared_world.receipts) - before == (code == 202)


@SLOW
@given(key=st.text(min_size=1, max_size=300), subject=st.text(max_size=400))
def test_any_key_is_accepted_once(shared_world: Any, key: str, subject: str) -> None:
    """An event is accepted the first time and a duplicate the second, whatever its key."""
    payload = {"id": f"{uuid.uuid4().hex}{key}", "subject": subject}
    assert [shared_world.post(payload)[0] for _ in range(2)] == [202, 409]


@given(body=st.binary(max_size=200))
def test_strict_json_agrees_with_json(body: bytes) -> None:
    """What the strict parser lets through is what json reads from the same UTF-8."""
    try:
        value = strict.loads(body)
    except ValueError:
        return
    assert value == json.loads(body.decode("utf-8"))


@given(value=values)
def test_strict_json_lets_real_json_through(value: Any) -> None:
    """Whatever json writes without NaN comes back equal."""
    assert strict.loads(json.dumps(value).encode()) == value


@pytest.mark.parametrize("levels", [1, strict.MAX_DEPTH])
def test_nesting_up_to_the_limit(levels: int) -> None:
    """Nesting is allowed up to the limit, in lists as in objects."""
    assert isinstance(strict.loads(b"[" * levels + b"]" * levels), list)
    assert strict.loads(b'{"a":' * (levels - 1) + b"1" + b"}" * (levels - 1))


@pytest.mark.parametrize("levels", [strict.MAX_DEPTH + 1, 100_000])
def test_nesting_over_the_limit(levels: int) -> None:
    """Deeper nesting is refused without exhausting the stack."""
    with pytest.raises(ValueError, match="nested too deeply"):
        strict.loads(b"[" * levels + b"]" * levels)


def test_endless_numbers_are_refused() -> None:
    """A number of half a million digits costs no time and is refused."""
    with pytest.raises(ValueError, match="digits"):
        strict.loads(b"9" * 500_000)


def test_base64_of_a_large_body_is_not_decoded(shared_world: Any, http_event: Any) -> None:
    """A body that is too long as text is refused before it is decoded."""
    event = http_event(b"", as_base64=True) | {"body": base64.b64encode(b"x" * 2**21).decode() + "!"}
    assert shared_world.send(event)[0] == 413
