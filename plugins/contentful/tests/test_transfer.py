"""A site that moves into a space comes back as it was."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from platform_core.content import Content, Entry
from platform_plugin_contentful.model import MORE, content_types
from platform_plugin_contentful.transfer import Transfer, default_locale, import_file


def exported(content: Content, **options: Any) -> Transfer:
    return import_file(content, content_types(content, **options), locale="en-US", domain="www.acme.example")


def entry_of(found: Transfer, title: str) -> dict[str, Any]:
    return next(row for row in found.data["entries"] if row["fields"]["title"]["en-US"] == title)


def write(content: Content, path: str, text: str) -> Content:
    file = content.root / "content" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return Content(content.root)


def bare(entry: Entry) -> Entry:
    """Return an entry without what a pull adds, and with the names of pictures as they were."""
    extra = {name: value for name, value in entry.extra.items() if name != "source"}
    image = entry.image and "/images/" + entry.image.rpartition("/")[2].partition("-")[2]
    image = entry.image if entry.image.startswith("/images/") else image
    return dataclasses.replace(entry, extra=extra, image=image, translation="")


def test_a_site_comes_back_as_it_was(
    content: Content, serve: Callable[..., Any], pull: Callable[..., Any], tmp_path: Path
) -> None:
    """Export, import and pull together lose nothing: fields that the model does not name, references and options too."""
    found = exported(content)
    folder = tmp_path / "assets"
    for path, file in found.assets.items():
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_bytes(file.read_bytes())
    (tmp_path / "content.toml").write_bytes((content.root / "content.toml").read_bytes())
    done = pull(serve(json.loads(json.dumps(found.data)), folder=folder))
    assert done.skipped == ()
    back = {entry.path: bare(entry) for entry in Content(tmp_path).entries()}
    there = {entry.path: entry for entry in content.entries() if not entry.draft and not entry.slug.startswith("_")}
    assert back == there
    assert (tmp_path / "static" / "media" / "contentful").is_dir()


def test_a_draft_is_not_published(content: Content) -> None:
    """What visitors may not see yet is imported as a draft."""
    found = exported(content)
    assert "publishedVersion" not in entry_of(found, "Later")["sys"]
    assert entry_of(found, "Hello")["sys"]["publishedVersion"] == 1


def test_what_the_model_does_not_name_is_kept(content: Content) -> None:
    """Other front matter goes into a field of its own."""
    fields = entry_of(exported(content), "Beans")["fields"]
    assert fields[MORE]["en-US"] == {"options": {"Grind": ["whole", "filter"]}}
    assert fields["price"]["en-US"] == "18.50"


def test_a_value_that_does_not_fit_is_kept(content: Content) -> None:
    """A text that is too long for its field, or of another type, is not cut."""
    found = exported(write(content, "posts/odd.md", f"---\ntitle: Odd\nrating: many\nimage_alt: {'x' * 300}\n---\n"))
    fields = entry_of(found, "Odd")["fields"]
    assert fields[MORE]["en-US"] == {"rating": "many", "image_alt": "x" * 300}
    assert "rating" not in fields


def test_references_become_links(content: Content) -> None:
    """An entry that another refers to is linked by its id; one that stays behind is named."""
    found = exported(content)
    start = entry_of(found, "Start")["sys"]["id"]
    (link,) = entry_of(found, "Hello")["fields"]["related"]["en-US"]
    assert link["sys"] == {"type": "Link", "linkType": "Entry", "id": start}


def test_translations_are_one_entry(content: Content) -> None:
    """Entries that share a translation become one entry in several languages."""
    write(content, "posts/one.md", "---\ntitle: One\ntranslation: t1\ndate: 2026-01-01\nrating: 3\n---\nEnglish.\n")
    more = write(
        content,
        "de/posts/eins.md",
        "---\ntitle: Eins\ntranslation: t1\nlocale: de\ndate: 2026-01-01\nrating: 4\n---\nDeutsch.\n",
    )
    found = exported(more, localized=True)
    fields = entry_of(found, "One")["fields"]
    assert fields["title"] == {"en-US": "One", "de": "Eins"}
    assert fields["slug"] == {"en-US": "one", "de": "eins"}
    assert fields[MORE] == {"de": {"rating": 4}}
    assert [(row["code"], row["fallbackCode"]) for row in found.data["locales"]] == [("en-US", None), ("de", "en-US")]


def test_what_stays_behind_is_told(content: Content) -> None:
    """Index pages, folders without a collection and translations of nothing are named."""
    write(content, "posts/allein.md", "---\ntitle: Allein\nlocale: de\n---\n")
    found = exported(write(content, "elsewhere/x.md", "---\ntitle: X\n---\n"))
    assert [problem.where for problem in found.problems] == [
        "content/elsewhere/x.md", "content/posts/_index.md", "content/posts/allein.md",
    ]  # fmt: skip


def test_the_file_is_the_same_each_time(content: Content) -> None:
    """Ids come from paths, so that a second import changes the same entries."""
    assert exported(content).data == exported(Content(content.root)).data


def test_an_image_outside_of_the_site_is_no_asset(content: Content) -> None:
    """A path that leaves the folder of files is kept as a word, not read."""
    (content.root / "secret.png").write_bytes(b"x")
    found = exported(write(content, "posts/evil.md", "---\ntitle: Evil\nimage: /../secret.png\n---\n"))
    assert entry_of(found, "Evil")["fields"][MORE]["en-US"] == {"image": "/../secret.png"}
    assert all("secret" not in path for path in found.assets)


def test_a_new_space_is_in_american_english() -> None:
    """The program assumes the locale that Contentful gives a new space."""
    assert (default_locale("en"), default_locale("de"), default_locale("en-GB")) == ("en-US", "de", "en-GB")
