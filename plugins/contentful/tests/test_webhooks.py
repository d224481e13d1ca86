"""Contentful's events are checked before they are believed."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.runtime.adapter import Rejected, Request
from platform_core.runtime.plugs import Adapter
from platform_plugin_contentful.runtime import contentful

SECRET = "q" * 64
OTHER = "r" * 64
PATH = "/_platform/webhooks/contentful"
NOW = 1_800_000_000.0
TYPE = "application/vnd.contentful.management.v1+json"
ENTRY: dict[str, Any] = {
    "sys": {
        "type": "Entry",
        "id": "2PtC9h1YqIA6kaUaIsWEQ0",
        "version": 4,
        "space": {"sys": {"type": "Link", "linkType": "Space", "id": "cfexampleapi"}},
        "environment": {"sys": {"type": "Link", "linkType": "Environment", "id": "master"}},
        "updatedBy": {"sys": {"type": "Link", "linkType": "User", "id": "4FLrUHftHW3v2BLi9fzfjU"}},
    },
    "fields": {"title": {"en-US": "Hello"}},
}
CONFIG = {"space": "cfexampleapi", "environment": "master"}
SIGNED = ("content-type", "x-contentful-signed-headers", "x-contentful-timestamp", "x-contentful-topic")


def signed(
    body: bytes,
    *,
    secret: str = SECRET,
    time: float = NOW,
    topic: str = "ContentManagement.Entry.publish",
    names: tuple[str, ...] = SIGNED,
    **more: str,
) -> Request:
    """Return a request as Contentful would sign it."""
    headers = {
        "content-type": TYPE,
        "x-contentful-topic": topic,
        "x-contentful-timestamp": str(int(time * 1000)),
        "x-contentful-signed-headers": ",".join(names),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    canonical = f"POST\n{PATH}\n" + ";".join(f"{name}:{headers.get(name, '').strip()}" for name in names) + "\n"
    digest = hmac.new(secret.encode(), canonical.encode() + body, hashlib.sha256).hexdigest()
    return Request("POST", PATH, {**headers, "x-contentful-signature": digest}, body, NOW)


def changed(request: Request, **headers: str | None) -> Request:
    """Return a request with other headers; None takes one away."""
    new = {**request.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request(request.method, request.path, {n: v for n, v in new.items() if v is not None}, request.body, NOW)


def refusal(request: Request, *secrets: str) -> tuple[int, str]:
    with pytest.raises(Rejected) as caught:
        contentful.verify(request, secrets or (SECRET,), CONFIG)
    return caught.value.status, caught.value.reference


def event(topic: str = "ContentManagement.Entry.publish", config: Mapping[str, str] = CONFIG, **sys: Any) -> Any:
    payload = {**ENTRY, "sys": {**ENTRY["sys"], **sys}}
    return contentful.normalize(signed(json.dumps(payload).encode(), topic=topic), payload, config)


@pytest.mark.realdata
def test_all_vectors_of_posts_verify(realdata: Path) -> None:
    """What Contentful's toolkit signed passes, and nothing does with one more byte or under another path."""
    rows = json.loads((realdata / "vectors.json").read_text())["vectors"]
    rows = [row for row in rows if row["provider"] == "contentful"]
    assert len(rows) >= 4
    for row in rows:
        asked = row["request"]
        path = row["canonical"].split("\n")[1]
        headers = {name.lower(): value for name, value in {**asked.get("headers", {}), **row["headers"]}.items()}
        body = asked.get("body", "").encode()
        contentful.verify(Request(asked["method"], path, headers, body, NOW), [row["secret"]], {})
        for other in (
            Request(asked["method"], path, headers, body + b" ", NOW),
            Request(asked["method"], path + "x", headers, body, NOW),
            Request("PUT", path, headers, body, NOW),
        ):
            with pytest.raises(Rejected):
                contentful.verify(other, [row["secret"]], {})


