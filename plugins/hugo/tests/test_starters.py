"""What every starter promises, whatever its variant."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from platform_core.content import Content
from platform_core.design import load_design

HOST = "https://www.example.com"
VARIANTS = ("documentation", "performance_blog", "technical_portfolio")
each = pytest.mark.parametrize("variant", VARIANTS)
Build = Callable[..., Any]


class Page(HTMLParser):
    """One page: its tags, its ids and every address in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.title = ""
        self._in_title = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what the tests look at."""
        found = dict(attrs)
        self.tags.append((tag, found))
        self._in_title = tag == "title"
        if found.get("id"):
            self.ids.append(str(found["id"]))
        self.links += [str(found[name]) for name in ("href", "src", "action") if found.get(name)]
        self.links += [part.split()[0] for part in (found.get("srcset") or "").split(",") if part.strip()]

    def handle_data(self, data: str) -> None:
        """Keep the title's text."""
        self.title += data if self._in_title else ""

    def handle_endtag(self, tag: str) -> None:
        """Leave the title."""
        self._in_title = self._in_title and tag != "title"

    def meta(self, name: str) -> list[str]:
        """Return the contents of the meta elements called *name*."""
        return [
            str(a.get("content"))
            for tag, a in self.tags
            if tag == "meta" and name in (a.get("name"), a.get("property"))
        ]

    def rel(self, name: str) -> list[str]:
        """Return the addresses of the link elements with this relation."""
        return [str(a.get("href")) for tag, a in self.tags if tag == "link" and a.get("rel") == name]


def _file(output: Path, path: str) -> Path:
    found = output / unquote(path).lstrip("/")
    return found / "index.html" if path.endswith("/") else found


def _address(output: Path, page: Path) -> str:
    return f"{HOST}/{page.relative_to(output).as_posix().removesuffix('index.html')}"


def _broken(output: Path, page: Path) -> list[str]:
    """Return the links of one page that lead nowhere in the site."""
    broken = []
    for link in Page(page).links:
        target = urlsplit(urljoin(_address(output, page), link))
        if f"{target.scheme}://{target.netloc}" != HOST or target.path == "/admin/":
            continue
        found = _file(output, target.path)
        fragment = unquote(target.fragment) if found.suffix == ".html" else ""
        if not found.is_file() or (fragment and fragment not in Page(found).ids):
            broken.append(link)
    return broken


