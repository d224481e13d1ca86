"""What the tests of this plugin share: a site with a shop, and its stand-in behind the same address."""

from __future__ import annotations

import contextlib
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pluggy
import pytest

import platform_plugin_shopify_advanced
from platform_core.composition import Composition, Member
from platform_core.content import Content, Product
from platform_core.contributions import Stage
from platform_core.discovery import Plugin
from platform_core.hookspecs import PROJECT, spec_modules
from platform_core.manifest import Manifest, parse_manifest
from platform_core.pulling import pull_sources
from platform_core.site import Site, settings_model
from platform_plugin_shopify_advanced import plugin
from platform_plugin_shopify_basic.api import SERVICE
from platform_plugin_shopify_basic.standin.server import StandIn, sample, serve

PACKAGE = Path(platform_plugin_shopify_advanced.__file__).parent
SHOP = "acme.myshopify.com"
TOKEN = "0123456789abcdef0123456789abcdef"
LOCAL = f"/_local/{SERVICE}"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".html": "text/html; charset=utf-8",
    "": "text/html; charset=utf-8",
}


class _Still(urllib.request.HTTPRedirectHandler):
    """Redirects are the browser's to follow."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Still)


@pytest.fixture(scope="session", name="manifest")
def _manifest() -> Manifest:
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


@pytest.fixture(scope="session", name="settings_of")
def _settings_of(manifest: Manifest) -> Callable[..., dict[str, Any]]:
    """Settings as core hands them over: checked, with defaults."""
    model = settings_model(manifest)
    return lambda **given: model.model_validate({"shop": SHOP, "storefront_token": TOKEN, **given}).model_dump()


@pytest.fixture(name="compose")
def _compose(
    manifest: Manifest, settings_of: Callable[..., dict[str, Any]], tmp_path: Path
) -> Callable[..., Composition]:
    """Compose the shop alone, as core does."""

    def compose(**given: Any) -> Composition:
        manager = pluggy.PluginManager(PROJECT)
        for module in spec_modules().values():
            manager.add_hookspecs(module)
        manager.register(plugin, "ecommerce:shopify-advanced")
        origin = Plugin("shopify-advanced", "ecommerce", 1, "platform-plugin-shopify-advanced", "0", "x")
        site = Site(client="acme", domain="www.acme.example", engine="hugo", shop="shopify-advanced")
        return Composition(site, Content(tmp_path), (Member(origin, manifest, settings_of(**given)),), manager)

    return compose


@dataclass
class Front:
    """A web server with a shop's pages; below ``/_local/`` it passes requests on, as the local edge does.

    Attributes:
        pages: Path -> bytes.
        policy: The Content-Security-Policy of every page.
        standin: What answers for Shopify; requests fail while `down` is set.
    """

    standin: StandIn
    upstream: str
    pages: dict[str, bytes] = field(default_factory=dict)
    policy: str = ""
    base: str = ""
    down: bool = False

    def stage(self) -> Stage:
        """Return the stage of this server."""
        return Stage("local", self.base, {SERVICE: LOCAL}, {SERVICE: self.upstream}, offline=True)

    def open(self, composition: Composition) -> str:
        """Pull, publish a page with a card and a page for each product, and return the cards' address."""
        stage = self.stage()
        (composition.content.root / "content").mkdir(exist_ok=True)
        pull_sources(composition.sources(stage), composition.content.root)
        composition = composition.reread()
        slots = composition.fragments(stage)
        for item in composition.files(stage):
            content = item.value.content
            self.pages[f"/{item.value.path}"] = content if isinstance(content, bytes) else content.read_bytes()
        self.policy = "; ".join(" ".join((name, *values)) for name, values in composition.csp(stage).items())
        cards = [_card(product, composition.buy_button(product, stage)) for product in composition.content.products]
        self.pages["/favicon.ico"] = b""
        self.pages["/"] = _page("Shop", slots, f'<div class="products">{"".join(cards)}</div>')
        for product, card in zip(composition.content.products, cards, strict=True):
            self.pages[product.url] = _page(product.name, slots, card)
        return f"{self.base}/"

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Return this server's request handler."""
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path.startswith(LOCAL):
                    self._pass_on(None)
                    return
                path = self.path.partition("?")[0]
                path += "index.html" if path != "/" and f"{path}index.html" in front.pages else ""
                body = front.pages.get(path)
                self._send(404 if body is None else 200, body or b"", _TYPES.get(Path(path).suffix, "text/plain"))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if front.down or not self.path.startswith(LOCAL):
                    self._send(502, b"", "text/plain")
                    return
                self._pass_on(body)

            def _pass_on(self, body: bytes | None) -> None:
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                request = urllib.request.Request(front.upstream + self.path.removeprefix(LOCAL), body, headers)
                try:
                    answer = _OPENER.open(request, timeout=10)
                except urllib.error.HTTPError as error:
                    answer = error
                with contextlib.closing(answer):
                    kind, place = answer.headers["Content-Type"] or "text/plain", answer.headers["Location"]
                    self._send(answer.status, answer.read(), kind, place)

            def _send(self, status: int, body: bytes, kind: str, place: str | None = None) -> None:
                self.send_response(status)
                if place:
                    self.send_header("Location", place)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", front.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        return Handler


@contextlib.contextmanager
def _running(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(name="front")
def _front() -> Iterator[Front]:
    """A shop's pages with a stand-in for Shopify behind them; both anew for each test."""
    standin = StandIn(sample(), tokens=("offline", TOKEN))
    with _running(serve(standin)) as upstream:
        front = Front(standin, upstream)
        server = ThreadingHTTPServer(("127.0.0.1", 0), front.handler())
        server.daemon_threads = True
        with _running(server) as base:
            front.base = base
            yield front


def _card(product: Product, buy: str) -> str:
    slug = product.url.strip("/").rpartition("/")[2]
    return (
        f'<article class="product-card" id="{slug}"><h2>{product.name}</h2>'
        f'<p class="price">{product.currency} {product.price}</p><div class="buy">{buy}</div></article>'
    )


def _page(title: str, slots: dict[str, str], body: str) -> bytes:
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{slots["head"]}</head>'
        f"<body><nav>{slots['navigation']}</nav><main><h1>{title}</h1>{body}</main>{slots['body-end']}</body></html>"
    ).encode()
