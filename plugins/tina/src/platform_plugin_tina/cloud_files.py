"""The files that Tina's configuration is kept in, for the local server and for TinaCloud.

TinaCloud reads ``tina/tina-lock.json`` from the repository. The local server writes it,
beside ``tina/config.js``, for a site with a client id; both are committed with the site.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platform_core.build import STATE_FOLDER
from platform_core.errors import ContentError
from platform_core.files import write_atomically

__all__ = ["committed_config", "keep_spec", "render_config", "state_folder"]

_HEAD = "// Made by Platform from site.toml and content.toml; changes here are lost.\nexport default "
_TAIL = ";\n"


def state_folder(root: Path) -> Path:
    """Return where the local server keeps what can be made again."""
    return root / STATE_FOLDER / "local" / "tina"


def keep_spec(root: Path, spec: Mapping[str, Any]) -> Path:
    """Write what the local server serves, when it is new, and return the file."""
    path = state_folder(root) / "spec.json"
    config = spec["config"]
    text = json.dumps({"config": config, "file": render_config(config)}, ensure_ascii=False, sort_keys=True)
    if not path.is_file() or path.read_text("utf-8") != text:
        write_atomically(path, text)
    return path


def render_config(config: Mapping[str, Any]) -> str:
    """Return ``tina/config.js``: plain data that needs no packages."""
    return _HEAD + json.dumps(config, ensure_ascii=False, indent=2) + _TAIL


def committed_config(root: Path) -> dict[str, Any] | None:
    """Return what TinaCloud has of this site: ``config`` and its GraphQL ``schema``; None when it has nothing yet.

    Raises:
        ContentError: A file is not one that Platform wrote.
    """
    config, lock = root / "tina" / "config.js", root / "tina" / "tina-lock.json"
    if not config.is_file() or not lock.is_file():
        return None
    try:
        found = json.loads(config.read_text("utf-8").removeprefix(_HEAD).removesuffix(_TAIL))
        return {
            "config": {**found, "schema": {"collections": [*found["schema"]["collections"]]}},
            "schema": json.loads(lock.read_text("utf-8"))["graphql"],
        }
    except (ValueError, TypeError, KeyError) as error:
        raise ContentError(
            "bad-tina-config",
            "tina/config.js or tina/tina-lock.json is not as Platform writes it",
            why=f"{type(error).__name__}: {error}",
            hint="Remove the folder tina/, run `platform up` once, and commit what it wrote.",
        ) from None
