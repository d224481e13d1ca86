"""What the tests of this plugin share: a site, stand-ins for Snipcart's servers, a browser."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pluggy
import pytest

import platform_plugin_snipcart
from platform_core.composition import Composition, Member
from platform_core.content import Content, Product, ProductVariant
from platform_core.contributions import File
from platform_core.discovery import Plugin
from platform_core.hookspecs import PROJECT, spec_modules
from platform_core.manifest import Manifest, parse_manifest
from platform_core.site import Site, settings_model
from platform_plugin_snipcart import plugin

PUBLIC_KEY = "TWFkZVVwRm9yVGVzdHNPbmx5MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
SITE = Site(client="acme", domain="www.acme.example", engine="hugo", shop="snipcart")
PACKAGE = Path(platform_plugin_snipcart.__file__).parent


@pytest.fixture(scope="session", name="manifest")
def _manifest() -> Manifest:
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


@pytest.fixture(scope="session", name="settings_of")
def _settings_of(manifest: Manifest) -> Callable[..., dict[str, Any]]:
    """Settings as core hands them over: checked, with defaults."""
    model = settings_model(manifest)
    return lambda **given: model.model_validate({"public_api_key": PUBLIC_KEY, **given}).model_dump()


@pytest.fixture(scope="session", name="site")
def _site() -> Site:
    return SITE


@pytest.fixture(scope="session", name="content_of")
def _content_of() -> Callable[..., Content]:
    """A site's content that holds exactly the given products."""

    def make(*products: Product) -> Content:
        content = Content(Path("/nowhere"))
        content.__dict__["products"] = products  # where the cached property keeps them
        return content

    return make


@pytest.fixture(scope="session", name="product")
def _product() -> Product:
    return Product(
        "night-rate",
        'Night Rate "Filter" & Espresso',
        Decimal("18.50"),
        "EUR",
        "/products/night-rate/",
        description="Washed, from Huila.\nTastes of <plum>.",
        image="/images/night-rate.webp",
        options={"Grind": ("whole", "filter"), "Bag": ("paper", "tin")},
        stock=12,
        weight=250,
    )


@pytest.fixture(scope="session", name="tea")
def _tea() -> Product:
    """A product whose variants have a price and a stock of their own; one is sold out."""
    packs = (("tin", Decimal("210.00"), 2), ("bag", None, None), ("paper", Decimal("17.00"), 0))
    return Product(
        "tea",
        "Tea & <Leaves>",
        Decimal("18.50"),
        "EUR",
        "/products/tea/",
        options={"Pack": tuple(name for name, _, _ in packs)},
        variants=tuple(ProductVariant(f"tea-{name}", {"Pack": name}, price, stock) for name, price, stock in packs),
    )


class _Serving:
    """A server on a free loopback port, for the length of a ``with``."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@dataclass
class ValidationApi:
    """A stand-in for ``https://app.snipcart.com/api/requestvalidation/{token}``.

    As Snipcart documents it: HTTP Basic with the secret key as user name and no
    password; 200 with the token for a token that was issued within the hour and not
    checked before; 404 for any other.

    Attributes:
        keys: Secret keys that the account has.
        answer: When set, the status of every answer, whatever is asked.
        headers: Headers of that answer.
        now: The stand-in's clock.
        asked: (path, authorization) of each request.
    """

    keys: set[str] = field(default_factory=lambda: {"secret-key"})
    answer: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    now: float = 0.0
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""
    _issued: dict[str, float] = field(default_factory=dict)

    def issue(self) -> str:
        """Make a token, as for one outgoing request."""
        token = secrets.token_hex(16)
        self._issued[token] = self.now
        return token

    def take(self, path: str, authorization: str) -> tuple[int, bytes]:
        """Answer one check."""
        self.asked.append((path, authorization))
        if self.answer is not None:
            return self.answer, b"{}"
        expected = {f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}" for key in self.keys}
        if authorization not in expected:
            return 401, b""
        token = path.removeprefix("/api/requestvalidation/")
        issued = self._issued.pop(token, None)
        if issued is None or self.now - issued > 3600:
            return 404, b""
        return 200, json.dumps({"token": token, "resource": "/_platform/webhooks/snipcart"}).encode()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Return this stand-in as a request handler."""
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = api.take(self.path, self.headers.get("Authorization", ""))
                self.send_response(status)
                for name, value in api.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        return Handler