def test_what_contentfuls_toolkit_signs_is_accepted(vendor: Callable[..., Any]) -> None:
    """The vendor's own signer and this verifier agree, in any script and with spaces around values."""
    rows = [
        {"secret": SECRET, "path": PATH, "body": body, "headers": headers, "time": int(NOW * 1000)}
        for body in ("", "{}", json.dumps(ENTRY), '{"title": "Ünïcødé — 日本語 ✓", "n": 1.0}')
        for headers in (
            {"X-Contentful-Topic": " ContentManagement.Entry.publish ", "Content-Type": TYPE},
            {"X-Contentful-Topic": "a", "X-Contentful-Idempotency-Key": "b" * 64, "X-Contentful-CRN": "crn:x:y;z,w"},
        )
    ]
    for row, headers in zip(rows, vendor("sign.cjs", json.dumps(rows)), strict=True):
        lower = {name.lower(): value for name, value in headers.items()}
        asked = Request("POST", PATH, lower, row["body"].encode(), NOW)
        contentful.verify(asked, [SECRET], {})
        assert contentful.signed_at(asked) == NOW
        assert refusal(asked, OTHER) == (401, "signature-mismatch")


@given(st.binary(max_size=200), st.data())
def test_a_flipped_bit_is_refused(body: bytes, data: st.DataObject) -> None:
    """Whichever bit of the body or of a signed header changes, the request is refused."""
    good = signed(body)
    if body and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(body) * 8 - 1))
        other = bytearray(body)
        other[place // 8] ^= 1 << place % 8
        asked = Request("POST", PATH, good.headers, bytes(other), NOW)
    else:
        name = data.draw(st.sampled_from([*SIGNED, "x-contentful-signature"]))
        value = good.headers[name]
        place = data.draw(st.integers(0, len(value) - 1))
        asked = changed(good, **{name: value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]})
    with pytest.raises(Rejected):
        contentful.verify(asked, [SECRET], {})


@given(
    st.dictionaries(
        st.sampled_from([f"x-contentful-{n}" for n in ("signature", "signed-headers", "timestamp")]), st.text()
    )
)
def test_any_headers_are_refused_without_a_fault(headers: dict[str, str]) -> None:
    """Whatever a stranger sends, the answer is a refusal."""
    with pytest.raises(Rejected):
        contentful.verify(Request("POST", PATH, headers, b"{}", NOW), [SECRET], {})


@pytest.mark.parametrize(
    ("headers", "reference"),
    [
        ({"x_contentful_signature": None}, "signature-missing"),
        ({"x_contentful_signature": "A" * 64}, "signature-malformed"),
        ({"x_contentful_signature": "a" * 63}, "signature-malformed"),
        ({"x_contentful_signature": "a" * 64}, "signature-mismatch"),
        ({"x_contentful_signed_headers": None}, "signed-headers-malformed"),
        ({"x_contentful_signed_headers": "a,b\nc"}, "signed-headers-malformed"),
        ({"x_contentful_signed_headers": ",".join(["a"] * 51)}, "signed-headers-malformed"),
        ({"x_contentful_signed_headers": "x-contentful-timestamp"}, "signed-headers-incomplete"),
        ({"x_contentful_signed_headers": "x-contentful-signed-headers"}, "signed-headers-incomplete"),
    ],
)
def test_a_wrong_header_is_named(headers: dict[str, str | None], reference: str) -> None:
    """The log says what was wrong."""
    assert refusal(changed(signed(b"{}"), **headers)) == (401, reference)


def test_a_signature_without_its_time_is_not_enough() -> None:
    """Who leaves the time out of what is signed could send the same again for ever."""
    asked = signed(b"{}", names=("x-contentful-signed-headers", "x-contentful-topic"))
    assert refusal(asked) == (401, "signed-headers-incomplete")


