"""The sample suits the site that it is for."""

from __future__ import annotations

from pathlib import Path

from platform_core.content import Content
from platform_core.site import Site
from platform_plugin_sanity import sample
from platform_plugin_sanity.model import collections_of


def test_each_collection_has_two_documents(site: Site, content: Content) -> None:
    """Every collection, products too, has two documents with every field that is required."""
    collections = collections_of(site, content)
    documents = list(sample.sample_documents(collections))
    assert [item["_type"] for item in documents] == ["posts"] * 2 + ["docs_guides"] * 2 + ["products"] * 2
    assert all(item["title"] and item["slug"]["current"] for item in documents)
    assert documents[-1]["options"][0]["choices"] == ["blue", "green"]


def test_the_same_sample_is_the_same_revision(site: Site, content: Content) -> None:
    """A restart is no change, and another model is one."""
    collections = collections_of(site, content)
    first = [item["_rev"] for item in sample.sample_documents(collections)]
    assert [item["_rev"] for item in sample.sample_documents(collections)] == first
    assert [item["_rev"] for item in sample.sample_documents(collections, {"posts": {"title": "x"}})] != first


def test_what_an_engine_asks_for_comes_from_an_entry(site: Site, content: Content, tmp_path: Path) -> None:
    """A required field has the value of an entry that is there, since its engine may want a form of it."""
    model = content.root / "content.toml"
    model.write_text(
        model.read_text().replace('{ name = "rating"', '{ name = "when", label = "x" },\n  { name = "rating"')
    )
    entry = content.root / "content/posts/there.md"
    entry.parent.mkdir(parents=True)
    entry.write_text("---\ntitle: There\nwhen: 21:30\n---\n")
    read = Content(content.root)
    lines = sample.write_sample(collections_of(site, read), tmp_path / "sample", read).read_text().splitlines()
    assert '"when": "21:30"' in lines[0]
