"""What every plugin must do, as tests: one base class for each kind.

A subclass names its plugin and, if it must, says how it is set up. Standard tests
are skipped only for capabilities that the manifest does not declare. A subclass
that overrides or removes a standard test says why in ``deviations``.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from platform_core.build import Built, build
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.content import Product, ProductVariant, product_entry, render_entry
from platform_core.contributions import Stage
from platform_core.discovery import Plugin, discover
from platform_core.manifest import Kind, Manifest
from platform_core.runtime.adapter import Rejected, Request
from platform_core.runtime.server_code import Server, read_server
from platform_core.scaffold import scaffold
from platform_core.site import parse_site
from platform_testing.features import shown_features
from platform_testing.servers import ask_server

__all__ = ["CmsConformance", "Conformance", "ServiceConformance", "ShopConformance", "SsgConformance"]

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
                assert _problems_of_html(html) == [], slot

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


class SsgConformance(Conformance):
    """What is asked of an engine."""

    kind = "ssg"

    @classmethod
    def parts(cls) -> dict[str, Any]:
        """Return the engine alone."""
        return {"engine": cls.plugin}

    @pytest.fixture(scope="class")
    @classmethod
    def built(
        cls,
        fake_plugins: Path,  # noqa: ARG003  the fixture puts the fakes on the path
        tmp_path_factory: pytest.TempPathFactory,
    ) -> tuple[Composition, Built]:
        """A built site with the reference shop, entries, a draft and one product; built once, since engines are slow."""
        root = tmp_path_factory.mktemp("built") / "site"
        composition = cls.compose_in(root, title="Acme & Sons", shop="shop-memory")
        add_reference_content(root)
        return composition, build(composition, AWS)

    @pytest.fixture(scope="class")
    @classmethod
    def again(cls, built: tuple[Composition, Built]) -> tuple[dict[str, bytes], ...]:
        """Listings of the output before and after a second build, and of the site's folder before and after it."""
        composition = built[0]
        # What another test changed is built first.
        before = [_listing(build(composition, AWS).output), _listing(composition.content.root)]
        output = build(composition, AWS, force=True).output
        return before[0], _listing(output), before[1], _listing(composition.content.root)

    @pytest.fixture(scope="class")
    @classmethod
    def starters(
        cls, built: tuple[Composition, Built], manifest: Manifest, tmp_path_factory: pytest.TempPathFactory
    ) -> dict[str, Path]:
        """The output of each variant; the default one's is that of the site with the kit's content."""
        outputs = {built[0].site.variant: built[1].output}
        for variant in manifest.variants.keys() - outputs.keys():
            root = tmp_path_factory.mktemp("starter") / "site"
            outputs[variant] = build(cls.compose_in(root, variant=variant), AWS).output
        return outputs

    def test_each_variant_has_a_starter_that_builds(self, starters: dict[str, Path]) -> None:
        """Every variant that is sold scaffolds and builds, with its entry pages."""
        for variant, output in starters.items():
            assert (output / "index.html").is_file(), variant
            assert (output / "404.html").is_file(), variant

    def test_what_a_variant_shows_is_among_its_features(self, starters: dict[str, Path], manifest: Manifest) -> None:
        """Whoever asks for what the pages have finds the variant; the kit knows signs for some words only."""
        for variant, output in starters.items():
            named = manifest.variants[variant].features
            assert {word: page for word, page in shown_features(output).items() if word not in named} == {}, variant

    def test_what_is_for_people_is_not_published(self, starters: dict[str, Path]) -> None:
        """The README.md and .gitignore of a site's folder are neither files nor pages of the site."""
        for variant, output in starters.items():
            names = {path.relative_to(output).parts[0].lower().partition(".")[0] for path in output.rglob("*")}
            assert "readme" not in names, variant
            assert not (output / ".gitignore").exists(), variant

    def test_an_entry_becomes_a_page(self, built: tuple[Composition, Built]) -> None:
        """A Markdown entry is published at its own address, with title and text."""
        page = _page(built[1].output, "/kit-entry/")
        assert "An entry of the kit" in page
        assert "A sentence that only the kit writes" in page

    def test_an_entry_of_any_collection_becomes_a_page(self, built: tuple[Composition, Built]) -> None:
        """A folder below content/ that the starter does not know is published too."""
        assert "A note of the kit" in _page(built[1].output, "/kit-notes/first/")

    def test_a_draft_is_not_published(self, built: tuple[Composition, Built]) -> None:
        """A draft's text is nowhere in the output."""
        pages = [path for path in built[1].output.rglob("*.*ml") if path.is_file()]
        assert not any("a draft that nobody may read" in page.read_text("utf-8", errors="replace") for page in pages)

    def test_fragments_are_in_every_page(self, built: tuple[Composition, Built], manifest: Manifest) -> None:
        """The slots are filled on the home page and on an entry."""
        if "html.fragments" not in manifest.provides:
            pytest.skip("the engine does not provide html.fragments")
        fragment = built[0].fragments(AWS)["navigation"]
        address = re.search(r'href="?([^">\s]+)', fragment)
        assert address
        for page in ("/", "/kit-entry/"):
            assert address[1] in _page(built[1].output, page)

    def test_an_entrys_page_says_what_it_shows(self, built: tuple[Composition, Built], manifest: Manifest) -> None:
        """An editor finds the entry, its title and its text by their attributes."""
        if "html.fields" not in manifest.provides:
            pytest.skip("the engine does not provide html.fields")
        page = _page(built[1].output, "/kit-notes/first/")
        for mark in ("entry=kit-notes/first", "field=title", "field=body"):
            name, value = mark.split("=")
            assert re.search(rf'data-{name}="?{value}[">\s]', page), mark

    def test_a_product_shows_the_shops_button(self, built: tuple[Composition, Built], manifest: Manifest) -> None:
        """The product's page holds the button that the shop made, with the exact price."""
        if "html.fragments" not in manifest.provides:
            pytest.skip("the engine does not provide html.fragments")
        page = _page(built[1].output, "/products/kit-mug/")
        assert "price=18.50" in page
        assert "Buy Mug" in page

    def test_static_files_are_published_as_they_are(self, built: tuple[Composition, Built]) -> None:
        """A file below static/ keeps its name and bytes."""
        assert (built[1].output / "kit file.txt").read_bytes() == b"as it is"

    def test_no_page_holds_inline_code(self, built: tuple[Composition, Built]) -> None:
        """The site's policy refuses inline scripts and styles, so a page that needs them is broken."""
        for path in sorted(path for path in built[1].output.rglob("*.html") if path.is_file()):
            checker = _Checker()
            checker.feed(path.read_text("utf-8"))
            assert checker.inline == [], path.relative_to(built[1].output)

    def test_an_unchanged_site_is_not_built_again(self, built: tuple[Composition, Built]) -> None:
        """The second build of an unchanged site does nothing."""
        build(built[0], AWS)
        assert not build(built[0], AWS).changed

    def test_changes_reach_the_output(self, built: tuple[Composition, Built]) -> None:
        """A changed entry is published anew, and a deleted one leaves no page behind."""
        folder = built[0].content.root / "content" / "posts"
        changing = folder / "kit-changing.md"
        changing.write_text(changing.read_text("utf-8").replace("before the change", "after it"), "utf-8")
        (folder / "kit-leaving.md").unlink()
        done = build(built[0], AWS)
        assert done.changed
        assert "A sentence after it" in _page(done.output, "/kit-changing/")
        assert not (done.output / "kit-leaving" / "index.html").exists()
        assert not (done.output / "kit-leaving.html").exists()

    def test_two_builds_give_the_same_bytes(self, again: tuple[dict[str, bytes], ...]) -> None:
        """Equal input gives equal output, so that a release can be told by its content."""
        first, second, *_ = again
        assert sorted(first) == sorted(second)
        assert [name for name in first if first[name] != second[name]] == []

    def test_the_build_changes_nothing_in_the_sites_folder(self, again: tuple[dict[str, bytes], ...]) -> None:
        """Everything that the engine writes stays below .platform."""
        *_, before, after = again
        assert before == after

    @pytest.fixture(scope="class")
    @classmethod
    def served(
        cls,
        fake_plugins: Path,  # noqa: ARG003  the fixture puts the fakes on the path
        manifest: Manifest,
        tmp_path_factory: pytest.TempPathFactory,
    ) -> Built:
        """The same site, built for rendering on a server."""
        if "runtime.server" not in manifest.provides:
            pytest.skip("the engine does not provide runtime.server")
        root = tmp_path_factory.mktemp("served") / "site"
        composition = cls.compose_in(root, title="Acme & Sons", shop="shop-memory", rendering="server")
        add_reference_content(root)
        return build(composition, AWS)

    def test_the_servers_code_is_apart_and_plain(self, served: Built) -> None:
        """It is a folder of plain files outside of what is published, with a page for missing assets there."""
        server = served.plan.server
        assert server
        assert not server.folder.resolve().is_relative_to(served.output.resolve())
        assert not served.output.resolve().is_relative_to(server.folder.resolve())
        assert (served.output / "404.html").is_file()
        settings = {item.name: getattr(server, item.name) for item in dataclasses.fields(server)}
        assert read_server(Server(**settings)).files
        module = f"{server.handler.rpartition('.')[0]}.mjs"
        assert not (served.output / module).exists()

    def test_a_static_site_has_no_server(self, built: tuple[Composition, Built]) -> None:
        """Where nothing asks for a server, none is made."""
        assert built[1].plan.server is None

    def test_files_and_server_answer_for_what_the_static_site_has(
        self, served: Built, built: tuple[Composition, Built]
    ) -> None:
        """Each page of the static site is there too when rendered on a server: as a file, or when it is asked."""
        assert served.plan.server
        asked, pages = [], ["/", "/kit-entry/", "/products/kit-mug/"]
        for page in pages:
            path = page.strip("/")
            if not any((served.output / name).is_file() for name in (f"{path}/index.html".lstrip("/"), f"{path}.html")):
                # Without the slash at its end, if that is the form of the engine's pages.
                flat = (built[1].output / f"{path}.html").is_file()
                asked.append(page.rstrip("/") if flat and path else page)
        for path, answer in zip(asked, ask_server(served.plan.server, asked), strict=True):
            assert answer.status == 200, (path, answer.status, answer.headers.get("location"), answer.text[:500])
            assert answer.headers["content-type"].startswith("text/html"), path

    def test_the_server_has_a_page_for_what_is_missing(self, served: Built) -> None:
        """It is a page of the site, with status 404, that nobody keeps."""
        assert served.plan.server
        (answer,) = ask_server(served.plan.server, ["/kit-no-such-page"])
        assert (answer.status, answer.headers["content-type"][:9]) == (404, "text/html")


