"""`platform adopt`: take a repository that Platform did not start, as it is."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json, site_argument
from platform_cli.completion import complete_components

if TYPE_CHECKING:
    from platform_core.adopting import Adoption, Finding
    from platform_core.errors import UserError


@click.command("adopt")
@site_argument
@click.option(
    "--engine", metavar="ID", default="", shell_complete=complete_components("ssg"), help="The engine, if you know."
)
@click.option("--client", metavar="NAME", default="", help="Short name; by default the package's or the folder's.")
@click.option("--domain", metavar="HOST", default="", help="The site's host name, when its files do not tell it.")
@click.option("--title", metavar="TEXT", default="", help="The site's name for people.")
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
@pass_app
def command(app: App, /, *, folder: Path, dry_run: bool, as_json: bool, **given: str) -> None:
    """Recognise the engine of the repository FOLDER, and write a site.toml beside it.

    Asks nothing, and changes nothing that is there. Tells what was recognised and by
    what, and what could not be told. CMS and shop of the repository's own are named
    in comments: they go on working as they are.
    """
    from platform_cli.site_file import refuse_existing, render_site, write_site
    from platform_core.adopting import adopt
    from platform_core.site import parse_site

    root = folder.resolve()
    if not dry_run:
        refuse_existing(root)
    found = adopt(root, app.catalogue, **given)
    text = ""
    if found.engine:
        text = render_site(found.data, found.comments)
        parse_site(text, app.catalogue)
        if not dry_run:
            write_site(root, text)
    where = "" if folder == Path() else f" {shlex.quote(str(folder))}"
    following = f"platform up{where}" if found.engine else ""
    if as_json:
        show_json(_as_json(found, written=bool(text) and not dry_run, following=following))
    else:
        click.echo("".join(f"{line}\n" for line in _lines(found)), nl=False)
    if not found.engine:
        raise _not_recognised(app, found)
    if not as_json:
        click.echo(f"\n{text}" if dry_run else f"Wrote site.toml in {root}.")
        click.echo(f"Next: platform adopt{where}" if dry_run else f"Next: {following}")


def _lines(found: Adoption) -> Iterator[str]:
    if found.engine:
        yield from _finding("Engine", found.engine)
    for word, items in (("CMS", found.cms), ("Shop", found.shops)):
        for item in items:
            yield from _finding(word, item)
    for item in found.others:
        because = item.why or "; ".join(f"{proof.where}: {proof.what}" for proof in item.evidence)
        yield (
            f"Not {item.manifest.name}: {because}."
            if item.why
            else f"Also {item.state}: {item.manifest.name}, {because}."
        )
    if found.engine:
        yield from _list("Could not tell", found.unknown)
    yield from _list("To know", found.notes)


def _finding(word: str, item: Finding) -> Iterator[str]:
    yield f"{word}: {item.manifest.name} ({item.manifest.id})"
    if not item.evidence:
        yield "  as you say; no file speaks for it"
    yield from (f"  {proof.where}: {proof.what}" for proof in item.evidence)


def _list(title: str, rows: Iterable[str]) -> Iterator[str]:
    rows = list(rows)
    if rows:
        yield f"{title}:"
        yield from (f"  - {row}" for row in rows)


def _not_recognised(app: App, found: Adoption) -> UserError:
    from platform_core.errors import Problem, UserError

    ids = ", ".join(item.id for item in app.catalogue.of_kind("ssg")) or "none; pip install platform-plugin-<engine>"
    places = [Problem(f"{path}/", f"{engine} is recognised there.", f"Run `platform adopt {shlex.quote(path)}` in the repository.")
              for path, engine in found.nested.items()]  # fmt: skip
    return UserError(
        "not-recognised",
        "this is not a repository of one of the installed engines",
        why=" ".join(found.unknown),
        hint=f"Name the engine with --engine when you know it. Installed: {ids}.",
        problems=places,
    )


def _as_json(found: Adoption, *, written: bool, following: str) -> dict[str, Any]:
    return {
        "engine": _row(found.engine) if found.engine else None,
        "cms": [_row(item) for item in found.cms],
        "shop": [_row(item) for item in found.shops],
        "others": [_row(item) for item in found.others],
        "nested": dict(found.nested),
        "unknown": list(found.unknown),
        "notes": list(found.notes),
        "site": dict(found.data),
        "written": written,
        "next": following,
    }


def _row(item: Finding) -> dict[str, Any]:
    return {
        "id": item.manifest.id,
        "name": item.manifest.name,
        "state": item.state,
        "weight": item.weight,
        "why": item.why,
        "evidence": [dataclasses.asdict(proof) for proof in item.evidence],
    }
