"""The page with every error, collected from the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from _pages.markdown import page, table
from _pages.sites import ROOT

from platform_core import errors

__all__ = ["Raised", "errors_page", "raised", "refused"]

SOURCES = ("core/src", "cli/src", "plugins/*/src")
# The runtime must not import core's errors; what it raises reaches people as these.
ALIASES = {"PublishError": "ReleaseError"}
CLASSES = {name for name in errors.__all__ if name.endswith("Error")} | ALIASES.keys()
INTRODUCTION = """\
Every error is shown as `error[reference]: what failed`, with why and what to do below it.
The reference does not change when the words do, so search for it, and write scripts against it.
The exit code is 2 when the call or a file of yours has to change, and 1 when something failed; a wrong option ends with 2 as well.
`--debug` adds the traceback.
In the list, words in angle brackets stand for what the message names.
"""
ON_ANSWERS = """\
A webhook that is not taken is answered with JSON, `{"status": ..., "reference": ...}`, and changes nothing.
503 means: send it again.
"""


@dataclass(frozen=True, order=True)
class Raised:
    """One place that raises an error: its reference, class, text and hint."""

    reference: str
    cls: str
    what: str
    hint: str


def errors_page() -> str:
    """Return the page with every reference."""
    rows = [
        (f"`{item.reference}`", item.cls, str(_exit_code(item.cls)), item.what, item.hint)
        for item in sorted(set(raised()))
    ]
    answers = [(f"`{reference}`", str(status)) for reference, status in sorted(set(refused()))]
    parts = [
        INTRODUCTION,
        table(("reference", "kind", "exit", "what it says", "hint"), rows),
        "`error[system]` is an error of the operating system in its own words, for example a full disk.",
        "## What the webhook router answers",
        ON_ANSWERS,
        table(("reference", "status"), answers),
    ]
    return page("Errors", parts)


def _exit_code(cls: str) -> int:
    found: type[errors.PlatformError] = getattr(errors, cls)
    return found.exit_code


def _trees() -> Iterator[ast.Module]:
    for source in SOURCES:
        for folder in sorted(ROOT.glob(source)):
            for path in sorted(folder.rglob("*.py")):
                yield ast.parse(path.read_text("utf-8"), str(path))


def raised() -> Iterator[Raised]:
    """Find every error that is made with a reference of its own."""
    for tree in _trees():
        texts = _assigned(tree)
        for call, name in _calls(tree, CLASSES):
            if len(call.args) < 2 or any(isinstance(item, ast.Starred) for item in call.args):
                continue
            given = {word.arg: word.value for word in call.keywords}
            reference = _text(call.args[0], texts)
            if not re.fullmatch(r"[a-z0-9<>-]+", reference) or reference.startswith("<"):
                continue  # passed on from where it was made
            hint = _text(given["hint"], texts) if "hint" in given else ""
            yield Raised(
                reference, ALIASES.get(name, name), _text(call.args[1], texts), "" if hint.startswith("<") else hint
            )


def refused() -> Iterator[tuple[str, int]]:
    """Find what the router and the adapters answer: reference and status."""
    for tree in _trees():
        for call, _ in _calls(tree, {"Rejected"}):
            if len(call.args) == 2 and all(isinstance(item, ast.Constant) for item in call.args):
                status, reference = (ast.literal_eval(item) for item in call.args)
                yield reference, status


def _calls(tree: ast.Module, names: set[str]) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in names:
                yield node, name


def _assigned(tree: ast.Module) -> Mapping[str, ast.expr]:
    """Return name -> value for texts that have a name before they are raised."""
    return {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant | ast.JoinedStr)
    }


def _text(node: ast.expr, texts: Mapping[str, ast.expr]) -> str:
    """Return the text that an expression gives, with placeholders for what is not known yet."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (item.value if isinstance(item, ast.FormattedValue) else item for item in node.values)
        return "".join(_text(item, texts) if isinstance(item, ast.Constant) else _placeholder(item) for item in parts)
    if isinstance(node, ast.IfExp):
        return " / ".join(text for text in (_text(node.body, texts), _text(node.orelse, texts)) if text)
    if isinstance(node, ast.Name) and node.id in texts:
        return _text(texts[node.id], texts)
    if isinstance(node, ast.BoolOp):
        return _text(node.values[-1], texts)
    return _placeholder(node)


def _placeholder(node: ast.expr) -> str:
    """Name what a message fills in: ``stack.name`` becomes ``<name>``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return f"<{name.strip('_').lower()}>"
        case ast.Subscript(slice=ast.Name() as inner) | ast.Subscript(value=inner):
            return _placeholder(inner)
        case ast.Call(args=[first, *_]) | ast.IfExp(body=first):
            return _placeholder(first)
        case ast.Call(func=ast.Attribute(value=inner)):
            return _placeholder(inner)
    return "<...>"
