"""Recommending: which combinations meet a client's requirements, in which order, and why.

Everything comes from the manifests. A requirement that can't be met excludes, and says
so; everything else adds to a score or takes from it, each time with a sentence. The
weights stand in one table, so that two people can argue about them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from platform_core.catalogue import Catalogue, Combination
from platform_core.errors import Problem, UserError, did_you_mean
from platform_core.facts import build_seconds
from platform_core.manifest import Kind, Manifest
from platform_core.pricing import ProviderPlan, Trade, aws_cost, provider_plans, trade_of

__all__ = [
    "ANY",
    "NONE",
    "Advice",
    "Exclusion",
    "Recommendation",
    "Requirements",
    "build_seconds",
    "parse_requirements",
    "recommend",
]

ANY, NONE = "any", "none"
Rendering = Literal["static", "server"]
SERVER = "runtime.server"
"""The capability of an engine that renders pages when they are asked for."""
WEIGHTS: Mapping[str, float] = {
    "certified": 3,
    "feature": 2,
    "skill": 3,
    "some skills": -1,
    "no skill": -3,
    "active": 2,
    "maintenance-only": -6,
    "dormant": -8,
    "runtime ended": -2,
    "runtime ends": -1,
    "quick": 3,
    "fair": 1,
    "slow": -3,
    "not measured": -1,
    "within budget": 2,
    "price unknown": -1,
}
QUICK, FAIR, SLOW = 10.0, 60.0, 300.0
"""Seconds for a whole build: what nobody waits for, what one waits for, and what holds work up."""
_SOON = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the client and the team need.

    Attributes:
        features: Words of the catalogue that a variant of some part has to have.
        rendering: Where pages are made.
        pages: How many entries of content there will be; 0 when nobody knows.
        team: What the people who keep the site know.
        cms: `NONE`, `ANY`, an id, or a capability that the CMS has to provide.
        shop: The same for the shop.
        budget_month: USD a month that must not be exceeded; None without a limit.
        budget_setup: USD once, likewise.
        seats: How many people log in at each provider; the usual number when None.
        sales: USD a month for which the shop sells, likewise.
    """

    features: tuple[str, ...] = ()
    rendering: Rendering = "static"
    pages: int = 0
    team: tuple[str, ...] = ()
    cms: str = NONE
    shop: str = NONE
    budget_month: int | None = None
    budget_setup: int | None = None
    seats: int | None = None
    sales: int | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One combination that meets every requirement.

    Attributes:
        variant: The engine's variant that has most of the wanted features.
        score: The sum of the weights; higher is better.
        reasons: What speaks for it.
        doubts: What speaks against it.
        parts: The manifests, the engine's first.
        fees: (low, high) of the providers' own plans, USD a month, as far as their prices are known.
        on_top: What providers charge besides, at prices that are not known.
        aws: (least, most) that AWS charges for middling traffic, USD a month: with the account's
            free allowances, and without them. Where the agency hosts, its fee pays for it.
    """

    combination: Combination
    variant: str
    score: float
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    parts: tuple[Manifest, ...] = ()
    fees: tuple[float, float] = (0.0, 0.0)
    on_top: tuple[str, ...] = ()
    aws: tuple[float, float] = (0.0, 0.0)

    @property
    def month(self) -> tuple[float, float] | None:
        """What it costs a month, providers' known plans included; None when it is not in the price list."""
        price = self.combination.price
        return (price.month[0] + self.fees[0], price.month[1] + self.fees[1]) if price else None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A combination, or all of an engine's, that does not meet the requirements."""

    engine: str
    cms: str | None
    shop: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer: what meets the requirements, best first, and what does not.

    Attributes:
        trade: The client's month, with which the providers' plans are counted.
    """

    recommended: tuple[Recommendation, ...]
    excluded: tuple[Exclusion, ...] = ()
    trade: Trade = field(default_factory=trade_of)


@dataclass
class _Case:
    """What speaks for and against one combination, while it is weighed."""

    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def add(self, weight: str, text: str) -> None:
        self.score += WEIGHTS[weight]
        (self.reasons if WEIGHTS[weight] > 0 else self.doubts).append(text)


_LISTS = frozenset({"features", "team"})
_NUMBERS = frozenset({"pages", "budget_month", "budget_setup", "seats", "sales"})


def parse_requirements(data: Mapping[str, Any]) -> Requirements:
    """Check requirements that came as a mapping; a list of words may be any sequence.

    Raises:
        UserError: A key is unknown or a value is of the wrong kind; every one of them.
    """
    known = {item.name for item in fields(Requirements)}
    problems = [Problem(str(key), "is no requirement.", _near(str(key), known)) for key in data if key not in known]
    problems += [
        Problem(key, what) for key, value in data.items() if key in known and (what := _wrong_value(key, value))
    ]
    if problems:
        raise UserError("unknown-requirement", "some requirements mean nothing here", problems=problems)
    checked: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in data.items()}
    return Requirements(**checked)


def _near(word: str, known: Iterable[str]) -> str:
    return did_you_mean(word, known) or f"Known: {', '.join(sorted(known))}."


def _wrong_value(key: str, value: object) -> str:
    """Say what is wrong with a value; an empty string when nothing is."""
    if key in _LISTS:
        words = isinstance(value, list | tuple | set | frozenset) and all(isinstance(word, str) for word in value)
        return "" if words else "is not a list of words."
    if key in _NUMBERS:
        unset = value is None and key != "pages"
        whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return "" if unset or whole else "is not a whole number of 0 or more."
    if key == "rendering" and value not in ("static", "server"):
        return f"is {value!r}, and can be static or server."
    return "" if isinstance(value, str) else "is not a word."


def recommend(catalogue: Catalogue, wanted: Requirements, *, today: dt.date) -> Advice:
    """Rank the combinations that meet *wanted*.

    Args:
        catalogue: What is installed.
        wanted: The requirements.
        today: The day for which ends of life are judged.

    Raises:
        UserError: A requirement that nothing here knows; every one of them. Or a number that is too small.
    """
    trade = trade_of(wanted.seats, wanted.sales)
    if problems := list(_unknown(catalogue, wanted)):
        raise UserError("unknown-requirement", "some requirements mean nothing here", problems=problems)
    recommended: list[Recommendation] = []
    excluded: list[Exclusion] = []
    for engine in catalogue.of_kind("ssg"):
        if faults := tuple(_engine_faults(engine, wanted)):
            excluded.append(Exclusion(engine.id, None, None, faults))
            continue
        for combination in _combinations(catalogue, engine, wanted):
            parts = _parts(catalogue, combination)
            if reasons := tuple(_faults(combination, parts, wanted)):
                excluded.append(Exclusion(*combination.parts, reasons))
            else:
                aws = aws_cost(catalogue, combination, rendering=wanted.rendering, pages=wanted.pages).rounded()
                recommended.append(_weigh(combination, parts, wanted, today, aws))
    return Advice(tuple(sorted(recommended, key=_order)), tuple(excluded), trade)


def _unknown(catalogue: Catalogue, wanted: Requirements) -> Iterator[Problem]:
    """Yield each word that no installed component knows."""
    features, skills = set(_features(catalogue)), {skill for item in _all(catalogue) for skill in item.skills}
    for flag, words, known in (("--feature", wanted.features, features), ("--team", wanted.team, skills)):
        for word in words:
            if word not in known:
                hint = did_you_mean(word, known) or f"Known: {', '.join(sorted(known)) or 'none'}."
                yield Problem(flag, f"{word!r} is not a word of any installed component.", hint)
    kinds: tuple[tuple[str, Kind, str], ...] = (("--cms", "cms", wanted.cms), ("--shop", "ecommerce", wanted.shop))
    for flag, kind, word in kinds:
        ids = {item.id for item in catalogue.of_kind(kind)}
        capabilities = {name for item in catalogue.of_kind(kind) for name in item.provides}
        if word not in {ANY, NONE} | ids | capabilities:
            known = {ANY, NONE} | ids | capabilities
            hint = did_you_mean(word, known) or f"Known: {', '.join(sorted(known))}."
            yield Problem(flag, f"{word!r} is neither installed nor a capability.", hint)


def _all(catalogue: Catalogue) -> Iterator[Manifest]:
    kinds: tuple[Kind, ...] = ("ssg", "cms", "ecommerce")
    return (item for kind in kinds for item in catalogue.of_kind(kind))


def _features(catalogue: Catalogue) -> Iterator[str]:
    return (word for item in _all(catalogue) for variant in item.variants.values() for word in variant.features)


def _engine_faults(engine: Manifest, wanted: Requirements) -> Iterator[str]:
    """Yield why no combination on *engine* can do."""
    if wanted.rendering == "server" and SERVER not in engine.provides:
        yield f"{engine.name} does not render on a server. {engine.lacks.get(SERVER, '')}".strip()
    if engine.maintenance and engine.maintenance.state == "ended":
        yield f"{engine.name} is not maintained any more. {engine.maintenance.summary}"


def _combinations(catalogue: Catalogue, engine: Manifest, wanted: Requirements) -> Iterator[Combination]:
    cmss = _candidates(catalogue.of_kind("cms"), wanted.cms)
    shops = _candidates(catalogue.of_kind("ecommerce"), wanted.shop)
    return (catalogue.check(engine.id, cms, shop) for cms in cmss for shop in shops)


def _candidates(items: Iterable[Manifest], word: str) -> list[str | None]:
    if word == NONE:
        return [None]
    return [item.id for item in items if word in {ANY, item.id} or word in item.provides]


def _parts(catalogue: Catalogue, combination: Combination) -> list[Manifest]:
    kinds: tuple[Kind, ...] = ("ssg", "cms", "ecommerce")
    return [catalogue.get(kind, part) for kind, part in zip(kinds, combination.parts, strict=True) if part]


def _faults(combination: Combination, parts: list[Manifest], wanted: Requirements) -> Iterator[str]:
    """Yield each requirement that the combination can't meet."""
    if combination.status == "impossible":
        yield from combination.reasons
    yield from _unmet(parts, wanted)
    known = {word for item in parts for variant in item.variants.values() for word in variant.features}
    missing = [word for word in wanted.features if word not in known]
    if missing:
        yield f"No variant of {' or '.join(item.name for item in parts)} has {', '.join(missing)}."
    fees, price = _fees(_plans(parts, wanted)), combination.price
    if price and wanted.budget_month is not None and price.month[0] + fees[0] > wanted.budget_month:
        yield f"It costs at least USD {price.month[0] + fees[0]:,.0f} a month, plans included."
    if price and wanted.budget_setup is not None and price.setup[0] > wanted.budget_setup:
        yield f"Its setup costs at least USD {price.setup[0]:,}."


