"""Synthesis of the three plugins: what is sold, growth in place, and nothing done twice."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.assembly import Assembly, read_assembly, synth
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.errors import OperationError, SiteError
from platform_core.site import parse_site

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PARTS = {
    "template": "",
    "cms": 'cms = "decap"\n',
    "shop": 'shop = "snipcart"\n',
    "composed": 'cms = "decap"\nshop = "snipcart"\n',
}
SETTINGS = {
    "decap": '[settings.decap]\nrepository = "acme/website"\noauth_client_id = "Iv1.0123456789abcdef"\n',
    "snipcart": '[settings.snipcart]\npublic_api_key = "TWFkZVVwRm9yVGVzdHNPbmx5MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="\n',
}
Make = Callable[..., tuple[Composition, Stage]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """What is installed."""
    return Catalogue(discover(disabled=()).plugins)


@pytest.fixture
def make(catalogue: Catalogue, tmp_path: Path) -> Make:
    """Return a function that composes a site of the real plugins."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "hugo.toml").write_text('title = "Acme"\n')

    def composed(kind: str = "composed", client: str = "acme", title: str = "Acme") -> tuple[Composition, Stage]:
        text = f'client = "{client}"\ndomain = "{client}.example"\ntitle = "{title}"\nengine = "hugo"\n{PARTS[kind]}'
        text += "".join(settings for name, settings in SETTINGS.items() if name in PARTS[kind])
        return compose(parse_site(text, catalogue), tmp_path / "site", catalogue), Stage(
            "aws", f"https://{client}.example"
        )

    return composed


def resources(assembly: Assembly) -> dict[str, Any]:
    """Return the resources of the one site."""
    found: dict[str, Any] = json.loads(assembly.of_client("acme").template.read_text())["Resources"]
    return found


def test_an_unchanged_site_is_not_synthesized_again(make: Make, tmp_path: Path):
    """The second time the assembly is the same, and CDK has not been asked."""
    first = synth([make()], tmp_path / "out")
    stamp = first.of_client("acme").template.stat().st_mtime_ns
    second = synth([make()], tmp_path / "out")
    assert (first.changed, second.changed) == (True, False)
    assert second.of_client("acme").template.stat().st_mtime_ns == stamp
    assert second.stacks == first.stacks


@pytest.mark.parametrize("what", ["title", "file", "stage", "kind", "second site"])
def test_what_a_template_is_made_from_counts_as_a_change(make: Make, tmp_path: Path, what: str):
    """The site file, the engine's configuration, the stage, the components and the fleet."""
    synth([make("shop")], tmp_path / "out")
    composition, stage = make("shop", title="Other" if what == "title" else "Acme")
    sites = [(composition, stage)]
    if what == "file":
        (tmp_path / "site" / "hugo.toml").write_text('title = "Another"\n')
    if what == "stage":
        sites = [(composition, Stage("local", "http://localhost:1"))]
    if what == "kind":
        sites = [make("template")]
    if what == "second site":
        sites.append(make("template", client="other"))
    assert synth(sites, tmp_path / "out").changed


def test_the_code_of_an_editable_plugin_counts_as_a_change(make: Make, tmp_path: Path, catalogue: Catalogue):
    """A saved source file is enough; no version has to be raised."""
    package = next(item.package for item in catalogue.plugins if item.id == "snipcart")
    assert package
    source = package / "plugin.py"
    before = source.stat()
    synth([make("shop")], tmp_path / "out")
    try:
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
        assert synth([make("shop")], tmp_path / "out").changed
    finally:
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_lost_template_is_made_again(make: Make, tmp_path: Path):
    """An assembly that is not whole does not count as unchanged."""
    synth([make("template")], tmp_path / "out").of_client("acme").template.unlink()
    with pytest.raises(OperationError, match="not whole"):
        read_assembly(tmp_path / "out")
    assert synth([make("template")], tmp_path / "out").changed


def test_a_validated_assembly_need_not_be_made_again_for_the_inner_loop(make: Make, tmp_path: Path):
    """The other way round it must: what was not validated is not taken for it."""
    loose = synth([make("template")], tmp_path / "out")
    strict = synth([make("template")], tmp_path / "out", validate=True)
    again = synth([make("template")], tmp_path / "out")
    assert [(item.changed, item.validated) for item in (loose, strict, again)] == [
        (True, False),
        (True, True),
        (False, True),
    ]


