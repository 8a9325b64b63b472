"""Landing by contract: what is accepted, what is rejected and why, and what never enters at all."""

import datetime as dt
import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from small_city import CANARY, figures, found, land_it, rows, table, volunteers

from ingest.findings import DeliveryRefused
from ingest.landing import Landed, accepted_schema, canonical_schema, rejected_pct
from programmes.canonical import CANONICAL
from programmes.sources import Table

FIGURES = "stichtag;nr;einwohner;arbeitslose\n"
VOLUNTEERS = "traeger;bezirk;stichtag;art;aktive;stunden\n"
PROJECTS = table(
    "project",
    [
        {"from": "nr", "to": "project_id", "pattern": "^(NW-[0-9]{3})$"},
        {"from": "titel", "to": "project_name"},
        {"from": "generation", "to": "generation_id"},
        {"from": "beschluss", "to": "adopted_on", "type": "date"},
    ],
)


def refusal(content: str, declared: Table, file_name: str = "lieferung.csv") -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        land_it(content, declared, file_name)
    return refused.value


# -- what enters


def test_accepted_rows_have_the_canonical_schema_and_their_provenance() -> None:
    landed = land_it(FIGURES + "31.12.2020;011;1.234;\n", figures())
    assert landed.accepted.schema == accepted_schema(CANONICAL["area_figure"])
    assert landed.accepted.cast(canonical_schema(CANONICAL["area_figure"])).to_pylist() == landed.accepted.to_pylist()
    assert landed.accepted.to_pylist()[0] == {
        "measure_id": "population",
        "area_level": "unterbezirk",
        "area_id": "unterbezirk-011",
        "period": "2020",
        "reference_on": dt.date(2020, 12, 31),
        "value": Decimal("1234.00000000"),
        "symbol": None,
        "status": "final",
        "unit": "persons",
        "_source": "quelle",
        "_table": "quelle__tabelle",
        "_delivery": "delivery",
        "_row": "line 2",
    }
    assert landed.findings == ()
    assert rejected_pct([landed]) == 0


def test_undeclared_columns_enter_nowhere() -> None:
    header = "name;stichtag;nr;einwohner;mail;arbeitslose\n"
    lines = [
        f"{CANARY};2020;011;10;{CANARY};1",
        f"{CANARY};2020;999;10;{CANARY};1",
        f"{CANARY};2020;012;zehn;{CANARY};1",
        f"{CANARY};2021;011;1;{CANARY};1",
        f"{CANARY};2021;011;2;{CANARY};1",
        f"{CANARY};2022",
    ]
    landed = land_it(header + "\n".join(lines) + "\n", figures())
    assert len(landed.findings) >= 4
    assert CANARY not in str(landed.accepted.to_pylist())
    assert CANARY not in repr(landed)
    assert CANARY not in "".join(landed.rejected_cells)
    assert CANARY not in "".join(f.sentence(language) for f in landed.findings for language in ("de", "en"))


def test_rejected_cells_are_those_of_declared_columns_as_delivered() -> None:
    landed = land_it("mail;" + FIGURES + f"{CANARY}; 2020 ;999;10;1\n{CANARY};2020;011;10;1\n1;2\n", figures())
    cells = dict(zip((finding.rule_id for finding in landed.findings), landed.rejected_cells, strict=True))
    assert json.loads(cells["area_unknown"]) == {
        "stichtag": " 2020 ",
        "nr": "999",
        "einwohner": "10",
        "arbeitslose": "1",
    }
    assert cells["field_count"] == "{}"


def test_a_delivery_that_cannot_be_used_names_no_cell() -> None:
    for content in (f"{CANARY};nr\n1;2\n", f'{FIGURES}{CANARY};"{CANARY}', f"{FIGURES}{CANARY};2", "{" + CANARY):
        refused = refusal(content, figures())
        assert CANARY not in str(refused) + refused.sentence("de") + refused.sentence("en") + refused.detail


@pytest.mark.parametrize("name", ["stichtag", "nr", "einwohner", "art", "wahl", "q"])
def test_a_missing_declared_column_refuses_the_delivery(name: str) -> None:
    items: list[dict[str, Any]] = [
        {"from": "einwohner", "item": "population", "unit": "persons", "where": {"art": "A"}}
    ]
    declared = figures(items=items, where={"wahl": ["1"]}, quality_column="q")
    columns = [column for column in ("stichtag", "nr", "einwohner", "art", "wahl", "q") if column != name]
    refused = refusal(";".join(columns) + "\n" + ";".join("1" for _ in columns) + "\n", declared)
    rule = "quality_column_missing" if name == "q" else "column_missing"
    assert (refused.rule_id, refused.detail) == (rule, f"'{name}'")


