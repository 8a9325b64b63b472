"""The rejected rows of a landed table, as `rejected/<table>.parquet` keeps them for those who can correct them.

Of every delivery the last refresh looked at, refused and held ones too. Delivered cells are in it: only the owner reads it.
"""

import io
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.landing import Landed
from release.atomic import write_whole
from release.rights import closed

_COLUMNS = ("_delivery", "_row", "column_name", "rule_id", "sentence_de", "sentence_en", "cells")


def keep_rejected(path: Path, landed: Mapping[str, Landed]) -> None:
    """Replace the file by what was rejected of these deliveries; delivery id → what it became."""
    rows = [
        {
            "_delivery": delivery_id,
            "_row": finding.row_address,
            "column_name": finding.column_name,
            "rule_id": finding.rule_id,
            "sentence_de": finding.sentence("de"),
            "sentence_en": finding.sentence("en"),
            "cells": cells,
        }
        for delivery_id, each in landed.items()
        for finding, cells in zip(each.findings, each.rejected_cells, strict=True)
    ]
    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), content)
    with closed():
        write_whole(path, content.getvalue())
