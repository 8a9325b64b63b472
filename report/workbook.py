"""A figure or indicator as an Excel workbook: the sheet "data" and the sheet "about", as bytes.

Belongs here: cells as they are. A text never becomes a formula or a link, a number stays a number, an empty cell stays empty.
Does not belong here: which rows, how columns are called (site.py); whole tables, which are handed out as CSV and Parquet.
"""

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from release.reason import Reason
from release.spreadsheet import EXCEL_ROWS, EXCEL_TEXT, NotForExcel
from report.addresses import Language

Cell = str | int | float | bool | Decimal | dt.date | None

_FIRST_DAY = dt.date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was; days before are written as text
_WORDS: Mapping[Language, tuple[str, ...]] = {
    "de": (
        "Titel",
        "Aussage",
        "Quelle",
        "Stand",
        "Lizenz",
        "Zitieren als",
        "Hinweis",
        "Spalte",
        "Bezeichnung",
        "Einheit",
    ),
    "en": ("Title", "Statement", "Source", "As of", "Licence", "Cite as", "Note", "Column", "Label", "Unit"),
}
_SYNTHETIC: Mapping[Language, str] = {
    "de": "Synthetische Musterdaten, kein Wert ist eine amtliche Angabe.",
    "en": "Synthetic sample data, no value is an official figure.",
}


@dataclass(frozen=True)
class SheetColumn:
    """A column: its name in the public edition, what it is called in the reader's language, its unit in words."""

    name: str
    label: str
    unit: str = ""


@dataclass(frozen=True)
class About:
    """What the second sheet says, in the reader's language."""

    title: str
    sentence: str
    source: str
    as_of_on: dt.date
    licence: str
    citation: str
    is_synthetic: bool


def workbook(language: Language, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Cell]], about: About) -> bytes:
    """The workbook; the same bytes from the same cells. Raises NotForExcel rather than leave anything out."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": about.title, "created": dt.datetime.combine(about.as_of_on, dt.time())})
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("data")
        for position, column in enumerate(columns):
            _write(sheet, 0, position, f"{column.label} [{column.unit}]" if column.unit else column.label, day, bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            if number >= EXCEL_ROWS:
                raise _not_for_excel("Es sind zu viele Zeilen", "There are too many rows")
            for position, cell in enumerate(row):
                _write(sheet, number, position, cell, day)
        _tell(book.add_worksheet("about"), _WORDS[language], columns, about, _SYNTHETIC[language], bold, day)
    return target.getvalue()


def _tell(
    sheet: Worksheet,
    words: tuple[str, ...],
    columns: Sequence[SheetColumn],
    about: About,
    synthetic: str,
    bold: Format,
    day: Format,
) -> None:
    said: tuple[Cell, ...] = (
        about.title,
        about.sentence,
        about.source,
        about.as_of_on,
        about.licence,
        about.citation,
        synthetic if about.is_synthetic else None,
    )
    told = [(word, cell) for word, cell in zip(words, said, strict=False) if cell not in (None, "")]
    for number, (word, cell) in enumerate(told):
        _write(sheet, number, 0, word, day, bold)
        _write(sheet, number, 1, cell, day)
    head = len(told) + 1
    for position, word in enumerate(words[len(said) :]):
        _write(sheet, head, position, word, day, bold)
    for number, column in enumerate(columns, start=head + 1):
        for position, text in enumerate((column.name, column.label, column.unit)):
            _write(sheet, number, position, text, day)


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, day: Format, style: Format | None = None) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        if len(cell) > EXCEL_TEXT:
            raise _not_for_excel("Ein Text ist zu lang", "A text is too long")
        sheet.write_string(row, column, cell, style)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, style)
    elif isinstance(cell, dt.date):
        if cell < _FIRST_DAY:
            sheet.write_string(row, column, cell.isoformat(), style)
        else:
            sheet.write_datetime(row, column, cell, day)
    else:
        sheet.write_number(row, column, cell, style)


def _not_for_excel(german: str, english: str) -> NotForExcel:
    return NotForExcel(
        Reason(
            de=f"{german}: Eine Excel-Datei kann diese Tabelle nicht ganz aufnehmen.",
            en=f"{english}: an Excel file cannot hold this table whole.",
            remedy_de="CSV oder Parquet nehmen.",
            remedy_en="Take the CSV or Parquet file.",
        )
    )
