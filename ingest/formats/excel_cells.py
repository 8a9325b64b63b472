"""Office workbook → text cells: title rows, merged two-row headers and footnotes as offices make them.

The header row is found by a declared cell. With two header rows a column is named `group | sub`, the
group carried on over its merged cells, or by the group alone where nothing stands below it. Below the
first row without an entry in its first column stand footnotes, of one cell each; a row of more cells is
never taken for a footnote. Numbers become text in the declared notation, dates ISO text. Two limits of
the reading library: a cell shown as 12 % reads 0,12, and a formula error reads as an empty cell.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from ingest.findings import DeliveryRefused
from ingest.formats import TextTable
from ingest.formats.decoding import Sheet
from ingest.formats.german import clean
from programmes.sources import Format


def read(sheet: Sheet, file_name: str, declared: Format) -> TextTable:
    """Cells of a sheet below its declared header, addressed by sheet and row."""
    grid = sheet.rows
    top = _header_row(grid, declared, file_name)
    names = _column_names(grid[top : top + declared.header_rows])
    named = [index for index, name in enumerate(names) if name]
    rows: list[list[str]] = []
    addresses: list[str] = []
    is_below = False
    for index in range(top + declared.header_rows, len(grid)):
        row = [_text(grid[index][column], declared.decimal) for column in named]
        is_below = is_below or not row[0].strip()
        if is_below and sum(cell.strip() != "" for cell in row) <= 1:
            continue
        rows.append(row)
        addresses.append(f"{sheet.name} line {index + 1}")
    cells = pd.DataFrame(rows, columns=pd.Index([names[column] for column in named]), dtype=object)
    return TextTable(cells, pd.Series(addresses, dtype=object))


def _header_row(grid: list[list[Any]], declared: Format, file_name: str) -> int:
    for index, row in enumerate(grid):
        texts = [clean(cell) for cell in row if isinstance(cell, str)]
        if declared.header_contains in texts if declared.header_contains else any(texts):
            return index
    if declared.header_contains is None:
        raise DeliveryRefused("empty", file_name)
    raise DeliveryRefused("header_missing", file_name, declared.header_contains)


def _column_names(rows: list[list[Any]]) -> list[str]:
    names: list[str] = []
    group = ""
    for column in range(len(rows[0])):
        parts = [" ".join(clean(_text(row[column], "comma")).split()) for row in rows]
        if len(parts) == 1:
            names.append(parts[0])
            continue
        group = parts[0] or (group if parts[1] else "")
        names.append(f"{group} | {parts[1]}" if parts[1] else group)
    return names


def _text(cell: Any, decimal: str) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        plain = format(Decimal(f"{cell:.15g}"), "f")  # 15 digits are what a workbook keeps
        return plain.replace(".", ",") if decimal == "comma" else plain
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
