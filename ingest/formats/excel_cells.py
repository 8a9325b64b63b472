"""Office workbook → text cells: title rows, merged two-row headers and footnotes as offices make them.

The header row is found by a declared cell. With two header rows a column is named `group | sub`, the
group carried on over its merged cells, or by the group alone where nothing stands below it. Below the
first row without an entry in its first column stand footnotes, of one cell each; a row of more cells is
never taken for a footnote. Numbers become text in the declared notation, dates ISO text. Two limits of
the reading library: a cell shown as 12 % reads 0,12, and a formula error reads as an empty cell.
"""

import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from ingest.findings import DeliveryRefused
from ingest.formats import TextTable, decoding
from ingest.formats.german import clean
from programmes.sources import Format


def read(content: bytes, file_name: str, declared: Format) -> TextTable:
    """Cells of the declared sheet (the first one if none is declared), addressed by sheet and row."""
    if not content.startswith(b"PK"):
        # Encrypted workbooks are OLE files under the name .xlsx.
        raise DeliveryRefused("unreadable", file_name, "XLSX")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(part.file_size > decoding.LARGEST_MEMBER for part in archive.infolist()):
                raise DeliveryRefused("unreadable", file_name, "XLSX (< 2 GiB)")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = declared.sheet or workbook.sheet_names[0]
        if sheet not in workbook.sheet_names:
            raise DeliveryRefused("sheet_missing", file_name, sheet)
        grid = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except zipfile.BadZipFile as error:
        raise DeliveryRefused("truncated", file_name, "XLSX") from error
    except (CalamineError, OSError) as error:
        raise DeliveryRefused("unreadable", file_name, "XLSX") from error
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
        addresses.append(f"{sheet} line {index + 1}")
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
