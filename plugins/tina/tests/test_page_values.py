"""What the page shows of a new value is told from how it showed the one before."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from platform_core.node import node
from platform_plugin_tina.admin import EDITOR

PROGRAM = """
globalThis.document = { documentElement: { lang: LANGUAGE } };
const values = await import(FILE);
const page = (names) => ({ children: names.map((name) => ({ cloneNode: () => name })) });
console.log(JSON.stringify(CALL));
"""


def run(call: str, language: str = "en") -> Any:
    """Return what an expression over the module gives."""
    file = json.dumps((EDITOR / "page" / "values.mjs").as_uri())
    text = PROGRAM.replace("LANGUAGE", json.dumps(language)).replace("FILE", file).replace("CALL", call)
    done = subprocess.run(
        [str(node()), "--input-type=module", "--eval", text], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def blocks(*texts: str) -> dict[str, Any]:
    """Return a rich text of paragraphs."""
    return {"type": "root", "children": [{"type": "p", "children": [{"type": "text", "text": text}]} for text in texts]}


@pytest.mark.parametrize(
    ("language", "shown", "written"),
    [
        ("en", "30 October 2026", "5 November 2026"),
        ("en", "October 30, 2026", "November 5, 2026"),
        ("en", "30 Oct 2026", "5 Nov 2026"),
        ("it", "30 ottobre 2026", "5 novembre 2026"),
        ("de", "October 30, 2026", "November 5, 2026"),
        ("en", "the day before yesterday", "November 5, 2026"),
    ],
)
def test_a_date_is_written_as_the_page_writes_dates(language: str, shown: str, written: str) -> None:
    """The form that gives the old text gives the new one; without such a form it is the language's own."""
    call = f'values.dateLike({json.dumps(shown)}, "2026-10-30T00:00:00.000Z", "2026-11-05T00:00:00.000Z")'
    assert run(call, language) == written


def test_a_date_that_is_none_is_not_shown() -> None:
    """What somebody has half typed is no date."""
    assert run('values.dateLike("30 October 2026", "2026-10-30", "2026-1")') in {"", "1 January 2026"}
    assert run('values.dateLike("30 October 2026", "2026-10-30", "soon")') == ""


@pytest.mark.parametrize(
    ("now", "before", "changed", "after"),
    [
        (("a", "B", "c"), ["1"], ["B"], ["3"]),
        (("a", "c"), ["1"], [], ["3"]),
        (("a", "b", "new", "c"), ["1", "2"], ["new"], ["3"]),
        (("a", "a", "b", "c"), ["1"], ["a"], ["2", "3"]),
        ((), [], [], []),
        (("a", "b", "c", "end"), ["1", "2", "3"], ["end"], []),
        (("a", "b", "end", ""), ["1", "2"], ["end"], []),
    ],
)
def test_only_what_changed_is_made_anew(
    now: tuple[str, ...], before: list[str], changed: list[str], after: list[str]
) -> None:
    """Elements of the site stay for every block that nobody touched."""
    arguments = f"page([1, 2, 3].map(String)), {json.dumps(blocks('a', 'b', 'c'))}, {json.dumps(blocks(*now))}"
    found = run(f"values.changedBlocks({arguments})")
    texts = [block["children"][0]["text"] for block in found["changed"]]
    assert (found["before"], texts, found["after"]) == (before, changed, after)


def test_a_page_with_elements_of_its_own_is_made_anew_whole() -> None:
    """Where blocks and elements are not as many, none can be told from another."""
    arguments = f"page(['1', '2', '3']), {json.dumps(blocks('a', 'b'))}, {json.dumps(blocks('a', 'B'))}"
    found = run(f"values.changedBlocks({arguments})")
    assert (found["before"], len(found["changed"]), found["after"]) == ([], 2, [])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, "", True),
        ("a", "a", True),
        ("a", "b", False),
        (0, None, False),
        ({"a": 1, "id": "x"}, {"a": 1}, True),
        ({"a": [{"b": 1, "_content_source": {"queryId": "q"}}]}, {"a": [{"b": 1}]}, True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
    ],
)
def test_values_that_say_the_same_are_no_change(one: object, other: object, expected: bool) -> None:
    """What Tina adds to a value is not part of it."""
    assert run(f"values.same({json.dumps(one)}, {json.dumps(other)})") is expected