@pytest.mark.parametrize(
    ("age", "passes"), [(0, True), (90, True), (299, True), (301, False), (-299, True), (-301, False)]
)
def test_an_old_request_is_outside_the_window(age: int, passes: bool) -> None:
    """Retries of Contentful are within it, and what was kept for later is not."""
    adapter = Adapter(contentful)
    asked = signed(b"{}", time=NOW - age)
    adapter.verify(asked, [SECRET], {})
    with contextlib.nullcontext() if passes else pytest.raises(Rejected, match="outside-replay-window"):
        adapter.check_time(asked)


@pytest.mark.parametrize("time", ["", "1760000000", "17600000000000", "176000000000x", "-760000000000"])
def test_a_time_that_is_none_is_refused(time: str) -> None:
    """Seconds, for example, are not what Contentful sends."""
    with pytest.raises(Rejected):
        contentful.signed_at(changed(signed(b"{}"), x_contentful_timestamp=time))


def test_another_media_type_is_refused() -> None:
    """A webhook that was set up to send forms is told so, once its signature is right."""
    asked = signed(b"a=b", content_type="application/x-www-form-urlencoded")
    assert refusal(asked) == (415, "content-type-not-json")


def test_plain_json_is_taken() -> None:
    """Contentful offers two types for the body."""
    contentful.verify(signed(b"{}", content_type="application/json; charset=utf-8"), [SECRET], {})


@pytest.mark.parametrize("kind", ["Entry", "Asset", "ContentType"])
@pytest.mark.parametrize("action", ["publish", "unpublish", "archive", "delete"])
def test_what_visitors_can_see_starts_a_build(kind: str, action: str) -> None:
    """Each event that changes what is published builds the site, whether the thing is still there or not."""
    for name in (kind, f"Deleted{kind}"):
        found = event(f"ContentManagement.{kind}.{action}", type=name)
        assert (found.provider, found.type, found.build) == ("contentful", "content.changed", True)
        assert found.detail == {"id": ENTRY["sys"]["id"], "kind": kind, "action": action}


@pytest.mark.parametrize(
    "topic",
    [
        *(
            f"ContentManagement.Entry.{name}"
            for name in ("create", "save", "auto_save", "unarchive", "Publish", "publish2")
        ),
        "ContentManagement.Task.save",
        "ContentManagement.Release.publish",
        "ContentManagement.Comment.delete",
        "",
        "Entry.publish",
    ],
)
def test_other_topics_start_nothing(topic: str) -> None:
    """Saving, above all saving by itself, changes nothing that is published."""
    assert event(topic) is None


@pytest.mark.parametrize(
    ("sys", "config", "counts"),
    [
        ({}, {}, True),
        ({"space": {"sys": {"id": "other"}}}, CONFIG, False),
        ({"space": None}, CONFIG, False),
        ({"environment": {"sys": {"id": "staging"}}}, CONFIG, True),
        ({"environment": {"sys": {"id": "staging"}}}, {**CONFIG, "environment": "live"}, False),
        ({"environment": {"sys": {"id": "live"}}}, {**CONFIG, "environment": "live"}, True),
        (
            {"environment": {"sys": {"id": "r-7", "aliases": [{"sys": {"id": "live"}}]}}},
            {**CONFIG, "environment": "live"},
            True,
        ),
        ({"type": "Asset"}, CONFIG, False),
        ({"type": None}, CONFIG, False),
    ],
)
def test_only_events_of_the_sites_space_count(sys: dict[str, Any], config: dict[str, str], counts: bool) -> None:
    """Another space starts nothing; another environment neither, unless the site's may be an alias of it."""
    assert (event(config=config, **sys) is not None) is counts


def test_the_key_is_what_was_signed_and_names_nobody() -> None:
    """A retry that is signed anew, or under another topic, is the same event; another version is not."""
    body = json.dumps(ENTRY).encode()
    keys = {
        contentful.normalize(signed(body, time=NOW + more), ENTRY, CONFIG).key
        for more in (0, 30)  # type: ignore[union-attr]
    }
    assert len(keys) == 1
    assert event().key != event(version=5).key
    assert "4FLrUHftHW3v2BLi9fzfjU" not in repr(event())
