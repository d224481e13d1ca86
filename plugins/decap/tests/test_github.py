"""GitHub's push events are checked before they are believed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.runtime import github_push as github
from platform_core.runtime.adapter import Rejected, Request

SECRET = "It's a Secret to Everybody"
COMMIT = "1481a2de7b2a7d02428ad93446ab166be7793fbb"
PUSH: dict[str, Any] = {
    "ref": "refs/heads/main",
    "before": "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
    "after": COMMIT,
    "created": False,
    "deleted": False,
    "forced": False,
    "commits": [{"message": "Update Post", "added": [], "removed": [], "modified": ["sites/acme/content/posts/a.md"]}],
    "head_commit": {"message": "Update Post"},
    "pusher": {"name": "ada", "email": "ada@acme.example"},
    "repository": {"full_name": "acme/website"},
}
CONFIG = {"repository": "acme/website", "branch": "main", "folder": ""}


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def request(body: bytes, given: str | None = None, **headers: str) -> Request:
    found = {
        "x-github-event": "push",
        "content-type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    if given is not None:
        found["x-hub-signature-256"] = given
    return Request("POST", "/_platform/webhooks/github", found, body, 1_800_000_000.0)


def normalized(config: dict[str, str] = CONFIG, *, event: str = "push", **changes: Any) -> Any:
    payload = PUSH | changes
    return github.normalize(request(json.dumps(payload).encode(), x_github_event=event), payload, config)


@pytest.mark.parametrize(
    ("secret", "body", "given"),
    [
        (SECRET, "Hello, World!", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
        ("mysecret", '{"foo":"bar"}', "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3"),
    ],
)
def test_published_signatures_are_accepted(secret: str, body: str, given: str) -> None:
    """The vectors that GitHub and its library publish pass."""
    github.verify(request(body.encode(), given), [secret], {})


@pytest.mark.parametrize("secret", [SECRET, "Schlüssel 日本語", "k" * 200])
def test_what_github_signs_is_accepted(octokit: Callable[[dict[str, Any]], Any], secret: str) -> None:
    """GitHub's own package signs bodies, and each passes; what we sign passes there."""
    bodies = ["{}", json.dumps(PUSH), json.dumps({"title": "Ünïcødé - 日本語 ✓"}, ensure_ascii=False), '{"a":\r\n1}\n']
    ours = [signature(secret, body.encode()) for body in bodies]
    made = octokit({"secret": secret, "bodies": bodies, "ours": ours})
    for body, given_signature in zip(bodies, made["signed"], strict=True):
        github.verify(request(body.encode(), given_signature), [secret], {})
        with pytest.raises(Rejected):
            github.verify(request(body.encode() + b" ", given_signature), [secret], {})
    assert made["valid"] == [True] * len(bodies)


@pytest.mark.realdata
def test_all_vectors(realdata: Path) -> None:
    """Every collected GitHub vector passes, and none does with one more byte."""
    rows = [
        row for row in json.loads((realdata / "vectors.json").read_text())["vectors"] if row["provider"] == "github"
    ]
    assert len(rows) >= 5
    for row in rows:
        github.verify(request(row["body"].encode(), row["signature"]), [row["secret"]], {})
        with pytest.raises(Rejected):
            github.verify(request(row["body"].encode() + b" ", row["signature"]), [row["secret"]], {})


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["github-push-1.payload.json", "github-push-payload.json"])
def test_real_payloads_of_deleted_tags_are_ignored(realdata: Path, name: str) -> None:
    """Two payloads that GitHub sent, both of deleted tags, verify and start nothing."""
    body = (realdata / "webhooks" / name).read_bytes()
    asked = request(body, signature(SECRET, body))
    github.verify(asked, [SECRET], {})
    assert github.normalize(asked, json.loads(body), {}) is None


@pytest.mark.realdata
def test_a_real_payload_of_a_branch_is_an_event(realdata: Path) -> None:
    """The same payload with a branch and a commit in place of the deleted tag becomes an event."""
    payload = json.loads((realdata / "webhooks" / "github-push-payload.json").read_text())
    payload |= {"ref": "refs/heads/main", "deleted": False, "after": COMMIT}
    event = github.normalize(request(json.dumps(payload).encode()), payload, {"repository": "Codertocat/Hello-World"})
    assert event is not None
    assert (event.type, event.build) == ("content.changed", True)


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
        asked = request(body, "".join(map(chr, letters)))
    with pytest.raises(Rejected) as caught:
        github.verify(asked, [SECRET], {})
    assert caught.value.status == 401


