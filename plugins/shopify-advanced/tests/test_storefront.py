"""What pages carry for the script, and what the script asks."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from graphql import build_client_schema, parse, validate
from pydantic import ValidationError

import platform_plugin_shopify_advanced.plugin
from platform_core.composition import Composition
from platform_core.content import Product, ProductVariant
from platform_core.contributions import Stage
from platform_core.errors import SiteError, ToolError
from platform_core.hookspecs import REQUIRED, spec_modules
from platform_core.manifest import Manifest
from platform_core.node import ensure_tarball, node
from platform_plugin_shopify_advanced.storefront import LABELS
from platform_plugin_shopify_basic.api import API_VERSION, SERVICE, path
from platform_plugin_shopify_basic.standin.accounts import account_schema
from platform_plugin_shopify_basic.standin.server import schema

AWS = Stage("aws", "https://www.acme.example")
ASSETS = Path(platform_plugin_shopify_advanced.plugin.__file__).parent / "assets"
# The schema that Shopify publishes with its library for React.
_SCHEMA = (
    "@shopify/hydrogen-react",
    "2026.4.4",
    "sha512-3Xh8OLt58MhhpVGSOas+EhYu6FU4RNKlWI8o+y6749mAlZja2OUNu54zObgLzDfJ/Q6gzbZBw7gjAbPP4EmqOA==",
)


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """Read the elements of HTML with their attributes, as any client would."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, {k: v or "" for k, v in attrs}))  # type: ignore[method-assign]
    parser.feed(html)
    return found


def config(composition: Composition, stage: Stage = AWS) -> dict[str, str]:
    """Return what the script is told."""
    return next(found for _, found in elements(composition.fragments(stage)["body-end"]) if found.get("id"))


@pytest.fixture(name="shirt")
def _shirt() -> Product:
    rows = [("S", None, 2, "4101"), ("M", Decimal("26.00"), None, "4102"), ("L", None, 0, "")]
    variants = tuple(
        ProductVariant(f"shirt-{size}", {"Size": size}, price, stock, {"shopify_variant": number})
        for size, price, stock, number in rows
    )
    return Product(
        "shirt",
        'Shirt "Blue" & <b>',
        Decimal("25.00"),
        "EUR",
        "/products/shirt/",
        prices={"CHF": Decimal("24.10")},
        options={"Size": ("S", "M", "L")},
        variants=variants,
    )


def test_it_is_sold_as_the_catalogue_says(manifest: Manifest) -> None:
    """Price, engines, variants and plans are those of the catalogue."""
    assert manifest.price is not None
    assert (manifest.price.month, manifest.price.setup) == ((150, 300), (3600, 8400))
    assert manifest.certified_engines == ("astro", "nextjs", "nuxt", "gatsby")
    assert tuple(manifest.variants) == ("headless_storefront", "multi_currency", "b2b_catalog")
    assert manifest.settings["variant"].choices == tuple(manifest.variants)
    assert [(plan.name, plan.month, plan.date) for plan in manifest.plans] == [
        ("Basic", 29, "2026-08-27"),
        ("Grow", 79, "2026-08-27"),
        ("Advanced", 299, "2026-08-27"),
    ]


def test_every_hook_is_one_of_core() -> None:
    """No hook is misspelt, and the required one is there."""
    known = {name for module in spec_modules().values() for name in vars(module)}
    ours = set(platform_plugin_shopify_advanced.plugin.__all__)
    assert ours <= known
    assert ours >= set(REQUIRED["ecommerce"])


