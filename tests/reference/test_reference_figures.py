"""Acceptance 2: what the figures of real files keep on their way: value, sign, status, source, place.

Expected values come from the files by the standard library alone. `-` is never 0, a quality flag stays
with its figure, and three population totals of one city stay three.
"""

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from reference_programme import Released, read_csv, read_features

from ingest.areas import locality_of
from ingest.landing import land
from ingest.opened import OpenedDelivery
from programmes import stored
from programmes.loading import load_programme
from programmes.sources import LandedTable

pytestmark = pytest.mark.reference

GENESIS = {
    "regionalstatistik__bevoelkerung": "12411-01-01-4_de_ffcsv.csv",
    "regionalstatistik__beschaeftigte": "13111-01-03-4_de_ffcsv.csv",
    "regionalstatistik__lebensformen": "12211-Z-11_de_ffcsv.csv",
}


# --- Dortmund's atlas at two dates -------------------------------------------------------------------


@pytest.mark.parametrize("year", ["2018", "2024"])
@pytest.mark.parametrize(
    ("delivered", "measure"),
    [
        ("unemployed_pct", "unemployed_share"),
        ("average_age_years", "average_age"),
        ("building_density_pct", "building_density"),
        ("saldo_births_deaths_pct", "births_deaths_balance"),
        ("living_space_per_inhabitant_sq_abs", "living_space_per_inhabitant"),
    ],
)
def test_atlas_values_are_those_of_the_file(released: Released, year: str, delivered: str, measure: str) -> None:
    features = read_features(released.reference / f"dortmund/do_data{year}.geojson")
    expected = {f"unterbezirk-{p['unbeznr']}": Decimal(str(p[delivered])) for p in features}
    sql = f"select area_id, value from fct_measure where measure_id = '{measure}' and period = '{year}'"
    found = dict(released.rows(f"{sql} and source_id = 'statistikatlas'"))
    assert len(found) == 170
    assert found == expected


def test_a_null_in_the_atlas_is_missing_and_not_zero(released: Released) -> None:
    field = "secondary_school_recommendation_pct"
    features = read_features(released.reference / "dortmund/do_data2018.geojson")
    nulls = [(f"unterbezirk-{p['unbeznr']}", None, None, "missing") for p in features if p[field] is None]
    assert len(nulls) == 1
    sql = "select area_id, value, symbol, status from fct_measure where status <> 'final'"
    assert released.rows(f"{sql} and measure_id = 'grammar_school_recommendation_share'") == nulls


def test_a_level_is_published_as_delivered_and_never_aggregated(released: Released) -> None:
    features = read_features(released.reference / "dortmund/do_data2024.geojson")
    expected = {f"unterbezirk-{p['unbeznr']}": pytest.approx(float(p["unemployed_pct"])) for p in features}
    sql = "select area_id, value from fct_indicator_value where indicator_id = 'unemployed_pct'"
    assert dict(released.rows(f"{sql} and period = '2024'")) == expected
    levels = "select indicator_id from dim_indicator where kind = 'level'"
    for aggregated in ("fct_indicator_value where area_kind = 'area_set'", "fct_development_gap where true"):
        assert released.rows(f"select count(*) from {aggregated} and indicator_id in ({levels})") == [(0,)]


def test_a_changed_definition_breaks_between_the_dates(released: Released) -> None:
    sql = "select definition_version, period, count(*) from fct_indicator_value"
    found = released.rows(f"{sql} where indicator_id = 'building_density_pct' group by 1, 2 order by 1, 2")
    assert found == [(1, "2018", 170), (2, "2024", 170)]


def test_the_number_without_leading_zeros_would_be_refused(released: Released) -> None:
    programme = load_programme(released.programme)
    declared = programme.sources["statistikatlas"].tables["unterbezirke_2018"]
    column = declared.columns[0].model_copy(update={"source": "Nummer"})
    path = released.reference / "dortmund/do_data2018.geojson"
    landed = land(
        OpenedDelivery(path.read_bytes(), path.name),
        "0" * 64,
        LandedTable(
            "statistikatlas__unterbezirke_2018",
            programme.sources["statistikatlas"],
            declared.model_copy(update={"columns": (column,)}),
        ),
        locality_of(programme),
    )
    short = [p for p in read_features(path) if p["Nummer"] < 100]
    assert short
    assert [finding.rule_id for finding in landed.findings] == ["leading_zero_lost"] * len(short)
    assert len(set(landed.accepted["area_id"].to_pylist())) == 170 - len(short)


