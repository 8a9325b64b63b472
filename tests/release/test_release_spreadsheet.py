"""Tables as spreadsheets: what each dialect writes, and what a workbook has no room for."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from release import spreadsheet
from release.spreadsheet import DIALECTS, NotForExcel, write_csv, write_workbook


def mart(folder: Path, **columns: list[Any]) -> Path:
    path = folder / "mart.parquet"
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("plain", b"note,value,n\na,-1.5,1000\n'=1,,\n"),
        ("de", b"\xef\xbb\xbfnote;value;n\na;-1,5;1000\n'=1;;\n"),
    ],
)
def test_numbers_and_texts_of_a_dialect(tmp_path: Path, dialect: str, expected: bytes) -> None:
    source = mart(tmp_path, note=["a", "=1"], value=[-1.5, None], n=[1000, None])
    write_csv(source, tmp_path / "out.csv", DIALECTS[dialect])
    assert (tmp_path / "out.csv").read_bytes() == expected


def test_a_workbook_holds_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_BLOCK", 2)
    write_workbook(mart(tmp_path, note=["a", "-", None], n=[1, 2, 3]), tmp_path / "out.xlsx", "x" * 40, ["note"])
    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["x" * 31, "Hinweise"], "a sheet's name has room for 31 characters"
    assert list(book["x" * 31].values) == [("note", "n"), ("a", 1), ("'-", 2), (None, 3)]
    assert list(book["Hinweise"].values) == [("note",)]


@pytest.mark.parametrize(("text", "fits"), [("x" * 32_766, True), ("x" * 32_767, False), ("bell\x07", False)])
def test_a_text_a_cell_cannot_hold_is_refused_before_anything_is_written(tmp_path: Path, text: str, fits: bool) -> None:
    source = mart(tmp_path, n=[1], note=[text])
    if fits:
        write_workbook(source, tmp_path / "out.xlsx", "mart", [])
        return
    with pytest.raises(NotForExcel, match="Column note"):
        write_workbook(source, tmp_path / "out.xlsx", "mart", [])
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize(("rows", "fits"), [(2, True), (3, False)])
def test_a_table_longer_than_a_sheet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, fits: bool
) -> None:
    assert spreadsheet.EXCEL_ROWS == 1_048_576
    monkeypatch.setattr(spreadsheet, "EXCEL_ROWS", 3)  # one row is the header's
    source = mart(tmp_path, n=list(range(rows)))
    if fits:
        write_workbook(source, tmp_path / "out.xlsx", "mart", [])
    else:
        with pytest.raises(NotForExcel, match="3 rows"):
            write_workbook(source, tmp_path / "out.xlsx", "mart", [])
