"""The `platform` command. A command is a file in ``commands/``, imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from platform_cli.app import App

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["cli", "main"]

COMMANDS: Mapping[str, tuple[str, str]] = {
    "adopt": ("Choose", "Take a repository that Platform did not start, as it is."),
    "build": ("Build", "Build the site's pages."),
    "deploy": ("AWS", "Deploy the site to AWS and publish a release."),
    "describe": ("Choose", "Show everything known about one component or offering."),
    "destroy": ("AWS", "Delete the site's stack from AWS."),
    "diff": ("AWS", "Show what a deployment would change."),
    "doctor": ("Help", "Check this machine and say what is missing."),
    "down": ("Run", "Stop a site that `up` runs."),
    "events": ("AWS", "List the events that webhooks brought, and replay them."),
    "import": ("Build", "Bring content from elsewhere into the site."),
    "init": ("Choose", "Start a site: choose its parts and write site.toml."),
    "list": ("Choose", "List what can be combined and what it costs."),
    "migrate-config": ("Help", "Rewrite calls of the older stack factories."),
    "plugin": ("Help", "Show installed plugins and check them."),
    "price": ("Choose", "Say what a combination or a site costs a month."),
    "pull": ("Build", "Bring content that lives elsewhere into the site."),
    "recommend": ("Choose", "Rank what meets a client's requirements, with reasons."),
    "releases": ("AWS", "List the site's releases."),
    "rollback": ("AWS", "Make an earlier release live again."),
    "schema": ("Build", "Print the JSON Schema of site.toml."),
    "synth": ("AWS", "Write the site's CloudFormation templates."),
    "up": ("Run", "Run the composed site on this machine, on the embedded AWS."),
    "validate": ("Build", "Check site.toml and the content."),
    "why-not": ("Choose", "Say why a combination is not certified or not possible."),
}
"""Name -> (section of the help, summary). Kept here so that help imports no command."""
SECTIONS = ("Choose", "Run", "Build", "AWS", "Help")


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one command."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"platform_cli.commands.{name.replace('-', '_')}_")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from platform_core.errors import did_you_mean

            ctx.fail(f"There is no command {args[0]!r}. {did_you_mean(args[0], COMMANDS)}".rstrip())
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the names of commands without importing them, and the group's own options."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by section, without importing them."""
        for section in SECTIONS:
            with formatter.section(section):
                formatter.write_dl([(name, text) for name, (its, text) in sorted(COMMANDS.items()) if its == section])


@click.group(
    cls=LazyGroup,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 120,
        "auto_envvar_prefix": "PLATFORM",
    },
)
@click.option("--no-plugins", is_flag=True, help="Ignore every plugin.  [env var: `PLATFORM_NO_PLUGINS`]")
@click.option("--strict", is_flag=True, help="Fail when any installed plugin is broken.  [env var: `PLATFORM_STRICT`]")
@click.option("--debug", is_flag=True, help="Show tracebacks.  [env var: `PLATFORM_DEBUG`]")
@click.version_option(package_name="platform-cli", prog_name="platform")
@click.pass_context
def cli(ctx: click.Context, no_plugins: bool, strict: bool, debug: bool) -> None:
    """Compose client web sites from engines, CMSs, shops and services.

    PLATFORM_DISABLE names components or distributions to ignore, with commas between them.

    The shell completes commands, options and ids after
    `eval "$(_PLATFORM_COMPLETE=bash_source platform)"`; zsh_source and fish_source work likewise.
    """
    ctx.obj = App(no_plugins=no_plugins, strict=strict, debug=debug)


def main() -> None:
    """Run the command and turn every known error into one message."""
    from platform_core.errors import PlatformError

    # pydantic would read the entry points of everything that is installed, and fail with
    # whoever has a malformed one. None of its plugins has a say in a site file.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        # Without standalone mode, click returns the code of a command that ends early.
        sys.exit(cli.main(standalone_mode=False))
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except PlatformError as error:
        if _debugging():
            raise
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader has gone; the interpreter must not complain while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if _debugging():
            raise
        click.echo(f"error[system]: {error}", err=True)
        sys.exit(1)


def _debugging() -> bool:
    return "--debug" in sys.argv or os.environ.get("PLATFORM_DEBUG", "").lower() in {"1", "true", "yes", "on", "t", "y"}


if __name__ == "__main__":
    main()