class CmsConformance(Conformance):
    """What is asked of a CMS."""

    kind = "cms"

    @classmethod
    def parts(cls) -> dict[str, Any]:
        """Return the CMS on the reference engine."""
        return {"engine": "ssg-echo", "cms": cls.plugin}

    def test_it_builds_on_the_reference_engine(self, composed: Callable[..., Composition]) -> None:
        """A site with the CMS builds for this machine and for AWS."""
        composition = composed()
        for stage in (LOCAL, AWS):
            assert (build(composition, stage).output / "index.html").is_file()

    def test_its_admin_page_is_published(self, composed: Callable[..., Composition], manifest: Manifest) -> None:
        """A CMS with a page of its own publishes and announces it."""
        if "admin.page" not in manifest.provides:
            pytest.skip("the CMS does not provide admin.page")
        composition = composed()
        routes = [item.value.route for item in composition.files(LOCAL) if item.value.route]
        assert routes
        assert all((build(composition, LOCAL).output / route.strip("/") / "index.html").is_file() for route in routes)

    def test_it_publishes_no_secret(self, composed: Callable[..., Composition], manifest: Manifest) -> None:
        """The names of secrets stay out of what is published; their values never get that far."""
        composition = composed()
        member = next(member for member in composition.members if member.id == self.plugin)
        names = [member.settings[name] for name, item in manifest.settings.items() if item.type == "secret"]
        blobs = [_bytes(item.value.content) for item in composition.files(AWS)]
        assert not any(name and name.encode() in blob for name in names for blob in blobs)


