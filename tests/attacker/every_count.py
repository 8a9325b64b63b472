"""Small random tables, and what can be concluded of them by trying every set of counts there is: no solver, exact fractions."""

import random
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from attacker.table import Statement, Table, Target

MOST_PEOPLE = 4


def random_table(random_numbers: random.Random) -> Table:
    """Up to 6 atoms of at most 4 people, with statements of every kind; about one in six has no solution."""
    atoms = range(random_numbers.randint(1, 6))
    truth = [random_numbers.randint(0, MOST_PEOPLE) for _ in atoms]
    statements = []
    for _ in range(random_numbers.randint(0, 7)):
        members = tuple(sorted(random_numbers.sample(atoms, random_numbers.randint(1, len(atoms)))))
        factors = tuple(random_numbers.choice((-2, -1, 1, 2, 3)) for _ in members)
        coefficients = random_numbers.choice((None, factors))
        told = sum(
            truth[atom] * factor for atom, factor in zip(members, coefficients or [1] * len(members), strict=True)
        )
        low, high = random_numbers.choice((_exact, _rounded, _rate, _one_sided))(told, random_numbers)
        shift = random_numbers.choice([0] * 24 + [-1, 1])
        statements.append(Statement(members, low + shift, high + shift, coefficients))
    upper: list[float | None] = [float(MOST_PEOPLE) for _ in atoms]
    if random_numbers.random() < 0.3:  # nothing is known of one atom but a sum it is part of
        upper[0] = None
        statements.append(Statement(tuple(atoms), 0, MOST_PEOPLE))
    return Table(tuple(upper), tuple(statements))


def _exact(told: int, _: random.Random) -> tuple[float, float]:
    return told, told


def _rounded(told: int, random_numbers: random.Random) -> tuple[float, float]:
    base = random_numbers.choice((3, 5))
    printed = base * round(told / base)
    return printed - base // 2, printed + base // 2


def _rate(told: int, random_numbers: random.Random) -> tuple[float, float]:
    """A rate in per cent with no or one decimal, its limits computed as floats: they may miss whole numbers by a little."""
    denominator, digits = random_numbers.choice((7, 20, 100, 1000)), random_numbers.choice((0, 1))
    printed, half = round(100 * told / denominator, digits), 0.5 * 10**-digits
    return (printed - half) * denominator / 100, (printed + half) * denominator / 100


def _one_sided(told: int, random_numbers: random.Random) -> tuple[float, float]:
    return random_numbers.choice(((told - 1, np.inf), (-np.inf, told + 1)))


def random_targets(table: Table, random_numbers: random.Random) -> list[Target]:
    """Every atom, and a few sums of several."""
    atoms = range(len(table.upper))
    sums = [tuple(random_numbers.sample(atoms, random_numbers.randint(1, len(atoms)))) for _ in range(3)]
    return [
        Target(f"{len(sums) - number}", members) for number, members in enumerate([*((atom,) for atom in atoms), *sums])
    ]


def possible_counts(table: Table) -> NDArray[np.int64]:
    """Every set of counts that fulfils all statements: a row each, a column by atom."""
    atom_count = len(table.upper)
    every = np.indices((MOST_PEOPLE + 1,) * atom_count).reshape(atom_count, -1).T
    for statement in table.statements:
        told = every[:, statement.members] @ np.array(statement.coefficients or [1] * len(statement.members))
        low, high = _meant(statement.low), _meant(statement.high)
        every = every[(told * low.denominator >= low.numerator) & (told * high.denominator <= high.numerator)]
    return every


def _meant(limit: float | Fraction) -> Fraction:
    """What a float computed from printed digits stands for."""
    return Fraction(min(max(limit, -(10**6)), 10**6)).limit_denominator(10**6)
