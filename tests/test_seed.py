"""The Python calls of the document that this project was created from, as written or with what CDK needs.

What belongs to professional services (``EnterpriseServiceOrchestrator``) is not here.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.old_calls import rewrite
from platform_core.catalogue import COMPOSED, installed_catalogue
from platform_core.errors import UserError
from platform_core.factory import (
    CMSStackFactory,
    EcommerceStackFactory,
    PlatformStackFactory,
    SSGStackFactory,
    StaticSiteConfig,
)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CLIENT = {"client_id": "client", "domain": "domain.com"}
REGISTRY = {
    "hugo_template": "HugoTemplateStack",
    "gatsby_template": "GatsbyTemplateStack",
    "nextjs_template": "NextJSTemplateStack",
    "nuxt_template": "NuxtTemplateStack",
    "marketing": "EleventyMarketingStack",
    "developer": "JekyllGitHubStack",
    "modern_performance": "AstroTemplateBasicStack",
    "decap_cms_tier": "DecapCMSTierStack",
    "tina_cms_tier": "TinaCMSTierStack",
    "sanity_cms_tier": "SanityCMSTierStack",
    "contentful_cms_tier": "ContentfulCMSTierStack",
    "snipcart_ecommerce": "SnipcartEcommerceStack",
    "foxy_ecommerce": "FoxyEcommerceStack",
    "shopify_basic": "ShopifyBasicStack",
    "shopify_advanced": "ShopifyAdvancedStack",
    "cms_ecommerce_composed": "ComposedStack",
}
BUNDLES = {
    "decap_snipcart_composed": ("eleventy", "decap", "snipcart"),
    "sanity_snipcart_composed": ("astro", "sanity", "snipcart"),
    "sanity_foxy_composed": ("astro", "sanity", "foxy"),
    "contentful_shopify_composed": ("gatsby", "contentful", "shopify-basic"),
}


@pytest.fixture(name="new_app")
def _new_app(tmp_path: Path) -> Callable[[], Any]:
    """Return a function that makes an App of its own."""
    from platform_core.cloud import use_own_node

    use_own_node()
    from aws_cdk import App

    made: list[Any] = []

    def make() -> Any:
        made.append(
            App(
                outdir=str(tmp_path / f"out-{len(made)}"),
                analytics_reporting=False,
                builtin_cloud_formation_validation=False,
            )
        )
        return made[-1]

    return make


@pytest.fixture(name="app")
def _app(new_app: Callable[[], Any]) -> Any:
    return new_app()


def parts(stack: Any) -> tuple[str, str | None, str | None]:
    """Return engine, CMS and shop of a stack."""
    site = stack.composition.site
    return site.engine, site.cms, site.shop


def templates(app: Any) -> dict[str, Any]:
    """Synthesize *app* and return every template."""
    app.synth()
    return {path.name: json.loads(path.read_text()) for path in sorted(Path(app.outdir).glob("*.template.json"))}


def test_pattern_1_individual_stack_classes(app: Any) -> None:
    """A class of one engine, with client and domain by position, as its signature is shown."""
    from platform_plugin_eleventy.cloud import EleventyMarketingStack

    stack = EleventyMarketingStack(app, "Acme", "client", "domain.com", "business_modern")
    assert (parts(stack)[0], stack.composition.site.variant) == ("eleventy", "business_modern")
    named = EleventyMarketingStack(
        app, "Other", client_id="other", domain="other.com", template_variant="corporate_clean"
    )
    assert (named.composition.site.client, named.composition.site.variant) == ("other", "corporate_clean")


def test_pattern_1_configuration(app: Any) -> None:
    """The record that the class is shown to fill is taken by any class."""
    from platform_plugin_eleventy.cloud import EleventyMarketingStack

    ssg_config = StaticSiteConfig(
        ssg_engine="eleventy", template_variant="business_modern", performance_tier="optimized"
    )
    stack = EleventyMarketingStack(app, "Acme", ssg_config, **CLIENT)
    assert stack.composition.site.variant == "business_modern"


def test_pattern_2_factory(app: Any) -> None:
    """A CMS tier with a choice of engine."""
    cms_stack = CMSStackFactory.create_cms_stack(
        scope=app,
        client_id="client",
        domain="domain.com",
        cms_provider="sanity",  # Provider tier choice
        ssg_engine="astro",  # SSG engine choice within tier
    )
    assert parts(cms_stack) == ("astro", "sanity", None)


def test_problem_1_before(app: Any) -> None:
    """The call that once worked, and that no factory could serve any more."""
    composed_stack = SSGStackFactory.create_ssg_stack(
        scope=app,
        **CLIENT,
        stack_type="sanity_snipcart_composed",  # Clear ownership
        ssg_engine="astro",
    )
    assert parts(composed_stack) == ("astro", "sanity", "snipcart")


def test_problem_1_after(app: Any) -> None:
    """The factory of shops exists as well."""
    stack = EcommerceStackFactory.create_ecommerce_stack(
        scope=app, **CLIENT, ecommerce_provider="snipcart", ssg_engine="eleventy"
    )
    assert parts(stack) == ("eleventy", None, "snipcart")


def test_tier_1_class(app: Any) -> None:
    """A class that is written as the document writes it stands on ours."""
    from platform_core.cloud import BaseSSGStack

    class HugoTemplateStack(BaseSSGStack):
        SUPPORTED_TEMPLATE_VARIANTS = {  # noqa: RUF012  as the document has it
            "documentation": {"features": ["search", "navigation", "api_docs"]},
            "performance_blog": {"features": ["rss", "analytics", "seo"]},
            "technical_portfolio": {"features": ["project_gallery", "cv", "publications"]},
        }

        def __init__(self, scope: Any, construct_id: str, client_config: Any, template_variant: str = "documentation"):
            super().__init__(scope, construct_id, client_config)
            self._create_hugo_build_optimization()
            self._create_professional_maintenance_automation()

        def _create_hugo_build_optimization(self) -> None:
            self.optimized = True

        def _create_professional_maintenance_automation(self) -> None:
            self.maintained = True

    stack = HugoTemplateStack(app, "Acme", {**CLIENT, "engine": "hugo"})
    assert parts(stack) == ("hugo", None, None)
    assert stack.optimized
    assert stack.maintained


@pytest.mark.parametrize("stack_type", [name for name in REGISTRY if name.endswith("_template")])
def test_the_variants_are_those_of_the_document(stack_type: str) -> None:
    """Each class tells its variants with features and a starter."""
    variants = PlatformStackFactory.STACK_REGISTRY[stack_type].SUPPORTED_TEMPLATE_VARIANTS  # type: ignore[attr-defined]
    expected = {
        "hugo_template": {"documentation", "performance_blog", "technical_portfolio"},
        "gatsby_template": {"react_business", "content_blog", "portfolio_showcase"},
        "nextjs_template": {"business_app", "marketing_site", "saas_landing"},
        "nuxt_template": {"vue_business", "content_site", "vue_portfolio"},
    }[stack_type]
    assert set(variants) == expected
    assert all(variant["features"] and variant["starter"] for variant in variants.values())


def test_the_registry_holds_every_class() -> None:
    """Those of the document and its siblings, each from its plugin."""
    registry = PlatformStackFactory.STACK_REGISTRY
    assert {name: registry[name].__name__ for name in REGISTRY} == REGISTRY
    assert set(BUNDLES) <= set(registry)


def test_tier_2_classes_can_be_called_from_the_registry(app: Any) -> None:
    """``cls.STACK_REGISTRY[stack_type](**configuration)``."""
    configuration = {"scope": app, "construct_id": "Acme", **CLIENT, "ssg_engine": "hugo"}
    assert parts(PlatformStackFactory.STACK_REGISTRY["decap_cms_tier"](**configuration)) == ("hugo", "decap", None)


def test_tier_2_create_stack(app: Any) -> None:
    """Universal creation, in both call styles."""
    by_keywords = PlatformStackFactory.create_stack("gatsby_template", scope=app, **CLIENT)
    by_config = PlatformStackFactory.create_stack(
        "shopify_basic", app, "Shop", client_config={"client": "shop", "domain": "shop.com"}, ssg_engine="astro"
    )
    assert parts(by_keywords) == ("gatsby", None, None)
    assert parts(by_config) == ("astro", None, "shopify-basic")


def test_phase_2_composed_stack(app: Any) -> None:
    """The call of the document, with what CDK needs."""
    composed_stack = PlatformStackFactory.create_composed_stack(
        cms_provider="sanity",  # From CMS tier knowledge
        ecommerce_provider="snipcart",  # From e-commerce tier knowledge
        ssg_engine="astro",  # From SSG engine knowledge
        scope=app,
        **CLIENT,
    )
    assert parts(composed_stack) == ("astro", "sanity", "snipcart")


def test_phase_2_as_written_says_what_is_missing() -> None:
    """Without what CDK needs, the message names it."""
    with pytest.raises(UserError) as caught:
        PlatformStackFactory.create_composed_stack(
            cms_provider="sanity", ecommerce_provider="snipcart", ssg_engine="astro"
        )
    assert {problem.where for problem in caught.value.problems} == {"scope", "client_id", "domain"}


@pytest.mark.parametrize("name", BUNDLES)
def test_each_bundle_is_reachable_by_its_older_name(app: Any, name: str) -> None:
    """With the parts and the engine of the catalogue."""
    assert parts(PlatformStackFactory.create_stack(name, scope=app, **CLIENT)) == BUNDLES[name]


def test_what_is_sold_is_complete() -> None:
    """Seven templates, sixteen CMS tiers, sixteen shop tiers, four bundles, and every triple that both sides certify."""
    catalogue = installed_catalogue()
    sold = [item for item in catalogue.combinations() if item.status == "certified"]
    composed = [item for item in sold if item.cms and item.shop]
    assert sum(not item.cms and not item.shop for item in sold) == 7
    assert sum(bool(item.cms) and not item.shop for item in sold) == 16
    assert sum(bool(item.shop) and not item.cms for item in sold) == 16
    assert {item.stack_type: item.parts for item in composed if item.stack_type != COMPOSED} == BUNDLES
    by_both = {
        (engine, cms.id, shop.id)
        for cms in catalogue.of_kind("cms")
        for shop in catalogue.of_kind("ecommerce")
        for engine in set(cms.certified_engines) & set(shop.certified_engines)
    }
    assert len(by_both) == 45
    # One bundle names an engine on which its shop is not certified by itself.
    assert {item.parts for item in composed} - by_both == {BUNDLES["contentful_shopify_composed"]}


OLD_FILE = """
from shared.factories import CMSStackFactory, EcommerceStackFactory
from shared.factories.ssg_stack_factory import SSGStackFactory


