"""Makes the Lambda asset of the event layer: a folder with the runtime and the adapters.

The folder holds ``platform_core/runtime/`` with the modules that run in Lambda, under
the addresses that they have here, and each adapter as
``platform_core/runtime/adapters/<provider>.py``. The same addresses mean that a module
is written, typed and tested once, that an adapter's ``from platform_core.runtime.adapter
import Event`` is the same class on every side, and that no import needs a second form.
``platform_core/__init__.py`` is empty in the asset, so nothing heavy can come along.

Equal input gives equal bytes, so the asset's hash changes only when the code does.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from platform_core.errors import OperationError, PluginError, Problem
from platform_core.runtime.gateway import PROVIDER

__all__ = ["BATCHER_HANDLER", "ROUTER_HANDLER", "Adapter", "adapters_json", "bundle"]

ROUTER_HANDLER = "platform_core.runtime.router.handler"
BATCHER_HANDLER = "platform_core.runtime.batcher.handler"
_MODULES = (
    "adapter",
    "batcher",
    "clients",
    "gateway",
    "journal",
    "plugs",
    "receipts",
    "router",
    "secret_values",
    "sinks",
    "strict",
)
_CONTRACT = "platform_core.runtime.adapter"
_RUNTIME = "platform_core/runtime"
_MARK = f"{_RUNTIME}/router.py"
# In this Python's standard library, but not in that of every Lambda runtime.
_GONE = frozenset(
    {
        *("aifc", "asynchat", "asyncore", "audioop", "cgi", "cgitb", "chunk", "crypt", "distutils", "idlelib"),
        *("imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib", "ossaudiodev", "pipes", "smtpd", "sndhdr"),
        *("spwd", "sunau", "telnetlib", "tkinter", "turtle", "turtledemo", "uu", "xdrlib"),
    }
)


class Adapter(Protocol):
    """What is needed of a `WebhookAdapter`."""

    @property
    def provider(self) -> str:
        """The last part of the address."""

    @property
    def module(self) -> Path:
        """The file."""

    @property
    def secret(self) -> str:
        """The name of the signing secret."""

    @property
    def config(self) -> Mapping[str, str]:
        """Plain values."""


def adapters_json(adapters: Iterable[Adapter]) -> str:
    """Return the value of the router's variable ``ADAPTERS``."""
    rows = {item.provider: {"secret": item.secret, "config": dict(item.config)} for item in adapters}
    return json.dumps(rows, sort_keys=True, separators=(",", ":"))


def bundle(target: Path, adapters: Iterable[Adapter]) -> Path:
    """Write the asset to the folder *target*, which then holds nothing else.

    Args:
        target: Made when it is not there; left alone when it is right already.
        adapters: One for each provider.

    Raises:
        PluginError: Adapters are not fit to run in Lambda; every problem at once.
        OperationError: *target* is a folder with something else in it.
    """
    files = _files(sorted(adapters, key=lambda item: (item.provider, str(item.module))))
    if target.is_dir() and _content(target) == files:
        return target
    if target.exists() and not _ours(target):
        raise OperationError(
            "not-an-asset",
            f"{target} is there already and is not an asset",
            hint="Choose another folder, or remove this one.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        fresh = Path(scratch, "fresh")
        for path, data in files.items():
            place = fresh / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        try:
            if target.exists():
                target.rename(Path(scratch, "stale"))
            fresh.rename(target)
        except OSError:
            # Another process may have put the same asset there in between.
            if not target.is_dir() or _content(target) != files:
                raise
    return target


def _ours(target: Path) -> bool:
    return target.is_dir() and ((target / _MARK).is_file() or not any(target.iterdir()))


def _content(target: Path) -> dict[str, bytes]:
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def _files(adapters: list[Adapter]) -> dict[str, bytes]:
    here = Path(__file__).parent
    files = {"platform_core/__init__.py": b"", f"{_RUNTIME}/__init__.py": b"", f"{_RUNTIME}/adapters/__init__.py": b""}
    files |= {f"{_RUNTIME}/{name}.py": (here / f"{name}.py").read_bytes() for name in _MODULES}
    problems: list[Problem] = []
    for item in adapters:
        path = f"{_RUNTIME}/adapters/{item.provider}.py"
        found = list(_problems(item))
        if path in files:
            found.append(Problem(str(item.module), f"another adapter serves {item.provider!r} already."))
        if not found:
            files[path] = item.module.read_bytes()
        problems += found
    if problems:
        raise PluginError(
            "bad-adapter",
            "some webhook adapters can't run in Lambda",
            why=f"An adapter may import the standard library and {_CONTRACT}, nothing else.",
            problems=problems,
        )
    return files


def _problems(item: Adapter) -> Iterator[Problem]:
    where = str(item.module)
    if not re.fullmatch(PROVIDER, item.provider):
        yield Problem(where, f"{item.provider!r} is not a provider's name: small letters, digits and dashes.")
    if not item.secret:
        yield Problem(where, f"the adapter for {item.provider!r} names no secret.")
    try:
        tree = ast.parse(item.module.read_bytes(), filename=where)
    except OSError as error:
        yield Problem(where, f"can't be read: {error.strerror}.")
        return
    except (SyntaxError, ValueError) as error:
        yield Problem(where, f"not Python: {error}.")
        return
    yield from _missing(tree, where)
    for node in ast.walk(tree):
        for name in _imported(node):
            if not _allowed(name):
                yield Problem(f"{where}:{getattr(node, 'lineno', 0)}", f"imports {name!r}.")


def _missing(tree: ast.Module, where: str) -> Iterator[Problem]:
    """Find what the contract asks for and the module does not define at its top level."""
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    needed = ["verify", "normalize"]
    if _window(tree):
        needed.append("signed_at")
    for name in needed:
        if name not in names:
            yield Problem(where, f"defines no function {name!r}.")


def _window(tree: ast.Module) -> bool:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(name, ast.Name) and name.id == "REPLAY_WINDOW" for name in targets):
            value = getattr(node, "value", None)
            return not (isinstance(value, ast.Constant) and not value.value)
    return False


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        if base == "platform_core.runtime":
            yield from (f"{base}.{alias.name}" for alias in node.names)
        else:
            yield base
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__":
        yield "__import__"


def _allowed(name: str) -> bool:
    top = name.partition(".")[0]
    return name == _CONTRACT or (top in sys.stdlib_module_names and top not in _GONE)
