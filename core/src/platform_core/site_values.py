"""Values of a site file that a pattern can't check; each check returns the value, or says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping

import idna

__all__ = ["host_name", "hosts", "policy", "product_file"]

_DIRECTIVE = re.compile(r"[a-z]+(-[a-z]+)*-src(-elem|-attr)?|form-action|frame-ancestors|base-uri")
_SOURCE = re.compile(r"[A-Za-z0-9'*:/._~%=+-]{1,200}")
_FILE = re.compile(r"[^\x00-\x1f\\]{1,200}\.(csv|json)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[0-9]{1,5})?")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def host_name(value: str) -> str:
    """Return *value* as an ASCII host name.

    Raises:
        ValueError: It is not a host name with at least two labels.
    """
    try:
        name = idna.encode(value.strip().rstrip("."), uts46=True, transitional=False).decode().lower()
    except idna.IDNAError as error:
        raise ValueError(f"{value!r} is not a host name: {error}") from None
    labels = name.split(".")
    if len(labels) < 2:
        raise ValueError(f"{value!r} is not a full host name; write it with its ending, like {value}.com")
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise ValueError(f"{value!r} is not a host name such as www.example.com (no scheme, port or path)")
    if len(name) > 253:
        raise ValueError("a host name has at most 253 characters")
    return name


def policy(value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Check directive -> sources of a content security policy.

    Raises:
        ValueError: A directive or a source is not one.
    """
    for directive, sources in value.items():
        if not _DIRECTIVE.fullmatch(directive):
            raise ValueError(f"{directive!r} is not a directive such as img-src")
        for source in sources:
            if not _SOURCE.fullmatch(source):
                raise ValueError(f"{source!r} is not one source such as https://cdn.example.com")
    return value


def product_file(value: str) -> str:
    """Check the path of a file of products.

    Raises:
        ValueError: It leaves the site's folder, has another ending, or would be published.
    """
    parts = value.split("/")
    if value and (not _FILE.fullmatch(value) or any(part in {"", ".", ".."} for part in parts)):
        raise ValueError(f"{value!r} is not a .csv or .json file below the site's folder")
    if parts[0] in {"content", "static", ".platform"}:
        raise ValueError(f"a file in {parts[0]}/ would be published, or overwritten; put it elsewhere")
    return value


def hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    """Check the names of hosts, with or without a port.

    Raises:
        ValueError: One is not a host.
    """
    for host in value:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host!r} is not a host such as cdn.example.com")
    return value