def test_a_declared_column_that_occurs_twice_refuses_and_an_undeclared_one_does_not_matter() -> None:
    refused = refusal("x;x;stichtag;nr;nr;einwohner;arbeitslose\n1;1;2020;011;011;1;1\n", figures())
    assert (refused.rule_id, refused.detail) == ("column_repeated", "'nr'")
    assert land_it("x;x;stichtag;nr;einwohner;arbeitslose\n1;1;2020;011;1;1\n", figures()).findings == ()


def test_columns_may_change_places() -> None:
    landed = land_it("arbeitslose;nr;einwohner;stichtag\n1;011;10;2020\n", figures())
    assert rows(landed, "measure_id", "value") == [("population", 10), ("unemployed", 1)]


def test_rows_out_of_scope_are_passed_over_without_a_finding() -> None:
    declared = figures(where={"art": ["KREISE", "STADT"]})
    text = "art;" + FIGURES + "KREISE;2020;011;1;1\nLAND;2020;unbekannt;1;1\n STADT\u00a0;2020;012;1;1\n"
    landed = land_it(text, declared)
    assert landed.findings == ()
    assert {area for (area,) in rows(landed, "area_id")} == {"unterbezirk-011", "unterbezirk-012"}


def test_a_filter_that_leaves_nothing_refuses_the_delivery() -> None:
    assert (
        refusal("art;" + FIGURES + "LAND;2020;011;1;1\n", figures(where={"art": ["KREISE"]})).rule_id
        == "no_agreed_code"
    )


# -- cells


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ({"type": "decimal"}, "1.5", "number_format"),
        ({"type": "integer"}, "1,5", "not_whole"),
        ({"type": "integer"}, "-", "number_format"),
        ({"type": "date"}, "31.12.24", "date_format"),
        ({"type": "reference_date"}, "45657", "date_format"),
        ({"type": "year"}, "18", "year_format"),
        ({"type": "choice", "values": {"ja": "y"}}, "Ja", "choice"),
        ({"type": "boolean", "values": {"ja": "true"}}, "vielleicht", "choice"),
        ({"type": "area", "level": "bezirk"}, "6", "area_unknown"),
        ({"type": "area", "level": "unterbezirk"}, "11", "leading_zero_lost"),
        ({"pattern": "^NW-[0-9]{3}$"}, "NW-12", "pattern"),
        ({}, "", "required_empty"),
        ({"type": "date"}, "\u00a0", "required_empty"),
    ],
)
def test_a_cell_that_breaks_its_type_leaves_the_row_out(column: dict[str, Any], cell: str, rule: str) -> None:
    declared = table(
        "register_entry", [{"from": "register", "to": "register_id"}, {"from": "nr", "to": "entry_id"} | column]
    )
    landed = land_it(f'register;nr\nR;"{cell}"\n', declared)
    assert landed.accepted.num_rows == 0
    assert found(landed) == [("line 2", "nr", rule)]
    assert rejected_pct([landed]) == 100
    if cell.strip():
        assert f" {cell} " not in landed.findings[0].sentence("de") + landed.findings[0].sentence("en")


@pytest.mark.parametrize(("bad_lines", "rejected"), [(0, 0), (4, 0.4), (5, 5), (20, 20)])
def test_the_period_that_lost_most_counts_unless_it_is_a_few_lines(bad_lines: int, rejected: float) -> None:
    """Ten years of a hundred organisations; the bad lines are all of one year."""
    lines = [
        f"T{number};20;{year};{'gemeldet' if year == 2015 and number < bad_lines else 'gezählt'};7;7\n"
        for year in range(2011, 2021)
        for number in range(100)
    ]
    assert rejected_pct([land_it(VOLUNTEERS + "".join(lines), volunteers())]) == pytest.approx(rejected)


def test_where_no_line_was_delivered_none_can_be_accepted() -> None:
    assert rejected_pct([]) == 100


def test_codes_stay_text_and_patterns_cut_out_the_part_that_counts() -> None:
    columns: list[dict[str, Any]] = [
        {"from": "register", "to": "register_id", "pattern": "^[0-9]{3}"},
        {"from": "nr", "to": "entry_id", "pattern": "NW-([0-9]+)"},
    ]
    landed = land_it("register;nr\n05913 Muster;Nr. NW-007/a\n", table("register_entry", columns))
    assert rows(landed, "register_id", "entry_id") == [("059", "007")]


