"""Builds starters as core does: overlay, generated data, build plan."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pytest

import platform_plugin_hugo
from platform_core.content import Content
from platform_core.contributions import BuildPlan, Stage, Workspace
from platform_core.design import load_design
from platform_core.site import Site
from platform_plugin_hugo import plugin

STARTERS = Path(platform_plugin_hugo.__file__).parent / "starters"
SETTINGS: dict[str, Any] = {"minify": True, "future": False, "analytics": "", "analytics_id": ""}
FRAGMENTS = {
    "head": '<meta name="slot-head" content="a&amp;b">',
    "body-end": '<div hidden id="slot-body-end"></div>',
    "navigation": '<p id="slot-navigation">navigation</p>',
    "footer": '<p id="slot-footer">footer</p>',
}
PRODUCTS = {
    "tea-towel.md": "title: Tea towel & tray\nsku: TOWEL-1.A\nprice: '18.50'\ncurrency: EUR\n"
    "description: Printed by hand.\nstock: 3\n",
    "mug.md": "title: Mug\nsku: mug\nprice: '9.50'\ncurrency: EUR\noptions: {Colour: [blue, white]}\n",
}


@dataclass(frozen=True)
class Built:
    """One finished build."""

    root: Path
    output: Path
    plan: BuildPlan
    log: str

    @property
    def pages(self) -> list[Path]:
        """Every HTML file, in order."""
        return sorted(self.output.rglob("*.html"))

    def read(self, path: str) -> str:
        """Return the text of one file of the output."""
        return (self.output / path).read_text("utf-8")


def scaffold(variant: str, root: Path, *, shop: bool) -> None:
    """Copy a starter into *root*: what is shared first, then the variant."""
    for name in ("_shared", variant):
        shutil.copytree(STARTERS / name, root, dirs_exist_ok=True)
    for name, text in PRODUCTS.items() if shop else ():
        path = root / "content" / "products" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{text}---\nMade to last.\n", "utf-8")


def platform_data(site: Site, stage: Stage, root: Path) -> dict[str, Any]:
    """Return what core writes into ``data/platform.json``."""
    design = load_design(root)
    products = {
        item.sku: {
            "sku": item.sku,
            "name": item.name,
            "price": str(item.price),
            "currency": item.currency,
            "price_text": f"{item.currency} {item.price}",
            "url": item.url,
            "description": item.description,
            "image": item.image,
            "options": {name: list(terms) for name, terms in item.options.items()},
            "stock": item.stock,
            "weight": item.weight,
            "buy": f'<button type="button" data-sku="{escape(item.sku)}">Add to cart</button>',
        }
        for item in (Content(root).products if site.shop else ())
    }
    return {
        "site": {
            "client": site.client,
            "domain": site.domain,
            "title": site.name,
            "base_url": stage.base_url,
            "stage": stage.name,
        },
        "fragments": {**FRAGMENTS, "head": (design.head if design else "") + FRAGMENTS["head"]},
        "shop": bool(site.shop),
        "products": products,
        "routes": [{"path": "/admin/", "label": "Admin"}],
    }


def run_plan(site: Site, stage: Stage, workspace: Workspace, settings: dict[str, Any]) -> Built:
    """Build a site's folder with the plugin's plan."""
    plan = plugin.platform_build_plan(site=site, settings=settings, stage=stage, workspace=workspace)
    data = workspace.generated / "data" / "platform.json"
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_text(json.dumps(platform_data(site, stage, workspace.root)), "utf-8")
    for name, content in plan.files.items():
        (workspace.generated / name).write_bytes(content)
    done = subprocess.run(plan.command, cwd=workspace.root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    design = load_design(workspace.root)
    for file in design.files if design else ():
        path = workspace.output / file.path
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file.content if isinstance(file.content, bytes) else file.content.read_bytes())
    return Built(workspace.root, workspace.output, plan, done.stdout + done.stderr)


def workspace_in(folder: Path, cache: Path | None = None) -> Workspace:
    """Return a workspace whose folders lie in *folder*."""
    root = folder / "site"
    root.mkdir(parents=True, exist_ok=True)
    return Workspace(root, folder / "generated", folder / "output", cache or folder / "cache", folder / "work")


def make_site(variant: str = "documentation", *, shop: bool = False, **more: Any) -> Site:
    """Return a site that chose this engine."""
    data = {"client": "acme", "domain": "www.example.com", "engine": "hugo", "variant": variant, **more}
    return Site(**data, shop="till" if shop else None)


@pytest.fixture(scope="session", name="cache")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep resized images between the builds of one session."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session", name="build")
def _build(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Callable[..., Built]:
    """Build a starter; the same arguments are built once a session."""
    done: dict[tuple[str, bool, str], Built] = {}

    def build(variant: str, *, shop: bool = False, stage: str = "aws") -> Built:
        key = (variant, shop, stage)
        if key not in done:
            workspace = workspace_in(tmp_path_factory.mktemp(variant), cache)
            scaffold(variant, workspace.root, shop=shop)
            where = Stage("local" if stage == "local" else "aws", "https://www.example.com")
            done[key] = run_plan(make_site(variant, shop=shop), where, workspace, SETTINGS)
        return done[key]

    return build


@pytest.fixture(name="hugo")
def _hugo() -> Any:
    """Hand out the helpers of this file, for tests that build a site of their own."""
    import types

    return types.SimpleNamespace(
        make_site=make_site,
        run_plan=run_plan,
        scaffold=scaffold,
        settings=SETTINGS,
        stage=Stage("aws", "https://www.example.com"),
        workspace_in=workspace_in,
    )
