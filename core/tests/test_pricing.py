"""Costs are added up from dated tables and manifests: monotone, sourced, and with nothing made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.catalogue import Catalogue
from platform_core.discovery import Plugin
from platform_core.errors import UserError
from platform_core.facts import Speed
from platform_core.manifest import Kind, Manifest, Plan, Price, Setting
from platform_core.pricing import Estimate, aws_cost, estimate, plan_fee, plan_terms, trade_of, traffic_of
from platform_core.pricing.table import Trade, Traffic, read_prices

TABLE = read_prices()


def manifest(component: str, kind: Kind, **facts: object) -> Manifest:
    """Return a component that is certified on the engine ``zola``."""
    base = Manifest(
        schema=1,
        id=component,
        kind=kind,
        name=component.title(),
        summary="For tests.",
        stack_type=f"{component}_stack",
        price=Price((50, 75), (900, 2600)),
        certified_engines=() if kind == "ssg" else ("zola",),
    )
    return dataclasses.replace(base, **facts)  # type: ignore[arg-type]


PLANS = (
    Plan("Small", 0.0, "https://pages.example/pricing", "2026-01-31"),
    Plan("Team", 29.5, "https://pages.example/pricing", "2026-01-31", note="Ten people."),
)


def catalogue(**facts: object) -> Catalogue:
    """Return an engine, a CMS with two plans, and a shop without any; *facts* are the engine's."""
    secret = Setting("secret", "Its token.")
    items = (
        manifest("zola", "ssg", **facts),
        manifest("pages", "cms", plans=PLANS, settings={"token": secret, "hook": secret}),
        manifest("market", "ecommerce"),
    )
    return Catalogue(tuple(Plugin(item.id, item.kind, 1, item.id, "1", "", manifest=item) for item in items))


def priced(
    cms: str | None = None, shop: str | None = None, *, found: Catalogue | None = None, **options: object
) -> Estimate:
    """Estimate a combination on the engine."""
    found = found or catalogue()
    return estimate(found, found.check("zola", cms, shop), **options)  # type: ignore[arg-type]


def counts(given: Estimate, level: int = 1) -> dict[str, Decimal]:
    """Return price id -> count at one level."""
    return {line.price.id: line.count for line in given.levels[level].lines}


def test_every_price_has_a_source_and_a_date() -> None:
    """A figure that nobody can look up is no figure."""
    assert TABLE.prices
    for item in (*TABLE.prices.values(), TABLE.flat):
        assert item.source
        assert dt.date.fromisoformat(item.date) <= dt.date.fromisoformat(TABLE.date)
        assert item.confirmed in {"vendor", "second-hand", "no"}
    assert set(TABLE.flat.covers) <= set(TABLE.prices)


def test_the_free_allowance_is_taken_off_and_tiers_follow_each_other() -> None:
    """Ten terabytes at the first price, the rest at the next one."""
    price = TABLE.prices["cloudfront.transfer"]
    assert price.cost(Decimal(1024), free=True) == 0
    assert price.cost(Decimal(10), free=False) == Decimal("0.85")
    assert price.cost(Decimal(10240 + 100), free=False) == 10240 * Decimal("0.085") + 100 * Decimal("0.080")


@given(st.decimals(0, 10_000_000, places=0), st.decimals(0, 1_000_000, places=0), st.sampled_from(sorted(TABLE.prices)))
def test_more_never_costs_less(count: Decimal, more: Decimal, name: str) -> None:
    """Nor does an allowance make anything dearer."""
    price = TABLE.prices[name]
    assert price.cost(count + more, free=True) >= price.cost(count, free=True) >= 0
    assert price.cost(count, free=False) >= price.cost(count, free=True)


