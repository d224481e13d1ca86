"""Reading a repository from outside: bounded, inside its folder, whatever is in it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_core import repository as module
from platform_core.repository import Repository, clean, commands, expand, major, matching_names


def lay(root: Path, files: Mapping[str, str | bytes]) -> Repository:
    """Write *files* below *root* and return the repository."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Repository(root)


def test_globs_find_files_and_folders(tmp_path: Path) -> None:
    """Braces, stars and double stars are followed; a slash at the end asks for folders."""
    found = lay(tmp_path, {"a.toml": "", "b/config.yml": "", "b/c/config.yaml": "", "b/c/other.txt": ""})
    assert list(found.matching(("*.toml", "**/config.{yml,yaml}"))) == ["a.toml", "b/config.yml", "b/c/config.yaml"]
    assert list(found.matching(("b/*/", "nothing/"))) == ["b/c/"]


def test_what_is_near_comes_first(tmp_path: Path) -> None:
    """A double star goes level by level."""
    found = lay(tmp_path, {"a/b/c/x.html": "", "z/x.html": "", "x.html": ""})
    assert list(found.matching(("**/*.html",))) == ["x.html", "z/x.html", "a/b/c/x.html"]


def test_installed_packages_are_not_looked_at(tmp_path: Path) -> None:
    """Neither repositories nor packages nor Platform's own folder are part of the site."""
    found = lay(tmp_path, {f"{name}/x.html": "" for name in ("node_modules", ".git", ".platform", "vendor")})
    assert list(found.matching(("**/*.html", "*/x.html"))) == []


def test_a_link_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    """A file that is a link to somewhere else does not exist for us, and no linked folder is entered."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "package.json").write_text('{"name": "secret"}')
    root = tmp_path / "site"
    root.mkdir()
    (root / "package.json").symlink_to(tmp_path / "secret" / "package.json")
    (root / "sub").symlink_to(tmp_path / "secret")
    (root / "loop").symlink_to(root)
    found = Repository(root)
    assert dict(found.package) == {}
    assert list(found.matching(("**/package.json", "sub/", "loop/"))) == []
    assert found.text("sub/package.json") == found.text("../secret/package.json") == ""


def test_a_link_inside_the_folder_is_read(tmp_path: Path) -> None:
    """A link to a file of the same repository is as good as the file."""
    found = lay(tmp_path, {"real.toml": "x = 1"})
    (tmp_path / "hugo.toml").symlink_to(tmp_path / "real.toml")
    assert Repository(found.root).text("hugo.toml") == "x = 1"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    """Opening one would wait for ever."""
    os.mkfifo(tmp_path / "package.json")
    assert dict(Repository(tmp_path).package) == {}


def test_a_large_file_is_read_in_part(tmp_path: Path) -> None:
    """No more than the limit comes into memory, and it is told when a word was not found in that."""
    found = lay(tmp_path, {"big.html": "x" * (module.FILE_BYTES + 10) + "word"})
    assert len(found.text("big.html")) == module.FILE_BYTES
    assert found.has_text("big.html", ("x",)) == "x"
    assert not found.cut_short
    assert found.has_text("big.html", ("word",)) == ""
    assert found.cut_short


def test_many_names_are_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit of names nothing more is listed, and it is told."""
    monkeypatch.setattr(module, "NAMES", 20)
    found = lay(tmp_path, {f"{number}.html": "" for number in range(40)})
    assert len(list(found.matching(("*.html",)))) <= 20
    assert found.cut_short


def test_many_files_are_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit of files nothing more is read."""
    monkeypatch.setattr(module, "FILES", 2)
    found = lay(tmp_path, {f"{number}.html": "word" for number in range(4)})
    assert [bool(found.has_text(f"{number}.html", ("word",))) for number in range(4)] == [True, True, False, False]
    assert found.cut_short


def test_a_deep_tree_is_cut_short(tmp_path: Path) -> None:
    """Folders are entered down to a depth."""
    found = lay(tmp_path, {"/".join("abcdefghij") + "/x.html": ""})
    assert list(found.matching(("**/x.html",))) == []
    assert found.cut_short


def test_dependencies_for_development_count(tmp_path: Path) -> None:
    """What builds a site often stands there; what is needed to run wins over it."""
    text = json.dumps({"dependencies": {"a": "1"}, "devDependencies": {"a": "2", "b": "3"}})
    assert dict(lay(tmp_path, {"package.json": text}).dependencies) == {"a": "1", "b": "3"}


def test_gems_are_read_from_lines(tmp_path: Path) -> None:
    """Comments and other calls are not gems."""
    text = "source 'x'\n# gem 'no'\ngem \"one\", '~> 1'\n  gem('two')\ngemspec\n"
    assert lay(tmp_path, {"Gemfile": text}).gems == {"one", "two"}


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("tool build", [("tool", "build")]),
        ("CI=1 npx tool build && other; third", [("tool", "build"), ("other",), ("third",)]),
        ("node_modules/.bin/tool", [("tool",)]),
        ("npm run css", [("npm", "run", "css")]),
        ("bundle exec tool -d out", [("tool", "-d", "out")]),
        ("", []),
    ],
)
def test_scripts_are_split_into_commands(script: str, found: list[tuple[str, ...]]) -> None:
    """What only starts another program is left out."""
    assert list(commands(script)) == found


@pytest.mark.parametrize(
    ("wanted", "version"),
    [("^5.1.1", 5), ("~4", 4), (">=3.2 <5", 3), ("16.2.4", 16), ("latest", None), ("workspace:*", None), ("", None)],
)
def test_major_versions_are_read(wanted: str, version: int | None) -> None:
    """A range has the version that it starts with; a word has none."""
    assert major(wanted) == version


def test_braces_multiply() -> None:
    """Two pairs give all their products."""
    assert expand("{a,b}.{c,d}") == ["a.c", "a.d", "b.c", "b.d"]


def test_what_is_shown_steers_no_terminal() -> None:
    """Control characters, line ends and the half of a pair are replaced, and long text is cut."""
    assert clean("a\x1b[31m\nb\udcff") == "a?[31m?b?"
    assert clean("x" * 300) == "x" * 200 + "..."


@given(part=st.text("ab*", max_size=8), names=st.lists(st.text("ab", max_size=8), max_size=6, unique=True))
def test_stars_mean_what_they_mean_elsewhere(part: str, names: list[str]) -> None:
    """One part of a glob fits the names that the standard library's matching finds."""
    import fnmatch

    assert list(matching_names(part, tuple(names))) == [name for name in names if fnmatch.fnmatchcase(name, part)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=2_000)
@given(
    package=json_values.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from(["name", "scripts", "dependencies"]), json_values).map(
        lambda value: json.dumps(value).encode()
    )
    | st.binary(max_size=400),
    gemfile=st.binary(max_size=400) | st.text("gem ('\"#x\n", max_size=200).map(str.encode),
)
def test_no_content_is_a_crash(tmp_path: Path, package: bytes, gemfile: bytes) -> None:
    """Whatever the files hold, reading them gives tables of text."""
    found = lay(tmp_path, {"package.json": package, "Gemfile": gemfile})
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in found.dependencies.items())
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in found.scripts.items())
    assert all(gem for gem in found.gems)
    for script in found.scripts.values():
        list(commands(script))


def test_deep_json_is_no_crash(tmp_path: Path) -> None:
    """Nesting beyond what the reader bears is no package.json."""
    assert dict(lay(tmp_path, {"package.json": "[" * 100_000}).package) == {}
