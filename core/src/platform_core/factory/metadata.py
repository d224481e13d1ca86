"""What is known of a stack type before anything is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from platform_core.catalogue import COMPOSED, Catalogue, Offering
from platform_core.manifest import Kind, Plan

__all__ = ["StackMetadata", "describe_offering"]


@dataclass(frozen=True, slots=True)
class StackMetadata:
    """What the catalogue says of one stack type.

    Attributes:
        kind: ``ssg``, ``cms``, ``ecommerce`` or ``composed``.
        summary: One sentence for the person who chooses.
        engine: The engine that the name fixes; of a bundle, the one that is proposed first.
        cms: The CMS that the name fixes.
        shop: The shop that the name fixes.
        certified_engines: On which engines it is sold at *price*.
        compatible_engines: On which others it works, by capability.
        month: USD a month that the agency charges, (low, high); None when it follows from the parts.
        setup: USD once, likewise.
        plans: The providers' own plans.
        variants: Variant -> its features; of the engine, or of the provider.
        market: For whom it is, in a word.
    """

    stack_type: str
    kind: Kind | Literal["composed"]
    summary: str
    engine: str | None = None
    cms: str | None = None
    shop: str | None = None
    certified_engines: tuple[str, ...] = ()
    compatible_engines: tuple[str, ...] = ()
    month: tuple[int, int] | None = None
    setup: tuple[int, int] | None = None
    plans: tuple[Plan, ...] = ()
    variants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    market: str = ""


def describe_offering(catalogue: Catalogue, offering: Offering) -> StackMetadata:
    """Collect what *catalogue* says of *offering*."""
    chosen: tuple[tuple[Kind, str | None], ...] = (("cms", offering.cms), ("ecommerce", offering.shop))
    parts = [catalogue.get(kind, part) for kind, part in chosen if part]
    variants = offering.owner.variants if offering.owner and offering.kind != "composed" else {}
    price = offering.price
    certified, compatible = _engines(catalogue, offering)
    return StackMetadata(
        stack_type=offering.name,
        kind=offering.kind,
        summary=_summary(offering, [part.name for part in parts]),
        engine=offering.engine,
        cms=offering.cms,
        shop=offering.shop,
        certified_engines=certified,
        compatible_engines=compatible,
        month=price.month if price else None,
        setup=price.setup if price else None,
        plans=tuple(plan for part in parts for plan in part.plans),
        variants={name: variant.features for name, variant in variants.items()},
        market=offering.market,
    )


def _summary(offering: Offering, names: list[str]) -> str:
    if offering.name == COMPOSED:
        return "Any CMS with any shop, on an engine that both can use."
    if offering.kind == "composed":
        return f"{' and '.join(names)} on one site, sold together."
    return offering.owner.summary if offering.owner else ""


def _engines(catalogue: Catalogue, offering: Offering) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the installed engines on which it is certified, and the others on which it works."""
    if offering.kind == "ssg" or offering.name == COMPOSED:
        return offering.engines, ()
    found = {
        engine.id: catalogue.check(engine.id, offering.cms, offering.shop).status for engine in catalogue.of_kind("ssg")
    }
    certified = tuple(engine for engine in offering.engines if found.get(engine) == "certified")
    return certified, tuple(engine for engine, status in found.items() if status == "compatible")
