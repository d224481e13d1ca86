"""Documents of a dataset: what is one of another, and where pictures lie.

See https://www.sanity.io/docs/content-lake/drafts for ids and
https://www.sanity.io/docs/apis-and-sdks/image-urls for the addresses of assets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_plugin_sanity.naming import slugify

__all__ = ["CDN", "Asset", "asset_of", "asset_reference", "is_published", "published_id", "text_of"]

CDN = "https://cdn.sanity.io"
_IMAGE = re.compile(r"image-(?P<hash>[0-9a-zA-Z]{8,64})-(?P<size>\d{1,6}x\d{1,6})-(?P<ending>[a-z0-9]{1,10})")
_FILE = re.compile(r"file-(?P<hash>[0-9a-zA-Z]{8,64})-(?P<ending>[a-z0-9]{1,10})")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the dataset.

    Attributes:
        place: Its path below the CDN's ``images/`` or ``files/`` folder of the dataset.
        name: What its copy is called.
    """

    kind: str
    place: str
    name: str


def asset_of(reference: str, document: Mapping[str, Any] | None) -> Asset | None:
    """Return the asset with the id *reference*; None when that is no id of one.

    Args:
        reference: For example ``image-Tb9Ew8CXIwaY6R1kjMvI0uRR-2000x3000-jpg``.
        document: The asset's own document, which knows how the file was called.
    """
    match = _IMAGE.fullmatch(reference) or _FILE.fullmatch(reference)
    if not match:
        return None
    image = "size" in match.re.groupindex
    size = f"-{match['size']}" if image else ""
    ending = match["ending"]
    called = str((document or {}).get("originalFilename") or "").rpartition(".")[0]
    name = "-".join(part for part in (match["hash"], slugify(called)) if part)
    return Asset("images" if image else "files", f"{match['hash']}{size}.{ending}", f"{name}.{ending}")


def asset_reference(value: Any) -> str:
    """Return the id of the asset that an image or a file names, or an empty string."""
    asset = value.get("asset") if isinstance(value, Mapping) else None
    reference = asset.get("_ref") if isinstance(asset, Mapping) else None
    return reference if isinstance(reference, str) else ""


def is_published(name: str) -> bool:
    """Tell whether a document's id is that of something published: neither draft nor part of a release."""
    return not name.startswith(("drafts.", "versions.", "_."))


def published_id(name: str) -> str:
    """Return the id under which a draft is published."""
    return name.removeprefix("drafts.")


def text_of(document: Mapping[str, Any]) -> str:
    """Return what a document is called, or an empty string."""
    for key in ("title", "name", "label", "heading", "headline"):
        value = document.get(key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    slug = document.get("slug")
    current = slug.get("current") if isinstance(slug, Mapping) else slug
    return current if isinstance(current, str) else ""
