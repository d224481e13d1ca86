"""Sites of any size: a starter, and generated entries that its own templates show."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from platform_core.catalogue import Catalogue
from platform_core.composition import Composition, compose
from platform_core.content import PRODUCTS, Entry, render_entry
from platform_core.discovery import discover
from platform_core.manifest import Manifest
from platform_core.site import load_site
from platform_testing.quality import write_starter

__all__ = ["add_entries", "change_one", "choose_variant", "compose_site"]

WORDS = [
    "timetable", "signal", "platform", "carriage", "junction", "winter", "bridge", "ledger", "copper", "engine", "harbour",
    "station", "measure", "lantern", "ticket", "morning", "whistle", "quarter", "northern", "siding", "record", "passage",
    "gravel", "window",
]  # fmt: skip
FIRST = "entry-00000"


def compose_site(root: Path) -> Composition:
    """Read and compose the site of a folder."""
    catalogue = Catalogue(discover().plugins)
    return compose(load_site(root, catalogue), root, catalogue)


def choose_variant(engine: Manifest, scratch: Path) -> tuple[str, str]:
    """Return the variant whose starter has the most dated entries of one collection, and that collection.

    What has a date is what people add to; a collection without dates may be shown whole on
    every page, as a firm's services are.
    """
    counted = {}
    for variant in engine.variants:
        root = scratch / variant
        write_starter(root, engine.id, variant)
        counts = Counter(entry.collection for entry in _entries(compose_site(root)) if entry.date)
        if counts:
            name, count = counts.most_common(1)[0]
            counted[variant] = (count, name)
    if not counted:
        raise RuntimeError(f"no starter of {engine.id} has dated entries in a collection of its content model")
    variant = max(counted, key=lambda name: counted[name][0])
    return variant, counted[variant][1]


def _entries(composition: Composition) -> Iterator[Entry]:
    """Yield the entries of collections that an editor adds to, the shop's aside."""
    known = {item.name for item in composition.content.collections} - {PRODUCTS}
    for entry in composition.content.entries():
        if entry.collection in known and not entry.slug.startswith(("_", "index")) and not entry.draft:
            yield entry


def add_entries(root: Path, collection: str, count: int) -> None:
    """Write entries with the front matter of one that the starter has, and texts and terms of their own."""
    model = min(
        (entry for entry in _entries(compose_site(root)) if entry.collection == collection),
        key=lambda entry: (bool(entry.url or entry.aliases), len(entry.extra), entry.slug),
    )
    path = next((root / "content" / collection).glob(f"{model.slug}.md"))
    for number, body in zip(range(count), bodies(), strict=False):
        day = dt.date(2010 + number % 16, number % 12 + 1, number % 28 + 1)
        # Where all entries share their terms, all are related to all, which no site is.
        terms = tuple(dict.fromkeys((WORDS[number % len(WORDS)], WORDS[(number // len(WORDS) * 5 + 7) % len(WORDS)])))
        entry = replace(
            model,
            taxonomies=dict.fromkeys(model.taxonomies, terms),
            slug=f"entry-{number:05}",
            title=f"Entry {number} on {WORDS[number % len(WORDS)]}",
            body=body,
            date=day if model.date else None,
            url="",
            aliases=(),
        )
        path.with_name(f"entry-{number:05}.md").write_text(render_entry(entry), "utf-8")


def change_one(root: Path, collection: str, number: int) -> None:
    """Add a sentence to one entry."""
    path = root / "content" / collection / f"{FIRST}.md"
    path.write_text(f"{path.read_text('utf-8')}\nOne more sentence, for the {number}th time.\n", "utf-8")


def bodies() -> Iterator[str]:
    """Yield texts of some 250 words, each another, with headings, a list and code."""
    for number in itertools.count():
        turned = [WORDS[(number + position * 5) % len(WORDS)] for position in range(60)]
        text = " ".join(turned).capitalize()
        items = "\n".join(f"- {word} and {other}" for word, other in itertools.pairwise(turned[:8]))
        yield f"{text}.\n\n## {turned[3].title()}\n\n{text}, **{turned[5]}** and [{turned[7]}](/).\n\n{items}\n\n```python\nprint({number})\n```\n\n{text}.\n"