def test_the_total_is_agency_plus_plans_plus_aws() -> None:
    """Low with low, high with high."""
    found = priced("pages")
    assert (found.fees.low, found.fees.high) == (0, Decimal("29.5"))
    assert found.client is not None
    assert (found.client.low, found.client.high) == (50, Decimal("104.5"))
    for level in found.levels:
        assert level.total == found.client + level.aws
        assert level.aws.high == sum(line.usd.high for line in level.lines)
        assert level.aws.low <= level.aws.high


def test_levels_rise() -> None:
    """Low, middle and high are what they are called."""
    found = priced("pages", "market")
    assert [level.traffic.name for level in found.levels] == ["low", "middle", "high"]
    amounts = [level.aws.high for level in found.levels]
    assert amounts == sorted(amounts)


def test_a_site_without_providers_has_no_event_layer() -> None:
    """No API, no functions, no secrets."""
    services = {line.price.service for line in priced().levels[0].lines}
    assert not services & {"API Gateway", "Lambda", "DynamoDB", "EventBridge", "SQS", "Secrets Manager"}


def test_a_provider_brings_its_secrets_and_webhooks() -> None:
    """Two secrets of the CMS; a bus only when events go over one."""
    direct, composed = counts(priced("pages")), counts(priced("pages", "market"))
    assert direct["secrets.count"] == 2
    assert composed["secrets.count"] == 3
    assert "eventbridge.events" not in direct
    assert composed["eventbridge.events"] == TABLE.traffic["middle"].webhooks
    assert "eventbridge.events" in counts(priced("pages", event_driven=True))


def test_rendering_on_a_server_costs_its_time() -> None:
    """Each page is counted as rendered."""
    found = counts(priced(rendering="server"))
    assert found["lambda.requests"] == TABLE.traffic["middle"].visits * TABLE.assumptions["pages_per_visit"]
    assert priced(rendering="server").levels[1].aws.high > priced().levels[1].aws.high


def test_measured_builds_replace_the_assumption() -> None:
    """And its warning."""
    slow = catalogue(speed=(Speed(500, 600.0, 100, "2026-01-31"),))
    assert counts(priced(found=slow))["codebuild.minutes"] > counts(priced())["codebuild.minutes"]
    assert any("has not been measured" in text for text in priced().unknown)
    assert not any("has not been measured" in text for text in priced(found=slow).unknown)


def test_a_chosen_plan_is_the_only_one() -> None:
    """From the provider's id and the plan's name."""
    found = priced("pages", plans={"pages": "Team"})
    assert found.fees.low == found.fees.high == Decimal("29.5")


@pytest.mark.parametrize(
    ("plans", "hint"), [({"pages": "Taem"}, "Did you mean 'Team'?"), ({"page": "Team"}, "Did you mean 'pages'?")]
)
def test_unknown_plans_are_refused(plans: dict[str, str], hint: str) -> None:
    """With the nearest one."""
    with pytest.raises(UserError) as caught:
        priced("pages", plans=plans)
    assert caught.value.problems[0].hint == hint


WHERE = {"source": "https://pages.example/pricing", "date": "2026-01-31"}
TRADE = Trade(4, Decimal(5000), Decimal(50))


def with_plans(*plans: Plan, **options: object) -> Estimate:
    """Estimate a site whose CMS has these plans."""
    items = (manifest("zola", "ssg"), manifest("pages", "cms", plans=plans))
    found = Catalogue(tuple(Plugin(item.id, item.kind, 1, item.id, "1", "", manifest=item) for item in items))
    return priced("pages", found=found, **options)


def test_a_plan_that_is_not_for_commercial_use_is_never_counted() -> None:
    """It is told as left out; alone it leaves a price that is not known, and not nothing."""
    free = Plan("Free", 0.0, commercial=False, **WHERE)
    found = with_plans(free)
    assert (found.providers[0].plans, found.providers[0].month) == ((), None)
    assert found.providers[0].left_out == ((free, "is not for commercial use"),)
    assert found.on_top == ("Pages's plan",)
    paid = with_plans(free, Plan("Team", 29.5, **WHERE))
    assert (paid.fees.low, paid.on_top) == (Decimal("29.5"), ())


