"""Opening and saving does no harm to what starters and hands have written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.site import Site
from platform_plugin_hugo import plugin as hugo
from platform_plugin_tina import cloud_files, schema

pytestmark = pytest.mark.slow
STARTERS = sorted(path.parent for path in (Path(hugo.__file__).parent / "starters").glob("*/content.toml"))
ODDITIES = {
    "block scalar": "---\ntitle: A\ndescription: |\n  one\n\n  two\n# remark\ntags: []\n---\nText.\n",
    "windows lines": "---\r\ntitle: A\r\ndescription: B\r\n---\r\nText.\r\n",
    "no front matter": "Just text.\n",
    "no text": "---\ntitle: A\n---\n",
    "quoted keys": "---\n\"title\": A\n'description': B\n---\nText.\n",
    "words of YAML 1.1": "---\ntitle: 'No'\nflag: yes\nnumber: 1_000\n---\nText.\n",
    "times": "---\ntitle: A\ndate: 2026-01-02T03:04:05+02:00\nat: 2026-01-02 03:04\n---\nText.\n",
    "shortcodes": '---\ntitle: A\n---\n{{< figure src="/a.png" >}}\n\n<!-- more -->\n\n{% include x.html %}\n',
    "html": '---\ntitle: A\n---\n<div class="note">\n\nSome *text*.\n\n</div>\n',
    "footnotes": "---\ntitle: A\n---\nText[^1].\n\n[^1]: A note.\n",
    "reference links": "---\ntitle: A\n---\nSee [it][s].\n\n[s]: https://example.org\n",
    "nested lists": "---\ntitle: A\n---\n- a\n  1. b\n     - c\n\n     more\n- d\n",
    "numbers that start later": "---\ntitle: A\n---\n3. three\n4. four\n",
    "table": "---\ntitle: A\n---\n| a | b |\n|:--|--:|\n| 1 | `x` |\n",
    "numbers as text": "---\ntitle: 404\ndescription: 1e3\ntags: [2025, no, x]\nread-more: true\n---\nText.\n",
    "anchors": "---\ntitle: A\nx: &a {b: 1}\ny: *a\n---\nText.\n",
}


def save_all(api: Any, root: Path, spec: dict[str, Any]) -> list[str]:
    """Open and save every entry; return the files that are not what they were."""
    cloud_files.keep_spec(root, spec)
    changed = []
    for collection in spec["config"]["schema"]["collections"]:
        for path in sorted((root / collection["path"]).glob("[!_]*.md")):
            before = path.read_bytes()
            api.save(collection["name"], path.name, api.values(collection["name"], path.name))
            if path.read_bytes() != before:
                changed.append(str(path.relative_to(root)))
    return changed


@pytest.mark.parametrize("starter", STARTERS, ids=lambda path: path.name)
def test_a_starter_is_not_changed(
    api: Any, content: Content, settings: Callable[..., dict[str, Any]], starter: Path
) -> None:
    """Every entry of a starter is the same, byte for byte, after it was opened and saved."""
    root = content.root
    shutil.rmtree(root / "content")
    shutil.copytree(starter / "content", root / "content")
    shutil.copy(starter / "content.toml", root)
    site = Site(client="acme", domain="acme.example", engine="hugo")
    assert save_all(api, root, schema.build_spec(site, settings(), Content(root))) == []


@pytest.mark.parametrize("variant", ["visual_editor", "react_based"])
def test_oddities_are_kept(api: Any, site: Any, content: Content, settings: Any, variant: str) -> None:
    """What people write into files by hand is there after somebody saved the form."""
    posts = content.root / "content" / "posts"
    for number, text in enumerate(ODDITIES.values()):
        (posts / f"odd-{number}.md").write_bytes(text.encode())
    spec = schema.build_spec(site, settings(variant=variant), content)
    cloud_files.keep_spec(content.root, spec)
    harmed = {}
    for number, (name, text) in enumerate(ODDITIES.items()):
        api.save("posts", f"odd-{number}.md", api.values("posts", f"odd-{number}.md"))
        after = (posts / f"odd-{number}.md").read_bytes().decode()
        if after != text:
            harmed[name] = after
    assert json.dumps(harmed, indent=1) == "{}"
