"""Words and code from a CMS or a shop that look like an engine's templates are shown, and never run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from platform_core.html_text import markdown_of
from platform_core.node import ensure_packages, node, npm_env

SIGNS = "{{< youtube x >}} and {{% note %}} and {{ site.title }} and {% raw %} and {# a note #} and {: .red}"
LINES = f"{SIGNS}\n\n  if (a < b && c) {{ return `*{{{{ x }}}}*` }}\n{{{{</* x */>}}}}"
STARTERS = Path(__file__).parent.parent / "plugins" / "eleventy" / "src" / "platform_plugin_eleventy" / "starters"


def contentful() -> str:
    """Return both as rich text of one CMS, in Markdown."""
    from platform_plugin_contentful.richtext import to_markdown

    def paragraph(*runs: tuple[str, str]) -> dict[str, object]:
        texts = [
            {"nodeType": "text", "value": text, "marks": [{"type": mark}] if mark else [], "data": {}}
            for text, mark in runs
        ]
        return {"nodeType": "paragraph", "data": {}, "content": texts}

    blocks = [paragraph((SIGNS, "")), paragraph(("Say ", ""), (SIGNS, "code")), paragraph((LINES, "code"))]
    return to_markdown({"nodeType": "document", "data": {}, "content": blocks}, lambda *_: None, print)


def sanity() -> str:
    """Return both as rich text of the other CMS, in Markdown."""
    from platform_plugin_sanity.portable.inline import image_markdown
    from platform_plugin_sanity.values import Values

    def block(*runs: tuple[str, str]) -> dict[str, object]:
        spans = [{"_type": "span", "text": text, "marks": [mark] if mark else []} for text, mark in runs]
        return {"_type": "block", "style": "normal", "markDefs": [], "children": spans}

    blocks = [block((SIGNS, "")), block(("Say ", ""), (SIGNS, "code")), {"_type": "code", "code": LINES}]
    picture = image_markdown(SIGNS, "/x.png", SIGNS)
    return f"{Values({}, {}, {}, images='', uploads='').markdown(blocks)}\n{picture}\n"


def exported() -> str:
    """Return both as HTML of a shop, in Markdown."""

    def text(words: str) -> str:
        return words.replace("&", "&amp;").replace("<", "&lt;")

    link = f'<a href="https://example.com/{{{{%x%}}}}" title="{text(SIGNS)}">there</a>'
    return markdown_of(
        f"<p>{text(SIGNS)}</p><p>Say <code>{text(SIGNS)}</code></p><pre><code>{text(LINES)}</code></pre><p>{link}</p>"
    )


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> None:
    """Run a program that has to succeed."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def with_hugo(root: Path, body: str) -> str:
    """Return the page that the engine with shortcodes makes."""
    (root / "hugo.toml").write_text("disableKinds = ['taxonomy']\n[markup.goldmark.renderer]\nunsafe = true\n")
    for name, text in (("content/a.md", f"---\ntitle: A\n---\n{body}"), ("layouts/page.html", "{{ .Content }}")):
        (root / name).parent.mkdir()
        (root / name).write_text(text, "utf-8")
    run(str(Path(sys.executable).with_name("hugo")), "--quiet", cwd=root)
    return (root / "public" / "a" / "index.html").read_text("utf-8")


def with_jekyll(root: Path, body: str) -> str:
    """Return the page that Liquid and kramdown make."""
    program = shutil.which("jekyll") or pytest.skip("Jekyll is not installed")
    (root / "a.md").write_text(f"---\ntitle: A\n---\n{body}", "utf-8")
    run(program, "build", "--quiet", "--disable-disk-cache", cwd=root)
    return (root / "_site" / "a.html").read_text("utf-8")


def with_eleventy(root: Path, body: str) -> str:
    """Return the page that LiquidJS and markdown-it make."""
    (root / "a.md").write_text(f"---\ntitle: A\n---\n{body}", "utf-8")
    packages = ensure_packages(STARTERS / "_shared", dev=True)
    run(
        str(node()),
        str(packages / "node_modules" / "@11ty" / "eleventy" / "cmd.cjs"),
        "--quiet",
        cwd=root,
        env=npm_env(),
    )
    return (root / "_site" / "a" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("engine", [with_hugo, with_jekyll, with_eleventy])
@pytest.mark.parametrize("source", [contentful, sanity, exported])
def test_they_arrive_literally(source: Callable[[], str], engine: Callable[[Path, str], str], tmp_path: Path) -> None:
    """The page has the same words and the same code, and no element that nobody wrote."""
    page = BeautifulSoup(engine(tmp_path, source()), "html.parser")
    (words, *_), (span, block) = page.find_all("p"), page.find_all("code")
    assert words.get_text() == SIGNS
    assert span.get_text() == SIGNS
    assert block.get_text().strip("\n") == LINES
    for picture in page.find_all("img"):
        assert picture["title"] == SIGNS
        assert "site.title" in picture["alt"]  # markdown-it drops what is escaped there, whatever it is
    assert {tag.name for tag in page.find_all()} - {"p", "pre", "code", "a", "div", "img"} == set()
