"""The trial of intervals and decisions on fewer worlds, in one dbt build; bounds widened by chance alone.

The full trial is `make trial-simulation` (2,000 worlds in each cell, docs/trials.md). Here a count is refused
only if no true rate inside its band explains it, at 99.9 % over all cells of a test together; pooled cells give
back the power that few worlds cost. Seeds are fixed in trials/worlds.py.
"""

import numpy as np
import pytest

from trials.counting import Counted, failures
from trials.document import replaced
from trials.judging import ERROR_RATE, LOOSE, STRICT, Cell, pooled, unexplained
from trials.report import HEADING
from trials.simulation import simulate
from trials.worlds import GRADE, OUTLOOK, Design, coverage_samples, draw, gap_scenarios
from trials.wrong_ways import WRONG_WAY_WORLDS, chance_to_be_found, count_wrong_ways

pytestmark = pytest.mark.slow

WORLDS = 120


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """Few worlds in each cell, built once."""
    counted = simulate(WORLDS, WORLDS, tmp_path_factory.mktemp("worlds"))
    count_wrong_ways(counted, WORLDS, WORLDS)
    return counted


def test_the_grid_is_the_one_the_statistics_name() -> None:
    designs = {(sample.design.n, sample.design.spread) for sample in coverage_samples()}
    assert designs >= {(n, spread) for n in (30, 100, 230, 1100, 2819) for spread in (0.0, 0.5, 0.8)}
    related = {sample.design.relation for sample in coverage_samples() if sample.design.spread}
    assert min(related) < 0 < max(related)
    assert 0 in related
    assert len(gap_scenarios()) >= 6


@pytest.mark.long
def test_limits_of_shares_hold_the_truth_as_often_as_they_say(counted: Counted) -> None:
    cells = list(counted.coverage().values())
    assert {cell.worlds for cell in cells} == {WORLDS}
    assert {cell.band for cell in cells} == {STRICT, LOOSE}
    assert unexplained(cells) == []
    assert unexplained(list(counted.pooled_coverage().values())) == []


@pytest.mark.long
def test_limits_of_changes_hold_the_truth_as_often_as_they_say(counted: Counted) -> None:
    for what in ("change", "gap"):
        cells = list(counted.by_scenario(what, STRICT).values())
        assert unexplained(cells) == []
        assert unexplained([pooled(what, cells, len(cells) * WORLDS)]) == []


@pytest.mark.long
def test_not_widened_is_rarely_said_of_a_gap_at_its_margin(counted: Counted) -> None:
    cells = list(counted.by_scenario("error", ERROR_RATE).values())
    assert {cell.worlds for cell in cells} == {WORLDS}
    assert unexplained(cells) == []
    assert unexplained([pooled("error", cells, len(cells) * WORLDS)]) == []


@pytest.mark.long
def test_a_full_count_is_as_uncertain_as_the_process_that_made_it(counted: Counted) -> None:
    coverage, errors = list(counted.by_count("gap").values()), list(counted.by_count("error", ERROR_RATE).values())
    assert {cell.worlds for cell in (*coverage, *errors)} == {WORLDS}
    assert {cell.band for cell in coverage} == {STRICT, LOOSE}
    assert unexplained(coverage) == []
    assert unexplained(errors) == []
    assert unexplained([pooled("error", errors, len(errors) * WORLDS)]) == []
    assert unexplained(list(counted.by_count("as counted", ERROR_RATE).values()))


@pytest.mark.long
def test_the_simulation_refuses_wrong_ways(counted: Counted) -> None:
    """Few worlds are enough to find these; the finer ones (Kish alone, one-sided 5 %) need the full trial."""
    assert unexplained(list(counted.pooled_coverage("unweighted").values()))
    assert unexplained(list(counted.by_scenario("estimate", ERROR_RATE).values()))


@pytest.mark.long
def test_wrong_ways_are_counted_in_the_worlds_of_the_trial(counted: Counted) -> None:
    """With equal weights they are no wrong ways: then each holds the truth in the very worlds in which the mart does."""
    for sample in (each for each in counted.samples if not each.design.spread):
        for outcome in ("optimists", "pessimists"):
            mart, *wrong = (
                counted.hits[way, sample.item_id, sample.part, outcome] for way in ("mart", "kish", "unweighted")
            )
            assert wrong == [mart, mart]


