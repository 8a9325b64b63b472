"""What deliveries became when they landed, kept so that a vintage that landed before is not landed again.

One file per delivery and table, named by the key of all that decides how bytes become rows, and by the
SHA-256 of its own bytes. A file that is torn, changed or unreadable is never trusted: the delivery lands
anew. Rejected cells are delivered values, so only the owner can read. The folder can be deleted at any
time. A refused delivery leaves nothing behind and is refused anew.
"""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from ingest.apart import Question, land_apart
from ingest.areas import Locality
from ingest.landed_bytes import from_bytes
from ingest.landing import Landed
from ingest.opened import OpenedDelivery
from programmes import canonical
from programmes.sources import LandedTable

_READING_PACKAGES = ("numpy", "pandas", "pyarrow", "python-calamine")


class Vintages:
    """The vintages in one folder, as one refresh finds, adds and uses them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[Path] = set()

    def landed(
        self,
        table: LandedTable,
        delivery_id: str,
        file_name: str,
        locality: Locality,
        open_delivery: Callable[[], OpenedDelivery],
    ) -> Landed:
        """What a delivery becomes in a table, as `land` says it in a process of its own; opened only where no vintage tells."""
        key = vintage_key(table, delivery_id, file_name, locality)
        for path in self._folder.glob(f"{key}-*.parquet"):
            if known := _read(path, key):
                self._used.add(path)
                return known
        landed, content = land_apart(open_delivery(), Question(delivery_id, table, locality, key))
        self._keep(key, content)
        return landed

    def knows(self, table: LandedTable, delivery_id: str, file_name: str, locality: Locality) -> bool:
        """Whether the delivery landed before as it would land now; what its file holds is looked at when it is asked for."""
        return any(self._folder.glob(f"{vintage_key(table, delivery_id, file_name, locality)}-*.parquet"))

    def keep_only_used(self) -> None:
        """Remove what this refresh did not ask for, torn and half-written files among it."""
        for path in self._folder.glob("*"):
            if path not in self._used:
                with suppress(OSError):
                    path.unlink()

    def _keep(self, key: str, content: bytes) -> None:
        path = self._folder / f"{key}-{hashlib.sha256(content).hexdigest()}.parquet"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".incoming-")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).replace(path)
        except OSError:
            return  # what cannot be kept costs time in the next refresh, and nothing in this one
        self._used.add(path)


def vintage_key(table: LandedTable, delivery_id: str, file_name: str, locality: Locality) -> str:
    """SHA-256 over everything `land` makes rows of: the delivery, the declaration, the locality, the code."""
    parts = [
        delivery_id,
        file_name,
        table.name,
        table.source.source_id,
        table.declared.model_dump_json(),
        locality.fingerprint,
        code_fingerprint(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def code_fingerprint() -> str:
    """SHA-256 over the code that makes rows of bytes: this package, the canonical tables, the libraries."""
    package = Path(__file__).parent
    files = {path.relative_to(package).as_posix(): path for path in sorted(package.rglob("*.py"))}
    digest = hashlib.sha256(json.dumps([sys.version, *map(version, _READING_PACKAGES)]).encode())
    for name, path in (files | {"canonical": Path(canonical.__file__)}).items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _read(path: Path, key: str) -> Landed | None:
    """The vintage in a file; None where it is not what its name says."""
    try:
        content = path.read_bytes()
        is_as_named = path.stem == f"{key}-{hashlib.sha256(content).hexdigest()}"
        return from_bytes(content, key) if is_as_named else None
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