def build(app):
    CMSStackFactory.create_cms_stack(
        scope=app, client_id="client", domain="domain.com",
        cms_provider="decap",     # Provider tier choice
        ssg_engine="astro"        # SSG engine choice within tier
    )
    SSGStackFactory.create_ssg_stack(app, "two", "two.com", "decap_snipcart_composed", ssg_engine="hugo")
    EcommerceStackFactory.create_ecommerce_stack(app, "three", "three.com", "snipcart", "eleventy")
"""


def test_a_rewritten_file_makes_the_same_templates(new_app: Callable[[], Any]) -> None:
    """`platform migrate-config` changes no resource, no id and no name."""
    found = rewrite(OLD_FILE.encode(), installed_catalogue())
    assert (found.calls, found.notes) == (3, ())
    before, after = new_app(), new_app()
    # Where the older modules lay is the agency's own; here they are ours.
    old = OLD_FILE.replace("shared.factories.ssg_stack_factory", "platform_core.factory")
    _run(old.replace("shared.factories", "platform_core.factory"), before)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*StackFactory")
        _run(found.source.decode(), after)
    assert "StackFactory." in found.source.decode()
    one, two = templates(before), templates(after)
    assert one == two
    assert {"platform-client.template.json", "platform-two.template.json", "platform-three.template.json"} <= set(one)


def test_the_how_to_of_the_factory_runs(new_app: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call that the page shows, in the order of the page."""
    page = Path(__file__).parent.parent / "docs" / "how-to" / "use-the-factory.md"
    found = re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    app = new_app()
    monkeypatch.setattr("aws_cdk.App", lambda: app)
    exec("\n".join(found), {})  # noqa: S102  the page is ours
    assert {"platform-acme", "platform-edited", "platform-shop", "AcmeRendered"} <= {
        child.node.id for child in app.node.children
    }


def _run(source: str, app: Any) -> None:
    names: dict[str, Any] = {}
    exec(compile(source, "stacks.py", "exec"), names)  # noqa: S102  a file of this test, and what became of it
    names["build"](app)
