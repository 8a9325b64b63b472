"""CSV → text cells: declared delimiter, quoted line breaks, footers that are no rows.

Addresses are the line numbers an editor shows. A first line `sep=;` is skipped. A record of one cell is
a blank line or a footnote; any other record that does not fit the header is a broken row, and a short
last record without a line end means that the file was cut off.
"""

import csv
import io

import pandas as pd

from ingest.findings import DeliveryRefused, Finding
from ingest.formats import TextTable, decoding
from programmes.model import Format


def read(content: bytes, file_name: str, declared: Format) -> TextTable:
    """Cells of a CSV, or of the matching members of a ZIP, one below the other."""
    parts = [
        _read_one(part, name, declared, len(content) != len(part))
        for name, part in decoding.members(content, file_name, declared.member)
    ]
    cells = pd.concat([part.cells for part in parts], ignore_index=True)
    addresses = pd.concat([part.addresses for part in parts], ignore_index=True)
    return TextTable(cells, addresses, tuple(finding for part in parts for finding in part.broken))


def _read_one(content: bytes, file_name: str, declared: Format, is_member: bool) -> TextTable:
    text = decoding.to_text(content, file_name, declared.encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=declared.delimiter, strict=True)
    place = f"{file_name} line " if is_member else "line "
    header: list[str] = []
    rows: list[list[str]] = []
    addresses: list[str] = []
    broken: list[Finding] = []
    begins = 1
    try:
        for record in reader:
            line, begins = begins, reader.line_num + 1
            if not header:
                if record and not (len(record) <= 2 and record[0].startswith("sep=")):
                    header = [name.strip() for name in record]
            elif len(record) == len(header):
                rows.append(record)
                addresses.append(f"{place}{line}")
            elif 1 < len(record) < len(header) and begins > text.count("\n") + 1:
                raise DeliveryRefused("truncated", file_name, "CSV", f"line {line}")
            elif len(record) > 1:
                broken.append(Finding(f"{place}{line}", None, "field_count", str(len(header))))
    except csv.Error as error:
        raise DeliveryRefused("truncated", file_name, "CSV", f"line {begins}") from error
    if not header:
        raise DeliveryRefused("empty", file_name)
    cells = pd.DataFrame(rows, columns=pd.Index(header), dtype=object)
    return TextTable(cells, pd.Series(addresses, dtype=object), tuple(broken))
