"""What a figure cannot be at all, it never becomes: laws of units, parts and wholes, agreed units, dates and periods."""

import json
from decimal import Decimal
from typing import Any

import pytest
from small_city import figures, found, land_it, rows, table, volunteers

from ingest.findings import DeliveryRefused
from programmes.laws import AMOUNT, COUNT, DIFFERENCE, LAWS, SHARE, Law, law_of_unit


def area_figure(unit: str, cell: str, **item: Any) -> Any:
    declared = figures(items=[{"from": "wert", "item": "measure", "unit": unit, **item}])
    return land_it(f"stichtag;nr;wert\n2020;011;{cell}\n", declared)


@pytest.mark.parametrize(
    ("unit", "cell", "rule"),
    [
        ("persons", "36,5", "not_whole"),
        ("persons", "36,000", "not_whole"),
        ("persons", "12 %", "not_whole"),
        ("persons", "-1", "below_minimum"),
        ("persons", "\u22121", "below_minimum"),
        ("persons", "(7,5)", "not_whole"),
        ("dwellings", "0,5", "not_whole"),
        ("pct", "100,1", "above_maximum"),
        ("pct", "-0,1", "below_minimum"),
        ("hours", "-2,5", "below_minimum"),
    ],
)
def test_a_figure_that_cannot_be_is_a_finding_and_missing(unit: str, cell: str, rule: str) -> None:
    landed = area_figure(unit, cell)
    assert found(landed) == [("line 2", "wert", rule)]
    assert rows(landed, "value", "symbol", "status") == [(None, None, "missing")]
    assert cell not in landed.findings[0].sentence("de")


@pytest.mark.parametrize(
    ("unit", "cell", "value"),
    [
        ("persons", "1.234", "1234"),
        ("persons", "0", "0"),
        ("persons", "36,0", "36"),
        ("persons", "(7)", "7"),
        ("pct", "100", "100"),
        ("pct", "12,5 %", "12.5"),
        ("pp", "-3,5", "-3.5"),
        ("hours", "2,5", "2.5"),
        ("as_delivered", "-2,5", "-2.5"),
    ],
)
def test_a_figure_that_can_be_stays_as_delivered(unit: str, cell: str, value: str) -> None:
    landed = area_figure(unit, cell)
    assert rows(landed, "value") == [(Decimal(value),)]
    assert landed.findings == ()


def test_signs_of_the_offices_are_under_no_law() -> None:
    for sign in ("-", ".", "*", "x", ""):
        assert area_figure("persons", sign).findings == ()


@pytest.mark.parametrize(
    ("bounds", "cell", "rule"),
    [
        ({"maximum": 5}, "6", "above_maximum"),
        ({"minimum": 5}, "4", "below_minimum"),
        ({"is_whole": False}, "4,5", None),
        ({"minimum": -5}, "-4", None),
    ],
)
def test_an_item_may_declare_bounds_of_its_own(bounds: dict[str, Any], cell: str, rule: str | None) -> None:
    assert [finding.rule_id for finding in area_figure("persons", cell, **bounds).findings] == ([rule] if rule else [])


@pytest.mark.parametrize("text", ['"1.412"', '"45.000"', "1e2", "-412", "438.37"])
def test_counts_in_json_are_written_whole(text: str) -> None:
    declared = figures(
        format={"kind": "json_lines", "decimal": "point"},
        items=[{"from": "wert", "item": "firms", "unit": "firms"}],
    )
    landed = land_it(f'{{"stichtag": "2020", "nr": "011", "wert": {text}}}', declared)
    assert rows(landed, "value") == [(None,)]
    assert [finding.column_name for finding in landed.findings] == ["wert"]


EVENTS = table(
    "event",
    [
        {"from": "id", "to": "event_id"},
        {"from": "art", "to": "event_format"},
        {"from": "tag", "to": "event_on", "type": "date"},
        {"from": "leute", "to": "participant_count", "type": "integer", "is_required": False},
    ],
    format={"kind": "csv", "decimal": "point"},
)


@pytest.mark.parametrize(
    ("cell", "rule"), [("1.234", "not_whole"), ("45.0", "not_whole"), ("-12", "below_minimum"), ("1e2", "not_whole")]
)
def test_people_present_are_counted_whole_and_not_below_nobody(cell: str, rule: str) -> None:
    landed = land_it(f"id;art;tag;leute\n1;Forum;2020-05-05;{cell}\n2;Forum;2020-05-06;30\n", EVENTS)
    assert found(landed) == [("line 2", "leute", rule)]
    assert rows(landed, "event_id", "participant_count") == [("2", 30)]


SURVEY = table(
    "survey_case",
    [
        {"from": "fall", "to": "case_id"},
        {"from": "jahr", "to": "period", "type": "year"},
        {"from": "gebiet", "to": "area_id", "type": "area", "level": "unterbezirk"},
        {"from": "gewicht", "to": "weight", "type": "decimal", "maximum": 10},
    ],
    items=[{"from": "f1", "item": "outlook", "values": {"1": "improve"}}],
)


