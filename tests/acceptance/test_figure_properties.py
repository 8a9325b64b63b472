"""What must hold between figures of the published sample whatever they are: sums over levels, parts and effects.

Read from the models' own unrounded tables, so that no rounding of a mart hides or makes a difference.
"""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recomputed_gaps import Gaps
from recomputed_values import Recomputed

from release.layout import VarFolder

Query = Callable[[str], list[tuple[Any, ...]]]
SUMS = ("numerator", "denominator", "known_denominator", "known_count", "member_count")
# each step sums the areas of the finer level to their parents; all of them end at the city
STEPS = [
    ("unterbezirk", "statistischer_bezirk"),
    ("statistischer_bezirk", "stadtbezirk"),
    ("stadtbezirk", "city"),
    ("unterbezirk", "publikationseinheit"),
    ("publikationseinheit", "stadtbezirk"),
    ("unterbezirk", "sozialraum"),
]


@pytest.fixture(scope="module")
def query(published: Path) -> Query:
    """All rows of a query on the build database of the published refresh."""
    database = str(VarFolder("nordwaerts", published).build / "monitoring.duckdb")

    def run(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(database, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return run


@pytest.mark.parametrize(("fine", "coarse"), STEPS, ids=lambda level: level)
def test_sums_are_associative_over_levels(query: Query, recomputed: Recomputed, fine: str, coarse: str) -> None:
    """Unrounded numerators and denominators of the finer level sum to those of the coarser one, to the last digit."""
    declared = recomputed.declared
    parent = {
        area: next(one for one in declared.above(area) if declared.level(one) == coarse)
        for area in recomputed.base_areas(fine)
        if any(declared.level(one) == coarse for one in declared.above(area))
    }
    assert set(parent.values()) == set(recomputed.base_areas(coarse))
    if coarse != "sozialraum":  # some Unterbezirke lie in none
        assert set(parent) == set(recomputed.base_areas(fine))
    figures = {
        (name, period, area): sums
        for name, period, area, *sums in query(
            f"select indicator_id, period, reference_area_id, {', '.join(SUMS)} from int_indicator__aggregated "
            "inner join int_indicator__sourced using (indicator_id, definition_version) where base_level = 'unterbezirk'"
        )
    }
    wanted: dict[tuple[str, str, str], list[Any]] = {}
    for (name, period, area), sums in figures.items():
        if area in parent:
            held = wanted.setdefault((name, period, parent[area]), [Decimal(0)] * len(SUMS))
            wanted[name, period, parent[area]] = [one + (other or 0) for one, other in zip(held, sums, strict=True)]
    coarse_figures = {
        key: [one or Decimal(0) for one in sums] for key, sums in figures.items() if key[2] in set(parent.values())
    }
    assert len(wanted) > 250
    assert coarse_figures == wanted


def test_programme_and_rest_partition_the_city_in_every_variant(query: Query, gaps: Gaps) -> None:
    rows = query(
        "select indicator_id, period, split_part(reference_area_id, '/', 1), split_part(reference_area_id, '/', 2), "
        f"{', '.join(SUMS)} from int_indicator__aggregated where reference_area_id like '%/%' or reference_area_id like 'city-%'"
    )
    city = {(name, period): sums for name, period, area, role, *sums in rows if not role}
    parts: dict[tuple[str, str, str], list[Any]] = {}
    for name, period, variant, role, *sums in rows:
        if role in ("programme", "rest"):
            held = parts.get((name, period, variant), [Decimal(0)] * len(SUMS))
            parts[name, period, variant] = [one + (other or 0) for one, other in zip(held, sums, strict=True)]
    assert {key[2] for key in parts} == set(gaps.programmes)
    assert {key[0] for key in parts} == set(gaps.indicators)
    for (name, period, variant), sums in parts.items():
        assert sums == [one or 0 for one in city[name, period]], (name, period, variant)


def test_weights_of_every_base_area_sum_to_one(query: Query, gaps: Gaps) -> None:
    rows = query(
        "select variant_id, area_id, sum(weight) from int_area_set__expanded where role in ('programme', 'rest') group by all"
    )
    assert len(rows) == 170 * len(gaps.programmes)
    assert {total for _, _, total in rows} == {Decimal(1)}


def test_a_missing_value_is_never_a_zero(query: Query, recomputed: Recomputed) -> None:
    """Whatever was not delivered has no value, no limit and no change anywhere; a true zero keeps its zero."""
    [(wrong,)] = query(
        "select count(*) from int_indicator__valued where (value is null) "
        "<> (status in ('suppressed', 'missing', 'incomplete')) or (value is null and (lower is not null or upper is not null))"
    )
    assert wrong == 0
    holes = [
        (measure, area, period)
        for (_, measure, _), cells in recomputed.landed.figures.items()
        for (area, period), cell in cells.items()
        if cell.value is None
    ]
    assert len(holes) > 50
    empty = {
        (row[0], row[1], int(row[2])): row[3:]
        for row in query(
            "select measures.measure_id, measures.area_id, measures.period, measures.value, count(*), count(valued.value) "
            "from int_measure__unioned as measures "
            "inner join int_indicator__sourced as sourced on measures.measure_id in "
            "(sourced.numerator_measure_id, sourced.subtracted_measure_id, sourced.denominator_measure_id) "
            "inner join int_indicator__valued as valued using (indicator_id, definition_version, area_id, period) "
            "where measures.value is null and valued.area_kind = 'area' group by all"
        )
    }
    assert set(empty) == set(holes)
    assert {(value, valued) for value, _, valued in empty.values()} == {(None, 0)}
    [(zeros,)] = query(
        "select count(*) from int_indicator__valued where value = 0 and status = 'final' and numerator = 0"
    )
    assert zeros > 100


def test_theil_parts_sum_to_theil(query: Query) -> None:
    rows = query("select theil, theil_between, theil_within from fct_harmonisation where theil_between is not null")
    assert len(rows) > 500
    assert max(abs(whole - between - within) for whole, between, within in rows) < 1e-12


def test_effects_sum_to_the_change(query: Query) -> None:
    rows = query(
        "select sum(effect::decimal(38, 14)) - max(change)::decimal(38, 14), count(*) from fct_change_decomposition "
        "group by indicator_id, variant_id, role, baseline_period, period"
    )
    assert len(rows) > 2000
    assert max(abs(residual) for residual, _ in rows) < Decimal("1e-12")
    assert {count for _, count in rows} == {3, 4}
    [(unexplained,)] = query(
        "select max(abs(effect)) from fct_change_decomposition where component = 'not_observed' "
        "and indicator_id in ('unemployed_pct', 'sgb2_pct', 'children_in_sgb2_pct', 'living_space_m2_per_inhabitant')"
    )
    assert unexplained < 1e-9  # every area was delivered in both periods: nothing may be left over


@given(
    st.lists(
        st.tuples(*[st.integers(0, 10**6)] * 4, st.integers(0, 4)).filter(lambda one: one[1] and one[3]),
        min_size=1,
        max_size=12,
    )
)
def test_effects_of_the_second_computation_sum_to_the_change(cells: list[tuple[int, ...]]) -> None:
    """The proof stands on its own feet: for any areas and weights its effects sum to the change of the rate."""
    n0, d0, n1, d1, quarters = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    weights = quarters / 4
    effects = Gaps._effects(weights, n0[:, None], d0[:, None], n1[:, None], d1[:, None], 100.0)
    if not weights.any():
        assert effects == {}
        return
    change = 100 * (weights @ n1 / (weights @ d1) - weights @ n0 / (weights @ d0))
    assert sum(effects[one] for one in ("share", "age", "rate")) == pytest.approx(change, rel=1e-9, abs=1e-6)
    assert effects["age"] == 0
