"""One line of JSON for each thing that a function did; CloudWatch can filter on its fields.

No bodies, no headers, no addresses, no texts of exceptions: any of them may quote
a secret or a person.
"""

from __future__ import annotations

import json
import sys

from platform_core.runtime.clients import code_of

__all__ = ["fault", "write"]


def write(level: str, message: str, **fields: object) -> None:
    """Write a line; fields that are empty strings or None are left out."""
    line = {"level": level, "message": message}
    line |= {key: value for key, value in fields.items() if value not in ("", None)}  # type: ignore[misc]
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def fault(error: BaseException | None) -> dict[str, str]:
    """Tell the kind and the place of *error*, and AWS's code for it."""
    if error is None:
        return {}
    place = ""
    trace = error.__traceback__
    while trace:
        module = str(trace.tb_frame.f_globals.get("__name__"))
        if module.startswith(f"{__package__}."):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return {"fault": type(error).__name__, "fault_code": code_of(error), "fault_at": place}
