"""Office workbook → text cells: title rows, merged two-row headers and footnotes as offices make them.

The header row is found by a declared cell. With two header rows a column is named `group | sub`, the
group carried on over its merged cells, or by the group alone where nothing stands below it. The table
ends at the first row without an entry in its first column; what follows are footnotes. Numbers become
German text (decimal comma), dates ISO text.
"""

import datetime as dt
import io
import zipfile
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from ingest.findings import DeliveryRefused
from ingest.formats import TextTable
from ingest.formats.german import clean
from programmes.model import Format


def read(content: bytes, file_name: str, declared: Format) -> TextTable:
    """Cells of the declared sheet (the first one if none is declared), addressed by sheet and row."""
    if not content.startswith(b"PK"):
        # Encrypted workbooks are OLE files under the name .xlsx.
        raise DeliveryRefused("unreadable", file_name, "XLSX")
    try:
        zipfile.ZipFile(io.BytesIO(content)).close()
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = declared.sheet or workbook.sheet_names[0]
        if sheet not in workbook.sheet_names:
            raise DeliveryRefused("sheet_missing", file_name, sheet)
        grid = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise DeliveryRefused("truncated", file_name, "XLSX") from error
    top = _header_row(grid, declared, file_name)
    names = _column_names(grid[top : top + declared.header_rows])
    first = next(i for i, name in enumerate(names) if name)
    body = top + declared.header_rows
    end = next((i for i in range(body, len(grid)) if _text(grid[i][first]).strip() == ""), len(grid))
    rows = [[_text(cell) for cell in grid[i]] for i in range(body, end)]
    cells = pd.DataFrame(rows, columns=pd.Index(names), dtype=object)
    cells = cells.loc[:, [bool(name) for name in names]]
    return TextTable(cells, pd.Series([f"{sheet} line {i + 1}" for i in range(body, end)], dtype=object))


def _header_row(grid: list[list[Any]], declared: Format, file_name: str) -> int:
    if declared.header_contains is None:
        return 0
    for index, row in enumerate(grid):
        if any(isinstance(cell, str) and clean(cell) == declared.header_contains for cell in row):
            return index
    raise DeliveryRefused("header_missing", file_name, declared.header_contains)


def _column_names(rows: list[list[Any]]) -> list[str]:
    names: list[str] = []
    group = ""
    for column in range(len(rows[0])):
        parts = [" ".join(clean(_text(row[column])).split()) for row in rows]
        if len(parts) == 1:
            names.append(parts[0])
            continue
        group = parts[0] or (group if parts[1] else "")
        names.append(f"{group} | {parts[1]}" if parts[1] else group)
    return names


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}".replace(".", ",")
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
