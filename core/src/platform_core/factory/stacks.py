"""The factory: every stack that is sold, by its name or by its parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from platform_core.catalogue import COMPOSED, Catalogue, Combination, Offering, installed_catalogue
from platform_core.errors import CombinationError, Problem, UserError, did_you_mean
from platform_core.factory.metadata import StackMetadata, describe_offering
from platform_core.factory.registry import StackRegistry
from platform_core.manifest import Kind

if TYPE_CHECKING:
    from constructs import Construct

    from platform_core.cloud.offerings import ComposedStack, OfferingStack
    from platform_core.pricing import Estimate
    from platform_core.recommending import Advice, Requirements

__all__ = ["PlatformStackFactory"]

# Argument -> key of a site.toml that it chooses.
_CHOICES: Mapping[str, str] = {
    "ssg_engine": "engine",
    "cms_provider": "cms",
    "ecommerce_provider": "shop",
    "template_variant": "variant",
}
_NEEDED = {
    "scope": "An App, a CDK Stage, or anything else that may hold a stack.",
    "client_id": "The client's short name.",
    "domain": "The site's host name.",
}
_OPTIONS = frozenset({"root", "stage", "profile", "name", "env"})


class PlatformStackFactory:
    """Makes any stack that is sold.

    Attributes:
        STACK_REGISTRY: Stack type -> class; read-only, filled from the manifests of what
            is installed, each class imported when it is taken.
    """

    STACK_REGISTRY: ClassVar[StackRegistry] = StackRegistry()

    @classmethod
    def create_stack(
        cls, stack_type: str, scope: Construct | None = None, construct_id: str = "", **configuration: Any
    ) -> OfferingStack:
        """Make a stack by its name in the catalogue.

        Args:
            stack_type: A name of `get_available_stack_types`, older names included.
            scope: An App, a CDK Stage, or anything else that may hold a stack.
            construct_id: Of the stack; its name in CloudFormation by default.
            configuration: ``client_id`` and ``domain``, or ``client_config``, a `Site` or the
                keys of a ``site.toml``; ``ssg_engine``, ``cms_provider``, ``ecommerce_provider``
                and ``template_variant``, as far as the name leaves them open; single keys of
                a ``site.toml``; and ``root``, ``stage``, ``profile``, ``name``, ``env`` of the stack.

        Raises:
            CombinationError: The stack type is unknown, or its parts do not combine; every reason.
            SiteError: What is given does not make a site; every problem.
            UserError: An argument is missing or unknown; every one.
        """
        offering = cls.STACK_REGISTRY.offering(stack_type)
        config, options = _sort_arguments(scope, configuration)
        chosen = _choose(offering, config)
        _check(stack_type, chosen)
        options |= _as_arguments(offering, chosen)
        make: Callable[..., OfferingStack] = cls.STACK_REGISTRY[stack_type]
        return make(scope, construct_id or _construct_id(config), config, **options)

    @classmethod
    def create_composed_stack(
        cls,
        cms_provider: str,
        ecommerce_provider: str,
        ssg_engine: str,
        scope: Construct | None = None,
        construct_id: str = "",
        **configuration: Any,
    ) -> ComposedStack:
        """Make a site with a CMS and a shop on one engine.

        Args:
            cms_provider: The CMS's id.
            ecommerce_provider: The shop's id.
            ssg_engine: The engine's id.
            scope: See `create_stack`.
            construct_id: See `create_stack`.
            configuration: See `create_stack`.

        Raises:
            CombinationError: A part is not installed, or they do not combine; every reason.
            SiteError: What is given does not make a site; every problem.
            UserError: An argument is missing or unknown; every one.
        """
        parts = {"cms_provider": cms_provider, "ecommerce_provider": ecommerce_provider, "ssg_engine": ssg_engine}
        made = cls.create_stack(COMPOSED, scope, construct_id, **parts, **configuration)
        return cast("ComposedStack", made)

    @classmethod
    def get_available_stack_types(cls, kind: str = "") -> tuple[str, ...]:
        """Return the stack types that can be created, of one *kind* or of all.

        Args:
            kind: ``ssg``, ``cms``, ``ecommerce``, ``composed``, or nothing.
        """
        return tuple(name for name in cls.STACK_REGISTRY if not kind or cls.STACK_REGISTRY.offering(name).kind == kind)

    @classmethod
    def get_stack_metadata(cls, stack_type: str) -> StackMetadata:
        """Return what is known of a stack type: prices, engines, variants, plans.

        Raises:
            CombinationError: The stack type is unknown.
        """
        return describe_offering(installed_catalogue(), cls.STACK_REGISTRY.offering(stack_type))

    @classmethod
    def get_recommendations(
        cls, requirements: Mapping[str, Any] | Requirements, *, today: dt.date | None = None
    ) -> Advice:
        """Rank the combinations that meet *requirements*, each with reasons for and against.

        Args:
            requirements: `Requirements`, or a mapping with its fields as keys.
            today: The day for which ends of life are judged; today by default.

        Raises:
            UserError: A key or a value that nothing here knows; every one of them.
        """
        from platform_core.recommending import Requirements, parse_requirements, recommend

        wanted = requirements if isinstance(requirements, Requirements) else parse_requirements(requirements)
        return recommend(installed_catalogue(), wanted, today=today or dt.datetime.now(dt.UTC).date())

    @classmethod
    def estimate_total_cost(
        cls,
        stack_type: str = COMPOSED,
        *,
        ssg_engine: str = "",
        cms_provider: str = "",
        ecommerce_provider: str = "",
        rendering: str = "static",
        plans: Mapping[str, str] | None = None,
        seats: int | None = None,
        sales: float | None = None,
    ) -> Estimate:
        """Estimate what a stack costs a month: agency, providers and AWS, at three levels of traffic.

        Args:
            stack_type: A name of `get_available_stack_types`.
            ssg_engine: The engine, where the name leaves it open.
            cms_provider: The CMS, likewise.
            ecommerce_provider: The shop, likewise.
            rendering: ``static`` or ``server``.
            plans: Provider's id -> the name of its plan; the cheapest to the dearest otherwise.
            seats: How many people log in at each provider; 2 by default.
            sales: USD a month for which the shop sells; 5,000 by default.

        Raises:
            CombinationError: The stack type is unknown, or its parts do not combine.
            UserError: A plan is unknown or can't be had, or a number is too small.
        """
        from platform_core.pricing import estimate

        given = {"engine": ssg_engine, "cms": cms_provider, "shop": ecommerce_provider}
        chosen = _choose(cls.STACK_REGISTRY.offering(stack_type), {key: value for key, value in given.items() if value})
        return estimate(
            installed_catalogue(),
            _check(stack_type, chosen),
            rendering=rendering,
            plans=plans or {},
            seats=seats,
            sales=sales,
        )


def _sort_arguments(scope: object, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what describes the site from what describes the stack; refuse the rest, all at once."""
    from platform_core.site import Site, as_mapping

    brought = given.get("client_config")
    config = as_mapping(brought) if isinstance(brought, Site) else dict(brought or {})
    if "client_id" in config:
        config["client"] = config.pop("client_id")
    keys = frozenset(Site.model_fields)
    names = {**_CHOICES, "client_id": "client", **{key: key for key in keys}}
    options = {key: value for key, value in given.items() if key in _OPTIONS}
    rest = {key: value for key, value in given.items() if key not in _OPTIONS and key != "client_config"}
    problems = [*_unknown(rest, names), *_contradictions(config, rest, names)]
    config |= {names[key]: value for key, value in rest.items() if key in names and value not in (None, "")}
    problems += _absent(scope, config)
    if problems:
        raise UserError("bad-arguments", "the stack can't be made from these arguments", problems=problems)
    return config, options


