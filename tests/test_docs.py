"""The documentation is whole, current, and what it shows works."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import click
import pytest

from platform_cli.main import cli
from platform_core import manifest
from platform_core.discovery import discover
from platform_core.hookspecs import spec_modules
from platform_testing.distributions import add_distribution

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "*/README.md", "plugins/*/README.md", "examples/*/README.md")
    for path in ROOT.glob(pattern)
    if not path.relative_to(ROOT).parts[0].startswith(".")
)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def text_of(path: Path) -> str:
    """Return a page."""
    return path.read_text("utf-8")


def without_code(text: str) -> str:
    """Return a page without its blocks and spans of code."""
    return re.sub(r"`[^`\n]*`", "", BLOCK.sub("", text))


def blocks(path: Path, language: str) -> list[str]:
    """Return the blocks of one language."""
    return [code for its, code in BLOCK.findall(text_of(path)) if its == language]


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(command: click.Command = cli, name: str = "platform") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for part in command.list_commands(context):
            found = command.get_command(context, part)
            assert found is not None
            yield from commands(found, f"{name} {part}")


COMMANDS = dict(commands())


def own_manifests() -> list[manifest.Manifest]:
    """Return the manifests of the plugins of this repository."""
    own = [
        item for item in discover(disabled=()).plugins if item.package and item.package.is_relative_to(ROOT / "plugins")
    ]
    return [item.manifest for item in own if item.manifest]


def shown_calls() -> Iterator[tuple[str, str]]:
    """Yield each ``$ platform ...`` of each page, with the page."""
    for path in PAGES:
        for block in blocks(path, "console"):
            for line in block.splitlines():
                if line.startswith("$ ") and re.search(r"(^|\s)platform\s", line[2:].partition("|")[0]):
                    yield path.relative_to(ROOT).as_posix(), line[2:]


CALLS = sorted(set(shown_calls()))


def arguments(line: str) -> list[str]:
    """Return what stands behind ``platform`` in a line for the shell, up to a pipe or a redirection."""
    words = shlex.split(line, comments=True)
    words = words[words.index("platform") + 1 :]
    end = next((number for number, word in enumerate(words) if word in {"|", ">", "&&"}), len(words))
    return words[:end]


def parse(command: click.Command, given: list[str]) -> None:
    """Follow *given* down the groups; a command, an option or an argument that does not exist is an error."""
    context = click.Context(command, info_name=command.name)
    _, rest, _ = command.make_parser(context).parse_args(list(given))
    if isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None, name
        parse(found, rest)
    else:
        assert rest == [], f"{command.name} takes no {rest}"


@pytest.mark.slow
def test_the_generated_parts_are_current() -> None:
    """What the code says today is what the pages say; `nox -s gen` writes them."""
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    """Each command has its place in the reference, and words of help for itself and for every option."""
    assert name == "platform" or f"### `{name}`\n" in text_of(REFERENCE / "cli.md")
    assert COMMANDS[name].help
    options = [option for option in COMMANDS[name].params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_summaries_of_the_help_name_every_command() -> None:
    """The help imports no command, so its list is kept apart; it has those that exist."""
    folder = ROOT / "cli" / "src" / "platform_cli" / "commands"
    files = {path.stem.removesuffix("_").replace("_", "-") for path in folder.glob("*_.py") if path.stem != "__init__"}
    assert files == {name.split()[1] for name in COMMANDS if " " in name}


@pytest.mark.parametrize("word", spec_modules())
def test_every_hook_is_documented_with_its_exact_arguments(word: str) -> None:
    """The reference shows each hook's signature to the letter."""
    page = text_of(REFERENCE / "hooks.md")
    module = spec_modules()[word]
    for name in module.__all__:
        signature = str(inspect.signature(getattr(module, name))).replace("'", "")
        assert f"```python\n{name}{signature}\n```" in page


