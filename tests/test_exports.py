"""What a module exports is said once, in order, and is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = sorted(path.parent for path in ROOT.glob("*/src/*/py.typed")) + sorted(
    path.parent for path in ROOT.glob("plugins/*/src/*/py.typed")
)


def is_public(path: Path, package: Path) -> bool:
    """Tell whether a module is for others: no private name, no command of the CLI, no starter, no fake, no program."""
    parts = path.relative_to(package).parts
    hidden = {"commands", "starters", "fakes", "assets"}
    if any(part.startswith("_") or part in hidden for part in parts):
        return False
    text = path.read_text("utf-8")
    return "__all__" in text or '__name__ == "__main__"' not in text


MODULES = [path for package in PACKAGES for path in sorted(package.rglob("*.py")) if is_public(path, package)]


def exports(tree: ast.Module) -> list[str] | None:
    """Return the names in ``__all__``; None when the module has none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(name, ast.Name) and name.id == "__all__" for name in node.targets
        ):
            return list(ast.literal_eval(node.value))
    return None


def defined(tree: ast.Module) -> set[str]:
    """Return every name that the top level of the module binds, type-checking blocks included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def by_case(name: str) -> tuple[int, str]:
    """Order constants before classes before functions, as the linter does."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_exports_are_sorted_and_exist(path: Path) -> None:
    """`__all__` of a public module is sorted, without doubles, and every name in it is defined."""
    tree = ast.parse(path.read_text("utf-8"))
    names = exports(tree)
    assert names is not None, "a public module says what it exports in __all__"
    assert names == sorted(set(names), key=by_case)
    assert set(names) <= defined(tree), set(names) - defined(tree)


def test_there_are_modules_to_check() -> None:
    """The check looks at every distribution of the workspace."""
    assert {path.parts[len(ROOT.parts)] for path in MODULES} == {"cli", "core", "plugins", "testing"}