def _unmet(parts: list[Manifest], wanted: Requirements) -> Iterator[str]:
    """Yield each wanted capability that its component has on other engines only."""
    engine, *others = parts
    for item in others:
        for word in (wanted.cms, wanted.shop):
            condition = item.provides_with.get(word)
            if condition and condition not in engine.provides:
                yield f"{item.name} has {word} only with {condition}, which {engine.name} does not provide."


def _plans(parts: list[Manifest], wanted: Requirements) -> tuple[ProviderPlan, ...]:
    """Return the providers' plans, counted with the client's month."""
    return provider_plans(parts[1:], trade_of(wanted.seats, wanted.sales), {})


def _fees(providers: Iterable[ProviderPlan]) -> tuple[float, float]:
    """Return the least and the most that the providers' own plans cost a month, as far as it is known."""
    known = [item.month.rounded() for item in providers if item.month]
    return sum(low for low, _ in known), sum(high for _, high in known)


def _weigh(
    combination: Combination, parts: list[Manifest], wanted: Requirements, today: dt.date, aws: tuple[float, float]
) -> Recommendation:
    case = _Case()
    engine = parts[0]
    if combination.status == "certified":
        case.add("certified", "Certified: sold at a price, and tested as it is sold.")
    else:
        case.doubts += combination.reasons
    variant = _weigh_features(case, parts, wanted)
    _weigh_team(case, engine, wanted)
    _weigh_future(case, parts, today)
    if wanted.pages:
        _weigh_speed(case, engine, wanted.pages)
    providers = _plans(parts, wanted)
    fees, on_top = _fees(providers), tuple(text for item in providers for text in item.on_top)
    _weigh_price(case, combination, fees, on_top, wanted)
    said = tuple(case.reasons), tuple(case.doubts)
    return Recommendation(combination, variant, case.score, *said, tuple(parts), fees, on_top, aws)


