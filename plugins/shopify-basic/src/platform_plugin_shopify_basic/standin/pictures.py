"""Small pictures for the sample products, drawn when they are asked for."""

from __future__ import annotations

import functools
import hashlib
import struct
import zlib

__all__ = ["picture"]

_SIDE = 480


@functools.lru_cache(maxsize=64)
def picture(name: str) -> bytes:
    """Return a PNG that is always the same for *name*: a disc on a ground, in colours of its own."""
    seed = hashlib.sha256(name.encode()).digest()
    ground = bytes(200 + value % 40 for value in seed[:3])
    disc = bytes(40 + value % 140 for value in seed[3:6])
    middle, radius = _SIDE // 2, 110 + seed[6] % 70
    rows = bytearray()
    for y in range(_SIDE):
        half = int(max(radius**2 - (y - middle) ** 2, 0) ** 0.5)
        left = middle - half
        rows += b"\0" + ground * left + disc * (2 * half) + ground * (_SIDE - left - 2 * half)
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = (_part(b"IHDR", head), _part(b"IDAT", zlib.compress(bytes(rows), 6)), _part(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