def test_a_product_carries_what_the_script_needs(compose: Callable[..., Composition], shirt: Product) -> None:
    """Name, options and variants come through HTML unharmed; a variant that Shopify does not know is left out."""
    ((_, found), *rest) = elements(compose().buy_button(shirt, AWS))
    assert found["data-name"] == 'Shirt "Blue" & <b>'
    assert json.loads(found["data-options"]) == ["Size"]
    assert json.loads(found["data-variants"]) == [
        {"id": "4101", "values": ["S"], "price": "25.00", "currency": "EUR", "stock": 2},
        {"id": "4102", "values": ["M"], "price": "26.00", "currency": "EUR", "stock": None},
    ]
    links = [item["href"] for tag, item in rest if tag == "a"]
    assert links == [f"https://acme.myshopify.com/cart/{number}:1" for number in ("4101", "4102")]


def test_the_script_asks_the_shop_and_nobody_else(compose: Callable[..., Composition]) -> None:
    """Pages name the API with its one version; the policy has the shop's host alone."""
    composition = compose()
    assert config(composition)["data-endpoint"] == f"https://acme.myshopify.com{path()}"
    policy = composition.csp(AWS)
    assert policy == {"default-src": ("'self'",), "connect-src": ("'self'", "https://acme.myshopify.com")}


def test_offline_the_script_asks_the_stand_in(compose: Callable[..., Composition]) -> None:
    """Through the local edge, so that the site's own policy is enough."""
    stage = Stage("local", "http://localhost:8080", {SERVICE: f"/_local/{SERVICE}"}, offline=True)
    composition = compose()
    assert config(composition, stage)["data-endpoint"] == f"/_local/{SERVICE}{path()}"
    assert composition.csp(stage) == {"default-src": ("'self'",)}


def test_texts_can_be_replaced(compose: Callable[..., Composition]) -> None:
    """One by one; a name that is none is told with what it may have meant."""
    labels = json.loads(config(compose(labels=["add=In den Korb", "total=Summe: {price}"]))["data-labels"])
    assert (labels["add"], labels["total"], labels["close"]) == ("In den Korb", "Summe: {price}", LABELS["close"])
    with pytest.raises(SiteError) as caught:
        compose(labels=["ad=In den Korb", "close="]).fragments(AWS)
    assert len(caught.value.problems) == 2
    assert "'add'" in caught.value.problems[0].hint


def test_every_text_is_said_somewhere() -> None:
    """Script and pages name no text that there is not, and there is none that neither of them names."""
    import re

    code = "\n".join(path.read_text("utf-8") for path in ASSETS.glob("*.js"))
    named = set(re.findall(r"label\('(\w+)'", code)) | set(
        re.findall(r"label\(soldOut \? '(\w+)' : '(\w+)'\)", code)[0]
    )
    named |= set(re.findall(r'labels\["(\w+)"\]', (ASSETS.parent / "storefront.py").read_text("utf-8")))
    assert named == set(LABELS)


@pytest.mark.parametrize("seconds", [0, 4, -60, 86_401])
def test_a_bound_that_is_none_is_refused(compose: Callable[..., Composition], seconds: int) -> None:
    """Asking without a pause, or never, is not what the setting is for."""
    with pytest.raises(SiteError, match="between 5 and 86400"):
        compose(fresh_seconds=seconds).fragments(AWS)


def test_only_company_shops_listen_to_buyers(compose: Callable[..., Composition]) -> None:
    """Another script of the page can't hand a token to a shop that sells to everybody."""
    assert config(compose())["data-company"] == "false"
    assert config(compose(variant="b2b_catalog"))["data-company"] == "true"


LOGIN = {
    "variant": "b2b_catalog",
    "shop_id": "55145660472",
    "customer_client_id": "0f1e2d3c-0000-4000-8000-0123456789ab",
}


