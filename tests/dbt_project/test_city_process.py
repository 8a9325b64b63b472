"""Full counts as outcomes of a process, counts as counts, and what rounding adds: against limits computed here.

A city of twelve quarters; `tight` and `rare` are shares, `rate` comes one by one, `counted` is declared as what was
counted, `area_m2` is measured. From 2017 on people are delivered in multiples of five, and so is `rate`.
"""

import random
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from dbt_run import Build, built_once
from landed_city import from_table
from made_up_worlds import CODES, YEARS, build_world, indicator
from scipy import stats

Z = stats.norm.ppf(0.975)
KINDS = ("tight", "rare", "rate", "counted", "measured", "published", "beyond")


def _figures() -> dict[str, dict[tuple[str, int], Any]]:
    chance = random.Random(95)
    keys = [(code, year) for code in CODES for year in YEARS]
    people = {key: 5 * chance.randint(300, 800) for key in keys}
    return {
        "people": people,
        "tight": {key: chance.randint(150, 250) for key in keys},
        "rare": {key: chance.randint(0, 2) for key in keys},
        "rate": {key: 5 * chance.randint(0, 3) for key in keys},
        "area_m2": {key: chance.randint(10**5, 10**6) for key in keys},
        "published_pct": {key: chance.randint(20, 90) / 10 for key in keys},
        "beyond": {key: number + chance.randint(1, 90) for key, number in people.items()},
    }


FIGURES = _figures()


def _world(made: Build) -> None:
    catalogue = [
        indicator("tight", "tight"),
        indicator("rare", "rare"),
        indicator("rate", "rate", scale="ratio", factor=1000, unit="per_1000"),
        indicator(
            "counted", "tight", interval_basis="counted", interval_reason_de="weil", interval_reason_en="because"
        ),
        indicator("measured", "area_m2", scale="ratio", factor=1, unit="m2_per_inhabitant"),
        indicator("published", "published_pct", kind="weighted_mean", factor=1, tolerance=Decimal("0.05")),
        indicator("beyond", "beyond"),
    ]
    breaks = [
        from_table(
            "programme__break",
            {"break_id": measure, "measure_id": measure, "period": 2017, "kind": "rounding", "severity": "tolerance",
             "added_tolerance": 0, "rounded_to": 5},
            1,
        )
        for measure in ("people", "rate")
    ]  # fmt: skip
    build_world(made, catalogue, FIGURES, programme__break=breaks)


@pytest.fixture(scope="module")
def city() -> Build:
    return built_once("process_city", _world)


def _weights(variant: str, role: str) -> dict[str, float]:
    programme = {code: 1.0 if code <= "06" else 0.0 for code in CODES}
    if variant == "half":
        programme["06"] = 0.5
    return {code: {"programme": weight, "rest": 1 - weight, "city": 1.0}[role] for code, weight in programme.items()}


def _expected(name: str, variant: str, role: str, year: int) -> dict[str, Any]:
    """Value and both readings, from the textbook formulas."""
    measure = {"counted": "tight", "measured": "area_m2", "published": "published_pct"}.get(name, name)
    weights = np.array([_weights(variant, role)[code] for code in CODES])
    upper = np.array([FIGURES[measure][code, year] for code in CODES], dtype=float)
    lower = np.array([FIGURES["people"][code, year] for code in CODES], dtype=float)
    factor = {"rate": 1000.0, "measured": 1.0, "published": 1.0}.get(name, 100.0)
    if name == "published":
        upper = upper * lower
    cases, n = weights @ upper, weights @ lower
    value = factor * cases / n
    # rounding: 1.96 standard deviations of sums of single roundings, at most two for each cell
    off = min(Z * np.sqrt(2 * (weights**2).sum()), 2 * weights.sum()) if year >= 2017 else 0.0
    bound = factor * ((off if name == "rate" else 0.0) + cases / n * off) / (n - off)
    if name == "published":
        areas = n**2 / (weights**2 @ lower**2)
        bound += 0.05 * min(1, Z / np.sqrt(3 * areas))
    if name in ("tight", "rare", "counted", "published"):
        whole = 100.0
        p = value / whole
        centre, spread = p + Z**2 / (2 * n), Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
        chance = tuple(whole * end / (1 + Z**2 / n) for end in (centre - spread, centre + spread))
    elif name in ("rate", "beyond"):
        ends = (stats.norm.ppf(0.025), cases), (stats.norm.ppf(0.975), cases + 1)
        chance = tuple(
            factor / n * (count * max(1 - 1 / (9 * count) + z / (3 * np.sqrt(count)), 0) ** 3 if count else 0.0)
            for z, count in ends
        )
    else:
        chance = None
    counted = (value - bound, value + bound)
    process = (
        None
        if chance is None
        else (value - np.hypot(value - chance[0], bound), value + np.hypot(chance[1] - value, bound))
    )
    return {"value": value, "counted": counted, "process": process}


