"""What could take the machine down is refused with a sentence before it is filled: bombs, far cells, endless nesting.

A test that passes the limit shows that the one behind it fails at the limit and not at something else.
"""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from written_workbook import SHEET, written

from ingest import limits
from ingest.findings import DeliveryRefused
from ingest.formats import packed, sheet_xml
from ingest.opened import OpenedDelivery
from programmes.sources import Format

CASES = Path(__file__).parents[3] / "shared" / "cases"
EXCEL, MEMBER = Format(kind="excel"), Format(kind="csv", member="*.csv")


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def refusal(content: bytes, declared: Format) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        OpenedDelivery(content, "datei").cells(declared)
    return refused.value


def peak_of(act: Callable[[], object]) -> int:
    """Bytes that Python had at most while acting."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.attack(
    "a ZIP that unpacks to a thousand times its size · stopped while it unpacks, refused with a sentence"
)
def test_a_bomb_is_stopped_while_it_unpacks() -> None:
    bomb = zipped({"a.csv": b"0" * (100 * limits.MIB)})
    assert len(bomb) < limits.MIB
    assert peak_of(lambda: refusal(bomb, MEMBER)) < 60 * limits.MIB
    assert refusal(bomb, MEMBER).rule_id == "unpacks_too_large"


@pytest.mark.attack("a ZIP that lies about its sizes · refused with a sentence")
def test_what_a_zip_says_of_its_sizes_is_not_believed() -> None:
    bomb = bytearray(zipped({"a.csv": b"0" * (100 * limits.MIB)}))
    directory = bomb.rindex(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = (10).to_bytes(4, "little")  # the size it claims to unpack to
    assert refusal(bytes(bomb), MEMBER).rule_id in ("truncated", "unpacks_too_large")


@pytest.mark.attack("a workbook one of whose parts is a bomb · refused with a sentence")
def test_a_bomb_inside_a_workbook_is_stopped_in_every_part() -> None:
    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"):
        content = written(SHEET % "", **{part: "<a>" + "0" * (100 * limits.MIB) + "</a>"})
        assert refusal(content, EXCEL).rule_id == "unpacks_too_large", part


def test_small_files_may_pack_as_they_like_and_large_ones_as_text_does() -> None:
    text = b"a;b\n" + b"1;2\n" * 200_000
    assert len(OpenedDelivery(zipped({"a.csv": text}), "datei").cells(MEMBER).cells) == 200_000


def test_methods_that_cannot_be_stopped_are_refused() -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert refusal(zipped({"a.csv": b"a;b\n1;2\n"}, method), MEMBER).rule_id == "unreadable"


@pytest.mark.attack("a ZIP of more members than any delivery has · refused with a sentence")
def test_a_zip_of_very_many_members_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped({f"{number}.csv": f"a;b\n{number};2\n".encode() for number in range(12)})
    assert len(OpenedDelivery(content, "datei").cells(MEMBER).cells) == 12
    monkeypatch.setattr(limits, "MOST_MEMBERS", 11)
    assert refusal(content, MEMBER).rule_id == "too_many_members"


def test_a_zip_in_a_zip_is_no_table() -> None:
    assert isinstance(refusal(zipped({"a.csv": zipped({"b.csv": b"a\n1\n"})}), MEMBER), DeliveryRefused)


@pytest.mark.attack("more text than memory should hold · refused before it is decoded")
def test_text_beyond_the_limit_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_TEXT", 6)
    assert refusal(b"a;b\n1;2\n", Format(kind="csv")).rule_id == "table_too_large"


def a_million_columns(kind: str) -> bytes:
    if kind == "csv":
        return b";".join(b"s%d" % number for number in range(10**6)) + b"\n"
    if kind == "excel":
        return written(SHEET % f'<row r="2">{"<c/>" * 10**6}</row>')
    record = "{" + ",".join(f'"s{number}":1' for number in range(10**6)) + "}"
    return record.encode() if kind == "json_lines" else f'{{"features":[{{"properties":{record}}}]}}'.encode()


@pytest.mark.attack("a table of a million columns, in every format · refused with a sentence")
@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("csv", "table_too_large"),
        ("excel", "sheet_too_large"),
        ("json_lines", "table_too_large"),
        ("geojson", "table_too_large"),
    ],
)
def test_a_million_columns_are_no_delivery(kind: str, rule: str) -> None:
    assert refusal(a_million_columns(kind), Format.model_validate({"kind": kind})).rule_id == rule


@pytest.mark.attack("a field of megabytes in a column nobody declared, in every format · read over, the delivery lands")
@pytest.mark.parametrize("kind", ["csv", "excel", "json_lines", "geojson"])
def test_a_very_long_field_nobody_declared_costs_nothing(kind: str) -> None:
    field = "x" * (8 * limits.MIB)
    content = {
        "csv": f"nr;text;wert\n1;{field};5\n",
        "json_lines": f'{{"nr": 1, "text": "{field}", "wert": 5}}\n',
        "geojson": f'{{"features": [{{"properties": {{"nr": 1, "text": "{field}", "wert": 5}}}}]}}',
    }
    rows = f'<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="inlineStr"><is><t>5</t></is></c><c r="C2" t="inlineStr"><is><t>{field}</t></is></c></row>'
    delivered = written(SHEET % rows) if kind == "excel" else content[kind].encode()
    cells = OpenedDelivery(delivered, "datei").cells(Format.model_validate({"kind": kind})).cells
    assert cells[["nr", "wert"]].to_numpy().tolist() == [["1", "5"]]


@pytest.mark.attack("a field beyond what memory should hold · refused with a sentence and its line")
def test_a_field_beyond_the_limit_is_refused() -> None:
    refused = refusal(f"nr;text\n1;{'x' * (limits.LONGEST_FIELD + 1)}\n".encode(), Format(kind="csv"))
    assert (refused.rule_id, refused.line) == ("unreadable", "line 2")


# -- the extent of a sheet

FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
UNPLACED = "<row>" + "<c><v>1</v></c>" * 5_000 + "</row>"


@pytest.mark.attack(
    "a workbook with one value in the farthest cell, or in a cell no sheet has · refused with a sentence"
)
@pytest.mark.parametrize(
    "rows",
    [
        FAR,
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row>',
        "<row r='1048576'><c\n r = 'XFD1048576' /></row>",
        '<row r="3000"><c s=">" r="XFD3000"><v>1</v></c></row>',
        '<row r="4000"><c r="A4000"/></row>' + UNPLACED,
        '<row r="2"><c r="A99999999999999999999"/></row>',
        '<row r="2"><c r="AAAAAAAAAAAA2"/></row>',
    ],
)
def test_a_far_cell_is_refused_before_the_sheet_is_filled(rows: str) -> None:
    content = written(SHEET % rows)
    assert peak_of(lambda: refusal(content, EXCEL)) < 20 * limits.MIB
    assert refusal(content, EXCEL).rule_id in ("sheet_too_large", "unreadable")


def test_a_far_cell_of_a_sheet_nobody_reads_is_nobodys_business() -> None:
    content = written(SHEET % '<row r="2"><c r="A2"><v>1</v></c></row>', Andere=SHEET % FAR)
    assert len(OpenedDelivery(content, "datei").cells(Format(kind="excel", sheet="Daten")).cells) == 1
    assert refusal(content, Format(kind="excel", sheet="Andere")).rule_id == "sheet_too_large"


def test_the_extent_is_that_of_the_cells() -> None:
    look = sheet_xml.look((SHEET % '<row r="7"><c r="C7"/><c r="AB7"><v>1</v></c></row>').encode(), {})
    assert (look.height, look.width, look.cells) == (7, 28, {})
    counted = sheet_xml.look((SHEET % "<row><c/><c/><c><v>1</v></c></row>").encode(), {})
    assert (counted.height, counted.width) == (2, 3)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
@pytest.mark.attack("XML entities that expand without end · refused, nothing is expanded")
def test_entities_are_refused_not_expanded(part: str) -> None:
    lol = '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 12)
    )
    content = written(SHEET % "", **{part: f"{lol}]><a>superscript &a11;</a>"})
    assert refusal(content, EXCEL).rule_id == "unreadable"


@pytest.mark.attack("a workbook with two parts of one name · refused with a sentence")
def test_two_parts_of_one_name_are_refused() -> None:
    content = written(SHEET % '<row r="2"><c r="A2"><v>1</v></c></row>')
    with zipfile.ZipFile(buffer := io.BytesIO(content), "a") as archive:
        archive.writestr("XL/worksheets/SHEET1.xml", SHEET % FAR)
    assert refusal(buffer.getvalue(), EXCEL).rule_id == "unreadable"


# -- JSON


@pytest.mark.attack("JSON nested without end · refused with a sentence")
def test_nesting_is_bounded_by_a_number_and_not_by_the_stack() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a": "[[[", "b": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}\n"

    lines = Format(kind="json_lines")
    assert list(OpenedDelivery(nested(limits.DEEPEST_NESTING), "d").cells(lines).cells["a"]) == ["[[["]
    assert refusal(nested(limits.DEEPEST_NESTING + 1), lines).rule_id == "nested_too_deep"
    collection = b'{"features": [{"properties": {"a": %s}}]}' % nested(limits.DEEPEST_NESTING)
    assert refusal(collection, Format(kind="geojson")).rule_id == "nested_too_deep"


@pytest.mark.attack("JSON of more cells or rows than a delivery has · refused with a sentence")
def test_objects_beyond_the_limits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f'{{"a{number}": 1}}\n' for number in range(40)).encode()
    assert OpenedDelivery(text, "d").cells(Format(kind="json_lines")).cells.shape == (40, 40)
    monkeypatch.setattr(limits, "MOST_CELLS", 1_599)
    assert refusal(text, Format(kind="json_lines")).rule_id == "table_too_large"
    monkeypatch.setattr(limits, "MOST_CELLS", 1_600)
    monkeypatch.setattr(limits, "MOST_ROWS", 9)
    assert refusal(text, Format(kind="json_lines")).rule_id == "table_too_large"


@pytest.mark.attack(
    "a workbook of 1.4 kB with one value in the last cell, which once ended the process · refused with a sentence"
)
@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not on this machine")
@pytest.mark.parametrize("case", ["X02_far_corner", "door_xlsx_far_cell"])
def test_the_cases_that_ended_the_process(case: str) -> None:
    (path,) = (CASES / case).iterdir()
    assert refusal(path.read_bytes(), Format(kind="excel", sheet="Daten")).rule_id == "sheet_too_large"


def test_only_stored_and_deflated_members_are_unpacked_piece_by_piece() -> None:
    archive = packed.open_zip(zipped({"a": b"x" * 10}), "datei")
    assert packed.unzip(archive, "a", "datei") == b"x" * 10


def test_the_namespace_every_office_program_declares_is_no_far_cell() -> None:
    """`xmlns:r="http…"` stands on the root of every sheet Excel saves, `r:id` on every comment: neither is a place."""
    office = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>5</v></c></row>' for n in range(2, 1_000))
    sheet = (SHEET % rows).replace("<worksheet ", f"<worksheet {office} ")
    sheet = sheet.replace("</worksheet>", '<legacyDrawing r:id="rId99"/></worksheet>')
    look = sheet_xml.look(sheet.encode(), {})
    assert (look.height, look.width) == (999, 2)
    assert len(OpenedDelivery(written(sheet), "datei.xlsx").cells(EXCEL).cells) == 998
