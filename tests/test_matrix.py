"""Every combination that is not impossible builds, and its stack passes every check.

``PLATFORM_MATRIX=full`` takes every variant of every part with every other, and
``reduced`` each variant of each part once in each combination. Without it every stack is
made, but each engine builds one site: its richest combination, another one each day.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_core.assembly import synth
from platform_core.build import build
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.manifest import Manifest
from platform_core.scaffold import scaffold
from platform_core.site import parse_site

WANTED = os.environ.get("PLATFORM_MATRIX", "")
FULL = WANTED == "full"
ROOT = Path(__file__).parent.parent
# What a component can't do without on AWS; a component that is not here needs nothing.
SETTINGS: dict[str, dict[str, Any]] = {
    "decap": {"repository": "acme/website", "oauth_client_id": "Iv1.0123456789abcdef"},
    "snipcart": {"public_api_key": "TWFkZVVwRm9yVGVzdHNPbmx5MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="},
}
PRODUCT = (
    "---\ntitle: Mug\ndate: 2026-03-04\nsku: mug\nprice: '18.50'\ncurrency: EUR\nstock: 3\nweight: 400\n---\nA mug.\n"
)


@dataclass(frozen=True)
class Case:
    """One site of the matrix: component id -> variant, for each part."""

    engine: tuple[str, str]
    cms: tuple[str, str] | None
    shop: tuple[str, str] | None

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The chosen components with their variants, the engine first."""
        return [part for part in (self.engine, self.cms, self.shop) if part]

    @property
    def name(self) -> str:
        """A name that says it all."""
        return "+".join(f"{component}:{variant}" if variant else component for component, variant in self.parts)

    def toml(self, client: str) -> str:
        """Return the case's ``site.toml``."""
        rows = {
            "client": client,
            "domain": f"{client}.example.com",
            "engine": self.engine[0],
            "variant": self.engine[1],
        }
        rows |= {"cms": self.cms[0]} if self.cms else {}
        rows |= {"shop": self.shop[0]} if self.shop else {}
        lines = [f"{key} = {json.dumps(value)}" for key, value in rows.items()]
        for component, variant in self.parts:
            settings = dict(SETTINGS.get(component, {}))
            settings |= {"variant": variant} if variant and (component, variant) != self.engine else {}
            lines += [f"[settings.{component}]", *(f"{key} = {json.dumps(value)}" for key, value in settings.items())]
        return "\n".join(lines) + "\n"


def catalogue() -> Catalogue:
    """Return the components of this repository."""
    own = [
        item for item in discover(disabled=()).plugins if item.package and item.package.is_relative_to(ROOT / "plugins")
    ]
    return Catalogue(tuple(own))


def variants(manifest: Manifest | None) -> list[tuple[str, str] | None]:
    """Return id and variant of each variant of a part; of a part that is left out, None."""
    if manifest is None:
        return [None]
    return [(manifest.id, variant) for variant in manifest.variants or [""]]


def cases() -> Iterator[Case]:
    """Yield the sites of the matrix."""
    found = catalogue()
    for item in found.combinations():
        if item.status == "impossible":
            continue
        parts = [
            variants(found.get("ssg", item.engine)),
            variants(found.get("cms", item.cms) if item.cms else None),
            variants(found.get("ecommerce", item.shop) if item.shop else None),
        ]
        if FULL:
            chosen = itertools.product(*parts)
        else:
            longest = max(map(len, parts))
            chosen = zip(*(itertools.islice(itertools.cycle(part), longest) for part in parts), strict=True)
        for engine, cms, shop in chosen:
            assert engine is not None
            yield Case(engine, cms, shop)


CASES = list(cases())


def cases_of_today() -> Iterator[Case]:
    """Yield one case of each engine, from those with the most parts."""
    by_engine: dict[str, list[Case]] = {}
    for case in CASES:
        by_engine.setdefault(case.engine[0], []).append(case)
    for found in by_engine.values():
        richest = [case for case in found if len(case.parts) == max(len(other.parts) for other in found)]
        yield richest[dt.datetime.now(dt.UTC).date().toordinal() % len(richest)]


BUILT = CASES if WANTED else list(cases_of_today())


@pytest.fixture
def composed(tmp_path: Path) -> Callable[[Case], tuple[Composition, Stage]]:
    """Return a function that scaffolds and composes one site."""

    def make(case: Case) -> tuple[Composition, Stage]:
        client = f"site-{CASES.index(case)}"
        root = tmp_path / client
        found = catalogue()
        composition = compose(parse_site(case.toml(client), found), root, found)
        scaffold(root, composition.engine, composition.site.variant)
        if case.shop:
            (root / "content" / "products").mkdir(exist_ok=True)
            (root / "content" / "products" / "mug.md").write_text(PRODUCT, "utf-8")
        # Content is read once for a composition, so it is made anew when its files are there.
        return compose(composition.site, root, found), Stage("aws", f"https://{composition.site.domain}")

    return make


@pytest.mark.parametrize("case", BUILT, ids=lambda case: case.name)
def test_it_builds(case: Case, composed: Callable[[Case], tuple[Composition, Stage]]) -> None:
    """The scaffolded site of a combination builds for AWS, with its entry pages."""
    output = build(*composed(case)).output
    assert (output / "index.html").is_file()
    assert (output / "404.html").is_file()
    if case.shop:
        assert any("Mug" in page.read_text("utf-8") for page in output.rglob("*.html"))


@pytest.mark.slow
def test_all_of_them_synthesize_and_pass_every_check(
    composed: Callable[[Case], tuple[Composition, Stage]], tmp_path: Path
) -> None:
    """One App with a stack for each case passes CDK's validator and cdk-nag."""
    assembly = synth([composed(case) for case in CASES], tmp_path / "cdk.out", validate=True)
    assert assembly.validated
    assert {stack.client for stack in assembly.stacks if stack.client} == {
        f"site-{number}" for number in range(len(CASES))
    }


def test_each_variant_is_in_the_matrix() -> None:
    """No variant of an installed component is left out, in the reduced form too."""
    found = catalogue()
    offered = {
        (item.id, name)
        for kind in ("ssg", "cms", "ecommerce")
        for item in found.of_kind(kind)
        for name in item.variants
    }
    assert offered == {part for case in CASES for part in case.parts if part[1]}
