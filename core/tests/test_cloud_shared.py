"""A fleet does not meet the quotas of CloudFront: sites share what an account counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.site import parse_site

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
Make = Callable[..., Composition]


@pytest.fixture
def make(fake_plugins: Path, tmp_path: Path) -> Make:
    """Return a function that composes a site of the reference fakes."""
    catalogue = Catalogue(discover(disabled=()).plugins)

    def composed(client: str, *, shop: bool = False, region: str = "us-east-1") -> Composition:
        parts = 'shop = "shop-memory"\n' if shop else ""
        text = f'client = "{client}"\ndomain = "{client}.example"\nengine = "ssg-echo"\n{parts}[aws]\nregion = "{region}"\n'
        return compose(parse_site(text, catalogue), tmp_path, catalogue)

    return composed


def app_of(compositions: list[Composition], outdir: Path) -> dict[str, Any]:
    """Synthesize one App; return construct id -> template."""
    from platform_core.cloud.app import synthesize

    synthesize([(item, Stage("aws", f"https://{item.site.domain}")) for item in compositions], outdir, validate=False)
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in outdir.glob("*.template.json")
    }


def counted(stacks: dict[str, Any]) -> Counter[str]:
    """Count the resources of CloudFront in all stacks."""
    kinds = [item["Type"] for stack in stacks.values() for item in stack["Resources"].values()]
    return Counter(kind.removeprefix("AWS::CloudFront::") for kind in kinds if "CloudFront" in kind)


def test_forty_two_sites_share_their_policies(make: Make, tmp_path: Path):
    """Two compositions in a fleet make two policies at most, and one access control."""
    fleet = [make(f"site-{number}", shop=number % 2 == 0) for number in range(42)]
    found = counted(app_of(fleet, tmp_path / "out"))
    assert found["Distribution"] == 42
    assert found["ResponseHeadersPolicy"] <= 2
    assert found["OriginAccessControl"] == 1
    assert found["CachePolicy"] == found["OriginRequestPolicy"] == 0


def test_two_apps_mean_the_same_shared_stacks(make: Make, tmp_path: Path):
    """Whichever App comes first deploys them; the other finds name and content equal."""
    first = app_of([make("one")], tmp_path / "first")
    second = app_of([make("two")], tmp_path / "second")
    shared = {name for name in first if name.startswith("platform-edge-")}
    assert shared
    assert shared == {name for name in second if name.startswith("platform-edge-")}
    assert all(first[name] == second[name] for name in shared)


def test_a_site_imports_by_the_name_of_the_export(make: Make, tmp_path: Path):
    """The name says what is in it, so it never has to change."""
    stacks = app_of([make("one")], tmp_path / "out")
    exports = {
        item["Export"]["Name"]
        for name, stack in stacks.items()
        if name.startswith("platform-edge-")
        for item in stack["Outputs"].values()
    }
    text = json.dumps(stacks["platform-one"])
    assert len(exports) == 2
    assert all(f'{{"Fn::ImportValue": "{name}"}}' in text for name in exports)


def test_each_region_has_its_own(make: Make, tmp_path: Path):
    """Exports don't cross regions, and names of policies are global, so the region is in the name."""
    stacks = app_of([make("one"), make("two", region="eu-west-1")], tmp_path / "out")
    names = [
        item["Properties"]["OriginAccessControlConfig"]["Name"]
        for stack in stacks.values()
        for item in stack["Resources"].values()
        if item["Type"] == "AWS::CloudFront::OriginAccessControl"
    ]
    assert sorted(name.split("-", 3)[-1] for name in names) == ["eu-west-1", "us-east-1"]


def test_what_is_shared_comes_before_the_sites(make: Make, tmp_path: Path):
    """The CDK CLI deploys in the order of the dependencies."""
    app_of([make("one")], tmp_path / "out")
    artifacts = json.loads((tmp_path / "out" / "manifest.json").read_text())["artifacts"]
    assert {name for name in artifacts["platform-one"]["dependencies"] if name.startswith("platform-edge-")}


def test_names_at_the_edge_fit_cloudfront(make: Make):
    """The longest client in the longest region stays within 64 characters."""
    from platform_core.cloud.stack import _edge_name

    assert len(_edge_name("platform-" + "a" * 40, "ap-northeast-1")) <= 64
    long = [_edge_name(f"somebody-elses-very-long-stack-name-that-goes-on-and-on-{end}", "us-east-1") for end in "ab"]
    assert max(map(len, long)) <= 64
    assert len(set(long)) == 2
