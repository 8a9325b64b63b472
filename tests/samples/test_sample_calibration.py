"""Hard and soft targets of the area sources; each number names where it is published.

Expected values stand here as literals, not taken from the generator's own tables.
"""

from collections import defaultdict
from typing import Any

import pytest

Row = dict[str, Any]
Places = dict[str, tuple[str, str, bool]]

# Register population, 31.12.: statistikportal.dortmund.de; 2019 oststadt-aktiv.de; 2021 Ruhr Nachrichten.
CITY = {2016: 601_150, 2019: 603_609, 2021: 602_713, 2022: 609_546, 2023: 612_065, 2024: 614_495}

# Printed Stadtbezirk values (mirrors citing Dortmunder Statistik), register code → persons.
STADTBEZIRK = {
    (2012, "20"): 53_164, (2013, "2"): 44_223, (2018, "20"): 59_502, (2018, "7"): 48_840, (2019, "20"): 59_604,
    (2020, "20"): 59_380, (2021, "10"): 52_526, (2021, "2"): 46_396, (2021, "3"): 56_141, (2021, "5"): 56_547,
    (2021, "6"): 56_955, (2021, "7"): 48_134, (2022, "20"): 60_641, (2022, "7"): 48_530,
}  # fmt: skip
# Printed in multiples of 5 for 31.12.2023.
STADTBEZIRK_2023 = {
    "10": 54_215, "20": 61_065, "30": 58_520, "1": 39_405, "2": 47_185, "4": 55_685, "5": 57_315, "6": 57_380,
    "8": 36_565,
}  # fmt: skip
# Recomputed from the Statistikatlas 2024, soft.
STADTBEZIRK_2024 = {
    "10": 54_301, "20": 61_595, "30": 58_990, "1": 39_548, "2": 47_260, "3": 56_572, "4": 55_593, "5": 57_450,
    "6": 57_756, "7": 48_762, "8": 36_522, "9": 39_512,
}  # fmt: skip
# (city, programme area core, rest), recomputed from the Statistikatlas 2018 and 2024.
CITY_NORTH_REST = {
    ("unemployed", 2018): (9.789, 13.320, 7.244), ("unemployed", 2024): (11.364, 15.273, 8.537),
    ("transfer", 2018): (17.238, 25.198, 11.155), ("transfer", 2024): (15.726, 22.500, 10.496),
    ("children", 2018): (29.277, 40.402, 18.653), ("children", 2024): (28.081, 38.346, 18.081),
    ("sgb12", 2018): (6.622, 9.262, 5.145), ("sgb12", 2024): (8.334, 11.423, 6.549),
    ("living", 2018): (39.292, 34.218, 42.937), ("living", 2024): (40.356, 35.047, 44.224),
}  # fmt: skip
# Unemployed share by Stadtbezirk, Statistikatlas, one decimal, soft.
UNEMPLOYED = {
    2018: {"20": 19.4, "2": 11.0, "1": 11.5, "9": 10.8, "7": 10.1, "8": 10.3, "10": 8.6, "5": 8.9, "30": 7.6,
           "3": 7.7, "4": 5.6, "6": 5.0},
    2024: {"20": 22.4, "2": 13.0, "1": 12.9, "9": 12.8, "7": 12.2, "8": 12.0, "10": 10.3, "5": 10.0, "30": 9.2,
           "3": 8.7, "4": 6.6, "6": 6.0},
}  # fmt: skip
MEASURES = {
    "unemployed": ("Arbeitslose | insgesamt", "bev_15_bis_64", 100),
    "transfer": ("Leistungsberechtigte SGB II | insgesamt", "bev_unter_65", 100),
    "children": ("Leistungsberechtigte SGB II | unter 15 Jahre", "bev_unter_15", 100),
    "sgb12": ("grundsicherung_65_und_aelter", "bev_65_und_aelter", 100),
    "living": ("wohnflaeche_qm", "hauptwohnsitzbevoelkerung", 1),
}


@pytest.fixture(scope="module")
def figures(portal: list[Row], labour: list[Row]) -> dict[tuple[int, str], Row]:
    """Both area sources joined by year and Unterbezirk."""
    joined = {(row["jahr"], row["unterbezirk_nr"]): dict(row) for row in portal}
    for row in labour:
        joined[(row["jahr"], row["code"])] |= row
    return joined


