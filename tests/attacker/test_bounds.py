"""What the attacker concludes is what trying every set of counts concludes, over whole numbers and to the last person."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from every_count import possible_counts, random_table, random_targets

from attacker import solving
from attacker.bounds import Contradiction, Undecided, Unlimited, bounds, findings
from attacker.solving import Solver
from attacker.table import Statement, Table, Target
from attacker.whole_numbers import inequalities

_TABLES = 300
_PAIRS_OF_FOUR = tuple(Statement((one, other), 0, 1) for one in range(4) for other in range(one))


def _table(*statements: Statement, upper: tuple[float | None, ...] = (9.0, 9.0)) -> Table:
    return Table(upper, statements)


def _total(table: Table) -> tuple[int, int]:
    return bounds(table, Target("total", tuple(range(len(table.upper)))))


@pytest.mark.slow
def test_bounds_and_findings_are_those_of_every_set_of_counts_there_is() -> None:
    contradictions = found = 0
    for seed in range(_TABLES):
        numbers = random.Random(seed)
        table = random_table(numbers)
        targets = random_targets(table, numbers)
        possible = possible_counts(table)
        if not len(possible):
            contradictions += 1
            for asked in (lambda: bounds(table, targets[0]), lambda: findings(table, targets, 3)):  # noqa: B023
                with pytest.raises(Contradiction):
                    asked()
            continue
        sums = {each: possible[:, each.members].sum(axis=1) for each in targets}
        expected = {each: (sums[each].min(), sums[each].max()) for each in targets}
        assert {each: bounds(table, each) for each in targets} == expected, seed
        for width in (1, 3):
            close = sorted((each.name, *expected[each]) for each in targets if np.ptp(expected[each]) < width)
            assert [(each.target.name, each.low, each.high) for each in findings(table, targets, width)] == close, seed
            found += len(close)
    assert (contradictions, found) > (_TABLES / 20, _TABLES)


def test_whole_people_allow_less_than_real_numbers() -> None:
    table = _table(*_PAIRS_OF_FOUR, upper=(1.0,) * 4)
    halves = Solver(inequalities(table), whole=False).largest(np.ones(4))
    assert halves is not None
    assert halves.tolist() == [0.5] * 4
    assert _total(table) == (0, 1)
    everybody = Target("everybody", (0, 1, 2, 3))
    [finding] = findings(table, [everybody], 2)
    assert (finding.target, finding.low, finding.high, finding.is_exact) == (everybody, 0, 1, False)


def test_a_sum_no_whole_people_can_have_is_a_contradiction() -> None:
    ring = tuple(Statement((one, (one + 1) % 3), 1, 1) for one in range(3))  # three halves over real numbers
    table = _table(*ring, upper=(9.0,) * 3)
    with pytest.raises(Contradiction):
        _total(table)
    with pytest.raises(Contradiction):
        findings(table, [], 1)


@pytest.mark.parametrize(
    ("limit", "as_low", "as_high"),
    [
        ((0.2 - 0.05) * 2000 / 100, 3, 3),  # 3.0000000000000004
        ((2.3 + 0.05) * 2000 / 100, 47, 47),  # 46.99999999999999
        (Fraction(13, 3), 5, 4),
        (-3.5, -3, -4),
        (math.inf, math.inf, math.inf),
    ],
)
def test_limits_are_whole_people_also_where_floats_miss_them(limit: float, as_low: float, as_high: float) -> None:
    whole = inequalities(_table(Statement((0, 1), limit, limit), upper=(3.5, None)))
    assert (whole.low.tolist(), whole.high.tolist()) == ([as_low], [as_high])
    assert whole.upper.tolist() == [3, math.inf]


@pytest.mark.parametrize(
    ("counts", "hold"), [((1, 3), True), ((1, 4), False), ((1, 1), False), ((-1, 4), False), ((3, 0), False)]
)
def test_counts_hold_only_where_they_fulfil_everything(counts: tuple[int, int], hold: bool) -> None:
    table = _table(Statement((0, 1), 3, 4), upper=(2.0, 9.0))
    assert inequalities(table).hold(np.array(counts, dtype=float)) == hold


def test_an_atom_nothing_limits_is_safe_and_its_bounds_are_not_asked() -> None:
    table = _table(Statement((0, 1), 3, math.inf), Statement((1, 2), 4, 4), upper=(None, None, None))
    both, limited = Target("both", (0, 1)), Target("limited", (1,))
    with pytest.raises(Unlimited, match="both"):
        bounds(table, both)
    assert bounds(table, limited) == (0, 4)
    assert [each.target for each in findings(table, [both, limited], 100)] == [limited]


def test_an_atom_is_limited_by_what_others_say_together() -> None:
    table = _table(Statement((0, 1), -5, 5, (1, -1)), Statement((0, 1), 0, math.inf, (1, -2)), upper=(None, None))
    assert _total(table) == (0, 15)


def test_findings_are_by_name_and_the_same_every_time() -> None:
    numbers = random.Random(7)
    upper = tuple(float(numbers.randint(3, 9)) for _ in range(12))
    statements = tuple(Statement(tuple(numbers.sample(range(12), 4)), 4, 9) for _ in range(8))
    targets = [Target(f"{numbers.random()}", tuple(numbers.sample(range(12), 2))) for _ in range(30)]
    found = findings(Table(upper, statements), targets, 12)
    assert [each.target.name for each in found] == sorted(each.target.name for each in found) != []
    assert findings(Table(upper, statements), targets[::-1], 12) == found


def test_no_statement_says_nothing_but_the_most_there_are() -> None:
    assert findings(_table(), [Target("one", (0,))], 9) == []
    assert _total(_table(upper=(9.0,))) == (0, 9)


@pytest.mark.parametrize(
    "statement",
    [
        Statement((0, 0), 1, 2), Statement((0, 2), 1, 2), Statement((-1, 0), 1, 2), Statement((0, 1), 1, 2, (1,)),
    ],
    ids=["twice", "unknown", "negative", "too few coefficients"],
)  # fmt: skip
def test_what_is_said_of_no_atom_is_an_error(statement: Statement) -> None:
    with pytest.raises(ValueError, match="of 2"):
        _total(_table(statement))
    with pytest.raises(ValueError, match="of 2 atoms"):
        bounds(_table(), Target("twice", (0, 0)))


def test_what_is_whole_by_tolerance_only_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Solver, "largest", lambda *_: np.full(3, 0.4))
    with pytest.raises(Undecided, match="tolerance"):
        _total(_table(Statement((0, 1, 2), 1, 1), upper=(9.0,) * 3))


def test_the_solver_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    _total(_table(*_PAIRS_OF_FOUR, upper=(1.0,) * 4))
    assert capfd.readouterr() == ("", "")


def test_a_search_that_does_not_end_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(solving._WHOLE, "time_limit", 0.0)
    numbers = random.Random(3)
    hard = tuple(
        Statement(tuple(range(30)), 700, 700, tuple(numbers.randint(1, 99) for _ in range(30))) for _ in range(3)
    )
    with pytest.raises(Undecided, match="limit"):
        _total(_table(*hard, upper=(1.0,) * 30))
