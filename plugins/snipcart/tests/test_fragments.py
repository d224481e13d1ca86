"""What stands on every page, and what the page is allowed to load."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content, Product
from platform_core.site import Site
from platform_plugin_snipcart.plugin import platform_csp, platform_fragments, platform_webhook_adapter

SettingsOf = Callable[..., dict[str, Any]]
ContentOf = Callable[..., Content]


def _slots(settings: dict[str, Any], content: Content) -> dict[str, str]:
    return {fragment.slot: fragment.html for fragment in platform_fragments(settings, content)}


def _configuration(html: Any) -> dict[str, str]:
    (found,) = (item for _, item in html.elements if item.get("id") == "snipcart")
    return dict(found)


def test_the_cart_is_loaded_without_an_inline_script(
    settings_of: SettingsOf, content_of: ContentOf, product: Product, parse: Callable[[str], Any]
) -> None:
    """The policy refuses inline scripts and handlers, so there are none."""
    for html in map(parse, _slots(settings_of(), content_of(product)).values()):
        assert all(item.get("src") for tag, item in html.elements if tag == "script")
        assert not [name for _, item in html.elements for name in item if name.startswith("on") or name == "style"]


def test_stylesheet_and_script_are_of_the_pinned_version(
    settings_of: SettingsOf, content_of: ContentOf, parse: Callable[[str], Any]
) -> None:
    """Both come from Snipcart's servers in the version that the settings name."""
    html = parse(_slots(settings_of(version="3.6.1"), content_of())["body-end"])
    loaded = [item.get("href") or item["src"] for tag, item in html.elements if tag in {"link", "script"}]
    assert loaded == [
        "https://cdn.snipcart.com/themes/v3.6.1/default/snipcart.css",
        "/snipcart/cart.js",
        "https://cdn.snipcart.com/themes/v3.6.1/default/snipcart.js",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (None, None)),
        ({"variant": "digital_products"}, (None, None)),
        ({"variant": "catalog_basic"}, ("side", "none")),
        ({"variant": "catalog_basic", "cart_style": "full", "after_add": "open"}, (None, None)),
        ({"cart_style": "side"}, ("side", None)),
        ({"after_add": "stay"}, (None, "none")),
    ],
)
def test_the_cart_behaves_as_variant_and_settings_say(
    settings_of: SettingsOf,
    content_of: ContentOf,
    parse: Callable[[str], Any],
    given: dict[str, str],
    expected: tuple[str | None, str | None],
) -> None:
    """A setting goes before its variant."""
    found = _configuration(parse(_slots(settings_of(**given), content_of())["body-end"]))
    assert (found.get("data-config-modal-style"), found.get("data-config-add-product-behavior")) == expected


def test_the_cart_has_the_currency_of_the_products(
    settings_of: SettingsOf, content_of: ContentOf, product: Product, parse: Callable[[str], Any]
) -> None:
    """A setting goes first, then the products; an empty shop leaves it to the dashboard."""
    crowns = dataclasses.replace(product, currency="SEK")

    def currency(settings: dict[str, Any], *products: Product) -> str | None:
        return _configuration(parse(_slots(settings, content_of(*products))["body-end"])).get("data-currency")

    assert currency(settings_of(), crowns) == "sek"
    assert currency(settings_of(currency="EUR"), crowns) == "eur"
    assert currency(settings_of()) is None


def test_texts_of_the_settings_are_escaped(
    settings_of: SettingsOf, content_of: ContentOf, parse: Callable[[str], Any]
) -> None:
    """A label is text, whatever it holds."""
    nasty = '</button><script>alert("1")</script>'
    labels = dict.fromkeys(("add_label", "cart_label", "missing_label", "no_script_label"), nasty)
    slots = _slots(settings_of(**labels), content_of())
    tags = [tag for html in slots.values() for tag, _ in parse(html).elements]
    assert sorted(tags) == sorted(["link", "link", "button", "span", "noscript", "link", "div", "script", "script"])


def test_a_cart_button_is_there_for_everybody(
    settings_of: SettingsOf, content_of: ContentOf, parse: Callable[[str], Any]
) -> None:
    """It has a text before Snipcart comes, a place for the count, and a word for who has no JavaScript."""
    html = parse(_slots(settings_of(), content_of())["navigation"])
    assert [(tag, item.get("class")) for tag, item in html.elements] == [
        ("button", "shop-cart snipcart-checkout"),
        ("span", "shop-cart-count snipcart-items-count"),
        ("noscript", None),
    ]
    assert html.text == "Cart The cart needs JavaScript."


def test_the_policy_names_hosts_and_never_a_wildcard(settings_of: SettingsOf) -> None:
    """Every source is one host of Snipcart, or a keyword that is known to be needed."""
    policy = platform_csp(settings_of())
    hosts = {source for sources in policy.values() for source in sources if source.startswith("https:")}
    assert hosts == {"https://cdn.snipcart.com", "https://app.snipcart.com", "https://payment.snipcart.com"}
    rest = {source for sources in policy.values() for source in sources} - hosts
    assert rest == {"'unsafe-eval'", "data:"}


def test_a_strict_policy_allows_no_evaluation(settings_of: SettingsOf) -> None:
    """The setting takes the exception out."""
    sources = {source for sources in platform_csp(settings_of(strict_csp=True)).values() for source in sources}
    assert not {source for source in sources if source.startswith("'unsafe")}


def test_the_adapter_reads_the_clients_own_secret(settings_of: SettingsOf, site: Site) -> None:
    """Without a setting the secret's name is made from the client; with one, it is that."""
    adapter = platform_webhook_adapter(site, settings_of())
    assert (adapter.provider, adapter.secret) == ("snipcart", "platform/acme/snipcart")
    assert platform_webhook_adapter(site, settings_of(secret_api_key="shared/shop")).secret == "shared/shop"


def test_the_adapter_is_told_nothing_secret(settings_of: SettingsOf, site: Site) -> None:
    """Its configuration holds switches only, and no address unless a test asks for one."""
    assert platform_webhook_adapter(site, settings_of()).config == {"rebuild_on_order": "false"}
    local = settings_of(rebuild_on_order=True, validation_url="http://127.0.0.1:8123/api/requestvalidation")
    assert platform_webhook_adapter(site, local).config == {
        "rebuild_on_order": "true",
        "validation_url": "http://127.0.0.1:8123/api/requestvalidation",
    }


def test_the_adapter_is_one_file_of_its_own(settings_of: SettingsOf, site: Site) -> None:
    """The Lambda asset gets a file that exists and imports no third party."""
    module = platform_webhook_adapter(site, settings_of()).module
    imports = {
        line.split()[1] for line in Path(module).read_text().splitlines() if line.startswith(("import ", "from "))
    }
    standard = {
        "__future__",
        "base64",
        "hashlib",
        "http.client",
        "re",
        "ssl",
        "collections.abc",
        "typing",
        "urllib.parse",
    }
    assert imports == standard | {"platform_core.runtime.adapter"}