def test_companies_log_in_at_shopify(compose: Callable[..., Composition]) -> None:
    """Pages know the shop's own addresses at shopify.com, which the policy has; a page waits for who comes back."""
    composition = compose(**LOGIN)
    found = config(composition)
    assert found["data-login"] == "https://shopify.com/authentication/55145660472"
    assert found["data-accounts"] == f"https://shopify.com/55145660472/account/customer/api/{API_VERSION}/graphql"
    assert composition.csp(AWS)["connect-src"] == ("'self'", "https://acme.myshopify.com", "https://shopify.com")
    assert "shop-buyer" in composition.fragments(AWS)["navigation"]
    page = {item.value.path: item.value.content for item in composition.files(AWS)}["shopify/login/index.html"]
    assert isinstance(page, bytes)
    assert ("html", {"lang": "en"}) in elements(page.decode())
    assert [item["src"] for tag, item in elements(page.decode()) if tag == "script"] == ["/shopify/login.js"]


@pytest.mark.parametrize("variant", ["headless_storefront", "multi_currency"])
def test_shops_for_everybody_have_no_login(compose: Callable[..., Composition], variant: str) -> None:
    """Nothing of the login is in a shop that does not sell to companies."""
    composition = compose(**LOGIN | {"variant": variant})
    assert "data-login" not in config(composition)
    assert composition.csp(AWS)["connect-src"] == ("'self'", "https://acme.myshopify.com")
    assert "shopify/login/index.html" not in {item.value.path for item in composition.files(AWS)}


@pytest.mark.parametrize("missing", ["shop_id", "customer_client_id"])
def test_half_a_login_is_refused(compose: Callable[..., Composition], missing: str) -> None:
    """What is missing is named, with where Shopify shows it."""
    with pytest.raises(SiteError) as caught:
        compose(**LOGIN | {missing: ""}).fragments(AWS)
    assert [problem.where for problem in caught.value.problems] == [f"[settings.shopify-advanced] {missing}"]
    assert "Headless channel" in caught.value.problems[0].hint


@pytest.mark.parametrize(
    "given",
    [
        {"shop": "www.acme.example"},
        {"storefront_token": "shpat_secret"},
        {"variant": "x"},
        {"fresh_seconds": "soon"},
        {"shop_id": "../x"},
        {"customer_client_id": "shpss_secret"},
    ],
)
def test_a_wrong_setting_is_refused(settings_of: Callable[..., dict[str, Any]], given: dict[str, Any]) -> None:
    """A setting that would break the shop, or open it, never reaches a page."""
    with pytest.raises(ValidationError):
        settings_of(**given)


@pytest.fixture(scope="module", name="asked")
def _asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The queries as the script makes them: name -> text."""
    module = tmp_path_factory.mktemp("queries") / "queries.mjs"
    shutil.copyfile(ASSETS / "queries.js", module)
    code = f"import * as all from {json.dumps(module.as_uri())}; console.log(JSON.stringify(all))"
    done = subprocess.run(
        [str(node()), "--input-type=module", "-e", code], capture_output=True, text=True, check=True, timeout=30
    )
    found: dict[str, str] = json.loads(done.stdout)
    assert len(found) == 9
    return found


def test_what_pages_ask_is_valid_here(asked: dict[str, str]) -> None:
    """Each query of the script is valid in the stand-in's schemas."""
    known = {"LOCATIONS": account_schema()}
    usual = schema()
    assert {
        name: wrong for name, text in asked.items() if (wrong := validate(known.get(name, usual), parse(text)))
    } == {}


def test_what_pages_ask_is_valid_at_shopify(asked: dict[str, str]) -> None:
    """Each query of the script is valid in the schemas that Shopify publishes."""
    try:
        folder = ensure_tarball(*_SCHEMA)
    except ToolError as error:
        pytest.skip(f"the published schema can't be fetched: {error.what}")
    known = {}
    for name in ("storefront", "customer-account"):
        found = json.loads((folder / f"{name}.schema.json").read_text("utf-8"))
        known[name] = build_client_schema(found.get("data", found))
    of = {"LOCATIONS": known["customer-account"]}
    wrong = {name: validate(of.get(name, known["storefront"]), parse(text)) for name, text in asked.items()}
    assert {name: faults for name, faults in wrong.items() if faults} == {}
