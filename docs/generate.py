"""Write the reference pages from the code, and the generated parts of each README.

    python docs/generate.py            write what is stale
    python docs/generate.py --check    change nothing; fail when something is stale

A README takes part with a pair of marks, ``<!-- generated: settings -->`` and
``<!-- end of settings -->``, and the same for ``capabilities`` and ``variants``; the
workspace's own README has ``starters``, which is made from ``docs/data/engines.json``.
The measured builds in the engines' manifests come from ``docs/data/build-speed.json``.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

DOCS = Path(__file__).parent.resolve()
sys.path.insert(0, str(DOCS))

from _pages.benchmarks import speed_part  # noqa: E402
from _pages.combinations import combinations_page  # noqa: E402
from _pages.commands import cli_page  # noqa: E402
from _pages.contract import hooks_page, manifest_page  # noqa: E402
from _pages.engines import engines_page, starters_table  # noqa: E402
from _pages.errors import errors_page  # noqa: E402
from _pages.json_shapes import json_page  # noqa: E402
from _pages.sites import (  # noqa: E402
    ROOT,
    capabilities_page,
    capabilities_table,
    own_plugins,
    settings_table,
    site_page,
    variants_table,
)
from _pages.speeds import measured_builds, with_speed  # noqa: E402

PAGES: Mapping[str, Callable[[], str]] = {
    "capabilities.md": capabilities_page,
    "cli.md": cli_page,
    "combinations.md": combinations_page,
    "engines.md": engines_page,
    "errors.md": errors_page,
    "hooks.md": hooks_page,
    "json.md": json_page,
    "manifest.md": manifest_page,
    "site-toml.md": site_page,
}
PARTS = {"settings": settings_table, "capabilities": capabilities_table, "variants": variants_table}


def files() -> Iterator[tuple[Path, str]]:
    """Yield each generated file with the text that it should have."""
    for name, make in PAGES.items():
        yield DOCS / "reference" / name, make()
    benchmarks = DOCS / "reference" / "benchmarks.md"
    yield benchmarks, filled(benchmarks.read_text("utf-8"), "engines", speed_part())
    readme = ROOT / "README.md"
    yield readme, filled(readme.read_text("utf-8"), "starters", starters_table())
    for plugin in own_plugins():
        if plugin.package and plugin.kind == "ssg":
            path = plugin.package / "plugin.toml"
            yield path, with_speed(path.read_text("utf-8"), measured_builds().get(plugin.id, []))
        readme = ROOT / "plugins" / plugin.id / "README.md"
        if plugin.manifest and readme.is_file():
            text = readme.read_text("utf-8")
            for part, make_table in PARTS.items():
                text = filled(text, part, make_table(plugin.manifest))
            yield readme, text


def filled(text: str, part: str, content: str) -> str:
    """Put *content* between the marks of *part*."""
    marks = re.compile(rf"(<!-- generated: {part} -->\n).*?(<!-- end of {part} -->)", re.DOTALL)
    return marks.sub(lambda match: f"{match[1]}\n{content}\n\n{match[2]}", text)


def main(arguments: list[str]) -> int:
    """Write or compare every generated file."""
    parser = argparse.ArgumentParser(
        prog="nox -s gen --", description="Write the generated parts of the documentation."
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a file is stale")
    check = parser.parse_args(arguments).check
    stale = 0
    for path, text in files():
        old = path.read_text("utf-8") if path.is_file() else ""
        if old == text:
            continue
        stale += 1
        name = path.relative_to(ROOT).as_posix()
        if check:
            sys.stdout.writelines(
                difflib.unified_diff(old.splitlines(True), text.splitlines(True), name, "from the code", n=1)
            )
        else:
            path.write_text(text, "utf-8")
            print(f"wrote {name}")
    if check and stale:
        print(f"{stale} files are stale. Run `nox -s gen` and commit what it writes.")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
