"""What is asked of every plugin, whatever its kind."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.contributions import Stage
from platform_core.discovery import Plugin, discover
from platform_core.manifest import Kind, Manifest
from platform_core.runtime.adapter import Rejected, Request
from platform_core.scaffold import scaffold
from platform_core.site import parse_site
from platform_testing.conformance.output import problems_of_html

__all__ = ["AWS", "HOSTILE", "LOCAL", "Conformance"]

HOSTILE = "\"><script>alert(1)</script>&amp;'\u202e"
IMPORT_MILLISECONDS = 500
LOCAL = Stage("local", "http://localhost:8080")
AWS = Stage("aws", "https://acme.example")

_HEAVY = ("aws_cdk", "boto3", "botocore", "jsii", "rich", "jinja2", "ministack")
_PROBE = """
import importlib, json, sys, time
start = time.perf_counter(); importlib.import_module(sys.argv[1])
ms = (time.perf_counter() - start) * 1000
print(json.dumps({"ms": ms, "heavy": sorted(set(sys.argv[2:]) & set(sys.modules))}))
"""


class Conformance:
    """What is asked of every kind.

    Attributes:
        plugin: The component's id.
        settings: Values for settings that the manifest requires.
        deviations: Name of a standard test that is overridden -> the reason.
    """

    plugin: ClassVar[str] = ""
    kind: ClassVar[Kind]
    settings: ClassVar[Mapping[str, Any]] = {}
    deviations: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a subclass that drops or replaces a standard test without a reason."""
        super().__init_subclass__(**kwargs)
        standard = {name for base in cls.__mro__[1:] for name in vars(base) if name.startswith("test_")}
        silent = [name for name in sorted(standard & vars(cls).keys()) if not cls.deviations.get(name, "").strip()]
        if silent and not cls.__module__.startswith("platform_testing."):
            message = f"{cls.__name__} overrides {', '.join(silent)}; say why in `deviations`."
            raise TypeError(message)

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, fake_plugins: Path) -> Plugin:  # noqa: ARG003  the fixture puts the fakes on the path
        """The plugin as discovery sees it."""
        matches = [item for item in discover().plugins if (item.kind, item.id) == (cls.kind, cls.plugin)]
        assert matches, f"{cls.plugin!r} is not installed"
        return matches[0]

    @pytest.fixture(scope="class")
    @classmethod
    def manifest(cls, found: Plugin) -> Manifest:
        """The plugin's manifest."""
        assert found.manifest, found.cause
        return found.manifest

    @pytest.fixture
    def composed(self, fake_plugins: Path, tmp_path: Path) -> Callable[..., Composition]:
        """Compose a scaffolded site with the plugin, a new one at each call; other parts are the reference fakes."""

        def make(*, title: str = "Acme", **parts: str) -> Composition:
            root = tmp_path / "site"
            shutil.rmtree(root, ignore_errors=True)
            return self.compose_in(root, title=title, **parts)

        return make

    @classmethod
    def compose_in(cls, root: Path, *, title: str = "Acme", **parts: Any) -> Composition:
        """Scaffold a site with the plugin in a new folder and compose it."""
        root.mkdir()
        rows = {"client": "acme", "domain": "acme.example", "title": title, **cls.parts(), **parts}
        text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in rows.items())
        text += f"[settings.{cls.plugin}]\n"
        text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in cls.settings.items())
        (root / "site.toml").write_text(text, "utf-8")
        catalogue = Catalogue(discover().plugins)
        composition = compose(parse_site(text, catalogue), root, catalogue)
        scaffold(root, composition.engine, composition.site.variant, name=title)
        return compose(composition.site, root, catalogue)

    @classmethod
    def parts(cls) -> dict[str, Any]:
        """Return the parts of a site in which the plugin can work."""
        raise NotImplementedError

    def test_it_is_discovered_without_a_fault(self, found: Plugin) -> None:
        """The plugin is installed and in state ok."""
        assert (found.state, found.cause) == ("ok", "")

    def test_the_distribution_is_named_after_the_component(self, found: Plugin) -> None:
        """A user who knows the component's id can guess the distribution."""
        assert found.distribution == f"platform-plugin-{self.plugin}"

    def test_the_manifest_is_complete_for_people(self, manifest: Manifest) -> None:
        """Name, one-sentence summary and a sentence for each variant and setting are there."""
        texts = [manifest.summary, *(v.summary for v in manifest.variants.values())]
        texts += [s.description for s in manifest.settings.values()]
        assert manifest.name
        assert all(text.strip().endswith((".", ")")) for text in texts), texts

    def test_prices_are_ranges_and_fees_have_sources(self, manifest: Manifest) -> None:
        """Prices run from low to high; each provider fee says where and when it was read."""
        prices = [price for price in (manifest.price, *(b.price for b in manifest.bundles.values())) if price]
        assert all(0 <= pair[0] <= pair[1] for price in prices for pair in (price.month, price.setup))
        assert all(plan.source and re.fullmatch(r"\d{4}-\d{2}-\d{2}", plan.date) for plan in manifest.plans)

    def test_its_import_is_light_and_silent(self, found: Plugin, fake_plugins: Path) -> None:
        """Importing the plugin brings in no cloud library and prints nothing."""
        code = f"import sys; sys.path.insert(0, {str(fake_plugins)!r})\n{_PROBE}"
        module = found.value.partition(":")[0]
        done = subprocess.run(
            [sys.executable, "-c", code, module, *_HEAVY], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        seen = json.loads(done.stdout)
        assert seen["heavy"] == []

    def test_its_hooks_fit_the_contract(self, composed: Callable[..., Composition]) -> None:
        """The plugin registers, with every hook that its kind requires and none misspelt."""
        assert self.plugin in {member.id for member in composed().members}

    def test_it_says_the_same_twice(self, composed: Callable[..., Composition]) -> None:
        """Contributions depend on the site alone, so that equal sites give equal releases."""
        composition = composed()
        for stage in (LOCAL, AWS):
            assert composition.fragments(stage) == composition.fragments(stage)
            assert composition.files(stage) == composition.files(stage)
            assert composition.csp(stage) == composition.csp(stage)

    def test_its_fragments_are_whole_and_free_of_inline_code(self, composed: Callable[..., Composition]) -> None:
        """Fragments close what they open and need no inline script or style, which the policy refuses."""
        for stage in (LOCAL, AWS):
            for slot, html in composed().fragments(stage).items():
                assert problems_of_html(html) == [], slot

    def test_it_escapes_what_the_site_says(self, composed: Callable[..., Composition]) -> None:
        """A hostile title never becomes markup in a fragment."""
        for html in composed(title=HOSTILE).fragments(AWS).values():
            assert "<script>alert" not in html

    def test_its_security_sources_name_hosts(self, composed: Callable[..., Composition]) -> None:
        """Sources are keywords or https origins; nothing allows everything."""
        for directive, sources in composed().csp(AWS).items():
            assert re.fullmatch(r"[a-z-]+", directive)
            for source in sources:
                assert re.fullmatch(
                    r"'[a-z0-9+/=-]+'|https://[A-Za-z0-9.*-]+(:\d+)?(/\S*)?|data:|blob:|wss://\S+", source
                ), source
                assert source != "https://*"
                # A style attribute can change how one element looks, and nothing else.
                assert source != "'unsafe-inline'" or directive == "style-src-attr"

    def test_its_webhooks_fail_closed(self, composed: Callable[..., Composition]) -> None:
        """An adapter refuses what is unsigned, wrongly signed, or signed with no known secret."""
        adapters = [item for item in composed().adapters() if item.member.id == self.plugin]
        if not adapters:
            pytest.skip("the plugin receives no webhooks")
        for item in adapters:
            module = _load(item.value.module)
            assert item.value.secret, "an adapter names its secret"
            for headers in ({}, _forged(module)):
                for secrets in ((), ("right", "older")):
                    request = Request("POST", "/_platform/webhooks/x", headers, b'{"a": 1}', 1_800_000_000.0)
                    config = {**item.value.config, **self.webhook_config()}
                    with pytest.raises(Rejected):
                        module.verify(request, secrets, config)

    @classmethod
    def webhook_config(cls) -> Mapping[str, str]:
        """Return adapter configuration for tests, for instance a loopback address."""
        return {}


def _load(path: Path) -> ModuleType:
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules.setdefault(path.stem, module)
    exec(compile(path.read_text("utf-8"), str(path), "exec"), module.__dict__)  # noqa: S102  the plugin's own file
    return module


def _forged(module: ModuleType) -> dict[str, str]:
    """Return headers of the right names, as far as the adapter's source tells them, with wrong values."""
    names = re.findall(
        r"[\"'](x-[a-z0-9-]+|[a-z-]*signature[a-z-]*)[\"']",
        Path(str(module.__file__)).read_text("utf-8"),
        re.IGNORECASE,
    )
    return dict.fromkeys((name.lower() for name in names), "sha256=" + "0" * 64)
