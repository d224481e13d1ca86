"""The record of the combinations: what the last run said of each."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cases import ROOT, catalogue, find_cases

from platform_core.files import write_atomically
from platform_core.verified import Verified, record_verified

__all__ = ["load", "save", "today"]

FILE = ROOT / "docs" / "data" / "combinations.json"


def load(file: Path = FILE) -> dict[str, Any]:
    """Return the record: combination -> what the last run said."""
    try:
        return dict(json.loads(file.read_text("utf-8"))["combinations"])
    except FileNotFoundError:
        return {}


def save(rows: Mapping[str, Any], file: Path = FILE) -> None:
    """Put *rows* into the record and into the engines' own; combinations that are not possible any more leave it."""
    known = load(file) | rows
    there = [case.name for case in find_cases()]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    record = {"machine": machine, "combinations": {name: known[name] for name in there if name in known}}
    write_atomically(file, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    parts = {case.name: (case.engine, case.cms, case.shop) for case in find_cases()}
    passed = {
        parts[name]: Verified(row["date"], row["versions"], row["template"], row["code"])
        for name, row in rows.items()
        if row["result"] == "passed"
    }
    record_verified(catalogue(), passed, [parts[name] for name, row in rows.items() if row["result"] == "failed"])


def today() -> str:
    """Return the date of a result."""
    return dt.datetime.now(dt.UTC).date().isoformat()
