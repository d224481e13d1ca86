"""Tables of rich text: rows of cells, as the plugin ``@sanity/table`` keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from platform_plugin_sanity.portable.inline import Piece, inline_markdown

__all__ = ["table_markdown"]


def table_markdown(rows: Sequence[Any]) -> str:
    """Return a table whose first row is its head; empty when no row has cells."""
    found = [row["cells"] for row in rows if isinstance(row, Mapping) and isinstance(row.get("cells"), list)]
    width = max((len(cells) for cells in found), default=0)
    if not width:
        return ""
    lines = [[_cell(cell) for cell in cells] + [""] * (width - len(cells)) for cells in found]
    head, *body = (f"| {' | '.join(cells)} |" for cells in lines)
    return "\n".join((head, f"|{' --- |' * width}", *body))


def _cell(value: Any) -> str:
    return inline_markdown([Piece(value if isinstance(value, str) else "")], breaks=False).replace("|", "\\|")
