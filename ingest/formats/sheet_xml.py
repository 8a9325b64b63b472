"""What a sheet's XML says beyond what the reading library passes on: its extent, and cells that are no values.

The library fills a sheet from its first to its last cell before anybody can ask how large it is, reads an error and a
formula without a stored value as an empty cell, and a figure with a raised footnote mark as one longer number. A quick
look over the bytes finds the extent; only a sheet that may hold such cells is parsed a second time, as a stream.
Document types, which bring entities, never stand in a workbook and are refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

FORMULA_WITHOUT_VALUE = "=?"  # how such a cell reads, and in no format is it a value

_PIECE, _OVERLAP = 1 << 20, 256
_CELL = re.compile(rb"""(?<![\w:.-])r\s*=\s*["']\s*([A-Za-z]+)""")
_ROW = re.compile(rb"""(?<![\w:.-])r\s*=\s*["']\s*[A-Za-z]*(\d{1,9})""")
# A cell or row whose place is counted instead of written.
_UNPLACED = re.compile(rb"""<(?:[\w.-]+:)?(?:c|row)(?![\w.:-])(?![^<>]*(?<![\w:.-])r\s*=\s*["'][^"'<>]*["'])""")
_SUSPECT = re.compile(rb"""\bt\s*=\s*["']e["']|<(?:[\w.-]+:)?f[\s/>]""")
_RAISED = re.compile(rb"superscript")
_PLACE = re.compile(r"([A-Za-z]{1,7})(\d{1,9})")
_NUMBER_WITH_MARK = re.compile(r"[+-]?[\d.,\s\u00a0]*\d[\s\u00a0]*")
_SUPERSCRIPT = str.maketrans("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾")


class BadXml(Exception):
    """A part of a workbook that is no XML a workbook can hold."""


@dataclass
class Look:
    """Rows and columns a sheet takes, and by (row, column) from zero the cells the library would misread."""

    height: int = 0
    width: int = 0
    cells: dict[tuple[int, int], str] = field(default_factory=dict)


def look(xml: bytes, raised: dict[int, str]) -> Look:
    """What is to be known before a sheet is filled; `raised` are shared texts with a raised mark. Raises BadXml."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise BadXml
    columns: set[bytes] = set()
    height = 0
    is_plain = not raised
    for start in range(0, len(xml), _PIECE):
        piece = xml[start : start + _PIECE + _OVERLAP]
        columns.update(_CELL.findall(piece))
        height = max(height, max(map(int, set(_ROW.findall(piece))), default=0))
        is_plain = is_plain and not (_UNPLACED.search(piece) or _SUSPECT.search(piece) or _RAISED.search(piece))
    found = Look(height, max((_column(name.decode()) for name in columns), default=0))
    if is_plain:
        return found
    closer = _Cells(raised).parsed(xml)
    return Look(max(found.height, closer.height), max(found.width, closer.width), closer.cells)


def raised_texts(xml: bytes) -> dict[int, str]:
    """Shared texts that are a figure with a raised mark, by number, as they are shown; raises BadXml."""
    return _SharedTexts().parsed(xml) if _RAISED.search(xml) else {}


def parse(xml: bytes, on_start: Callable[[str, dict[str, str]], None], **handlers: Callable[..., None]) -> None:
    """Parse XML as a stream, names without namespace; raises BadXml for a document type and for broken XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, given: on_start(
        _local(name), {_local(key): value for key, value in given.items()}
    )
    for name, handler in handlers.items():
        setattr(parser, name, handler)

    def refuse(*_: object) -> None:
        raise BadXml

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise BadXml from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _column(letters: str) -> int:
    """The number of a column from one: A is 1, XFD is 16,384."""
    number = 0
    for letter in letters[:8].upper():
        number = 26 * number + ord(letter) - 64
    return number


class _Runs:
    """Text of runs, the raised ones apart: `12` and a raised `1)` are shown as `12¹⁾`."""

    def __init__(self) -> None:
        self.plain = self.shown = ""
        self.is_raised = self.has_mark = False

    def add(self, text: str) -> None:
        self.plain += "" if self.is_raised else text
        self.shown += text.translate(_SUPERSCRIPT) if self.is_raised else text
        self.has_mark = self.has_mark or (self.is_raised and bool(text.strip()))

    @property
    def is_marked_figure(self) -> bool:
        return self.has_mark and _NUMBER_WITH_MARK.fullmatch(self.plain) is not None


class _SharedTexts:
    """The shared texts of a workbook, in their order."""

    def __init__(self) -> None:
        self._found: dict[int, str] = {}
        self._number = -1
        self._runs = _Runs()
        self._is_text = False

    def parsed(self, xml: bytes) -> dict[int, str]:
        parse(xml, self._start, EndElementHandler=self._end, CharacterDataHandler=self._text)
        return self._found

    def _start(self, name: str, given: dict[str, str]) -> None:
        if name == "si":
            self._number += 1
            self._runs = _Runs()
        elif name == "r":
            self._runs.is_raised = False
        elif name == "vertAlign":
            self._runs.is_raised = given.get("val") == "superscript"
        self._is_text = name == "t"

    def _end(self, name: str) -> None:
        self._is_text = False
        if _local(name) == "si" and self._runs.is_marked_figure:
            self._found[self._number] = self._runs.shown

    def _text(self, text: str) -> None:
        if self._is_text:
            self._runs.add(text)


class _Cells:
    """The cells of a sheet, one after the other."""

    def __init__(self, raised: dict[int, str]) -> None:
        self._raised = raised
        self._look = Look()
        self._row = self._at = -1  # of the row and cell being read, from zero
        self._type = self._value = self._inside = ""
        self._has_formula = False
        self._runs = _Runs()

    def parsed(self, xml: bytes) -> Look:
        parse(xml, self._start, EndElementHandler=self._end, CharacterDataHandler=self._text)
        return self._look

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._inside = name
        if name == "row":
            self._row = (
                int(given["r"]) - 1 if given.get("r", "").isascii() and given.get("r", "").isdigit() else self._row + 1
            )
            self._at = -1
        elif name == "c":
            place = _PLACE.fullmatch(given.get("r", ""))
            self._at = _column(place[1]) - 1 if place else self._at + 1
            self._row = int(place[2]) - 1 if place else max(self._row, 0)
            self._type, self._value, self._has_formula, self._runs = given.get("t", "n"), "", False, _Runs()
            self._look.height, self._look.width = (
                max(self._look.height, self._row + 1),
                max(self._look.width, self._at + 1),
            )
        elif name == "f":
            self._has_formula = True
        elif name == "r":
            self._runs.is_raised = False
        elif name == "vertAlign":
            self._runs.is_raised = given.get("val") == "superscript"

    def _text(self, text: str) -> None:
        if self._inside == "v":
            self._value += text
        elif self._inside == "t":
            self._runs.add(text)

    def _end(self, name: str) -> None:
        self._inside = ""
        if _local(name) != "c":
            return
        if self._type == "e":
            self._look.cells[self._row, self._at] = self._value.strip() or "#N/A"
        elif self._has_formula and self._type != "str" and not self._value.strip():
            self._look.cells[self._row, self._at] = FORMULA_WITHOUT_VALUE
        elif self._type == "s" and self._raised and self._value.strip().isdecimal():
            shown = self._raised.get(int(self._value))
            if shown is not None:
                self._look.cells[self._row, self._at] = shown
        elif self._type == "inlineStr" and self._runs.is_marked_figure:
            self._look.cells[self._row, self._at] = self._runs.shown
