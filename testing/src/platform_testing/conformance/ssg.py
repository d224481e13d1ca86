"""What is asked of an engine."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from platform_core.build import Built, build
from platform_core.composition import Composition
from platform_core.manifest import Manifest
from platform_core.runtime.server_code import Server, read_server
from platform_testing.conformance.base import AWS, Conformance
from platform_testing.conformance.output import (
    InlineChecker,
    add_reference_content,
    links_by_language,
    list_files,
    read_page,
)
from platform_testing.features import shown_features
from platform_testing.servers import ask_server

__all__ = ["SsgConformance"]


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
        before = [list_files(build(composition, AWS).output), list_files(composition.content.root)]
        output = build(composition, AWS, force=True).output
        return before[0], list_files(output), before[1], list_files(composition.content.root)

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
            # What the kit's own entries show is not the variant's.
            shown = shown_features(output, without="kit-")
            assert {word: page for word, page in shown.items() if word not in named} == {}, variant

    def test_what_is_for_people_is_not_published(self, starters: dict[str, Path]) -> None:
        """The README.md and .gitignore of a site's folder are neither files nor pages of the site."""
        for variant, output in starters.items():
            names = {path.relative_to(output).parts[0].lower().partition(".")[0] for path in output.rglob("*")}
            assert "readme" not in names, variant
            assert not (output / ".gitignore").exists(), variant

    def test_an_entry_becomes_a_page(self, built: tuple[Composition, Built]) -> None:
        """A Markdown entry is published at its own address, with title and text."""
        page = read_page(built[1].output, "/kit-entry/")
        assert "An entry of the kit" in page
        assert "A sentence that only the kit writes" in page

    def test_an_entry_of_any_collection_becomes_a_page(self, built: tuple[Composition, Built]) -> None:
        """A folder below content/ that the starter does not know is published too."""
        assert "A note of the kit" in read_page(built[1].output, "/kit-notes/first/")

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
            assert address[1] in read_page(built[1].output, page)

    def test_an_entrys_page_says_what_it_shows(self, built: tuple[Composition, Built], manifest: Manifest) -> None:
        """An editor finds the entry, its title and its text by their attributes."""
        if "html.fields" not in manifest.provides:
            pytest.skip("the engine does not provide html.fields")
        page = read_page(built[1].output, "/kit-notes/first/")
        for mark in ("entry=kit-notes/first", "field=title", "field=body"):
            name, value = mark.split("=")
            assert re.search(rf'data-{name}="?{value}[">\s]', page), mark

    def test_translations_name_each_other(self, built: tuple[Composition, Built], manifest: Manifest) -> None:
        """Both pages name all languages with whole addresses, and the language of the text is told."""
        if "html.translations" not in manifest.provides:
            pytest.skip("the engine does not provide html.translations")
        address = f"{AWS.base_url}/kit-notes"
        links = {"en": f"{address}/first/", "de": f"{address}/erste/", "x-default": f"{address}/first/"}
        pages = [read_page(built[1].output, f"/kit-notes/{slug}/") for slug in ("first", "erste")]
        for page in pages:
            assert links_by_language(page) == links
        assert re.search(r'\blang="?de[">\s]', pages[1])
        assert links_by_language(read_page(built[1].output, "/kit-entry/")) == {}

    def test_a_product_shows_the_shops_button(self, built: tuple[Composition, Built], manifest: Manifest) -> None:
        """The product's page holds the button that the shop made, with the exact price."""
        if "html.fragments" not in manifest.provides:
            pytest.skip("the engine does not provide html.fragments")
        page = read_page(built[1].output, "/products/kit-mug/")
        assert "price=18.50" in page
        assert "Buy Mug" in page

    def test_static_files_are_published_as_they_are(self, built: tuple[Composition, Built]) -> None:
        """A file below static/ keeps its name and bytes."""
        assert (built[1].output / "kit file.txt").read_bytes() == b"as it is"

    def test_no_page_holds_inline_code(self, built: tuple[Composition, Built]) -> None:
        """The site's policy refuses inline scripts and styles, so a page that needs them is broken."""
        for path in sorted(path for path in built[1].output.rglob("*.html") if path.is_file()):
            checker = InlineChecker()
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
        assert "A sentence after it" in read_page(done.output, "/kit-changing/")
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
