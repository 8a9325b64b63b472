"""Every figure of fct_sentiment of the published sample, computed a second time with numpy from the landed cases.

Weighted shares and means, Kish's and the linearised effective n, Wilson, MOVER, critical differences: written
from the papers the YAML names, case by case, not from the sums of the models. Only which Unterbezirke belong
to an area set is taken from the mart. The half-widths of designs with equal weights are those of textbooks.
"""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from release.layout import VarFolder

Z = 1.959963984540054
POWER = 2.801585218
OUTCOMES = {"improve": "optimists", "unchanged": "unchanged", "worsen": "pessimists"}
FIGURES = ["value", "lower", "upper", "effective_n"]
CHANGES = ["change", "lower", "upper", "critical_difference", "smallest_detectable_change"]


def wilson(share: float, n: float) -> tuple[float, float]:
    """Both limits as the roots of (p - share)^2 = z^2 p (1 - p) / n."""
    roots = np.roots([1 + Z**2 / n, -(2 * share + Z**2 / n), share**2])
    return float(min(roots.real)), float(max(roots.real))


def estimate(weights: np.ndarray, scores: np.ndarray, is_grade: bool) -> dict[str, float]:
    """Mean with limits, effective n and standard error of cases; shares in per cent."""
    n, total = len(weights), weights.sum()
    mean = float(weights @ scores / total)
    linearised = n / (n - 1) * float(np.sum((weights * (scores - mean)) ** 2)) / total**2
    kish = float(total**2 / np.sum(weights**2))
    if is_grade:
        error = linearised**0.5
        return {
            "value": mean, "lower": mean - Z * error, "upper": mean + Z * error, "effective_n": kish, "error": error
        }  # fmt: skip
    effective = min(kish, mean * (1 - mean) / linearised) if linearised > 0 else kish
    lower, upper = wilson(mean, effective)
    error = (mean * (1 - mean) / effective) ** 0.5
    shown = {"value": mean, "lower": lower, "upper": upper, "error": error}
    return {name: 100 * figure for name, figure in shown.items()} | {"effective_n": effective}


def change(later: dict[str, float], earlier: dict[str, float]) -> dict[str, float]:
    """Difference of two independent estimates with limits from theirs."""
    difference = later["value"] - earlier["value"]
    down = np.hypot(later["value"] - later["lower"], earlier["upper"] - earlier["value"])
    up = np.hypot(later["upper"] - later["value"], earlier["value"] - earlier["lower"])
    error = np.hypot(later["error"], earlier["error"])
    return {
        "change": difference,
        "lower": difference - down,
        "upper": difference + up,
        "critical_difference": Z * error,
        "smallest_detectable_change": POWER * error,
    }


@pytest.fixture(scope="module")
def release(published: Path) -> Any:
    with duckdb.connect(
        str(VarFolder("nordwaerts", published).current / "monitoring.duckdb"), read_only=True
    ) as connection:
        yield connection


@pytest.fixture(scope="module")
def members(release: Any) -> dict[tuple[Any, ...], dict[str, float]]:
    """Weight of every Unterbezirk in every target that may be shown: (area_id, variant, role) → area → weight."""
    parents = dict(release.execute("select area_id, parent_id from dim_area").fetchall())
    found: dict[tuple[Any, ...], dict[str, float]] = {}
    for area in parents:
        ancestor = area
        while ancestor is not None:
            if ancestor.startswith(("city-", "stadtbezirk-")):
                found.setdefault((ancestor, None, None), {})[area] = 1.0
            ancestor = parents[ancestor]
    for variant, role, area, weight in release.execute(
        "select variant_id, role, area_id, weight from bridge_area_set where area_level = 'unterbezirk'"
    ).fetchall():
        found.setdefault((None, variant, role), {})[area] = float(weight)
    return found


@pytest.fixture(scope="module")
def expected(published: Path, members: dict[tuple[Any, ...], dict[str, float]]) -> dict[tuple[Any, ...], Any]:
    """Estimates by (period, item, outcome, area, variant, role), and n alone below thirty answers."""
    landed = VarFolder("nordwaerts", published).landed / "survey_case" / "*.parquet"
    cases = duckdb.sql(f"select period, item_id, area_id, answer, weight::double from '{landed}'").fetchall()
    asked: dict[tuple[str, str, str], list[tuple[str, float]]] = {}
    for period, item, area, answer, weight in cases:
        if answer in {*OUTCOMES, "1", "2", "3", "4", "5", "6"}:
            asked.setdefault((period, item, area), []).append((answer, weight))
    found: dict[tuple[Any, ...], Any] = {}
    for period, item in {key[:2] for key in asked}:
        for target, weights_of in members.items():
            chosen = [
                (answer, weight * share)
                for area, share in weights_of.items()
                for answer, weight in asked.get((period, item, area), [])
            ]
            if not chosen:
                continue
            answers, weights = np.array([a for a, _ in chosen]), np.array([w for _, w in chosen])
            is_grade = item.endswith("_grade")
            for answer, outcome in {"": "grade"}.items() if is_grade else OUTCOMES.items():
                scores = answers.astype(float) if is_grade else (answers == answer).astype(float)
                figures = estimate(weights, scores, is_grade) if len(answers) >= 30 else None
                found[(period, item, outcome, *target)] = (len(answers), figures)
    return found


