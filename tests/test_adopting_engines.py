"""The engines' own clues: repositories of each are recognised, and those of other frameworks are not.

The repositories here are made up; each has the facts that decide. With
``PLATFORM_EXAMPLES`` naming a checkout's ``examples`` folder of github.com/vercel/vercel,
every folder in it is looked at too: sixty-one frameworks, seven of them ours.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from platform_core.adopting import Adoption, adopt
from platform_core.catalogue import Catalogue
from platform_core.discovery import discover

ROOT = Path(__file__).parent.parent
EXAMPLES = os.environ.get("PLATFORM_EXAMPLES", "")
SAME: Mapping[str, str] = {
    "astro": "astro",
    "eleventy": "eleventy",
    "gatsby": "gatsby",
    "hugo": "hugo",
    "jekyll": "jekyll",
    "nextjs": "nextjs",
    "nuxtjs": "nuxt",
}
"""Folder of the examples -> the engine that it is."""


def with_packages(build: str, *names: str) -> str:
    """Return a package.json that depends on *names*, ``name@version``."""
    wanted = dict(name.rsplit("@", 1) for name in names)
    return json.dumps({"name": "x", "scripts": {"build": build}, "dependencies": wanted})


OURS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "eleventy, with a Jekyll folder layout": (
        "eleventy",
        {
            "package.json": with_packages("npx @11ty/eleventy", "@11ty/eleventy@^3.0.0"),
            "_config.yml": "baseurl: /",
            "_posts/x.md": "",
            "_layouts/x.html": "",
        },
    ),
    "eleventy, configured only": ("eleventy", {".eleventy.js": "module.exports = {}", "index.njk": ""}),
    "eleventy, moved from Jekyll": (
        "eleventy",
        {
            "package.json": with_packages("eleventy", "@11ty/eleventy@^3.0.0"),
            "eleventy.config.js": "",
            "Gemfile": "gem 'jekyll'\n",
            "_config.yml": "baseurl: /",
        },
    ),
    "jekyll with bundler": ("jekyll", {"Gemfile": 'gem "jekyll", "~> 4.3"\n', "_config.yml": "title: x"}),
    "jekyll for GitHub Pages": ("jekyll", {"Gemfile": "gem 'github-pages', group: :jekyll_plugins\n"}),
    "jekyll without a Gemfile": ("jekyll", {"_config.yml": "theme: jekyll-theme-cayman\n", "index.md": ""}),
    "jekyll by its folders": ("jekyll", {"_config.yml": "title: x\n", "_posts/x.md": "", "_layouts/x.html": ""}),
    "astro with React islands": (
        "astro",
        {
            "package.json": with_packages("astro build", "astro@^7.0.0", "@astrojs/react@^5", "react@^19"),
            "astro.config.mjs": "",
        },
    ),
    "gatsby with a package named like Next": (
        "gatsby",
        {
            "package.json": with_packages("gatsby build", "gatsby@^5", "react@^18", "next-themes@^0.3"),
            "gatsby-config.ts": "",
        },
    ),
    "next in a repository with a Jekyll leftover": (
        "nextjs",
        {"package.json": with_packages("next build", "next@16.0.0"), "_config.yml": "baseurl: x", "app/page.tsx": ""},
    ),
    "nuxt with content files": (
        "nuxt",
        {"package.json": with_packages("nuxt generate", "nuxt@^4"), "content/index.md": "", "nuxt.config.ts": ""},
    ),
    "hugo, today's configuration": ("hugo", {"hugo.toml": 'title = "x"'}),
    "hugo, a folder of configuration": ("hugo", {"config/_default/hugo.yaml": "title: x"}),
    "hugo, an old configuration": (
        "hugo",
        {"config.toml": 'baseURL = "https://x.org/"', "content/x.md": "", "layouts/_default/single.html": ""},
    ),
    "hugo with npm tools": (
        "hugo",
        {"package.json": with_packages("hugo --minify", "postcss@^8"), "hugo.yaml": "", "archetypes/x.md": ""},
    ),
}
OTHERS: Mapping[str, Mapping[str, str]] = {
    "nothing": {},
    "plain pages": {"index.html": "<h1>x</h1>", "style.css": ""},
    "vite and react": {"package.json": with_packages("vite build", "vite@^7", "react@^19"), "index.html": ""},
    "a server built on Next": {
        "package.json": with_packages("blitz build", "blitz@^2", "next@^14"),
        "next.config.js": "",
    },
    "hexo": {
        "package.json": with_packages("hexo generate", "hexo@^5"),
        "_config.yml": "url: x\nkramdown:\n",
        "source/_posts/x.md": "",
    },
    "zola": {"config.toml": 'base_url = "/"\n', "content/x.md": "", "templates/index.html": ""},
    "middleman": {"Gemfile": "gem 'middleman'\n", "config.rb": "", "source/index.html.erb": ""},
    "nitro alone": {"package.json": with_packages("nitro build", "nitropack@latest"), "nitro.config.ts": ""},
    "vitepress": {"package.json": with_packages("vitepress build docs", "vitepress@1"), "docs/index.md": ""},
    "docusaurus": {
        "package.json": with_packages("docusaurus build", "@docusaurus/core@^3", "react@^19"),
        "docs/x.md": "",
    },
    "nuxt 2": {"package.json": with_packages("nuxt build", "nuxt@^2.15"), "nuxt.config.js": ""},
    "a theme's tests that mention hugo": {
        "package.json": with_packages("tsc", "typescript@^5"),
        "README.md": "hugo, astro",
    },
}


@pytest.fixture(name="catalogue", scope="module")
def _catalogue() -> Catalogue:
    """The plugins of this repository, whatever else is installed."""
    found = discover(disabled=()).plugins
    return Catalogue(tuple(item for item in found if item.package and item.package.is_relative_to(ROOT / "plugins")))


def look(root: Path, files: Mapping[str, str], catalogue: Catalogue) -> Adoption:
    """Write a repository and recognise it."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return adopt(root, catalogue)


