"""The starters of the engines: what the last run of the checks said about each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from _pages.markdown import page, table
from _pages.sites import ROOT, own_plugins

from platform_core.manifest import Manifest

__all__ = ["engines_page", "starters_table"]

RECORD = ROOT / "docs" / "data" / "engines.json"
PICTURES = "images/starters"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
ABOUT = """\
Each engine brings starters: whole sites with a design, content to replace, and the features that their variant promises.
`nox -s matrix -- --engines` scaffolds and builds each one, deploys it with its own stack into the embedded AWS, publishes it, and then looks at it as a client would.
Where the engine renders on a server, the starter is built and deployed once more with `rendering = "server"`.
This page and the table in the README are made from the record of that run.
"""
CHECKED = """\
- Every page of the release answers 200 at its canonical address and is reached from its other spellings by one redirect; what is missing gets the site's own page.
- Files have the right type, are compressed, and are cached for ever exactly when their name holds a hash.
- Each page has one title, description, canonical address, first heading and main part, a language and an icon.
- Every link inside the site, every picture and every file of a stylesheet answers without a redirect, and anchors exist.
- Feeds, sitemap and `robots.txt` can be read and lead to pages that answer.
- The markup is valid HTML by [html-validate](https://html-validate.org/)'s recommended rules, but for matters of style.
- [axe](https://github.com/dequelabs/axe-core) finds no violation, in light and in dark, on pages that between them have every kind of element of the site.
- Nothing sticks out at a width of 320 pixels.
- With JavaScript off everything in the main part can be read, and every link is there.
- No script fails, nothing is refused by the site's security policy, and nothing comes from another host.
- [Lighthouse](https://developer.chrome.com/docs/lighthouse/), for a phone on a slow network, gives at least 95 for performance, accessibility, best practices and SEO: the median of three runs, for the home page and for the page with the most to read.
- With a server, in a Lambda function behind the same distribution: prepared pages come as files and from their other spellings, every address that pages lead to and that is no file is rendered,
  what is missing gets 404 and the site's own page, HEAD answers as GET does, and assets are cached for ever.

Plugin authors run the same with `python -m platform_testing.quality FOLDER`.
"""
ON_TIMES = """\
*Build* is the engine's own time for the whole starter without any cache of an earlier build; packages are installed already.
Scores are those of the home page and of a page of content: performance, accessibility, best practices, SEO.
They were measured on this machine's loopback interface, which says more about the pages than about networks.
*Server* names how many addresses of the starter are rendered when they are asked for; all others are files there too.
"""
SERVER = "runtime.server"


def engines_page() -> str:
    """Return the page with every starter."""
    record = _record()
    parts = [
        ABOUT,
        "## Results",
        table(
            ("engine", "starter", "result", "pages", "size", "build", "server", "home page", "content"),
            [_row(item, variant, record["starters"]) for item in _engines() for variant in item.variants],
        ),
        f"Machine: {record['machine']}.\n{ON_TIMES}",
        "## What is checked",
        CHECKED,
    ]
    for item in _engines():
        parts += [f"## {item.name}", item.summary]
        for variant, details in item.variants.items():
            parts += [f"### `{item.id}/{variant}`", details.summary, *_shown(item, variant, record["starters"])]
    return page("Engines and their starters", parts)


def starters_table() -> str:
    """Return the table of the README: a row for each engine, a picture and a result for each starter."""
    rows = _record()["starters"]
    width = max(len(item.variants) for item in _engines())
    lines = [["engine", *[""] * width], ["---"] * (width + 1)]
    for item in _engines():
        cells = [_cell(item, variant, rows.get(f"{item.id}/{variant}")) for variant in item.variants]
        lines.append([item.name, *cells, *[""] * (width - len(cells))])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _record() -> dict[str, Any]:
    return dict(json.loads(RECORD.read_text("utf-8")))


def _engines() -> list[Manifest]:
    return [item.manifest for item in own_plugins() if item.manifest and item.manifest.kind == "ssg"]


def _row(item: Manifest, variant: str, rows: Mapping[str, Any]) -> Iterable[str]:
    row = rows.get(f"{item.id}/{variant}")
    start = (f"{item.name} {item.facts['version'].split()[0].rstrip(',')}", f"`{variant}`")
    if row is None:
        return (*start, "not run yet", "", "", "", "", "", "")
    scores = [_scores(value) for _, value in sorted(row["lighthouse"].items())]
    home, content = (*scores, "", "")[:2]
    size = f"{row['bytes'] / 1e6:.1f} MB" if row["bytes"] else ""
    return (
        *start,
        f"{row['result']}, {row['date']}",
        str(row["pages"] or ""),
        size,
        _seconds(row),
        _server(item, row),
        home,
        content,
    )


def _scores(measured: Mapping[str, Any]) -> str:
    return " / ".join(str(measured["scores"][name]) for name in CATEGORIES)


def _seconds(row: Mapping[str, Any]) -> str:
    return f"{row['seconds']['build']:.1f} s" if "build" in row["seconds"] else ""


def _server(item: Manifest, row: Mapping[str, Any]) -> str:
    """Say what came of the starter with a server; nothing for an engine that has none."""
    if SERVER not in item.provides:
        return ""
    server = row.get("server")
    return f"{server['result']}, {server['date']}: {len(server['rendered'])}" if server else "not run yet"


def _cell(item: Manifest, variant: str, row: Mapping[str, Any] | None) -> str:
    name = variant.replace("_", " ")
    if row is None:
        return f"{name}<br>not run yet"
    lowest = (
        [str(min(measured["scores"][each] for measured in row["lighthouse"].values())) for each in CATEGORIES]
        if row["lighthouse"]
        else []
    )
    told = ", ".join(part for part in (row["result"], _seconds(row), "/".join(lowest)) if part)
    picture = f"docs/{PICTURES}/{item.id}-{variant}.webp"
    shown = f"![{item.name}, {name}]({picture})<br>" if (ROOT / picture).is_file() else ""
    return f"{shown}{name}<br>{told}"


def _shown(item: Manifest, variant: str, rows: Mapping[str, Any]) -> Iterator[str]:
    picture = f"{PICTURES}/{item.id}-{variant}.webp"
    if (ROOT / "docs" / picture).is_file():
        yield f"![The home page of {item.name}'s starter {variant}](../{picture})"
    row = rows.get(f"{item.id}/{variant}", {})
    for heading, found in (("What was found:", row), ("What was found with a server:", row.get("server", {}))):
        if found.get("findings"):
            yield "\n".join([heading, "", *(f"- {_words(text)}" for text in found["findings"])])


def _words(text: str) -> str:
    """Show a finding as it was told, on one line."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"
