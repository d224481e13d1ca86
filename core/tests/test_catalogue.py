"""The catalogue: certified, compatible or impossible, from manifests alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_core.catalogue import Catalogue
from platform_core.discovery import discover
from platform_core.errors import CombinationError
from platform_testing.distributions import add_distribution

SERVERLESS = """schema = 1
id = "needy"
kind = "ecommerce"
name = "Needy"
summary = "A shop that needs a server."
[needs]
"runtime.client" = "Its checkout runs on a server."
"content.locale" = "It sells in every language."
"""


@pytest.fixture
def catalogue(fake_plugins: Path) -> Catalogue:
    """Return a catalogue of the reference fakes and one shop that nothing can carry."""
    add_distribution(
        fake_plugins,
        "platform-plugin-needy",
        entry_points="[platform.ecommerce.v1]\nneedy = platform_plugin_needy.plugin\n",
        files={
            "platform_plugin_needy/__init__.py": "",
            "platform_plugin_needy/plugin.py": "",
            "platform_plugin_needy/plugin.toml": SERVERLESS,
        },
    )
    return Catalogue(discover([str(fake_plugins)], disabled=()).plugins)


def test_an_engine_alone_is_its_template(catalogue: Catalogue) -> None:
    """The engine's own stack type and price."""
    found = catalogue.check("ssg-echo")
    assert (found.status, found.stack_type) == ("certified", "ssg_echo_template")
    assert found.price
    assert found.price.month == (10, 20)


def test_one_provider_is_its_tier(catalogue: Catalogue) -> None:
    """A CMS or a shop on a certified engine is sold at the provider's price."""
    found = catalogue.check("ssg-echo", cms="cms-memory")
    assert (found.status, found.stack_type) == ("certified", "cms_memory_tier")


def test_a_composed_price_is_the_parts_and_the_event_layer(catalogue: Catalogue) -> None:
    """CMS 5-10, shop 15-25, event layer 15-25."""
    found = catalogue.check("ssg-echo", "cms-memory", "shop-memory")
    assert (found.status, found.stack_type) == ("certified", "cms_ecommerce_composed")
    assert found.price
    assert (found.price.month, found.price.setup) == ((35, 60), (200, 350))


def test_impossible_names_every_missing_capability(catalogue: Catalogue) -> None:
    """Every gap is told, with the reason and what the engine says about it."""
    found = catalogue.check("ssg-echo", shop="needy")
    assert found.status == "impossible"
    assert len(found.reasons) == 2
    assert "Echo: Its pages have no scripts." in found.reasons[0]
    assert "Its checkout runs on a server." in found.reasons[0]
    assert found.price is None


def test_the_nearest_valid_combination_changes_least(catalogue: Catalogue) -> None:
    """Leaving the impossible shop out, or taking the other one, changes one part."""
    nearest = catalogue.nearest(catalogue.check("ssg-echo", "cms-memory", "needy"))
    assert {item.parts for item in nearest[:2]} == {
        ("ssg-echo", "cms-memory", None),
        ("ssg-echo", "cms-memory", "shop-memory"),
    }
    assert all(item.status != "impossible" for item in nearest)


def test_unknown_components_are_told_together(catalogue: Catalogue) -> None:
    """Three unknown parts give three problems."""
    with pytest.raises(CombinationError) as caught:
        catalogue.check("a", "b", "c")
    assert len(caught.value.problems) == 3


def test_a_broken_component_says_why_it_is_absent(fake_plugins: Path) -> None:
    """Asking for a component whose plugin is broken tells its cause and its fix."""
    (fake_plugins / "platform_plugin_ssg_echo" / "plugin.toml").unlink()
    catalogue = Catalogue(discover([str(fake_plugins)], disabled=()).plugins)
    with pytest.raises(CombinationError) as caught:
        catalogue.get("ssg", "ssg-echo")
    assert "no plugin.toml" in caught.value.why
    assert "pip install" in caught.value.hint


def test_every_combination_is_listed_once(catalogue: Catalogue) -> None:
    """1 engine x (none + 1 CMS) x (none + 2 shops)."""
    parts = [item.parts for item in catalogue.combinations()]
    assert len(parts) == len(set(parts)) == 6


def test_offerings_are_what_has_a_name(catalogue: Catalogue) -> None:
    """Of each component that is sold, of composed sites in general, and of services."""
    found = {item.name: item for item in catalogue.offerings()}
    assert set(found) == {
        "ssg_echo_template",
        "cms_memory_tier",
        "shop_memory_ecommerce",
        "cms_ecommerce_composed",
        "service-note",
    }
    assert (found["ssg_echo_template"].engine, found["ssg_echo_template"].engines) == ("ssg-echo", ("ssg-echo",))
    assert (found["cms_memory_tier"].cms, found["cms_memory_tier"].engine) == ("cms-memory", None)
    assert found["cms_ecommerce_composed"].owner is None


def test_a_bundle_is_offered_when_its_shop_is_installed(fake_plugins: Path) -> None:
    """With the engines on which both are certified."""
    manifest = fake_plugins / "platform_plugin_cms_memory" / "plugin.toml"
    bundles = [
        f'\n[bundles.{name}]\nshop = "{shop}"\nengine = "ssg-echo"\nprice = {{ month = [1, 2], setup = [3, 4] }}\n'
        for name, shop in (("both", "shop-memory"), ("half", "elsewhere"))
    ]
    manifest.write_text(manifest.read_text() + "".join(bundles))
    found = {item.name: item for item in Catalogue(discover([str(fake_plugins)], disabled=()).plugins).offerings()}
    assert "half" not in found
    assert (found["both"].engines, found["both"].shop) == (("ssg-echo",), "shop-memory")


def test_a_bundle_is_certified_on_the_engine_that_it_names(fake_plugins: Path) -> None:
    """Even where its shop alone is not: the three are sold together, at a price."""
    package = fake_plugins / "platform_plugin_cms_memory" / "plugin.toml"
    bundle = '\n[bundles.both]\nshop = "shop-memory"\nengine = "ssg-echo"\nprice = { month = [1, 2], setup = [3, 4] }\n'
    package.write_text(package.read_text() + bundle)
    shop = fake_plugins / "platform_plugin_shop_memory" / "plugin.toml"
    shop.write_text(shop.read_text().replace('certified_engines = ["ssg-echo"]', "certified_engines = []"))
    found = Catalogue(discover([str(fake_plugins)], disabled=()).plugins)
    assert found.check("ssg-echo", shop="shop-memory").status == "compatible"
    both = found.check("ssg-echo", "cms-memory", "shop-memory")
    assert (both.status, both.stack_type, both.price and both.price.month) == ("certified", "both", (1, 2))
