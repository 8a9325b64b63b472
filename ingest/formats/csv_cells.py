"""CSV → text cells: declared delimiter, quoted line breaks, footers that are no rows.

Addresses are the line numbers an editor shows. A first line `sep=;` is skipped, and with a declared
header cell whatever stands above it. A record without an entry is a blank line. A record of one cell below the last
row may be a footnote (see `footnotes`); any other record that does not fit the header is a broken row. One empty field too many in every row is taken for a delimiter at the end. A short last record without a line end
means that the file was cut off.
"""

import csv
import io
from collections.abc import Sequence

import pandas as pd

from ingest import limits
from ingest.findings import DeliveryRefused, Finding
from ingest.formats import Records, TextTable
from ingest.formats.footnotes import is_footnote, is_total
from ingest.formats.german import clean
from programmes.sources import Format

_DELIMITERS = {"tab": "\t"}  # declarations are stripped of blanks, so this one has a name
_MARKS = (";", ",", "\t", "|")  # what files are delimited by


def read(texts: Sequence[tuple[str, str]], declared: Format) -> TextTable:
    """Cells of a CSV, or of (name, text) of several members of a ZIP one below the other."""
    parts = [_read_one(text, name, declared) for name, text in texts]
    if len(parts) == 1:
        return parts[0]
    if sum(part.cells.size for part in parts) > limits.MOST_CELLS:
        raise DeliveryRefused("table_too_large", texts[0][0])
    broken = tuple(finding for part in parts for finding in part.broken)
    # A column one member lacks is missing as a whole; filled up, its cells would pass for blank ones.
    frames = [part.cells.loc[:, ~part.cells.columns.duplicated(keep=False)] for part in parts]
    cells = pd.concat(frames, ignore_index=True, join="inner")
    records = sum((part.records for part in parts), Records())
    return TextTable(cells, pd.concat([part.addresses for part in parts], ignore_index=True), broken, records)


def other_delimiter(header: Sequence[str], declared: Format) -> str | None:
    """Agreed and found delimiter, as `; / Tab`, where another one parts a header that the agreed one leaves whole."""
    agreed = _DELIMITERS.get(declared.delimiter, declared.delimiter)
    found = next((mark for mark in _MARKS if mark != agreed and mark in header[0]), None) if len(header) == 1 else None
    return " / ".join("Tab" if mark == "\t" else mark for mark in (agreed, found)) if found else None


def _read_one(text: str, file_name: str, declared: Format) -> TextTable:
    delimiter = _DELIMITERS.get(declared.delimiter, declared.delimiter)
    if text.count(delimiter) > limits.MOST_CELLS or text.count("\n") + text.count("\r") > 4 * limits.MOST_ROWS:
        raise DeliveryRefused("table_too_large", file_name)
    csv.field_size_limit(limits.LONGEST_FIELD)  # of the whole process, and other libraries set it too
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    address = f"{file_name} line " if declared.member else "line "
    has_line_end = text.endswith(("\n", "\r"))
    header: list[str] = []
    rows: list[list[str]] = []
    addresses: list[str] = []
    broken: list[Finding] = []
    surplus: list[tuple[str, list[str]]] = []  # rows of one empty field too many
    lonely: list[tuple[str, str]] = []  # records of one cell
    record: list[str] = []
    begins = line = 1
    found = above = 0
    try:
        for record in reader:
            line, begins = begins, reader.line_num + 1
            if not any(map(str.strip, record)):
                continue
            found += 1
            if not header:
                header = _header(record, declared)
                above += 1
                if len(header) > limits.MOST_COLUMNS:
                    raise DeliveryRefused("table_too_large", file_name)
            elif len(record) == len(header):
                if lonely:
                    broken += _rows_of_one_cell(lonely, header)
                    lonely.clear()
                rows.append(record)
                addresses.append(f"{address}{line}")
            elif len(record) == len(header) + 1 and not record[-1].strip():
                surplus.append((f"{address}{line}", record[:-1]))
            elif len(record) > 1:
                broken.append(Finding(f"{address}{line}", None, "field_count", str(len(header))))
            else:
                lonely.append((f"{address}{line}", record[0]))
            if found > limits.MOST_ROWS:
                raise DeliveryRefused("table_too_large", file_name)
    except csv.Error as error:
        rule = "truncated" if "unexpected end" in str(error) else "unreadable"
        raise DeliveryRefused(rule, file_name, "CSV", f"line {begins}") from error
    if not header:
        if declared.header_contains:
            raise DeliveryRefused("header_missing", file_name, declared.header_contains)
        raise DeliveryRefused("empty", file_name)
    if surplus and not rows and not broken:
        addresses, rows = [place for place, _ in surplus], [cells for _, cells in surplus]
    else:
        broken += [Finding(place, None, "field_count", str(len(header))) for place, _ in surplus]
    if not has_line_end and _is_cut_off(record, len(header)):
        raise DeliveryRefused("truncated", file_name, "CSV", f"line {line}")
    footnotes = [place for place, cell in lonely if is_footnote(cell, declared)]
    broken += _rows_of_one_cell([(place, cell) for place, cell in lonely if place not in footnotes], header)
    cells = pd.DataFrame(rows, columns=pd.Index(header), dtype=object)
    records = Records(found, above, len(footnotes))
    return TextTable(cells, pd.Series(addresses, dtype=object), tuple(broken), records)


def _rows_of_one_cell(lonely: Sequence[tuple[str, str]], header: Sequence[str]) -> list[Finding]:
    """Records of one cell that are no footnotes: rows follow, or nothing says that they are any."""
    return [
        Finding(place, None, "total_row" if is_total(clean(text)) else "field_count", str(len(header)))
        for place, text in lonely
    ]


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
