"""Scaffolding: a new site's folder from the starter of its variant."""

from __future__ import annotations

from pathlib import Path

from platform_core.adopting import is_built_with
from platform_core.composition import Member
from platform_core.errors import PluginError
from platform_core.files import write_atomically

__all__ = ["is_new", "scaffold"]

SHARED = "_shared"
"""The folder beside the starters that holds what all of them have in common."""
CONTENT = ("content", "data", "static")
"""What belongs to the site, not to its design."""


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


def scaffold(root: Path, engine: Member, variant: str) -> tuple[str, ...]:
    """Copy the starter into *root* and return the paths that were written.

    Files that exist stay as they are. A site that has content of its own is not
    given the starter's.
    """
    has_content = (root / "content").is_dir()
    written = []
    for name, source in starter_files(engine, variant).items():
        if has_content and (Path(name).parts[0] == "content" or name == "content.toml"):
            continue
        if (root / name).exists():
            continue
        write_atomically(root / name, source.read_bytes())
        written.append(name)
    return tuple(written)
