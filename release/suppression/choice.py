"""The pattern of least cost: which cells to hide, so that every target is as wide as the protection asks.

Cutting planes: hide what costs least among the patterns that mend every hole found so far, look for holes, repeat.
Equal costs are told apart by declared order. After a declared number of rounds a greedy repair ends the search.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import dok_array

from release.suppression.programme import Integers, Programme
from release.suppression.reader import Hole, Reader
from release.suppression.table import Table, Unprotectable

_ROUNDS = 40


@dataclass(frozen=True)
class Pattern:
    """Names of all cells that are hidden, those that must be among them; and whether no safe pattern costs less."""

    hidden: frozenset[str]
    is_proven_least: bool


def pattern(table: Table, width: int) -> Pattern:
    """The cells to hide so that between least and most of every protected target there are at least `width` people.

    Protected is every hidden cell, every shown cell that is not exact, and every atom no statement is of alone. Raises
    Unprotectable; ValueError if no counts fit the table.
    """
    reader = Reader(table, width)
    hidden = primary = frozenset(i for i, cell in enumerate(table.cells) if cell.must_hide)
    if not (holes := reader.holes(primary)):
        return Pattern(_names(table, primary), is_proven_least=True)
    choice = _Choice(table, primary, _widest(table, primary, reader))
    for _ in range(_ROUNDS):
        choice.mend(holes)
        hidden = choice.least()
        if not (holes := reader.holes(hidden)):
            break
    else:
        hidden = choice.thinned(choice.repaired(hidden, reader), reader)
    return Pattern(_names(table, hidden), choice.is_least(hidden))


def _names(table: Table, cells: Collection[int]) -> frozenset[str]:
    return frozenset(table.cells[i].name for i in cells)


def _widest(table: Table, primary: frozenset[int], reader: Reader) -> frozenset[int]:
    """The safe pattern that holds all others: what is too tight once hidden is shown, until nothing is too tight."""
    hidden = primary | {i for i, cell in enumerate(table.cells) if cell.cost is not None}
    while holes := reader.holes(hidden):
        if lost := tuple(hole.target.name for hole in holes if hole.target.only_if_hidden is None):
            raise Unprotectable(lost)
        hidden -= {cell for hole in holes if (cell := hole.target.only_if_hidden) is not None}
    return hidden


class _Choice:
    """The search for the cheapest cells that mend every hole known, among cells of the widest pattern."""

    def __init__(self, table: Table, primary: frozenset[int], widest: frozenset[int]) -> None:
        self._primary = primary
        free = sorted(widest - primary)
        self._columns = {cell: column for column, cell in enumerate(free)}
        # Ranks below any difference of costs: of patterns that cost the same, the one of cells declared first is least.
        self._unit = len(free) * (len(free) + 1) // 2 + 1
        self._weights = {cell: (table.cells[cell].cost or 0) * self._unit + rank for rank, cell in enumerate(free, 1)}
        self._programme = Programme(np.ones(len(free), dtype=np.int64))
        self._programme.weigh(np.array(list(self._weights.values()), dtype=np.int64))
        self._bound = 0.0

    def mend(self, holes: Sequence[Hole]) -> None:
        """Ask of every pattern from now on that it mends these holes, or shows a target that is safe if shown."""
        values = dok_array((len(holes), len(self._columns)), dtype=np.int64)
        needed = np.zeros(len(holes))
        for row, hole in enumerate(holes):
            for cell, gain in self._gains(hole).items():
                values[row, self._columns[cell]] = gain
            if hole.target.only_if_hidden is None:
                needed[row] = hole.missing
            else:
                values[row, self._columns[hole.target.only_if_hidden]] = -hole.missing
        self._programme.add_rows(values.tocsr(), needed, np.full(len(holes), np.inf))

    def least(self) -> frozenset[int]:
        """The pattern of least cost that mends every hole so far."""
        optimum = self._programme.optimum()
        hidden = self._chosen(optimum.values)
        if not optimum.fits or self._weight(hidden) > optimum.bound + 0.5:
            optimum = self._programme.whole_optimum()
            hidden = self._chosen(optimum.values)
        self._bound = optimum.bound
        return hidden

    def is_least(self, hidden: frozenset[int]) -> bool:
        """Whether no pattern that mends every hole so far costs less, by the bound of the last optimum."""
        return self._bound > self._weight(hidden) // self._unit * self._unit - 0.5

    def repaired(self, hidden: frozenset[int], reader: Reader) -> frozenset[int]:
        """A safe pattern with these cells and, hole by hole, the cheapest that mend it."""
        while holes := reader.holes(hidden):
            for hole in holes:
                gains = self._gains(hole)
                missing = hole.missing - sum(gain for cell, gain in gains.items() if cell in hidden)
                for cell in sorted(gains.keys() - hidden, key=self._weights.__getitem__):
                    if missing <= 0:
                        break
                    hidden |= {cell}
                    missing -= gains[cell]
        return hidden

    def thinned(self, hidden: frozenset[int], reader: Reader) -> frozenset[int]:
        """A safe pattern of these cells of which none can be shown, those that cost most shown first."""
        before: frozenset[int] = frozenset()
        while hidden != before:
            before = hidden
            for cell in sorted(hidden - self._primary, key=self._weights.__getitem__, reverse=True):
                if reader.is_safe(hidden - {cell}):
                    hidden -= {cell}
        return hidden

    def _gains(self, hole: Hole) -> dict[int, int]:
        """What the cells that may be hidden add to a target, none more than it needs."""
        return {cell: min(gain, hole.missing) for cell, gain in hole.gains.items() if cell in self._columns}

    def _chosen(self, values: Integers) -> frozenset[int]:
        return self._primary | {cell for cell, column in self._columns.items() if values[column]}

    def _weight(self, hidden: frozenset[int]) -> int:
        return sum(self._weights[cell] for cell in hidden - self._primary)
