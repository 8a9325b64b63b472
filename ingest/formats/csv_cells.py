"""CSV → text cells: declared delimiter, quoted line breaks, footers that are no rows.

Addresses are the line numbers an editor shows. A first line `sep=;` is skipped, and with a declared
header cell whatever stands above it. A record without an entry is a blank line. A record of one cell below the last
row is a footnote, unless it is a row with another delimiter; any other record that does not fit the header is a broken
row. One empty field too many in every row is taken for a delimiter at the end. A short last record without a line end
means that the file was cut off.
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
_MARKS = (";", ",", "\t", "|")  # what files are delimited by
# Texts in columns nobody declared may be long; a file is bounded as a whole.
csv.field_size_limit(1 << 26)


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


def other_delimiter(header: Sequence[str], declared: Format) -> str | None:
    """Agreed and found delimiter, as `; / Tab`, where another one parts a header that the agreed one leaves whole."""
    agreed = _DELIMITERS.get(declared.delimiter, declared.delimiter)
    found = next((mark for mark in _MARKS if mark != agreed and mark in header[0]), None) if len(header) == 1 else None
    return " / ".join("Tab" if mark == "\t" else mark for mark in (agreed, found)) if found else None


def _read_one(text: str, file_name: str, declared: Format) -> TextTable:
    delimiter = _DELIMITERS.get(declared.delimiter, declared.delimiter)
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
    try:
        for record in reader:
            line, begins = begins, reader.line_num + 1
            if not header:
                header = _header(record, declared)
            elif len(record) == len(header):
                if any(cell.strip() for cell in record):
                    broken += _no_footnotes(lonely, header)
                    lonely.clear()
                    rows.append(record)
                    addresses.append(f"{address}{line}")
            elif len(record) == len(header) + 1 and not record[-1].strip():
                surplus.append((f"{address}{line}", record[:-1]))
            elif len(record) > 1:
                broken.append(Finding(f"{address}{line}", None, "field_count", str(len(header))))
            elif record and record[0].strip():
                lonely.append((f"{address}{line}", record[0]))
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
    broken += _no_footnotes(lonely, header, is_end=True)
    if not has_line_end and _is_cut_off(record, len(header)):
        raise DeliveryRefused("truncated", file_name, "CSV", f"line {line}")
    cells = pd.DataFrame(rows, columns=pd.Index(header), dtype=object)
    return TextTable(cells, pd.Series(addresses, dtype=object), tuple(broken))


def _no_footnotes(lonely: Sequence[tuple[str, str]], header: Sequence[str], is_end: bool = False) -> list[Finding]:
    """Records of one cell that are no footnotes: rows follow, or another delimiter parts them as the header is parted."""
    return [
        Finding(place, None, "field_count", str(len(header)))
        for place, text in lonely
        if len(header) > 1 and (not is_end or any(_is_parted(text.split(mark), len(header)) for mark in _MARKS))
    ]


def _is_parted(cells: Sequence[str], width: int) -> bool:
    """Whether a record of one cell is a row of another delimiter; after a comma in prose stands a blank."""
    return len(cells) >= width and not any(cell.startswith(" ") for cell in cells[1:])


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
