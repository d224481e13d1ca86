"""Scaffolding: a new site's folder from the starter of its variant."""

from __future__ import annotations

import re
from pathlib import Path

from platform_core.adopting import is_built_with
from platform_core.composition import Member
from platform_core.errors import PluginError
from platform_core.files import write_atomically

__all__ = ["FOR_PEOPLE", "is_new", "scaffold"]

SHARED = "_shared"
"""The folder beside the starters that holds what all of them have in common."""
CONTENT = ("content", "data", "static")
"""What belongs to the site, not to its design."""
IGNORE = ".gitignore"
README = "README.md"
FOR_PEOPLE = (IGNORE, README)
"""What lies in a site's folder for those who work on it, and for no engine."""

_IGNORED = (".platform/", "node_modules/")
_README = """\
# {name}

`site.toml` says what this site is made of; its pages are in `content/`.

- `platform up` shows the site on this machine, and each change as it is saved.
- `platform validate` checks `site.toml` and the content.
- `platform deploy` publishes the site.
"""
_MARKUP = re.compile(r"([\\`*_\[\]<>#])")


def starter_files(engine: Member, variant: str) -> dict[str, Path]:
    """Return the files of a variant's starter: path in the site -> source.

    Raises:
        PluginError: The engine names a starter that it does not bring.
    """
    package = engine.plugin.package
    chosen = engine.manifest.variants.get(variant)
    if package is None or chosen is None or not chosen.starter:
        raise PluginError("no-starter", f"{engine.manifest.name} has no starter for the variant {variant!r}")
    folder = package / chosen.starter
    if not folder.is_dir():
        raise PluginError("no-starter", f"{engine.plugin.distribution} does not bring {chosen.starter}")
    files: dict[str, Path] = {}
    for layer in (folder.parent / SHARED, folder):
        files |= {
            path.relative_to(layer).as_posix(): path
            for path in sorted(layer.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }
    return files


def is_new(root: Path, engine: Member, variant: str) -> bool:
    """Tell whether *root* has none of the folders that make up the starter's design, and no other design either."""
    if is_built_with(root, engine.manifest):
        return False
    folders = {Path(name).parts[0] for name in starter_files(engine, variant) if "/" in name} - {*CONTENT}
    return not any((root / name).exists() for name in folders)


def scaffold(root: Path, engine: Member, variant: str, *, name: str = "") -> tuple[str, ...]:
    """Copy the starter into *root* and return the paths that were written.

    A ``.gitignore`` comes with it: the starter's own, and what Platform and npm leave
    in the folder. Files that exist stay as they are. A site that has content of its
    own is not given the starter's.

    Args:
        root: The site's folder.
        engine: The engine, which brings the starter.
        variant: The engine's variant.
        name: The site's name for people; with it, a ``README.md`` is written too.
    """
    has_content = (root / "content").is_dir()
    files = {path: source.read_bytes() for path, source in starter_files(engine, variant).items()}
    files[IGNORE] = _ignore(files.get(IGNORE, b""))
    if name:
        files.setdefault(README, _README.format(name=_MARKUP.sub(r"\\\1", " ".join(name.split()))).encode())
    written = []
    for path, content in files.items():
        if has_content and (Path(path).parts[0] == "content" or path == "content.toml"):
            continue
        if (root / path).exists():
            continue
        write_atomically(root / path, content)
        written.append(path)
    return tuple(written)


def _ignore(own: bytes) -> bytes:
    """Return a starter's ``.gitignore`` with what every site leaves out."""
    lines = own.decode("utf-8").splitlines()
    known = {line.strip().strip("/") for line in lines}
    lines += [line for line in _IGNORED if line.strip("/") not in known]
    return "".join(f"{line}\n" for line in lines).encode()