@pytest.fixture(name="api")
def _api() -> Iterator[ValidationApi]:
    """The stand-in for Snipcart's validation API, listening on loopback."""
    api = ValidationApi()
    with _Serving(api.handler()) as serving:
        api.url = f"{serving.base}/api/requestvalidation"
        yield api


_TYPES = {".json": "application/json", ".js": "text/javascript", ".html": "text/html; charset=utf-8"}


@dataclass
class Shop:
    """A small web server with a shop's pages and files.

    Attributes:
        pages: Path -> bytes; may change while it serves.
        policy: The Content-Security-Policy of every answer.
        seen: (path, headers) of each request.
    """

    pages: dict[str, bytes] = field(default_factory=dict)
    policy: str = ""
    base: str = ""
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def publish(self, *files: File) -> None:
        """Put files of a plugin beside the pages."""
        for file in files:
            content = file.content if isinstance(file.content, bytes) else file.content.read_bytes()
            self.pages[f"/{file.path}"] = content

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Return this shop as a request handler."""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                shop.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                body = shop.pages.get(self.path)
                suffix = ".html" if self.path.endswith("/") else Path(self.path).suffix
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", _TYPES.get(suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(len(body or b"")))
                if shop.policy:
                    self.send_header("Content-Security-Policy", shop.policy)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None: ...

        return Handler


@pytest.fixture(scope="module", name="shop")
def _shop() -> Iterator[Shop]:
    """A web server for the pages and files of a shop."""
    shop = Shop()
    with _Serving(shop.handler()) as serving:
        shop.base = serving.base
        yield shop


class _Elements(HTMLParser):
    """Reads elements and their attributes, as any HTML client would."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


@dataclass
class Html:
    """Parsed HTML: elements in order, and the text."""

    elements: list[tuple[str, dict[str, str]]]
    text: str

    def items(self) -> list[dict[str, str]]:
        """Return the attributes of each button that Snipcart would react to."""
        return [item for _, item in self.elements if "snipcart-add-item" in item.get("class", "").split()]


@pytest.fixture(scope="session", name="parse")
def _parse() -> Callable[[str], Html]:
    def parse(text: str) -> Html:
        parser = _Elements()
        parser.feed(text)
        parser.close()
        return Html(parser.found, parser.text)

    return parse