@each
class TestEveryStarter:
    """Holds for each variant."""

    def test_builds_without_warnings(self, build: Build, variant: str) -> None:
        """Hugo has nothing to complain about."""
        assert "WARN" not in build(variant).log

    def test_leaves_nothing_of_its_toolchain(self, build: Build, variant: str) -> None:
        """Font licences, sources and generators stay out of the output."""
        built = build(variant)
        assert not [
            path
            for path in built.output.rglob("*")
            if path.suffix in {".toml", ".txt", ".md"} and path.name != "robots.txt"
        ]
        assert "generator" not in built.read("index.html")

    def test_content_model_is_valid(self, build: Build, variant: str) -> None:
        """content.toml describes collections, each with a title and a body."""
        collections = Content(build(variant).root).collections
        assert collections
        for collection in collections:
            assert {"title", "body"} <= {field.name for field in collection.fields}

    def test_entries_can_be_read_by_platform(self, build: Build, variant: str) -> None:
        """Every content file is one that core reads, too."""
        assert len(list(Content(build(variant).root).entries())) >= 6

    def test_pages_have_title_description_and_canonical(self, build: Build, variant: str) -> None:
        """Every page has each of them exactly once, and the canonical address is its own."""
        built = build(variant, shop=True)
        for path in built.pages:
            page = Page(path)
            assert page.title.strip(), path
            (description,) = page.meta("description")
            assert description.strip(), path
            (canonical,) = page.rel("canonical")
            assert canonical == _address(built.output, path), path

    def test_titles_differ(self, build: Build, variant: str) -> None:
        """No two pages have the same title."""
        titles = Counter(Page(path).title for path in build(variant).pages)
        assert not [title for title, count in titles.items() if count > 1]

    def test_links_lead_somewhere(self, build: Build, variant: str) -> None:
        """Every link, image and fragment of every page is there."""
        built = build(variant, shop=True)
        broken = {path.name + str(path.parent): found for path in built.pages if (found := _broken(built.output, path))}
        assert not broken

    def test_styles_load_what_is_there(self, build: Build, variant: str) -> None:
        """Every address in the stylesheets is a file of the site or one that the design publishes."""
        built = build(variant)
        design = load_design(built.root)
        assert design
        published = {f"/{file.path}" for file in design.files}
        (sheet,) = built.output.glob("css/*.css")
        text = design.stylesheet.decode() + sheet.read_text("utf-8")
        addresses = re.findall(r'url\("?([^)"]+)"?\)', text)
        assert addresses
        assert all(address in published or (built.output / address.lstrip("/")).is_file() for address in addresses)

    def test_policy_of_the_site_is_enough(self, build: Build, variant: str) -> None:
        """There is no inline script, style or handler, and nothing comes from another host."""
        for path in build(variant, shop=True).pages:
            for tag, attributes in Page(path).tags:
                assert tag != "style", path
                assert not [name for name in attributes if name == "style" or name.startswith("on")], path
                if tag == "script":
                    assert attributes.get("src") or attributes.get("type") == "application/ld+json", path
                source = attributes.get("src") or (attributes.get("href") if tag == "link" else "") or ""
                assert urlsplit(source).netloc in {"", "www.example.com"}, path

    def test_slots_are_in_every_page(self, build: Build, variant: str) -> None:
        """Each fragment stands in every page once, as it was given."""
        for path in build(variant).pages:
            text = path.read_text("utf-8")
            for slot in ("body-end", "navigation", "footer"):
                assert text.count(f'id="slot-{slot}"') == 1, path
            assert text.index("slot-head") < text.index("</head>"), path
            assert text.index("slot-body-end") > text.index("</main>"), path

    def test_structured_data_is_json(self, build: Build, variant: str) -> None:
        """Each page describes itself in JSON-LD that parses."""
        for path in build(variant, shop=True).pages:
            (block,) = re.findall(
                r'<script type="application/ld\+json">(.*?)</script>', path.read_text("utf-8"), re.DOTALL
            )
            graph = json.loads(block)["@graph"]
            assert all(item["@type"] for item in graph), path

    def test_images_say_what_they_are(self, build: Build, variant: str) -> None:
        """Each image has an alternative text, if an empty one, and loads in its own time."""
        for path in build(variant).pages:
            for tag, attributes in Page(path).tags:
                assert tag != "img" or {"alt", "loading"} <= attributes.keys(), path

    def test_raster_images_are_responsive(self, build: Build, variant: str) -> None:
        """Raster images come as WebP in several widths, with their size."""
        images = [a for path in build(variant).pages for tag, a in Page(path).tags if tag == "img"]
        raster = [a for a in images if not str(a["src"]).endswith(".svg")]
        assert raster
        for attributes in raster:
            assert str(attributes["src"]).endswith(".webp")
            assert {"srcset", "sizes", "width", "height"} <= attributes.keys()

    def test_ids_are_unique(self, build: Build, variant: str) -> None:
        """No page uses an id twice."""
        for path in build(variant).pages:
            twice = [name for name, count in Counter(Page(path).ids).items() if count > 1]
            assert not twice, path

    def test_headings_and_landmarks(self, build: Build, variant: str) -> None:
        """Each page has one h1, one main with a skip link to it, and a language."""
        for path in build(variant, shop=True).pages:
            page = Page(path)
            tags = Counter(tag for tag, _ in page.tags)
            assert tags["h1"] == 1, path
            assert tags["main"] == 1, path
            assert page.links.count("#content") == 1, path
            assert dict(page.tags)["html"].get("lang") == "en-GB", path

    @pytest.mark.parametrize(
        "name", ["favicon.ico", "favicon.svg", "apple-touch-icon.png", "404.html", "robots.txt", "sitemap.xml"]
    )
    def test_files_that_browsers_and_crawlers_ask_for(self, build: Build, variant: str, name: str) -> None:
        """They are there."""
        assert (build(variant).output / name).stat().st_size > 0

    def test_sitemap_lists_every_page(self, build: Build, variant: str) -> None:
        """All pages but the 404 page are in the sitemap."""
        built = build(variant)
        listed = set(re.findall(r"<loc>(.*?)</loc>", built.read("sitemap.xml")))
        assert {_address(built.output, path) for path in built.pages if path.name != "404.html"} <= listed

    def test_without_a_shop_there_is_no_trace_of_one(self, build: Build, variant: str) -> None:
        """No page, link or style names products when the site sells nothing."""
        built = build(variant)
        assert not (built.output / "products").exists()
        assert not [path for path in built.pages if "/products/" in path.read_text("utf-8")]

    def test_with_a_shop_products_can_be_bought(self, build: Build, variant: str) -> None:
        """List and page show price and buy button, and the navigation leads there."""
        built = build(variant, shop=True)
        assert 'href="/products/"' in built.read("index.html")
        assert built.read("products/index.html").count("data-sku=") == 2
        page = built.read("products/tea-towel/index.html")
        assert '<button type="button" data-sku="TOWEL-1.A">Add to cart</button>' in page
        assert "EUR 18.50" in page
        assert "Only 3 left." in page

    def test_announced_pages_are_linked_on_the_laptop_only(self, build: Build, variant: str) -> None:
        """The footer leads to /admin/ during development, and not on the deployed site."""
        assert 'href="/admin/"' in build(variant, stage="local").read("index.html")
        assert 'href="/admin/"' not in build(variant).read("index.html")

    def test_development_is_not_for_crawlers(self, build: Build, variant: str) -> None:
        """robots.txt closes the local site and opens the deployed one."""
        assert "Disallow: /\n" in build(variant, stage="local").read("robots.txt")
        assert "Disallow:\n" in build(variant).read("robots.txt")

    def test_bodies_may_hold_anything(self, hugo: Any, tmp_path: Path, cache: Path, variant: str) -> None:
        """Pages with no title, a very long one, raw HTML, missing images and odd code all build."""
        workspace = hugo.workspace_in(tmp_path, cache)
        hugo.scaffold(variant, workspace.root, shop=False)
        section = workspace.root / "content" / {"documentation": "docs/guides"}.get(variant, "posts")
        section.mkdir(parents=True, exist_ok=True)
        (section / "bare.md").write_text("No front matter at all.\n", "utf-8")
        title = "Supercalifragilistic" * 12 + ' <b>bold</b> & "quoted"'
        body = (
            "<div class='raw'>kept</div>\n\n![gone](/images/gone.png)\n\n![far](https://example.org/a.png)\n\n"
            "```rust,ignore\nfn main() {}\n```\n\n```nosuchlanguage\nx\n```\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |\n"
        )
        front = f"title: {json.dumps(title)}\nimage: /images/gone.png\ntags: []\nauthors: [A, B]\n"
        (section / "odd.md").write_text(f"---\n{front}---\n{body}", "utf-8")
        built = hugo.run_plan(hugo.make_site(variant), hugo.stage, workspace, hugo.settings)
        base = f"{section.relative_to(workspace.root / 'content').as_posix()}/"
        page = built.read(f"{base}odd/index.html")
        assert re.search(r"""<div class=["']raw["']>kept</div>""", page)
        assert "&lt;b&gt;" not in page
        assert 'class="align-center"' in page
        assert "<h1" in built.read(f"{base}bare/index.html")
