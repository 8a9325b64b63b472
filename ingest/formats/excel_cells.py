"""Office workbook → text cells: title rows, merged two-row headers and footnotes as offices make them.

The header row is found by a declared cell. With two header rows a column is named `group | sub`, the
group carried on over its merged cells, or by the group alone where nothing stands below it. Below the
last row may stand footnotes, of one cell each (see `footnotes`); a row of more cells is never taken for
one. Numbers become text in the declared notation, dates ISO text, and what is no value the text a clerk
sees (`#REF!`). A limit of the reading library: a cell shown as 12 % reads 0,12.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from ingest.findings import DeliveryRefused
from ingest.formats import Records, TextTable
from ingest.formats.footnotes import is_footnote
from ingest.formats.german import clean
from ingest.formats.workbook import Sheet
from programmes.sources import Format


def read(sheet: Sheet, file_name: str, declared: Format) -> TextTable:
    """Cells of a sheet below its declared header, addressed by sheet and row."""
    grid = sheet.rows
    top = _header_row(grid, declared, file_name)
    names = _column_names(grid[top : top + declared.header_rows])
    named = [index for index, name in enumerate(names) if name]
    first = top + declared.header_rows
    filled = [index for index, row in enumerate(grid) if any(cell != "" and str(cell).strip() for cell in row)]
    rows = {
        index: [_text(grid[index][column], declared.decimal) for column in named] for index in filled if index >= first
    }
    entries = {index: [cell for cell in row if cell.strip()] for index, row in rows.items()}
    last = max(
        (index for index, found in entries.items() if len(found) > 1 or len(named) == len(found)), default=first - 1
    )
    footnotes = {
        index
        for index, found in entries.items()
        if index > last and len(found) == 1 and is_footnote(found[0], declared)
    }
    kept = [index for index, found in entries.items() if found and index not in footnotes]
    cells = pd.DataFrame(
        [rows[index] for index in kept], columns=pd.Index([names[column] for column in named]), dtype=object
    )
    addresses = pd.Series([f"{sheet.name} line {index + 1}" for index in kept], dtype=object)
    above = sum(index < first for index in filled)
    aside = sum(not found for found in entries.values())
    return TextTable(cells, addresses, records=Records(len(filled), above, len(footnotes), aside))


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
