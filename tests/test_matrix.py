"""Every combination that is not impossible: all stacks, and some sites from their CMS to a browser.

`nox -s matrix` takes all of them to a browser and keeps the record. Here each engine takes
one, with a CMS and a shop, and another one each day.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.assembly import synth
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.manifest import Manifest
from platform_core.scaffold import scaffold
from platform_core.site import parse_site

MATRIX = Path(__file__).parent / "matrix"
sys.path.insert(0, str(MATRIX))

from cases import SETTINGS, catalogue, find_cases  # noqa: E402  the matrix is a program of its own

Part = tuple[str, str]


def variants(manifest: Manifest | None) -> list[Part | None]:
    """Return id and variant of each variant of a part; of a part that is left out, None."""
    if manifest is None:
        return [None]
    return [(manifest.id, variant) for variant in manifest.variants or [""]]


def stacks() -> Iterator[tuple[Part | None, ...]]:
    """Yield engine, CMS and shop with their variants: each variant at least once in each combination."""
    found = catalogue()
    for case in find_cases():
        parts = [
            variants(found.get("ssg", case.engine)),
            variants(found.get("cms", case.cms) if case.cms else None),
            variants(found.get("ecommerce", case.shop) if case.shop else None),
        ]
        longest = max(map(len, parts))
        yield from zip(*(itertools.islice(itertools.cycle(part), longest) for part in parts), strict=True)


def site_toml(parts: tuple[Part | None, ...], client: str) -> str:
    """Return the ``site.toml`` of parts with their variants."""
    rows = {"client": client, "domain": f"{client}.example"}
    lines = []
    for key, part in zip(("engine", "cms", "shop"), parts, strict=True):
        if part:
            component, variant = part
            rows[key] = component
            settings = dict(SETTINGS.get(component, {}))
            if key == "engine":
                rows["variant"] = variant
            elif variant:
                settings["variant"] = variant
            lines += [f"[settings.{component}]", *(f"{name} = {json.dumps(value)}" for name, value in settings.items())]
    return "\n".join([*(f"{key} = {json.dumps(value)}" for key, value in rows.items()), *lines, ""])


def test_every_engine_has_every_cms_and_every_shop() -> None:
    """No combination of two parts is impossible: engines x (CMSs + none) x (shops + none)."""
    found = catalogue()
    engines, cmss, shops = (len(found.of_kind(kind)) for kind in ("ssg", "cms", "ecommerce"))
    assert len(find_cases()) == engines * (cmss + 1) * (shops + 1) == 175


@pytest.mark.slow
def test_all_stacks_synthesize_and_pass_every_check(tmp_path: Path) -> None:
    """One App with the stacks of all combinations passes CDK's validator and cdk-nag."""
    found = catalogue()
    sites: list[tuple[Composition, Stage]] = []
    for number, parts in enumerate(stacks()):
        site = parse_site(site_toml(parts, f"site-{number}"), found)
        root = tmp_path / f"{site.engine}-{site.variant}"
        composition = compose(site, root, found)
        if not root.is_dir():
            root.mkdir()
            scaffold(root, composition.engine, site.variant)
        sites.append((composition, Stage("aws", f"https://{site.domain}")))
    assembly = synth(sites, tmp_path / "cdk.out", validate=True)
    assert assembly.validated
    assert {stack.client for stack in assembly.stacks if stack.client} == {
        f"site-{number}" for number in range(len(sites))
    }


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.embedded
def test_the_combinations_of_today() -> None:
    """One combination of each engine brings an entry from its CMS, and a buy button, to a browser."""
    done = subprocess.run([sys.executable, MATRIX / "run.py", "--reduced"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
