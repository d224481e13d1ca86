"""Recommending at the command: requirements as flags, the ranking for people and as JSON."""

from __future__ import annotations

import json
from typing import Any

ROW = {
    "engine", "cms", "shop", "variant", "status", "stack_type", "month", "setup", "fees", "on_top", "aws", "score",
    "for", "against", "licence", "maintenance", "runtimes", "speed",
}  # fmt: skip


SPEED = """
[[speed]]
pages = 1
seconds = 2.5
peak_mb = 90
date = "2026-11-24"
[[speed]]
pages = 200
seconds = 4.0
peak_mb = 90
date = "2026-11-24"
"""


def own(platform: Any, *arguments: str) -> list[dict[str, Any]]:
    """Return the rows of the reference engine."""
    rows = json.loads(platform("recommend", "--json", *arguments).stdout)["recommended"]
    return [row for row in rows if row["engine"] == "ssg-echo"]


def test_json_has_a_stable_shape(platform: Any) -> None:
    """Requirements, what meets them, and what does not."""
    found = json.loads(platform("recommend", "--cms", "any", "--shop", "any", "--json").stdout)
    assert found.keys() == {"requirements", "counted_with", "recommended", "excluded"}
    assert all(set(row) == ROW for row in found["recommended"])
    assert all(row["reasons"] for row in found["excluded"])


def test_flags_are_requirements(platform: Any) -> None:
    """What is asked for is what is weighed."""
    (row,) = own(platform, "--feature", "plain_pages", "--team", "python", "--budget-month", "50", "--pages", "10")
    assert row["variant"] == "plain"
    assert row["month"] == [10, 20]
    assert {"The variant plain has plain_pages.", "The team knows python."} <= set(row["for"])
    assert any("not been measured" in text for text in row["against"])


def test_what_can_not_meet_them_is_told(platform: Any) -> None:
    """The reference engine's setup costs more than that."""
    found = json.loads(platform("recommend", "--budget-setup", "99", "--json").stdout)
    (row,) = [row for row in found["excluded"] if row["engine"] == "ssg-echo"]
    assert row["reasons"] == ["Its setup costs at least USD 100."]


def test_people_get_reasons_and_doubts(platform: Any) -> None:
    """A rank, a price, and a line for each sentence."""
    said = platform(
        "recommend", "--feature", "plain_pages", "--cms", "any", "--shop", "none", "--team", "python"
    ).stdout
    assert "1. ssg-echo + cms-memory (plain): USD 5-10 a month and what has no known price, USD 50-100 setup" in said
    assert "     + Certified" in said
    assert "     - On top, price unknown: Memory's plan." in said
    assert "Providers' plans are counted with 2 seats; --seats and --sales say otherwise." in said
    assert "     - " in platform("recommend", "--pages", "10", "--team", "python").stdout


def test_an_engine_is_shown_with_what_a_buyer_asks_first(platform: Any) -> None:
    """Licence, who keeps it alive, when its runtime ends, and how fast it builds."""
    manifest = platform.plugins / "platform_plugin_ssg_echo" / "plugin.toml"
    manifest.write_text(f"{manifest.read_text()}\n{SPEED}")
    said = platform("recommend", "--team", "python").stdout
    assert "     Echo: licence MIT; active; Python 3.11 until 2027-10-31; 200 entries in 4.0 s" in said
    (row,) = own(platform)
    assert (row["licence"], row["maintenance"]) == ("MIT", "active")
    assert row["runtimes"] == [{"name": "Python", "version": "3.11", "end_of_life": "2027-10-31"}]
    assert row["speed"] == [{"entries": 1, "seconds": 2.5}, {"entries": 200, "seconds": 4.0}]


def test_builds_are_described_by_entries(platform: Any) -> None:
    """One has no rate."""
    manifest = platform.plugins / "platform_plugin_ssg_echo" / "plugin.toml"
    manifest.write_text(f"{manifest.read_text()}\n{SPEED}")
    said = platform("describe", "ssg-echo").stdout
    assert "builds 1 entry: 2.50 s, at most 90 MB; measured 2026-11-24" in said
    assert "builds 200 entries: 4.00 s (50 a second), at most 90 MB" in said


def test_the_ranking_is_cut_to_the_count(platform: Any) -> None:
    """The rest is counted."""
    said = platform("recommend", "--cms", "any", "--shop", "any", "--count", "1").stdout
    assert "2. " not in said
    assert "more; --count shows them." in said


def test_nothing_that_fits_is_said(platform: Any) -> None:
    """An impossible budget is not an error."""
    assert "Nothing that is installed meets all of it." in platform("recommend", "--budget-setup", "0").stdout


def test_unknown_words_are_the_users_mistake(platform: Any) -> None:
    """The nearest word is proposed; the exit code is 2."""
    said = platform("recommend", "--feature", "plain_page", "--cms", "cms-memry", code=2).stderr
    assert "Did you mean 'plain_pages'?" in said
    assert "Did you mean 'cms-memory'?" in said


def test_describe_shows_typed_facts(platform: Any) -> None:
    """Licence, maintenance and end of life, each with where it is from."""
    said = platform("describe", "ssg-echo").stdout
    assert "licence: MIT" in said
    assert "maintenance: active. Kept with the conformance kit" in said
    assert "needs to build: Python 3.11; security fixes until 2027-10-31" in said
    assert json.loads(platform("describe", "ssg-echo", "--json").stdout)["maintenance"]["state"] == "active"
