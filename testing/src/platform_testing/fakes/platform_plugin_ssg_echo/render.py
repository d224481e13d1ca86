"""Write one page for each entry, and the server if asked: ``render.py ROOT DATA OUTPUT SHOUT SERVER``."""

import datetime as dt
import hashlib
import html
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from platform_core.content import Content, Entry, entry_url

PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{title}</title>{translations}<link rel="stylesheet" href="/{style}">{head}</head>
<body><nav><a href="/">Home</a>{navigation}</nav><main><h1>{title}</h1>{body}</main><footer>{footer}</footer>{end}</body>
</html>
"""


def main(root: Path, data: dict[str, Any], output: Path, shout: bool) -> None:
    """Render every entry, the home page and the page for what is missing."""
    css = (root / "echo" / "style.css").read_bytes()
    style = f"assets/style.{hashlib.sha256(css).hexdigest()[:16]}.css"
    write(output / style, css.decode())
    if (root / "static").is_dir():
        shutil.copytree(root / "static", output, dirs_exist_ok=True)

    def page(path: str, title: str, body: str, language: str = "") -> None:
        title = html.escape(title.upper() if shout else title)
        slots = data["fragments"]
        text = PAGE.format(
            language=html.escape(language or data["site"]["locale"]),
            title=title,
            translations="".join(
                f'<link rel="alternate" hreflang="{html.escape(link["hreflang"])}" href="{html.escape(link["href"])}">'
                for link in data["translations"].get("/" + path.removesuffix("index.html"), ())
            ),
            style=style,
            body=body,
            head=slots["head"],
            navigation=slots["navigation"],
            footer=slots["footer"],
            end=slots["body-end"],
        )
        write(output / path, text)

    entries = visible(root)
    links = "".join(f'<li><a href="{html.escape(entry_url(e))}">{html.escape(e.title)}</a></li>' for e in entries)
    page("index.html", data["site"]["title"], f"<ul>{links}</ul>")
    page("404.html", "Not found", "<p>There is nothing here.</p>")
    for entry in entries:
        page(entry_url(entry).lstrip("/") + "index.html", entry.title, body_of(entry, data), entry.locale)


def make_server(root: Path, data: dict[str, Any], folder: Path) -> None:
    """Put the server's code, and what it has to know, into a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(Path(__file__).parent / "server", folder)
    entries = [entry.title for entry in visible(root)]
    write(folder / "data.json", json.dumps({"title": data["site"]["title"], "entries": entries}))


def visible(root: Path) -> list[Entry]:
    """Return the entries that visitors may see now."""
    now = dt.datetime.now(dt.UTC)
    return [entry for entry in Content(root).entries() if entry.is_visible(now)]


def body_of(entry: Entry, data: dict[str, Any]) -> str:
    """Return the text of an entry, and the buy button when it is a product."""
    product = data["products"].get(str(entry.extra.get("sku")), {})
    return f"<pre>{html.escape(entry.body)}</pre>{product.get('buy', '')}"


def write(path: Path, text: str) -> None:
    """Write one file below the output."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    known = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    main(Path(sys.argv[1]), known, Path(sys.argv[3]), bool(sys.argv[4]))
    if sys.argv[5]:
        make_server(Path(sys.argv[1]), known, Path(sys.argv[5]))
