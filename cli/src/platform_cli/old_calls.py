"""Rewriting calls of the older factories in Python source, with formatting and comments kept.

A call is rewritten only when everything about it is known: where the factory comes
from, each argument, and the stack type that it stands for. Anything else stays as it is
and is told with its line. The result holds no call that would be rewritten again.
"""
# ruff: noqa: N802  libcst calls visitors by the names of its nodes

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst import matchers as m
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor
from libcst.metadata import MetadataWrapper, PositionProvider, QualifiedName, QualifiedNameProvider, QualifiedNameSource

from platform_core.catalogue import Catalogue
from platform_core.errors import CombinationError
from platform_core.factory.stacks import provider_stack_type
from platform_core.manifest import Kind

__all__ = ["Note", "Rewritten", "mentions_old_calls", "rewrite"]

NEW_MODULE, NEW_NAME, NEW_METHOD = "platform_core.factory", "PlatformStackFactory", "create_stack"
_FIRST_VARIANT = "default"


@dataclass(frozen=True, slots=True)
class _Old:
    """An older factory's method: its positional arguments, and which one names a provider."""

    method: str
    positional: tuple[str, ...]
    provider: str = ""
    kind: Kind = "ssg"


_COMMON = ("scope", "client_id", "domain")
_FACTORIES: Mapping[str, _Old] = {
    "SSGStackFactory": _Old("create_ssg_stack", (*_COMMON, "stack_type", "ssg_engine")),
    "CMSStackFactory": _Old(
        "create_cms_stack", (*_COMMON, "cms_provider", "ssg_engine", "template_variant"), "cms_provider", "cms"
    ),
    "EcommerceStackFactory": _Old(
        "create_ecommerce_stack", (*_COMMON, "ecommerce_provider", "ssg_engine"), "ecommerce_provider", "ecommerce"
    ),
}
_CONFIG = "StaticSiteConfig"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was left as it is."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The outcome of one file.

    Attributes:
        source: The new source; the old one when nothing was rewritten.
        calls: How many calls were rewritten.
        notes: What was left alone, and why.
    """

    source: bytes
    calls: int = 0
    notes: tuple[Note, ...] = ()


def mentions_old_calls(source: bytes) -> bool:
    """Tell quickly whether there can be anything to do."""
    return any(name.encode() in source for name in (*_FACTORIES, _CONFIG))


def rewrite(source: bytes, catalogue: Catalogue) -> Rewritten:
    """Rewrite the older calls of one file.

    Args:
        source: The file, as it is on disk.
        catalogue: Says which stack type a provider has.
    """
    try:
        wrapper = MetadataWrapper(cst.parse_module(source))
    except (cst.ParserSyntaxError, UnicodeDecodeError, LookupError) as error:
        line = getattr(error, "raw_line", 1)
        return Rewritten(source, notes=(Note(line, "This is no Python that can be read; nothing was changed."),))
    finder = _Finder()
    wrapper.visit(finder)
    if finder.taken:
        text = f"{NEW_NAME} is another thing in this file; nothing was changed."
        return Rewritten(source, notes=(Note(finder.taken, text),))
    context = CodemodContext(wrapper=wrapper)
    rewriter = _Rewriter(context, catalogue, finder.new_name)
    module = wrapper.visit(rewriter)
    notes = tuple(sorted({*rewriter.notes}, key=lambda note: (note.line, note.text)))
    if not rewriter.calls:
        return Rewritten(source, notes=notes)
    if not finder.new_name:
        AddImportsVisitor.add_needed_import(context, NEW_MODULE, NEW_NAME)
    module = AddImportsVisitor(context).transform_module(module)
    module = RemoveImportsVisitor(CodemodContext(scratch=context.scratch)).transform_module(module)
    return Rewritten(module.bytes, rewriter.calls, notes)


class _Finder(cst.CSTVisitor):
    """Finds under which name the file has the new factory, and whether that name is taken.

    Attributes:
        new_name: The name, if the file imports it already.
        taken: The line on which something else has it.
    """

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.new_name = ""
        self.taken = 0

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if isinstance(node.names, cst.ImportStar):
            return
        module = _dotted(node.module) if node.module else ""
        ours = not node.relative and module == NEW_MODULE
        for alias in node.names:
            bound = _dotted(alias.asname.name) if alias.asname else _dotted(alias.name)
            if ours and _dotted(alias.name) == NEW_NAME:
                self.new_name = bound
            elif bound == NEW_NAME:
                self._take(node)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        if node.name.value == NEW_NAME:
            self._take(node)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        if node.name.value == NEW_NAME:
            self._take(node)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        if m.matches(node.target, m.Name(NEW_NAME)):
            self._take(node)

    def _take(self, node: cst.CSTNode) -> None:
        self.taken = self.get_metadata(PositionProvider, node).start.line


@dataclass
class _Plan:
    """What becomes of one call: its new arguments, or why it stays."""

    arguments: list[cst.Arg] = field(default_factory=list)
    why_not: str = ""


class _Rewriter(cst.CSTTransformer):
    """Rewrites what is understood, and notes the rest.

    Attributes:
        calls: How many calls were rewritten.
        notes: What was left alone.
    """

    METADATA_DEPENDENCIES = (PositionProvider, QualifiedNameProvider)

    def __init__(self, context: CodemodContext, catalogue: Catalogue, new_name: str) -> None:
        super().__init__()
        self.context = context
        self.catalogue = catalogue
        self.new_name = new_name or NEW_NAME
        self.calls = 0
        self.notes: list[Note] = []
        self._called: set[cst.CSTNode] = set()

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def visit_Call(self, node: cst.Call) -> None:
        if self._old(node.func):
            self._called.add(node.func)
            if isinstance(node.func, cst.Attribute):
                self._called.add(node.func.value)
        elif not self._names(node.func) and (owner := _owner(_dotted(node.func))):
            self._note(node, f"{owner} is not imported here by its name, so the call was left as it is.")

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        found = self._old(original_node.func)
        if not found:
            return updated_node
        factory, name = found
        if name.source is not QualifiedNameSource.IMPORT:
            self._note(original_node, f"{factory} is not imported here, so the call was left as it is.")
            return updated_node
        plan = self._plan(_FACTORIES[factory], updated_node.args)
        if plan.why_not:
            self._note(original_node, f"{factory}.{_FACTORIES[factory].method}: {plan.why_not}")
            return updated_node
        self.calls += 1
        self._forget_import(name, factory, original_node.func)
        function = cst.Attribute(cst.Name(self.new_name), cst.Name(NEW_METHOD))
        return updated_node.with_changes(func=function, args=plan.arguments)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self._note_use(node)

    def visit_Name(self, node: cst.Name) -> None:
        self._note_use(node)

    def _note_use(self, node: cst.Name | cst.Attribute) -> None:
        """Note each use of an older name that is no call of its method."""
        if node in self._called:
            return
        for found in self._names(node):
            last = found.name.rpartition(".")[2]
            if found.source is QualifiedNameSource.IMPORT and last in _FACTORIES:
                self._note(
                    node, f"{last} is used other than by calling {_FACTORIES[last].method}; that was left as it is."
                )
            if found.source is QualifiedNameSource.IMPORT and last == _CONFIG:
                self._note(node, f'{_CONFIG} was left as it is; write a mapping: {{"engine": ..., "variant": ...}}.')

    def _old(self, function: cst.CSTNode) -> tuple[str, QualifiedName] | None:
        """Return the older factory that *function* is a method of, and how its name is known."""
        for found in self._names(function):
            if owner := _owner(found.name):
                return owner, found
        return None

    def _names(self, node: cst.CSTNode) -> set[QualifiedName]:
        found = self.get_metadata(QualifiedNameProvider, node, set())
        return set(found)

    def _plan(self, old: _Old, given: Sequence[cst.Arg]) -> _Plan:
        """Name every argument and put the stack type in; say why when that can't be done."""
        if any(argument.star for argument in given):
            return _Plan(why_not="what * and ** bring is not known here, so it was left as it is.")
        if sum(argument.keyword is None for argument in given) > len(old.positional):
            return _Plan(why_not="it has more arguments than the method knew, so it was left as it is.")
        named = [
            _named(argument, old.positional[number]) for number, argument in enumerate(given[: len(old.positional)])
        ]
        named += given[len(old.positional) :]
        wanted = old.provider or "stack_type"
        if wanted not in (keys := [_key(argument) for argument in named]) or len(set(keys)) < len(keys):
            return _Plan(why_not=f"{wanted} is not there once, so it was left as it is.")
        return self._translated(old, named)

    def _translated(self, old: _Old, named: Sequence[cst.Arg]) -> _Plan:
        plan = _Plan()
        for argument in named:
            key, literal = _key(argument), _literal(argument.value)
            if key == "template_variant" and literal is None:
                return _Plan(
                    why_not="its template_variant may be 'default', which is no variant any more; left as it is."
                )
            if (key == "template_variant" and literal == _FIRST_VARIANT) or (
                key == "ssg_engine" and m.matches(argument.value, m.Name("None"))
            ):
                continue
            kept = argument
            if key == old.provider:
                kept, plan.why_not = self._as_stack_type(old, argument, literal)
                if plan.why_not:
                    return plan
            plan.arguments.append(kept)
        plan.arguments[-1] = _as_last(plan.arguments[-1], named[-1])
        return plan

    def _as_stack_type(self, old: _Old, argument: cst.Arg, provider: str | None) -> tuple[cst.Arg, str]:
        if provider is None:
            return argument, f"its {old.provider} is no plain text, so the stack type is not known; left as it is."
        try:
            stack_type = provider_stack_type(self.catalogue, old.kind, provider)
        except CombinationError as error:
            return argument, f"{error.what}; left as it is."
        return argument.with_changes(keyword=cst.Name("stack_type"), value=_text(stack_type, argument.value)), ""

    def _forget_import(self, name: QualifiedName, factory: str, function: cst.CSTNode) -> None:
        """Take the import away if nothing else needs it."""
        module = name.name.rpartition(f".{factory}.")[0]
        written = _dotted(function).rpartition(".")[0]
        if "." not in written:
            asname = written if written != factory else None
            RemoveImportsVisitor.remove_unused_import(self.context, module, factory, asname)
        else:
            prefix = written.rpartition(".")[0]
            RemoveImportsVisitor.remove_unused_import(self.context, module, asname=prefix if prefix != module else None)

    def _note(self, node: cst.CSTNode, text: str) -> None:
        self.notes.append(Note(self.get_metadata(PositionProvider, node).start.line, text))


