"""Every mart the project builds has a decision on whether it leaves the office."""

from pathlib import Path

import pytest

from release import disclosure

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"


def test_every_mart_is_decided() -> None:
    built = {path.stem for path in MODELS.rglob("*.sql") if path.name.startswith(("bridge_", "dim_", "fct_"))}
    if not built:
        pytest.skip("dbt_project holds no marts yet")
    decided = {*disclosure.PUBLIC_MARTS, *disclosure.INTERNAL_MARTS}
    undecided = sorted(built - decided)
    assert not undecided, f"add to release/disclosure.py: {', '.join(undecided)}"


def test_no_unknown_mart_is_public() -> None:
    assert not disclosure.is_public("fct_new_idea")
    assert not disclosure.PUBLIC_MARTS.keys() & disclosure.INTERNAL_MARTS.keys()
    assert not any(disclosure.is_public(mart) for mart in disclosure.INTERNAL_MARTS)
    assert all(disclosure.is_public(mart) for mart in disclosure.PUBLIC_MARTS)


def test_marts_that_count_people_in_small_groups_stay_inside() -> None:
    counting = ("fct_measure", "fct_volunteering", "fct_participation_event", "fct_sentiment", "fct_development_gap")
    assert not any(disclosure.is_public(mart) for mart in counting)
