"""The four recipes of CONTRIBUTING.md, each carried out: add a city, a source, an indicator, a rule.

All figures are made up and computed by hand. North = Hafen, Zeche and half of Markt:

    year  working age  unemployed           living space         residents
    2020  N 2000       N 150+70+20 = 240    N 70+40+30 = 140 k   N 3500
          R 3000       R 20+70+60 = 150     R 30+120+125 = 275 k R 5500
    2021  N 2000       N 140+60+20 = 220    Zeche is withheld
          R 3000       R 20+80+80 = 180     R 275 k              R 5500
"""

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tiny_city_refresh import Published, Refresh

# --- a city is one folder ----------------------------------------------------------------------------


def test_a_city_is_one_folder(city: Published) -> None:
    found = city.rows(
        "select period, role, value, numerator, denominator, status from fct_indicator_value"
        " where indicator_id = 'unemployed_pct' and variant_id = 'norden' and territory = 'today' order by 1, 2"
    )
    assert found == [
        ("2020", "city", 7.8, 390, 5000, "final"),
        ("2020", "programme", 12.0, 240, 2000, "final"),
        ("2020", "rest", 5.0, 150, 3000, "final"),
        ("2021", "city", 8.0, 400, 5000, "final"),
        ("2021", "programme", 11.0, 220, 2000, "final"),
        ("2021", "rest", 6.0, 180, 3000, "final"),
    ]


def test_the_gap_of_the_city_is_the_hand_computed_one(city: Published) -> None:
    found = city.rows(
        "select period, comparator, gap_absolute, gap_unit, gap_relative, change_since_baseline, margin,"
        " verdict_as_counted, verdict from fct_development_gap where indicator_id = 'unemployed_pct' order by 1, 2"
    )
    # the north holds 2 of 5 thousand of working age, so the margin to the city is 1 - 0.4 of the declared one; with 220
    # and 180 cases chance alone moves the gap by more than it moved
    assert found == [
        ("2020", "city", 4.2, "pp", pytest.approx(12 / 7.8, abs=1e-6), None, 0.6, None, None),
        ("2020", "rest", 7.0, "pp", 2.4, None, 1.0, None, None),
        ("2021", "city", 3.0, "pp", 1.375, -1.2, 0.6, "narrowed", "undecidable"),
        ("2021", "rest", 5.0, "pp", pytest.approx(11 / 6, abs=1e-6), -2.0, 1.0, "narrowed", "undecidable"),
    ]


def test_a_withheld_figure_leaves_its_sums_open(city: Published) -> None:
    sql = "select coalesce(role, area_id), value, symbol, status from fct_indicator_value"
    where = "where indicator_id = 'living_space_m2_per_inhabitant' and period = '{}'"
    before = {part: (value, status) for part, value, _, status in city.rows(f"{sql} {where.format(2020)}")}
    assert before["programme"] == (40.0, "final")
    assert before["rest"] == (50.0, "final")
    after = {part: figure for part, *figure in city.rows(f"{sql} {where.format(2021)}")}
    assert after["viertel-02"] == [None, "*", "suppressed"]
    assert after["programme"] == [None, None, "incomplete"]
    assert after["rest"] == [50.0, None, "final"]
    gaps = "select gap_absolute, change_since_baseline, status from fct_development_gap"
    assert city.rows(f"{gaps} {where.format(2021)}") == [(None, None, "incomplete")] * 2


def test_the_city_says_that_it_is_made_up(city: Published) -> None:
    for mart in ("fct_measure", "fct_indicator_value", "fct_development_gap", "dim_area"):
        assert city.rows(f"select distinct is_synthetic from {mart}") == [(True,)]


# --- a source is one YAML ----------------------------------------------------------------------------

