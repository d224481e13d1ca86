"""The content model of one site, ``content.toml``: a CMS draws its forms from it."""

from __future__ import annotations

import tomllib

from platform_core.content.model import Collection
from platform_core.errors import ContentError, Problem

__all__ = ["parse_collections"]


def parse_collections(text: str, where: str) -> tuple[Collection, ...]:
    """Read *text*, which messages call *where*.

    Raises:
        ContentError: It is not a content model; every problem.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        rows = tomllib.loads(text).get("collections", [])
        return tuple(TypeAdapter(list[Collection]).validate_python(rows, strict=False, extra="forbid"))
    except tomllib.TOMLDecodeError as error:
        problems = [Problem(where, f"not TOML: {error}.")]
    except ValidationError as error:
        problems = [Problem(f"{where} {'.'.join(map(str, item['loc']))}", f"{item['msg']}.") for item in error.errors()]
    raise ContentError("bad-content-model", f"{where} is not a valid content model", problems=problems)