def test_a_plan_that_is_not_for_commercial_use_can_not_be_chosen() -> None:
    """Nor can one that is too small."""
    plans = (Plan("Free", 0.0, commercial=False, **WHERE), Plan("Duo", 5.0, seats=2, seats_most=2, **WHERE))
    for name, why in (("Free", "is not for commercial use"), ("Duo", "takes at most 2 seats, not 3")):
        with pytest.raises(UserError, match=why):
            with_plans(*plans, plans={"pages": name}, seats=3)


def test_a_plan_that_is_too_small_is_left_out() -> None:
    """The next one is counted with."""
    small, big = Plan("Duo", 5.0, seats=2, seats_most=2, **WHERE), Plan("Team", 20.0, seats=3, seat=9.0, **WHERE)
    assert with_plans(small, big).fees.low == 5
    assert with_plans(small, big, seats=5).fees.low == 38


@pytest.mark.parametrize(
    ("facts", "fee", "terms"),
    [
        ({"month": 15, "seats": 1, "seat": 15}, 60, "USD 15 a month for 1 seat, 15 for each further seat"),
        ({"month": 9, "seat": 1.5, "seats_most": 9}, 15, "USD 9 a month, 1.5 for each seat, at most 9 seats"),
        ({"month": 29, "sales_share": 0.02}, 129, "USD 29 a month, 2% of sales"),
        ({"month": 20, "sales_share": 0.02, "sales_or_month": True}, 100, "USD 20 a month, or, if more, 2% of sales"),
        ({"month": 0, "order": 0.3}, 30, "USD 0 a month, 0.30 for each order"),
        ({"month": 0, "order": 0.075, "orders": 60}, 3, "USD 0 a month, 0.075 for each order beyond 60"),
        ({"month": 0, "commercial": False}, 0, "USD 0 a month, not for commercial use"),
    ],
)
def test_seats_sales_and_orders_are_counted(facts: dict[str, float], fee: int, terms: str) -> None:
    """By four people, 5,000 dollars and a hundred orders; and said in words."""
    plan = Plan("Team", **WHERE, **facts)  # type: ignore[arg-type]
    assert plan_fee(plan, TRADE) == fee
    assert plan_terms(plan) == terms


def test_the_monthly_fee_holds_until_the_share_is_more() -> None:
    """At few sales it is the least that is paid."""
    plan = Plan("Standard", 20.0, sales_share=0.02, sales_or_month=True, **WHERE)
    assert [plan_fee(plan, trade_of(sales=sales)) for sales in (0, 999, 1000, 2000)] == [20, 20, 20, 40]