def _rate(figures: dict[tuple[int, str], Row], measure: str, year: int, codes: set[str]) -> float:
    numerator, denominator, factor = MEASURES[measure]
    rows = [figures[(year, code)] for code in codes]
    return factor * sum(row[numerator] for row in rows) / sum(row[denominator] for row in rows)


def _stadtbezirke(portal: list[Row], places: Places) -> dict[tuple[int, str], int]:
    totals: dict[tuple[int, str], int] = defaultdict(int)
    for row in portal:
        totals[(row["jahr"], places[row["unterbezirk_nr"]][0])] += row["hauptwohnsitzbevoelkerung"]
    return totals


@pytest.mark.parametrize("year", CITY)
def test_city_population_is_the_published_register_value(year: int, portal: list[Row]) -> None:
    assert sum(row["hauptwohnsitzbevoelkerung"] for row in portal if row["jahr"] == year) == CITY[year]


def test_printed_stadtbezirk_populations_are_met(portal: list[Row], places: Places) -> None:
    totals = _stadtbezirke(portal, places)
    assert {key: totals[key] for key in STADTBEZIRK} == STADTBEZIRK


def test_stadtbezirk_populations_of_2023_round_to_the_printed_multiples_of_five(
    portal: list[Row], places: Places
) -> None:
    totals = _stadtbezirke(portal, places)
    assert {code: 5 * round(totals[(2023, code)] / 5) for code in STADTBEZIRK_2023} == STADTBEZIRK_2023
    # Brackel, Lütgendortmund and Mengede by difference: 144,730.
    assert abs(sum(totals[(2023, code)] for code in ("3", "7", "9")) - 144_730) <= 2
    assert any(totals[(2023, code)] % 5 for code in STADTBEZIRK_2023), "the internal delivery must not be rounded"


def test_stadtbezirk_populations_of_2024_are_within_1_3_per_cent(portal: list[Row], places: Places) -> None:
    totals = _stadtbezirke(portal, places)
    off = {code: totals[(2024, code)] / value - 1 for code, value in STADTBEZIRK_2024.items()}
    assert max(map(abs, off.values())) <= 0.013


@pytest.mark.parametrize(("measure", "year"), CITY_NORTH_REST)
def test_city_north_and_rest_meet_the_statistikatlas_within_0_05(
    measure: str, year: int, figures: dict[tuple[int, str], Row], places: Places
) -> None:
    core = {code for code, place in places.items() if place[2]}
    groups = (set(places), core, set(places) - core)
    found = [_rate(figures, measure, year, group) for group in groups]
    off = [abs(rate - target) for rate, target in zip(found, CITY_NORTH_REST[(measure, year)], strict=True)]
    assert max(off) <= 0.05, f"city, north, rest: {found}"


@pytest.mark.parametrize("year", UNEMPLOYED)
def test_unemployed_shares_of_stadtbezirke_are_within_half_a_point(
    year: int, figures: dict[tuple[int, str], Row], places: Places
) -> None:
    off = {}
    for district, target in UNEMPLOYED[year].items():
        codes = {code for code, place in places.items() if place[0] == district}
        off[district] = _rate(figures, "unemployed", year, codes) - target
    assert max(map(abs, off.values())) <= 0.5, off


def test_48_9_per_cent_of_children_but_42_per_cent_of_all_live_in_the_north(portal: list[Row], places: Places) -> None:
    rows = [row for row in portal if row["jahr"] == 2018]

    def share(key: str) -> float:
        north = sum(row[key] for row in rows if places[row["unterbezirk_nr"]][2])
        return 100 * north / sum(row[key] for row in rows)

    assert share("bev_unter_15") == pytest.approx(48.9, abs=0.05)
    assert 41.5 <= share("hauptwohnsitzbevoelkerung") <= 42.6


