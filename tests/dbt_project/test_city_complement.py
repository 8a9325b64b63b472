"""Naming the other side of a share swaps nothing but signs: employed for unemployed, with the polarity turned.

Shares counted from cases and shares delivered in per cent, tight and loose; the figures say nothing.
"""

import random
from collections import Counter
from typing import Any

import pytest
from dbt_run import Build, built_once
from made_up_worlds import CODES, YEARS, build_world, indicator

NUMBERS = range(16)


def _world(made: Build) -> None:
    chance = random.Random(1839)
    people = {(code, year): chance.randint(2000, 4000) for code in CODES for year in YEARS}
    figures: dict[str, dict[tuple[str, int], Any]] = {"people": people}
    catalogue = []
    for number in NUMBERS:
        # some drift apart, some together, some are few
        level = {code: chance.uniform(0.02, 0.12 if number % 3 else 0.9) for code in CODES}
        drift = {code: chance.uniform(0.97, 1.02 + 0.02 * (number % 4)) for code in CODES}
        share = {(code, year): min(level[code] * drift[code] ** (year - 2015), 0.99) for code, year in people}
        if number % 5 == 0:
            share = {(code, year): 0.1 + (level[code] - 0.1) * 0.8 ** (year - 2015) for code, year in people}
        is_delivered = number % 4 == 3
        for side in ("named", "other"):
            measure = f"{side}_{number}_pct" if is_delivered else f"{side}_{number}"
            figures[measure] = {
                key: round(100 * (part if side == "named" else 1 - part), 1)
                if is_delivered
                else (round(part * people[key]) if side == "named" else people[key] - round(part * people[key]))
                for key, part in share.items()
            }
            more: dict[str, Any] = {"kind": "weighted_mean", "factor": 1} if is_delivered else {}
            polarity = "lower_is_better" if side == "named" else "higher_is_better"
            catalogue.append(indicator(f"{side}-{number}", measure, polarity=polarity, is_headline=True, **more))
    build_world(made, catalogue, figures)


@pytest.fixture(scope="module")
def sides() -> Build:
    return built_once("sides", _world)


def _both(build: Build, table: str, key: str, columns: str) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """The same row of both sides."""
    found: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {"named": {}, "other": {}}
    width = 1 + key.count(",") + 1
    for side, *row in build.rows(
        f"select split_part(indicator_id, '-', 1), split_part(indicator_id, '-', 2), {key}, {columns} from {table}"
    ):
        found[side][tuple(row[:width])] = tuple(row[width:])
    assert set(found["named"]) == set(found["other"])
    assert len(found["named"]) > 100
    return [(one, found["other"][where]) for where, one in found["named"].items()]


def test_no_verdict_on_a_gap_depends_on_the_side_named(sides: Build) -> None:
    columns = (
        "verdict, distance_verdict, relative_verdict, undecidable_reason, relative_undecidable_reason, is_not_widened, "
        "is_sign_certain, is_verdict_stable, is_widened_adjusted, margin, log_measure, tipping_margin, closed_share, "
        "relative_tipping_margin"
    )
    pairs = _both(sides, "fct_development_gap", "variant_id, comparator, baseline_id, period", columns)
    assert all(one == other for one, other in pairs)
    for place, words in [(0, 3), (2, 3)]:
        said = Counter(one[place] for one, _ in pairs)
        assert sum(said[word] > 0 for word in ("narrowed", "widened", "unchanged", "undecidable")) >= words, said


def test_gaps_change_their_sign_alone(sides: Build) -> None:
    columns = "gap_absolute, gap_log, change_since_baseline, log_change_since_baseline, change_at_later_weights"
    for one, other in _both(sides, "fct_development_gap", "variant_id, comparator, baseline_id, period", columns):
        assert [None if cell is None else -cell for cell in other] == pytest.approx(list(one), abs=2e-6)


def test_convergence_is_the_same_of_both_sides(sides: Build) -> None:
    pairs = _both(
        sides,
        "fct_harmonisation",
        "area_level, variant_id, period",
        "sigma_verdict, is_inference_allowed, inference_refused_reason, pair_count, log_left_out_count, log_measure, "
        "sigma_baseline, sigma, log_dispersion, variance_ratio, correlation, pitman_morgan_t, beta_total, beta_t",
    )
    for one, other in pairs:
        assert one[:6] == other[:6]
        for cell, wanted in zip(other[6:], one[6:], strict=True):
            assert cell == (None if wanted is None else pytest.approx(wanted, rel=1e-5, abs=2e-6))
    assert {"converged", "diverged", "undecidable"} <= {one[0] for one, _ in pairs}
    assert {one[5] for one, _ in pairs} == {"log_odds"}


def test_dispersion_that_names_a_side_has_no_verdict_and_says_so(sides: Build) -> None:
    """Coefficient of variation and Theil's T do depend on the side: the sheet says so, and nothing decides by them."""
    pairs = _both(sides, "fct_harmonisation", "area_level, variant_id, period", "coefficient_of_variation, theil")
    assert any(abs(one[0] - other[0]) > 0.1 for one, other in pairs)
    caveats = sides.rows("select dispersion_caveat_de, dispersion_caveat_en, scale from dim_indicator")
    assert all(german and english for german, english, scale in caveats if scale == "share")
