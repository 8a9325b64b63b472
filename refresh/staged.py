"""Parquet on its way through a gate: written once, then hashed and checked from the very bytes that go on.

A gate looks at what `read_staged` gives it, and the hash beside its results is the hash of those bytes.
"""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from programmes.canonical import REPEATED
from release.layout import VarFolder

_ROW_GROUP = 2**20  # rows


@dataclass(frozen=True)
class Staged:
    """One Parquet file as a gate sees it: the SHA-256 of its bytes, its columns, and the rows of those that were asked for."""

    path: Path
    sha256: str
    columns: tuple[str, ...]
    rows: pa.Table


def stage(put_together: Callable[[], pa.Table], path: Path) -> Staged:
    """Write rows to a file and read them back from it; they are held once, so they are put together here."""
    rows = put_together()
    plain = pa.schema([(field.name, _plain(field.type)) for field in rows.schema])
    with pq.ParquetWriter(path, plain) as writer:
        for start in range(0, max(rows.num_rows, 1), _ROW_GROUP):
            writer.write_table(rows.slice(start, _ROW_GROUP).cast(plain))
    del rows
    pa.default_memory_pool().release_unused()  # of a large table hundreds of MiB, which reading it takes again
    return read_staged(path, repeated=REPEATED)


def read_staged(path: Path, columns: Sequence[str] | None = None, repeated: Sequence[str] = ()) -> Staged:
    """A written file, read and hashed in one pass: these columns, or all; of `repeated` ones each text is kept once."""
    content = path.read_bytes()
    names = pq.read_schema(io.BytesIO(content)).names
    file = pq.ParquetFile(io.BytesIO(content), read_dictionary=[name for name in repeated if name in names])
    rows = file.read([name for name in names if columns is None or name in columns])
    return Staged(path, hashlib.sha256(content).hexdigest(), tuple(names), rows)


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


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
