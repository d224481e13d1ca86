"""The sold stacks are classes that anybody's CDK App can hold."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.catalogue import Catalogue
from platform_core.discovery import discover
from platform_core.errors import CombinationError, SiteError
from platform_core.site import check_site

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
ACME = {"client": "acme", "domain": "www.acme.example"}


@pytest.fixture(autouse=True)
def _fresh_catalogue(fake_plugins: Path) -> Iterator[None]:
    from platform_core.cloud.offerings import installed_catalogue

    installed_catalogue.cache_clear()
    yield
    installed_catalogue.cache_clear()


@pytest.fixture
def app(tmp_path: Path) -> Any:
    """An App that somebody else made."""
    from platform_core.cloud import use_own_node

    use_own_node()
    from aws_cdk import App

    return App(outdir=str(tmp_path / "out"), analytics_reporting=False, builtin_cloud_formation_validation=False)


@pytest.fixture
def stacks() -> Any:
    """The three kinds of classes, for the reference fakes."""
    from platform_core.cloud import BaseSSGStack, ComposedStack, ProviderStack

    class EchoTemplateStack(BaseSSGStack):
        ENGINE = "ssg-echo"

    class MemoryCMSTierStack(ProviderStack):
        COMPONENT = ("cms", "cms-memory")

    class MemoryShopStack(ProviderStack):
        COMPONENT = ("ecommerce", "shop-memory")

    return {
        "template": EchoTemplateStack,
        "cms": MemoryCMSTierStack,
        "shop": MemoryShopStack,
        "composed": ComposedStack,
    }


def test_a_template_stack_takes_a_mapping_and_a_variant(app: Any, stacks: Any):
    """The engine is the class's; client and domain are the caller's."""
    stack = stacks["template"](app, "Acme", ACME, "plain")
    assert (stack.composition.site.engine, stack.composition.site.variant) == ("ssg-echo", "plain")
    assert stack.stack_name == "platform-acme"


def test_a_template_stack_takes_keywords(app: Any, stacks: Any):
    """client_id and domain may stand alone."""
    stack = stacks["template"](app, "Acme", client_id="acme", domain="www.acme.example")
    assert stack.composition.site.domain == "www.acme.example"


def test_a_template_stack_takes_a_site(app: Any, stacks: Any):
    """A validated site can be handed on."""
    site = check_site({**ACME, "engine": "ssg-echo"}, Catalogue(discover(disabled=()).plugins))
    assert stacks["template"](app, "Acme", site).composition.site.client == "acme"


def test_the_variants_come_from_the_manifest(stacks: Any):
    """The class can't disagree with the catalogue."""
    assert stacks["template"].SUPPORTED_TEMPLATE_VARIANTS == {
        "plain": {
            "summary": "One plain page for each entry.",
            "features": ["plain_pages"],
            "starter": "starters/plain",
        }
    }


def test_an_unknown_variant_is_refused_with_the_known_ones(app: Any, stacks: Any):
    """The message names them, and the class in place of a file."""
    with pytest.raises(SiteError) as caught:
        stacks["template"](app, "Acme", ACME, "plane")
    (problem,) = caught.value.problems
    assert "EchoTemplateStack" in problem.where
    assert "it has plain" in problem.what


def test_every_problem_of_the_arguments_comes_at_once(app: Any, stacks: Any):
    """Client and domain are both told."""
    with pytest.raises(SiteError) as caught:
        stacks["template"](app, "Acme", client_id="A C M E", domain="acme")
    assert {problem.where.split()[-1] for problem in caught.value.problems} == {"client", "domain"}


def test_arguments_that_contradict_each_other_are_refused(app: Any, stacks: Any):
    """The class fixes the engine; a configuration with another one is a mistake."""
    with pytest.raises(SiteError, match="contradict"):
        stacks["template"](app, "Acme", {**ACME, "engine": "other"})


def test_a_provider_stack_chooses_the_first_certified_engine(app: Any, stacks: Any):
    """Of those that are installed."""
    assert stacks["cms"](app, "Acme", ACME).composition.site.engine == "ssg-echo"


def test_a_provider_stack_takes_an_engine(app: Any, stacks: Any):
    """By the name that the factories have always used."""
    stack = stacks["shop"](app, "Acme", client_id="acme", domain="www.acme.example", ssg_engine="ssg-echo")
    assert stack.composition.site.shop == "shop-memory"


def test_a_provider_without_its_engines_says_how_to_get_one(app: Any, stacks: Any, monkeypatch: pytest.MonkeyPatch):
    """The hint is a command."""
    monkeypatch.setenv("PLATFORM_DISABLE", "ssg-echo")
    with pytest.raises(CombinationError) as caught:
        stacks["cms"](app, "Acme", ACME)
    assert caught.value.hint == "pip install platform-plugin-ssg-echo"


def test_a_composed_stack_takes_both_providers(app: Any, stacks: Any):
    """CMS and shop on one engine."""
    stack = stacks["composed"](
        app, "Acme", ACME, cms_provider="cms-memory", ecommerce_provider="shop-memory", ssg_engine="ssg-echo"
    )
    site = stack.composition.site
    assert (site.engine, site.cms, site.shop) == ("ssg-echo", "cms-memory", "shop-memory")


def test_the_shared_stacks_appear_in_the_callers_app(app: Any, stacks: Any, tmp_path: Path):
    """Nothing has to be prepared."""
    stacks["template"](app, "One", ACME)
    stacks["template"](app, "Two", client_id="two", domain="two.example")
    app.synth()
    names = sorted(path.name for path in (tmp_path / "out").glob("*.template.json"))
    assert [name for name in names if not name.startswith("platform-edge-")] == [
        "One.template.json",
        "Two.template.json",
    ]
    assert len(names) == 4


def test_a_stack_may_live_in_a_stage(app: Any, stacks: Any):
    """What is shared belongs to the same stage, since dependencies do not cross it."""
    from aws_cdk import Stage

    stage = Stage(app, "Production")
    stack = stacks["template"](stage, "Acme", ACME)
    shared = [child.node.id for child in stage.node.children if child.node.id.startswith("platform-edge-")]
    assert len(shared) == len(stack.dependencies) == 2


def test_a_missing_setting_is_a_warning_and_not_an_error(app: Any, fake_plugins: Path, tmp_path: Path):
    """A stack can be drawn before the shop's key is known; building is what needs it."""
    manifest = fake_plugins / "platform_plugin_shop_memory" / "plugin.toml"
    text = manifest.read_text() + '\n[settings.key]\ntype = "string"\ndescription = "The key."\nrequired = true\n'
    manifest.write_text(text)
    from platform_core.cloud import ProviderStack
    from platform_core.cloud.offerings import installed_catalogue

    installed_catalogue.cache_clear()

    class Shop(ProviderStack):
        COMPONENT = ("ecommerce", "shop-memory")

    Shop(app, "Acme", ACME)
    app.synth()
    said = "".join(path.read_text() for path in (tmp_path / "out").glob("*.json"))
    assert "settings.shop-memory.key: is needed before the site can be built. The key." in said


def test_importing_the_package_brings_no_cdk():
    """Plain modules of the package are for everybody; the constructs are looked up when used."""
    code = "import sys, platform_core.cloud.profile, platform_core.headers, platform_core.assembly, "
    code += "platform_core.deploy, platform_core.changes, platform_core.preflight, platform_core.outputs\n"
    code += "print([name for name in ('aws_cdk', 'jsii', 'boto3') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.replace("'", '"')) == []
