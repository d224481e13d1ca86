"""What the reference of the content's form shows is what Platform reads and writes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import shutil
from pathlib import Path, PurePosixPath

import pytest

from platform_core.content import Collection, Content, Entry, Field, Product, parse_entry, render_entry
from platform_core.http import Http
from platform_core.product_columns import OWN
from platform_core.product_file import product_source

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "content.md"
EXAMPLE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (`.*?`) \|", re.MULTILINE)


@pytest.fixture(name="site")
def _site(tmp_path: Path) -> Content:
    """A site that is made of the page's examples."""
    found = EXAMPLE.findall(PAGE.read_text("utf-8"))
    assert len(found) >= 11
    for name, text in found:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Content(tmp_path)


def test_each_entry_survives_reading_and_writing(site: Content) -> None:
    """A shown file is read, and what is written of it says the same; no shown key is misunderstood."""
    entries = list(site.entries())
    assert len(entries) >= 7
    for entry in entries:
        assert parse_entry(render_entry(entry), PurePosixPath(entry.path)) == entry
        assert not entry.extra.keys() & {item.name for item in dataclasses.fields(Entry)}
    roast = next(entry for entry in entries if entry.slug == "first-roast")
    assert roast.extra == {"author_note": "a key that Platform does not know stays as it is"}
    assert roast.references == {"author": ("people/ada",)}


def test_times_and_references_are_as_it_says(site: Content) -> None:
    """The summer blend comes and goes; the author is there."""
    blend = "content/posts/summer-blend.md"
    seen = [site.out_of_time(dt.datetime(2026, month, 15, tzinfo=dt.UTC)) for month in (5, 7, 9)]
    assert seen == [{blend}, set(), {blend}]
    assert list(site.lost_references()) == []


def test_the_product_and_both_files_can_be_sold(site: Content) -> None:
    """The entry is a product; CSV and JSON give entries without a problem or anything skipped."""
    (rate,) = site.products
    assert [str(form.price) for form in rate.variants] == ["None", "21.00"]
    for file, skus in (("products.csv", ["mug"]), ("products.json", ["jug"])):
        shutil.rmtree(site.root / "static", ignore_errors=True)
        source = product_source(site.root, file)
        (page,) = source.pull("", Http())
        found = source.convert(page.documents)
        assert [entry.extra["sku"] for entry in found.entries.values()] == skus
        assert found.skipped == {}


def test_the_model_and_the_redirects_are_valid(site: Content) -> None:
    """Both files of TOML are read; the alias of an entry is a redirect too."""
    assert [collection.name for collection in site.collections] == ["posts"]
    assert {item.path: item.status for item in site.redirects} == {
        "/2019/shop.html": 301,
        "/blog": 302,
        "/2026/roast.html": 301,
    }


@pytest.mark.parametrize(
    ("record", "left_out"),
    [
        (Entry, {"collection", "slug", "body", "taxonomies", "extra"}),
        (Product, {"name", "url", "description", "image", "extra"}),
        (Collection, set()),
        (Field, set()),
    ],
)
def test_every_key_has_a_row(record: type, left_out: set[str]) -> None:
    """A field that is added to the model has to be explained."""
    words = set(re.findall(r"`(\w+)`", " ".join(ROW.findall(PAGE.read_text("utf-8")))))
    assert {item.name for item in dataclasses.fields(record)} - left_out <= words  # type: ignore[arg-type]


def test_every_column_has_a_row() -> None:
    """The same for the columns of a file of products."""
    words = set(re.findall(r"`(\w+)`", PAGE.read_text("utf-8")))
    assert set(OWN) <= words
