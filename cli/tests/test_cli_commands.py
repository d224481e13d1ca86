"""What holds for every command: help, exit codes, messages."""

from __future__ import annotations

import importlib
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

from platform_cli.main import COMMANDS, SECTIONS, cli

FOLDER = Path(importlib.import_module("platform_cli.commands").__path__[0])


def commands() -> dict[str, click.Command]:
    """Return every command and subcommand by its words."""
    context = click.Context(cli)
    found: dict[str, click.Command] = {}
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": its for sub, its in command.commands.items()}
    return found


def test_every_command_file_is_in_the_help() -> None:
    """A command is a file, and each one is announced with a section."""
    files = {path.stem.removesuffix("_").replace("_", "-") for path in FOLDER.glob("[a-z]*_.py")}
    assert files == set(COMMANDS)
    assert {section for section, _ in COMMANDS.values()} == set(SECTIONS)


@pytest.mark.parametrize("words", commands())
def test_every_command_has_help(words: str) -> None:
    """The command says what it does, and every option does too."""
    command = commands()[words]
    assert command.help
    assert command.name == words.rsplit(" ", maxsplit=1)[-1]
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize("words", commands())
def test_every_command_shows_its_help(platform: Any, words: str) -> None:
    """Help is shown by both options, without a plugin and without a site."""
    done = platform(*words.split(" "), "-h")
    assert done.stdout.startswith(f"Usage: platform {words}")


def test_help_names_every_command(platform: Any) -> None:
    """Commands stand in their sections with their summaries."""
    shown = platform("--help").stdout
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert all(f"\n{section}:" in shown for section in SECTIONS)


def test_an_unknown_command_proposes_the_nearest(platform: Any) -> None:
    """A typo is the user's mistake."""
    assert "Did you mean 'deploy'?" in platform("deplou", code=2).stderr


def test_an_unknown_option_is_the_users_mistake(platform: Any) -> None:
    """Click's own messages keep their exit code."""
    assert "--jsom" in platform("list", "--jsom", code=2).stderr


def test_the_version_is_shown(platform: Any) -> None:
    """It is the distribution's."""
    from importlib.metadata import version

    assert platform("--version").stdout.strip() == f"platform, version {version('platform-cli')}"


NO_SITE = ("build", "deploy", "destroy", "diff", "releases", "rollback", "synth", "up", "validate")


@pytest.mark.parametrize("command", NO_SITE)
def test_a_folder_without_a_site_is_the_users_mistake(platform: Any, command: str) -> None:
    """The message says what is missing and what to do."""
    done = platform(command, code=2)
    assert "error[no-site]" in done.stderr
    assert "platform init" in done.stderr


@pytest.mark.parametrize("command", [*NO_SITE, "doctor", "down"])
def test_a_folder_that_is_not_there_is_the_users_mistake(platform: Any, command: str) -> None:
    """The folder is named."""
    more = ("a-release",) if command == "rollback" else ()
    assert "no-such-folder" in platform(command, "no-such-folder", *more, code=2).stderr


@pytest.mark.parametrize("command", NO_SITE)
def test_a_wrong_site_is_told_whole(platform: Any, command: str) -> None:
    """All problems come at once, with file and line, before anything happens."""
    text = 'client = "acme"\ndomain = "acme"\nengine = "ssg-ecko"\nvariante = "x"\n'
    (platform.folder / "site.toml").write_text(text, "utf-8")
    done = platform(command, code=2)
    for place in ("site.toml:2 domain", "site.toml:3 engine", "site.toml:4 variante"):
        assert place in done.stderr
    assert not (platform.folder / ".platform" / "aws").exists()


def test_what_the_system_refuses_is_one_message(platform: Any, new_site: Any) -> None:
    """A file where a folder should be ends in a message, not in a traceback."""
    site = new_site()
    (site / ".platform").write_text("in the way", "utf-8")
    assert "error[system]" in platform("build", site, code=1).stderr


def test_a_reader_that_goes_away_is_no_error(platform: Any) -> None:
    """`platform list | head -1` says nothing on standard error."""
    line = f"{platform.line()[0]} schema | head -c 1"
    done = subprocess.run(
        ["/bin/sh", "-c", line], env=platform.environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "{"
    assert not done.stderr


def test_debug_shows_the_traceback(platform: Any) -> None:
    """Who asks for it sees where an error came from."""
    for arguments, env in ((("--debug", "build"), {}), (("build",), {"PLATFORM_DEBUG": "1"})):
        done = subprocess.run(
            platform.line(*arguments), cwd=platform.folder, env=platform.environment(env),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert "Traceback" in done.stderr
        assert "SiteError" in done.stderr
