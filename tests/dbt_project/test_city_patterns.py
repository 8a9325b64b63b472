"""No pattern of figures stops a build: what cannot be judged is null with its reason and costs its own row only.

Each pattern is an indicator of its own in one city, beside an ordinary one. A second build holds the ordinary one
alone; its rows must be the same in both.
"""

import math
import random
from typing import Any

import duckdb
import pytest
from dbt_run import Build, built_once
from landed_city import from_table
from made_up_worlds import CODES, YEARS, build_world, indicator, same_every_year

_CHANCE = random.Random(2018)
PEOPLE = {code: 900 + 37 * number for number, code in enumerate(CODES)}
ORDINARY = {(code, year): _CHANCE.randint(60, 300) for code in CODES for year in YEARS}
LEVEL = {code: 40 + 11 * number for number, code in enumerate(CODES)}
# by name of the indicator: figures of its numerator, and what is declared otherwise
PATTERNS: dict[str, tuple[dict[tuple[str, int], Any], dict[str, Any]]] = {
    "unchanged": (same_every_year(LEVEL), {}),
    "doubled": ({(code, year): LEVEL[code] * 2 ** (year - 2015) for code in CODES for year in YEARS}, {"scale": "ratio"}),
    "equal": (same_every_year({code: people / 10 for code, people in PEOPLE.items()}), {}),
    "equal_at_first": (ORDINARY | {(code, 2015): people / 10 for code, people in PEOPLE.items()}, {}),
    "equal_at_last": (ORDINARY | {(code, 2018): people / 10 for code, people in PEOPLE.items()}, {}),
    "zero": (same_every_year(dict.fromkeys(CODES, 0)), {}),
    "whole": (same_every_year(PEOPLE), {}),
    "beyond_whole": (same_every_year({code: 2 * people for code, people in PEOPLE.items()}), {}),
    "one_above_zero": (same_every_year(dict.fromkeys(CODES, 0) | {"03": 17}), {}),
    "one_area": ({("03", year): 17 + year - 2015 for year in YEARS}, {}),
    "two_areas": ({(code, year): 17 + year - 2015 for code in ("03", "09") for year in YEARS}, {}),
    "programme_only": ({(code, year): 17 + year - 2015 for code in CODES[:6] for year in YEARS}, {}),
    "rest_only": ({(code, year): 17 + year - 2015 for code in CODES[6:] for year in YEARS}, {}),
    "all_withheld": (same_every_year(dict.fromkeys(CODES)), {}),
    "withheld_at_last": (ORDINARY | {(code, 2018): None for code in CODES}, {}),
    "one_year": ({(code, 2015): 50 for code in CODES}, {}),
    "huge": (same_every_year(dict.fromkeys(CODES, 99999999999)), {"scale": "ratio"}),
    "tiny": (same_every_year({code: 0.00000001 * (number + 1) for number, code in enumerate(CODES)}), {"scale": "ratio"}),
    "negative": (same_every_year({code: -5 - number for number, code in enumerate(CODES)}), {"scale": "balance"}),
    "around_zero": ({(code, year): (-1) ** (int(code) + year) for code in CODES for year in YEARS}, {"scale": "balance"}),
    "no_denominator": (ORDINARY, {"denominator_measure_id": "nobody"}),
    "denominator_withheld": (ORDINARY, {"denominator_measure_id": "unknown"}),
    "published_pct": (
        {(code, year): number * 9 for number, code in enumerate(CODES) for year in YEARS},
        {"kind": "weighted_mean", "factor": 1},
    ),
    "neutral": (ORDINARY, {"polarity": "neutral"}),
}  # fmt: skip