@pytest.mark.parametrize("module", spec_modules().values(), ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_hooks_example_runs(module: ModuleType) -> None:
    """The example in a hook's docstring gives what it says it gives."""
    found = [item for item in doctest.DocTestFinder().find(module) if item.examples]
    assert {item.name.rpartition(".")[2] for item in found} == set(module.__all__)
    assert doctest.testmod(importlib.import_module(module.__name__)).failed == 0


@pytest.mark.parametrize("item", own_manifests(), ids=lambda item: item.id)
def test_every_setting_is_documented(item: manifest.Manifest) -> None:
    """The reference and the plugin's README have each setting with the manifest's words."""
    readme = text_of(ROOT / "plugins" / item.id / "README.md")
    page = text_of(REFERENCE / "site-toml.md").partition(f"## `[settings.{item.id}]`")[2].partition("\n## ")[0]
    for name, setting in item.settings.items():
        row = rf"^\| `{name}` \|.*\| {re.escape(setting.description)}( One of .*)? \|$"
        assert re.search(row, page, re.MULTILINE), name
        assert re.search(row, readme, re.MULTILINE), name


@pytest.mark.parametrize("item", own_manifests(), ids=lambda item: item.id)
def test_a_plugins_readme_has_its_generated_parts(item: manifest.Manifest) -> None:
    """The marks are there, so the generator reaches what it has to write."""
    readme = text_of(ROOT / "plugins" / item.id / "README.md")
    for part in ("settings", "capabilities"):
        assert readme.count(f"<!-- generated: {part} -->") == readme.count(f"<!-- end of {part} -->") == 1


def test_every_word_for_a_feature_has_a_meaning() -> None:
    """The vocabulary holds the words of all variants, and no word that none has."""
    text = text_of(ROOT / "docs" / "how-to" / "choose-an-engine.md").partition("## Words for features")[2]
    rows = re.findall(r"^\| `(\w+)` \| \w", text.partition("\n## ")[0], re.MULTILINE)
    words = {word for item in own_manifests() for variant in item.variants.values() for word in variant.features}
    assert len(rows) == len(set(rows))
    assert set(rows) == words


def test_every_key_of_the_manifest_has_a_meaning() -> None:
    """No row of the manifest's reference ends without words."""
    rows = re.findall(r"^\| `.*\|$", text_of(REFERENCE / "manifest.md"), re.MULTILINE)
    assert len(rows) > 30
    assert [row for row in rows if row.endswith("|  |")] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_internal_link_leads_somewhere(path: Path) -> None:
    """Files are there, and so are the headings that a link names."""
    wrong = []
    for target in LINK.findall(without_code(text_of(path))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / unquote(name)).resolve() if name else path
        if not file.exists() or not file.is_relative_to(ROOT) or (anchor and anchor not in anchors(file)):
            wrong.append(target)
    assert wrong == []


def test_the_readme_leads_to_every_plugin_and_every_page() -> None:
    """What nobody links is found by nobody."""
    wanted = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("plugins/*/README.md")}
    # The folder _site has what the documentation needs to be a site itself.
    wanted |= {path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/[!_]*/**/*.md")}
    assert len(wanted) > 40
    assert {path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml")} == {
        name.split("/")[1] for name in wanted if name.startswith("plugins/")
    }
    assert wanted - set(LINK.findall(text_of(ROOT / "README.md"))) == set()


@pytest.mark.parametrize(("page", "line"), CALLS)
def test_every_call_that_is_shown_exists(page: str, line: str) -> None:
    """Commands, options and the number of arguments in the pages are those of the command."""
    parse(cli, arguments(line))


def test_calls_that_do_not_exist_are_found() -> None:
    """The check would notice a wrong command, a wrong option, and one argument too many."""
    for line in ("platform lst", "platform list --colour", "platform schema site"):
        with pytest.raises((click.UsageError, AssertionError)):
            parse(cli, arguments(line))


def test_every_session_and_target_that_is_shown_exists() -> None:
    """`nox -s` names sessions, and `make` names targets."""
    tree = ast.parse(text_of(ROOT / "noxfile.py"))
    sessions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list}
    targets = set(re.findall(r"^(\w+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    for path in PAGES:
        assert set(re.findall(r"nox -s ([a-z]+)", text_of(path))) <= sessions, path
        assert set(re.findall(r"(?:`|\$ )make ([a-z]+)", text_of(path))) <= targets, path


@pytest.mark.slow
def test_the_plugin_of_the_how_to_conforms(tmp_path: Path) -> None:
    """Manifest, hooks and conformance class of the guide are taken from it as they are, and pass the kit."""
    guide = ROOT / "docs" / "how-to" / "write-a-plugin.md"
    (pyproject, facts), (hooks, test, *_) = blocks(guide, "toml"), blocks(guide, "python")
    project = tomllib.loads(pyproject)["project"]
    ((group, entries),) = project["entry-points"].items()
    add_distribution(
        tmp_path,
        project["name"],
        entry_points=f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items()),
        requires=project["dependencies"],
        files={
            "platform_plugin_tally/__init__.py": "",
            "platform_plugin_tally/plugin.toml": facts,
            "platform_plugin_tally/plugin.py": hooks,
            "tests/test_conformance.py": test,
        },
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path / "tests"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) >= 10


@pytest.mark.slow
def test_the_documentation_is_a_site_of_platform(tmp_path: Path) -> None:
    """Platform builds its own documentation, and every link inside it leads to a page or a file."""
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "build_site.py", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    output = tmp_path / ".platform" / "aws" / "output"
    pages = list(output.rglob("*.html"))
    assert len(pages) > 25
    wrong = {
        (page.relative_to(output).as_posix(), target)
        for page in pages
        for target in re.findall(r'href="?(/[^"#?\s>]*)', page.read_text("utf-8"))
        if not (output / unquote(target).strip("/")).exists()
    }
    assert wrong == set()
