"""Delivered files in the archive: receipt, bytes, and the line a row's address names.

Reads what `ingest` wrote, with the standard library, so that a walk needs nothing of what parses deliveries: addresses are
`line 7`, `Sheet line 7` of a workbook, `member line 7` of a ZIP. Does not belong here: what a line means.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from programmes.stored import delivered, stored_at

_LONGEST = 200  # lines one record may have


def receipt_of(archive: Path, source_id: str, delivery_id: str) -> Mapping[str, Any] | None:
    """The receipt of a delivery, with the name it is known by now; None where there is none, or none that can be read."""
    folder = archive / "receipts" / source_id
    for path in sorted(folder.glob(f"*-{delivery_id[:12]}.json")):
        with suppress(ValueError, KeyError, TypeError):
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if found["delivery_id"] == delivery_id:
                later = sorted((folder / "names").glob(f"{path.stem}-*.json"))
                return {**found, **({"file_name": _name(later[-1])} if later else {}), "receipt": path.name}
    return None


def _name(path: Path) -> str:
    return str(json.loads(path.read_text(encoding="utf-8"))["file_name"])


@lru_cache(maxsize=64)
def bytes_of(archive: Path, delivery_id: str) -> bytes | None:
    """The delivered bytes; None where they are gone or no longer have their hash."""
    path = stored_at(archive / "objects", delivery_id)
    try:
        return delivered(path) if path else None
    except OSError:
        return None


def line_of(archive: Path, delivery_id: str, address: str | None) -> str | None:
    """The delivered line, cells of a workbook parted by tabs; None where file or line is not there."""
    part, found, line = (address or "").rpartition("line ")
    if not found or not line.isdigit():
        return None
    lines, number = lines_of(archive, delivery_id, part.rstrip() or None), int(line)
    if lines is None or not 0 < number <= len(lines):
        return None
    record = lines[number - 1]
    for more in lines[number : number + _LONGEST]:  # a quoted cell may reach over several lines
        if record.count('"') % 2 == 0:
            break
        record += "\n" + more
    return record


def records_of(text: str, delimiter: str) -> Any:
    """A `csv.reader` of delivered text; a record that landed may have fields longer than the library's bound."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def part_of(address: str) -> str | None:
    """Sheet or member an address lies in."""
    return address.rpartition("line ")[0].rstrip() or None


@lru_cache(maxsize=64)
def lines_of(archive: Path, delivery_id: str, part: str | None) -> tuple[str, ...] | None:
    """All lines of a file, of a member of a ZIP, or of a sheet of a workbook; None where there is none such."""
    content = bytes_of(archive, delivery_id)
    if content is None:
        return None
    if content[:2] != b"PK":
        return _text(content)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        names = opened.namelist()
        if "[Content_Types].xml" in names:
            return _sheet(content, part)
        member = part if part in names else next((name for name in names if part is None or name.endswith(part)), None)
        if member is None:
            return None
        inner = opened.read(member)
    return _text(inner) if inner[:2] != b"PK" else _sheet(inner, None)


def text_of(
    archive: Path, delivery_id: str, encoding: str, is_member: Callable[[str], bool] | None
) -> tuple[str | None, str | None]:
    """Member and text of a delivered text file; of a ZIP the first member that is asked for. None where there is none."""
    content = bytes_of(archive, delivery_id)
    if content is None:
        return None, None
    member = None
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            member = next((name for name in opened.namelist() if is_member is None or is_member(name)), None)
            if member is None:
                return None, None
            content = opened.read(member)
    return member, content.decode(encoding) if encoding == "cp1252" else _decoded(content)


def _decoded(content: bytes) -> str:
    """Text by the ladder landing climbs: UTF-8, else Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _text(content: bytes) -> tuple[str, ...]:
    return tuple(_decoded(content).splitlines())


def _sheet(content: bytes, name: str | None) -> tuple[str, ...] | None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    wanted = name if name in book.sheet_names else (book.sheet_names[0] if name is None else None)
    if wanted is None:
        return None
    rows = book.get_sheet_by_name(wanted).to_python(skip_empty_area=False)
    return tuple("\t".join(_cell(cell) for cell in row) for row in rows)


def _cell(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
