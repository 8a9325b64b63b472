"""Parquet on its way through a gate: written once, then hashed and checked from the very bytes that go on.

A gate looks at what `read_staged` gives it, and the hash beside its results is the hash of those bytes.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from release.layout import VarFolder


@dataclass(frozen=True)
class Staged:
    """One Parquet file as a gate sees it: its rows and the SHA-256 of its bytes."""

    path: Path
    sha256: str
    rows: pa.Table


def stage(rows: pa.Table, path: Path) -> Staged:
    """Write rows to a file and read them back from it."""
    pq.write_table(rows, path)
    return read_staged(path)


def read_staged(path: Path) -> Staged:
    """A written file, read and hashed in one pass."""
    content = path.read_bytes()
    return Staged(path, hashlib.sha256(content).hexdigest(), pq.read_table(io.BytesIO(content)))


def write_landed(
    var: VarFolder, name: str, rows: Sequence[Mapping[str, Any]], schema: Mapping[str, pa.DataType]
) -> None:
    """Write a table the refresh makes itself where dbt reads it, beside its typed, empty form."""
    folder = var.landed / name
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(list(rows), schema=pa.schema(list(schema.items())))
    staged = var.staging / f"{name}.parquet"
    pq.write_table(table, staged)
    staged.replace(folder / staged.name)
    pq.write_table(table.schema.empty_table(), folder / "empty.parquet")
