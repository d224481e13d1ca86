"""What the tests of this plugin share: settings, a product, the page as a client reads it, Foxy's own SDK."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import platform_plugin_foxy
from platform_core.content import Content, Product, ProductVariant
from platform_core.contributions import Stage
from platform_core.manifest import Manifest, parse_manifest
from platform_core.node import ensure_packages, node
from platform_core.site import Site, settings_model
from platform_plugin_foxy import plugin

PACKAGE = Path(platform_plugin_foxy.__file__).parent
SDK = Path(__file__).parent / "sdk"
SITE = Site(client="acme", domain="www.acme.example", engine="hugo", shop="foxy")
STAGE = Stage("aws", "https://www.acme.example")


@pytest.fixture(scope="session", name="manifest")
def _manifest() -> Manifest:
    return parse_manifest((PACKAGE / "plugin.toml").read_text("utf-8"), "plugin.toml")


@pytest.fixture(scope="session", name="settings_of")
def _settings_of(manifest: Manifest) -> Callable[..., dict[str, Any]]:
    """Settings as core hands them over: checked, with defaults."""
    model = settings_model(manifest)
    return lambda **given: model.model_validate({"store_domain": "acme.foxycart.com", **given}).model_dump()


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
        image="/images/night-rate.webp",
        options={"Grind Size": ("whole", "für Filter"), "Bag": ("paper", "tin")},
        stock=12,
        weight=250,
    )


@pytest.fixture(scope="session", name="shirt")
def _shirt() -> Product:
    """A product whose forms differ in price and stock."""
    forms = (("S", None, 3), ("L", Decimal("22.00"), None), ("XL", Decimal("24.00"), 0))
    return Product(
        "shirt",
        "Shirt",
        Decimal("20.00"),
        "EUR",
        "/products/shirt/",
        options={"Size": ("S", "L", "XL")},
        variants=tuple(ProductVariant(f"shirt-{size}", {"Size": size}, price, stock) for size, price, stock in forms),
    )


@pytest.fixture(scope="session", name="button")
def _button(settings_of: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """The HTML with which a product is bought, signed with the given key."""

    def make(product: Product, *, key: str = "store-secret", stage: Stage = STAGE, **given: Any) -> str:
        secrets = {plugin.SIGNING: key} if key else {}
        return plugin.platform_buy_button(SITE, settings_of(**given), product, stage, secrets)

    return make


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@dataclass
class Form:
    """What a form would send: fixed fields, and for each list its values."""

    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="session", name="read_form")
def _read_form() -> Callable[[str], Form]:
    """Read the first form as any HTML client would; what is disabled is not sent."""

    def read(html: str) -> Form:
        parser = _Elements()
        parser.feed(html)
        form, name = Form(), ""
        for tag, given in parser.found:
            if tag == "input":
                form.fields[str(given["name"])] = str(given["value"] or "")
            elif tag == "select":
                name = str(given["name"])
                form.lists[name] = []
            elif tag == "option" and "disabled" not in given:
                form.lists[name].append(str(given["value"]))
        return form

    return read


class Sdk:
    """Foxy's own SDK in one Node process."""

    def __init__(self) -> None:
        command = [str(node()), str(SDK / "sign.cjs"), str(ensure_packages(SDK))]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __call__(self, task: str, **given: Any) -> Any:
        """Return what the SDK makes of *task*."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"task": task, **given}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="session", name="sdk")
def _sdk() -> Iterator[Sdk]:
    """The SDK, installed from npm by the lock file beside it."""
    sdk = Sdk()
    yield sdk
    sdk.process.stdin.close()  # type: ignore[union-attr]
    sdk.process.wait(timeout=30)
    sdk.process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture(scope="session", name="vectors")
def _vectors() -> list[dict[str, Any]]:
    """Published and generated signatures; see PLATFORM_DATA."""
    root = Path(__file__).parents[3]
    path = Path(os.environ.get("PLATFORM_DATA") or root.parent / "shared" / "data") / "vectors.json"
    if not path.is_file():
        pytest.skip(f"no public data in {path.parent}; set PLATFORM_DATA")
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["vectors"]
    return found
