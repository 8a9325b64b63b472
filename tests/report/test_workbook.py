"""A workbook holds cells as they are: no text becomes a formula or a link, and reading it gives back what was written."""

import datetime as dt
import io
import time
import zipfile
from collections.abc import Sequence
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from release import spreadsheet
from release.spreadsheet import NotForExcel
from report.workbook import About, Cell, SheetColumn, workbook

ABOUT = About("Titel =1", "Satz", "Quelle", dt.date(2026, 3, 2), "Lizenz", "Zitat", True)
TEXTS = (
    "=1+1",
    "@x",
    "+1",
    "-1",
    "http://a.example/",
    "mailto:a@b.example",
    "{=SUM(A1)}",
    "internal:about!A1",
    " =1",
    "001",
)
COLUMNS = [SheetColumn("value", "Wert", "Prozent"), SheetColumn("note", "=Anmerkung")]


def sheets(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def data(*rows: Sequence[Cell]) -> list[list[object]]:
    found: list[list[object]] = sheets(workbook("de", COLUMNS, rows, ABOUT)).get_sheet_by_name("data").to_python()
    return found


def test_texts_come_back_as_texts() -> None:
    assert data(*([text, text] for text in TEXTS))[1:] == [[text, text] for text in TEXTS]


def test_no_formula_and_no_link_is_in_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook("de", COLUMNS, [[text, None] for text in TEXTS], ABOUT))) as book:
        parts = b"".join(book.read(name) for name in book.namelist() if "worksheets" in name)
    assert b"<sheetData>" in parts
    assert b"<f>" not in parts and b"hyperlink" not in parts


def test_numbers_days_and_truth_stay_what_they_are_and_empty_stays_empty() -> None:
    rows = data([1.5, 3], [Decimal("2.25"), 0], [True, None], [None, dt.date(2020, 2, 29)], [dt.date(1, 1, 1), ""])
    assert rows[1:] == [[1.5, 3.0], [2.25, 0.0], [True, ""], ["", dt.date(2020, 2, 29)], ["0001-01-01", ""]]
    assert rows[2][1] == 0.0 and rows[3][1] == ""


def test_the_second_sheet_says_what_the_figure_is() -> None:
    book = sheets(workbook("en", COLUMNS, [], ABOUT))
    assert book.sheet_names == ["data", "about"]
    told = [row[:2] for row in book.get_sheet_by_name("about").to_python()]
    assert told[:7] == [
        ["Title", "Titel =1"],
        ["Statement", "Satz"],
        ["Source", "Quelle"],
        ["As of", dt.date(2026, 3, 2)],
        ["Licence", "Lizenz"],
        ["Cite as", "Zitat"],
        ["Note", "Synthetic sample data, no value is an official figure."],
    ]
    assert book.get_sheet_by_name("about").to_python()[-2:] == [
        ["value", "Wert", "Prozent"],
        ["note", "=Anmerkung", ""],
    ]
    assert book.get_sheet_by_name("data").to_python() == [["Wert [Prozent]", "=Anmerkung"]]


def test_the_same_cells_give_the_same_bytes_at_any_time() -> None:
    first = workbook("de", COLUMNS, [[1, "a"]], ABOUT)
    time.sleep(2.1)  # the clock of a zip file counts in steps of two seconds
    assert workbook("de", COLUMNS, [[1, "a"]], ABOUT) == first


def test_what_has_no_room_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotForExcel):
        workbook("de", COLUMNS, [["x" * (spreadsheet.EXCEL_TEXT + 1), None]], ABOUT)
    monkeypatch.setattr("report.workbook.EXCEL_ROWS", 3)
    workbook("de", COLUMNS, [[1, None]] * 2, ABOUT)
    with pytest.raises(NotForExcel):
        workbook("de", COLUMNS, [[1, None]] * 3, ABOUT)


def test_a_figure_that_is_no_number_is_no_cell() -> None:
    with pytest.raises(TypeError):
        workbook("de", COLUMNS, [[float("nan"), None]], ABOUT)
