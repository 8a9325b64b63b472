"""Wide deliveries become rows: figures, crosses, answers and judgements, and what counts as missing."""

from decimal import Decimal
from typing import Any

import pytest
from small_city import figures, found, land_it, rows, table, volunteers

from programmes.sources import Table

FIGURES = "stichtag;nr;einwohner;arbeitslose\n"


def json_figures(**more: Any) -> Table:
    return figures(format={"kind": "json_lines", "decimal": "point"}, **more)


def test_a_figure_is_a_value_a_sign_and_a_status() -> None:
    cells = ["10", "0", "-", "*", ".", "(7)", "...", ""]
    lines = "".join(f"{2015 + year};011;{cell};0\n" for year, cell in enumerate(cells))
    landed = land_it(FIGURES + lines, figures(items=[{"from": "einwohner", "item": "population", "unit": "persons"}]))
    assert rows(landed, "value", "symbol", "status") == [
        (Decimal(10), None, "final"),
        (Decimal(0), None, "final"),
        (None, "-", "missing"),
        (None, "*", "suppressed"),
        (None, ".", "suppressed"),
        (Decimal(7), "()", "estimated"),
        (None, "...", "missing"),
        (None, None, "missing"),
    ]
    assert landed.findings == ()


@pytest.mark.parametrize("cell", ["Dez 24", "1.5", "0.123", "ca. 5", "05913 Muster"])
def test_an_unreadable_figure_is_a_finding_and_never_a_number(cell: str) -> None:
    landed = land_it(FIGURES + f"2020;011;{cell};1\n", figures())
    assert rows(landed, "value", "symbol", "status")[0] == (None, None, "missing")
    assert found(landed) == [("line 2", "einwohner", "number_format")]
    assert cell not in landed.findings[0].sentence("de")


def test_an_absent_key_is_no_row_and_null_and_empty_are_missing_figures() -> None:
    lines = ['{"stichtag": "2020", "nr": "011", "arbeitslose": 1}']
    lines += [
        '{"stichtag": "2020", "nr": "012", "einwohner": null, "arbeitslose": ""}',
        '{"stichtag": "2020", "nr": "111", "einwohner": 0}',
    ]
    landed = land_it("\n".join(lines), json_figures())
    assert rows(landed, "measure_id", "area_id", "value", "status") == [
        ("population", "unterbezirk-012", None, "missing"),
        ("population", "unterbezirk-111", Decimal(0), "final"),
        ("unemployed", "unterbezirk-011", Decimal(1), "final"),
        ("unemployed", "unterbezirk-012", None, "missing"),
    ]


def test_json_numbers_keep_every_digit() -> None:
    line = '{"stichtag": "2020", "nr": "011", "stunden": 0.1, "flaeche": 1E+5}'
    items = [
        {"from": "stunden", "item": "hours", "unit": "hours"},
        {"from": "flaeche", "item": "land", "unit": "m2"},
    ]
    assert rows(land_it(line, json_figures(items=items)), "value") == [(Decimal("0.1"),), (Decimal(100000),)]


def test_before_its_first_year_a_blank_is_no_missing_figure_but_a_delivered_one_counts() -> None:
    landed = land_it(FIGURES + "2013;011;1;\n2014;011;1; \n2014;012;1;9\n2015;011;1;\n", figures())
    assert [row for row in rows(landed, "measure_id", "period", "area_id", "value") if row[0] == "unemployed"] == [
        ("unemployed", "2015", "unterbezirk-011", None),
        ("unemployed", "2014", "unterbezirk-012", Decimal(9)),
    ]


def test_rows_of_a_long_table_are_chosen_by_other_columns() -> None:
    items: list[dict[str, Any]] = [
        {"from": "value", "item": "population", "unit": "persons", "where": {"code": "BEV", "sex": ""}},
        {"from": "value", "item": "unemployed", "unit": "persons", "where": {"code": "ARB"}},
    ]
    text = "stichtag;nr;code;sex;value\n2020;011;BEV;;10\n2020;011;BEV;W;6\n2020;011; ARB ;;1\n2020;011;XXX;;?\n"
    landed = land_it(text, figures(items=items))
    assert rows(landed, "measure_id", "value") == [("population", 10), ("unemployed", 1)]
    assert landed.findings == ()


QUALITY: dict[str, Any] = {"items": [{"from": "value", "item": "population", "unit": "persons"}], "quality_column": "q"}


