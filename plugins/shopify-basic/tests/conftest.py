"""What the tests of this plugin share: settings, the stand-in of the API, and Shopify's own clients."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import platform_plugin_shopify_basic
from platform_core.content import Content, Product, ProductVariant
from platform_core.errors import ToolError
from platform_core.manifest import Manifest, parse_manifest
from platform_core.node import ensure_packages, ensure_tarball, node
from platform_core.pulling import Pulled, pull_source
from platform_core.site import settings_model
from platform_plugin_shopify_basic.api import Storefront, path
from platform_plugin_shopify_basic.source import Wanted, shop_source
from platform_plugin_shopify_basic.standin.server import StandIn, sample, serve

PACKAGE = Path(platform_plugin_shopify_basic.__file__).parent
OFFLINE = "offline"
CLIENTS = Path(__file__).parent / "clients"
SHOP = "acme.myshopify.com"
# The schema that Shopify publishes with its library for React.
_SCHEMA = (
    "@shopify/hydrogen-react",
    "2026.4.4",
    "sha512-3Xh8OLt58MhhpVGSOas+EhYu6FU4RNKlWI8o+y6749mAlZja2OUNu54zObgLzDfJ/Q6gzbZBw7gjAbPP4EmqOA==",
)


@pytest.fixture(scope="session", name="manifest")
def _manifest() -> Manifest:
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


@pytest.fixture(scope="session", name="settings_of")
def _settings_of(manifest: Manifest) -> Callable[..., dict[str, Any]]:
    """Settings as core hands them over: checked, with defaults."""
    model = settings_model(manifest)
    return lambda **given: model.model_validate({"shop": SHOP, **given}).model_dump()


@pytest.fixture(name="mug")
def _mug() -> Product:
    """A product without options."""
    extra = {"shopify_product": "7001", "shopify_variant": "4001"}
    return Product("mug", 'Mug "Tall" & <b>', Decimal("18.50"), "EUR", "/products/mug/", stock=3, extra=extra)


@pytest.fixture(name="shirt")
def _shirt() -> Product:
    """A product with three variants, one of them sold out."""
    rows = [("S", None, 2, "4101"), ("M", Decimal("26.00"), None, "4102"), ("L", None, 0, "4103")]
    variants = tuple(
        ProductVariant(f"shirt-{size}", {"Size": size}, price, stock, {"shopify_variant": number})
        for size, price, stock, number in rows
    )
    return Product(
        "shirt",
        "Shirt",
        Decimal("25.00"),
        "EUR",
        "/products/shirt/",
        options={"Size": ("S", "M", "L")},
        variants=variants,
        extra={"shopify_product": "7002"},
    )


@dataclass
class Shop:
    """The stand-in on this machine, and a site that pulls from it."""

    standin: StandIn
    base: str
    root: Path

    def api(self, token: str = OFFLINE) -> Storefront:
        """Return the API, asked with *token*."""
        return Storefront.with_token(self.base + path(), public=token)

    def pull(self, wanted: Wanted | None = None, token: str = OFFLINE) -> Pulled:
        """Pull into the site, and forget what was asked before."""
        self.standin.asked.clear()
        source = shop_source(self.api(token), SHOP, wanted or Wanted())
        return pull_source(source, self.root)

    def products(self) -> dict[str, Product]:
        """Return the site's products by the name of their file."""
        return {product.url.split("/")[2]: product for product in Content(self.root).products}


@contextlib.contextmanager
def _serving(standin: StandIn) -> Iterator[str]:
    server = serve(standin)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(name="shop")
def _shop(tmp_path: Path) -> Iterator[Shop]:
    """A new stand-in with the sample products, and an empty site."""
    (tmp_path / "content").mkdir()
    standin = StandIn(sample(), tokens=(OFFLINE, "0" * 32))
    with _serving(standin) as base:
        yield Shop(standin, base, tmp_path)


@pytest.fixture(scope="session", name="run_client")
def _run_client() -> Callable[..., Any]:
    """Run one of the scripts with Shopify's own packages: name, arguments, JSON in -> JSON out."""
    try:
        packages = ensure_packages(CLIENTS)
    except ToolError as error:
        pytest.skip(f"Shopify's packages can't be installed: {error.what}")

    def run(name: str, value: Any, *arguments: str) -> Any:
        command = [str(node()), str(CLIENTS / name), str(packages), *arguments]
        done = subprocess.run(command, input=json.dumps(value), capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session", name="published_schema")
def _published_schema() -> Any:
    """The Storefront API's schema as Shopify publishes it."""
    return _published("storefront")


@pytest.fixture(scope="session", name="published_account_schema")
def _published_account_schema() -> Any:
    """The Customer Account API's schema as Shopify publishes it."""
    return _published("customer-account")


def _published(api: str) -> Any:
    from graphql import build_client_schema

    try:
        folder = ensure_tarball(*_SCHEMA)
    except ToolError as error:
        pytest.skip(f"the published schema can't be fetched: {error.what}")
    found = json.loads((folder / f"{api}.schema.json").read_text("utf-8"))
    return build_client_schema(found.get("data", found))


@pytest.fixture(scope="session", name="realdata")
def _realdata() -> Path:
    """The folder with public data that no one here wrote; see PLATFORM_DATA."""
    folder = Path(os.environ.get("PLATFORM_DATA") or Path(__file__).parents[4] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no public data in {folder}; set PLATFORM_DATA")
    return folder


@pytest.fixture(scope="session", name="elements")
def _elements() -> Callable[[str], Sequence[tuple[str, dict[str, str]]]]:
    """Read the elements of HTML with their attributes, as any client would."""
    from html.parser import HTMLParser

    def read(text: str) -> list[tuple[str, dict[str, str]]]:
        found: list[tuple[str, dict[str, str]]] = []
        parser = HTMLParser()
        parser.handle_starttag = lambda tag, attrs: found.append((tag, {k: v or "" for k, v in attrs}))  # type: ignore[method-assign]
        parser.feed(text)
        parser.close()
        return found

    return read
