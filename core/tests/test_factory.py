"""The factory makes what the manifests describe, from the reference fakes; the older calls do the same."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_core.catalogue import COMPOSED, installed_catalogue
from platform_core.errors import CombinationError, PluginError, UserError
from platform_core.factory import (
    CMSStackFactory,
    EcommerceStackFactory,
    PlatformStackFactory,
    SSGStackFactory,
    StaticSiteConfig,
)
from platform_core.recommending import Requirements

ACME = {"client_id": "acme", "domain": "www.acme.example"}
BUNDLE = """
[bundles.memory_composed]
shop = "shop-memory"
engine = "ssg-echo"
market = "budget"

[bundles.memory_composed.price]
month = [18, 30]
setup = [200, 300]
"""


@pytest.fixture(autouse=True)
def _fresh_catalogue(fake_plugins: Path) -> Iterator[None]:
    manifest = fake_plugins / "platform_plugin_cms_memory" / "plugin.toml"
    manifest.write_text(f"{manifest.read_text()}{BUNDLE}")
    for name, class_name in (("ssg-echo", "EchoStack"), ("cms-memory", "MemoryStack"), ("shop-memory", "ShopStack")):
        _add_class(fake_plugins / f"platform_plugin_{name.replace('-', '_')}", name, class_name)
    installed_catalogue.cache_clear()
    PlatformStackFactory.STACK_REGISTRY._classes.clear()
    yield
    installed_catalogue.cache_clear()
    PlatformStackFactory.STACK_REGISTRY._classes.clear()


def _add_class(package: Path, component: str, class_name: str) -> None:
    """Give a reference fake a class, and let its manifest name it."""
    manifest = package / "plugin.toml"
    text = manifest.read_text()
    if "\nstack =" not in text:
        line = f'stack = "{package.name}.sold:{class_name}"\n'
        manifest.write_text(text.replace("stack_type =", f"{line}stack_type =", 1))
    kind = {"ssg-echo": "", "cms-memory": "cms", "shop-memory": "ecommerce"}[component]
    base, fact = ("ProviderStack", f'COMPONENT = ("{kind}", "{component}")') if kind else ("BaseSSGStack", "")
    fact = fact or f'ENGINE = "{component}"'
    (package / "sold.py").write_text(
        f"from platform_core.cloud import {base}\n\n\nclass {class_name}({base}):\n    {fact}\n"
    )


@pytest.fixture
def app(tmp_path: Path) -> Any:
    """An App that somebody else made."""
    return new_app(tmp_path / "out")


def new_app(folder: Path) -> Any:
    """Return an App that writes to *folder*."""
    from platform_core.cloud import use_own_node

    use_own_node()
    from aws_cdk import App

    return App(outdir=str(folder), analytics_reporting=False, builtin_cloud_formation_validation=False)


def template(app: Any, stack: Any) -> dict[str, Any]:
    """Return the template of *stack*, without what names the build's moment."""
    app.synth()
    found: dict[str, Any] = json.loads(Path(app.outdir, f"{stack.artifact_id}.template.json").read_text())
    return found


def test_the_registry_comes_from_the_manifests() -> None:
    """Templates, tiers, the composed site and the bundles, and nothing else."""
    found = set(PlatformStackFactory.STACK_REGISTRY)
    assert {"cms_memory_tier", "shop_memory_ecommerce", COMPOSED, "memory_composed"} <= found
    assert len(PlatformStackFactory.STACK_REGISTRY) == len(found)
    assert "service-note" not in found


def test_the_registry_is_read_only() -> None:
    """Whoever wants another stack type brings a plugin."""
    assert isinstance(PlatformStackFactory.STACK_REGISTRY, Mapping)
    with pytest.raises(TypeError):
        PlatformStackFactory.STACK_REGISTRY["mine"] = object  # type: ignore[index]


def test_the_registry_gives_classes() -> None:
    """The one that the manifest names, and the same one each time."""
    registry = PlatformStackFactory.STACK_REGISTRY
    assert registry["cms_memory_tier"].__name__ == "MemoryStack"
    assert registry["memory_composed"] is registry["memory_composed"]
    assert registry["memory_composed"].__name__ == "MemoryComposedStack"
    with pytest.raises(KeyError):
        registry["nothing"]


