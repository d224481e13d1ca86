"""Prices at the command: parts or a folder, people or JSON, and a page for the client."""

from __future__ import annotations

import json
from typing import Any

import pytest

SITE = 'client = "acme"\ndomain = "www.acme.example"\ntitle = "Acme & Sons"\nengine = "ssg-echo"\ncms = "cms-memory"\n'
KEYS = {
    "engine", "cms", "shop", "rendering", "status", "stack_type", "agency", "providers", "month", "levels", "flat_rate",
    "rule", "unknown", "prices",
}  # fmt: skip


def asked(platform: Any, *arguments: str) -> dict[str, Any]:
    """Return the object that the command prints."""
    found: dict[str, Any] = json.loads(platform("price", *arguments, "--json").stdout)
    return found


def test_json_has_a_stable_shape(platform: Any) -> None:
    """Three levels, each with its lines, and a source for every line."""
    found = asked(platform, "--engine", "ssg-echo", "--cms", "cms-memory", "--shop", "shop-memory")
    assert found.keys() == KEYS
    assert [level["traffic"] for level in found["levels"]] == ["low", "middle", "high"]
    for level in found["levels"]:
        assert level["lines"]
        assert all(line["source"] and line["date"] and line["confirmed"] for line in level["lines"])
    assert found["rule"] is None


def test_parts_are_priced(platform: Any) -> None:
    """The agency's fee is the manifest's."""
    found = asked(platform, "--engine", "ssg-echo", "--cms", "cms-memory", "--traffic", "low")
    assert found["agency"] == {"month": [5, 10], "setup": [50, 100]}
    (level,) = found["levels"]
    assert level["total"] == [pytest.approx(5 + level["aws"][0]), pytest.approx(10 + level["aws"][1])]
    assert found["rule"]["aws_month"] == 150


def test_a_site_is_priced(platform: Any) -> None:
    """Its parts, its rendering and its mode are in its site.toml."""
    (platform.folder / "site.toml").write_text(SITE + 'rendering = "server"\nmode = "event-driven"\n')
    found = asked(platform)
    assert (found["cms"], found["rendering"]) == ("cms-memory", "server")
    ids = {line["id"] for line in found["levels"][1]["lines"]}
    assert {"lambda.seconds", "eventbridge.events"} <= ids
    assert asked(platform, ".")["levels"] == found["levels"]


def test_traffic_may_be_a_number(platform: Any) -> None:
    """Of visits a month."""
    found = asked(platform, "--engine", "ssg-echo", "--traffic", "40000", "--traffic", "high")
    assert [level["visits"] for level in found["levels"]] == [40_000, 500_000]


def test_people_get_sentences(platform: Any) -> None:
    """Fee, AWS at each level, the rule, and from where on a flat rate pays."""
    said = platform("price", "--engine", "ssg-echo").stdout
    assert "Agency      USD 10-20 a month, 100-200 setup" in said
    assert "middle, 30,000 visits: USD" in said
    assert "Rule: AWS at most USD 150 a month" in said
    assert "Flat-rate Pro (USD 15) pays from" in said


def test_a_proposal_is_written(platform: Any) -> None:
    """With the site's name, escaped."""
    (platform.folder / "site.toml").write_text(SITE)
    said = platform("price", "--proposal", "proposal.html")
    assert "Wrote proposal.html." in said.stderr
    page = (platform.folder / "proposal.html").read_text("utf-8")
    assert "<h1>Proposal for Acme &amp; Sons</h1>" in page
    assert "www.acme.example" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--cms", "cms-memory"), "Name an engine too"),
        ((".", "--engine", "ssg-echo"), "not both"),
        (("--engine", "ssg-echo", "--plan", "team"), "ID=NAME"),
        (("--engine", "ssg-echo", "--cms", "cms-memory", "--plan", "cms-memory=Team"), "has no plan 'Team'"),
        (("--engine", "ssg-ekho"), "Did you mean 'ssg-echo'?"),
        (("--engine", "ssg-echo", "--traffic", "midle"), "Did you mean 'middle'?"),
        ((), "there is no site.toml"),
    ],
)
def test_mistakes_are_told(platform: Any, arguments: tuple[str, ...], said: str) -> None:
    """In one sentence, with exit code 2."""
    assert said in platform("price", *arguments, code=2).stderr
