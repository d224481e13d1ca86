"""The catalogue: what can be combined, at which price, and why not.

Works from manifests alone. Nothing here knows a component by name.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from platform_core.discovery import Plugin
from platform_core.errors import CombinationError, Problem, did_you_mean
from platform_core.manifest import Kind, Manifest, Price

__all__ = ["COMPOSED", "EVENT_LAYER", "Catalogue", "Combination", "Offering", "Status", "installed_catalogue"]

Status = Literal["certified", "compatible", "impossible"]
COMPOSED = "cms_ecommerce_composed"
EVENT_LAYER = Price(month=(15, 25), setup=(0, 0))
"""What the agency charges for the event layer of a composed site."""
_WORDS: Mapping[Kind, str] = {"ssg": "engine", "cms": "CMS", "ecommerce": "shop", "service": "service"}


@dataclass(frozen=True, slots=True)
class Combination:
    """An engine with a CMS or none and a shop or none.

    Attributes:
        status: *certified* is sold at a price, *compatible* works, *impossible* says why.
        stack_type: The offering's name in the catalogue.
        price: None when it is not in the price list.
        reasons: Why it is not certified; every reason.
    """

    engine: str
    cms: str | None
    shop: str | None
    status: Status
    stack_type: str
    price: Price | None
    reasons: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, str | None, str | None]:
        """Engine, CMS and shop."""
        return self.engine, self.cms, self.shop


@dataclass(frozen=True, slots=True)
class Offering:
    """Something that is sold under one name, with what its name fixes.

    Attributes:
        name: The stack type.
        kind: ``composed`` for a CMS and a shop together, else the kind of its one component.
        owner: The manifest that declares it; None for any CMS with any shop.
        engine: The engine that is fixed; with a bundle, the one that is proposed first.
        cms: The CMS that is fixed; None when there is none, or when any may be chosen.
        shop: The shop, likewise.
        engines: On which engines it is certified.
        price: None when it follows from the parts.
        market: For whom it is, in a word.
    """

    name: str
    kind: Kind | Literal["composed"]
    owner: Manifest | None = None
    engine: str | None = None
    cms: str | None = None
    shop: str | None = None
    engines: tuple[str, ...] = ()
    price: Price | None = None
    market: str = ""


@functools.cache
def installed_catalogue() -> Catalogue:
    """Return the catalogue of what is installed, read once in a process."""
    from platform_core.discovery import discover

    return Catalogue(discover().plugins)


@dataclass(frozen=True)
class Catalogue:
    """The usable components of one discovery."""

    plugins: tuple[Plugin, ...]
    _by_key: dict[tuple[str, str], Manifest] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        manifests = (plugin.manifest for plugin in self.plugins if plugin.state == "ok")
        object.__setattr__(self, "_by_key", {(item.kind, item.id): item for item in manifests if item})

    def of_kind(self, kind: Kind) -> tuple[Manifest, ...]:
        """Return the manifests of one kind, ordered by id."""
        return tuple(item for (its_kind, _), item in sorted(self._by_key.items()) if its_kind == kind)

    def get(self, kind: Kind, component: str) -> Manifest:
        """Return one manifest.

        Raises:
            CombinationError: No usable component has that id; says how to get it.
        """
        found = self._by_key.get((kind, component))
        if found is None:
            raise CombinationError(
                "unknown-component",
                f"no {_WORDS[kind]} {component!r} is installed",
                why=self._why_absent(kind, component),
                hint=self._how_to_get(kind, component),
            )
        return found

    def check(self, engine: str, cms: str | None = None, shop: str | None = None) -> Combination:
        """Say what a combination is.

        Raises:
            CombinationError: A component is not installed; every one is named.
        """
        problems: list[Problem] = []
        chosen: list[Manifest] = []
        for kind, component in self._slots(engine, cms, shop):
            try:
                chosen.append(self.get(kind, component))
            except CombinationError as error:
                problems.append(Problem(_WORDS[kind], f"{error.what}. {error.why}".strip(), error.hint))
        if problems:
            raise CombinationError("unknown-component", "the combination can't be checked", problems=problems)
        return self._combination(chosen)

    def combinations(self) -> Iterator[Combination]:
        """Yield every combination of the installed components, impossible ones too."""
        cmss = (None, *self.of_kind("cms"))
        shops = (None, *self.of_kind("ecommerce"))
        for parts in itertools.product(self.of_kind("ssg"), cmss, shops):
            yield self._combination([part for part in parts if part])

    def offerings(self) -> tuple[Offering, ...]:
        """Return what is sold under a name of its own, with what the name fixes, ordered by kind.

        The composed sites without such a name are one offering, `COMPOSED`, which needs a
        CMS and a shop to be installed.
        """
        kinds: tuple[Kind, ...] = ("ssg", "cms", "ecommerce", "service")
        items = [item for kind in kinds for item in self.of_kind(kind) if item.stack_type or item.kind == "service"]
        found = [_offering(item) for item in items]
        if self.of_kind("cms") and self.of_kind("ecommerce"):
            found.append(Offering(COMPOSED, "composed"))
        for cms in self.of_kind("cms"):
            found += [
                _bundle(cms, self._by_key["ecommerce", bundle.shop], name)
                for name, bundle in cms.bundles.items()
                if ("ecommerce", bundle.shop) in self._by_key
            ]
        return tuple(found)

    def nearest(self, wanted: Combination, count: int = 3) -> tuple[Combination, ...]:
        """Return the valid combinations that change least of *wanted*, cheapest first."""

        def distance(other: Combination) -> tuple[int, bool, float]:
            changed = sum(mine != its for mine, its in zip(wanted.parts, other.parts, strict=True))
            return changed, other.status != "certified", other.price.month[0] if other.price else float("inf")

        valid = [item for item in self.combinations() if item.status != "impossible"]
        return tuple(sorted(valid, key=distance)[:count])

    @staticmethod
    def _slots(engine: str, cms: str | None, shop: str | None) -> Iterator[tuple[Kind, str]]:
        yield "ssg", engine
        if cms:
            yield "cms", cms
        if shop:
            yield "ecommerce", shop

    def _combination(self, chosen: list[Manifest]) -> Combination:
        by_kind = {item.kind: item for item in chosen}
        engine, cms, shop = by_kind["ssg"], by_kind.get("cms"), by_kind.get("ecommerce")
        gaps = tuple(_gaps(chosen))
        stack_type, price, reasons = _offer(engine, cms, shop)
        status: Status = "impossible" if gaps else "compatible" if reasons else "certified"
        return Combination(
            engine=engine.id,
            cms=cms.id if cms else None,
            shop=shop.id if shop else None,
            status=status,
            stack_type=stack_type,
            price=price if status == "certified" else None,
            reasons=gaps or reasons,
        )

    def _why_absent(self, kind: Kind, component: str) -> str:
        for plugin in self.plugins:
            if (plugin.kind, plugin.id) == (kind, component):
                return f"{plugin.distribution} is {plugin.state}: {plugin.cause}."
        return ""

    def _how_to_get(self, kind: Kind, component: str) -> str:
        for plugin in self.plugins:
            if (plugin.kind, plugin.id) == (kind, component) and plugin.fix:
                return plugin.fix
        near = did_you_mean(component, [item.id for item in self.of_kind(kind)])
        return near or f"pip install platform-plugin-{component}"


def _gaps(chosen: Iterable[Manifest]) -> Iterator[str]:
    """Name each capability that is needed and that none of *chosen* provides."""
    chosen = list(chosen)
    provided = {capability for item in chosen for capability in item.provides}
    for item in chosen:
        for capability, why in item.needs.items():
            if capability in provided:
                continue
            lacking = [f"{other.name}: {other.lacks[capability]}" for other in chosen if capability in other.lacks]
            because = f" ({'; '.join(lacking)})" if lacking else ""
            yield f"{item.name} needs {capability}, which nothing here provides{because}. {why}"


def _offer(engine: Manifest, cms: Manifest | None, shop: Manifest | None) -> tuple[str, Price | None, tuple[str, ...]]:
    """Return stack type, price and the reasons why it is not certified."""
    if not cms and not shop:
        return engine.stack_type, engine.price, () if engine.price else (f"{engine.name} has no price.",)
    providers = [item for item in (cms, shop) if item]
    reasons = [
        f"{item.name} is not certified on {engine.name} (it is on {', '.join(item.certified_engines) or 'none'})."
        for item in providers
        if engine.id not in item.certified_engines
    ]
    reasons += [f"{item.name} has no price." for item in providers if not item.price]
    if len(providers) == 1:
        return providers[0].stack_type, providers[0].price, tuple(reasons)
    first, second = providers
    for name, bundle in first.bundles.items():
        if (bundle.shop, bundle.engine) == (second.id, engine.id):
            # The price list names the three together, so they are sold, whatever each is certified on alone.
            return name, bundle.price, ()
    prices = [item.price for item in providers if item.price]
    return COMPOSED, _sum([*prices, EVENT_LAYER]) if len(prices) == 2 else None, tuple(reasons)


def _offering(item: Manifest) -> Offering:
    engines = (item.id,) if item.kind == "ssg" else item.certified_engines
    return Offering(
        name=item.stack_type or item.id,
        kind=item.kind,
        owner=item,
        engine=item.id if item.kind == "ssg" else None,
        cms=item.id if item.kind == "cms" else None,
        shop=item.id if item.kind == "ecommerce" else None,
        engines=engines,
        price=item.price,
    )


def _bundle(cms: Manifest, shop: Manifest, name: str) -> Offering:
    bundle = cms.bundles[name]
    both = [engine for engine in cms.certified_engines if engine in shop.certified_engines]
    return Offering(
        name=name,
        kind="composed",
        owner=cms,
        engine=bundle.engine,
        cms=cms.id,
        shop=shop.id,
        engines=(bundle.engine, *(engine for engine in both if engine != bundle.engine)),
        price=bundle.price,
        market=bundle.market,
    )


def _sum(prices: Iterable[Price]) -> Price:
    prices = list(prices)
    month = (sum(item.month[0] for item in prices), sum(item.month[1] for item in prices))
    return Price(month, (sum(item.setup[0] for item in prices), sum(item.setup[1] for item in prices)))
