"""TinaCloud's events are checked before they are believed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.runtime.adapter import Rejected, Request
from platform_plugin_tina.runtime import tinacloud

SECRET = "0123456789abcdef0123456789abcdef"
BODY: dict[str, Any] = {
    "clientId": "11111111-2222-3333-4444-555555555555",
    "branch": "main",
    "paths": ["content/posts/hello.md"],
    "type": "content.modified",
    "eventId": "6f2d8ad2-7d9e-4e1b-9a53-6b1b7a3f6f10",
}
CONFIG = {"header": "x-platform-token", "client_id": BODY["clientId"], "branch": "main"}


def request(body: bytes = b"{}", **headers: str) -> Request:
    found = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "/_platform/webhooks/tinacloud", found, body, 1_800_000_000.0)


def normalized(config: dict[str, str] = CONFIG, **changes: Any) -> Any:
    payload = BODY | changes
    return tinacloud.normalize(request(json.dumps(payload).encode()), payload, config)


def refusal(asked: Request, secrets: list[str], config: dict[str, str] = CONFIG) -> tuple[int, str]:
    with pytest.raises(Rejected) as caught:
        tinacloud.verify(asked, secrets, config)
    return caught.value.status, caught.value.reference


def test_the_secret_header_opens() -> None:
    """A request with the secret in the configured header passes, under any name that was chosen."""
    tinacloud.verify(request(x_platform_token=SECRET), [SECRET], CONFIG)
    tinacloud.verify(request(x_acme_hook=SECRET), [SECRET], {"header": "x-acme-hook"})


def test_another_header_does_not_open() -> None:
    """The secret in a header of another name is none."""
    assert refusal(request(authorization=SECRET), [SECRET]) == (401, "token-missing")


def test_a_form_is_refused() -> None:
    """Only JSON is read."""
    asked = request(x_platform_token=SECRET, content_type="application/x-www-form-urlencoded")
    assert refusal(asked, [SECRET]) == (415, "content-type-not-json")


@given(st.text(max_size=80))
def test_no_other_text_is_the_secret(text: str) -> None:
    """Any other header ends in a refusal, never in another error."""
    if text != SECRET:
        assert refusal(request(x_platform_token=text), [SECRET])[0] == 401


@pytest.mark.parametrize("kind", ["content.added", "content.modified", "content.removed"])
def test_a_change_is_an_event(kind: str) -> None:
    """Each of TinaCloud's three events starts a build and says what changed."""
    event = normalized(type=kind)
    assert (event.provider, event.key, event.type, event.build) == (
        "tinacloud",
        BODY["eventId"],
        "content.changed",
        True,
    )
    assert event.detail == {"branch": "main", "paths": ["content/posts/hello.md"], "count": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"branch": "tina/draft"},
        {"branch": "main2"},
        {"branch": None},
        {"clientId": "another"},
        {"clientId": None},
        {"type": "content.viewed"},
        {"type": None},
        {"type": ["content.added"]},
    ],
)
def test_other_events_start_nothing(changes: dict[str, Any]) -> None:
    """Other branches, other projects and unknown events start no build."""
    assert normalized(**changes) is None


def test_the_filters_are_optional() -> None:
    """Without a branch and a client id in the configuration every project's change counts."""
    assert normalized({}, branch="other", clientId="another") is not None


@pytest.mark.parametrize("identity", [None, "", 7, "x" * 129, "a b", "\n"])
def test_without_an_id_the_body_is_the_key(identity: Any) -> None:
    """An event without a usable id is still told from others, and from itself."""
    first, second = normalized(eventId=identity), normalized(eventId=identity, paths=["content/b.md"])
    assert len(first.key) == 64
    assert first.key == normalized(eventId=identity).key != second.key


def test_a_large_change_is_cut_short() -> None:
    """What an event keeps of a change is bounded, whatever was sent."""
    event = normalized(paths=["x" * 5000] * 5000)
    assert event.detail["count"] == 5000
    assert len(json.dumps(event.detail)) < 8192
    assert len(event.subject) <= 200
