"""Bytes → text cells, one module per format; nothing here guesses a type.

Every reader returns a `TextTable`: delivered column names, cells as text exactly as delivered (None where
the format has no cell at all), and the address of each row in the file. What cannot be read as a whole
raises DeliveryRefused; what a cell means is decided in landing by the declared contract.
"""

from dataclasses import dataclass

import pandas as pd

from ingest.findings import DeliveryRefused, Finding
from programmes.sources import Format


@dataclass(frozen=True)
class TextTable:
    """Text cells of one delivered table and the address of each row ('line 14', 'Blatt line 9').

    `broken` are the rows that could not even be divided into cells.
    """

    cells: pd.DataFrame
    addresses: pd.Series
    broken: tuple[Finding, ...] = ()


def read_cells(content: bytes, file_name: str, declared: Format) -> TextTable:
    """Text cells of a delivery in its declared format; raises DeliveryRefused with file and remedy."""
    from ingest.formats import csv_cells, excel_cells, json_cells

    if not content.strip():
        raise DeliveryRefused("empty", file_name)
    readers = {
        "csv": csv_cells.read,
        "excel": excel_cells.read,
        "json_lines": json_cells.read_lines,
        "geojson": json_cells.read_geojson,
    }
    table = readers[declared.kind](content, file_name, declared)
    if table.cells.empty:
        raise DeliveryRefused("no_rows", file_name)
    return table
