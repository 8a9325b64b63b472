"""Bytes → text, by a ladder instead of a guess; the members of a ZIP and the sheets of a workbook.

Byte order mark, then strict UTF-8, then strict Windows-1252: detection libraries call German cp1252 text
cp1250. A declared encoding is taken at its word. Text that decoded to tell-tale wrong characters is
refused rather than landed: UTF-8 read as Windows-1252 leaves `Ã¤` behind, a DOS or old Macintosh file read
as Windows-1252 signs inside words.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from ingest.findings import DeliveryRefused

LARGEST_MEMBER = 2 * 1024**3
_MOJIBAKE = re.compile("\ufffd|Ã[¤¶¼Ÿ„–œ]")
# Not asked of UTF-8, where a name like Nataša is just that name.
_FOREIGN_CODE_PAGE = re.compile(r"\w[†§š„”]\w|\w[ŠŸ][a-z]")


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook and its cells as the reading library gives them, row by row."""

    name: str
    rows: list[list[Any]]


def to_text(content: bytes, file_name: str, encoding: str) -> str:
    """The text of a delivery; DeliveryRefused where no agreed character set fits."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            candidates = [name]
            break
    else:
        candidates = {"ladder": ["utf-8", "cp1252"], "utf-8": ["utf-8"], "cp1252": ["cp1252"]}[encoding]
    for candidate in candidates:
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        # The first character set that fits is the one; a wrong reading is never tried again with the next.
        if _MOJIBAKE.search(text) or (candidate == "cp1252" and _FOREIGN_CODE_PAGE.search(text)):
            break
        return text
    raise DeliveryRefused("encoding", file_name)


def open_zip(content: bytes, file_name: str) -> zipfile.ZipFile:
    """The ZIP a delivery is; DeliveryRefused for anything else."""
    if not content.startswith(b"PK"):
        # Web interfaces answer an error page or JSON with status 200 in place of the ZIP.
        raise DeliveryRefused("unreadable", file_name, "ZIP")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise DeliveryRefused("truncated", file_name, "ZIP") from error


def unzip(archive: zipfile.ZipFile, member: str, file_name: str) -> bytes:
    """The bytes of one member; DeliveryRefused where it is cut off, encrypted or too large."""
    if archive.getinfo(member).file_size > LARGEST_MEMBER:
        raise DeliveryRefused("unreadable", file_name, "ZIP (< 2 GiB)")
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise DeliveryRefused("truncated", file_name, "ZIP") from error
    except RuntimeError as error:  # encrypted, or packed by a method zipfile does not know
        raise DeliveryRefused("unreadable", file_name, "ZIP") from error


def open_workbook(content: bytes, file_name: str) -> CalamineWorkbook:
    """The workbook a delivery is; DeliveryRefused for anything else."""
    if not content.startswith(b"PK"):
        # Encrypted workbooks are OLE files under the name .xlsx.
        raise DeliveryRefused("unreadable", file_name, "XLSX")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(part.file_size > LARGEST_MEMBER for part in archive.infolist()):
                raise DeliveryRefused("unreadable", file_name, "XLSX (< 2 GiB)")
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise DeliveryRefused("truncated", file_name, "XLSX") from error
    except (CalamineError, OSError) as error:
        raise DeliveryRefused("unreadable", file_name, "XLSX") from error


def read_sheet(workbook: CalamineWorkbook, name: str, file_name: str) -> Sheet:
    """The cells of a sheet, rows and columns counted from its upper left corner."""
    try:
        return Sheet(name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
    except (CalamineError, OSError) as error:
        raise DeliveryRefused("unreadable", file_name, "XLSX") from error
