"""Workbooks as offices make them, written here with openpyxl and read by landing's reader."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from ingest.findings import DeliveryRefused
from ingest.formats import TextTable
from ingest.opened import OpenedDelivery
from programmes.sources import Format

TITLE = [["Musteramt: Arbeitsmarkt"], ["Stand 13. Februar 2026"], []]
HEADER = [["Stichtag", "Gebiet", "Arbeitslose", None, "Beschäftigte"], [None, None, "insgesamt", "unter 25", None]]


def workbook(rows: Sequence[Sequence[Any]], merged: tuple[str, ...] = (), **sheets: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for name, content in {"Daten": rows, **sheets}.items():
        sheet = book.active if name == "Daten" else book.create_sheet(name)
        sheet.title = name
        for row in content:
            sheet.append(row)
    for area in merged:
        book["Daten"].merge_cells(area)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(content: bytes, **declared: Any) -> TextTable:
    return OpenedDelivery(content, "mappe.xlsx").cells(Format(kind="excel", **declared))


def refusal(content: bytes, **declared: Any) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        read(content, **declared)
    return refused.value


def test_two_merged_header_rows_below_title_rows() -> None:
    rows: list[list[Any]] = [
        *TITLE,
        *HEADER,
        ["31.12.2024", "011 Hafen", 142, "*", 1.5],
        ["31.12.2024", "012 Nordmarkt", 0, "-", None],
    ]
    content = workbook(rows, ("A1:E1", "A4:A5", "B4:B5", "C4:D4", "E4:E5"))
    table = read(content, sheet="Daten", header_contains="Stichtag", header_rows=2)
    assert list(table.cells.columns) == [
        *("Stichtag", "Gebiet", "Arbeitslose | insgesamt", "Arbeitslose | unter 25", "Beschäftigte")
    ]
    assert table.cells.to_numpy().tolist() == [
        ["31.12.2024", "011 Hafen", "142", "*", "1,5"],
        ["31.12.2024", "012 Nordmarkt", "0", "-", ""],
    ]
    assert list(table.addresses) == ["Daten line 6", "Daten line 7"]


def test_footnotes_below_the_table_are_no_rows() -> None:
    rows: list[list[Any]] = [
        ["nr", "wert"],
        ["011", 1],
        ["012", 2],
        [],
        ["* steht für ein oder zwei Fälle"],
        ["Quelle: Musteramt"],
    ]
    assert list(read(workbook(rows)).cells["nr"]) == ["011", "012"]


def test_a_row_without_its_first_cell_does_not_end_the_table_silently() -> None:
    rows: list[list[Any]] = [
        ["nr", "wert", "text"],
        ["011", 1, "a"],
        [None, 2, "b"],
        ["013", 3, "c"],
        [],
        ["014", 4, "d"],
        ["Fußnote"],
    ]
    table = read(workbook(rows))
    assert list(table.cells["nr"]) == ["011", "", "013", "014"]
    assert list(table.addresses) == ["Daten line 2", "Daten line 3", "Daten line 4", "Daten line 6"]


def test_numbers_dates_and_truth_become_text_in_the_declared_notation() -> None:
    cells = [1234.0, 0.1 + 0.2, 1e-7, 1e15, -0.5, "05913", dt.datetime(2024, 3, 1), dt.datetime(2024, 3, 1, 9, 5), True]
    content = workbook([[f"s{number}" for number in range(len(cells))], cells])
    expected = [
        "1234",
        "0,3",
        "0,0000001",
        "1000000000000000",
        "-0,5",
        "05913",
        "2024-03-01",
        "2024-03-01 09:05:00",
        "true",
    ]
    assert [*read(content).cells.iloc[0]] == expected
    assert [*read(content, decimal="point").cells.iloc[0]] == [text.replace(",", ".") for text in expected]


def test_a_cell_shown_as_per_cent_reads_as_it_is_kept() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["quote", "text"])
    sheet.append([0.123, "12,3 %"])
    sheet["A2"].number_format = "0.0%"
    buffer = io.BytesIO()
    book.save(buffer)
    assert [*read(buffer.getvalue()).cells.iloc[0]] == ["0,123", "12,3 %"]


def test_columns_without_a_name_do_not_enter() -> None:
    table = read(workbook([[None, "nr", None, "wert"], ["x", "011", "Notiz", 1]]))
    assert table.cells.to_dict("list") == {"nr": ["011"], "wert": ["1"]}


def test_without_a_declared_header_the_first_filled_row_is_it() -> None:
    assert list(read(workbook([[], ["nr", "wert"], ["011", 1]])).addresses) == ["Daten line 3"]


def test_the_declared_sheet_is_read_among_several() -> None:
    content = workbook([["Impressum"]], Werte=[["nr"], ["011"]])
    assert list(read(content, sheet="Werte").addresses) == ["Werte line 2"]
    refused = refusal(content, sheet="Werte 2024")
    assert (refused.rule_id, refused.detail) == ("sheet_missing", "Werte 2024")


def test_a_renamed_header_is_refused() -> None:
    assert refusal(workbook([["Nr.", "wert"], ["011", 1]]), header_contains="nr").rule_id == "header_missing"


@pytest.mark.parametrize("rows", [[], [[None, None], [None, None]]])
def test_an_empty_sheet_is_refused(rows: list[list[Any]]) -> None:
    assert refusal(workbook(rows)).rule_id == "empty"


def test_a_header_without_rows_is_refused() -> None:
    assert refusal(workbook([["nr", "wert"]])).rule_id == "no_rows"
    assert refusal(workbook([["nr", "wert"]]), header_contains="nr", header_rows=2).rule_id == "no_rows"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "unreadable"),  # encrypted: OLE under the name .xlsx
        (b"nr;wert\n011;1\n", "unreadable"),
        (b"", "empty"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, rule: str) -> None:
    assert refusal(content).rule_id == rule


def test_a_truncated_workbook_is_refused() -> None:
    content = workbook([["nr", "wert"], *([f"{nr:03}", nr] for nr in range(200))])
    for length in (100, len(content) // 2, len(content) - 10):
        assert refusal(content[:length]).rule_id == "truncated"


def test_a_zip_that_is_no_workbook_is_unreadable() -> None:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("daten.csv", "a;b\n")
    assert refusal(buffer.getvalue()).rule_id == "unreadable"
