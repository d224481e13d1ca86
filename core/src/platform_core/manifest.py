"""The manifest: a component's static facts, read without importing its plugin.

A manifest is ``plugin.toml`` in the plugin's top-level package. The records here
are standard-library dataclasses, so that listing the catalogue stays cheap;
`parse_manifest` brings in pydantic only to check a file that is new.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from platform_core.errors import Problem, SiteError, did_you_mean
from platform_core.facts import Clue, Detect, Maintenance, Reading, Runtime, Speed, Tool, find_faults, wrong_dates

__all__ = [
    "KINDS",
    "Bundle",
    "Clue",
    "Detect",
    "Kind",
    "Maintenance",
    "Manifest",
    "Plan",
    "Price",
    "Reading",
    "Runtime",
    "Setting",
    "Speed",
    "Tool",
    "Variant",
    "parse_manifest",
]

Kind = Literal["ssg", "cms", "ecommerce", "service"]
KINDS: tuple[Kind, ...] = ("ssg", "cms", "ecommerce", "service")
_STRICT = {"extra": "forbid"}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Price:
    """What the agency charges, in USD, as (low, high).

    Attributes:
        month: Each month, hosting and maintenance included, before provider fees.
        setup: Once.
    """

    __pydantic_config__ = _STRICT

    month: tuple[int, int]
    setup: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """A provider's own plan fee, with where and when it was read.

    Attributes:
        name: The provider's name for the plan.
        month: USD a month, whatever is sold.
        note: What else it costs or limits, in words.
        source: Where the figures are from.
        date: When they were read, ISO 8601.
        commercial: Whether the provider allows a client's site on it; it is never counted with otherwise.
        seats: How many people *month* pays for.
        seat: USD a month for each further one.
        seats_most: The most people that the plan takes; 0 without a limit.
        sales_share: The share of sales that the provider takes, for example ``0.02``.
        sales_or_month: Whether *sales_share* is paid in place of *month* once it is more.
        orders: How many orders *month* pays for.
        order: USD for each further one.
        on_top: What else is charged at a price that is not known, for example
            ``the payment gateway's fees``.
    """

    __pydantic_config__ = _STRICT

    name: str
    month: float
    source: str
    date: str
    note: str = ""
    commercial: bool = True
    seats: int = 0
    seat: float = 0.0
    seats_most: int = 0
    sales_share: float = 0.0
    sales_or_month: bool = False
    orders: int = 0
    order: float = 0.0
    on_top: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant that is sold.

    Attributes:
        summary: One sentence for the person who chooses.
        features: What it has, in the words of "Choose an engine", for example ``search``.
        starter: An engine's starter folder, relative to the plugin's package.
    """

    __pydantic_config__ = _STRICT

    summary: str
    features: tuple[str, ...] = ()
    starter: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a component, as it may stand in ``[settings.<id>]``.

    Attributes:
        type: ``secret`` is the *name* of a Secrets Manager entry, never its value.
        description: One sentence; it stands in help, in the JSON Schema and in messages.
        default: What holds when the site does not say.
        required: Whether the site has to say.
        pattern: A regular expression that a string must match in full.
        choices: The allowed strings.
        shown_as: What a refused *pattern* means in words.
    """

    __pydantic_config__ = _STRICT

    type: Literal["string", "integer", "boolean", "number", "strings", "secret"]
    description: str
    default: str | int | float | bool | tuple[str, ...] | None = None
    required: bool = False
    pattern: str = ""
    choices: tuple[str, ...] = ()
    shown_as: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A CMS + shop pair that is sold under a name and a price of its own.

    Attributes:
        shop: The shop's component id; the CMS is the manifest's own.
        engine: The engine that is proposed first.
        price: What the agency charges for the pair.
        market: One word for whom it is, for example ``budget``.
    """

    __pydantic_config__ = _STRICT

    shop: str
    engine: str
    price: Price
    market: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is true of one component before any of its code runs.

    Attributes:
        schema: Version of this format; 1.
        id: Unique within its kind; equals the entry-point name.
        kind: ``ssg``, ``cms``, ``ecommerce`` or ``service``; as in the entry-point group.
        name: As people write it.
        summary: One sentence for the person who chooses.
        stack_type: The name under which it is sold, for example ``zola_template``.
        stack: ``module:class`` of its CDK stack.
        price: What the agency charges; None for what is not in the price list.
        certified_engines: Engines on which a CMS or a shop is sold at *price*.
        provides: Capability -> what exactly is provided.
        provides_with: Capability of *provides* -> the engine's capability without which it
            is not there; the rest of the component works on any engine.
        needs: Capability -> why it is needed; missing ones make a combination
            impossible, with that reason.
        lacks: Capability -> why it is not there; shown beside the reason.
        variants: Name -> variant; an engine's first one is its default.
        settings: Name -> setting.
        bundles: Name of an offering -> the pair that is sold under it.
        plans: Provider plan fees.
        licence: Under which it may be used, an SPDX expression or a few words.
        maintenance: Who keeps it alive.
        tools: The programs of the machine that it needs; `platform doctor` looks for them.
        runtimes: The programs that it needs, each with its end of life.
        skills: What the people who keep a site on it have to know, for example ``react``.
        speed: Its measured builds; `nox -s gen` writes them from the benchmark's record.
        detect: How a repository that Platform did not start is recognised.
        facts: What else a buyer should know, label -> text.
    """

    __pydantic_config__ = _STRICT

    schema: Literal[1]
    id: str
    kind: Kind
    name: str
    summary: str
    stack_type: str = ""
    stack: str = ""
    price: Price | None = None
    certified_engines: tuple[str, ...] = ()
    provides: dict[str, str] = field(default_factory=dict)
    provides_with: dict[str, str] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    lacks: dict[str, str] = field(default_factory=dict)
    variants: dict[str, Variant] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    licence: str = ""
    maintenance: Maintenance | None = None
    tools: tuple[Tool, ...] = ()
    runtimes: tuple[Runtime, ...] = ()
    skills: tuple[str, ...] = ()
    speed: tuple[Speed, ...] = ()
    detect: Detect | None = None
    facts: dict[str, str] = field(default_factory=dict)


def parse_manifest(text: str, where: str) -> Manifest:
    """Check *text* as a manifest.

    Args:
        text: The TOML of ``plugin.toml``.
        where: How messages name the file.

    Raises:
        SiteError: With every problem of the file, reference ``bad-manifest``.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(where, [Problem(where, f"not TOML: {error}.")]) from None
    # pydantic costs as much to import as all the rest of `platform list`.
    from pydantic import TypeAdapter, ValidationError

    try:
        manifest = TypeAdapter(Manifest).validate_python(data)
    except ValidationError as error:
        raise _refused(where, [_problem(where, item) for item in error.errors()]) from None
    faults = [
        *find_faults(manifest.detect, frozenset(manifest.settings)),
        *wrong_dates("maintenance", [manifest.maintenance] if manifest.maintenance else []),
        *wrong_dates("runtimes", manifest.runtimes),
        *wrong_dates("speed", manifest.speed),
    ]
    if problems := [*_check_values(manifest, where), *(Problem(f"{where} {place}", what) for place, what in faults)]:
        raise _refused(where, problems)
    return manifest


