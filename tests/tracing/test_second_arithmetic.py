"""Pieces of the second implementation against values from books and other ways of computing them."""

import csv
import math
from decimal import Decimal
from pathlib import Path

import pytest

from tracing.answers import Tally, effective_n, variance_of
from tracing.comparing import Within, same
from tracing.convergence import student
from tracing.gap_changes import word
from tracing.limits import byar, joined, printed, wilson

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"


def test_wilson_of_newcombe_1998() -> None:
    lower, upper = wilson(81 / 263, 263)
    assert (round(lower, 4), round(upper, 4)) == (0.2553, 0.3662)
    assert wilson(0.0, 20)[0] == pytest.approx(0, abs=1e-12)


def test_byar_of_ten_cases() -> None:
    lower, upper = byar(10)
    assert (round(lower, 2), round(upper, 2)) == (4.79, 18.39)
    assert byar(0)[0] == 0


def test_student_is_the_published_table() -> None:
    with (SEEDS / "critical_value.csv").open(encoding="utf-8", newline="") as handle:
        table = [row for row in csv.DictReader(handle) if row["distribution"] == "student_t_975"]
    for row in table:
        assert student(int(row["parameter"])) == pytest.approx(float(row["critical_value"]), abs=5e-9)


def test_a_tally_gives_the_linearised_variance() -> None:
    weights, scores = [1.0, 2.0, 0.5, 1.5], [1, 0, 1, 0]
    tally = Tally()
    for weight, score in zip(weights, scores, strict=True):
        w, s = Decimal(str(weight)), Decimal(score)
        tally += Tally(1, w, w * s, w * w, w * w * s, w * w * s * s)
    mean = sum(w * s for w, s in zip(weights, scores, strict=True)) / sum(weights)
    by_hand = 4 / 3 * sum((w * (s - mean)) ** 2 for w, s in zip(weights, scores, strict=True)) / sum(weights) ** 2
    assert variance_of(mean, tally) == pytest.approx(by_hand)
    assert effective_n(mean, tally, is_share=False) == pytest.approx(sum(weights) ** 2 / sum(w * w for w in weights))
    half = tally.times(Decimal("0.5"))
    assert (half.n, half.weight, half.square) == (4, Decimal("2.50"), Decimal("1.8750"))


def test_limits_that_are_not_there_decide_nothing() -> None:
    assert joined([3.0, 4.0]) == 5 and joined([3.0, None]) is None
    assert word(None, None, 0.5) == "undecidable" and word(None, -0.6, 0.5) == "narrowed"
    assert word(-0.4, 0.4, 0.5) == "unchanged" and word(0.6, None, 0.5) == "widened"


@pytest.mark.parametrize(
    ("published", "computed", "is_same"),
    [
        (1.234568, Within.digits(1.2345678, 6), True),
        (1.234569, Within.digits(1.2345678, 6), False),
        (Decimal("3.00000000"), Decimal(3), True),
        (3, 4, False),
        (None, Within(None, 1.0), True),
        (None, 0, False),
        (0, None, False),
        (True, False, False),
        ("a", "b", False),
    ],
)
def test_a_cell_is_the_same_to_its_printed_digits(published: object, computed: object, is_same: bool) -> None:
    assert same(published, computed) is is_same


def test_printing_rounds_half_away_from_zero() -> None:
    assert printed(2.5, 0) == 3 and printed(-2.5, 0) == -3 and printed(None) is None and printed(math.nan) is None
