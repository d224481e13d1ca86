"""Prices at the command: parts or a folder, people or JSON, and a page for the client."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_core.pricing import read_prices

SITE = 'client = "acme"\ndomain = "www.acme.example"\ntitle = "Acme & Sons"\nengine = "ssg-echo"\ncms = "cms-memory"\n'
KEYS = {
    "engine", "cms", "shop", "rendering", "status", "stack_type", "agency", "providers", "month", "counted_with", "levels",
    "flat_rate", "rule", "unknown", "prices",
}  # fmt: skip


PLANS = """
[[plans]]
name = "Hobby"
month = 0
commercial = false
note = "For oneself."
source = "x"
date = "2026-11-01"
[[plans]]
name = "Team"
month = 15
seats = 1
seat = 15
sales_share = 0.01
note = "Quotas hold."
source = "x"
date = "2026-11-01"
"""


def give_plans(platform: Any, plans: str = PLANS, component: str = "cms_memory") -> None:
    """Let a reference fake have plans."""
    path = platform.plugins / f"platform_plugin_{component}" / "plugin.toml"
    path.write_text(f"{path.read_text()}\n{plans}")


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


def test_people_get_the_terms_the_notes_and_the_assumptions(platform: Any) -> None:
    """Of the plans that count, and why the others do not."""
    give_plans(platform)
    said = platform("price", "--engine", "ssg-echo", "--cms", "cms-memory", "--seats", "3").stdout
    assert "Memory      USD 95 a month" in said
    assert "Team, USD 95: USD 15 a month for 1 seat, 15 for each further seat, 1% of sales. Quotas hold." in said
    assert "Hobby is not counted: it is not for commercial use. For oneself." in said
    assert "Counted with 3 seats; --seats and --sales say otherwise" in said


def test_an_unknown_price_is_not_nothing(platform: Any) -> None:
    """It is said beside the sum, and null for programs."""
    give_plans(platform, PLANS.rpartition("[[plans]]")[0])
    parts = ("--engine", "ssg-echo", "--cms", "cms-memory")
    said = platform("price", *parts).stdout
    assert "Memory      comes on top, price unknown" in said
    assert "a month, and what has no known price" in said
    (provider,) = asked(platform, *parts)["providers"]
    assert (provider["month"], provider["on_top"]) == (None, ["Memory's plan"])
    assert provider["left_out"][0]["why"] == "is not for commercial use"
    assert "not for commercial use" in platform("price", *parts, "--plan", "cms-memory=Hobby", code=2).stderr


def test_seats_and_sales_are_counted_with(platform: Any) -> None:
    """What is said, or what is usual; programs get it with each plan's fee and note."""
    give_plans(platform, component="shop_memory")
    parts = ("--engine", "ssg-echo", "--shop", "shop-memory")
    usual, found = asked(platform, *parts), asked(platform, *parts, "--seats", "1", "--sales", "300")
    assert usual["counted_with"] == {"seats": 2, "sales": 5000, "usd_per_order": 50}
    assert found["counted_with"]["sales"] == 300
    (provider,) = found["providers"]
    assert provider["month"] == [18, 18]
    assert (provider["plans"][0]["fee"], provider["plans"][0]["note"]) == (18, "Quotas hold.")
    assert "2 seats and sales of USD 5,000 a month in orders of 50" in platform("price", *parts).stdout


@pytest.mark.parametrize("command", ["price", "recommend"])
def test_help_names_the_usual_month(platform: Any, command: str) -> None:
    """The figures are those of the table."""
    usual = read_prices().trade
    said = " ".join(platform(command, "--help").stdout.split())
    assert f"log in at each provider; {usual.seats} by default" in said
    assert f"sells a month; {usual.sales:,} by default" in said


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
        (("--engine", "ssg-echo", "--seats", "0"), "--seats"),
        ((), "there is no site.toml"),
    ],
)
def test_mistakes_are_told(platform: Any, arguments: tuple[str, ...], said: str) -> None:
    """In one sentence, with exit code 2."""
    assert said in platform("price", *arguments, code=2).stderr