NEW_SOURCE = """
source_id: kita
name_de: Kindertagesstätten (erfunden)
name_en: day care (made up)
publisher: Kleinstadt
licence: dl-de/zero-2.0
cadence: yearly
max_age_days: 500
on_failure: block
connector: {protocol: folder, files: "*.csv"}
tables:
  plaetze:
    canonical: area_figure
    description_de: Betreuungsplätze je Viertel
    description_en: day-care places per quarter
    format: {kind: csv, delimiter: ","}
    mode: snapshot
    minimum_rows: 5
    columns:
      - {from: name, to: area_id, type: area, level: viertel, by: name}
      - {from: jahr, to: reference_on, type: reference_date}
    items:
      - {from: plaetze, item: care_places, unit: places}
"""
NEW_DELIVERY = "name,jahr,plaetze\nHafen,2021,80\nZeche,2021,x\nMarkt,2021,0\nGarten,2021,120\nSüd,2021,95\n"


def test_a_source_is_one_yaml(city: Published, folder: Path, refresh_city: Refresh) -> None:
    (folder / "sources" / "kita.yml").write_text(NEW_SOURCE, encoding="utf-8")
    (folder / "sample" / "kita").mkdir()
    (folder / "sample" / "kita" / "synthetisch_kita.csv").write_text(NEW_DELIVERY, encoding="utf-8")
    added = refresh_city(folder)

    landed = pq.read_table(added.record.context.var.landed / "area_figure" / "kita__plaetze.parquet")
    assert landed.num_rows == 5
    sql = "select area_id, value, symbol, status from fct_measure where source_id = 'kita' order by 1"
    assert city.rows(sql) == []
    assert added.rows(sql) == [
        ("viertel-01", Decimal(80), None, "final"),
        ("viertel-02", None, "x", "missing"),
        ("viertel-03", Decimal(0), None, "final"),
        ("viertel-04", Decimal(120), None, "final"),
        ("viertel-05", Decimal(95), None, "final"),
    ]
    rest = "select * from fct_measure where source_id <> 'kita' order by all"
    assert added.rows(rest) == city.rows(rest)


# --- an indicator is one row -------------------------------------------------------------------------

NEW_INDICATOR = (
    "unemployed_per_1000;1;Arbeitslose je 1000;unemployed per 1000;;jobs;ratio;ratio;unemployed;;population;1000;"
    "per_1000;lower_is_better;viertel;viertel;areas_not_persons;0.1;1;10;2020;false;2020-01-01;statistik;31.12.;"
    "Arbeitslose je 1000 Einwohner*innen;unemployed per 1,000 residents;;;2011-01-01;\n"
)


def test_an_indicator_is_one_row(city: Published, folder: Path, refresh_city: Refresh) -> None:
    with (folder / "indicators.csv").open("a", encoding="utf-8") as catalogue:
        catalogue.write(NEW_INDICATOR)
    added = refresh_city(folder)

    sql = "select role, value from fct_indicator_value where indicator_id = 'unemployed_per_1000' and period = '2020'"
    assert city.rows(sql) == []
    assert dict(added.rows(f"{sql} and role is not null")) == {
        "programme": pytest.approx(240 / 3.5, abs=1e-6),
        "rest": pytest.approx(150 / 5.5, abs=1e-6),
        "city": pytest.approx(390 / 9, abs=1e-6),
    }
    gap = "select gap_absolute from fct_development_gap where indicator_id = 'unemployed_per_1000'"
    assert added.rows(f"{gap} and period = '2020' and comparator = 'rest'") == [
        (pytest.approx(240 / 3.5 - 150 / 5.5, abs=2e-6),)
    ]


# --- a rule is one line ------------------------------------------------------------------------------

NEW_RULE = "      - {column: value, item: unemployed, minimum: 0, maximum: 130}\n"


def test_a_rule_is_one_line(city: Published, folder: Path, refresh_city: Refresh) -> None:
    with (folder / "sources" / "statistik.yml").open("a", encoding="utf-8") as declaration:
        declaration.write(NEW_RULE)
    added = refresh_city(folder)

    sql = (
        "select check_id, severity, is_passed, failed_count from fct_data_quality where rule_id = 'between' order by 1"
    )
    usual = ("statistik__viertel:between:value:population", "warn", True, 0)
    assert city.rows(sql) == [usual]
    # Hafen reports 150 and 140; a warning never stops the night
    assert added.rows(sql) == [usual, ("statistik__viertel:between:value:unemployed", "warn", False, 2)]