def test_optional_blank_cells_are_null_and_never_zero() -> None:
    columns: list[dict[str, Any]] = [
        {"from": "id", "to": "event_id"},
        {"from": "format", "to": "event_format"},
        {"from": "tag", "to": "event_on", "type": "date"},
        {"from": "leute", "to": "participant_count", "type": "integer", "is_required": False},
        {"from": "bezirk", "to": "area_id", "type": "area", "level": "bezirk", "by": "name", "is_required": False},
    ]
    landed = land_it(
        "id;format;tag;leute;bezirk\n1;Café;01.02.2020;;\n2;Café;01.02.2020;0;Nordstadt\n", table("event", columns)
    )
    assert rows(landed, "participant_count", "idea_count", "area_id") == [(None, None, None), (0, None, "bezirk-20")]


def test_constants_fill_fields_and_dates_are_read() -> None:
    columns: list[dict[str, Any]] = [{"from": "nr", "to": "area_id", "type": "area", "level": "unterbezirk"}]
    items: list[dict[str, Any]] = [{"from": "einwohner", "item": "population", "unit": "persons"}]
    declared = table("area_figure", columns, items=items, constants={"reference_on": "31.12.2019"})
    assert rows(land_it("nr;einwohner\n011;5\n", declared), "period", "reference_on") == [
        ("2019", dt.date(2019, 12, 31))
    ]


def test_an_area_given_as_constant_has_its_level() -> None:
    columns: list[dict[str, Any]] = [{"from": "jahr", "to": "reference_on", "type": "reference_date"}]
    items: list[dict[str, Any]] = [{"from": "wert", "item": "no2", "unit": "ug_per_m3"}]
    declared = table("area_figure", columns, items=items, constants={"area_id": "city-05999"})
    assert rows(land_it("jahr;wert\n2020;1\n", declared), "area_level", "area_id") == [("city", "city-05999")]


# -- split cells

SPLIT = table(
    "register_entry",
    [
        {"from": "nr", "to": "entry_id"},
        {
            "from": "bezirke",
            "to": "area_id",
            "type": "area",
            "level": "bezirk",
            "by": "name",
            "split": ",",
            "is_required": False,
        },
    ],
    constants={"register_id": "project_area"},
)


def test_a_list_in_a_cell_becomes_rows() -> None:
    landed = land_it("nr;bezirke\n1;Hörde, Innenstadt-Nord\n2;\n3;HÖRDE ,\n", SPLIT)
    assert rows(landed, "entry_id", "area_id") == [
        ("1", "bezirk-20"),
        ("1", "bezirk-5"),
        ("2", None),
        ("3", "bezirk-5"),
    ]
    assert landed.findings == ()


def test_one_wrong_part_of_a_list_leaves_the_others() -> None:
    landed = land_it("nr;bezirke\n1;Hörde,Atlantis,Utopia\n", SPLIT)
    assert rows(landed, "area_id") == [("bezirk-5",)]
    assert found(landed) == [("line 2", "bezirke", "area_unknown")]


# -- key and order


def test_identical_duplicates_are_reported_once_a_line_and_the_first_counts() -> None:
    landed = land_it(FIGURES + "2020;011;10;1\n2020;011;10;1\n2020;011;010;1\n", figures())
    assert rows(landed, "measure_id", "value", "_row") == [("population", 10, "line 2"), ("unemployed", 1, "line 2")]
    assert found(landed) == [("line 3", None, "duplicate_row"), ("line 4", None, "duplicate_row")]
    assert len(landed.rejected_cells) == 2


def test_contradicting_duplicates_count_not_at_all() -> None:
    landed = land_it(FIGURES + "2020;011;10;1\n2020;011;11;1\n2020;012;5;5\n", figures())
    assert rows(landed, "area_id", "measure_id") == [
        ("unterbezirk-012", "population"),
        ("unterbezirk-011", "unemployed"),
        ("unterbezirk-012", "unemployed"),
    ]
    assert sorted(found(landed)) == [
        ("line 2", None, "duplicate_key"),
        ("line 3", None, "duplicate_key"),
        ("line 3", None, "duplicate_row"),
    ]
    assert landed.findings[0].detail == "measure_id, area_id, period"


def test_two_equal_rows_and_a_third_that_contradicts_all_go() -> None:
    landed = land_it(
        "nr;titel;generation;beschluss\n" + "NW-001;A;1;2020-01-01\n" * 2 + "NW-001;B;1;2020-01-01\n", PROJECTS
    )
    assert landed.accepted.num_rows == 0
    assert found(landed) == [(f"line {line}", None, "duplicate_key") for line in (2, 3, 4)]


