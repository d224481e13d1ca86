"""Writing a new ``site.toml``: as text that TOML reads back unchanged, and never over another one."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from platform_core.errors import UserError

__all__ = ["SITE_FILE", "refuse_existing", "render_site", "write_site"]

SITE_FILE = "site.toml"
_HEAD = "# One client's site. `platform schema` prints everything that can stand here; nothing in it is secret."


def render_site(data: Mapping[str, Any], comments: Sequence[str] = ()) -> str:
    """Return the text of a ``site.toml``; empty values are left out.

    Args:
        data: Its keys.
        comments: Lines for people; none holds a line's end.
    """
    tables = {f"settings.{_key(name)}": value for name, value in data.get("settings", {}).items()}
    lines = [_HEAD, *(f"# {line}" for line in comments)]
    for key, value in data.items():
        if key != "settings" and isinstance(value, Mapping):
            tables = {_key(key): value, **tables}
        elif key != "settings" and value:
            lines.append(f"{key} = {_value(value)}")
    for name, table in tables.items():
        lines += ["", f"[{name}]", *_pairs(table)] if table else []
    return "\n".join(lines) + "\n"


def refuse_existing(root: Path) -> None:
    """Refuse a folder that has a site already.

    Raises:
        UserError: There is a ``site.toml``.
    """
    if os.path.lexists(root / SITE_FILE):
        hint = "Edit it and run `platform validate`, or start in another folder."
        raise UserError("site-exists", f"there is a {SITE_FILE} in {root} already", hint=hint)


def write_site(root: Path, text: str) -> Path:
    """Write the file whole, and only when there is none; two at once can't both succeed.

    Raises:
        UserError: There is a ``site.toml`` already.
    """
    root.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=root, prefix=f".{SITE_FILE}.")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        scratch.chmod(0o644)
        _place(scratch, root / SITE_FILE)
    except FileExistsError:
        refuse_existing(root)
        raise
    finally:
        scratch.unlink(missing_ok=True)
    return root / SITE_FILE


def _place(scratch: Path, target: Path) -> None:
    try:
        os.link(scratch, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: looking first is the best that is left.
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        scratch.replace(target)


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_key(key)} = {_value(value)}" for key, value in table.items())


def _key(name: str) -> str:
    bare = name.replace("-", "").replace("_", "")
    return name if bare.isascii() and bare.isalnum() else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, str):
        # What JSON escapes is an escape of TOML too. JSON lets one control character
        # through that TOML does not, and non-ASCII text stays as it is: JSON's
        # surrogate pairs would be no TOML.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, Sequence):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no place in a {SITE_FILE}")