def _owner(name: str) -> str:
    """Return the older factory whose method *name* is, or nothing."""
    *_, owner, method = ["", *name.split(".")][-2:]
    return owner if owner in _FACTORIES and method == _FACTORIES[owner].method else ""


def _dotted(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _key(argument: cst.Arg) -> str:
    return argument.keyword.value if argument.keyword else ""


def _named(argument: cst.Arg, name: str) -> cst.Arg:
    """Return *argument* with a keyword, if it has none."""
    if argument.keyword:
        return argument
    bare = cst.SimpleWhitespace("")
    return argument.with_changes(
        keyword=cst.Name(name), equal=cst.AssignEqual(whitespace_before=bare, whitespace_after=bare)
    )


def _as_last(argument: cst.Arg, last: cst.Arg) -> cst.Arg:
    """Give the argument that is the last one now what stood behind the one that was."""
    return argument.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)


def _literal(value: cst.BaseExpression) -> str | None:
    """Return the text of a plain string, else None."""
    if isinstance(value, cst.SimpleString) and "b" not in value.prefix.lower():
        found = value.evaluated_value
        return found if isinstance(found, str) else None
    return None


def _text(text: str, like: cst.BaseExpression) -> cst.SimpleString:
    quote = like.quote if isinstance(like, cst.SimpleString) and len(like.quote) == 1 else '"'
    return cst.SimpleString(f"{quote}{text}{quote}")