def test_every_figure_equals_the_second_computation(release: Any, expected: dict[tuple[Any, ...], Any]) -> None:
    rows = release.execute(
        f"select period, item_id, outcome, area_id, variant_id, role, n, status, {', '.join(FIGURES)} from fct_sentiment"
    ).fetchall()
    assert {row[:6] for row in rows} == set(expected)
    assert {row[7] for row in rows} >= {"final"}
    for *key, n, status, value, lower, upper, effective in rows:
        count, figures = expected[tuple(key)]
        assert n == count, key
        assert status == ("suppressed" if figures is None else "final"), key
        if figures is None:
            assert (value, lower, upper, effective) == (None, None, None, None), key
        else:
            assert (value, lower, upper) == pytest.approx([figures[name] for name in FIGURES[:3]], abs=1e-6), key
            assert effective == pytest.approx(figures["effective_n"], abs=1e-4), key


@pytest.mark.parametrize(("base", "suffix"), [("previous", "from_previous"), ("baseline", "since_baseline")])
def test_every_change_equals_the_second_computation(
    release: Any, expected: dict[tuple[Any, ...], Any], base: str, suffix: str
) -> None:
    change_columns = [f"change_{suffix}{limit}" for limit in ("", "_lower", "_upper")]
    columns = change_columns + [f"{column}_{suffix}" for column in CHANGES[3:]]
    rows = release.execute(
        "select period, item_id, outcome, area_id, variant_id, role, change_unit, "
        f"{base}_period, {', '.join(columns)} from fct_sentiment"
    ).fetchall()
    compared = 0
    for period, *key, unit, before, moved, lower, upper, critical, detectable in rows:
        waves = sorted(wave for wave, *others in expected if others == key and wave < period)
        named = {"previous": waves[-1] if waves else None, "baseline": "2015" if "2015" in waves else None}
        assert before == named[base], (period, key)
        assert unit == ("grade_1_to_6" if key[1] == "grade" else "pp")
        later, earlier = expected[(period, *key)][1], expected[(before, *key)][1] if before else None
        if later is None or earlier is None:
            assert (moved, lower, upper, critical, detectable) == (None,) * 5, (period, key)
            continue
        figures = change(later, earlier)
        assert (moved, lower, upper, critical, detectable) == pytest.approx(
            [figures[name] for name in CHANGES], abs=1e-6
        ), (period, key)
        compared += 1
    assert compared > 500


def test_sentiment_and_the_survey_indicators_tell_the_same(release: Any) -> None:
    """Same shares and grades, same limits, same answers, wherever both marts show a figure."""
    pairs = {
        f"{place}_{outcome}_pct": (f"{place}_outlook", outcome)
        for place in ("city", "neighbourhood")
        for outcome in ("optimists", "pessimists")
    } | {
        "neighbourhood_satisfaction_grade": ("neighbourhood_grade", "grade"),
        "city_quality_of_life_grade": ("city_grade", "grade"),
    }
    for indicator, (item, outcome) in pairs.items():
        found = release.execute(
            """
            select count(*), count(v.value), count(*) filter (where s.item_id is null), count(*) filter (
                where (v.value, v.lower, v.upper, v.n, v.effective_n, v.status)
                is distinct from (s.value, s.lower, s.upper, s.n, s.effective_n, s.status)
            )
            from fct_indicator_value v
            left join fct_sentiment s
                on s.item_id = ? and s.outcome = ? and s.period = v.period and s.area_kind = v.area_kind
                and s.area_id is not distinct from v.area_id and s.variant_id is not distinct from v.variant_id
                and s.role is not distinct from v.role
            where v.indicator_id = ? and (v.area_kind = 'area' or v.territory = 'today')
            """,
            [item, outcome, indicator],
        ).fetchall()[0]
        assert found[0] > 100, indicator
        assert found[1] > 100, indicator
        assert found[2:] == (0, 0), indicator


@pytest.mark.parametrize(
    ("n", "lowest", "highest"), [(2819, 1.84, 1.86), (1100, 2.94, 2.96), (235, 6.3, 6.45), (200, 6.8, 6.95)]
)
def test_half_widths_of_equal_weights_are_those_of_the_textbook(n: int, lowest: float, highest: float) -> None:
    """The second computation itself: the widest case, a share of one half."""
    answers = (np.arange(n) % 2 == 0).astype(float)
    half_width = {
        spread: (figures["upper"] - figures["lower"]) / 2
        for spread in (0.0, 0.5, 0.8)
        if (figures := estimate(_spread(n, spread), answers, is_grade=False))
    }
    assert lowest <= half_width[0.0] <= highest
    assert half_width[0.5] / half_width[0.0] == pytest.approx(1.12, abs=0.02)
    assert half_width[0.8] / half_width[0.0] == pytest.approx(1.28, abs=0.02)


def _spread(n: int, coefficient_of_variation: float) -> np.ndarray:
    """Two weights, both as often with either answer, around a mean of one."""
    return 1 + coefficient_of_variation * np.where(np.arange(n) // 2 % 2 == 0, 1.0, -1.0)
