"""Recommending: what excludes, what weighs, and that the reasons say so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.catalogue import Catalogue
from platform_core.discovery import Plugin
from platform_core.errors import SiteError, UserError
from platform_core.manifest import Speed, parse_manifest
from platform_core.recommending import ANY, Advice, Recommendation, Requirements, build_seconds, recommend

TODAY = dt.date(2026, 11, 23)
HEAD = 'schema = 1\nid = "{id}"\nkind = "{kind}"\nname = "{name}"\nsummary = "For tests."\n'
SPARK = """
stack_type = "spark_template"
skills = ["react"]
price = { month = [80, 100], setup = [1000, 2000] }
provides = { "content.files" = "x", "html.fragments" = "x", "runtime.server" = "x" }
[maintenance]
state = "active"
summary = "Busy."
source = "x"
date = "2026-11-01"
[[runtimes]]
name = "Node"
version = "24"
end_of_life = "2027-04-30"
source = "x"
date = "2026-11-01"
[variants.docs]
summary = "Docs."
features = ["search", "navigation"]
[variants.blog]
summary = "Blog."
features = ["rss", "seo"]
[[speed]]
pages = 100
seconds = 2.0
peak_mb = 200
date = "2026-11-01"
[[speed]]
pages = 1000
seconds = 11.0
peak_mb = 300
date = "2026-11-01"
"""
AGATE = """
stack_type = "agate_template"
skills = ["ruby"]
price = { month = [20, 30], setup = [300, 600] }
provides = { "content.files" = "x" }
lacks = { "runtime.server" = "It only writes files.", "html.fragments" = "It has no slots." }
[maintenance]
state = "maintenance-only"
summary = "Quiet."
source = "x"
date = "2026-11-01"
[[runtimes]]
name = "Ruby"
version = "3.1"
end_of_life = "2025-03-26"
source = "x"
date = "2026-11-01"
[variants.blog]
summary = "Blog."
features = ["rss"]
"""
DESK = """
stack_type = "desk_tier"
certified_engines = ["spark"]
price = { month = [50, 75], setup = [900, 1800] }
provides = { "content.edit" = "x", "content.visual" = "x" }
needs = { "content.files" = "x" }
[variants.plain]
summary = "Plain."
features = ["preview"]
[[plans]]
name = "Free"
month = 0
source = "x"
date = "2026-11-01"
[[plans]]
name = "Team"
month = 40
source = "x"
date = "2026-11-01"
"""
TILL = """
stack_type = "till_shop"
certified_engines = ["spark"]
price = { month = [60, 90], setup = [900, 1800] }
provides = { "shop.cart" = "x" }
needs = { "html.fragments" = "Buttons are HTML." }
"""


PLAN = '[[plans]]\nname = "Team"\nmonth = 1\nsource = "x"\ndate = "2026-11-01"\n'


def catalogue_of(**texts: str) -> Catalogue:
    """Return a catalogue of manifests: id -> the rest of it."""
    kinds: dict[str, Any] = {"desk": "cms", "till": "ecommerce"}
    made = [
        parse_manifest(HEAD.format(id=name, kind=kinds.get(name, "ssg"), name=name.title()) + text, name)
        for name, text in texts.items()
    ]
    return Catalogue(
        tuple(
            Plugin(id=item.id, kind=item.kind, contract=1, distribution=item.id, version="1", value="x", manifest=item)
            for item in made
        )
    )


ALL = catalogue_of(spark=SPARK, agate=AGATE, desk=DESK, till=TILL)


def advise(catalogue: Catalogue = ALL, **wanted: Any) -> Advice:
    """Return the advice on *wanted*."""
    return recommend(catalogue, Requirements(**wanted), today=TODAY)


def engines(advice: Advice) -> list[str]:
    """Return the recommended engines, best first."""
    return [item.combination.engine for item in advice.recommended]


def only(advice: Advice, engine: str) -> Recommendation:
    """Return the recommendation of *engine*."""
    (found,) = [item for item in advice.recommended if item.combination.engine == engine]
    return found


def test_without_requirements_every_engine_is_ranked() -> None:
    """What is kept alive comes before what is not."""
    advice = advise()
    assert engines(advice) == ["spark", "agate"]
    assert advice.excluded == ()


def test_a_feature_chooses_the_variant() -> None:
    """The variant with most of the wanted features is proposed, and each of them is named."""
    found = only(advise(features=("rss", "seo")), "spark")
    assert found.variant == "blog"
    assert "The variant blog has seo." in found.reasons


def test_a_feature_of_another_variant_is_a_doubt() -> None:
    """One starter has one, another the other; it is said, and not hidden."""
    found = only(advise(features=("search", "navigation", "rss")), "spark")
    assert found.variant == "docs"
    assert any("rss is in the variant blog, not in docs" in doubt for doubt in found.doubts)


def test_a_feature_that_nothing_has_excludes() -> None:
    """An engine without it is left out, and the feature is named."""
    advice = advise(features=("search",))
    assert engines(advice) == ["spark"]
    assert advice.excluded[0].reasons == ("No variant of Agate has search.",)


def test_a_feature_of_the_cms_counts() -> None:
    """What a provider brings need not be in the engine's starter."""
    assert "Desk has preview." in only(advise(features=("preview",), cms="desk"), "spark").reasons


