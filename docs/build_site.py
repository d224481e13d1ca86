"""Write the documentation as a site, and build it with Platform itself.

    python docs/build_site.py [FOLDER]

The pages stay what they are; here they get front matter in place of their first heading,
and links that lead to addresses in place of files.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from platform_core.build import build
from platform_core.catalogue import Catalogue
from platform_core.composition import compose
from platform_core.contributions import Stage
from platform_core.discovery import discover
from platform_core.scaffold import scaffold
from platform_core.site import load_site

DOCS = Path(__file__).parent.resolve()
ROOT = DOCS.parent
FRAME = DOCS / "_site"
SECTIONS = {
    "tutorial": ("Learn", "Ten minutes from nothing to a site that you can edit."),
    "how-to": ("Do", "One task on each page."),
    "reference": ("Look up", "Every command, key, hook and error; written from the code."),
    "explanation": ("Understand", "How it works, and why it is so."),
    "plugins": ("Plugins", "What each plugin adds to a site, and what it can't do."),
    "project": ("Project", "How to work on Platform, and what has changed."),
}
IMAGE = re.compile(r"(!\[[^\]]*\])\(\.\./images/([^)\s]+)\)")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")
CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def main(arguments: list[str]) -> int:
    """Write the site and build it."""
    parser = argparse.ArgumentParser(prog="docs/build_site.py", description="Build the documentation with Platform.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "docs", help="of the site")
    folder = parser.parse_args(arguments).folder.resolve()
    write_site(folder)
    catalogue = Catalogue(discover().plugins)
    composition = compose(load_site(folder, catalogue), folder, catalogue)
    scaffold(folder, composition.engine, composition.site.variant)
    output = build(composition, Stage("aws", f"https://{composition.site.domain}")).output
    print(
        f"{sum(1 for _ in output.rglob('*.html'))} pages in {output}; `platform up {os.path.relpath(folder)}` serves them."
    )
    return 0


def write_site(folder: Path) -> None:
    """Write everything but the design into *folder*."""
    shutil.rmtree(folder / "content", ignore_errors=True)
    shutil.copytree(FRAME, folder, dirs_exist_ok=True)
    shutil.copytree(DOCS / "images", folder / "static" / "images", dirs_exist_ok=True)
    docs = folder / "content" / "docs"
    front = {"title": "Documentation", "description": "Everything about Platform.", "version": version("platform-core")}
    write(docs / "_index.md", front, "")
    addresses = dict(pages())
    for number, (name, (title, description)) in enumerate(SECTIONS.items(), 1):
        write(docs / name / "_index.md", {"title": title, "description": description, "weight": number}, "")
    for number, (source, address) in enumerate(addresses.items(), 1):
        title, _, body = source.read_text("utf-8").partition("\n")
        place = folder / "content" / f"{address.strip('/')}.md"
        write(
            place,
            {"title": title.removeprefix("# ").replace("`", ""), "weight": number},
            linked(body, source, addresses),
        )


def pages() -> Iterator[tuple[Path, str]]:
    """Yield each page with the address that it gets."""
    for section in ("tutorial", "how-to", "reference", "explanation"):
        for path in sorted((DOCS / section).glob("*.md")):
            yield path, f"/docs/{section}/{path.stem}/"
    for path in sorted(ROOT.glob("plugins/*/README.md")):
        yield path, f"/docs/plugins/{path.parent.name}/"
    for name in ("CONTRIBUTING", "CHANGELOG"):
        yield ROOT / f"{name}.md", f"/docs/project/{name.lower()}/"


def linked(body: str, source: Path, addresses: dict[Path, str]) -> str:
    """Let links to pages lead to their addresses; a file that is no page keeps its words alone."""

    def replace(match: re.Match[str]) -> str:
        text, target = match.groups()
        name, mark, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target) or not name:
            return match[0]
        address = addresses.get((source.parent / name).resolve())
        return f"[{text}]({address}{mark}{anchor})" if address else text

    def with_links(text: str) -> str:
        return LINK.sub(replace, IMAGE.sub(r"\1(/images/\2)", text))

    return "".join(part if part.startswith("```") else with_links(part) for part in CODE.split(body))


def write(path: Path, front: dict[str, object], body: str) -> None:
    """Write one page; JSON is YAML too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items()]
    path.write_text("\n".join(["---", *lines, "---", body]), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