def test_a_fleet_that_has_not_changed_takes_no_time_and_no_cdk(make: Make, tmp_path: Path):
    """Forty-two sites: at most 0.15 seconds of work, from their files to the answer."""
    for number in range(42):
        folder = tmp_path / "fleet" / f"site-{number}"
        folder.mkdir(parents=True)
        (folder / "hugo.toml").write_text('title = "Acme"\n')
        text = f'client = "site-{number}"\ndomain = "{number}.example.com"\nengine = "hugo"\n{PARTS["composed"]}'
        (folder / "site.toml").write_text(text + SETTINGS["decap"] + SETTINGS["snipcart"])
    program = tmp_path / "fleet.py"
    program.write_text(_FLEET)
    for expected in (True, False):
        done = subprocess.run(
            [sys.executable, program, tmp_path / "fleet"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        changed, imported, seconds = json.loads(done.stdout)
        assert changed is expected
    assert not imported
    assert seconds <= 0.15


_FLEET = """
import json, sys, time
from pathlib import Path
from platform_core.assembly import synth
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.site import load_site

root = Path(sys.argv[1])
catalogue = Catalogue(discover().plugins)
folders = sorted(path for path in root.iterdir() if path.is_dir())
# Start-up: imports of core and of the three plugins.
compose(load_site(folders[0], catalogue), folders[0], catalogue)
started = time.process_time()
sites = [(compose(load_site(folder, catalogue), folder, catalogue), Stage("aws", "https://example.com")) for folder in folders]
assembly = synth(sites, root.parent / "out")
print(json.dumps([assembly.changed, "aws_cdk" in sys.modules, time.process_time() - started]))
"""


def test_a_site_grows_in_place(make: Make, tmp_path: Path):
    """From a template to CMS and shop every resource that was there stays, under its own id."""
    steps = [resources(synth([make(kind)], tmp_path / kind)) for kind in ("template", "cms", "composed")]
    for smaller, larger in itertools.pairwise(steps):
        assert {name: item["Type"] for name, item in smaller.items()}.items() <= {
            name: item["Type"] for name, item in larger.items()
        }.items()


def test_the_editor_gets_a_login_and_a_policy_of_its_own(make: Make, tmp_path: Path):
    """Two routes lead to the login function, and /admin/* has its own headers."""
    found = resources(synth([make("cms")], tmp_path / "out"))
    routes = {item["Properties"]["RouteKey"] for item in found.values() if item["Type"] == "AWS::ApiGatewayV2::Route"}
    assert routes == {
        "POST /_platform/webhooks/{provider}",
        "GET /_platform/decap/auth",
        "GET /_platform/decap/callback",
    }
    (distribution,) = [item for item in found.values() if item["Type"] == "AWS::CloudFront::Distribution"]
    config = distribution["Properties"]["DistributionConfig"]
    patterns = {item["PathPattern"]: item["ResponseHeadersPolicyId"] for item in config["CacheBehaviors"]}
    assert patterns["/admin/*"] != config["DefaultCacheBehavior"]["ResponseHeadersPolicyId"]


def test_a_secret_is_named_and_never_held(make: Make, tmp_path: Path):
    """Roles may read exactly the named secrets; no function holds a value."""
    found = resources(synth([make()], tmp_path / "out"))
    roles = [item for item in found.values() if item["Type"] == "AWS::IAM::Role"]
    text = json.dumps([item["Properties"]["Policies"] for item in roles])
    for name in ("platform/acme/github-webhook", "platform/acme/snipcart", "platform/acme/github-oauth"):
        assert text.count(f":secret:{name}-??????") == 1
    assert not [item for item in found.values() if item["Type"] == "AWS::SecretsManager::Secret"]


def test_an_incomplete_site_is_refused_before_anything_is_written(catalogue: Catalogue, tmp_path: Path):
    """A site.toml that could not be built is not half deployed either."""
    (tmp_path / "hugo.toml").write_text('title = "Acme"\n')
    text = 'client = "acme"\ndomain = "acme.example"\nengine = "hugo"\ncms = "decap"\n'
    composition = compose(parse_site(text, catalogue), tmp_path, catalogue)
    with pytest.raises(SiteError, match="Decap CMS can't be deployed yet"):
        synth([(composition, Stage("aws", "https://acme.example"))], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_sold_classes_stand_in_anybodys_app(tmp_path: Path):
    """As the manifests name them, with nothing but a client and a domain."""
    from platform_core.cloud import ComposedStack, use_own_node

    use_own_node()
    from aws_cdk import App

    from platform_plugin_decap.cloud import DecapCMSTierStack
    from platform_plugin_hugo.cloud import HugoTemplateStack
    from platform_plugin_snipcart.cloud import SnipcartEcommerceStack

    app = App(outdir=str(tmp_path / "out"), builtin_cloud_formation_validation=False)
    hugo = HugoTemplateStack(app, "Docs", {"client": "docs", "domain": "docs.example.com"}, "documentation")
    HugoTemplateStack(app, "Blog", client_id="blog", domain="blog.example.com", template_variant="performance_blog")
    DecapCMSTierStack(app, "Edited", client_id="edited", domain="edited.example.com", ssg_engine="hugo")
    SnipcartEcommerceStack(app, "Shop", client_id="shop", domain="shop.example.com", ssg_engine="hugo")
    ComposedStack(
        app,
        "Both",
        client_id="both",
        domain="both.example.com",
        cms_provider="decap",
        ecommerce_provider="snipcart",
        ssg_engine="hugo",
    )
    app.synth()
    names = {path.name for path in (tmp_path / "out").glob("*.template.json")}
    assert {f"{name}.template.json" for name in ("Docs", "Blog", "Edited", "Shop", "Both")} <= names
    words = list(hugo.SUPPORTED_TEMPLATE_VARIANTS["documentation"]["features"])
    assert words[:3] == ["search", "navigation", "api_docs"]


def test_the_manifests_name_classes_that_exist(catalogue: Catalogue):
    """Each ``stack`` of a manifest can be imported, and fixes what the manifest describes."""
    import importlib

    named = [item.manifest for item in catalogue.plugins if item.manifest and item.manifest.stack]
    assert {item.id for item in named} >= {"hugo", "decap", "snipcart"}
    for manifest in named:
        module, _, name = manifest.stack.partition(":")
        found = getattr(importlib.import_module(module), name)
        assert manifest.id in (getattr(found, "ENGINE", ""), getattr(found, "COMPONENT", ("", ""))[1])


@pytest.mark.slow
@pytest.mark.parametrize("kind", PARTS)
def test_the_validators_find_nothing(make: Make, tmp_path: Path, kind: str):
    """CDK's template validator and cdk-nag pass every tier."""
    started = time.monotonic()
    assembly = synth([make(kind)], tmp_path / "out", validate=True)
    assert assembly.validated
    assert time.monotonic() - started < 120