# --- signs and flags of the flat files ---------------------------------------------------------------


@pytest.mark.parametrize(("table", "file"), GENESIS.items())
def test_signs_and_flags_stay_with_their_cells(released: Released, table: str, file: str) -> None:
    expected = {
        f"line {line}": _as_landed(row)
        for line, row in enumerate(read_csv(released.reference / "official" / file), start=2)
    }
    sql = f"select row_address, value, symbol, status from fct_measure where table_name = '{table}'"
    found = {address: (value, symbol, status) for address, value, symbol, status in released.rows(sql)}
    assert found == expected
    assert {"missing", "final"} <= {status for _, _, status in found.values()}


def _as_landed(row: dict[str, str]) -> tuple[Decimal | None, str | None, str]:
    signs = {"-": "missing", "/": "suppressed", ".": "suppressed"}
    if row["value"] in signs:
        return None, row["value"], signs[row["value"]]
    flags: dict[str, tuple[str | None, str]] = {"": (None, "final"), "e": (None, "final"), "()": ("()", "estimated")}
    return Decimal(row["value"].replace(",", ".")), *flags[row.get("value_q", "")]


def test_quality_flags_arrive(released: Released) -> None:
    sql = "select symbol, status, count(*), count(value) from fct_measure"
    table = "where table_name = 'regionalstatistik__lebensformen'"
    found = {(symbol, status): figures for symbol, status, *figures in released.rows(f"{sql} {table} group by 1, 2")}
    assert found[("()", "estimated")] == [14, 14]
    assert found[("/", "suppressed")] == [29, 0]
    assert found[("-", "missing")] == [1020, 0]


def test_a_dash_is_never_zero(released: Released) -> None:
    sql = "select value, symbol, status from fct_measure where table_name = 'regionalstatistik__beschaeftigte'"
    assert released.rows(f"{sql} and area_id = 'region-05913'") == [(None, "-", "missing")] * 6
    assert released.rows(f"{sql} and area_id = 'region-05' and measure_id = 'employed'") == [
        (Decimal(7350231), None, "final")
    ]
    assert released.rows("select count(*) from fct_measure where symbol = '-' and value is not null") == [(0,)]
    zeros = "select count(*) from fct_measure where value = 0 and source_id = 'regionalstatistik'"
    cells = [row["value"] for file in GENESIS.values() for row in read_csv(released.reference / "official" / file)]
    assert released.rows(zeros) == [(cells.count("0"),)]


def test_a_ratio_over_a_dash_is_missing_and_says_why(released: Released) -> None:
    figures = {
        row["2_variable_attribute_code"]: int(row["value"])
        for row in read_csv(released.reference / "official/13111-01-03-4_de_ffcsv.csv")
        if row["1_variable_attribute_code"] == "05" and row["3_variable_attribute_code"] == ""
    }
    sql = "select value, numerator, symbol, status from fct_indicator_value where indicator_id = 'foreign_employed_pct'"
    assert released.rows(f"{sql} and area_id = 'region-05913'") == [(None, None, "-", "missing")]
    expected = pytest.approx(100 * figures["NATA"] / figures[""], abs=1e-6)
    assert released.rows(f"{sql} and area_id = 'region-05'") == [(expected, figures["NATA"], None, "final")]


# --- three population totals -------------------------------------------------------------------------