def test_a_class_that_is_not_there_is_the_plugins_fault(fake_plugins: Path) -> None:
    """The message names the plugin's component and what it promised."""
    (fake_plugins / "platform_plugin_cms_memory" / "sold.py").write_text("")
    with pytest.raises(PluginError, match="the class of cms_memory_tier can't be used") as caught:
        PlatformStackFactory.STACK_REGISTRY["cms_memory_tier"]
    assert "Memory" in caught.value.hint


def test_looking_things_up_imports_no_cdk(fake_plugins: Path) -> None:
    """Stack types, metadata, recommendations and costs are facts."""
    code = (
        "import json, sys\n"
        f"sys.path.insert(0, {str(fake_plugins)!r})\n"
        "from platform_core.factory import PlatformStackFactory as factory\n"
        "factory.get_available_stack_types(); factory.get_stack_metadata('memory_composed')\n"
        "factory.get_recommendations({'cms': 'any'}); factory.estimate_total_cost('memory_composed')\n"
        "'cms_memory_tier' in factory.STACK_REGISTRY; len(factory.STACK_REGISTRY)\n"
        "print(json.dumps([name for name in ('aws_cdk', 'jsii', 'boto3', 'pydantic_settings') if name in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_a_stack_is_made_from_client_and_domain(app: Any) -> None:
    """The first call style: keywords."""
    made = PlatformStackFactory.create_stack("cms_memory_tier", scope=app, **ACME, ssg_engine="ssg-echo", title="Acme")
    site = made.composition.site
    assert (site.client, site.engine, site.cms, site.title) == ("acme", "ssg-echo", "cms-memory", "Acme")
    assert made.node.id == "platform-acme"


def test_a_stack_is_made_from_a_configuration(app: Any) -> None:
    """The second call style: a construct id and the keys of a site.toml."""
    config = {"client": "acme", "domain": "www.acme.example", "variant": "plain"}
    made = PlatformStackFactory.create_stack("ssg_echo_template", app, "Mine", client_config=config)
    assert (made.node.id, made.composition.site.variant) == ("Mine", "plain")


def test_both_call_styles_make_the_same_template(tmp_path: Path) -> None:
    """It is the same site."""
    apps = [new_app(tmp_path / name) for name in ("one", "two")]
    config = {"client": "acme", "domain": "www.acme.example"}
    one = PlatformStackFactory.create_stack("cms_memory_tier", scope=apps[0], **ACME)
    two = PlatformStackFactory.create_stack("cms_memory_tier", scope=apps[1], client_config=config)
    assert template(apps[0], one) == template(apps[1], two)


def test_a_composed_stack_is_made_of_its_parts(app: Any) -> None:
    """CMS and shop on one engine."""
    made = PlatformStackFactory.create_composed_stack(
        cms_provider="cms-memory", ecommerce_provider="shop-memory", ssg_engine="ssg-echo", scope=app, **ACME
    )
    site = made.composition.site
    assert (site.engine, site.cms, site.shop) == ("ssg-echo", "cms-memory", "shop-memory")


def test_a_bundle_is_made_by_its_name(app: Any) -> None:
    """With the engine that it proposes."""
    made = PlatformStackFactory.create_stack("memory_composed", scope=app, **ACME)
    site = made.composition.site
    assert (site.engine, site.cms, site.shop) == ("ssg-echo", "cms-memory", "shop-memory")


def test_an_unknown_stack_type_is_refused_with_the_nearest_one() -> None:
    """Before anything is asked of CDK."""
    with pytest.raises(CombinationError, match="there is no stack type 'cms_memory_teir'") as caught:
        PlatformStackFactory.create_stack("cms_memory_teir", **ACME)
    assert caught.value.hint == "Did you mean 'cms_memory_tier'?"


def test_all_wrong_arguments_come_at_once() -> None:
    """What is missing and what is unknown."""
    with pytest.raises(UserError) as caught:
        PlatformStackFactory.create_stack("cms_memory_tier", domain="www.acme.example", ssg_engin="ssg-echo")
    problems = {problem.where: problem for problem in caught.value.problems}
    assert set(problems) == {"scope", "client_id", "ssg_engin"}
    assert problems["ssg_engin"].hint == "Did you mean 'ssg_engine'?"


def test_arguments_may_not_contradict_the_configuration(app: Any) -> None:
    """Two clients are one too many."""
    config = {"client": "other", "domain": "www.acme.example"}
    with pytest.raises(UserError, match="client_config says 'other'"):
        PlatformStackFactory.create_stack("cms_memory_tier", app, client_id="acme", client_config=config)


def test_a_part_that_the_name_rules_out_is_refused(app: Any) -> None:
    """A CMS tier has no shop; the message says what to call instead."""
    with pytest.raises(CombinationError) as caught:
        PlatformStackFactory.create_stack("cms_memory_tier", app, **ACME, ecommerce_provider="shop-memory")
    (problem,) = caught.value.problems
    assert problem.hint == "Use create_composed_stack for a CMS with a shop."


def test_a_composed_stack_needs_its_parts(app: Any) -> None:
    """Under its general name nothing is fixed."""
    with pytest.raises(CombinationError) as caught:
        PlatformStackFactory.create_stack(COMPOSED, app, **ACME)
    assert {problem.where for problem in caught.value.problems} == {
        "ssg_engine",
        "cms_provider",
        "ecommerce_provider",
    }


def test_an_engine_that_is_not_installed_is_named(app: Any) -> None:
    """With the command that brings it."""
    with pytest.raises(CombinationError, match="pip install platform-plugin-zola"):
        PlatformStackFactory.create_stack("cms_memory_tier", app, **ACME, ssg_engine="zola")


def test_an_impossible_combination_is_refused_with_every_reason(app: Any, fake_plugins: Path) -> None:
    """And with what would work instead."""
    manifest = fake_plugins / "platform_plugin_cms_memory" / "plugin.toml"
    manifest.write_text(manifest.read_text().replace("[needs]\n", '[needs]\n"moon.light" = "It shines."\n'))
    installed_catalogue.cache_clear()
    with pytest.raises(CombinationError) as caught:
        PlatformStackFactory.create_stack("cms_memory_tier", app, **ACME, ssg_engine="ssg-echo")
    assert "Memory needs moon.light" in caught.value.problems[0].what
    assert "Nearest that work: ssg-echo" in caught.value.hint


def test_what_is_not_certified_is_made_with_a_warning(app: Any, fake_plugins: Path, tmp_path: Path) -> None:
    """It works, and is not in the price list."""
    manifest = fake_plugins / "platform_plugin_cms_memory" / "plugin.toml"
    manifest.write_text(manifest.read_text().replace('certified_engines = ["ssg-echo"]', "certified_engines = []"))
    installed_catalogue.cache_clear()
    PlatformStackFactory.create_stack("cms_memory_tier", app, **ACME, ssg_engine="ssg-echo")
    app.synth()
    said = "".join(path.read_text() for path in (tmp_path / "out").glob("*.json"))
    assert "This combination is not certified. Memory is not certified on Echo" in said


def test_metadata_is_what_the_catalogue_says() -> None:
    """Of a tier, of a bundle, and of the composed site."""
    tier = PlatformStackFactory.get_stack_metadata("cms_memory_tier")
    assert (tier.kind, tier.cms, tier.month, tier.certified_engines) == ("cms", "cms-memory", (5, 10), ("ssg-echo",))
    bundle = PlatformStackFactory.get_stack_metadata("memory_composed")
    assert (bundle.engine, bundle.shop, bundle.month) == ("ssg-echo", "shop-memory", (18, 30))
    assert bundle.market == "budget"
    assert PlatformStackFactory.get_stack_metadata(COMPOSED).month is None


def test_stack_types_can_be_asked_for_by_kind() -> None:
    """Each kind gives its own."""
    assert "cms_memory_tier" in PlatformStackFactory.get_available_stack_types("cms")
    assert set(PlatformStackFactory.get_available_stack_types("composed")) >= {COMPOSED, "memory_composed"}


def test_recommendations_take_a_mapping() -> None:
    """The same as the record that it describes."""
    as_mapping = PlatformStackFactory.get_recommendations({"cms": "cms-memory", "team": ["python"]})
    as_record = PlatformStackFactory.get_recommendations(Requirements(cms="cms-memory", team=("python",)))
    assert as_mapping == as_record
    assert any(item.combination.parts == ("ssg-echo", "cms-memory", None) for item in as_mapping.recommended)


def test_unknown_requirements_are_refused_all_at_once() -> None:
    """Unknown keys and wrong values, each with a hint or the rule."""
    with pytest.raises(UserError) as caught:
        PlatformStackFactory.get_recommendations({"budgetmonth": 5, "pages": -1, "features": "search", "cms": 3})
    problems = {problem.where: problem for problem in caught.value.problems}
    assert set(problems) == {"budgetmonth", "pages", "features", "cms"}
    assert problems["budgetmonth"].hint == "Did you mean 'budget_month'?"


def test_costs_are_estimated_by_name_or_by_parts() -> None:
    """A bundle fixes its parts; the composed site is told them."""
    by_name = PlatformStackFactory.estimate_total_cost("memory_composed")
    by_parts = PlatformStackFactory.estimate_total_cost(
        ssg_engine="ssg-echo", cms_provider="cms-memory", ecommerce_provider="shop-memory"
    )
    assert by_name == by_parts
    assert by_name.agency is not None
    assert by_name.agency.month == (18, 30)


def test_costs_are_counted_with_the_clients_month(fake_plugins: Path) -> None:
    """Seats and sales are arguments as at the command."""
    manifest = fake_plugins / "platform_plugin_shop_memory" / "plugin.toml"
    plan = '[[plans]]\nname = "All"\nmonth = 5\nseat = 1\nsales_share = 0.1\nsource = "x"\ndate = "2026-11-01"\n'
    manifest.write_text(f"{manifest.read_text()}\n{plan}")
    installed_catalogue.cache_clear()
    found = PlatformStackFactory.estimate_total_cost("memory_composed", seats=3, sales=100)
    assert (found.fees.low, found.fees.high) == (18, 18)


OLD = [
    (
        SSGStackFactory.create_ssg_stack,
        {"stack_type": "memory_composed", "ssg_engine": "ssg-echo"},
        ("memory_composed", {"ssg_engine": "ssg-echo"}),
    ),
    (SSGStackFactory.create_ssg_stack, {"stack_type": "ssg_echo_template"}, ("ssg_echo_template", {})),
    (
        CMSStackFactory.create_cms_stack,
        {"cms_provider": "cms-memory", "ssg_engine": "ssg-echo", "template_variant": "default"},
        ("cms_memory_tier", {"ssg_engine": "ssg-echo"}),
    ),
    (
        EcommerceStackFactory.create_ecommerce_stack,
        {"ecommerce_provider": "shop_memory", "ssg_engine": "ssg-echo"},
        ("shop_memory_ecommerce", {"ssg_engine": "ssg-echo"}),
    ),
]


@pytest.mark.parametrize(("old", "given", "new"), OLD, ids=lambda item: getattr(item, "__name__", None))
def test_an_older_call_makes_the_same_template(tmp_path: Path, old: Any, given: dict[str, str], new: Any) -> None:
    """Ids and content are equal, so a deployed stack sees no change."""
    apps = [new_app(tmp_path / name) for name in ("old", "new")]
    with pytest.warns(DeprecationWarning, match="PlatformStackFactory.create_stack"):
        before = old(scope=apps[0], **ACME, **given)
    stack_type, arguments = new
    after = PlatformStackFactory.create_stack(stack_type, scope=apps[1], **ACME, **arguments)
    assert template(apps[0], before) == template(apps[1], after)


def test_the_warning_points_at_the_caller(app: Any) -> None:
    """At the line of the older call, with its replacement and the command that rewrites it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        CMSStackFactory.create_cms_stack(app, "acme", "www.acme.example", "cms-memory", "ssg-echo")
    (warning,) = [item for item in caught if "CMSStackFactory" in str(item.message)]
    assert warning.filename == __file__
    assert "create_stack('cms_memory_tier', ...)" in str(warning.message)
    assert "platform migrate-config" in str(warning.message)


def test_an_older_call_may_name_the_variant_last(app: Any) -> None:
    """As a sixth argument without a name."""
    with pytest.warns(DeprecationWarning, match="CMSStackFactory"):
        made = CMSStackFactory.create_cms_stack(app, "acme", "www.acme.example", "cms-memory", "ssg-echo", "default")
    assert made.composition.site.engine == "ssg-echo"
    with pytest.warns(DeprecationWarning, match="CMSStackFactory"):
        made = CMSStackFactory.create_cms_stack(app, "other", "www.other.example", "cms-memory", "ssg-echo", "plain")
    assert made.composition.site.variant == "plain"


def test_the_older_configuration_is_a_mapping(app: Any) -> None:
    """Its names are translated, and any class takes it."""
    with pytest.warns(DeprecationWarning, match="StaticSiteConfig"):
        config = StaticSiteConfig(ssg_engine="ssg-echo", template_variant="plain", performance_tier="optimized")
    made = PlatformStackFactory.create_stack("ssg_echo_template", app, client_config=config, **ACME)
    assert made.composition.site.variant == "plain"
