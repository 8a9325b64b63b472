"""Every indicator value of the published sample equals a second computation in another language and shape.

recomputed_values.py computes from landed rows and declarations; here its figures meet the unrounded ones of
the models to 1e-9 and the printed ones of the mart to their digits. No indicator and no row is left out.
"""

from typing import Any

import duckdb
import pytest
from recomputed_values import Recomputed, rnd

from release.layout import VarFolder

READINGS = ["counted_lower", "counted_upper", "process_lower", "process_upper"]
FIGURES = ["value", "lower", "upper", "numerator", "denominator", "effective_n", "coverage_pct"]
EXACT = [
    "interval_method", "n", "is_full_count", "symbol", "status", "reference_on", "member_count", "expected_member_count",
]  # fmt: skip
KEY = "indicator_id, area_id, variant_id, role, period::int"


def rows(published: Any, table: str, columns: list[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows of a table of the build database by (indicator, target, period)."""
    with duckdb.connect(
        str(VarFolder("nordwaerts", published).build / "monitoring.duckdb"), read_only=True
    ) as connection:
        found = connection.execute(f"select {KEY}, {', '.join(columns)} from {table}").fetchall()
    keyed = {(row[0], row[1:4], row[4]): dict(zip(columns, row[5:], strict=True)) for row in found}
    assert len(keyed) == len(found)
    return keyed


@pytest.fixture(scope="module")
def valued(published: Any) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Unrounded figures of the models: aggregated ones, and single ones of kind `level`."""
    level = rows(published, "(select *, null as variant_id, null as role from int_indicator__level)", FIGURES[:3])
    return rows(published, "int_indicator__valued", FIGURES + READINGS + EXACT) | level


def same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return abs(float(one) - float(other)) <= 1e-9 * max(abs(float(one)), 1e-3)


def test_no_indicator_is_left_out(recomputed: Recomputed, valued: dict[tuple[Any, ...], Any]) -> None:
    declared = {indicator["indicator_id"] for indicator in recomputed.declared.indicators}
    assert len(declared) >= 40
    assert {key[0] for key in recomputed.values} == {key[0] for key in valued} == declared
    for indicator in declared:
        assert any(figures["value"] is not None for key, figures in recomputed.values.items() if key[0] == indicator)


def test_every_unrounded_figure_equals_the_second_computation(
    recomputed: Recomputed, valued: dict[tuple[Any, ...], dict[str, Any]]
) -> None:
    assert set(valued) == set(recomputed.values)
    differing = [
        (key, column, figures[column], recomputed.values[key][column])
        for key, figures in valued.items()
        for column in figures
        if (
            not same(figures[column], recomputed.values[key][column])
            if column in FIGURES + READINGS
            else figures[column] != recomputed.values[key][column]
        )
    ]
    assert not differing, differing[:10]


def test_every_printed_figure_is_the_rounded_second_computation(published: Any, recomputed: Recomputed) -> None:
    mart = "(select *, lower_as_counted as counted_lower, upper_as_counted as counted_upper, "
    mart += "lower_as_process as process_lower, upper_as_process as process_upper from fct_indicator_value)"
    printed = rows(published, mart, FIGURES + READINGS + EXACT)
    assert set(printed) == set(recomputed.values)
    digits = dict.fromkeys(FIGURES + READINGS, 6) | {"effective_n": 4, "coverage_pct": 4}
    differing = []
    for key, figures in printed.items():
        expected = recomputed.values[key]
        differing += [(key, column) for column in EXACT if figures[column] != expected[column]]
        for column in FIGURES + READINGS:
            found, wanted = figures[column], rnd(expected[column], digits[column])
            # a tie may fall to either side: the last printed digit may differ by one
            if (found is None) != (wanted is None) or (
                found is not None and abs(float(found) - wanted) > 1.01 * 10 ** -digits[column]
            ):
                differing.append((key, column, found, wanted))
    assert not differing, differing[:10]


def test_rules_that_hide_a_value_occur(recomputed: Recomputed) -> None:
    """The comparison above would prove little if no cell were suppressed, empty or short of coverage."""
    statuses = [figures["status"] for figures in recomputed.values.values()]
    for status in ("suppressed", "incomplete", "missing", "revised", "provisional", "final"):
        assert status in statuses
    short = [f["coverage_pct"] for f in recomputed.values.values() if f["status"] == "incomplete"]
    assert all(coverage < 95 for coverage in short)
    assert any(95 <= figures["coverage_pct"] < 100 for figures in recomputed.values.values())
