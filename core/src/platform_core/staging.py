"""A mirror of the site's folder, for engines that write beside their sources.

Such an engine would leave caches, lock files and ``node_modules`` in the folder
that the client's repository holds. So it builds in a mirror: the site's files,
core's generated files below ``.platform/generated``, and the packages of the
site's lock file. What the engine itself writes there stays, so its caches work; a
file keeps its time, so that an engine sees what changed.

The mirror lies among the caches, not below the site: bundlers look upwards for
settings, and would take those of the site's folder, which has no packages.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from platform_core.contributions import Workspace
from platform_core.files import cache_folder, write_atomically
from platform_core.node import ensure_packages

__all__ = ["GENERATED", "mirror_folder", "site_files", "stage_files"]

GENERATED = ".platform/generated"
"""Where core's generated files lie in the mirror."""
SITE_FILE = "site.toml"
_PACKAGES = "node_modules"
_OWNER = "site"
_LEFT_OUT = frozenset({".git", ".platform", _PACKAGES})


def site_files(root: Path, left_out: Collection[str] = ()) -> Iterator[Path]:
    """Yield the files of the site's folder that a staged build sees, in order.

    Repositories, installed packages and `.platform` are left out, and links that
    lead out of the folder. So is ``site.toml``, which is ours: an engine that copies
    whatever it finds would publish it.

    Args:
        root: The site's folder.
        left_out: Paths relative to it that the build must not see either.
    """
    home = root.resolve()
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            path = Path(folder, name)
            if name == SITE_FILE and path.parent == Path(root):
                continue
            if left_out and path.relative_to(root).as_posix() in left_out:
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(home):
                continue
            if path.is_file():
                yield path


def stage_files(
    workspace: Workspace,
    renamed: Mapping[str, str],
    *,
    left_out: Collection[str] = (),
    say: Callable[[str], None],
) -> None:
    """Bring the mirror in step with the site's folder, copying only what changed.

    Args:
        workspace: Its *work* is the mirror.
        renamed: First part of a path in the site -> the same in the mirror.
        left_out: Paths relative to the site's folder that the engine must not see.
        say: Told before something that takes long.

    Raises:
        ToolError: The packages can't be installed.
    """
    _settle(workspace)
    record = workspace.work.with_name("work.json")
    before = _read(record)
    wanted = dict(_wanted(workspace, renamed, left_out))
    # First what goes: a folder may take the name of a file.
    for target in before.keys() - wanted.keys() - {_PACKAGES}:
        _remove(workspace.work, target)
    now: dict[str, str] = {}
    for target, source in wanted.items():
        stat = source.stat()
        now[target] = f"{stat.st_mtime_ns}:{stat.st_size}"
        place = workspace.work / target
        if before.get(target) != now[target] or not place.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
    if (workspace.root / "package.json").is_file():
        now[_PACKAGES] = _link_packages(workspace, before.get(_PACKAGES, ""), say)
    write_atomically(record, json.dumps(now))


def mirror_folder(root: Path, stage: str) -> Path:
    """Return where the mirror of the site in *root* is, whether or not it exists."""
    return _mirrors() / hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16] / stage / "work"


def _mirrors() -> Path:
    return cache_folder() / "mirrors"


def _settle(workspace: Workspace) -> None:
    """Make the folder of a new mirror, and remove those of sites that are gone."""
    if workspace.work.is_dir():
        return
    for name in _mirrors().glob(f"*/{_OWNER}"):
        # Another build may be sweeping too.
        with contextlib.suppress(FileNotFoundError):
            if not Path(name.read_text("utf-8")).is_dir():
                shutil.rmtree(name.parent, ignore_errors=True)
    workspace.work.mkdir(parents=True)
    write_atomically(workspace.work.parents[1] / _OWNER, str(workspace.root))


def _wanted(workspace: Workspace, renamed: Mapping[str, str], left_out: Collection[str]) -> Iterator[tuple[str, Path]]:
    for source in site_files(workspace.root, left_out):
        first, *rest = source.relative_to(workspace.root).parts
        yield PurePosixPath(renamed.get(first, first), *rest).as_posix(), source
    for source in sorted(path for path in workspace.generated.rglob("*") if path.is_file()):
        yield f"{GENERATED}/{source.relative_to(workspace.generated).as_posix()}", source


def _read(record: Path) -> dict[str, str]:
    try:
        found = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remove(work: Path, target: str) -> None:
    """Remove one file of the mirror, and the folders that it leaves empty."""
    path = work / target
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder == work:
            return
        try:
            folder.rmdir()
        except OSError:
            return


def _link_packages(workspace: Workspace, before: str, say: Callable[[str], None]) -> str:
    """Give the mirror its own tree of hard links to the shared packages.

    Not a symbolic link: bundlers look for a package's neighbours from where a file
    really is, and some refuse what lies outside of the project.
    """
    place = ensure_packages(workspace.root, dev=True, say=say)
    target = workspace.work / _PACKAGES
    if before == place.name and target.is_dir():
        return before
    shutil.rmtree(target, ignore_errors=True)
    # A lock file without packages brings no folder.
    source = place / _PACKAGES
    if source.is_dir():
        with tempfile.TemporaryDirectory(dir=workspace.work, prefix=f".{_PACKAGES}-") as scratch:
            shutil.copytree(source, Path(scratch, _PACKAGES), symlinks=True, copy_function=_link)
            Path(scratch, _PACKAGES).rename(target)
    return place.name


def _link(source: str, target: str) -> None:
    with contextlib.suppress(OSError):
        os.link(source, target)
        return
    # Another file system, or one without links.
    shutil.copy2(source, target)
