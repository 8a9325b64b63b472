"""Changing one thing in a delivered file and nothing else: a row of a CSV, a record, a member of a ZIP, a cell of a workbook.

CSV files keep their character set, byte order mark and line ends. Workbooks are written by the same library as the
samples; a sheet's rows begin where the header ends and end at the first blank row, footnotes lie below.
"""

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from samples.packing import workbook_bytes, zip_bytes

Row = dict[str, str]
Record = dict[str, Any]
WorkbookRow = tuple[Cell, ...]
BOM = b"\xef\xbb\xbf"


def changed_rows(content: bytes, change: Callable[[list[Row]], Iterable[Row] | None]) -> bytes:
    """A semicolon CSV with other rows: `change` alters the list, or returns another; columns follow the first row."""
    encoding, line_end = _encoding(content), "\r\n" if b"\r\n" in content[:2_000] else "\n"
    rows = list(csv.DictReader(io.StringIO(content.decode(encoding), newline=""), delimiter=";"))
    made = change(rows)
    result = list(rows if made is None else made)
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(result[0] if result else rows[0]), delimiter=";", lineterminator=line_end)
    writer.writeheader()
    writer.writerows(result)
    return buffer.getvalue().encode(encoding)


def changed_text(content: bytes, change: Callable[[str], str]) -> bytes:
    """A text file with other text, in its own character set."""
    encoding = _encoding(content)
    return change(content.decode(encoding)).encode(encoding)


def recoded(content: bytes, encoding: str) -> bytes:
    """The same text in another character set."""
    return content.decode(_encoding(content)).encode(encoding)


def _encoding(content: bytes) -> str:
    if content.startswith(BOM):
        return "utf-8-sig"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def changed_records(content: bytes, change: Callable[[list[Record]], Iterable[Record] | None]) -> bytes:
    """JSON lines with other records: `change` alters the list, or returns another."""
    records = [json.loads(line) for line in content.decode().splitlines()]
    made = change(records)
    lines = (
        json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in (records if made is None else made)
    )
    return "".join(line + "\n" for line in lines).encode()


def changed_members(content: bytes, ending: str, change: Callable[[bytes], bytes]) -> bytes:
    """A ZIP in which every member whose name ends so has other bytes."""
    return zip_bytes({name: change(data) if name.endswith(ending) else data for name, data in members(content).items()})


def members(content: bytes) -> dict[str, bytes]:
    """Member name → bytes of a ZIP, in its order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed_workbook(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    """A workbook after `change`."""
    workbook = load_workbook(io.BytesIO(content))
    change(workbook)
    return workbook_bytes(workbook)


def changed_sheet(content: bytes, sheet: str, change: Callable[[Worksheet], None]) -> bytes:
    """A workbook after `change` of one sheet."""
    return changed_workbook(content, lambda workbook: change(workbook[sheet]))


def data_rows(sheet: Worksheet, first: int) -> list[WorkbookRow]:
    """Rows of a sheet from row `first` up to the first blank one."""
    found: list[WorkbookRow] = []
    for row in sheet.iter_rows(min_row=first):
        if all(cell.value is None for cell in row):
            break
        found.append(row)
    return found


def rewritten(sheet: Worksheet, rows: Sequence[WorkbookRow], values: Sequence[Sequence[object]]) -> None:
    """Write values over these rows; rows too many are deleted, rows too few are inserted, so that footnotes stay below."""
    first = rows[0][0].row
    if len(values) < len(rows):
        sheet.delete_rows(first + len(values), len(rows) - len(values))
    elif len(values) > len(rows):
        sheet.insert_rows(first + len(rows), len(values) - len(rows))
    for offset, row in enumerate(values):
        for column, value in enumerate(row, start=1):
            sheet.cell(first + offset, column).value = value


def text_of(value: object) -> str:
    """A date cell or a German date text as ISO text; any other value as text, blank as ''."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    text = str(value or "")
    parts = text.split(".")
    return "-".join(reversed(parts)) if len(parts) == 3 and len(parts[2]) == 4 else text


def year_of(value: object) -> int:
    """The year of a date cell or a German date text."""
    return int(text_of(value)[:4])