def test_three_population_totals_stay_three(released: Released) -> None:
    sql = "select source_id, period, value, delivery_id from fct_measure where measure_id = 'population'"
    rows = released.rows(f"{sql} and area_id = 'region-05913'")
    totals = {("regionalstatistik", "2024"): 603462, ("melderegister", "2024"): 614495, ("zensus", "2022"): 598246}
    assert {(source, period): value for source, period, value, _ in rows} == totals
    assert len(rows) == 3
    assert len({delivery for *_, delivery in rows}) == 3

    sql = "select indicator_id, period, value from fct_indicator_value where area_id = 'region-05913'"
    assert sorted(released.rows(f"{sql} and indicator_id like '%population'")) == [
        ("census_population", "2022", 598246.0),
        ("official_population", "2024", 603462.0),
        ("register_population", "2024", 614495.0),
    ]


def test_the_reconstructed_population_is_a_fourth_total_of_its_own(released: Released) -> None:
    areas = read_csv(released.reference / "dortmund/raumbezug.csv")
    expected = _density(areas)
    sql = "select numerator, value from fct_indicator_value where indicator_id = 'reconstructed_population_per_ha'"
    [(population, value)] = released.rows(f"{sql} and area_id = 'region-05913'")
    assert population == sum(int(row["pop_2024_approx"]) for row in areas)
    assert population not in (603462, 614495, 598246)
    assert value == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("variant", ["core", "wide", "dorstfeld_only"])
def test_the_gap_of_a_variant_is_that_of_its_members(released: Released, variant: str) -> None:
    areas = read_csv(released.reference / "dortmund/raumbezug.csv")
    inside = [row for row in areas if row[f"nordwaerts_{variant}"] == "1"]
    outside = [row for row in areas if row not in inside]
    sql = (
        f"select comparator, gap_absolute from fct_development_gap where variant_id = '{variant}' "
        "and indicator_id = 'reconstructed_population_per_ha'"
    )
    assert dict(released.rows(sql)) == {
        "rest": pytest.approx(_density(inside) - _density(outside), abs=2e-6),
        "city": pytest.approx(_density(inside) - _density(areas), abs=2e-6),
    }


def _density(areas: list[dict[str, str]]) -> float:
    return sum(float(row["pop_2024_approx"]) for row in areas) / sum(float(row["area_ha_calc"]) for row in areas)


# --- Berlin ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "count"), [("2019", 447), ("2021", 536)])
def test_berlin_values_are_those_of_the_file(released: Released, year: str, count: int) -> None:
    rows = read_csv(released.reference / f"berlin_mss/mss_{year}_2-1.csv", ",")
    assert len(rows) == count
    for delivered, measure in (
        ("s1_percentage_unemployed", "unemployed_share"),
        ("d4_percentage_transfer_payments_recipients_below_15_years", "children_transfer_share_change"),
        ("inhabitants", "population"),
    ):
        # some cells carry binary noise (0.388180000000002); landed decimals hold eight places
        expected = {f"planungsraum_{year}-{row['id']}": round(Decimal(row[delivered]), 8) for row in rows}
        sql = f"select area_id, value from fct_measure where area_id like 'planungsraum_{year}-%' and source_id = 'berlin_mss'"
        assert dict(released.rows(f"{sql} and measure_id = '{measure}'")) == expected


def test_six_planning_areas_without_figures_are_areas_all_the_same(released: Released) -> None:
    delivered = "select area_id from fct_measure where source_id = 'berlin_mss'"
    sql = f"select area_code from dim_area where area_level = 'planungsraum_2021' and area_id not in ({delivered})"
    without = {code for (code,) in released.rows(sql)}
    assert without == {"03300515", "03400831", "04400725", "05300838", "06200418", "10100205"}


# --- the way back ------------------------------------------------------------------------------------


def test_a_figure_leads_back_to_its_byte(released: Released) -> None:
    sql = "select delivery_id, row_address from fct_measure where value = 603462 and measure_id = 'population'"
    [(delivery, address)] = released.rows(sql)
    content = (released.reference / "official/12411-01-01-4_de_ffcsv.csv").read_bytes()
    assert delivery == hashlib.sha256(content).hexdigest()
    path = stored.stored_at(released.var.archive / "objects", delivery)
    assert _line(stored.delivered(path), address)[-4] == "603462"


def _line(content: bytes, address: str) -> list[Any]:
    return content.decode("utf-8-sig").split("\n")[int(address.removeprefix("line ")) - 1].split(";")