@pytest.mark.parametrize("name", KINDS)
def test_both_readings_of_every_value_are_the_textbook_limits(city: Build, name: str) -> None:
    rows = city.rows(
        "select variant_id, role, period::int, value, lower, upper, counted_lower, counted_upper, process_lower, "
        f"process_upper, interval_method from int_indicator__valued where indicator_id = '{name}' "
        "and role in ('programme', 'rest', 'city') and variant_id in ('core', 'half')"
    )
    assert len(rows) == 2 * 3 * len(YEARS)
    for variant, role, year, *found in rows:
        wanted = _expected(name, variant, role, year)
        process = wanted["process"] or (None, None)
        is_process = name not in ("counted", "measured")
        decides = wanted["process"] if is_process else wanted["counted"]
        figures = [wanted["value"], *decides, *wanted["counted"], *process]
        assert found[:-1] == [None if one is None else pytest.approx(one, rel=1e-9, abs=1e-9) for one in figures]
        method = {
            "rate": "byar_process",
            "beyond": "byar_process",
            "counted": "rounding_bound",
            "measured": "rounding_bound",
        }
        assert found[-1] == method.get(name, "wilson_process")


def test_what_was_counted_is_exact_where_the_publisher_rounds_nothing(city: Build) -> None:
    rows = city.rows(
        "select value, lower_as_counted, upper_as_counted, lower_as_process, upper_as_process from fct_indicator_value "
        "where indicator_id in ('tight', 'rare') and period < '2017' and value is not null"
    )
    assert len(rows) > 50
    assert all(low == value == high for value, low, high, *_ in rows)
    assert all(below < above for *_, below, above in rows)


def test_a_verdict_is_made_by_the_declared_reading_and_the_other_stands_beside(city: Build) -> None:
    """`tight` and `counted` are the same figures: what one says by the process the other says beside."""
    columns = "change_since_baseline, verdict_as_counted, verdict_as_process, relative_verdict_as_counted, has_differing_readings"
    key = "variant_id, comparator, period"
    found = {
        name: city.rows(
            f"select {key}, {columns}, verdict, deciding_reading from fct_development_gap "
            f"where indicator_id = '{name}' and verdict is not null order by all"
        )
        for name in ("tight", "counted")
    }
    assert [row[:8] for row in found["tight"]] == [row[:8] for row in found["counted"]]
    assert all(row[8] == row[5] and row[9] == "process" for row in found["tight"])
    assert all(row[8] == row[4] and row[9] == "counted" for row in found["counted"])
    assert {row[7] for row in found["tight"]} == {True, False}


def test_the_sheet_names_the_reading_and_its_reason(city: Build) -> None:
    sheets = {
        name: (reading, reason)
        for name, reading, reason in city.rows(
            "select indicator_id, deciding_reading, reading_reason_en from dim_indicator"
        )
    }
    assert sheets["tight"] == ("process", None)
    assert sheets["counted"] == ("counted", "because")
    assert sheets["measured"][0] == "counted"
    assert "Rounding alone decides" in sheets["measured"][1]


def test_units_that_are_not_counted_are_those_of_the_laws() -> None:
    """The macro and programmes/laws.py name the same units."""
    from pathlib import Path

    from programmes.laws import COUNT, LAWS

    macro = (Path(__file__).parents[2] / "dbt_project" / "macros" / "intervals.sql").read_text(encoding="utf-8")
    named = macro.split("macro is_countable")[1].split("endmacro")[0]
    missing = [unit for unit, law in LAWS.items() if (f"'{unit}'" in named) == (law is COUNT)]
    assert missing == []