@given(st.text(max_size=100))
def test_no_text_is_a_signature(text: str) -> None:
    """Any header ends in a refusal, never in another error."""
    with pytest.raises(Rejected):
        github.verify(request(b"{}", text), [SECRET], {})


def test_the_old_header_is_not_enough() -> None:
    """The SHA-1 signature of former days is not looked at."""
    digest = hmac.new(SECRET.encode(), b"{}", hashlib.sha1).hexdigest()
    with pytest.raises(Rejected) as caught:
        github.verify(request(b"{}", x_hub_signature=f"sha1={digest}"), [SECRET], {})
    assert caught.value.reference == "signature-missing"


def test_a_form_is_refused() -> None:
    """A webhook that was set up to send forms is told so, once its signature is right."""
    body = b"payload=%7B%7D"
    with pytest.raises(Rejected) as caught:
        github.verify(
            request(body, signature(SECRET, body), content_type="application/x-www-form-urlencoded"), [SECRET], {}
        )
    assert caught.value.status == 415


def test_a_push_is_an_event() -> None:
    """A push to the branch starts a build and says what changed, and names nobody."""
    event = normalized()
    assert (event.provider, event.type, event.build) == ("github", "content.changed", True)
    assert event.detail == {"repository": "acme/website", "branch": "main", "commit": COMMIT}
    assert "ada" not in repr(event)


def test_the_key_is_what_was_signed() -> None:
    """Another delivery id, which is not signed, does not make a replay a new event."""
    body = json.dumps(PUSH).encode()
    keys = {github.normalize(request(body, x_github_delivery=given), PUSH, CONFIG).key for given in ("a", "b")}  # type: ignore[union-attr]
    assert len(keys) == 1


def test_two_pushes_have_two_keys() -> None:
    """What follows another push is not taken for a replay."""
    assert normalized().key != normalized(before=COMMIT, after="0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c").key


@pytest.mark.parametrize("event", ["ping", "create", "workflow_run", "Push", ""])
def test_other_events_start_nothing(event: str) -> None:
    """Only a push starts a build."""
    assert normalized(event=event) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"ref": "refs/heads/cms/posts/hello"},
        {"ref": "refs/heads/main2"},
        {"ref": "refs/tags/main"},
        {"ref": "main"},
        {"deleted": True, "after": "0" * 40},
        {"after": "0" * 40},
        {"after": None},
        {"ref": None},
        {"repository": {"full_name": "mallory/website"}},
        {"repository": None},
        {"head_commit": {"message": "Import all [skip ci]"}},
    ],
)
def test_other_pushes_start_nothing(changes: dict[str, Any]) -> None:
    """Drafts, tags, deletions, other repositories and commits that ask for it start no build."""
    assert normalized(**changes) is None


def test_a_signed_body_of_another_event_is_no_push() -> None:
    """A ping that is sent again under the name of a push has not its shape."""
    assert github.normalize(request(b"{}"), {"zen": "Design for failure.", "hook_id": 1}, CONFIG) is None


@pytest.mark.parametrize(
    ("folder", "changes", "builds"),
    [
        ("sites/acme", {}, True),
        ("sites/other", {}, False),
        ("sites/acm", {}, False),
        ("sites/other", {"forced": True}, True),
        ("sites/other", {"commits": []}, True),
        ("sites/other", {"commits": [{"added": [], "removed": [], "modified": []}]}, True),
        ("sites/other", {"commits": [{"message": "no lists"}]}, True),
        ("sites/other", {"commits": PUSH["commits"] * 20}, True),
    ],
)
def test_a_site_in_a_folder_builds_for_its_own_changes(folder: str, changes: dict[str, Any], builds: bool) -> None:
    """In a repository of many sites a push builds those that it touches, and all when that is unknown."""
    assert (normalized({**CONFIG, "folder": folder}, **changes) is not None) is builds
