"""Hugo publishes entries while their time lasts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

TIMES = {
    "now": "publish_at: 2020-01-01T00:00:00Z\nexpire_at: 2999-01-01T00:00:00Z\n",
    "later": "publish_at: 2999-01-01T00:00:00Z\n",
    "over": "expire_at: 2020-01-01T00:00:00Z\n",
    "usual": "date: 2024-02-03\n",
}


@pytest.mark.parametrize("future", [False, True])
def test_times_are_hugos_own(hugo: Any, tmp_path: Path, future: bool) -> None:
    """`publish_at` and `expire_at` are what Hugo calls publishDate and expiryDate; `future` is about other dates."""
    workspace = hugo.workspace_in(tmp_path)
    hugo.scaffold("documentation", workspace.root, shop=False)
    for name, times in TIMES.items():
        path = workspace.root / "content" / "docs" / f"{name}-entry.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\ntitle: Entry {name}\n{times}---\nText of {name}-entry.\n", "utf-8")
    built = hugo.run_plan(hugo.make_site(), hugo.stage, workspace, {**hugo.settings, "future": future})
    text = "".join(page.read_text("utf-8") for page in built.pages)
    assert [name for name in TIMES if (built.output / "docs" / f"{name}-entry").is_dir()] == ["now", "usual"]
    assert "later-entry" not in text
    assert "over-entry" not in text
    assert "usual-entry" in text
