"""What is no value is a finding in every format: errors, formulas, NaN, lost and unseen characters, raised marks."""

import json
from typing import Any

import pytest
from small_city import city, figures, found, land_it, rows, table, volunteers
from written_workbook import SHEET, shared_texts, written

from ingest.areas import locality_of
from ingest.conversion import reader_for
from ingest.findings import DeliveryRefused
from ingest.formats import TextTable, german, not_values
from ingest.landing import Landed
from ingest.opened import OpenedDelivery
from programmes.laws import Law
from programmes.sources import Format, Table

ERRORS = [
    "#REF!",
    "#N/A",
    "#DIV/0!",
    "#VALUE!",
    "#NAME?",
    "#NUM!",
    "#BEZUG!",
    "#WERT!",
    "#NV",
    "#ZAHL!",
    "Err:502",
    "####",
]
WORDS = ["NaN", "nan", "-inf", "Infinity", "NULL", "None", "<NA>"]
NAMES = ("stichtag", "nr", "einwohner", "arbeitslose")
KINDS: dict[str, dict[str, Any]] = {
    "csv": {"kind": "csv"},
    "json_lines": {"kind": "json_lines"},
    "geojson": {"kind": "geojson"},
    "excel": {"kind": "excel"},
}


def delivered(kind: str, *records: dict[str, str]) -> bytes:
    """The same records in a format."""
    if kind == "json_lines":
        return "".join(json.dumps(record) + "\n" for record in records).encode()
    if kind == "geojson":
        return json.dumps({"features": [{"properties": record} for record in records]}).encode()
    names = list(records[0])
    if kind == "csv":
        return "".join(";".join(line) + "\n" for line in [names, *(list(r.values()) for r in records)]).encode()
    lines = [names, *(list(record.values()) for record in records)]
    cell = '<c r="{}{}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>'
    written_rows = (
        f'<row r="{number}">{"".join(cell.format(chr(65 + at), number, text) for at, text in enumerate(line))}</row>'
        for number, line in enumerate(lines, start=1)
    )
    return written(SHEET.partition("<row")[0] + "".join(written_rows) + "</sheetData></worksheet>")


def land_figures(kind: str, cell: str) -> Landed:
    record = dict(zip(NAMES, ("2020", "011", cell, "1"), strict=True))
    return land_it(delivered(kind, record), figures(format=KINDS[kind]))


def organisations(kind: str, name: str) -> Landed:
    record = {"traeger": name, "bezirk": "1", "stichtag": "2020", "art": "gezählt", "aktive": "1", "stunden": "1"}
    declared = volunteers(format=KINDS[kind])
    columns = [column for column in declared.columns if column.to != "area_id"]
    declared = Table.model_validate(
        declared.model_dump(by_alias=True)
        | {"columns": [c.model_dump(by_alias=True) for c in columns], "constants": {"area_id": "city-00000"}}
    )
    return land_it(delivered(kind, record), declared)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("cell", "rule"), [*((e, "spreadsheet_error") for e in ERRORS), *((w, "no_number_word") for w in WORDS), ("=?", "formula_without_value")]
)  # fmt: skip
def test_what_is_no_figure_is_a_finding_in_every_format(kind: str, cell: str, rule: str) -> None:
    text = cell.replace("<", "&lt;").replace(">", "&gt;") if kind == "excel" else cell
    landed = land_figures(kind, text)
    assert [found_rule for _, _, found_rule in found(landed)] == [rule]
    assert rows(landed, "value", "status") == [(None, "missing"), (1, "final")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["#REF!", "NaN", "=?", "T-1\u200b", "T\u202e-1", "\ufeffT-1", "T-1\u00ad\u2060", "T\t1", "Summe", "Insgesamt"])  # fmt: skip
def test_what_is_no_key_is_a_finding_in_every_format(kind: str, name: str) -> None:
    landed = organisations(kind, name)
    (finding,) = landed.findings
    assert finding.column_name == "traeger"
    assert finding.rule_id in ("spreadsheet_error", "no_number_word", "formula_without_value", "invisible_character", "total_row")  # fmt: skip
    assert landed.accepted.num_rows == 0
    assert name not in finding.detail


