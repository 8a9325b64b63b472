"""A table as inequalities over whole numbers: what a count of people can be at all, before anything is solved.

Whole numbers are kept as floats, which are exact up to 2**53.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from attacker.table import Table

Numbers = NDArray[np.float64]
Positions = NDArray[np.intp]
# A limit computed in floating point, as (0.2 - 0.05) * 2000 / 100, may miss the whole number it means by less than this.
_ROUNDING_ERROR = 1e-9


@dataclass(frozen=True)
class Sums:
    """Sums of counts by atom, an entry per member: which sum, which atom, which coefficient. Entries of one sum follow each other."""

    sum_count: int
    atom_count: int
    sums: Positions
    atoms: Positions
    coefficients: Numbers

    def of(self, counts: Numbers) -> Numbers:
        """The value of every sum for these counts by atom."""
        return _added(self.sums, self.coefficients * counts[self.atoms], self.sum_count)

    def together(self, weights: Numbers) -> Numbers:
        """The coefficients by atom of all sums added up, each times its weight."""
        return _added(self.atoms, self.coefficients * weights[self.sums], self.atom_count)


@dataclass(frozen=True)
class Inequalities:
    """low ≤ sums of counts ≤ high and 0 ≤ counts ≤ upper; one sum per statement.

    Limits are whole numbers or infinite; where low exceeds high, no whole number lies between what was stated.
    """

    stated: Sums
    low: Numbers
    high: Numbers
    upper: Numbers

    def hold(self, counts: Numbers) -> bool:
        """Whether these whole counts by atom fulfil every statement, exactly."""
        values = self.stated.of(counts)
        return bool(
            (counts >= 0).all()
            and (counts <= self.upper).all()
            and (values >= self.low).all()
            and (values <= self.high).all()
        )


def inequalities(table: Table) -> Inequalities:
    """The table's statements over whole numbers; each limit is the whole number next to what was stated.

    Raises ValueError where a statement names an atom twice, one the table does not have, or not one coefficient a member.
    """
    low = [-_whole_below(-each.low) for each in table.statements]
    high = [_whole_below(each.high) for each in table.statements]
    upper = [math.inf if most is None else _whole_below(most) for most in table.upper]
    stated = sums_of([(each.members, each.coefficients) for each in table.statements], len(table.upper))
    return Inequalities(stated, np.array(low, dtype=float), np.array(high, dtype=float), np.array(upper, dtype=float))


def sums_of(sums: Sequence[tuple[tuple[int, ...], tuple[int, ...] | None]], atom_count: int) -> Sums:
    """Sums of members, each with its coefficient, 1 where there are none. Raises ValueError as `inequalities` does."""
    entries: list[tuple[int, int, int]] = []
    for number, (members, coefficients) in enumerate(sums):
        if len(set(members)) < len(members) or (members and not 0 <= min(members) <= max(members) < atom_count):
            raise ValueError(f"not different ones of {atom_count} atoms: {members}")
        if coefficients is not None and len(coefficients) != len(members):
            raise ValueError(f"{len(coefficients)} coefficients of {len(members)} members")
        entries += zip([number] * len(members), members, coefficients or [1] * len(members), strict=True)
    at, atoms, factors = np.array(entries, dtype=np.intp).reshape(-1, 3).T
    return Sums(len(sums), atom_count, at, atoms, factors.astype(float))


def _added(positions: Positions, values: Numbers, length: int) -> Numbers:
    return np.asarray(np.bincount(positions, values, length), dtype=float)


def _whole_below(limit: float | Fraction) -> float:
    """The largest whole number that does not exceed the limit."""
    if isinstance(limit, float):
        return limit if math.isinf(limit) else math.floor(limit + _ROUNDING_ERROR)
    return math.floor(limit)
