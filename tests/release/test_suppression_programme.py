"""What HiGHS answers is checked: points by the rows, bounds by weak duality."""

import itertools
import random

import numpy as np
import pytest

from release.suppression.programme import Floats, Integers, Programme

INF = np.inf


def covering() -> Programme:
    """A programme whose least sum is 42; HiGHS 1.16 says 35 and gives a point of 56, if it begins from broken numbers."""
    programme = Programme(np.ones(6, dtype=np.int64))
    programme.weigh(np.array([16, 5, 18, 30, 14, 21]))
    rows = [[0, 3, 0, 6, 0, 6], [3, 0, 0, 2, 0, 6], [6, 0, 0, 6, 3, 0], [0, 6, 6, 6, 0, 2], [0, 0, 2, 0, 2, 3]]
    programme.add_rows(np.array(rows), np.array([3.0, 3.0, 6.0, 6.0, 3.0]), np.full(5, INF))
    return programme


def test_an_optimum_in_whole_numbers_does_not_depend_on_what_was_asked_before() -> None:
    for asks in (0, 1, 2):
        programme = covering()
        for _ in range(asks):
            programme.optimum()
        found = programme.whole_optimum()
        assert (found.fits, found.bound) == (True, 42)
        assert np.array([16, 5, 18, 30, 14, 21]) @ found.values == 42


def test_an_optimum_in_whole_numbers_is_the_least_of_all_also_by_a_hair() -> None:
    points = np.array(list(itertools.product((0, 1), repeat=10)))
    draw = random.Random(4)
    for _ in range(10):
        weights = np.array([10**6 + draw.randint(0, 90) for _ in range(10)])
        rows = np.array([[draw.choice([0, 0, 0, 1]) for _ in range(10)] for _ in range(10)])
        rows[:, 9] |= ~rows.any(axis=1)
        programme = Programme(np.ones(10, dtype=np.int64))
        programme.weigh(weights)
        programme.add_rows(rows, np.ones(10), np.full(10, INF))
        least = min(points[(points @ rows.T >= 1).all(axis=1)] @ weights)
        assert weights @ programme.whole_optimum().values == least


def test_a_point_between_whole_numbers_does_not_fit() -> None:
    programme = Programme(np.array([9, 9]))
    programme.add_rows(np.array([[2, 0]]), np.array([3.0]), np.array([3.0]))
    assert not programme.optimum().fits


def test_a_point_outside_of_columns_or_rows_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    programme = Programme(np.array([4, 4]))
    programme.add_rows(np.array([[1, 1]]), np.array([-INF]), np.array([6.0]))
    for point, fits in (([2, 4], True), ([3, 4], False), ([0, 5], False), ([-1, 4], False)):
        monkeypatch.setattr(programme, "_solved", lambda point=point: (np.array(point), np.zeros(1)))
        assert programme.optimum().fits is fits


def test_whatever_duals_are_answered_no_sum_is_below_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(3)
    solved = Programme._solved

    def lying(programme: Programme) -> tuple[Integers, Floats]:
        values, duals = solved(programme)
        return values, np.array([draw.choice([dual, draw.uniform(-2, 2)]) for dual in duals])

    tight = 0
    for _ in range(200):
        rows = np.array([[draw.choice([0, 1]) for _ in range(4)] for _ in range(3)])
        low = draw.choice([rows.sum(axis=1).astype(float), np.full(3, -INF)])
        high = draw.choice([rows.sum(axis=1) * 2.0, np.full(3, INF)])
        weights = np.array([draw.randint(-5, 5) for _ in range(4)])
        programme = Programme(np.array([3, 3, 3, 3]))
        programme.bound_columns(np.array([0, 1, 0, 1]), np.array([3, 3, 2, 3]))
        programme.add_rows(rows, low, high)
        programme.weigh(weights)
        told = programme.optimum()
        least = weights @ told.values
        assert told.fits
        assert told.bound == pytest.approx(least)
        with monkeypatch.context() as lies:
            lies.setattr(Programme, "_solved", lying)
            bound = programme.optimum().bound
        assert -INF < bound <= least + 1e-6
        tight += bound == pytest.approx(least)
    assert tight < 200