class ShopConformance(Conformance):
    """What is asked of a shop.

    Attributes:
        product: One without variants; a shop whose products need facts of their own adds them to ``extra``.
        tea: One whose variants differ in price and stock. One costs much more than the product, one is
            sold out, and not every choice goes with every other.
    """

    kind = "ecommerce"
    product: ClassVar[Product] = Product("mug", "Mug", Decimal("18.50"), "EUR", "/products/mug/", stock=3)
    tea: ClassVar[Product] = Product(
        "kit-tea",
        "Tea",
        Decimal("18.50"),
        "EUR",
        "/products/kit-tea/",
        options={"Pack": ("tin", "bag"), "Leaf": ("whole", "broken")},
        variants=(
            ProductVariant("kit-tin", {"Pack": "tin", "Leaf": "whole"}, Decimal("210.00"), 2),
            ProductVariant("kit-bag", {"Pack": "bag", "Leaf": "whole"}),
            ProductVariant("kit-dust", {"Pack": "bag", "Leaf": "broken"}, Decimal("7.10"), 0),
        ),
    )

    @classmethod
    def parts(cls) -> dict[str, Any]:
        """Return the shop on the reference engine."""
        return {"engine": "ssg-echo", "shop": cls.plugin}

    @classmethod
    def offers(cls, html: str) -> Mapping[str, Decimal]:
        """Return what *html*, a button or a whole page, sells: sku -> price, as the shop reads it.

        Needed of each subclass. It reads the page by the vendor's rules, without the plugin's code.
        """
        message = f"{cls.__name__} needs `offers`, which reads what a page sells."
        raise NotImplementedError(message)

    def test_the_button_has_the_exact_price(self, composed: Callable[..., Composition]) -> None:
        """The price is written as it is, never rounded through a float."""
        odd = dataclasses.replace(self.product, price=Decimal("1234567.10"))
        assert "1234567.10" in composed().buy_button(odd, AWS)

    def test_the_button_is_escaped(self, composed: Callable[..., Composition]) -> None:
        """Hostile text of a product never becomes markup."""
        hostile = dataclasses.replace(self.product, name=HOSTILE, description=HOSTILE, options={HOSTILE: (HOSTILE,)})
        html = composed().buy_button(hostile, AWS)
        assert "<script>" not in html
        assert _problems_of_html(html) == []

    def test_products_reach_the_page(self, composed: Callable[..., Composition]) -> None:
        """A product of the site is on its page, with the button."""
        composition = composed()
        add_reference_content(composition.content.root)
        page = _page(build(composition, AWS).output, "/products/kit-mug/")
        product = next(item for item in composition.content.products if item.sku == "kit-mug")
        assert composition.buy_button(product, AWS) in page

    def test_variants_are_sold_at_their_own_price(self, composed: Callable[..., Composition]) -> None:
        """No variant can be had for the price of another, and no choice that is none of the variants."""
        composition = composed()
        assert self.offers(composition.buy_button(self.tea, AWS)) == {
            "kit-tin": Decimal("210.00"),
            "kit-bag": Decimal("18.50"),
        }
        dearer = dataclasses.replace(self.tea, price=Decimal("400.00"))
        assert self.offers(composition.buy_button(dearer, AWS))["kit-tin"] == Decimal("210.00")

    def test_what_is_sold_out_can_not_be_bought(self, composed: Callable[..., Composition]) -> None:
        """Neither a product nor a variant of which none is left; nothing, when no variant is."""
        composition = composed()
        assert self.offers(composition.buy_button(dataclasses.replace(self.product, stock=0), AWS)) == {}
        gone = tuple(dataclasses.replace(one, stock=0) for one in self.tea.variants)
        assert self.offers(composition.buy_button(dataclasses.replace(self.tea, variants=gone), AWS)) == {}

    def test_the_page_sells_what_the_file_says(self, composed: Callable[..., Composition]) -> None:
        """From the file of a product with variants to its page, prices and what is sold out stay what they are."""
        composition = composed()
        path = composition.content.root / "content" / "products" / "kit-tea.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_entry(product_entry(self.tea, "kit-tea")), "utf-8")
        page = _page(build(composition, AWS).output, "/products/kit-tea/")
        assert self.offers(page) == {"kit-tin": Decimal("210.00"), "kit-bag": Decimal("18.50")}


