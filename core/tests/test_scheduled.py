"""Entries whose time has not come, or is over, are not published; products of a file are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from platform_core import build as building
from platform_core.build import build
from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.errors import ContentError
from platform_core.pulling import pull_sources
from platform_core.scaffold import scaffold
from platform_core.site import parse_site

STAGE = Stage("local", "http://localhost:8080")
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(name="make")
def _make(fake_plugins: Path, tmp_path: Path) -> Callable[..., Composition]:
    """Return a site of the echo engine with the given entries."""
    catalogue = Catalogue(discover(disabled=()).plugins)

    def make(more: str = "", **entries: str) -> Composition:
        root = tmp_path / "site"
        text = f'client = "acme"\ndomain = "acme.example"\nengine = "ssg-echo"\nshop = "shop-memory"\n{more}'
        site = parse_site(text, catalogue)
        composition = compose(site, root, catalogue)
        scaffold(root, composition.engine, site.variant)
        for name, front in entries.items():
            write(root, name, front)
        return compose(site, root, catalogue)

    return make


def write(root: Path, name: str, front: str) -> None:
    path = root / "content" / "notes" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\ntitle: {name}\n{front}\n---\nText.\n", "utf-8")


@pytest.mark.parametrize(
    ("front", "hidden"),
    [
        ("publish_at: 2026-06-01T12:00:01Z", True),
        ("publish_at: 2026-06-01T12:00:00Z", False),
        ("publish_at: 2026-06-01T13:30:00+02:00", False),
        ("publish_at: 2026-06-01 14:00:01", True),
        ("expire_at: 2026-06-01T12:00:00Z", True),
        ("expire_at: 2026-06-01T12:00:01Z", False),
        ("'expire_at': 2020-01-01T00:00:00Z", True),
        ("publish_at: 2999-01-01T00:00:00Z\ndraft: true", False),
        ("publish_at: 2026-06-02", True),
        ("publish_at: 2026-06-01", False),
        ("expire_at: 2026-06-01", True),
        ("publish_at: ''", False),
        ("publish_at: tomorrow\ndraft: true", False),
        ("note: |\n  publish_at: 2999-01-01T00:00:00Z", False),
    ],
)
def test_times_decide_what_is_left_out(tmp_path: Path, front: str, hidden: bool) -> None:
    """A time without a zone is UTC, a day its midnight; the end counts from its first moment; drafts are the engine's to leave out."""
    write(tmp_path, "a", front)
    assert Content(tmp_path).out_of_time(NOW) == ({"content/notes/a.md"} if hidden else set())


def test_what_is_no_time_stops_the_build(tmp_path: Path) -> None:
    """All of them are told at once; none of these entries may go out because of a slip."""
    write(tmp_path, "a", "publish_at: tomorrow")
    write(tmp_path, "b", "expire_at: [2026-06-01]")
    with pytest.raises(ContentError) as caught:
        Content(tmp_path).out_of_time(NOW)
    assert [problem.where for problem in caught.value.problems] == ["content/notes/a.md", "content/notes/b.md"]


def test_toml_front_matter_is_read_too(tmp_path: Path) -> None:
    """Entries that came from elsewhere may have it."""
    path = tmp_path / "content" / "a.md"
    path.parent.mkdir()
    path.write_text("+++\ntitle = 'a'\npublish_at = 2999-01-01T00:00:00Z\n+++\n", "utf-8")
    assert Content(tmp_path).out_of_time(NOW) == {"content/a.md"}


def test_only_entries_with_a_time_are_parsed(tmp_path: Path) -> None:
    """A file that can't be read is told only when it might be one; an adopted site's files are its own."""
    write(tmp_path, "a", "broken: [")
    assert Content(tmp_path).out_of_time(NOW) == set()
    write(tmp_path, "a", "publish_at: [")
    assert Content(tmp_path, adopted=True).out_of_time(NOW) == set()
    with pytest.raises(ContentError):
        Content(tmp_path).out_of_time(NOW)


def test_an_engine_publishes_what_is_of_its_time(make: Callable[..., Composition]) -> None:
    """The page is there, or it is not, and no list names it."""
    composition = make(
        now="publish_at: 2020-01-01T00:00:00Z",
        later="publish_at: 2999-01-01T00:00:00Z",
        over="expire_at: 2020-01-01T00:00:00Z",
    )
    output = build(composition, STAGE).output
    assert (output / "notes" / "now" / "index.html").is_file()
    assert not (output / "notes" / "later").exists()
    assert not (output / "notes" / "over").exists()
    home = (output / "index.html").read_text("utf-8")
    assert "/notes/now/" in home
    assert "later" not in home


def test_a_time_that_passes_makes_a_new_build(
    make: Callable[..., Composition], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file changes when a time comes, and yet the output of yesterday is not good any more."""
    composition = make(a="publish_at: 2026-06-01T12:00:00Z\nexpire_at: 2026-07-01T12:00:00Z")
    seen = []
    for hours in (-1, -1, 1, 1, 24 * 31):
        monkeypatch.setattr(building, "_now", lambda moment=NOW + dt.timedelta(hours=hours): moment)
        seen.append(build(composition, STAGE).changed)
    assert seen == [True, False, True, False, True]


def test_references_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    """Each with its entry and field, and with what was probably meant."""
    write(tmp_path, "ada", "")
    write(tmp_path, "b", "references: {author: [notes/ada, notes/aida], see: [posts/x]}")
    assert [str(problem) for problem in Content(tmp_path).lost_references()] == [
        "content/notes/b.md: author refers to 'notes/aida', and there is no such entry. Did you mean 'notes/ada'?",
        "content/notes/b.md: see refers to 'posts/x', and there is no such entry.",
    ]


def test_a_shop_is_built_from_a_file_alone(make: Callable[..., Composition]) -> None:
    """The site names the file; its products are pulled like those of a provider, and the page can sell them."""
    composition = make('products = "shop/list.csv"\nproduct_currency = "EUR"\n')
    root = composition.content.root
    (root / "shop").mkdir()
    (root / "shop" / "list.csv").write_text("name,price,sku\nBlue mug,9.50,mug-1\n", "utf-8")
    (found,) = pull_sources(composition.sources(STAGE), root)
    assert (found.name, found.written) == ("products-file", ("content/products/blue-mug.md",))
    output = build(composition.reread(), STAGE).output
    assert "mug-1" in (output / "products" / "blue-mug" / "index.html").read_text("utf-8")
