"""JSON lines and GeoJSON: absent, null and empty are told apart, digits stay as written."""

from typing import Any, Literal

import pytest

from ingest.findings import DeliveryRefused
from ingest.formats import TextTable
from ingest.opened import OpenedDelivery
from programmes.sources import Format


def read(text: str, kind: Literal["json_lines", "geojson"] = "json_lines") -> TextTable:
    return OpenedDelivery(text.encode(), "datei.json").cells(Format(kind=kind, decimal="point"))


def refusal(text: str, kind: Literal["json_lines", "geojson"] = "json_lines") -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        read(text, kind)
    return refused.value


def test_an_absent_key_is_no_cell_and_null_and_empty_are_blank_cells() -> None:
    table = read('{"nr": "1"}\n{"nr": "2", "wert": null}\n{"nr": "3", "wert": ""}\n{"nr": "4", "wert": 0}\n')
    assert list(table.cells["wert"]) == [None, "", "", "0"]


def test_numbers_keep_their_digits_and_truth_its_word() -> None:
    table = read('{"a": 1.10, "b": 12345678901234567890, "c": 1e3, "d": true, "e": "007", "f": {"x": 1}, "g": [1]}')
    assert [*table.cells.iloc[0]] == ["1.10", "12345678901234567890", "1e3", "true", "007", "", ""]


def test_equal_texts_of_many_lines_are_one_in_memory() -> None:
    cells = read('{"quarter": "City-Ost", "year": 2023}\n{"quarter": "City-Ost", "year": 2023}\n').cells
    assert all(cells.at[0, name] is cells.at[1, name] for name in ("quarter", "year"))


def test_lines_are_counted_with_blank_ones_and_split_at_line_feeds_only() -> None:
    table = read('{"a": "x\u2028y\x85z"}\r\n\r\n{"a": "2"}\r\n\n')
    assert list(table.cells["a"]) == ["x\u2028y\x85z", "2"]
    assert list(table.addresses) == ["line 1", "line 3"]


@pytest.mark.parametrize("cut", ['{"a": 3', '{"a": "off', '{"a"', "{", '{"a": tr', '{"a": {"b": 1}'])
def test_lines_cut_off_at_the_end_are_refused(cut: str) -> None:
    refused = refusal('{"a": 1}\n{"a": 2}\n' + cut)
    assert (refused.rule_id, refused.line) == ("truncated", "line 3")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1}\n{"a" 2}\n{"a": 3}\n', "line 2"),
        ("<html>Wartung</html>", "line 1"),
        ('{"a": 1,}\n', "line 1"),
    ],
)
def test_other_content_is_unreadable_with_its_line(text: str, line: str) -> None:
    refused = refusal(text)
    assert (refused.rule_id, refused.line) == ("unreadable", line)


@pytest.mark.attack(
    "half a character, a list, or nesting without end where a JSON record should be · refused with its line"
)
@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ('{"a": 1}\n[2]\n', "no_json_object", "line 2"),
        ('{"a": "x"}\n{"a": "\\ud83d"}\n', "lone_surrogate", "line 2"),
        ('{"a": {"\\uDC00": 1}}\n', "lone_surrogate", "line 1"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}\n", "nested_too_deep", "line 1"),
    ],
)
def test_what_no_record_can_be_is_named(text: str, rule: str, line: str) -> None:
    refused = refusal(text)
    assert (refused.rule_id, refused.line) == (rule, line)
    assert "JSON-Objekt je" not in refused.sentence("en")


def test_a_whole_character_written_as_two_escapes_is_one() -> None:
    assert list(read('{"a": "\\ud83d\\ude00"}\n').cells["a"]) == ["\U0001f600"]


FEATURES = '{"type": "FeatureCollection", "features": [%s]}'
FEATURE = '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [7.4, 51.5]}, "properties": {"nr": "%s"}}'


def test_features_are_rows_of_their_properties() -> None:
    table = read(FEATURES % ", ".join(FEATURE % nr for nr in ("011", "012")), "geojson")
    assert table.cells.to_dict("list") == {"nr": ["011", "012"]}
    assert list(table.addresses) == ["feature 1", "feature 2"]


def test_a_feature_without_properties_is_a_row_without_cells() -> None:
    table = read(FEATURES % f'{FEATURE % "011"}, {{"type": "Feature", "properties": null}}', "geojson")
    assert list(table.cells["nr"]) == ["011", None]


@pytest.mark.parametrize("length", [30, 60, 120, 150])
def test_a_collection_cut_off_is_refused(length: int) -> None:
    assert refusal((FEATURES % (FEATURE % "011"))[:length], "geojson").rule_id == "truncated"


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"features": 1}',
        '{"features": [1]}',
        '{"features": [{"properties": [1]}]}',
        "<html></html>",
        '{"features": [,]}',
    ],
)
def test_other_documents_are_no_collection(text: str) -> None:
    assert refusal(text, "geojson").rule_id == "unreadable"


def test_a_collection_without_features_has_no_rows() -> None:
    empty: Any = FEATURES % ""
    assert refusal(empty, "geojson").rule_id == "no_rows"