def _world(made: Build, *names: str) -> None:
    measures = {"people": same_every_year(PEOPLE), "nobody": same_every_year(dict.fromkeys(CODES, 0)),
                "unknown": same_every_year(dict.fromkeys(CODES)), "ordinary": ORDINARY}  # fmt: skip
    measures |= {name: PATTERNS[name][0] for name in names}
    catalogue = [indicator("ordinary", "ordinary", is_headline=True)]
    catalogue += [indicator(name, name, **{"is_headline": False, **PATTERNS[name][1]}) for name in names]
    indices = [
        from_table(
            "programme__class_index",
            {"index_id": name, "period": str(year), "area_level": "unterbezirk", "population_measure_id": "people",
             "population_source_id": "statistics", "population_level": "unterbezirk", "minimum_population": 300},
            1,
        )
        for name in ("ordinary", *names)
        for year in YEARS
    ]  # fmt: skip
    components = [
        from_table(
            "programme__class_component",
            {"index_id": name, "dimension": dimension, "indicator_id": name, "change_over_years": years},
            1,
        )
        for name in ("ordinary", *names)
        for dimension, years in [("status", None), ("dynamics", 1)]
    ]
    build_world(made, catalogue, measures, programme__class_index=indices, programme__class_component=components)


@pytest.fixture(scope="module")
def patterns() -> Build:
    return built_once("patterns", lambda made: _world(made, *PATTERNS))


@pytest.fixture(scope="module")
def ordinary() -> Build:
    return built_once("ordinary", _world)


def _printed(build: Build, name: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of all marts about one indicator or its index."""
    with duckdb.connect(str(build.database), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where column_name in ('indicator_id', 'index_id') and starts_with(table_name, 'fct_')"
        ).fetchall()
        return {
            table: connection.execute(f"select * from {table} where {column} = '{name}' order by all").fetchall()
            for table, column in columns
        }


def test_every_double_is_a_number_or_null(patterns: Build) -> None:
    doubles = patterns.rows(
        "select table_name, column_name from duckdb_columns() where data_type = 'DOUBLE' and schema_name = 'main'"
    )
    assert len(doubles) > 100
    wrong = [
        (table, column)
        for table, column in doubles
        if patterns.rows(f"select count(*) from {table} where isnan({column}) or isinf({column})") != [(0,)]
    ]
    assert wrong == []


def test_a_pattern_costs_its_own_rows_only(patterns: Build, ordinary: Build) -> None:
    beside, alone = _printed(patterns, "ordinary"), _printed(ordinary, "ordinary")
    assert set(beside) == set(alone)
    assert sum(len(rows) for rows in alone.values()) > 150
    for table, rows in alone.items():
        assert beside[table] == rows, table


def test_every_pattern_has_its_rows(patterns: Build) -> None:
    for name in PATTERNS:
        printed = _printed(patterns, name)
        assert printed["fct_indicator_value"], name


@pytest.mark.parametrize(
    ("name", "period", "reason"),
    [
        ("unchanged", 2016, "exactly_linear"),
        ("doubled", 2017, "exactly_linear"),
        ("equal", 2016, "no_variation"),
        ("equal_at_first", 2016, "no_variation"),
        ("equal_at_last", 2018, "exactly_linear"),
        ("tiny", 2016, "exactly_linear"),
        ("ordinary", 2016, None),
    ],
)
def test_a_test_of_convergence_that_cannot_be_made_says_why(
    patterns: Build, name: str, period: int, reason: str | None
) -> None:
    [(found, allowed, t, beta_t, verdict)] = patterns.rows(
        "select inference_refused_reason, is_inference_allowed, pitman_morgan_t, beta_t, sigma_verdict "
        f"from fct_harmonisation where indicator_id = '{name}' and period = '{period}' and area_level = 'unterbezirk' "
        "and variant_id = 'core'"
    )
    assert (found, allowed) == (reason, reason is None)
    assert (t is None, beta_t is None) == (reason is not None,) * 2
    assert verdict in ("undecidable", "converged", "diverged")
    assert reason is None or verdict == "undecidable"
    assert t is None or math.isfinite(t)


def test_a_verdict_without_limits_is_undecidable_and_says_why(patterns: Build) -> None:
    without = patterns.rows(
        "select count(*) from fct_development_gap where (verdict = 'undecidable') <> (undecidable_reason is not null) "
        "and indicator_id <> 'neutral'"
    )
    assert without == [(0,)]
