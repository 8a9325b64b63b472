"""A key of a source or of the catalogue that nothing would read is refused, with what is possible instead.

Claims have their own tests in tests/claims/test_claim_declarations.py.
"""

from typing import Any

import pytest

from programmes.catalogue import Indicator
from programmes.sources import Column, Format, Table

FIGURES: dict[str, Any] = {
    "canonical": "area_figure", "description_de": "d", "description_en": "d", "format": {"kind": "csv"},
    "mode": "snapshot", "minimum_rows": 1,
    "columns": [{"from": "Gebiet", "to": "area_id", "type": "area", "level": "city"}],
    "items": [{"from": "Zahl", "item": "residents", "unit": "persons"}],
}  # fmt: skip
ANSWERS = FIGURES | {"canonical": "survey_case", "items": [{"from": "F1", "item": "mood", "values": {"1": "improve"}}]}
MARKS = FIGURES | {"canonical": "register_entry", "items": [{"from": "Kreuz", "item": "jobs"}]}
ROW: dict[str, Any] = {
    "indicator_id": "i", "definition_version": 1, "name_de": "i", "name_en": "i", "subject_id": "s", "kind": "ratio",
    "scale": "share", "numerator_measure_id": "a", "denominator_measure_id": "b", "factor": 100, "unit": "pct",
    "polarity": "neutral", "base_level": "city", "permitted_level": "city", "permitted_inference_id": "p", "tolerance": 0,
    "margin_minimum": 1, "margin_pct_of_baseline_gap": 0, "baseline_id": "2020", "is_headline": False,
    "declared_on": "2026-01-01", "source_id": "s", "reference_date": "31.12.", "definition_de": "d", "definition_en": "d",
    "valid_from": "2011-01-01",
}  # fmt: skip


def with_item(table: dict[str, Any], **more: Any) -> dict[str, Any]:
    return table | {"items": [table["items"][0] | more]}


@pytest.mark.parametrize("table", [FIGURES, ANSWERS, MARKS])
def test_what_is_read_is_taken(table: dict[str, Any]) -> None:
    assert Table.model_validate(table)


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        (FIGURES, "values", {"1": "2"}),
        (FIGURES, "every_period", False),
        (ANSWERS, "unit", "persons"),
        (ANSWERS, "minimum", 0),
        (ANSWERS, "jump_pct", 20),
        (ANSWERS, "part_of", "mood"),
        (MARKS, "unit", "persons"),
        (MARKS, "since", 2015),
        (MARKS, "values", {"X": "x"}),
    ],
)
def test_a_key_of_an_item_nobody_reads_is_refused(table: dict[str, Any], key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"'{key}' would not be read: item '\w+' stands in .* can have .*from, item"):
        Table.model_validate(with_item(table, **{key: value}))


def test_signs_of_figures_belong_to_tables_of_figures() -> None:
    with pytest.raises(ValueError, match="'quality_column' would not be read"):
        Table.model_validate(ANSWERS | {"quality_column": "q"})


def test_a_usual_range_is_that_of_an_item_there_is() -> None:
    with pytest.raises(ValueError, match="plausibility names item 'moon'"):
        Table.model_validate(FIGURES | {"plausibility": [{"column": "value", "item": "moon", "minimum": 0}]})


@pytest.mark.parametrize(
    ("column", "key", "value"),
    [
        ({"type": "text"}, "values", {"a": "b"}),
        ({"type": "text"}, "level", "city"),
        ({"type": "text"}, "by", "name"),
        ({"type": "date"}, "minimum", 3),
        ({"type": "integer"}, "is_whole", True),
    ],
)
def test_a_key_of_a_column_its_type_does_not_read_is_refused(column: dict[str, Any], key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"'{key}' would not be read"):
        Column.model_validate({"from": "c", "to": "area_id", **column, key: value})


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("csv", "sheet", "Daten"),
        ("csv", "header_rows", 2),
        ("excel", "delimiter", ","),
        ("excel", "encoding", "cp1252"),
        ("json_lines", "footnote", "^x"),
        ("json_lines", "member", "*.json"),
    ],
)
def test_a_key_another_kind_of_file_has_is_refused(kind: str, key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"'{key}' would not be read: format '{kind}' has none"):
        Format.model_validate({"kind": kind, key: value})


def test_an_indicator_has_what_its_kind_reads() -> None:
    assert Indicator.model_validate(ROW | {"subtracted_measure_id": "c", "is_headline": True})
    with pytest.raises(ValueError, match="'subtracted_measure_id' would not be read"):
        Indicator.model_validate(ROW | {"kind": "survey", "subtracted_measure_id": "c"})
    with pytest.raises(ValueError, match="'is_headline' would not be read"):
        Indicator.model_validate(ROW | {"kind": "level", "denominator_measure_id": None, "is_headline": True})
