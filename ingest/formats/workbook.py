"""XLSX → sheets of cells, row by row; nothing is filled whose extent is not known and bounded.

The reading library gets a workbook of one sheet made here from the parts that were unpacked within the limits, so it
cannot find another sheet, a larger part or a picture. Cells it would misread are put in from the sheet's own XML.
"""

import io
import zipfile
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from python_calamine import CalamineError, CalamineWorkbook

from ingest import limits
from ingest.findings import DeliveryRefused
from ingest.formats import packed, sheet_xml

_BOOK, _RELATIONS, _TEXTS, _STYLES = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook and its cells as the reading library gives them, row by row."""

    name: str
    rows: list[list[Any]]


class Workbook:
    """The workbook a delivery is: the names of its sheets; DeliveryRefused for anything else."""

    def __init__(self, content: bytes, file_name: str) -> None:
        self._file_name = file_name
        self._archive = packed.open_zip(content, file_name, "XLSX")
        self._parts: dict[str, str] = {}  # lower case → as written; offices differ in it
        for name in self._archive.namelist():
            if name.lower() in self._parts:
                raise self._unreadable()
            self._parts[name.lower()] = name
        self._is_from_1904 = False
        self._sheets = self._sheet_parts()
        self._raised: dict[int, str] | None = None

    @property
    def sheet_names(self) -> list[str]:
        """Names in the order of the workbook."""
        return list(self._sheets)

    def read_sheet(self, name: str) -> Sheet:
        """The cells of a sheet, rows and columns counted from its upper left corner."""
        xml = self._unzip(self._sheets[name])
        try:
            if self._raised is None:
                self._raised = sheet_xml.raised_texts(self._unzip(_TEXTS)) if _TEXTS.lower() in self._parts else {}
            look = sheet_xml.look(xml, self._raised)
        except sheet_xml.BadXml as error:
            raise self._unreadable() from error
        if look.height * look.width > limits.MOST_SHEET_CELLS or look.width > limits.MOST_COLUMNS:
            raise DeliveryRefused("sheet_too_large", self._file_name, name)
        rows = self._filled(name, xml)
        for (row, column), text in look.cells.items():
            rows += ([] for _ in range(row + 1 - len(rows)))
            rows[row] += [""] * (column + 1 - len(rows[row]))
            rows[row][column] = text
        width = max(map(len, rows), default=0)
        return Sheet(name, [row + [""] * (width - len(row)) if len(row) < width else row for row in rows])

    def _filled(self, name: str, xml: bytes) -> list[list[Any]]:
        try:
            book = CalamineWorkbook.from_filelike(io.BytesIO(self._book_of_one(name, xml)))
            rows: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
            return rows
        except (CalamineError, OSError, ValueError, OverflowError) as error:
            raise self._unreadable() from error
        except BaseException as error:  # the library's own panics are no Exception
            if type(error).__name__ != "PanicException":
                raise
            raise self._unreadable() from None

    def _book_of_one(self, name: str, xml: bytes) -> bytes:
        others = {"s": (_TEXTS, "sharedStrings"), "t": (_STYLES, "styles")}
        relations = f'<Relationship Id="r" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", xml)
            for key, (part, kind) in others.items():
                if part.lower() in self._parts:
                    archive.writestr(part, self._unzip(part))
                    relations += f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{part[3:]}"/>'
            archive.writestr(
                _BOOK,
                f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(self._is_from_1904)}"/>'
                f'<sheets><sheet name={quoteattr(name)} sheetId="1" r:id="r"/></sheets></workbook>',
            )
            archive.writestr(_RELATIONS, f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>')
            office = f'<Relationship Id="b" Type="{_OFFICE}/officeDocument" Target="{_BOOK}"/>'
            archive.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{office}</Relationships>')
            archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        return buffer.getvalue()

    def _sheet_parts(self) -> dict[str, str]:
        """Name of each sheet → its part."""
        targets: dict[str, str] = {}
        sheets: dict[str, str] = {}

        def relation(name: str, given: dict[str, str]) -> None:
            if name == "Relationship":
                targets.setdefault(given.get("Id", ""), given.get("Target", ""))

        def sheet(name: str, given: dict[str, str]) -> None:
            if name == "workbookPr":
                self._is_from_1904 = given.get("date1904") in ("1", "true")
            if name == "sheet" and given.get("id") in targets:
                target = targets[given["id"]].removeprefix("/").removeprefix("./")
                sheets.setdefault(given.get("name", ""), target if target.startswith("xl/") else f"xl/{target}")

        try:
            sheet_xml.parse(self._unzip(_RELATIONS), relation)
            sheet_xml.parse(self._unzip(_BOOK), sheet)
        except sheet_xml.BadXml as error:
            raise self._unreadable() from error
        if not sheets:
            raise self._unreadable()
        return sheets

    def _unzip(self, part: str) -> bytes:
        if part.lower() not in self._parts:
            raise self._unreadable()
        return packed.unzip(self._archive, self._parts[part.lower()], self._file_name, "XLSX")

    def _unreadable(self) -> DeliveryRefused:
        return DeliveryRefused("unreadable", self._file_name, "XLSX")
