"""Front matter: the table at the top of a content file, YAML ``---`` or TOML ``+++``.

YAML is read by the core schema of YAML 1.2, as engines and CMSs read it: ``No`` is
a word and ``1_000`` is text. It is written so that readers of 1.1 agree.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from platform_core.errors import ContentError, Problem
from platform_core.exact import Exact, is_exact, read_number

__all__ = ["parse_front_matter", "render_front_matter"]

_FRONT_MATTER = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\r?\n(.*?)^\1[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_TAG = "tag:yaml.org,2002:"
_CORE_SCHEMA = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
    # Not of the core schema, but engines read dates, and so does everybody who writes them.
    "timestamp": (
        r"\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?",
        "0123456789",
    ),
}


def parse_front_matter(text: str, where: str) -> tuple[dict[str, Any], str]:
    """Split *text* into front matter and body.

    Raises:
        ContentError: The front matter does not parse, is not a table, or has a key twice.
    """
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    import yaml  # slow to import, and not needed to list a catalogue

    try:
        data = _read_toml(match[2]) if match[1] == "+++" else _read_yaml(match[2], where)
    # What YAML declares to be something that it is not ends in one of the last two.
    except (tomllib.TOMLDecodeError, yaml.YAMLError, ValueError, RecursionError, AttributeError, KeyError) as error:
        raise ContentError("bad-front-matter", f"the front matter of {where} can't be read", why=str(error)) from None
    if not isinstance(data or {}, dict):
        raise ContentError("bad-front-matter", f"the front matter of {where} is not a table")
    return {str(key): value for key, value in (data or {}).items()}, text[match.end() :]


def render_front_matter(data: Mapping[str, Any]) -> str:
    """Return *data* as YAML between its marks; `parse_front_matter` reads it back."""
    import yaml

    text = yaml.dump(dict(data), Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---\n"


def _read_toml(text: str) -> Any:
    return _without_times(tomllib.loads(text, parse_float=read_number))


def _without_times(value: Any) -> Any:
    """Return *value* with times of no day as text: YAML has none, and engines show them so."""
    if isinstance(value, dict):
        return {key: _without_times(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_times(item) for item in value]
    return value.isoformat() if isinstance(value, dt.time) else value


def _read_yaml(text: str, where: str) -> Any:
    reader = _loader()(text)
    try:
        data = reader.get_single_data()
    finally:
        reader.dispose()
    if reader.has_lost or (isinstance(data, dict) and len(set(map(str, data))) < len(data)):
        # Merges lose keys rightly; only now it is worth it to look where each key stands.
        problems = [
            Problem(f"{where}:{line}", f"the key {name!r} stands there already in line {first}.")
            for name, first, line in _keys_that_stand_twice(text)
        ]
        if problems:
            what = f"the front matter of {where} has a key twice"
            raise ContentError("bad-front-matter", what, problems=problems)
    if "*" in text and _holds_itself(data, set(), set()):
        raise ValueError("a value holds itself")
    return data


def _keys_that_stand_twice(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each key that its table has already, the line where it has it, and the line of the key."""
    reader = _loader()(text)
    root = reader.get_single_node()
    nodes, seen = [root], set()
    while nodes:
        node = nodes.pop()
        if id(node) in seen or isinstance(node.value, str):
            continue
        seen.add(id(node))
        lines: dict[Any, int] = {}
        for item in node.value:
            key, value = item if isinstance(item, tuple) else (None, item)
            nodes.append(value)
            if key is None or key.tag == f"{_TAG}merge":
                continue
            found = reader.construct_object(key, deep=True)
            # Those of the root become text.
            names = {found, str(found)} if node is root else {found}
            line = key.start_mark.line + 2  # the mark of the front matter is the first one
            first = next((lines[name] for name in names if name in lines), 0)
            if first:
                yield str(found), first, line
            lines |= dict.fromkeys(names, first or line)


def _holds_itself(value: Any, inside: set[int], done: set[int]) -> bool:
    if not isinstance(value, dict | list) or id(value) in done:
        return False
    if id(value) in inside:
        return True
    inside.add(id(value))
    items = value.values() if isinstance(value, dict) else value
    found = any(_holds_itself(item, inside, done) for item in items)
    inside.discard(id(value))
    done.add(id(value))
    return found


@functools.cache
def _loader() -> Any:
    """Return PyYAML's safe loader with the scalars of YAML 1.2; it notes whether a table lost a key."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    def construct_mapping(reader: Any, node: Any, deep: bool = False) -> Any:
        found = base.construct_mapping(reader, node, deep=deep)
        reader.has_lost |= len(found) < len(node.value)
        return found

    own = {"yaml_implicit_resolvers": {}, "has_lost": False, "construct_mapping": construct_mapping}
    loader: Any = type("CoreSchemaLoader", (base,), own)
    merge = [(f"{_TAG}merge", re.compile(r"^(?:<<)$"))]
    loader.yaml_implicit_resolvers["<"] = merge
    _add_core_schema(loader)
    # As pairs of values they could not be written again.
    for name in ("omap", "pairs"):
        loader.add_constructor(f"{_TAG}{name}", base.construct_yaml_seq)
    loader.add_constructor(f"{_TAG}float", _float)
    loader.add_constructor(f"{_TAG}int", lambda reader, node: _integer(reader.construct_scalar(node)))
    return loader


@functools.cache
def _dumper() -> Any:
    """Return PyYAML's safe dumper; it quotes what a reader of 1.1 *or* 1.2 would take for a number."""
    import yaml

    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    resolvers = {key: list(rows) for key, rows in base.yaml_implicit_resolvers.items()}
    dumper: Any = type("BothSchemasDumper", (base,), {"yaml_implicit_resolvers": resolvers})
    _add_core_schema(dumper)
    dumper.add_representer(Exact, lambda writer, value: writer.represent_scalar(f"{_TAG}float", str(value)))
    return dumper


def _add_core_schema(target: Any) -> None:
    for name, (pattern, first) in _CORE_SCHEMA.items():
        target.add_implicit_resolver(f"{_TAG}{name}", re.compile(f"^(?:{pattern})$"), list(first))


def _float(reader: Any, node: Any) -> float:
    text = str(reader.construct_scalar(node))
    return Exact(text) if is_exact(text) else float(reader.construct_yaml_float(node))


def _integer(text: str) -> int:
    for prefix, base in (("0o", 8), ("0x", 16)):
        if text.startswith(prefix):
            return int(text[2:], base)
    return int(text)