def _weigh_features(case: _Case, parts: list[Manifest], wanted: Requirements) -> str:
    """Choose the variant that has most of the wanted features; say where the others are."""
    engine, *others = parts
    wished = set(wanted.features)
    best = max(engine.variants, key=lambda name: len(wished.intersection(engine.variants[name].features)), default="")
    here = wished.intersection(engine.variants[best].features) if best else set()
    for word in (word for word in wanted.features if word in here):
        case.add("feature", f"The variant {best} has {word}.")
    for word in (word for word in wanted.features if word not in here):
        owner = next((item for item in others if any(word in v.features for v in item.variants.values())), None)
        if owner:
            case.add("feature", f"{owner.name} has {word}.")
            continue
        names = [name for name, variant in engine.variants.items() if word in variant.features]
        case.doubts.append(f"{word} is in the variant {' and '.join(names)}, not in {best}; it would have to be moved.")
    return best


def _weigh_team(case: _Case, engine: Manifest, wanted: Requirements) -> None:
    shared = [skill for skill in wanted.team if skill in engine.skills]
    for skill in shared:
        case.add("skill", f"The team knows {skill}.")
    missing = [skill for skill in engine.skills if skill not in wanted.team]
    if wanted.team and not shared:
        case.add("no skill", f"The team has to learn {' and '.join(missing) or 'it'}.")
    elif wanted.team and missing:
        case.add("some skills", f"The team has to learn {' and '.join(missing)} too.")


