"""Exported HTML becomes Markdown that holds no HTML."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.html_text import has_pictures, markdown_of, text_of

TAGS = ("<p>", "</p>", "<b>", "</b>", "<ul><li>", "</ul>", "<script>", "</script>", "<a href='javascript:x()'>", "</a>")
REST = (
    "<img src=x onerror=y>",
    "<div>",
    "&lt;script&gt;",
    "&amp;",
    "&#60;b",
    "*",
    "_",
    "[x](javascript:1)",
    "\n\n",
    "<",
)
PIECES = st.sampled_from((*TAGS, *REST))
HTML = st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One &amp; <strong>two</strong></p><p>three</p>", "One \\& **two**\n\nthree"),
        ("<ul><li>soft</li><li>warm</li></ul>", "- soft\n- warm"),
        ("<h2>Care</h2>Wash <em>cold</em>.", "## Care\n\nWash *cold*."),
        ('See <a href="https://a.example/b">there</a>', "See [there](https://a.example/b)"),
        ("one\n\ntwo <b>x</b>", "one\n\ntwo **x**"),
        ("no marks * at all", "no marks * at all"),
    ],
)
def test_what_merchants_write_stays_readable(html: str, markdown: str) -> None:
    """Paragraphs, lists, headings, emphasis and links have their Markdown."""
    assert markdown_of(html) == markdown


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        '<iframe src="https://a.example"></iframe>',
        '<img src="x" onerror="alert(1)">',
        "<!-- note -->",
        "<svg onload=alert(1)></svg>",
        "<form>Your name <input><select><option>x</option></select><a href='javascript:x'>y</a></form>",
    ],
)
def test_what_runs_or_embeds_is_left_out(html: str) -> None:
    """Nothing of it reaches the page, not even its text."""
    assert markdown_of(f"<p>before</p>{html}<p>after</p>") == "before\n\nafter"


def test_a_link_to_a_script_keeps_its_words_only() -> None:
    """Addresses other than http, https, mail, telephone and paths are no links."""
    links = "".join(
        f'<a href="{to}">w</a> ' for to in ("javascript:x", "data:text/html,x", "//a.example", "JaVaScRiPt:x")
    )
    assert markdown_of(f"<p>{links}</p>") == "w w w w"


def test_a_title_of_a_link_is_no_way_out() -> None:
    """What stands in an attribute is not escaped by anybody, so none but the address is kept."""
    html = """<a href="/x/{{%y%}}" title='\\"><img src=x onerror=alert(1)>'>w</a>"""
    assert markdown_of(f"<p>{html}</p>") == "[w](/x/%7B%7B%y%}})"


def test_code_may_hold_the_marks_of_code() -> None:
    """A block of code ends where its author ended it."""
    assert markdown_of("<pre>a\n```\n&lt;b></pre>") == "````\na\n```\n<b>\n````"


def test_thousands_of_elements_inside_each_other_are_text() -> None:
    """Depth that no page has is no reason to fail."""
    assert markdown_of("<div>" * 20_000 + "deep") == "deep"


def test_pictures_are_noticed() -> None:
    """Whoever leaves them out can say so."""
    assert has_pictures("<IMG src=x>")
    assert not has_pictures("imagine")


@given(HTML)
def test_no_html_comes_through(html: str) -> None:
    """Whatever the input is made of, an element never stands in the result unescaped."""
    if "<" in html or "&" in html:
        assert not re.search(r"(?<!\\)<[A-Za-z/!?]", markdown_of(html))
    assert "\n" not in text_of(html)
