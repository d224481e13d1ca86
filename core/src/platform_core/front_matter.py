"""Front matter: the table at the top of a content file, YAML ``---`` or TOML ``+++``.

YAML is read by the core schema of YAML 1.2, as engines and CMSs read it: ``No`` is
a word and ``1_000`` is text. It is written so that readers of 1.1 agree.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from platform_core.errors import ContentError
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
        ContentError: The front matter does not parse, or is not a table.
    """
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    import yaml  # slow to import, and not needed to list a catalogue

    try:
        data = tomllib.loads(match[2], parse_float=read_number) if match[1] == "+++" else yaml.load(match[2], _loader())  # noqa: S506  safe
    except (tomllib.TOMLDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise ContentError("bad-front-matter", f"the front matter of {where} can't be read", why=str(error)) from None
    if not isinstance(data or {}, dict):
        raise ContentError("bad-front-matter", f"the front matter of {where} is not a table")
    return {str(key): value for key, value in (data or {}).items()}, text[match.end() :]


def render_front_matter(data: Mapping[str, Any]) -> str:
    """Return *data* as YAML between its marks; `parse_front_matter` reads it back."""
    import yaml

    text = yaml.dump(dict(data), Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---\n"


@functools.cache
def _loader() -> Any:
    """Return PyYAML's safe loader with the scalars of YAML 1.2."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("CoreSchemaLoader", (base,), {"yaml_implicit_resolvers": {}})
    merge = [(f"{_TAG}merge", re.compile(r"^(?:<<)$"))]
    loader.yaml_implicit_resolvers["<"] = merge
    _add_core_schema(loader)
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