def _weigh_future(case: _Case, parts: Iterable[Manifest], today: dt.date) -> None:
    for item in parts:
        if item.maintenance and item.maintenance.state in WEIGHTS:
            case.add(item.maintenance.state, f"{item.name} is {item.maintenance.state}: {item.maintenance.summary}")
        for runtime in item.runtimes:
            if not runtime.end_of_life:
                continue
            name = f"{runtime.name} {runtime.version}, which {item.name} needs to {runtime.use},"
            end = dt.date.fromisoformat(runtime.end_of_life)
            if end < today:
                case.add("runtime ended", f"{name} has had no security fixes from its makers since {end}.")
            elif end - today < _SOON:
                case.add("runtime ends", f"{name} gets its last security fixes on {end}.")


def _weigh_speed(case: _Case, engine: Manifest, pages: int) -> None:
    seconds = build_seconds(engine.speed, pages)
    if seconds is None:
        case.add("not measured", f"How fast {engine.name} builds has not been measured here.")
        return
    site = "1 entry builds" if pages == 1 else f"{pages:,} entries build"
    text = f"{site} in about {seconds:,.1f} s, by our measurements."
    if seconds <= FAIR:
        case.add("quick" if seconds <= QUICK else "fair", text)
    elif seconds > SLOW:
        case.add("slow", text)
    else:
        case.doubts.append(text)


def _weigh_price(
    case: _Case, combination: Combination, fees: tuple[float, float], on_top: tuple[str, ...], wanted: Requirements
) -> None:
    case.doubts += [f"On top, price unknown: {what}." for what in on_top]
    if combination.price is None:
        case.add("price unknown", "It is not in the price list; ask for an estimate.")
    elif wanted.budget_month is not None:
        most = combination.price.month[1] + fees[1]
        if most <= wanted.budget_month and on_top:
            case.doubts.append(
                f"What is known of it costs at most USD {most:,.0f} a month; the rest may pass the budget."
            )
        elif most <= wanted.budget_month:
            case.add("within budget", f"It costs at most USD {most:,.0f} a month, plans included.")
        else:
            case.doubts.append(f"It can cost USD {most:,.0f} a month, which is over the budget.")


def _order(item: Recommendation) -> tuple[float, float, tuple[str, ...]]:
    price = item.month
    return -item.score, price[0] if price else float("inf"), tuple(part or "" for part in item.combination.parts)