def test_server_rendering_excludes_who_can_not() -> None:
    """The engine's own words say why."""
    advice = advise(rendering="server")
    assert engines(advice) == ["spark"]
    assert advice.excluded[0].reasons == ("Agate does not render on a server. It only writes files.",)


def test_what_does_not_combine_is_excluded_with_the_catalogues_reason() -> None:
    """A shop that needs slots can't stand on an engine without."""
    advice = advise(shop="till")
    assert engines(advice) == ["spark"]
    assert "It has no slots." in advice.excluded[0].reasons[0]


def test_a_budget_excludes_what_costs_more_at_least() -> None:
    """The lower end of the range counts against the budget, the higher end is a doubt."""
    assert engines(advise(budget_month=50)) == ["agate"]
    assert any("over the budget" in doubt for doubt in only(advise(budget_month=90), "spark").doubts)
    assert any("at most USD 100" in reason for reason in only(advise(budget_month=100), "spark").reasons)


def test_a_budget_for_the_setup_excludes_too() -> None:
    """What is paid once has a limit of its own."""
    assert engines(advise(budget_setup=500)) == ["agate"]


def test_provider_plans_are_part_of_the_price() -> None:
    """The cheapest plan and the dearest one widen the range."""
    found = only(advise(cms="desk"), "spark")
    assert found.month == (50, 115)
    assert only(advise(cms="desk"), "agate").month is None


def test_a_plan_that_is_not_for_commercial_use_is_not_counted() -> None:
    """The cheapest one that may be had is."""
    desk = DESK.replace("month = 0\n", "month = 0\ncommercial = false\n")
    assert only(advise(catalogue_of(spark=SPARK, desk=desk), cms="desk"), "spark").month == (90, 115)


def test_a_price_that_is_not_known_is_no_promise() -> None:
    """The budget may be passed; nothing says `at most`."""
    desk = DESK.partition("[[plans]]")[0]
    found = only(advise(catalogue_of(spark=SPARK, desk=desk), cms="desk", budget_month=500), "spark")
    assert found.on_top == ("Desk's plan",)
    assert "On top, price unknown: Desk's plan." in found.doubts
    assert not any("plans included" in text for text in found.reasons)
    assert any("the rest may pass the budget" in text for text in found.doubts)


def test_seats_are_counted() -> None:
    """Those that are asked for, or the usual ones."""
    desk = DESK.replace("month = 40\n", "month = 40\nseats = 1\nseat = 10\n")
    catalogue = catalogue_of(spark=SPARK, desk=desk)
    assert only(advise(catalogue, cms="desk"), "spark").fees == (0, 50)
    assert only(advise(catalogue, cms="desk", seats=4), "spark").fees == (0, 70)
    assert advise(catalogue, seats=4).trade.seats == 4


def test_a_recommendation_brings_its_manifests() -> None:
    """So licence, maintenance, ends of life and speed can be told of each."""
    assert [item.id for item in only(advise(cms="desk"), "spark").parts] == ["spark", "desk"]


def test_one_entry_is_one() -> None:
    """It has no rate, and no plural."""
    assert any("1 entry builds in about 2.0 s" in text for text in only(advise(pages=1), "spark").reasons)
    assert Speed(1, 4.86, 1, "2026-11-01").per_second == 0
    assert Speed(200, 4.0, 1, "2026-11-01").per_second == 50


def test_what_is_not_in_the_price_list_says_so() -> None:
    """It works, is not certified, and comes after what is."""
    advice = advise(cms="desk")
    assert engines(advice) == ["spark", "agate"]
    assert any("not in the price list" in doubt for doubt in advice.recommended[1].doubts)


def test_a_capability_names_every_cms_that_has_it() -> None:
    """The kind of editing is enough; which product it is comes out."""
    assert {item.combination.cms for item in advise(cms="content.visual").recommended} == {"desk"}


def test_a_capability_can_depend_on_the_engine() -> None:
    """What a CMS has on some engines only is not recommended on the others, and the reason is told."""
    spark = SPARK.replace('"content.files" = "x"', '"content.files" = "x", "html.fields" = "x"')
    desk = DESK.replace("needs =", 'provides_with = { "content.visual" = "html.fields" }\nneeds =')
    catalogue = catalogue_of(spark=spark, agate=AGATE, desk=desk)
    advice = advise(catalogue, cms="content.visual")
    assert engines(advice) == ["spark"]
    (reason,) = next(item for item in advice.excluded if item.engine == "agate").reasons
    assert reason == "Desk has content.visual only with html.fields, which Agate does not provide."
    assert set(engines(advise(catalogue, cms="content.edit"))) == {"spark", "agate"}


def test_a_condition_belongs_to_what_is_provided() -> None:
    """A manifest that makes a condition for something else is refused."""
    with pytest.raises(SiteError) as caught:
        catalogue_of(desk=DESK.replace("needs =", 'provides_with = { "content.visal" = "html.fields" }\nneeds ='))
    assert [problem.where for problem in caught.value.problems] == ["desk provides_with.content.visal"]


