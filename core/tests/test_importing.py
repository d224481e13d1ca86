"""Imported Markdown keeps its addresses; nothing is half-imported."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.content import parse_entry
from platform_core.errors import ContentError
from platform_core.importing import import_markdown

POST = '+++\npath = "2019/11/01/old"\ntitle = "Old"\naliases = ["2019/11/01/old.html"]\n[extra]\nteam = "Core"\n+++\nBody, see [x](@/other.md#part).\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder of Markdown as other generators keep it."""
    root = tmp_path / "source" / "content"
    files = {
        "old.md": POST,
        "other.md": "---\ntitle: Other\ndate: 2020-02-03\n---\nText.\n",
        "bundle/index.md": '+++\npath = "2020/01/01/bundle"\ntitle = "Bundle"\n+++\n',
        "bundle/picture.png": "png",
        "team/_index.md": "---\ntitle: Team\n---\n",
        "team/note.md": "---\ntitle: Note\n---\n",
        "broken.md": "+++\nnot toml\n+++\n",
        ".hidden.md": "secret",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root.parent


def test_addresses_dates_and_fields_survive(source: Path, tmp_path: Path) -> None:
    """TOML front matter becomes a neutral entry that answers where it did."""
    done = import_markdown(source, tmp_path / "site")
    text = (tmp_path / "site" / "content" / "posts" / "old.md").read_text("utf-8")
    entry = parse_entry(text, PurePosixPath("posts/old.md"))
    assert (entry.url, str(entry.date), entry.extra) == ("/2019/11/01/old/", "2019-11-01", {"team": "Core"})
    assert {"/2019/11/01/old/", "/2019/11/01/old.html", "/other/", "/team/"} <= set(done.addresses)


def test_links_between_sources_lead_to_addresses(source: Path, tmp_path: Path) -> None:
    """A link to a source file becomes a link to its address, with its anchor."""
    import_markdown(source, tmp_path / "site")
    assert "[x](/other/#part)" in (tmp_path / "site" / "content" / "posts" / "old.md").read_text("utf-8")


def test_files_of_a_page_keep_their_address(source: Path, tmp_path: Path) -> None:
    """A picture beside a page is published below the page's address."""
    import_markdown(source, tmp_path / "site")
    assert (tmp_path / "site" / "static" / "2020" / "01" / "01" / "bundle" / "picture.png").is_file()
    assert (tmp_path / "site" / "content" / "posts" / "bundle.md").is_file()


def test_what_is_left_out_is_told(source: Path, tmp_path: Path) -> None:
    """A file that can't be read is skipped with its reason; hidden files are none."""
    done = import_markdown(source, tmp_path / "site")
    assert [problem.where for problem in done.skipped] == ["broken.md"]
    assert not list((tmp_path / "site").rglob("*hidden*"))


def test_nothing_is_overwritten(source: Path, tmp_path: Path) -> None:
    """One conflict stops the whole import before the first file."""
    target = tmp_path / "site" / "content" / "posts" / "other.md"
    target.parent.mkdir(parents=True)
    target.write_text("mine", "utf-8")
    with pytest.raises(ContentError, match="nothing was imported"):
        import_markdown(source, tmp_path / "site")
    assert [path.name for path in (tmp_path / "site").rglob("*.md")] == ["other.md"]


def test_importing_twice_changes_nothing(source: Path, tmp_path: Path) -> None:
    """The same import again is no conflict."""
    first = import_markdown(source, tmp_path / "site")
    assert import_markdown(source, tmp_path / "site") == first


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_archives_are_read(source: Path, tmp_path: Path, kind: str) -> None:
    """A .tar.gz and a .zip give what the folder gives."""
    archive = tmp_path / f"content.{kind}"
    if kind == "tar":
        with tarfile.open(archive, "w:gz") as file:
            file.add(source / "content", "content")
    else:
        with zipfile.ZipFile(archive, "w") as file:
            for path in sorted(source.rglob("*.*")):
                file.write(path, path.relative_to(source).as_posix())
    assert import_markdown(archive, tmp_path / "a") == import_markdown(source, tmp_path / "b")


@pytest.mark.parametrize("name", ["../evil.md", "/etc/evil.md", "a/../../evil.md", "a\\..\\evil.md"])
def test_an_archive_that_leaves_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    """No path of an archive leads outside, and nothing is written."""
    archive = tmp_path / "evil.tar"
    with tarfile.open(archive, "w") as file:
        member = tarfile.TarInfo(name)
        member.size = len(POST)
        file.addfile(member, io.BytesIO(POST.encode()))
    with pytest.raises(ContentError, match="would leave its folder"):
        import_markdown(archive, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_links_in_archives_are_not_followed(tmp_path: Path) -> None:
    """A symbolic link in an archive brings nothing in."""
    archive = tmp_path / "link.tar"
    with tarfile.open(archive, "w") as file:
        member = tarfile.TarInfo("secret.md")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(member)
    with pytest.raises(ContentError, match="there is no Markdown"):
        import_markdown(archive, tmp_path / "site")


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_an_archive_or_an_error(tmp_path: Path, data: bytes) -> None:
    """Whatever the file holds, the answer is an import or a ContentError."""
    path = tmp_path / "bytes.tar.gz"
    path.write_bytes(data)
    try:
        import_markdown(path, tmp_path / "site")
    except ContentError as error:
        assert error.reference