class Crawler:
    """A stand-in for the crawler with which Snipcart validates an order.

    It does what docs.snipcart.com says: it fetches ``data-item-url`` (a path belongs
    to the shop's default domain) with its three headers, takes a JSON answer for an
    object or a list of them, and compares identity, address, price, choices and
    dimensions with what the cart holds.
    """

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._host = f"{parts.hostname}:{parts.port}"

    def complaints(self, item: Mapping[str, str]) -> list[str]:
        """Return why an order of *item*, a button's attributes, would be refused."""
        address = item["data-item-url"]
        if not address.startswith("/"):
            return [f"{address} is not a path of the shop"]
        status, kind, body = self._fetch(address)
        if status != 200 or not kind.startswith("application/json"):
            return [f"{address} answered {status} {kind}"]
        document = json.loads(body, parse_float=Decimal, parse_int=Decimal)
        rows = [
            row for row in (document if isinstance(document, list) else [document]) if row["id"] == item["data-item-id"]
        ]
        if len(rows) != 1:
            return [f"{len(rows)} products have the id {item['data-item-id']}"]
        return [
            f"{what}: cart {mine!r}, crawled {theirs!r}"
            for what, mine, theirs in self._pairs(item, rows[0])
            if mine != theirs
        ]

    def _fetch(self, address: str) -> tuple[int, str, bytes]:
        headers = {
            "User-Agent": "Snipcart/1.0",
            "X-Snipcart-Purpose": "Crawling",
            "X-Snipcart-RequestToken": secrets.token_hex(16),
        }
        connection = http.client.HTTPConnection(self._host, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", address, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()

    @staticmethod
    def _pairs(item: Mapping[str, str], row: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
        yield "url", item["data-item-url"], row["url"]
        yield "price", Decimal(item["data-item-price"]), row["price"]
        names = [item[key] for key in item if key.startswith("data-item-custom") and key.endswith("-name")]
        choices = [item[key] for key in item if key.startswith("data-item-custom") and key.endswith("-options")]
        yield (
            "choices",
            list(zip(names, choices, strict=True)),
            [(one["name"], one["options"]) for one in row["customFields"]],
        )
        weight = item.get("data-item-weight")
        yield "weight", weight and Decimal(weight), row.get("dimensions", {}).get("weight")


@dataclass
class Till:
    """A shop in operation: pages and files are made, published and crawled."""

    shop: Shop
    crawler: Crawler
    settings_of: Callable[..., dict[str, Any]]
    content_of: Callable[..., Content]
    parse: Callable[[str], Html]

    def open(self, *products: Product, **given: Any) -> list[dict[str, str]]:
        """Publish the files and a page with a button for each of *products*; return what can be bought."""
        settings = self.settings_of(**given)
        self.shop.publish(*plugin.platform_files(settings, self.content_of(*products)))
        cards = "".join(f"<li>{plugin.platform_buy_button(SITE, settings, product)}</li>" for product in products)
        self.shop.pages["/shelf/"] = f"<!doctype html><title>Shelf</title><ul>{cards}</ul>".encode()
        return self.parse(self.shop.pages["/shelf/"].decode()).items()

    def file(self) -> bytes:
        """Return the validation file as it is served."""
        return self.shop.pages["/snipcart/products.json"]


@pytest.fixture(scope="module", name="till")
def _till(
    shop: Shop,
    settings_of: Callable[..., dict[str, Any]],
    content_of: Callable[..., Content],
    parse: Callable[[str], Html],
) -> Till:
    """A shop in operation, and the stand-in for Snipcart's crawler."""
    return Till(shop, Crawler(shop.base), settings_of, content_of, parse)


@pytest.fixture(name="compose")
def _compose(site: Site, manifest: Manifest, till: Till) -> Callable[..., Composition]:
    """Compose the shop alone, as core does."""

    def compose(*products: Product, **given: Any) -> Composition:
        manager = pluggy.PluginManager(PROJECT)
        for module in spec_modules().values():
            manager.add_hookspecs(module)
        manager.register(plugin, "ecommerce:snipcart")
        origin = Plugin("snipcart", "ecommerce", 1, "platform-plugin-snipcart", "0", "platform_plugin_snipcart.plugin")
        member = Member(origin, manifest, till.settings_of(**given))
        return Composition(site, till.content_of(*products), (member,), manager)

    return compose


@pytest.fixture(scope="session", name="data_folder")
def _data_folder() -> Path:
    """The folder with public data that no one here wrote; see PLATFORM_DATA."""
    root = Path(__file__).parents[3]
    folder = Path(os.environ.get("PLATFORM_DATA") or root.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no public data in {folder}; set PLATFORM_DATA")
    return folder


@pytest.fixture(scope="module", name="browser")
def _browser() -> Iterator[Any]:
    """A real browser: the system's Chromium, or the one that Playwright installed."""
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    with playwright.sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        except playwright.Error as error:
            pytest.skip(f"no browser: {error.message.splitlines()[0]}")
        yield browser
        browser.close()