@pytest.mark.parametrize(("engine", "files"), OURS.values(), ids=OURS)
def test_a_repository_of_ours_is_recognised(
    engine: str, files: Mapping[str, str], catalogue: Catalogue, tmp_path: Path
) -> None:
    """The right engine, and no other one."""
    found = look(tmp_path, files, catalogue)
    assert found.engine is not None, found.others
    assert found.engine.manifest.id == engine


@pytest.mark.parametrize("files", OTHERS.values(), ids=OTHERS)
def test_a_repository_of_others_is_not_guessed(files: Mapping[str, str], catalogue: Catalogue, tmp_path: Path) -> None:
    """What no installed engine builds is said to be that."""
    found = look(tmp_path, files, catalogue)
    assert found.engine is None
    assert "not one of the installed engines" in found.unknown[0]


@pytest.mark.parametrize(
    ("kind", "component", "files"),
    [
        ("cms", "decap", {"static/admin/config.yml": "backend:\n  name: git-gateway\nmedia_folder: static/img\n"}),
        (
            "cms",
            "decap",
            {"public/admin/index.html": '<script src="https://unpkg.com/decap-cms@^3/dist/decap-cms.js">'},
        ),
        ("cms", "decap", {"package.json": with_packages("gatsby build", "gatsby@5", "decap-cms-app@^3")}),
        ("shop", "snipcart", {"_includes/cart.njk": '<button class="snipcart-add-item" data-item-id="1">'}),
        (
            "shop",
            "snipcart",
            {"layouts/baseof.html": '<script src="https://cdn.snipcart.com/themes/v3.7.1/default/snipcart.js">'},
        ),
    ],
)
def test_cms_and_shop_are_recognised(
    kind: str, component: str, files: Mapping[str, str], catalogue: Catalogue, tmp_path: Path
) -> None:
    """What a repository has of its own is named, and left on."""
    found = look(tmp_path, {"hugo.toml": ""} | dict(files), catalogue)
    items = found.cms if kind == "cms" else found.shops
    assert [item.manifest.id for item in items] == [component]
    assert kind not in found.data


def test_another_editor_of_the_same_form_is_not_the_cms(catalogue: Catalogue, tmp_path: Path) -> None:
    """A configuration that two editors read belongs to the one that the page loads."""
    files = {
        "hugo.toml": "",
        "static/admin/config.yml": "backend:\nmedia_folder: x\n",
        "static/admin/index.html": '<script src="https://unpkg.com/@sveltia/cms/dist/sveltia-cms.js">',
    }
    assert look(tmp_path, files, catalogue).cms == ()


def test_every_engine_can_be_recognised(catalogue: Catalogue) -> None:
    """No engine of this repository is without clues."""
    assert [item.id for item in catalogue.of_kind("ssg") if item.detect is None] == []


@pytest.mark.parametrize("component", sorted({engine for engine, _ in OURS.values()}))
def test_a_starter_is_recognised(component: str, catalogue: Catalogue, tmp_path: Path) -> None:
    """Each starter of an engine is a repository of that engine."""
    plugin = next(item for item in catalogue.plugins if item.id == component)
    assert plugin.manifest
    assert plugin.package
    for name, variant in plugin.manifest.variants.items():
        for layer in (plugin.package / "starters" / "_shared", plugin.package / variant.starter):
            if layer.is_dir():
                shutil.copytree(layer, tmp_path / name, dirs_exist_ok=True)
        found = adopt(tmp_path / name, catalogue)
        assert found.engine, name
        assert found.engine.manifest.id == component, name


@pytest.mark.skipif(not EXAMPLES, reason="PLATFORM_EXAMPLES names no folder")
def test_the_public_examples_are_told_apart(catalogue: Catalogue) -> None:
    """Seven of the sixty-one folders are ours, each the right one; the others are nobody's."""
    told = {}
    started = time.perf_counter()
    folders = sorted(path for path in Path(EXAMPLES).iterdir() if path.is_dir())
    for folder in folders:
        found = adopt(folder, catalogue)
        told[folder.name] = found.engine.manifest.id if found.engine else ""
    spent = (time.perf_counter() - started) * 1_000 / len(folders)
    print(f"{len(folders)} folders, {spent:.1f} ms each")
    assert {name: engine for name, engine in told.items() if engine} == dict(SAME)
