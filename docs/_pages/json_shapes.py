"""The page about ``--json``: what each command prints, seen by running it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from _pages.commands import walk
from _pages.markdown import code, page, table
from _pages.sites import own_plugins

from platform_cli.checkup import Finding
from platform_cli.commands.events_ import _row as event_row
from platform_cli.commands.migrate_config_ import _row as migrated_row
from platform_cli.commands.pull_ import row as pull_row
from platform_cli.commands.releases_ import _row as release_row
from platform_cli.old_calls import Note, Rewritten
from platform_core.changes import Change
from platform_core.discovery import DISABLE_VARIABLE, discover
from platform_core.events import EventInfo
from platform_core.pulling import Pulled
from platform_core.runtime.publisher import ReleaseInfo
from platform_testing.distributions import install_fakes

__all__ = ["commands_with_json", "json_page"]

SHAPES = Path(__file__).with_suffix(".toml").with_stem("json")
WORDS = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", type(None): "null"}
INTRODUCTION = """\
Where a command shows data, `--json` prints the same as JSON on standard output, and nothing else there.
Warnings and errors go to standard error, and the exit code is the same as without it.
"""
POLICY = """\
This is version 1 of the shapes; it is the version of every 0.x and 1.x of platform-cli.
Within a version, a key is never removed, renamed, or given another type or meaning.
Keys may be added, and so may values where a value is one word of a list: ignore what you don't know.
The order of keys means nothing.
Prices are whole US dollars, times are seconds unless the key says otherwise.
A change that breaks this waits for the next major version, and stands in the changelog one minor version before.
"""

SITE = 'client = "acme"\ndomain = "acme.example"\nengine = "ssg-echo"\n'
EVENT = EventInfo("reference", dt.datetime.now(dt.UTC), "github", "content.changed", "", build=True, state="waiting")
# What these show can't be asked for without AWS, or depends on the machine: the records that they print are made up.
SAMPLES: Mapping[str, Callable[[], list[dict[str, Any]]]] = {
    "diff": lambda: [dataclasses.asdict(Change("stack", "Add", "Id", "AWS::S3::Bucket", properties=("Tags",)))],
    "doctor": lambda: [dataclasses.asdict(Finding("Python", "ok", "3.11"))],
    "migrate-config": lambda: [
        migrated_row(Path("app.py"), b"old()\n", Rewritten(b"new()\n", 1, (Note(1, "why"),)), written=False)
    ],
    "pull": lambda: [pull_row(Pulled("cms", 1, ("content/posts/a.md",)))],
    "events list": lambda: [event_row(EVENT)],
    "events show": lambda: [event_row(EVENT)],
    "events replay": lambda: [{"sent": ["reference"], "skipped": {"reference": "why"}}],
    "releases": lambda: [
        release_row(
            ReleaseInfo(
                id="id", created=dt.datetime.now(dt.UTC), objects=1, bytes=1, live=True, previous=False, provenance={}
            )
        )
    ],
}


def json_page() -> str:
    """Return the page with the shape of each command's JSON."""
    shapes = tomllib.loads(SHAPES.read_text("utf-8"))
    wanted = set(commands_with_json())
    if shapes.keys() != wanted:
        raise SystemExit(f"{SHAPES.name} and the commands differ: {sorted(shapes.keys() ^ wanted)}")
    parts = [
        INTRODUCTION,
        "## What may change",
        POLICY,
    ]
    for name, shape in sorted(shapes.items()):
        parts += [f"## `platform {name} --json`", *_shape(name, shape)]
    return page("JSON output", parts)


def commands_with_json() -> Iterator[str]:
    """Yield the names of the commands that have the option."""
    for name, command in walk():
        if any("--json" in option.opts for option in command.params):
            yield name.removeprefix("platform ")


def _shape(name: str, shape: Mapping[str, Any]) -> Iterator[str]:
    yield shape["returns"]
    printed = [_run(call) for call in shape["calls"]] if "calls" in shape else [json.loads(json.dumps(SAMPLES[name]()))]
    rows = [row for data in printed for row in (data if isinstance(data, list) else [data])]
    seen = {key: {_type(row[key]) for row in rows if key in row} for row in rows for key in row}
    if seen.keys() != shape["keys"].keys():
        raise SystemExit(
            f"{SHAPES.name} [{name}]: described and printed keys differ: {seen.keys() ^ shape['keys'].keys()}"
        )
    yield table(
        ("key", "type", "meaning"), [(f"`{key}`", _union(seen[key]), text) for key, text in shape["keys"].items()]
    )
    if shape.get("example"):
        first = rows[:1] if isinstance(printed[0], list) else rows[0]
        yield code(json.dumps(first, indent=2, ensure_ascii=False), "json")


def _run(call: list[str]) -> Any:
    """Run the command, with the plugins of this repository and the reference fakes."""
    own = {item.distribution for item in own_plugins()}
    others = {item.distribution for item in discover(disabled=()).plugins} - own
    with tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch, "site")
        site.mkdir()
        (site / "site.toml").write_text(SITE, "utf-8")
        # What the reference engine is recognised by.
        (site / "echo").mkdir()
        (site / "echo" / "style.css").touch()
        fakes = install_fakes(Path(scratch, "fakes"))
        env = {
            **os.environ,
            DISABLE_VARIABLE: ",".join(sorted(others)),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(fakes), os.environ.get("PYTHONPATH")))),
        }
        command = [sys.executable, "-m", "platform_cli.main", *(part.format(site=site) for part in call), "--json"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"platform {' '.join(call)} --json ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout.replace(str(site), "site"))


def _type(value: Any) -> str:
    if isinstance(value, list):
        inner = sorted({_type(item) for item in value})
        return f"array of {' or '.join(inner)}s" if inner else "array"
    return WORDS[type(value)]


def _union(types: set[str]) -> str:
    """Join what was seen; an empty array says nothing beside a full one."""
    known = {item for item in types if item != "array" or not any(other.startswith("array of") for other in types)}
    return " or ".join(sorted(known, key=lambda item: (item == "null", item)))