@given(st.integers(1, 500), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_sales_never_cost_less(seats: int, sales: int, more: int) -> None:
    """Nor do more people."""
    plan = Plan("Team", 20.0, seats=2, seat=5.0, sales_share=0.02, sales_or_month=True, orders=9, order=0.3, **WHERE)
    fee = plan_fee(plan, trade_of(seats, sales))
    assert plan_fee(plan, trade_of(seats, sales + more)) >= fee
    assert plan_fee(plan, trade_of(seats + 1, sales)) >= fee


def test_what_is_charged_at_an_unknown_price_is_told_once() -> None:
    """However many plans have it."""
    plans = [Plan(name, 20.0, on_top="the gateway's fees", **WHERE) for name in ("Small", "Big")]
    assert with_plans(*plans).on_top == ("the gateway's fees (Pages)",)


def test_the_usual_month_is_stated() -> None:
    """It stands in the table, and in the estimate."""
    assert priced().trade == TABLE.trade == trade_of()
    assert priced(seats=7, sales=12.5).trade == Trade(7, Decimal("12.5"), TABLE.trade.order)


@pytest.mark.parametrize(("seats", "sales"), [(0, -1), (-3, float("nan")), (0, float("inf"))])
def test_impossible_months_are_refused(seats: int, sales: float) -> None:
    """Both figures at once."""
    with pytest.raises(UserError, match="wrong-trade") as caught:
        trade_of(seats, sales)
    assert [problem.where for problem in caught.value.problems] == ["seats", "sales"]


def test_services_come_on_top() -> None:
    """With a price they are added, without one it is said."""
    care = manifest("care", "service", price=Price((180, 220), (3000, 6000)))
    by_hand = manifest("by-hand", "service", price=None)
    plugins = tuple(Plugin(item.id, item.kind, 1, item.id, "1", "", manifest=item) for item in (care, by_hand))
    found = Catalogue((*catalogue().plugins, *plugins))
    given = priced("pages", found=found, services=("care", "by-hand"))
    assert given.agency == Price((230, 295), (3900, 8600))
    assert "By-Hand is priced by estimate; it comes on top." in given.unknown


def test_what_is_not_known_is_said() -> None:
    """A provider without plans, and a combination without a price."""
    found = priced(shop="market", found=catalogue(price=None))
    assert "On top, price unknown: Market's plan." in found.unknown
    assert found.providers[0].month is None
    free = priced(found=catalogue(price=None))
    assert (free.client, free.levels[0].total) == (None, None)
    assert any("not in the price list" in text for text in free.unknown)


@given(st.integers(0, 50_000_000))
def test_break_even_points_are_where_they_are_said_to_be(visits: int) -> None:
    """From there on what a plan covers costs at least the plan, and below less."""
    for item in BASE.break_evens:
        month = dataclasses.replace(TABLE.traffic["middle"], visits=visits)
        (level,) = priced(traffic=[month]).levels
        covered = sum(line.usd.high for line in level.lines if line.price.id in TABLE.flat.covers)
        assert item.shared is not None
        assert (visits >= item.shared) == (covered >= item.plan.usd)
        fits = next(choice.fits for choice in level.flat if choice.plan == item.plan)
        assert fits == (visits <= item.allowance)


BASE = priced()


def test_the_cheapest_plan_fits_and_is_cheaper() -> None:
    """By use when none is."""
    for level in priced("pages", "market").levels:
        if level.cheapest:
            choice = next(choice for choice in level.flat if choice.plan.name == level.cheapest)
            assert choice.fits
            assert choice.usd.high < level.aws.high


def test_the_agencys_rule_is_checked_for_the_first_tier_only() -> None:
    """With the traffic at which it breaks."""
    found = priced("pages")
    assert found.limit == 150
    assert found.limit_visits is not None
    for visits, holds in ((found.limit_visits - 1, True), (found.limit_visits, False)):
        month = dataclasses.replace(TABLE.traffic["middle"], visits=visits)
        (level,) = priced("pages", traffic=[month]).levels
        assert level.within_limit is holds
    assert priced("pages", "market").limit is None


def test_traffic_is_a_level_or_a_number_of_visits() -> None:
    """A number takes the rest of the month from the nearest level."""
    assert traffic_of(["high"]) == (TABLE.traffic["high"],)
    assert traffic_of([]) == tuple(TABLE.traffic.values())
    assert traffic_of(["25,000"]) == (Traffic("25,000 visits", 25_000, 500, 90, 1_000),)


@pytest.mark.parametrize("word", ["midle", "-5", "1e9", "99999999999"])
def test_other_traffic_is_refused(word: str) -> None:
    """With what is known."""
    with pytest.raises(UserError, match="there is no level of traffic") as caught:
        traffic_of([word])
    assert caught.value.hint


def test_the_quick_figure_is_the_same_as_the_whole_one() -> None:
    """What recommendations show is what an estimate says of middling traffic."""
    found = catalogue()
    combination = found.check("zola", "pages", "market")
    assert aws_cost(found, combination) == estimate(found, combination).levels[1].aws
