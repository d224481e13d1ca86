"""The combinations: each engine with each CMS or none, and with each shop or none."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_core.catalogue import Catalogue
from platform_core.discovery import Plugin, discover
from platform_core.verified import Code

__all__ = ["ROOT", "SETTINGS", "Case", "catalogue", "code_of", "find_cases", "key_of"]

ROOT = Path(__file__).parent.parent.parent
# Raised when the checks ask for more than they did.
CHECKS = 2
# What a component can't do without on AWS; a component that is not here needs nothing.
SETTINGS: dict[str, dict[str, Any]] = {
    "decap": {"repository": "acme/website", "oauth_client_id": "Iv1.0123456789abcdef"},
    "foxy": {"store_domain": "acme.foxycart.com"},
    "shopify-advanced": {"shop": "acme.myshopify.com", "storefront_token": "0123456789abcdef0123456789abcdef"},
    "shopify-basic": {"shop": "acme.myshopify.com"},
    "tina": {"client_id": "11111111-2222-3333-4444-555555555555", "repository": "acme/website"},
    "snipcart": {"public_api_key": "TWFkZVVwRm9yVGVzdHNPbmx5MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="},
}


@dataclass(frozen=True)
class Case:
    """One combination; *cms* and *shop* are None for a part that is left out."""

    engine: str
    cms: str | None
    shop: str | None
    variant: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The chosen components, the engine first."""
        return tuple(part for part in (self.engine, self.cms, self.shop) if part)

    @property
    def name(self) -> str:
        """A name that says it all."""
        return "+".join(self.parts)

    @property
    def client(self) -> str:
        """The name that its stack goes by."""
        return "-".join((self.engine, self.cms or "none", self.shop or "none"))

    def toml(self) -> str:
        """Return the case's ``site.toml``."""
        rows = {
            "client": self.client,
            "domain": f"{self.client}.example",
            "engine": self.engine,
            "variant": self.variant,
        }
        rows |= {"cms": self.cms} if self.cms else {}
        rows |= {"shop": self.shop} if self.shop else {}
        lines = [f"{key} = {json.dumps(value)}" for key, value in rows.items()]
        for part in self.parts:
            lines += [
                f"[settings.{part}]",
                *(f"{key} = {json.dumps(value)}" for key, value in SETTINGS.get(part, {}).items()),
            ]
        return "\n".join(lines) + "\n"


def catalogue() -> Catalogue:
    """Return the components of this repository."""
    return Catalogue(tuple(plugins()))


def plugins() -> Iterator[Plugin]:
    """Yield the plugins of this repository."""
    for item in discover(disabled=()).plugins:
        if item.package and item.package.is_relative_to(ROOT / "plugins"):
            yield item


def find_cases(only: Sequence[str] = ()) -> list[Case]:
    """Return the combinations that are possible, or those of them that are asked for.

    Args:
        only: Parts with ``+`` between; a case is chosen when it has all of one's parts.
    """
    found = catalogue()
    variants = {item.id: next(iter(item.variants)) for item in found.of_kind("ssg")}
    cases = [
        Case(item.engine, item.cms, item.shop, variants[item.engine])
        for item in found.combinations()
        if item.status != "impossible"
    ]
    wanted = [set(name.split("+")) for name in only]
    known = {part for case in cases for part in case.parts}
    if unknown := sorted(set().union(*wanted) - known):
        raise SystemExit(f"There is no component {', '.join(unknown)}. There are {', '.join(sorted(known))}.")
    return [case for case in cases if not wanted or any(parts <= set(case.parts) for parts in wanted)]


def key_of(case: Case) -> str:
    """Hash what decides the result: the parts' packages, core, and the checks."""
    return hashlib.sha256(f"{CHECKS} {case.toml()} {code_of(case)}".encode()).hexdigest()[:16]


def code_of(case: Case) -> str:
    """Hash the parts' packages and core, as they are when a run first asks."""
    return _code().of(case.parts)


@functools.cache
def _code() -> Code:
    return Code(catalogue())
