"""The HTML with which something is bought."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from platform_core.build_secrets import BuildSecrets
from platform_core.content import Product
from platform_core.contributions import Stage
from platform_core.errors import SiteError, UserError
from platform_core.site import Site
from platform_plugin_shopify_basic import buying, plugin
from platform_plugin_shopify_basic import settings as shared
from platform_plugin_shopify_basic.api import SERVICE, path

AWS = Stage("aws", "https://www.acme.example")
OFFLINE = Stage(
    "local", "http://localhost:8080", {SERVICE: f"/_local/{SERVICE}"}, {SERVICE: "http://127.0.0.1:9"}, offline=True
)
SITE = Site(client="acme", domain="www.acme.example", engine="hugo", shop="shopify-basic")
Settings = Callable[..., dict[str, Any]]
Elements = Callable[[str], list[tuple[str, dict[str, str]]]]


def button(product: Product, settings: Mapping[str, Any], stage: Stage = AWS) -> str:
    return plugin.platform_buy_button(SITE, settings, product, stage)


def test_one_choice_is_one_link(mug: Product, settings_of: Settings, elements: Elements) -> None:
    """The link has Shopify's documented form, a name of its own, and the exact price."""
    ((tag, found),) = elements(button(mug, settings_of()))
    assert (tag, found["href"]) == ("a", "https://acme.myshopify.com/cart/4001:1")
    assert (found["aria-label"], found["data-price"]) == ('Buy now: Mug "Tall" & <b>', "18.50")


def test_several_choices_unfold(shirt: Product, settings_of: Settings, elements: Elements) -> None:
    """Each choice that is there has a link with its price; what is sold out says so."""
    html = button(shirt, settings_of())
    assert [item["href"].rpartition("/")[2] for tag, item in elements(html) if tag == "a"] == ["4101:1", "4102:1"]
    assert html.startswith("<details")
    assert [item["value"] for tag, item in elements(html) if tag == "data"] == ["25.00", "26.00", "25.00"]
    assert html.count("Sold out") == 1


def test_sold_out_and_unknown_products_have_no_link(mug: Product, shirt: Product, settings_of: Settings) -> None:
    """Nothing leads into a cart that would be refused."""
    none = tuple(dataclasses.replace(one, stock=0) for one in shirt.variants)
    for product, text in (
        (dataclasses.replace(mug, stock=0), "Sold out"),
        (dataclasses.replace(shirt, variants=none), "Sold out"),
        (dataclasses.replace(mug, extra={}), "Not for sale online"),
        (dataclasses.replace(mug, extra={"shopify_variant": '4001"><script>'}), "Not for sale online"),
    ):
        html = button(product, settings_of())
        assert "<button" in html
        assert "disabled" in html
        assert text in html
        assert "href" not in html


def test_the_variant_says_how_is_sold(mug: Product, settings_of: Settings) -> None:
    """Links to the checkout, links to the cart, or the Buy Button; a setting goes before."""
    assert "?storefront=true" not in button(mug, settings_of())
    assert "4001:1?storefront=true" in button(mug, settings_of(variant="agency_alternative"))
    assert 'class="shop-buy-button" data-product="7001"' in button(mug, settings_of(variant="static_site_ecommerce"))
    assert "shop-buy-button" not in button(mug, settings_of(variant="static_site_ecommerce", buy="permalink"))
    assert "?storefront" not in button(mug, settings_of(variant="agency_alternative", landing="checkout"))


def test_a_least_quantity_is_kept(mug: Product, settings_of: Settings) -> None:
    """A link for a product that is sold by the dozen asks for a dozen."""
    product = dataclasses.replace(mug, extra={**mug.extra, "quantity": {"minimum": 12, "increment": 12}})
    assert "/cart/4001:12" in button(product, settings_of())


def test_links_need_nothing_from_a_page(settings_of: Settings) -> None:
    """No script, no style, no exception from the policy."""
    settings = settings_of()
    assert buying.fragments(settings, AWS, has_products=True) == []
    assert buying.published(settings) == []
    assert buying.policy(settings, AWS) == {}


def test_the_buy_button_names_what_it_loads(settings_of: Settings) -> None:
    """The policy has Shopify's script host, its picture host and the shop, and nothing inline."""
    settings = settings_of(buy="buy-button")
    policy = buying.policy(settings, AWS)
    assert policy["connect-src"] == ["https://acme.myshopify.com"]
    assert policy["script-src"] == ["https://sdks.shopifycdn.com"]
    assert "unsafe" not in json.dumps(policy)
    (fragment,) = buying.fragments(settings, AWS, has_products=True)
    assert "/buy-button/3.0.6/buybutton.min.js" in fragment.html
    assert buying.fragments(settings, AWS, has_products=False) == []


def test_offline_everything_is_the_stand_ins(mug: Product, settings_of: Settings) -> None:
    """Links go through the local edge, and the site's own policy is enough."""
    assert f'href="/_local/{SERVICE}/cart/4001:1"' in button(mug, settings_of(), OFFLINE)
    assert buying.policy(settings_of(buy="buy-button"), OFFLINE) == {}
    assert buying.fragments(settings_of(buy="buy-button"), OFFLINE, has_products=True) == []
    assert shared.api_endpoint(settings_of(), OFFLINE) == f"/_local/{SERVICE}{path()}"


def test_the_stand_in_runs_offline_alone(settings_of: Settings) -> None:
    """A site that talks to Shopify starts nothing beside it."""
    assert plugin.platform_local_services(settings_of(), AWS) == []
    (service,) = plugin.platform_local_services(settings_of(storefront_token="0" * 32), OFFLINE)
    assert service.name == SERVICE
    assert service.command[-2:] == ("--token", "0" * 32)


def test_the_private_token_is_a_build_secret(settings_of: Settings) -> None:
    """It is named, asked for when a build pulls, and never in the settings that pages see."""
    settings = settings_of(private_token="acme/shopify")
    names = plugin.platform_build_secrets(settings)
    assert names == {"shopify-private-token": "acme/shopify"}
    assert plugin.platform_build_secrets(settings_of()) == {}
    with pytest.raises(UserError, match="PLATFORM_SECRET_SHOPIFY_PRIVATE_TOKEN"):
        plugin.platform_source(settings, AWS, BuildSecrets(names))
    assert plugin.platform_source(settings, OFFLINE, BuildSecrets(names, offline=True))


def test_a_site_may_keep_its_products_itself(settings_of: Settings) -> None:
    """Nothing is pulled then; and offline nothing is pulled before there is a stand-in."""
    assert plugin.platform_source(settings_of(pull=False), AWS, {}) is None
    assert plugin.platform_source(settings_of(), Stage("local", "http://localhost", offline=True), {}) is None


def test_wrong_countries_are_told_at_once(settings_of: Settings) -> None:
    """Every country that is none stands in one message."""
    with pytest.raises(SiteError) as caught:
        plugin.platform_source(settings_of(countries=["ch", "US", "Narnia"]), AWS, {})
    assert len(caught.value.problems) == 2


def test_the_webhooks_secret_has_a_name(settings_of: Settings) -> None:
    """The adapter is told which shop it serves, and whether stock builds."""
    adapter = plugin.platform_webhook_adapter(SITE, settings_of(build_on_inventory=False))
    assert (adapter.provider, adapter.secret) == ("shopify", "platform/acme/shopify-webhook")
    assert adapter.config == {"shop": "acme.myshopify.com", "inventory": "false"}
