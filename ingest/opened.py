"""A delivery opened once: whatever was unzipped and decoded of it serves every table that comes from it.

A workbook and its sheets, a ZIP and the texts of its members, and the cells of one declared format are
each made when first asked for, and kept as long as this record is. What cannot be read raises
DeliveryRefused, at every asking.
"""

import fnmatch
import itertools
import zipfile
from functools import cached_property
from pathlib import Path

from ingest import limits
from ingest.findings import DeliveryRefused, shown
from ingest.formats import TextTable, csv_cells, decoding, excel_cells, json_cells, packed, workbook
from programmes.sources import Format

_COMPARED = 200  # members of one table that are compared with each other


class OpenedDelivery:
    """The bytes of one delivery under its file name, decoded at most once per sheet or member."""

    @classmethod
    def at(cls, path: Path) -> "OpenedDelivery":
        """A file somebody has at hand; raises DeliveryRefused where it is larger than a delivery can be."""
        if path.stat().st_size > limits.LARGEST_FILE:
            raise DeliveryRefused("file_too_large", path.name, limits.in_words(limits.LARGEST_FILE))
        return cls(path.read_bytes(), path.name)

    def __init__(self, content: bytes, file_name: str) -> None:
        self.file_name = file_name
        self.content = content
        self._texts: dict[tuple[str | None, str], str] = {}
        self._sheets: dict[str, workbook.Sheet] = {}
        self._cells: dict[Format, TextTable] = {}

    def cells(self, declared: Format) -> TextTable:
        """Text cells in the declared format; raises DeliveryRefused with file and remedy."""
        if declared not in self._cells:
            self._cells[declared] = self._read(declared)
        return self._cells[declared]

    def _read(self, declared: Format) -> TextTable:
        if not self.content or self.content.isspace():
            raise DeliveryRefused("empty", self.file_name)
        match declared.kind:
            case "csv":
                table = csv_cells.read(self._texts_of(declared), declared)
            case "excel":
                table = excel_cells.read(self._sheet(declared.sheet), self.file_name, declared)
            case "json_lines":
                table = json_cells.read_lines(self._text(None, declared.encoding), self.file_name)
            case "geojson":
                table = json_cells.read_geojson(self._text(None, declared.encoding), self.file_name)
        if table.cells.empty and not table.broken:
            raise DeliveryRefused("no_rows", self.file_name)
        return table

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        return packed.open_zip(self.content, self.file_name)

    @cached_property
    def _workbook(self) -> workbook.Workbook:
        return workbook.Workbook(self.content, self.file_name)

    def _texts_of(self, declared: Format) -> list[tuple[str, str]]:
        """(name, text) of the delivery itself, or of the members of a ZIP that the format names."""
        names = [None] if declared.member is None else self._matching_members(declared.member)
        return [(name or self.file_name, self._text(name, declared.encoding)) for name in names]

    def _matching_members(self, pattern: str) -> list[str]:
        # macOS packs a shadow of each file under __MACOSX/, with the same ending.
        members = [part for part in self._zip.infolist() if not part.filename.startswith("__MACOSX/")]
        found = sorted(
            (part for part in members if fnmatch.fnmatch(part.filename, pattern)), key=lambda part: part.filename
        )
        if not found:
            inside = [part.filename for part in members if fnmatch.fnmatch(part.filename.rpartition("/")[2], pattern)]
            if inside:
                raise DeliveryRefused("member_in_folder", self.file_name, shown(inside[0]))
            raise DeliveryRefused("member_missing", self.file_name, pattern)
        for one, other in itertools.combinations(found[:_COMPARED], 2):
            has_same_name = one.filename.rpartition("/")[2] == other.filename.rpartition("/")[2]
            if has_same_name or (one.CRC, one.file_size) == (other.CRC, other.file_size):
                names = f"{shown(one.filename)}, {shown(other.filename)}"
                raise DeliveryRefused("member_repeated", self.file_name, names)
        return [part.filename for part in found]

    def _text(self, member: str | None, encoding: str) -> str:
        """Text of the delivery itself, or of one member of the ZIP it is."""
        if (member, encoding) not in self._texts:
            content = self.content if member is None else packed.unzip(self._zip, member, self.file_name)
            if len(content) + sum(map(len, self._texts.values())) > limits.LARGEST_TEXT:
                raise DeliveryRefused("table_too_large", self.file_name)
            self._texts[member, encoding] = decoding.to_text(content, member or self.file_name, encoding)
        return self._texts[member, encoding]

    def _sheet(self, declared: str | None) -> workbook.Sheet:
        """A sheet by its name; the first one if none is declared."""
        names = self._workbook.sheet_names
        name = declared or names[0]
        if name not in names:
            raise DeliveryRefused("sheet_missing", self.file_name, name)
        if name not in self._sheets:
            self._sheets[name] = self._workbook.read_sheet(name)
        return self._sheets[name]
