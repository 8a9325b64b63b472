"""Withheld is not absent: taking a figure away never makes a verdict, and areas without people or in another order change none.

The same world is built as it is, with single figures withheld, with a constant area without people on both sides, and with
areas of a side, years and delivered rows in another order.
"""

import random
from typing import Any

import pytest
from dbt_run import Build, built_once
from made_up_worlds import CODES, YEARS, build_world, indicator

NUMBERS = range(16)
# Each quarter takes the place of another on its side of every variant; the last two years change places.
PLACES = dict(zip(CODES, ("01", "03", "04", "05", "02", "06", "08", "09", "10", "07", "12", "11"), strict=True))
EXCHANGED = {2017: 2018, 2018: 2017}
WORDS = ("verdict", "distance_verdict", "relative_verdict", "verdict_as_counted", "verdict_as_process")


def _figures() -> dict[str, dict[tuple[str, int], Any]]:
    chance = random.Random(61)
    people = {(code, year): chance.randint(2000, 4000) for code in CODES for year in YEARS}
    people |= {("12", year): 60 for year in YEARS}  # small enough to be left out of a sum that is still shown
    figures: dict[str, dict[tuple[str, int], Any]] = {"people": people}
    for number in NUMBERS:
        level = {code: chance.uniform(0.02, 0.3) for code in CODES}
        drift = {code: chance.uniform(0.97, 1.02 + 0.05 * (number % 4)) for code in CODES}
        figures[f"cases_{number}"] = {
            (code, year): round(count * min(level[code] * drift[code] ** (year - 2015), 0.99))
            for (code, year), count in people.items()
        }
    return figures


def _world(made: Build, change: str) -> None:
    figures, codes = _figures(), list(CODES)
    catalogue = [indicator(f"share-{number}", f"cases_{number}", is_headline=True) for number in NUMBERS]
    if change == "withheld":
        for number in NUMBERS:  # a small area, a large one, the baseline, one part of the city
            code, year = [("12", 2017), ("03", 2016), ("12", 2015), ("01", 2018)][number % 4]
            figures[f"cases_{number}"][code, year] = None
    if change == "empty":
        codes += ["91", "92"]  # one in each district
        for measure in figures.values():
            measure.update({(code, year): 0 for code in ("91", "92") for year in YEARS})
    if change == "permuted":
        figures = {
            name: {(PLACES[code], EXCHANGED.get(year, year)): cell for (code, year), cell in reversed(cells.items())}
            for name, cells in reversed(figures.items())
        }
    build_world(made, catalogue, figures, codes)


def _built(change: str) -> Build:
    return built_once(f"withheld_{change}", lambda made: _world(made, change))


@pytest.fixture(scope="module")
def whole() -> Build:
    return _built("whole")


@pytest.fixture(scope="module")
def withheld() -> Build:
    return _built("withheld")


@pytest.fixture(scope="module")
def with_empty_areas() -> Build:
    return _built("empty")


@pytest.fixture(scope="module")
def permuted() -> Build:
    return _built("permuted")


