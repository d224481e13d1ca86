"""`platform migrate-config`: rewrite calls of the older factories."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from platform_cli.app import App, pass_app, show_json

if TYPE_CHECKING:
    from platform_cli.old_calls import Rewritten

_NEVER = frozenset({"__pycache__", "build", "cdk.out", "dist", "node_modules", "site-packages", "venv"})


@click.command("migrate-config")
@click.argument("paths", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True, metavar="PATH...")
@click.option("--write", is_flag=True, help="Change the files; without it the changes are only shown.")
@click.option("--json", "as_json", is_flag=True, help="Print an array with one object for each file.")
@pass_app
def command(app: App, *, paths: tuple[Path, ...], write: bool, as_json: bool) -> None:
    """Rewrite calls of the older factories in the Python files PATH, or in those below a folder.

    Shows the changes, and makes them with --write. A call that is not understood whole
    stays as it is, and is told with its line. What was rewritten makes the same template.
    """
    from platform_cli.old_calls import mentions_old_calls, rewrite

    rows = []
    for path in _files(paths):
        source = path.read_bytes()
        if not mentions_old_calls(source):
            continue
        found = rewrite(source, app.catalogue)
        if write and found.calls:
            _replace(path, found.source)
        rows.append(_row(path, source, found, written=write and found.calls > 0))
    if as_json:
        show_json(rows)
        return
    for row in rows:
        click.echo(row["diff"], nl=False)
        for note in row["left"]:
            click.echo(f"{row['file']}:{note['line']}: {note['what']}", err=True)
    click.echo(_summary(rows, write=write), err=True)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield each file once: those that are named, and the Python files below folders."""
    seen = set()
    for path in paths:
        for file in [path] if path.is_file() else sorted(_below(path)):
            real = file.resolve()
            if real not in seen:
                seen.add(real)
                yield file


def _below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NEVER and not name.startswith("."))
        yield from (Path(root, name) for name in names if name.endswith((".py", ".pyi")))


def _replace(path: Path, source: bytes) -> None:
    from platform_core.files import write_atomically

    real = path.resolve()
    mode = real.stat().st_mode
    write_atomically(real, source)
    real.chmod(mode)


def _row(path: Path, before: bytes, found: Rewritten, *, written: bool) -> dict[str, Any]:
    old, new = (text.decode("utf-8", errors="replace").splitlines(keepends=True) for text in (before, found.source))
    diff = difflib.unified_diff(old, new, str(path), str(path))
    return {
        "file": str(path),
        "calls": found.calls,
        "written": written,
        "left": [{"line": note.line, "what": note.text} for note in found.notes],
        "diff": "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in diff),
    }


def _summary(rows: Sequence[dict[str, Any]], *, write: bool) -> str:
    calls = sum(row["calls"] for row in rows)
    files = sum(row["calls"] > 0 for row in rows)
    left = sum(len(row["left"]) for row in rows)
    also = f"; {left} {'place was' if left == 1 else 'places were'} left as they are" if left else ""
    if not calls:
        return f"There is nothing to rewrite{also}."
    what = f"{calls} {'call' if calls == 1 else 'calls'} in {files} {'file' if files == 1 else 'files'}"
    return f"Rewrote {what}{also}." if write else f"{what} can be rewritten{also}. Run it again with --write to do so."