@pytest.mark.parametrize("kind", ["csv", "json_lines", "geojson"])  # a workbook cannot hold them
@pytest.mark.parametrize("name", ["T-\x001", "T-1\x1f", "\x1bT-1", "T-1\x9c"])
def test_control_characters_are_findings(kind: str, name: str) -> None:
    assert [finding.rule_id for finding in organisations(kind, name).findings] == ["control_character"]


@pytest.mark.parametrize("kind", ["json_lines", "geojson"])
def test_a_lost_character_is_a_finding_where_only_one_entry_lost_it(kind: str) -> None:
    assert [finding.rule_id for finding in organisations(kind, "T-\ufffd").findings] == ["replacement_character"]
    with pytest.raises(DeliveryRefused):
        organisations("csv", "T-\ufffd")


def test_an_entry_longer_than_a_cell_is_a_finding() -> None:
    assert [finding.rule_id for finding in organisations("csv", "T" * 40_000).findings] == ["cell_too_long"]


@pytest.mark.parametrize(
    "name", ["Verein für Null-Toleranz", "#nordwärts", "Infodienst", "Alle in einem Boot", "Café 🙂"]
)
def test_names_of_organisations_are_none_of_these(name: str) -> None:
    assert organisations("csv", name).findings == ()


def test_a_declared_word_is_a_value_even_if_programs_mean_nothing_by_it() -> None:
    declared = table(
        "volunteer_count",
        [{"from": "art", "to": "method", "type": "choice", "values": {"None": "counted"}}],
    )
    assert reader_for(declared.columns[0], Law(), declared.format, locality_of(city()))("None") == "counted"


def test_a_row_whose_selecting_column_holds_an_error_is_rejected_and_not_left_out() -> None:
    text = "art;stichtag;nr;einwohner;arbeitslose\nKREISE;2020;011;1;1\n#REF!;2020;012;1;1\nLAND;2020;012;1;1\n"
    landed = land_it(text, figures(where={"art": ["KREISE"]}))
    assert found(landed) == [("line 3", "art", "spreadsheet_error")]
    assert landed.count.equation == "4 = 1 + 1 + 0 + 1 + 1"


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_json_literals_that_are_no_json_are_findings(literal: str) -> None:
    text = f'{{"stichtag": 2020, "nr": "011", "einwohner": {literal}, "arbeitslose": 1}}\n'
    landed = land_it(text, figures(format=KINDS["json_lines"]))
    assert found(landed) == [("line 1", "einwohner", "no_number_word")]


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("json_lines", '{"a": 1}\n{"a": 1, "b": 2, "a": 3}\n', "line 2"),
        ("geojson", '{"features": [{"properties": {"a": 1}}, {"properties": {"a": 1, "a": 1}}]}', "feature 2"),
        (
            "geojson",
            '{"features": [{"properties": {"a": 1}}, {"properties": {}, "properties": {"a": 2}}]}',
            "feature 2",
        ),
    ],
)
def test_a_name_twice_in_one_object_breaks_the_record(kind: Any, text: str, place: str) -> None:
    table = OpenedDelivery(text.encode(), "d").cells(Format(kind=kind))
    assert [(finding.row_address, finding.rule_id) for finding in table.broken] == [(place, "repeated_name")]
    assert (len(table.cells), table.records.found) == (1, 2)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("json_lines", '{"a": 1, "b": 2, "a": 3}\n'),
        ("geojson", '{"features": [{"properties": {"a": 1, "b": 2, "a": 1}}]}'),
    ],
)
def test_columns_are_there_even_if_every_object_holds_a_name_twice(kind: Any, text: str) -> None:
    table = OpenedDelivery(text.encode(), "d").cells(Format(kind=kind))
    assert (list(table.cells.columns), len(table.cells), len(table.broken)) == (["a", "b"], 0, 1)


def test_features_twice_in_a_document_are_unreadable() -> None:
    with pytest.raises(DeliveryRefused) as refused:
        OpenedDelivery(b'{"features": [], "features": []}', "d").cells(Format(kind="geojson"))
    assert refused.value.rule_id == "unreadable"


# -- workbooks


def sheet(cells: str, **parts: str) -> TextTable:
    content = written(SHEET % f'<row r="2"><c r="A2"><v>11</v></c>{cells}</row>', **parts)
    return OpenedDelivery(content, "mappe.xlsx").cells(Format(kind="excel"))