@pytest.mark.parametrize(
    ("value", "flag", "expected"),
    [
        ("5", "", (5, None, "final")),
        ("5", "e", (5, None, "final")),
        ("5", "p", (5, None, "provisional")),
        ("5", " r ", (5, None, "revised")),
        ("5", "s", (5, None, "estimated")),
        ("5", "()", (5, "()", "estimated")),
        ("(5)", "p", (5, "()", "estimated")),
        ("-", "", (None, "-", "missing")),
        ("*", "p", (None, "*", "suppressed")),
    ],
)
def test_quality_flags_decide_the_status_of_plain_figures(value: str, flag: str, expected: tuple[Any, ...]) -> None:
    landed = land_it(f"stichtag;nr;value;q\n2020;011;{value};{flag}\n", figures(**QUALITY))
    assert rows(landed, "value", "symbol", "status") == [expected]
    assert landed.findings == ()


def test_a_figure_with_an_unknown_flag_is_not_taken_for_final() -> None:
    landed = land_it("stichtag;nr;value;q\n2020;011;5;q?\n2020;012;6;e\n", figures(**QUALITY))
    assert rows(landed, "value", "status") == [(None, "missing"), (6, "final")]
    assert found(landed) == [("line 2", "q", "quality_flag")]
    text = "traeger;bezirk;stichtag;art;aktive;stunden;q\nT1;20;2020;gezählt;5;6;q?\n"
    case = land_it(text, volunteers(quality_column="q"))
    assert case.accepted.num_rows == 0
    assert found(case) == [("line 2", "q", "quality_flag")]


MARKS = table(
    "register_entry",
    [{"from": "nr", "to": "entry_id"}],
    constants={"register_id": "fields"},
    items=[{"from": "Arbeit", "item": "jobs"}, {"from": "Umwelt", "item": "environment"}],
)


def test_crosses_join_a_row_to_its_items() -> None:
    landed = land_it("nr;Arbeit;Umwelt\n1;x;\n2;X;✓\n3;; \n4; x\u00a0;nein\n", MARKS)
    assert rows(landed, "entry_id", "item_id") == [("1", "jobs"), ("2", "environment"), ("2", "jobs"), ("4", "jobs")]
    assert found(landed) == [("line 5", "Umwelt", "choice")]
    assert "nein" not in landed.findings[0].sentence("de")


SURVEY = table(
    "survey_case",
    [
        {"from": "fall", "to": "case_id"},
        {"from": "jahr", "to": "period", "type": "year"},
        {"from": "nr", "to": "area_id", "type": "area", "level": "unterbezirk"},
        {"from": "gewicht", "to": "weight", "type": "decimal"},
    ],
    items=[
        {"from": "f1", "item": "outlook", "values": {"1": "improve", "9": "no_answer"}},
        {"from": "f2", "item": "grade"},
    ],
)


def test_answers_are_agreed_words_and_blank_is_not_answered() -> None:
    landed = land_it("fall;jahr;nr;gewicht;f1;f2\n1;2018;011;1,05;1;2\n2;2018;011;0,95;;\n3;2018;012;1;7;9\n", SURVEY)
    assert rows(landed, "case_id", "item_id", "answer", "weight") == [
        ("1", "grade", "2", Decimal("1.05")),
        ("1", "outlook", "improve", Decimal("1.05")),
        ("2", "grade", None, Decimal("0.95")),
        ("2", "outlook", None, Decimal("0.95")),
        ("3", "grade", "9", Decimal(1)),
    ]
    assert found(landed) == [("line 4", "f1", "choice")]


ASSESSMENT = table(
    "assessment",
    [
        {"from": "nr", "to": "proposal_id"},
        {"from": "runde", "to": "round_id"},
        {"from": "empfohlen", "to": "is_recommended", "type": "boolean", "values": {"ja": "true", "nein": "false"}},
    ],
    items=[{"from": "neu", "item": "new", "values": {"ja": "true", "nein": "false"}}],
)


def test_judgements_become_truth_values_and_a_missing_one_leaves_the_row_out() -> None:
    landed = land_it(
        "nr;runde;empfohlen;neu\n1;2016;ja;nein\n2;2016;nein;ja\n3;2016;ja;\n4;2016;ja;vielleicht\n", ASSESSMENT
    )
    assert rows(landed, "proposal_id", "is_recommended", "is_met") == [("1", True, False), ("2", False, True)]
    assert found(landed) == [("line 5", "neu", "choice"), ("line 4", None, "required_empty")]
