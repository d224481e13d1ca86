"""Opening and saving does no harm to what starters and hands have written."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_core.content import Content
from platform_core.site import Site
from platform_plugin_tina import cloud_files, schema

pytestmark = pytest.mark.slow
ENGINES = ("astro", "eleventy", "gatsby", "hugo", "jekyll", "nextjs", "nuxt")
REFUSED = ("footnotes", "reference links", "quoted list")
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
    "quoted list": "---\ntitle: A\n---\n> - a\n> - b\n",
    "nested lists": "---\ntitle: A\n---\n- a\n  1. b\n     - c\n\n     more\n- d\n",
    "numbers that start later": "---\ntitle: A\n---\n3. three\n4. four\n",
    "table": "---\ntitle: A\n---\n| a | b |\n|:--|--:|\n| 1 | `x` |\n",
    "numbers as text": "---\ntitle: 404\ndescription: 1e3\ntags: [2025, no, x]\nread-more: true\n---\nText.\n",
    "anchors": "---\ntitle: A\nx: &a {b: 1}\ny: *a\n---\nText.\n",
}


def rich_text(spec: dict[str, Any], name: str) -> bool:
    collection = next(item for item in spec["config"]["schema"]["collections"] if item["name"] == name)
    return all(field["type"] == "rich-text" for field in collection["fields"] if field.get("isBody"))


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


@pytest.mark.parametrize("engine", ENGINES)
def test_starters_are_not_changed(
    api: Any, content: Content, settings: Callable[..., dict[str, Any]], engine: str
) -> None:
    """Every entry of every starter is the same, byte for byte, after it was opened and saved."""
    found = importlib.util.find_spec(f"platform_plugin_{engine}")
    if not found or not found.origin:
        pytest.skip(f"{engine} is not installed here")
    root = content.root
    site = Site(client="acme", domain="acme.example", engine=engine)
    for model in sorted((Path(found.origin).parent / "starters").glob("*/content.toml")):
        shutil.rmtree(root / "content")
        shutil.copytree(model.parent / "content", root / "content")
        shutil.copy(model, root)
        spec = schema.build_spec(site, settings(), Content(root))
        assert all(rich_text(spec, item["name"]) for item in spec["config"]["schema"]["collections"])
        assert save_all(api, root, spec) == []


@pytest.mark.parametrize("rich", [True, False])
def test_oddities_are_kept(api: Any, site: Any, content: Content, settings: Any, rich: bool) -> None:
    """What people write into files by hand is there after somebody saved the form, as rich text and as source."""
    posts = content.root / "content" / "posts"
    kept = {name: text for name, text in ODDITIES.items() if not rich or name not in REFUSED}
    for number, text in enumerate(kept.values()):
        (posts / f"odd-{number}.md").write_bytes(text.encode())
    spec = schema.build_spec(site, settings(), content)
    assert rich_text(spec, "posts") is rich
    cloud_files.keep_spec(content.root, spec)
    harmed = {}
    for number, (name, text) in enumerate(kept.items()):
        api.save("posts", f"odd-{number}.md", api.values("posts", f"odd-{number}.md"))
        after = (posts / f"odd-{number}.md").read_bytes().decode()
        if after != text:
            harmed[name] = after
    assert json.dumps(harmed, indent=1) == "{}"


@pytest.mark.parametrize("name", REFUSED)
def test_what_rich_text_refuses_is_edited_as_source(
    site: Any, content: Content, settings: Callable[..., dict[str, Any]], name: str
) -> None:
    """One entry with something that Tina's rich text can't save turns its collection's text into source."""
    assert rich_text(schema.build_spec(site, settings(), content), "posts")
    (content.root / "content" / "posts" / "odd.md").write_text(ODDITIES[name], "utf-8")
    spec = schema.build_spec(site, settings(), content)
    assert (rich_text(spec, "posts"), rich_text(spec, "docs_guides")) == (False, True)
