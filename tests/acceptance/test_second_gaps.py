"""Gap, family, dispersion and decomposition marts of the published sample equal a second computation.

recomputed_gaps.py computes them on the second computation of the values; every row and every column is met as
printed. The critical values of the seed are those of scipy.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from recomputed_gaps import Gaps
from scipy import stats

from release.layout import VarFolder

SEED = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "critical_value.csv"
YEARS = {"period", "baseline_period", "previous_period", "shock_period"}
# the marts sum squares in decimals of 18 digits: where areas grow alike to seven digits, five digits of t are left
RELATIVE = {"pitman_morgan_t": 1e-5, "beta_t": 1e-5, "beta_standard_error": 1e-5}
ABSOLUTE = {"coverage_pct": 1.01e-4, "half_life_years": 1.01e-4, "effect": 1e-9, "change": 1e-9}
PARTS = {"theil", "theil_between", "theil_within"}
MARTS: dict[str, tuple[tuple[str, ...], Callable[[Gaps], dict[tuple[Any, ...], dict[str, Any]]], set[str]]] = {
    "fct_development_gap": (
        ("indicator_id", "variant_id", "comparator", "baseline_id", "period"), lambda gaps: gaps.development, set(),
    ),
    "fct_gap_family": (("variant_id", "comparator", "baseline_id", "period"), lambda gaps: gaps.families, set()),
    "fct_harmonisation": (
        ("indicator_id", "area_level", "variant_id", "period"), lambda gaps: gaps.harmonisation, {"is_default_variant"},
    ),
    "fct_change_decomposition": (
        ("indicator_id", "variant_id", "role", "baseline_period", "period", "component"),
        lambda gaps: gaps.decomposition,
        {"change_unit"},
    ),
}  # fmt: skip


def printed(published: Path, mart: str, key: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows of a released mart by key; years as numbers."""
    with duckdb.connect(
        str(VarFolder("nordwaerts", published).current / "monitoring.duckdb"), read_only=True
    ) as connection:
        cursor = connection.execute(f"select * from {mart}")
        columns = [column[0] for column in cursor.description]
        rows = [
            {
                column: int(cell) if column in YEARS and cell is not None else cell
                for column, cell in zip(columns, row, strict=True)
            }
            for row in cursor.fetchall()
        ]
    found = {tuple(row.pop(column) for column in key): row for row in rows}
    assert len(found) == len(rows)
    return found


def agree(column: str, found: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(found, float):
        absolute = 1e-12 if column in PARTS else ABSOLUTE.get(column, 1.01e-6)
        return abs(found - wanted) <= max(absolute, RELATIVE.get(column, 1e-8) * abs(wanted))
    return bool(found == wanted)


@pytest.mark.parametrize("mart", MARTS)
def test_every_row_and_column_equals_the_second_computation(published: Path, gaps: Gaps, mart: str) -> None:
    key, compute, declared = MARTS[mart]
    found, wanted = printed(published, mart, key), compute(gaps)
    assert set(found) == set(wanted)
    compared = {column for row in wanted.values() for column in row if not column.startswith("_")}
    assert compared | declared | {"definition_version", "is_synthetic"} >= set(next(iter(found.values())))
    differing = [
        (one, column, row[column], wanted[one][column])
        for one, row in found.items()
        for column in compared
        if not agree(column, row[column], wanted[one][column])
    ]
    assert not differing, differing[:10]


def test_every_indicator_with_a_gap_is_in_the_marts(published: Path, gaps: Gaps) -> None:
    """All indicators of base level unterbezirk, in all variants, against all comparators, at all their baselines."""
    found = printed(published, *("fct_development_gap", MARTS["fct_development_gap"][0]))
    assert {key[0] for key in found} == set(gaps.indicators)
    assert len(gaps.indicators) >= 25
    for name, indicator in gaps.indicators.items():
        baselines = {key[3] for key in found if key[0] == name}
        assert indicator["baseline_id"] in baselines
        combinations = {key[1:3] for key in found if key[0] == name}
        assert len(combinations) == len(gaps.programmes) * (2 + len(gaps.comparisons))


def test_critical_values_are_those_of_scipy() -> None:
    with SEED.open(encoding="utf-8", newline="") as handle:
        rows = [
            (row["distribution"], int(row["parameter"]), float(row["critical_value"])) for row in csv.DictReader(handle)
        ]
    quantile = {
        "student_t_975": lambda df: stats.t.ppf(0.975, df),
        "normal_holm": lambda left: stats.norm.isf(0.025 / left),
    }
    assert {distribution for distribution, _, _ in rows} == set(quantile)
    for distribution in quantile:
        parameters = [parameter for name, parameter, _ in rows if name == distribution]
        assert parameters == list(range(1, len(parameters) + 1))
        assert len(parameters) >= 100
    for distribution, parameter, value in rows:
        assert value == pytest.approx(quantile[distribution](parameter), abs=1e-9), (distribution, parameter)
