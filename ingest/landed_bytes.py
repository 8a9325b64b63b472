"""What a delivery became as the bytes of one Parquet file: accepted rows, and in its metadata everything else.

In this form vintages are kept, and it is how the process that reads deliveries hands back what it made of one.
"""

import json
from dataclasses import asdict, astuple

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.delivered import RecordCount
from ingest.findings import Finding
from ingest.landing import Landed

_NOT_ROWS = b"vintage"  # findings, rejected cells and counts, in the metadata of the Parquet file


def to_bytes(landed: Landed, key: str) -> bytes:
    """What landed, under the key of all that decided how."""
    rest = {
        "key": key,
        "findings": [astuple(finding) for finding in landed.findings],
        "rejected_cells": landed.rejected_cells,
        "delivered_line_count": landed.delivered_line_count,
        "count": asdict(landed.count),
        "worst_period_pct": landed.worst_period_pct,
        "periods": landed.periods,
    }
    sink = pa.BufferOutputStream()
    rows = landed.accepted
    with pq.ParquetWriter(sink, rows.schema) as writer:
        writer.write_table(rows)
        writer.add_key_value_metadata({_NOT_ROWS: json.dumps(rest)})
    content: bytes = sink.getvalue().to_pybytes()
    return content


def from_bytes(content: bytes, key: str) -> Landed:
    """What landed under this key; raises ValueError, KeyError, TypeError or an ArrowException where the bytes are other ones."""
    file = pq.ParquetFile(pa.BufferReader(content))
    rest = json.loads(file.metadata.metadata[_NOT_ROWS])
    if rest["key"] != key:
        raise ValueError(key)
    return Landed(
        lambda: file.read(use_threads=False).replace_schema_metadata(None),
        file.metadata.num_rows,
        tuple(rest["periods"]),
        tuple(Finding(*finding) for finding in rest["findings"]),
        tuple(rest["rejected_cells"]),
        rest["delivered_line_count"],
        RecordCount(**rest["count"]),
        rest["worst_period_pct"],
    )
