"""Bytes of a delivery that are the same on every run: CSV, ZIP and workbook containers.

Dates inside containers are fixed and members are stored without compression, because deflate output
differs between zlib builds. `Delivery` is one file as it arrives, with the receipt that belongs to it.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

SYNTHETIC_DE = "SYNTHETISCHE MUSTERDATEN – keine amtlichen Angaben"
_PACKED_AT = (2026, 2, 1, 6, 0, 0)
_CORE_DATE = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")

Cell = object


@dataclass(frozen=True)
class Delivery:
    """One delivered file: source, name, bytes, arrival (UTC, ISO) and the publisher's version marker."""

    source_id: str
    file_name: str
    content: bytes
    received_at: str
    publisher_version: str


def csv_bytes(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    encoding: str = "utf-8",
    line_end: str = "\n",
) -> bytes:
    """A semicolon CSV with one header line, quoted only where needed; raises UnicodeEncodeError."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator=line_end)
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue().encode(encoding)


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """A ZIP with these members in this order, stored, all with the same fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _PACKED_AT)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def workbook_bytes(workbook: Workbook) -> bytes:
    """The workbook as XLSX bytes without the time of writing."""
    raw = io.BytesIO()
    workbook.save(raw)
    with zipfile.ZipFile(raw) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    members["docProps/core.xml"] = _CORE_DATE.sub(rb"\g<1>2026-02-01T06:00:00Z", members["docProps/core.xml"])
    return zip_bytes(members)


def write_two_row_header(sheet: Worksheet, row: int, groups: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Writes a header of two rows from `row` on: groups merged across, columns without a group downwards."""
    column = 1
    for group, subs in groups:
        sheet.cell(row, column, group)
        if not subs:
            sheet.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column)
            column += 1
            continue
        for offset, sub in enumerate(subs):
            sheet.cell(row + 1, column + offset, sub)
        if len(subs) > 1:
            sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=column + len(subs) - 1)
        column += len(subs)


def german_date(iso: str) -> str:
    """`2018-12-31` as `31.12.2018`."""
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def german_decimal(value: float, digits: int) -> str:
    """A number as text with decimal comma and dots between thousands."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))
