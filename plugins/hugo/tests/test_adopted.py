"""A Hugo site that Platform did not start: built with its own configuration, at its own addresses."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from platform_core.build import build
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.site import check_site

AWS = Stage("aws", "https://www.theirs.shop")
LAYOUT = "<title>{{ .Title }}</title><script>inline()</script><p>{{ .Permalink }}</p>{{ .Content }}"


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    """A site of an older style: YAML configuration, other folders, front matter in TOML, an alias, no 404 page."""
    files = {
        "config.yaml": "baseURL: https://old.theirs.shop/\ntitle: Theirs\ncontentDir: text\npermalinks:\n  posts: /:year/:slug/\n",
        "text/_index.md": "Hello",
        "text/posts/One Post.md": '+++\ntitle = "One"\nslug = "One"\ndate = 2020-01-02\naliases = ["/before/"]\n+++\nText',
        "static/robots.txt": "User-agent: *\n",
    }
    files |= {f"layouts/{name}.html": LAYOUT for name in ("home", "page", "section")}
    for name, text in files.items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(text, "utf-8")
    return tmp_path / "site"


def built(root: Path, **settings: Any) -> Path:
    """Build the site as `platform build` does and return the output."""
    catalogue = Catalogue(discover(disabled=()).plugins)
    data = {"client": "theirs", "domain": "www.theirs.shop", "engine": "hugo", "adopted": True}
    policy = {"script-src": ["'unsafe-inline'"]}
    site = check_site({**data, "csp": policy, "settings": {"hugo": settings}}, catalogue)
    return build(compose(site, root, catalogue), AWS).output


def digests(root: Path) -> dict[str, str]:
    """Return the digest of each file but those of `.platform`."""
    files = (path for path in root.rglob("*") if path.is_file() and ".platform" not in path.parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_its_own_addresses_stay(root: Path) -> None:
    """Folders, permalinks and alias pages are those of its configuration; only the host is ours."""
    output = built(root)
    page = (output / "2020" / "one" / "index.html").read_text("utf-8")
    assert "<p>https://www.theirs.shop/2020/one/</p>" in page
    assert "https://www.theirs.shop/2020/one/" in (output / "before" / "index.html").read_text("utf-8")
    assert (output / "robots.txt").is_file()


def test_its_pages_stay_as_they_are(root: Path) -> None:
    """Inline code is not moved, because the site's own policy allows it, and nothing is minified."""
    assert "<script>inline()</script>" in (built(root) / "index.html").read_text("utf-8")


def test_a_missing_page_is_given(root: Path) -> None:
    """A site without a 404 page gets a plain one, in its language and under its name."""
    assert "theirs" in (built(root) / "404.html").read_text("utf-8")


def test_the_repository_is_not_changed(root: Path) -> None:
    """Everything that is made lies in `.platform`."""
    before = digests(root)
    built(root)
    assert digests(root) == before


def test_its_own_script_builds_it(root: Path) -> None:
    """A script of package.json runs in a mirror, finds the program, and its folder is taken."""
    (root / "package.json").write_text(json.dumps({"scripts": {"build": "hugo build --destination www"}}))
    before = digests(root)
    output = built(root, build_script="build", build_output="www")
    assert "https://www.theirs.shop/2020/one/" in (output / "2020" / "one" / "index.html").read_text("utf-8")
    assert digests(root) == before


def test_an_unchanged_site_is_not_built_again(root: Path) -> None:
    """Every file of the repository is an input, wherever it lies."""
    catalogue = Catalogue(discover(disabled=()).plugins)
    site = check_site({"client": "theirs", "domain": "www.theirs.shop", "engine": "hugo", "adopted": True}, catalogue)
    composition = compose(site, root, catalogue)
    assert build(composition, AWS).changed
    assert not build(composition, AWS).changed
    (root / "text" / "_index.md").write_text("Hello again", "utf-8")
    assert build(composition, AWS).changed