class ServiceConformance(Conformance):
    """What is asked of a service."""

    kind = "service"

    @classmethod
    def parts(cls) -> dict[str, Any]:
        """Return the service on the reference engine."""
        return {"engine": "ssg-echo", "services": [cls.plugin]}

    def test_nothing_changes_before_it_runs(self, composed: Callable[..., Composition]) -> None:
        """Assessing and planning only read."""
        composition = composed()
        before = _listing(composition.content.root)
        assessment = composition.assess(self.plugin)
        composition.plan(self.plugin, assessment)
        assert _listing(composition.content.root) == before

    def test_what_was_done_is_not_done_again(self, composed: Callable[..., Composition]) -> None:
        """After a run the plan is empty."""
        composition = composed()
        assessment = composition.assess(self.plugin)
        assert composition.plan(self.plugin, assessment)
        assert composition.run(self.plugin, assessment)
        assert composition.plan(self.plugin, composition.assess(self.plugin)) == ()


def add_reference_content(root: Path) -> None:
    """Write the kit's entries, draft, product and static file into a site."""
    files = {
        "content/posts/kit-entry.md": "---\ntitle: An entry of the kit\ndate: 2026-03-04\nurl: /kit-entry/\n---\n"
        "A sentence that only the kit writes.\n",
        "content/posts/kit-draft.md": "---\ntitle: Draft\ndate: 2026-03-05\ndraft: true\n---\nThis is a draft that nobody may read.\n",
        "content/posts/kit-changing.md": "---\ntitle: Changing\ndate: 2026-03-06\nurl: /kit-changing/\n---\nA sentence before the change.\n",
        "content/posts/kit-leaving.md": "---\ntitle: Leaving\ndate: 2026-03-07\nurl: /kit-leaving/\n---\nSoon gone.\n",
        "content/kit-notes/first.md": "---\ntitle: A note of the kit\n---\nIn a collection that nobody knows.\n",
        "content/products/kit-mug.md": "---\ntitle: Mug\ndate: 2026-03-04\nsku: kit-mug\nprice: '18.50'\ncurrency: EUR\nstock: 3\n---\n"
        "A mug.\n",
        "static/kit file.txt": "as it is",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


def _page(output: Path, address: str) -> str:
    """Return the page at an address, whichever way the engine lays pages out."""
    path = address.strip("/")
    for candidate in (output / path / "index.html", output / f"{path}.html"):
        if candidate.is_file():
            return candidate.read_text("utf-8")
    pytest.fail(f"there is no page at {address}")


def _listing(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".platform" not in path.relative_to(root).parts and "__pycache__" not in path.parts
    }


def _bytes(content: bytes | Path) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content


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


def _problems_of_html(html: str) -> list[str]:
    checker = _Checker()
    checker.feed(html)
    checker.close()
    return checker.problems + checker.inline + [f"<{tag}> is not closed" for tag in checker.open]


class _Checker(HTMLParser):
    """Collects unclosed elements and inline code."""

    VOID: ClassVar = {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if "style" in names:
            self.problems.append(f"<{tag} style> is inline code")
        self.inline += [f"<{tag} {name}> is inline code" for name in names if name.startswith("on")]
        data = dict(attrs).get("type") in {"application/json", "application/ld+json"}
        if tag == "style" or (tag == "script" and "src" not in names and not data):
            self.inline.append(f"<{tag}> holds inline code")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes what is not open")
