"""Entries that say the same in several languages, and what their pages are told of each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_core.build import build, workspace_for
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.content import Content
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.scaffold import scaffold
from platform_core.site import parse_site

STAGE = Stage("aws", "https://acme.example")


def write(root: Path, name: str, front: str) -> None:
    path = root / "content" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\ntitle: {name}\n{front}\n---\nText.\n", "utf-8")


def groups(root: Path) -> list[dict[str, str]]:
    return [
        {locale: entry.path for locale, entry in group.items()} for group in Content(root).translations(locale="en")
    ]


def test_entries_of_one_translation_are_a_group(tmp_path: Path) -> None:
    """Each by its language; one without a locale is in the site's."""
    write(tmp_path, "hours", "translation: hours")
    write(tmp_path, "de/zeiten", "translation: hours\nlocale: de")
    write(tmp_path, "fr/heures", "locale: fr\ntranslation: hours")
    write(tmp_path, "other", "translation: other")
    write(tmp_path, "plain", "")
    assert groups(tmp_path) == [{"de": "de/zeiten.md", "fr": "fr/heures.md", "en": "hours.md"}]


@pytest.mark.parametrize("hidden", ["draft: true", "publish_at: 2999-01-01", "expire_at: 2020-01-01"])
def test_what_nobody_may_see_is_no_translation(tmp_path: Path, hidden: str) -> None:
    """A page must not name one that is not there."""
    write(tmp_path, "hours", "translation: hours")
    write(tmp_path, "zeiten", f"translation: hours\nlocale: de\n{hidden}")
    assert groups(tmp_path) == []


def test_two_into_one_language_are_told(tmp_path: Path) -> None:
    """The first by path is linked, and the other is named with what to do."""
    write(tmp_path, "a", "translation: hours\nlocale: de")
    write(tmp_path, "b", "translation: hours\nlocale: de")
    write(tmp_path, "c", "translation: hours")
    assert groups(tmp_path) == [{"de": "a.md", "en": "c.md"}]
    assert [str(problem) for problem in Content(tmp_path).twice_translated("en")] == [
        "content/b.md: content/a.md is the translation 'hours' in 'de' already. Set its locale, or another translation."
    ]


def test_an_adopted_site_keeps_its_own_meaning(tmp_path: Path) -> None:
    """What its front matter says is between it and its engine."""
    write(tmp_path, "a", "translation: x\nlocale: de")
    write(tmp_path, "b", "translation: x")
    assert Content(tmp_path, adopted=True).translations("en") == ()


def test_templates_get_whole_links_by_path(fake_plugins: Path, tmp_path: Path) -> None:
    """Each page of a group is a key; addresses are absolute and encoded, and the site's language is the default."""
    catalogue = Catalogue(discover(disabled=()).plugins)
    root = tmp_path / "site"
    site = parse_site('client = "acme"\ndomain = "acme.example"\nengine = "ssg-echo"\n', catalogue)
    scaffold(root, compose(site, root, catalogue).engine, site.variant)
    write(root, "hours", "translation: hours")
    write(root, "öffnung & mehr", "translation: hours\nlocale: de")
    write(root, "x", "translation: x\nlocale: fr")
    write(root, "y", "translation: x\nlocale: it")
    build(compose(site, root, catalogue), STAGE)
    data = json.loads((workspace_for(root, STAGE).generated / "data" / "platform.json").read_text("utf-8"))
    links = [
        {"hreflang": "de", "href": "https://acme.example/%C3%B6ffnung%20%26%20mehr/"},
        {"hreflang": "en", "href": "https://acme.example/hours/"},
    ]
    default = {"hreflang": "x-default", "href": "https://acme.example/hours/"}
    assert data["translations"]["/hours/"] == data["translations"]["/öffnung & mehr/"] == [*links, default]
    assert [link["hreflang"] for link in data["translations"]["/x/"]] == ["fr", "it"]
