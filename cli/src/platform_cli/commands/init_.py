"""`platform init`: choose the parts of a site and write its site.toml."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app
from platform_cli.completion import complete_components, complete_variants

if TYPE_CHECKING:
    from platform_core.catalogue import Catalogue
    from platform_core.composition import Composition
    from platform_core.errors import Problem

_KEYS = ("client", "domain", "title", "engine", "variant", "cms", "shop", "services", "settings")


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".", metavar="[FOLDER]")
@click.option("--client", metavar="NAME", help="Short name; part of stack and resource names.")
@click.option("--domain", metavar="HOST", help="The site's host name.")
@click.option("--title", metavar="TEXT", help="The site's name for people.")
@click.option("--engine", metavar="ID", shell_complete=complete_components("ssg"), help="The engine.")
@click.option("--variant", metavar="NAME", shell_complete=complete_variants, help="The engine's variant.")
@click.option("--cms", metavar="ID", shell_complete=complete_components("cms", none=True), help="The CMS, or none.")
@click.option(
    "--shop", metavar="ID", shell_complete=complete_components("ecommerce", none=True), help="The shop, or none."
)
@click.option(
    "--service",
    "services",
    metavar="ID",
    multiple=True,
    shell_complete=complete_components("service"),
    help="A service; may be repeated.",
)
@click.option(
    "--set",
    "settings",
    metavar="ID.KEY=VALUE",
    multiple=True,
    help="A setting of a part; may be repeated, and a list takes one item from each.",
)
@click.option(
    "--extras",
    is_flag=True,
    help="Only bring the files that the settings of an existing site.toml ask for, if missing.",
)
@pass_app
def command(app: App, /, *, folder: Path, settings: tuple[str, ...], extras: bool, **answers: Any) -> None:
    """Start a site in FOLDER: choose its parts, write site.toml, bring the starter.

    Asks for what no option gives, with the price of the combination at each
    step. Asks nothing when --client, --domain, --engine and the required
    settings are given; CMS and shop are then left out unless named.
    """
    from platform_cli.choosing import price_line
    from platform_cli.site_file import refuse_existing, render_site, write_site

    root = folder.resolve()
    if extras:
        _tell_extras(_write_extras(app.compose(root), root))
        return
    refuse_existing(root)
    data = _answers(app.catalogue, answers, settings, suggested=root.name)
    text = render_site(data)
    composition = _compose(app, root, text)
    written = _scaffold(composition, root)
    write_site(root, text)
    extra = _write_extras(composition, root)
    site = composition.site
    found = app.catalogue.check(site.engine, site.cms, site.shop)
    click.echo(f"Wrote site.toml{f' and {len(written)} files of {site.variant}' if written else ''} in {root}.")
    if extra:
        _tell_extras(extra)
    click.echo(f"{' + '.join(member.id for member in composition.members)}: {price_line(found, setup=True)}")
    for reason in found.reasons:
        click.echo(f"  - {reason}")
    click.echo(f"Next: platform up{'' if folder == Path() else f' {shlex.quote(str(folder))}'}")


def _write_extras(composition: Composition, root: Path) -> tuple[str, ...]:
    """Write what the settings ask for; a file that is there stays."""
    from platform_core.files import write_atomically

    wanted = {path: content for path, content in composition.extra_files().items() if not (root / path).exists()}
    for path, content in wanted.items():
        write_atomically(root / path, content)
    return tuple(sorted(wanted))


def _tell_extras(written: Sequence[str]) -> None:
    click.echo(f"Wrote {', '.join(written)}." if written else "Nothing is missing.")


def _answers(catalogue: Catalogue, flags: dict[str, Any], given: Sequence[str], *, suggested: str) -> dict[str, Any]:
    """Return the keys of the new site.toml, from flags alone when they suffice.

    Raises:
        SiteError: Something is missing and there is nobody to ask, or is wrong; all of it.
    """
    from platform_cli.choosing import NONE, Interview, find_problems, parse_settings
    from platform_core.errors import SiteError

    data = {name: value for name, value in flags.items() if value not in {None, ()}}
    data |= {key: None for key in ("cms", "shop") if data.get(key) == NONE}
    data["settings"], malformed = parse_settings(given, data, catalogue)
    problems = [*find_problems(data, catalogue), *malformed]
    if _missing(problems) and sys.stdin.isatty() and catalogue.of_kind("ssg"):
        if wrong := [item for item in problems if item.where.removeprefix("--") in data]:
            raise SiteError("bad-answers", "some answers can't be used", problems=wrong)
        Interview(catalogue, data, given, _slug(suggested)).run()
        problems = [*find_problems(data, catalogue), *parse_settings(given, data, catalogue)[1]]
    if _missing(problems):
        hint = "In a terminal, `platform init` asks for what is missing."
        if not catalogue.of_kind("ssg"):
            hint = "No engine is installed. Install one: pip install platform-plugin-<engine>"
        raise SiteError("missing-answers", "some answers are missing", problems=problems, hint=hint)
    if problems:
        raise SiteError("bad-answers", "some answers can't be used", problems=problems)
    data.setdefault("variant", next(iter(catalogue.get("ssg", data["engine"]).variants), ""))
    return {key: data.get(key) for key in _KEYS}


def _missing(problems: Sequence[Problem]) -> bool:
    return any(item.what.endswith("is missing.") for item in problems)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")


def _compose(app: App, root: Path, text: str) -> Composition:
    """Check the very text that will be written, and that its plugins can be loaded."""
    from platform_core.composition import compose
    from platform_core.site import parse_site

    return compose(parse_site(text, app.catalogue), root, app.catalogue)


def _scaffold(composition: Composition, root: Path) -> tuple[str, ...]:
    """Bring the starter, unless the folder has a design of its own."""
    from platform_core.scaffold import is_new, scaffold

    engine, site = composition.engine, composition.site
    if not engine.manifest.variants or not is_new(root, engine, site.variant):
        return ()
    return scaffold(root, engine, site.variant, name=site.name)