def test_null_in_an_optional_part_of_the_key_is_a_key_like_any_other() -> None:
    landed = land_it("nr;bezirke\n1;\n1;\n2;\n", SPLIT)
    assert rows(landed, "entry_id", "area_id") == [("1", None), ("2", None)]
    assert found(landed) == [("line 3", None, "duplicate_row")]


def test_accepted_rows_are_the_same_whatever_the_order_of_delivery() -> None:
    lines = [
        f"{year};{nr};{year - 2000}{nr};{'*' if nr == '012' else '-'}"
        for year in range(2013, 2019)
        for nr in ("011", "012", "111")
    ]
    lines += ["2018;011;18011;-", "2017;012;0;0"]

    def without_row(landed: Landed) -> pa.Table:
        return landed.accepted.drop_columns(["_row"])

    expected = without_row(land_it(FIGURES + "\n".join(lines), figures()))
    assert expected.num_rows > 20
    for seed in range(5):
        random.Random(seed).shuffle(lines)
        assert without_row(land_it(FIGURES + "\n".join(lines), figures())).equals(expected)


def test_a_required_field_no_column_fills_rejects_every_row() -> None:
    declared = table("project", [{"from": "nr", "to": "project_id"}])
    assert found(land_it("nr\nNW-001\nNW-002\n", declared)) == [
        ("line 2", None, "required_empty"),
        ("line 3", None, "required_empty"),
    ]


# -- period in the file name


@pytest.mark.parametrize(
    ("name", "detail"), [("werte_2019.csv", "2019"), ("werte.csv", "—"), ("werte_2019-2020.csv", "2019–2020")]
)
def test_a_file_of_another_year_than_its_name_is_refused(name: str, detail: str) -> None:
    refused = refusal(FIGURES + "2020;011;1;1\n", figures(is_period_in_name=True), name)
    assert (refused.rule_id, refused.detail) == ("period_not_as_named", detail)


@pytest.mark.parametrize("name", ["werte_2020.csv", "werte 2020 (2).csv", "120201_werte_2020_v2.csv"])
def test_a_file_of_the_named_year_is_accepted(name: str) -> None:
    assert land_it(FIGURES + "2020;011;1;1\n", figures(is_period_in_name=True), name).accepted.num_rows == 2


def test_a_named_span_of_years_is_checked_at_both_ends() -> None:
    declared = figures(is_period_in_name=True)
    text = FIGURES + "2019;011;1;1\n2020;011;1;1\n"
    assert land_it(text, declared, "werte_2019-2020.csv").accepted.num_rows == 4
    assert refusal(text, declared, "werte_2018-2020.csv").rule_id == "period_not_as_named"
    assert refusal(text, declared, "werte_2019-2021.csv").rule_id == "period_not_as_named"


# -- the real programme


@pytest.mark.slow
def test_every_declared_table_of_the_programme_lands_its_sample() -> None:
    from fnmatch import fnmatch

    from ingest.areas import locality_of
    from ingest.landing import land
    from ingest.opened import OpenedDelivery
    from programmes.loading import load_programme

    programme = load_programme("nordwaerts")
    locality = locality_of(programme)
    names: set[str] = set()
    for landed_table in programme.landed_tables():
        name, source, declared = landed_table
        folder: Path = programme.sample_folder / source.source_id
        matching = (
            path
            for path in sorted(folder.iterdir())
            if fnmatch(path.name, source.connector.files) and fnmatch(path.name, declared.files or "*")
        )
        path = next(matching)
        landed = land(OpenedDelivery(path.read_bytes(), path.name), "d", landed_table, locality)
        assert landed.accepted.num_rows > 0, name
        assert rejected_pct([landed]) < float(source.max_rejected_pct), name
        assert CANARY not in str(landed.accepted.to_pylist()), name
        assert CANARY not in "".join(landed.rejected_cells), name
        names.add(name)
    assert len(names) == len(list(programme.landed_tables()))


def test_area_and_case_tables_treat_an_unreadable_figure_differently() -> None:
    area = land_it(FIGURES + "2020;011;1.5;7\n", figures())
    assert rows(area, "measure_id", "value", "status") == [
        ("population", None, "missing"),
        ("unemployed", Decimal(7), "final"),
    ]
    case = land_it(VOLUNTEERS + "T1;20;2020;gezählt;1.5;7\n", volunteers())
    assert rows(case, "counting_unit", "value", "status") == [("reported_hours", Decimal(7), "final")]
    assert found(area) == [("line 2", "einwohner", "number_format")]
    assert found(case) == [("line 2", "aktive", "number_format")]