MARK = "<r><t>12</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1)</t></r>"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="B2" t="e"><v>#REF!</v></c>', "#REF!"),
        ("<c r='B2' t='e'><f>1/0</f><v>#DIV/0!</v></c>", "#DIV/0!"),
        ('<c r="B2" t="e"/>', "#N/A"),
        ('<c r="B2"><f>A2*2</f></c>', "=?"),
        ('<c r="B2"><f>A2*2</f><v/></c>', "=?"),
        ('<c r="B2"><f>A2*2</f><v>22</v></c>', "22"),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', ""),
        ('<c><f t="shared" si="0"/></c>', "=?"),
        (
            '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="B2" t="e"><x:v>#N/A</x:v></x:c>',
            "#N/A",
        ),
        (f'<c r="B2" t="inlineStr"><is>{MARK}</is></c>', "12¹⁾"),
        (
            "<c r='B2' t='inlineStr'><is><r><t>m</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r></is></c>",
            "m2",
        ),
    ],
)
def test_cells_the_library_would_misread(cell: str, text: str) -> None:
    assert sheet(cell).cells["wert"].tolist() == [text]


def test_a_raised_mark_in_a_shared_text_is_no_digit() -> None:
    texts = shared_texts("<t>121)</t>", MARK, "<t>x</t>")
    for number, shown in enumerate(["121)", "12¹⁾", "x"]):
        cell = f'<c r="B2" t="s"><v>{number}</v></c>'
        parts = {"xl/sharedStrings.xml": texts}
        assert sheet(cell, **parts).cells["wert"].tolist() == [shown]
    with pytest.raises(ValueError, match="not a number"):
        german.read_number("12¹⁾", "comma")


def test_an_error_in_the_last_column_is_not_cut_off() -> None:
    text = sheet('<c r="B2"><v>1</v></c><c r="D2" t="e"><v>#REF!</v></c>')
    assert text.cells["wert"].tolist() == ["1"]


# -- digits in groups


@pytest.mark.parametrize(("text", "value"), [("1 675", 1675), ("-  23", -23), ("1\u202f675", 1675), ("12\u2009345,5", 12345.5), ("162", 162)])  # fmt: skip
def test_digits_grouped_by_blanks_are_read_where_declared(text: str, value: float) -> None:
    assert german.read_number(german.ungrouped(text, "blank"), "comma") == value
    if value == int(value) > 0:
        declared = figures(format={"kind": "csv", "digit_groups": "blank"})
        assert rows(land_it(f"stichtag;nr;einwohner;arbeitslose\n2020;011;{text};1\n", declared), "value")[0] == (
            value,
        )


@pytest.mark.parametrize("text", ["1 675", "-  23"])
def test_digits_grouped_by_blanks_are_named_elsewhere(text: str) -> None:
    landed = land_it(f"stichtag;nr;einwohner;arbeitslose\n2020;011;{text};1\n", figures())
    assert found(landed) == [("line 2", "einwohner", "digit_groups")]


@pytest.mark.parametrize("text", ["1'675", "1\u2019675"])
def test_digits_grouped_by_apostrophes_are_read_where_declared_and_named_elsewhere(text: str) -> None:
    delivery = f"stichtag;nr;einwohner;arbeitslose\n2020;011;{text};1\n"
    declared = figures(format={"kind": "csv", "digit_groups": "apostrophe"})
    assert rows(land_it(delivery, declared), "value")[0] == (1675,)
    [finding] = land_it(delivery, figures()).findings
    assert finding.rule_id == "digit_groups" and "'digit_groups: apostrophe'" in finding.sentence("en")
    [other] = land_it(delivery, figures(format={"kind": "csv", "digit_groups": "blank"})).findings
    assert other.rule_id == "number_format"


@pytest.mark.parametrize("text", ["1'67", "16'75", "1''675", "'675"])
def test_other_apostrophes_in_numbers_are_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        german.read_number(german.ungrouped(text, "apostrophe"), "comma")


@pytest.mark.parametrize("text", ["16 75", "1 6755", "1  675", "0123 456"])
def test_other_blanks_in_numbers_are_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        german.read_number(german.ungrouped(text, "blank"), "comma")


def test_every_text_is_judged_without_an_error() -> None:
    for number in range(0x10000):
        assert not_values.broken_character(chr(number)) in (None, "control_character", "replacement_character")