def _check_values(manifest: Manifest, where: str) -> Iterator[Problem]:
    for name in manifest.provides_with.keys() - manifest.provides.keys():
        yield Problem(f"{where} provides_with.{name}", "it does not stand in provides.")
    for name, setting in manifest.settings.items():
        place = f"{where} settings.{name}"
        try:
            re.compile(setting.pattern)
        except re.error as error:
            yield Problem(f"{place}.pattern", f"not a regular expression: {error}.")
        if setting.choices and setting.default not in {None, *setting.choices}:
            yield Problem(f"{place}.default", f"{setting.default!r} is not one of its choices.")
    for number, plan in enumerate(manifest.plans):
        yield from _check_plan(plan, f"{where} plans.{number}")


def _check_plan(plan: Plan, place: str) -> Iterator[Problem]:
    for name in ("month", "seats", "seat", "seats_most", "orders", "order"):
        if getattr(plan, name) < 0:
            yield Problem(f"{place}.{name}", f"{getattr(plan, name)} is below 0.")
    if not 0 <= plan.sales_share < 1:
        yield Problem(f"{place}.sales_share", f"{plan.sales_share} is not a share such as 0.02.")
    if plan.seats_most and plan.seats_most < plan.seats:
        yield Problem(f"{place}.seats_most", f"{plan.seats_most} is less than the {plan.seats} that are paid for.")


def _refused(where: str, problems: list[Problem]) -> SiteError:
    return SiteError("bad-manifest", f"{where} is not a valid manifest", problems=problems)


def _problem(where: str, item: Any) -> Problem:
    path = [str(part) for part in item["loc"]]
    if item["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
        known = _known_keys(path[:-1])
        return Problem(f"{where} {'.'.join(path)}", "unknown key.", did_you_mean(path[-1], known))
    return Problem(f"{where} {'.'.join(path)}", f"{item['msg']}.")


def _known_keys(path: list[str]) -> tuple[str, ...]:
    """Return the keys of the table at *path*; names and numbers in it lead to records."""
    record: type = Manifest
    for part in path:
        record = _RECORDS.get(part, record)
    return tuple(item.name for item in dataclasses.fields(record))


# Which field holds which record, or many of them. Asking `typing` for it costs more than all the rest of reading one.
_ONE: dict[str, type] = {"price": Price, "maintenance": Maintenance, "detect": Detect}
_MANY: dict[str, type] = {
    "variants": Variant,
    "settings": Setting,
    "bundles": Bundle,
    "plans": Plan,
    "runtimes": Runtime,
    "tools": Tool,
    "speed": Speed,
    "clues": Clue,
    "reads": Reading,
}
_RECORDS = _ONE | _MANY


def hydrate(cls: type[T], data: dict[str, Any]) -> T:
    """Build *cls* from the plain form of an instance that was checked before."""
    return cls(**{key: _value(key, value) for key, value in data.items()})


def _value(key: str, value: Any) -> Any:
    if isinstance(value, list):
        record = _MANY.get(key)
        return tuple(hydrate(record, item) if record else item for item in value)
    if not isinstance(value, dict):
        return value
    if key in _ONE:
        return hydrate(_ONE[key], value)
    record = _MANY.get(key)
    return {name: hydrate(record, item) for name, item in value.items()} if record else value
