"""Core and the command know kinds of components, never one of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ("core/src", "cli/src")
TEXT = {".py", ".js", ".mjs", ".toml", ".json", ".md", ".html", ".css", ".txt"}
COMPONENTS = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file())


def naming(component: str) -> re.Pattern[str]:
    """Match the id as a word, as a part of snake_case or CamelCase, and in capitals."""
    words = component.split("-")
    joined = "[-_ ]?".join(map(re.escape, words))
    camel = "".join(re.escape(word.title()) for word in words)
    return re.compile(rf"(?<![A-Za-z]){joined}(?![a-z])|{camel}(?![a-z])|(?<![A-Z]){joined.upper()}(?![A-Z])")


def mentions(component: str) -> list[str]:
    """Return each place of core and the command that names *component*."""
    pattern = naming(component)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for source in SOURCES
        for path in sorted((ROOT / source).rglob("*"))
        if path.suffix in TEXT and path.is_file()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("component", COMPONENTS)
def test_no_source_names_a_component(component: str) -> None:
    """What is true of one component lies in its plugin; code, strings and comments of core are free of it."""
    assert mentions(component) == []


def test_there_are_components_to_look_for() -> None:
    """The search would find nothing if it looked for nothing."""
    assert len(COMPONENTS) >= 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("if engine == 'tina':", True),
        ("tina_cms_tier", True),
        ("TinaCMSTierStack", True),
        ("PLATFORM_TINA", True),
        ("runs in a container", False),
        ("Tinamou", False),
    ],
)
def test_the_search_finds_names_and_no_other_words(text: str, found: bool) -> None:
    """An id inside another word is no mention of the component."""
    assert bool(naming("tina").search(text)) is found