def _unknown(given: Iterable[str], names: Iterable[str]) -> list[Problem]:
    known = sorted({*names, *_OPTIONS, "client_config"})
    return [Problem(key, "is not known.", did_you_mean(key, known)) for key in given if key not in known]


def _contradictions(config: Mapping[str, Any], given: Mapping[str, Any], names: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(key, f"is {value!r}, and client_config says {config[names[key]]!r}.")
        for key, value in given.items()
        if key in names and names[key] != "variant" and config.get(names[key]) not in (None, "", value)
    ]


def _absent(scope: object, config: Mapping[str, Any]) -> list[Problem]:
    has = {"scope": scope, "client_id": config.get("client"), "domain": config.get("domain")}
    return [Problem(key, "is missing.", meaning) for key, meaning in _NEEDED.items() if has[key] in (None, "")]


def _choose(offering: Offering, config: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts of the stack: what the name fixes, and what was asked for beside it."""
    fixed = {"engine": offering.engine, "cms": offering.cms, "shop": offering.shop}
    names = {key: name for name, key in _CHOICES.items()}
    # The name of a composed site fixes no engine, it only proposes one.
    proposed = offering.kind == "composed"
    problems, chosen = [], {}
    for key, value in fixed.items():
        asked = config.get(key) or ""
        free = value is None and _leaves_open(offering, key)
        if asked and not free and asked != value and not (key == "engine" and proposed):
            says = f"{offering.name} has {value or 'none'}"
            problems.append(Problem(names[key], f"is {asked!r}, and {says}.", _other_name(key)))
        chosen[key] = str(asked or value or (_default_engine(offering) if key == "engine" else ""))
    problems += [Problem(names[key], "is missing.") for key in chosen if not chosen[key] and _must_say(offering, key)]
    if problems:
        raise CombinationError("wrong-parts", f"{offering.name} can't be made of these parts", problems=problems)
    return chosen


def _leaves_open(offering: Offering, key: str) -> bool:
    return offering.name == COMPOSED or (key == "engine" and offering.kind != "ssg")


def _must_say(offering: Offering, key: str) -> bool:
    return key == "engine" or offering.name == COMPOSED


def _other_name(key: str) -> str:
    return "Use create_composed_stack for a CMS with a shop." if key in {"cms", "shop"} else ""


def _default_engine(offering: Offering) -> str:
    """Return the first engine that is certified and installed."""
    if offering.name == COMPOSED:
        return ""
    installed = {item.id for item in installed_catalogue().of_kind("ssg")}
    found = next((engine for engine in offering.engines if engine in installed), "")
    if not found and offering.engines:
        raise CombinationError(
            "no-engine",
            f"no engine on which {offering.name} is certified is installed (it is on {', '.join(offering.engines)})",
            hint=f"pip install platform-plugin-{offering.engines[0]}",
        )
    return found


def _check(stack_type: str, chosen: Mapping[str, str]) -> Combination:
    """Refuse what is impossible, with every reason and what would work instead."""
    catalogue = installed_catalogue()
    found = catalogue.check(chosen["engine"], chosen["cms"] or None, chosen["shop"] or None)
    if found.status == "impossible":
        near = " or ".join(" + ".join(filter(None, item.parts)) for item in catalogue.nearest(found))
        raise CombinationError(
            "impossible-combination",
            f"{stack_type} can't be made of {' + '.join(filter(None, found.parts))}",
            problems=[Problem("combination", reason) for reason in found.reasons],
            hint=f"Nearest that work: {near}." if near else "",
        )
    return found


def _construct_id(config: Mapping[str, Any]) -> str:
    from platform_core.outputs import stack_name

    return stack_name(str(config["client"]))


def _as_arguments(offering: Offering, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what the class does not fix itself."""
    if offering.name == COMPOSED:
        return {name: chosen[key] for name, key in _CHOICES.items() if key in chosen}
    return {} if offering.kind == "ssg" else {"ssg_engine": chosen["engine"]}


def provider_stack_type(catalogue: Catalogue, kind: Kind, provider: str) -> str:
    """Return the stack type of a CMS or a shop; older calls write its id with underscores.

    Raises:
        CombinationError: No such provider is installed.
    """
    ids = {item.id for item in catalogue.of_kind(kind)}
    spelt = provider if provider in ids else provider.replace("_", "-")
    return catalogue.get(kind, spelt).stack_type
