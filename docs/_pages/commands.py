"""The pages about the command: its help, and its JSON."""

from __future__ import annotations

from collections.abc import Iterator

import click
from _pages.markdown import code, page

from platform_cli.main import COMMANDS, SECTIONS, cli

__all__ = ["cli_page", "walk"]

WIDTH = 100
INTRODUCTION = """\
Every command answers `--help`, and `-h` for short.
The exit code is 0 for success, 1 when something failed, 2 when the call or a file of yours has to change.
Options may be given as environment variables too: `PLATFORM_<COMMAND>_<OPTION>`, for example `PLATFORM_UP_PORT=9000`.
What `--json` prints is described in [json.md](json.md), and what errors mean in [errors.md](errors.md).
"""


def walk(command: click.Command = cli, path: tuple[str, ...] = ("platform",)) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its full name, groups before what is in them."""
    yield " ".join(path), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found:
                yield from walk(found, (*path, name))


def help_text(name: str, command: click.Command) -> str:
    """Return what ``--help`` prints, at a width that does not depend on the terminal."""
    settings = {**cli.context_settings, "max_content_width": WIDTH, "terminal_width": WIDTH}
    root = click.Context(cli, info_name="platform", **settings)
    if command is cli:
        return cli.get_help(root)
    context = click.Context(command, info_name=name.removeprefix("platform "), parent=root, terminal_width=WIDTH)
    return command.get_help(context)


def cli_page() -> str:
    """Return the page with the help of every command."""
    parts = [
        INTRODUCTION,
    ]
    sections = {name: section for name, (section, _) in COMMANDS.items()}
    found = list(walk())
    parts += [code(help_text(*found[0]), "console")]
    for section in SECTIONS:
        parts.append(f"## {section}")
        for name, command in found[1:]:
            if sections[name.split()[1]] == section:
                parts += [f"### `{name}`", code(help_text(name, command), "console")]
    return page("The command", parts)
