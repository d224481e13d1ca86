"""Programs of the machine: found, too old, or told with the command that brings them."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from platform_core import tools
from platform_core.errors import SiteError, ToolError
from platform_core.facts import Tool
from platform_core.manifest import parse_manifest

INSTALL = {"debian": "apt-get install -y thing", "macos": "brew install thing", "other": "gem install thing"}


@pytest.fixture(name="thing")
def _thing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called ``thing`` on the path, that says version 4.3.1."""
    program = tmp_path / "thing"
    program.write_text("#!/bin/sh\necho thing 4.3.1\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


def _tool(minimum: str = "") -> Tool:
    return Tool("Thing", ("thing", "--version"), "It makes things.", dict(INSTALL), minimum)  # type: ignore[arg-type]


@pytest.mark.usefixtures("thing")
@pytest.mark.parametrize("minimum", ["", "4.2", "4.3.1"])
def test_a_program_that_is_there_tells_its_version(minimum: str) -> None:
    """The first number with dots in what it prints is its version."""
    assert tools.check_tool(_tool(minimum)) == "4.3.1"


@pytest.mark.usefixtures("thing")
def test_versions_are_compared_as_numbers() -> None:
    """4.10 is later than 4.3, so 4.3.1 is too old for it."""
    with pytest.raises(ToolError, match=r"is 4\.3\.1, and 4\.10 is the oldest"):
        tools.check_tool(_tool("4.10"))


def test_a_program_that_fails_is_not_complete(thing: Path) -> None:
    """An exit code other than 0 counts as missing."""
    thing.write_text("#!/bin/sh\nexit 3\n", "utf-8")
    with pytest.raises(ToolError, match="not complete"):
        tools.check_tool(_tool())


def test_a_missing_program_comes_with_the_command_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's command where there is apt-get, with sudo for people who are not root; Homebrew's on a Mac."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as caught:
        tools.check_tool(_tool())
    assert caught.value.hint == "gem install thing"
    apt = tmp_path / "apt-get"
    apt.write_text("", "utf-8")
    apt.chmod(0o755)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert tools.install_command(_tool()) == "apt-get install -y thing"
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert tools.install_command(_tool()) == "sudo apt-get install -y thing"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert tools.install_command(_tool()) == "brew install thing"


def test_a_manifest_names_its_tools() -> None:
    """The table is read, and a system that nobody knows is refused."""
    head = 'schema = 1\nid = "x"\nkind = "ssg"\nname = "X"\nsummary = "X."\n'
    table = '[[tools]]\nname = "Thing"\ncommand = ["thing"]\npurpose = "It makes things."\n[tools.install]\n'
    assert parse_manifest(f'{head}{table}debian = "apt-get install thing"\n', "plugin.toml").tools[0].name == "Thing"
    with pytest.raises(SiteError):
        parse_manifest(f'{head}{table}windows = "choco install thing"\n', "plugin.toml")
