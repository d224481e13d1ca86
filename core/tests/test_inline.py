"""Inline code of pages becomes files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core.inline import extract_inline

PIECES = st.sampled_from(
    ["<script>", "</script>", "<script type=module>", "<style>", "</style>", "<!--", "-->", "<p title='<script>'>", "text ",
     "<script src=a>", '<script type="application/json">', "a=1;", ">", "<", '"', "'", "</SCRIPT >", "<scripted>"]
)  # fmt: skip


def extracted(folder: Path, page: str) -> tuple[str, dict[str, str]]:
    """Return the page afterwards, and the files: address -> text."""
    (folder / "page.html").write_bytes(page.encode())
    extract_inline(folder)
    files = {f"/{path.relative_to(folder).as_posix()}": path.read_text("utf-8") for path in folder.glob("_inline/*")}
    return (folder / "page.html").read_bytes().decode(), files


def test_a_script_gets_an_address(tmp_path: Path) -> None:
    """The element stays where it was, and the code is what it was."""
    page, files = extracted(tmp_path, "<body><script>let a = 1 < 2</script><p>x</p></body>")
    found = re.fullmatch(r'<body><script src="(/_inline/[0-9a-f]{20}\.js)"></script><p>x</p></body>', page)
    assert found
    assert files == {found[1]: "let a = 1 < 2"}


def test_a_folder_may_be_called_like_a_page(tmp_path: Path) -> None:
    """An engine that keeps data for each page has a folder with the page's name."""
    (tmp_path / "data" / "404.html").mkdir(parents=True)
    assert extracted(tmp_path, "<p>x</p>") == ("<p>x</p>", {})


def test_neighbours_become_one_file(tmp_path: Path) -> None:
    """A framework writes many scripts in a row; they run in the same order from one file."""
    page, files = extracted(tmp_path, "<script>a()</script>\n<script>b() // end</script><p></p><script>c()</script>")
    assert page.count("<script") == 2
    assert sorted(files.values()) == ["a();\nb() // end", "c()"]


def test_a_style_becomes_a_link_with_its_attributes(tmp_path: Path) -> None:
    """A sheet for one medium stays one for that medium."""
    page, files = extracted(tmp_path, '<style media="print">p{color:red}</style>')
    assert re.fullmatch(r'<link rel="stylesheet" href="/_inline/\w+\.css" media="print">', page)
    assert list(files.values()) == ["p{color:red}"]


@pytest.mark.parametrize(
    "page",
    [
        '<script src="/a.js"></script>',
        '<script type="application/ld+json">{"a": 1}</script>',
        "<script type=importmap>{}</script>",
        "<!-- <script>a()</script> -->",
        "<p>nothing</p>",
        "<scripted>a</scripted>",
    ],
)
def test_what_is_no_inline_code_stays(tmp_path: Path, page: str) -> None:
    """Scripts with an address, data blocks and comments are left as they are."""
    assert extracted(tmp_path, page) == (page, {})


def test_a_module_stays_a_module_and_async_goes(tmp_path: Path) -> None:
    """Inline, `async` means nothing on a plain script; with an address it would change the order."""
    page, _ = extracted(tmp_path, '<script type="module">x()</script><script id="r" async="">y()</script>')
    assert re.search(r'<script src="[^"]+" type="module"></script>', page)
    assert re.search(r'<script src="[^"]+" id="r"></script>', page)


def test_the_same_code_is_one_file(tmp_path: Path) -> None:
    """A theme script that is in each page is loaded once."""
    (tmp_path / "other.html").write_text("<script>same()</script>", "utf-8")
    assert len(extracted(tmp_path, "<script>same()</script>")[1]) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=1000)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_page_keeps_its_text_and_settles(tmp_path: Path, page: str) -> None:
    """Whatever the markup, the page stays readable and a second pass finds nothing more."""
    once, _ = extracted(tmp_path, page)
    assert once.count("text ") <= page.count("text ")
    assert extracted(tmp_path, once)[0] == once
