"""Delivered bytes as the archive stores them: under their SHA-256, as they came or, where that saves room, packed with gzip.

The one place that knows this, for all who read the archive without what parses deliveries; standard library only. A packed
file ends with `.gz` and is named for the bytes it holds. What a delivery means does not belong here.
"""

import hashlib
import zlib
from pathlib import Path

PACKED = ".gz"
_HEADER = bytes.fromhex("1f8b08000000000000ff")  # of gzip: no name, no moment, of no system
_GZIP = 31  # how zlib is asked for it
_SAVES = 0.9  # what is compressed already stays as it came


def stored_at(objects: Path, delivery_id: str) -> Path | None:
    """The file that holds a delivery; None where there is none."""
    return next((path for path in (objects / delivery_id, objects / f"{delivery_id}{PACKED}") if path.is_file()), None)


def delivery_of(name: str) -> str:
    """The delivery a file of the archive is named for."""
    return name.removesuffix(PACKED)


def delivered(path: Path) -> bytes | None:
    """The delivered bytes a file of the archive holds; None where they have no longer the hash it is named for."""
    content = path.read_bytes()
    unpacked = _unpacked(content) if path.suffix == PACKED else content
    is_intact = unpacked is not None and hashlib.sha256(unpacked).hexdigest() == delivery_of(path.name)
    return unpacked if is_intact else None


def packed(content: bytes) -> bytes | None:
    """Bytes packed with gzip, the same from the same zlib; None where that saves less than a tenth."""
    small = _HEADER + zlib.compress(content, wbits=_GZIP)[len(_HEADER) :]
    return small if len(small) < _SAVES * len(content) else None


def _unpacked(content: bytes) -> bytes | None:
    """What was packed here, and nothing behind it."""
    unpacking = zlib.decompressobj(_GZIP)
    try:
        found = unpacking.decompress(content)
    except zlib.error:
        return None
    return found if content.startswith(_HEADER) and unpacking.eof and not unpacking.unused_data else None
