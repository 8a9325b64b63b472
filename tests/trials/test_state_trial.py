"""The trial of a state says what it found, also what is bad; its short form lands, builds and compares a few cities."""

from pathlib import Path

import pytest

from benchmarks.measuring import Measured
from trials.cells import Compared
from trials.state import STATE, Tried, main, peers_compared, section, tried, workspace

TAKEN = Measured(40, 30, 1000)
EQUAL = {"gemeinde_001": {"fct_measure": Compared(1200, 0)}}
GOOD = Tried(20, TAKEN, TAKEN, Measured(30, 30, 400), EQUAL, is_found=True, sample=("gemeinde_001", "gemeinde_002"))


def test_a_section_tells_seconds_per_city_and_the_largest_process() -> None:
    told = section(GOOD, "2026-11-30")
    assert "1,200 cells, no cell differs" in told
    assert "| build of 20 cities at once, DuckDB | 40 | 2.00 | 30 | 1,000 |" in told
    assert "| build of 2 of them one by one, DuckDB | 30 | 15.00 | 30 | 400 |" in told
    assert "Largest process 1,000 MiB, within the 4,096 MiB" in told
    assert "found there alone" in told
    assert GOOD.is_good


@pytest.mark.parametrize("engine", ["on_duckdb", "on_spark"])
def test_what_differs_is_named_by_city_and_table(engine: str) -> None:
    bad = Tried(**{**vars(GOOD), engine: {"gemeinde_002": {"fct_measure": Compared(9, 0, {"value": 3})}}})
    assert "gemeinde_002, fct_measure: {'value': 3}" in section(bad, None)
    assert not bad.is_good


def test_a_comparison_that_finds_nothing_and_a_build_beyond_the_bound_are_told() -> None:
    blind = Tried(**{**vars(GOOD), "is_found": False, "build": Measured(40, 30, 5000)})
    told = section(blind, None)
    assert "NOT FOUND" in told
    assert "BEYOND" in told
    assert not blind.is_good


def test_spark_has_its_row_where_it_was_tried() -> None:
    assert "at once, Spark" not in section(GOOD, None)
    assert "| build of these 2 at once, Spark | 40 | 20.00 |" in section(Tried(**{**vars(GOOD), "spark": TAKEN}), None)


def test_a_step_that_fails_is_told_and_fails_the_trial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cities", "0", "--keep", str(tmp_path)]) == 1
    assert "--municipalities must be at least 1" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.long
def test_two_cities_of_a_state_are_their_own_builds(tmp_path: Path) -> None:
    found = tried(2, 2, seed=1, work=tmp_path, with_spark=False)
    assert found.differing == []
    assert found.is_found
    assert found.is_good
    assert sum(each.cells for each in found.on_duckdb["gemeinde_002"].values()) > 1000
    state = workspace(tmp_path / "var", STATE).database
    assert peers_compared(state, state).cells > 100, "each city has a rule of disclosure, so its figures have peers"