@pytest.mark.parametrize(
    ("weight", "rule"), [("-9", "not_positive"), ("0", "not_positive"), ("1.221", "above_maximum"), ("0,9", None)]
)
def test_a_weight_is_positive_and_within_its_bounds(weight: str, rule: str | None) -> None:
    landed = land_it(f"fall;jahr;gebiet;gewicht;f1\n1;2020;011;{weight};1\n", SURVEY)
    assert [finding.rule_id for finding in landed.findings] == ([rule] if rule else [])
    assert landed.accepted.num_rows == (0 if rule else 1)


PARTS = [
    {"from": "einwohner", "item": "population", "unit": "persons"},
    {"from": "arbeitslose", "item": "unemployed", "unit": "persons", "part_of": "population"},
]


def test_a_part_is_at_most_its_whole_in_area_tables() -> None:
    text = "stichtag;nr;einwohner;arbeitslose\n2020;011;10;11\n2020;012;10;10\n2020;111;*;5\n2021;011;5;-\n"
    landed = land_it(text, figures(items=PARTS))
    assert found(landed) == [("line 2", "arbeitslose", "part_above_whole")]
    assert "einwohner" in landed.findings[0].sentence("de")
    unemployed = [row for row in rows(landed, "measure_id", "area_id", "period", "value") if row[0] == "unemployed"]
    assert [row[3] for row in unemployed] == [None, None, Decimal(10), Decimal(5)]


def test_a_part_is_at_most_its_whole_in_case_tables() -> None:
    items = [
        {"from": "aktive", "item": "active_persons", "unit": "persons"},
        {"from": "neue", "item": "new_persons", "unit": "persons", "part_of": "active_persons"},
    ]
    text = "traeger;bezirk;stichtag;art;aktive;neue\nT1;20;2020;gezählt;5;6\nT2;20;2020;gezählt;5;5\n"
    landed = land_it(text, volunteers(items=items))
    assert found(landed) == [("line 2", "neue", "part_above_whole")]
    assert rows(landed, "organisation_id", "counting_unit") == [
        ("T1", "active_persons"),
        ("T2", "active_persons"),
        ("T2", "new_persons"),
    ]


def test_a_part_that_is_no_part_of_the_table_is_no_declaration() -> None:
    with pytest.raises(ValueError, match="part_of 'population'"):
        figures(items=[PARTS[1]])
    with pytest.raises(ValueError, match="part_of"):
        figures(items=[{**PARTS[0], "part_of": "population"}])


UNITS: dict[str, Any] = {
    "unit_column": "einheit",
    "items": [{"from": "value", "item": "population", "unit": "persons", "delivered_unit": "Anzahl"}],
}


def test_the_unit_the_publisher_writes_beside_a_figure_is_the_agreed_one() -> None:
    landed = land_it("stichtag;nr;value;einheit\n2020;011;5;1000\n2020;012;6; Anzahl \n2020;111;7;\n", figures(**UNITS))
    assert found(landed) == [("line 2", "einheit", "unit"), ("line 4", "einheit", "unit")]
    assert [row[0] for row in rows(landed, "value")] == [None, Decimal(6), None]
    assert "Anzahl" in landed.findings[0].sentence("de")
    assert "1000" not in landed.findings[0].sentence("de")


@pytest.mark.parametrize("given", [{"unit_column": "einheit", "items": PARTS[:1]}, {"items": UNITS["items"]}])
def test_unit_column_and_delivered_unit_go_together(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="delivered_unit"):
        figures(**given)


def test_year_and_reference_date_agree() -> None:
    declared = table(
        "area_figure",
        [
            {"from": "stichtag", "to": "reference_on", "type": "date"},
            {"from": "jahr", "to": "period", "type": "year"},
            {"from": "nr", "to": "area_id", "type": "area", "level": "unterbezirk"},
        ],
        items=PARTS[:1],
    )
    text = "stichtag;jahr;nr;einwohner\n31.12.2014;2019;011;5\n31.12.2019;2019;012;6\n"
    landed = land_it(text, declared)
    assert found(landed) == [("line 2", None, "period_against_date")]
    assert rows(landed, "area_id") == [("unterbezirk-012",)]
    assert json.loads(landed.rejected_cells[0])["jahr"] == "2019"


def test_every_unit_has_one_law_and_of_unknown_ones_nothing_is_known() -> None:
    assert law_of_unit("persons") is COUNT
    assert law_of_unit("pct") is SHARE
    assert law_of_unit("pp") is DIFFERENCE
    assert law_of_unit("m2") is AMOUNT
    assert law_of_unit("as_delivered") == law_of_unit(None) == Law()
    assert all(isinstance(law, Law) for law in LAWS.values())


def test_a_year_whose_dates_cannot_be_read_is_told_by_its_dates_and_not_by_the_name_of_the_file() -> None:
    text = "stichtag;nr;einwohner\n31.12.2019;011;5\n31.12.2020;011;6\n44196;012;7\n"
    named = figures(items=PARTS[:1], is_period_in_name=True)
    assert found(land_it(text, named, "zahlen_2019-2021.csv")) == [("line 4", "stichtag", "date_format")]
    with pytest.raises(DeliveryRefused, match="2019–2021"):
        land_it(text.replace("44196", "31.12.2020"), named, "zahlen_2019-2021.csv")