def test_any_stands_for_each() -> None:
    """All installed shops are tried."""
    assert {item.combination.shop for item in advise(shop=ANY).recommended} == {"till"}


def test_the_teams_skill_decides() -> None:
    """What the team knows speaks for an engine, what it would have to learn against it."""
    found = advise(team=("ruby",))
    assert "The team knows ruby." in only(found, "agate").reasons
    assert "The team has to learn react." in only(found, "spark").doubts


def test_a_part_of_the_skills_is_a_part() -> None:
    """What is still to be learned is named beside what is known."""
    catalogue = catalogue_of(spark=SPARK.replace('["react"]', '["react", "graphql"]'))
    found = only(advise(catalogue, team=("react",)), "spark")
    assert "The team knows react." in found.reasons
    assert "The team has to learn graphql too." in found.doubts


def test_no_skill_outweighs_a_component_that_is_left_alone() -> None:
    """For a new site, what nobody develops comes after what somebody does, whoever knows it."""
    catalogue = catalogue_of(spark=SPARK, agate=AGATE.replace("3.1", "9").replace("2025-03-26", "2030-01-01"))
    assert engines(advise(catalogue, team=("ruby",))) == ["spark", "agate"]


def test_the_end_of_a_runtime_is_a_doubt() -> None:
    """One that has ended, and one that ends within a year."""
    advice = advise()
    assert any("no security fixes from its makers since 2025-03-26" in doubt for doubt in only(advice, "agate").doubts)
    assert any("last security fixes on 2027-04-30" in doubt for doubt in only(advice, "spark").doubts)


def test_speed_is_told_for_the_number_of_pages() -> None:
    """The measured time is carried over to the site's size; what was not measured is said to be so."""
    advice = advise(pages=550)
    assert any("550 entries build in about 6.5 s" in reason for reason in only(advice, "spark").reasons)
    assert any("has not been measured" in doubt for doubt in only(advice, "agate").doubts)


def test_what_has_ended_is_excluded() -> None:
    """Nobody should start on an engine that was given up."""
    advice = advise(catalogue_of(agate=AGATE.replace("maintenance-only", "ended")))
    assert advice.recommended == ()
    assert "not maintained any more" in advice.excluded[0].reasons[0]


def test_unknown_words_are_refused_all_at_once() -> None:
    """Each with its flag and the nearest known word."""
    with pytest.raises(UserError) as caught:
        advise(features=("searchh", "rss"), team=("reakt",), cms="dask", shop="tills")
    assert [(item.where, item.hint) for item in caught.value.problems] == [
        ("--feature", "Did you mean 'search'?"),
        ("--team", "Did you mean 'react'?"),
        ("--cms", "Did you mean 'desk'?"),
        ("--shop", "Did you mean 'till'?"),
    ]


def test_every_sentence_of_a_score_is_shown() -> None:
    """A recommendation of many points has reasons, one of few has doubts."""
    for item in advise(features=("rss",), team=("react",), pages=100, budget_month=200).recommended:
        assert item.reasons
        assert all(text.endswith((".", "?")) or ":" in text for text in (*item.reasons, *item.doubts))


sizes = st.lists(st.tuples(st.integers(1, 10_000), st.floats(0.01, 500)), max_size=5, unique_by=lambda row: row[0])


@given(rows=sizes, pages=st.integers(1, 20_000))
def test_an_estimate_is_never_below_the_smallest_measured_time(rows: list[tuple[int, float]], pages: int) -> None:
    """However noisy the measurements, an estimate is a time, and there is none without any."""
    speeds = [Speed(size, seconds, 100, "2026-11-01") for size, seconds in rows]
    found = build_seconds(speeds, pages)
    assert (found is None) == (not rows)
    assert found is None or found > 0


def test_measured_sizes_are_given_back() -> None:
    """What was measured is not estimated."""
    speeds = [Speed(100, 2.0, 1, "2026-11-01"), Speed(1000, 11.0, 1, "2026-11-01")]
    assert [build_seconds(speeds, pages) for pages in (1, 100, 550, 1000, 1900)] == [2.0, 2.0, 6.5, 11.0, 20.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SPARK.replace('state = "active"', 'state = "fine"'), "maintenance.state"),
        (SPARK.replace("2027-04-30", "next year"), "'next year' is not a date"),
        (SPARK + PLAN + "sales_share = 2", "2.0 is not a share such as 0.02."),
        (SPARK + PLAN + "seat = -1", "-1.0 is below 0."),
        (SPARK + PLAN + "seats = 3\nseats_most = 2", "2 is less than the 3 that are paid for."),
        (SPARK + PLAN + "sales_shares = 0.1", "Did you mean 'sales_share'?"),
        (SPARK.replace("peak_mb", "peek_mb", 1), "Did you mean 'peak_mb'?"),
    ],
)
def test_wrong_facts_are_refused(text: str, message: str) -> None:
    """The manifest's author hears of them."""
    with pytest.raises(UserError, match="bad-manifest") as caught:
        catalogue_of(spark=text)
    assert message in str(caught.value)
