"""CSV → text cells: declared delimiter, quoted line breaks, footers that are no rows.

Addresses are the line numbers an editor shows. A first line `sep=;` is skipped, and with a declared
header cell whatever stands above it. A record without an entry or of one cell is a blank line or a
footnote; any other record that does not fit the header is a broken row. A short last record without a
line end means that the file was cut off.
"""

import csv
import io
from collections.abc import Sequence

import pandas as pd

from ingest.findings import DeliveryRefused, Finding
from ingest.formats import TextTable
from ingest.formats.german import clean
from programmes.sources import Format

_DELIMITERS = {"tab": "\t"}  # declarations are stripped of blanks, so this one has a name


def read(texts: Sequence[tuple[str, str]], declared: Format) -> TextTable:
    """Cells of a CSV, or of (name, text) of several members of a ZIP one below the other."""
    parts = [_read_one(text, name, declared) for name, text in texts]
    broken = tuple(finding for part in parts for finding in part.broken)
    if len(parts) == 1:
        return TextTable(parts[0].cells, parts[0].addresses, broken)
    # A column one member lacks is missing as a whole; filled up, its cells would pass for blank ones.
    frames = [part.cells.loc[:, ~part.cells.columns.duplicated(keep=False)] for part in parts]
    cells = pd.concat(frames, ignore_index=True, join="inner")
    return TextTable(cells, pd.concat([part.addresses for part in parts], ignore_index=True), broken)


def _read_one(text: str, file_name: str, declared: Format) -> TextTable:
    delimiter = _DELIMITERS.get(declared.delimiter, declared.delimiter)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    address = f"{file_name} line " if declared.member else "line "
    has_line_end = text.endswith(("\n", "\r"))
    header: list[str] = []
    rows: list[list[str]] = []
    addresses: list[str] = []
    broken: list[Finding] = []
    record: list[str] = []
    begins = line = 1
    try:
        for record in reader:
            line, begins = begins, reader.line_num + 1
            if not header:
                header = _header(record, declared)
            elif len(record) == len(header):
                if any(cell.strip() for cell in record):
                    rows.append(record)
                    addresses.append(f"{address}{line}")
            elif len(record) > 1:
                broken.append(Finding(f"{address}{line}", None, "field_count", str(len(header))))
    except csv.Error as error:
        rule = "truncated" if "unexpected end" in str(error) else "unreadable"
        raise DeliveryRefused(rule, file_name, "CSV", f"line {begins}") from error
    if not header:
        if declared.header_contains:
            raise DeliveryRefused("header_missing", file_name, declared.header_contains)
        raise DeliveryRefused("empty", file_name)
    if not has_line_end and _is_cut_off(record, len(header)):
        raise DeliveryRefused("truncated", file_name, "CSV", f"line {line}")
    cells = pd.DataFrame(rows, columns=pd.Index(header), dtype=object)
    return TextTable(cells, pd.Series(addresses, dtype=object), tuple(broken))


def _header(record: list[str], declared: Format) -> list[str]:
    """The column names, if this record is the header."""
    names = [clean(name) for name in record]
    if declared.header_contains:
        return names if declared.header_contains in names else []
    is_separator_line = len(record) <= 2 and names[:1] != [] and names[0].lower().startswith("sep=")
    return [] if is_separator_line else names


def _is_cut_off(last: list[str], width: int) -> bool:
    """A last record with too few cells is cut off, one of a single cell only if it is one word, not a footnote."""
    return 1 < len(last) < width or (len(last) == 1 < width and len(last[0].split()) == 1)
