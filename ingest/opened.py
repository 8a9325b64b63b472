"""A delivery opened once: whatever was unzipped and decoded of it serves every table that comes from it.

A workbook and its sheets, a ZIP and the texts of its members, and the cells of one declared format are
each made when first asked for, and kept as long as this record is. What cannot be read raises
DeliveryRefused, at every asking.
"""

import fnmatch
import zipfile
from functools import cached_property

from python_calamine import CalamineWorkbook

from ingest.findings import DeliveryRefused
from ingest.formats import TextTable, csv_cells, decoding, excel_cells, json_cells
from programmes.sources import Format


class OpenedDelivery:
    """The bytes of one delivery under its file name, decoded at most once per sheet or member."""

    def __init__(self, content: bytes, file_name: str) -> None:
        self.file_name = file_name
        self._content = content
        self._texts: dict[tuple[str | None, str], str] = {}
        self._sheets: dict[str, decoding.Sheet] = {}
        self._cells: dict[Format, TextTable] = {}

    def cells(self, declared: Format) -> TextTable:
        """Text cells in the declared format; raises DeliveryRefused with file and remedy."""
        if declared not in self._cells:
            self._cells[declared] = self._read(declared)
        return self._cells[declared]

    def _read(self, declared: Format) -> TextTable:
        if not self._content or self._content.isspace():
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
        if table.cells.empty:
            raise DeliveryRefused("no_rows", self.file_name)
        return table

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        return decoding.open_zip(self._content, self.file_name)

    @cached_property
    def _workbook(self) -> CalamineWorkbook:
        return decoding.open_workbook(self._content, self.file_name)

    def _texts_of(self, declared: Format) -> list[tuple[str, str]]:
        """(name, text) of the delivery itself, or of the members of a ZIP that the format names."""
        names = [None] if declared.member is None else self._matching_members(declared.member)
        return [(name or self.file_name, self._text(name, declared.encoding)) for name in names]

    def _matching_members(self, pattern: str) -> list[str]:
        # macOS packs a shadow of each file under __MACOSX/, with the same ending.
        names = (name for name in self._zip.namelist() if not name.startswith("__MACOSX/"))
        found = sorted(name for name in names if fnmatch.fnmatch(name, pattern))
        if not found:
            raise DeliveryRefused("member_missing", self.file_name, pattern)
        return found

    def _text(self, member: str | None, encoding: str) -> str:
        """Text of the delivery itself, or of one member of the ZIP it is."""
        if (member, encoding) not in self._texts:
            content = self._content if member is None else decoding.unzip(self._zip, member, self.file_name)
            self._texts[member, encoding] = decoding.to_text(content, member or self.file_name, encoding)
        return self._texts[member, encoding]

    def _sheet(self, declared: str | None) -> decoding.Sheet:
        """A sheet by its name; the first one if none is declared."""
        names = self._workbook.sheet_names
        name = declared or names[0]
        if name not in names:
            raise DeliveryRefused("sheet_missing", self.file_name, name)
        if name not in self._sheets:
            self._sheets[name] = decoding.read_sheet(self._workbook, name, self.file_name)
        return self._sheets[name]
