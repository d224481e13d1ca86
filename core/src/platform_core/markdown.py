"""Words and code from elsewhere as Markdown that no engine takes for a template of its own.

Engines look for ``{{ }}``, ``{{< >}}``, ``{% %}`` and ``{# #}`` in a whole file, code
included, and for attributes such as ``{: .red}`` in its Markdown. A backslash keeps a
brace from Markdown alone, and nothing does between backticks. So in words each brace is
a character reference, and code that holds such a sign is written as HTML.
"""

from __future__ import annotations

import html
import re

__all__ = ["code_block", "code_span", "has_template", "without_braces"]

_TEMPLATE = re.compile(r"\{[{%#]")
_TICKS = re.compile(r"`+")
_SIGN = re.compile(r"[!-/:-@\[-`{-~]")


def has_template(text: str) -> bool:
    """Tell whether *text* holds what begins a template of some engine."""
    return bool(_TEMPLATE.search(text))


def without_braces(markdown: str) -> str:
    """Return words, otherwise finished, with a reference for each brace that could begin something."""
    return markdown.replace("{", "&#123;")


def code_span(text: str) -> str:
    """Return *text* as code in a line."""
    flat = text.replace("\n", " ")
    if has_template(flat):
        # Some readers take Markdown between these tags for Markdown and some don't: references are the same to both.
        return f"<code>{_SIGN.sub(lambda found: f'&#{ord(found[0])};', flat)}</code>"
    ticks = "`" * (_longest_ticks(flat) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") or (flat[:1] == flat[-1:] == " ") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def code_block(text: str, language: str = "") -> str:
    """Return *text* as lines of code, to stand between empty lines."""
    name = re.sub(r"[^\w.+#-]", "", language)
    if has_template(text):
        named = f' class="language-{name}"' if name else ""
        return f"<pre><code{named}>{without_braces(html.escape(text, quote=False))}</code></pre>"
    ticks = "`" * max(3, _longest_ticks(text) + 1)
    return "\n".join([f"{ticks}{name}", *([text] if text else []), ticks])


def _longest_ticks(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