def test_care_coverage_under_three_is_the_published_one(portal: list[Row]) -> None:
    """nordstadtblogger: 33.5 % of 16,789 children on 31.12.2015; 31.9 % at the end of 2017."""
    for year, target in ((2015, 33.5), (2017, 31.9)):
        rows = [row for row in portal if row["jahr"] == year]
        children = sum(row["bev_unter_3"] for row in rows)
        assert 100 * sum(row["betreuungsplaetze_u3"] for row in rows) / children == pytest.approx(target, abs=0.05)
        if year == 2015:
            assert children == 16_789


def test_official_population_is_it_nrw(official: dict[str, list[Row]]) -> None:
    """IT.NRW, table 12411-01-01-4 (2024: recorded answer; 2018 and 2021: statistik.nrw)."""
    totals = {
        row["time"][:4]: row["value"]
        for row in official["12411-01-01-4"]
        if row["1_variable_attribute_code"] == "05913" and row["2_variable_attribute_code"] == ""
    }
    assert {year: totals[year] for year in ("2018", "2021", "2024")} == {
        "2018": "587010",
        "2021": "586852",
        "2024": "603462",
    }
    for year in totals:
        parts = [
            int(row["value"])
            for row in official["12411-01-01-4"]
            if row["1_variable_attribute_code"] == "05913" and row["time"][:4] == year
        ]
        assert sum(parts) == 2 * int(totals[year])


def test_unemployment_rate_of_the_labour_agency_is_the_published_one(official: dict[str, list[Row]]) -> None:
    """BA annual means: jobs-dortmund.org, Ruhr Nachrichten 17.12.2019, statista."""
    rates = {
        row["time"]: row["value"]
        for row in official["13211-02-05-4"]
        if row["1_variable_attribute_code"] == "05913" and row["value_variable_code"] == "ERWP06"
    }
    published = {"2013": "13,2", "2015": "12,5", "2018": "10,3", "2019": "10,1", "2023": "11,5"}
    assert {year: rates[year] for year in published} == published


def test_area_figures_are_consistent_and_complete(portal: list[Row], labour: list[Row], places: Places) -> None:
    assert {(row["jahr"], row["unterbezirk_nr"]) for row in portal} == {
        (year, code) for year in range(2011, 2025) for code in places
    }
    assert len(portal) == len(labour) == 14 * 170
    meta = {"unterbezirk_nr", "unterbezirk", "jahr", "stichtag", "hinweis"}
    assert sum(len(row.keys() - meta) for row in portal) >= 51_000
    for row in portal:
        assert row["bev_unter_15"] + row["bev_15_bis_64"] + row["bev_65_und_aelter"] == row["hauptwohnsitzbevoelkerung"]
        assert row["bev_unter_65"] == row["bev_unter_15"] + row["bev_15_bis_64"]
        assert ("bev_unter_3" in row) == (row["jahr"] >= 2015)
        assert ("bev_laerm_ueber_65_dba" in row) == (row["jahr"] in (2017, 2022))
        if row["jahr"] >= 2015:
            assert row["bev_unter_3"] + row["bev_3_bis_5"] <= row["bev_unter_15"]
            assert row["brachflaeche_qm"] + row["flaeche_reaktiviert_qm"] == row["brachflaeche_2015_qm"]
            assert row["wohnungen_leer"] <= row["wohnungen"]
            assert row["flaeche_versiegelt_qm"] <= row["flaeche_qm"]
            assert row["uebergaenge_gymnasium"] <= row["uebergaenge_gesamt"]
            assert row["einschulungen_sprachfoerderbedarf"] <= row["einschulungen"]
    assert min(value for row in portal for key, value in row.items() if key not in meta) >= 0


def test_labour_counts_fit_into_their_totals(figures: dict[tuple[int, str], Row]) -> None:
    for row in figures.values():
        assert row["Arbeitslose | insgesamt"] <= row["bev_15_bis_64"]
        children = row["Leistungsberechtigte SGB II | unter 15 Jahre"]
        assert children <= row["Leistungsberechtigte SGB II | insgesamt"] <= row["bev_unter_65"]
        for part in ("Arbeitslose | unter 25 Jahre", "Arbeitslose | langzeitarbeitslos"):
            if isinstance(row[part], int):
                assert row[part] <= row["Arbeitslose | insgesamt"]