def _gaps(build: Build, columns: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    key = "indicator_id, variant_id, comparator, baseline_id, period"
    return {tuple(row[:5]): tuple(row[5:]) for row in build.rows(f"select {key}, {columns} from fct_development_gap")}


def test_withholding_never_decides_a_gap(whole: Build, withheld: Build) -> None:
    columns = ", ".join(WORDS) + ", is_widened_adjusted, is_not_widened"
    before, after = _gaps(whole, columns), _gaps(withheld, columns)
    made = [
        (key, one, other)
        for key, row in after.items()
        for one, other in zip(before[key][:5], row[:5], strict=True)
        if one == "undecidable" and other not in ("undecidable", None)
    ]
    assert made == []
    lost = [
        key for key, row in after.items() if before[key][0] not in ("undecidable", None) and row[0] == "undecidable"
    ]
    assert len(lost) > 20
    assert not [key for key, row in after.items() if row[5] and not before[key][5]]
    assert not [key for key, row in after.items() if row[6] and not before[key][6]]


def test_a_sum_without_a_withheld_figure_stands_without_limits_and_says_why(withheld: Build) -> None:
    rows = withheld.rows(
        "select value, lower, upper, coverage_pct from fct_indicator_value where indicator_id = 'share-0' "
        "and period = '2017' and role in ('rest', 'city') and territory = 'today' and variant_id = 'core'"
    )
    assert len(rows) == 2
    assert all(
        value is not None and (low, high) == (None, None) and coverage < 100 for value, low, high, coverage in rows
    )
    reasons = withheld.rows(
        "select distinct undecidable_reason, relative_undecidable_reason from fct_development_gap "
        "where indicator_id = 'share-0' and period = '2017' and comparator = 'rest' and variant_id = 'core'"
    )
    assert reasons == [("withheld", "withheld")]


def test_withholding_never_decides_convergence(whole: Build, withheld: Build) -> None:
    sql = "select indicator_id, area_level, period, variant_id, sigma_verdict, inference_refused_reason from fct_harmonisation"
    before = {tuple(row[:4]): row[4:] for row in whole.rows(sql)}
    after = {tuple(row[:4]): row[4:] for row in withheld.rows(sql)}
    assert not [key for key, row in after.items() if row[0] in ("converged", "diverged") and before[key][0] != row[0]]
    assert {row[1] for row in after.values()} >= {"withheld_values", None}


def test_a_constant_area_without_people_on_both_sides_changes_no_verdict(whole: Build, with_empty_areas: Build) -> None:
    columns = ", ".join(WORDS) + ", undecidable_reason, is_verdict_stable, is_widened_adjusted, change_since_baseline"
    before, after = _gaps(whole, columns), _gaps(with_empty_areas, columns)
    assert before == after
    sql = (
        "select indicator_id, area_level, period, variant_id, sigma_verdict, inference_refused_reason, sigma, theil "
        "from fct_harmonisation order by all"
    )
    assert whole.rows(sql) == with_empty_areas.rows(sql)


def _judged(build: Build, table: str, key: str, columns: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Figures and verdicts by the keys of a row, the period last."""
    size = len(key.split(","))
    return {tuple(row[:size]): tuple(row[size:]) for row in build.rows(f"select {key}, {columns} from {table}")}


@pytest.mark.parametrize(
    ("table", "key", "columns"),
    [
        (
            "fct_development_gap",
            "indicator_id, variant_id, comparator, baseline_id, period",
            "gap_absolute, gap_lower, gap_upper, change_since_baseline, change_lower, change_upper, relative_tipping_margin, margin, "
            + ", ".join(WORDS),
        ),
        (
            "fct_harmonisation",
            "indicator_id, area_level, variant_id, period",
            "weighted_mean, theil, sigma, sigma_change_pct, sigma_change_lower_pct, pitman_morgan_t, beta_total, sigma_verdict",
        ),
    ],
)
def test_areas_years_and_rows_in_another_order_change_nothing(
    whole: Build, permuted: Build, table: str, key: str, columns: str
) -> None:
    before, after = _judged(whole, table, key, columns), _judged(permuted, table, key, columns)
    years = {str(year): str(other) for year, other in EXCHANGED.items()}
    expected = {(*row[:-1], years.get(row[-1], row[-1])): figures for row, figures in before.items()}
    assert after == expected
    verdicts = {figures[-1] for figures in expected.values()}
    assert len(verdicts) > 2, "worlds that all say the same prove little"


def test_stability_of_a_part_is_its_own(whole: Build) -> None:
    """`single` is a part of the programme area: one baseline, two weightings, and nothing of the other variants."""
    rows = whole.rows(
        "select indicator_id, comparator, period, variant_id, verdict, is_verdict_stable from fct_development_gap "
        "where verdict is not null and comparator = 'rest'"
    )
    found: dict[tuple[str, str], dict[str, tuple[str, bool]]] = {}
    for name, _, period, variant, verdict, stable in rows:
        found.setdefault((name, period), {})[variant] = (verdict, stable)
    assert all(sides["core"][1] == sides["half"][1] for sides in found.values())
    assert any(sides["single"][1] != sides["core"][1] for sides in found.values())


def test_copies_are_told_by_their_values() -> None:
    """Six pairs of quarters with the same figures, and no publication unit declared: nothing is tested."""
    figures = _figures()
    for measure in figures.values():
        for number in range(0, 12, 2):
            for year in YEARS:
                measure[CODES[number + 1], year] = measure[CODES[number], year]
    catalogue = [indicator("share-1", "cases_1")]
    copied = built_once("copied_pairs", lambda made: build_world(made, catalogue, figures))
    rows = copied.rows(
        "select distinct pair_count, distinct_pair_count, inference_refused_reason, sigma_verdict from fct_harmonisation "
        "where period > '2015' and area_level = 'unterbezirk'"
    )
    assert rows == [(12, 6, "copied_values", "undecidable")]