def test_the_number_of_worlds_tells_what_they_can_find_out() -> None:
    cells = [Cell("as Kish", 20_000, 18_150, LOOSE), *(Cell("well", 20_000, 19_000, LOOSE) for _ in range(139))]
    few, many = (chance_to_be_found(cells, n, np.random.default_rng(1)) for n in (2_000, WRONG_WAY_WORLDS))
    assert few < 0.2
    assert many > 0.95
    assert chance_to_be_found(cells[1:], WRONG_WAY_WORLDS, np.random.default_rng(1)) < 0.001


@pytest.mark.long
def test_half_widths_are_those_of_the_textbook(counted: Counted) -> None:
    def half_width(n: int, spread: float) -> float:
        return counted.mean(("mart", f"n{n}_cv{spread:g}_r0", "north", "pessimists"))

    assert half_width(2819, 0.0) == pytest.approx(1.85, abs=0.01)
    assert half_width(1100, 0.0) == pytest.approx(2.95, abs=0.01)
    assert 6.38 <= half_width(230, 0.0) <= 6.9
    for spread, factor in ((0.5, 1.12), (0.8, 1.28)):
        assert half_width(2819, spread) / half_width(2819, 0.0) == pytest.approx(factor, abs=0.01)


@pytest.mark.long
def test_critical_differences_are_those_of_the_textbook(counted: Counted) -> None:
    assert counted.mean(("critical", "equal_weights")) == pytest.approx(4.18, abs=0.02)
    assert counted.mean(("detectable", "equal_weights")) == pytest.approx(5.97, abs=0.03)
    assert counted.mean(("critical", "weights")) == pytest.approx(4.67, abs=0.03)


@pytest.mark.parametrize("relation", [-0.3, 0.0, 0.3])
@pytest.mark.parametrize("shares", [[0.35, 0.45, 0.2], [0.05, 0.2, 0.35, 0.25, 0.1, 0.05]])
def test_drawn_answers_have_the_weighted_shares_asked_for(shares: list[float], relation: float) -> None:
    """Otherwise the simulation would test the intervals against a wrong truth."""
    answers, weights = draw(Design(2_000_000, 0.8, relation), shares, 1, np.random.default_rng(1))
    drawn = [float(weights[answers == position].sum() / weights.sum()) for position in range(len(shares))]
    assert drawn == pytest.approx(shares, abs=0.003)
    assert weights.mean() == pytest.approx(1, abs=0.005)
    assert weights.std() == pytest.approx(0.8, abs=0.02)
    assert len(shares) in (len(OUTLOOK), len(GRADE))


@pytest.mark.parametrize(
    ("hits", "is_in_band", "is_explained"), [(190, True, True), (184, False, True), (170, False, False)]
)
def test_fewer_worlds_widen_a_band_by_chance_alone(hits: int, is_in_band: bool, is_explained: bool) -> None:
    cell = Cell("made up", 200, hits, STRICT)
    assert (cell.is_in_band, cell.is_explained(0.99, 1)) == (is_in_band, is_explained)


def test_a_band_that_is_left_and_a_wrong_way_that_is_not_found_are_failures() -> None:
    counted = Counted()
    for way in ("mart", "kish", "unweighted"):
        for sample in counted.samples:
            for outcome in sample.truth:
                cell = (way, sample.item_id, sample.part, outcome)
                counted.worlds[cell], counted.hits[cell] = 2000, 1900
    for scenario in counted.scenarios:
        for what, hits in (("change", 1900), ("gap", 1900), ("error", 50), ("one-sided", 50), ("estimate", 1000)):
            counted.worlds[what, scenario.item_id], counted.hits[what, scenario.item_id] = 2000, hits
    for each in counted.counts:
        for what, hits in (("gap", 1900), ("error", 50), ("as counted", 1000)):
            counted.worlds[what, each.item_id], counted.hits[what, each.item_id] = 2000, hits
    assert failures(counted) == [
        "the wrong way kish was not found out",
        "the wrong way unweighted was not found out",
        "the wrong way one-sided was not found out",
    ]
    counted.hits["error", "grades"] = 130
    assert "error grades: 6.50 % is not explained by its band" in failures(counted)


def test_the_trial_replaces_its_own_section_and_no_other() -> None:
    document = f"# Trials\n\nfirst\n\n{HEADING}\n\nold\n\n### part\n\n## Another\n\nkept\n"
    assert replaced(document, f"{HEADING}\n\nnew\n") == f"# Trials\n\nfirst\n\n{HEADING}\n\nnew\n\n## Another\n\nkept\n"
    assert replaced("# Trials\n", f"{HEADING}\n\nnew\n") == f"# Trials\n\n{HEADING}\n\nnew\n"
