"""A blocking break breaks everything that compares two periods, in all marts, and nothing that does not.

`broken` is counted otherwise from 2017 on, `early` from 2014 on, before the programme and its baseline; `whole` has the
same figures and no break.
"""

import random
from typing import Any

import pytest
from dbt_run import Build, built_once
from landed_city import from_table
from made_up_worlds import CODES, build_world, indicator

YEARS = range(2012, 2019)
NAMES = ("whole", "broken", "early")


def _world(made: Build) -> None:
    chance = random.Random(1234)
    people = {(code, year): chance.randint(2000, 4000) for code in CODES for year in YEARS}
    cases = {key: round(number * chance.uniform(0.05, 0.2)) for key, number in people.items()}
    breaks = [
        from_table(
            "programme__break",
            {"break_id": name, "indicator_id": name, "period": year, "kind": "definition", "severity": "blocking", "added_tolerance": 0},
            1,
        )
        for name, year in (("broken", 2017), ("early", 2014))
    ]  # fmt: skip
    indices = [
        from_table(
            "programme__class_index",
            {"index_id": name, "period": str(year), "area_level": "unterbezirk", "population_measure_id": "people",
             "population_source_id": "statistics", "population_level": "unterbezirk", "minimum_population": 300,
             "frozen_period": frozen},
            1,
        )
        for suffix, frozen in (("", None), ("_frozen", "2016"))
        for name in (f"{one}{suffix}" for one in NAMES)
        for year in (2016, 2017, 2018)
    ]  # fmt: skip
    components = [
        from_table(
            "programme__class_component",
            {"index_id": name + suffix, "dimension": dimension, "indicator_id": name, "change_over_years": years},
            1,
        )
        for suffix in ("", "_frozen")
        for name in NAMES
        for dimension, years in [("status", None), ("dynamics", None if suffix else 1)]
    ]
    build_world(
        made,
        [indicator(name, "cases") for name in NAMES],
        {"people": people, "cases": cases},
        programme__break=breaks,
        programme__class_index=indices,
        programme__class_component=components,
    )


@pytest.fixture(scope="module")
def city() -> Build:
    return built_once("broken_city", _world)


def _by_name(city: Build, sql: str) -> dict[str, list[Any]]:
    """Years by indicator, of a query for both."""
    found: dict[str, list[Any]] = {name: [] for name in NAMES}
    for name, year in city.rows(f"{sql} order by all"):
        found[name].append(int(year))
    return found


def test_no_gap_is_compared_across_a_break(city: Build) -> None:
    where = "from fct_development_gap where variant_id = 'core' and comparator = 'rest' and"
    changed = _by_name(city, f"select indicator_id, period {where} change_since_baseline is not null")
    assert changed == {"whole": [2016, 2017, 2018], "broken": [2016], "early": [2016, 2017, 2018]}
    stepped = _by_name(city, f"select indicator_id, period {where} change_since_previous is not null")
    assert stepped == {
        "whole": [2013, 2014, 2015, 2016, 2017, 2018],
        "broken": [2013, 2014, 2015, 2016, 2018],
        "early": [2013, 2015, 2016, 2017, 2018],
    }
    reasons = city.rows(
        f"select distinct verdict, undecidable_reason {where} indicator_id = 'broken' and period > '2016'"
    )
    assert reasons == [("undecidable", "blocking_break")]
    weighted = _by_name(city, f"select indicator_id, period {where} change_at_later_weights is not null")
    assert weighted == changed


def test_the_trend_before_the_programme_ends_at_a_break(city: Build) -> None:
    trends = dict(
        city.rows(
            "select distinct indicator_id, pre_period_trend_per_year from fct_development_gap "
            "where variant_id = 'core' and comparator = 'rest'"
        )
    )
    assert trends["whole"] == trends["broken"]
    assert trends["whole"] is not None
    assert trends["early"] is None  # of three years before the programme only one is left


def test_no_change_across_a_break_is_taken_apart(city: Build) -> None:
    taken = _by_name(
        city, "select distinct indicator_id, period from fct_change_decomposition where variant_id = 'core'"
    )
    assert taken == {"whole": [2016, 2017, 2018], "broken": [2016], "early": [2016, 2017, 2018]}


def test_no_convergence_across_a_break(city: Build) -> None:
    tested = _by_name(
        city,
        "select distinct indicator_id, period from fct_harmonisation where sigma_verdict is not null "
        "and area_level = 'unterbezirk'",
    )
    assert tested == {"whole": [2016, 2017, 2018], "broken": [2016], "early": [2016, 2017, 2018]}


def test_dynamics_across_a_break_have_no_class_and_say_why(city: Build) -> None:
    found = city.rows(
        "select distinct index_id, period::int, reason_code from fct_area_class where index_id in ('whole', 'broken') order by all"
    )
    assert found == [
        ("broken", 2016, None), ("broken", 2017, "not_comparable"), ("broken", 2018, None),
        ("whole", 2016, None), ("whole", 2017, None), ("whole", 2018, None),
    ]  # fmt: skip


def test_no_index_against_a_frozen_period_before_a_break(city: Build) -> None:
    found = city.rows(
        "select distinct index_id, period::int, reason_code from fct_area_class "
        "where index_id in ('whole_frozen', 'broken_frozen') and period > '2016' order by all"
    )
    assert found == [
        ("broken_frozen", 2017, "not_standardisable"), ("broken_frozen", 2018, "not_standardisable"),
        ("whole_frozen", 2017, None), ("whole_frozen", 2018, None),
    ]  # fmt: skip
