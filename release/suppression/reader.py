"""What a reader can conclude from a table with some cells hidden: which targets are too tight, and what holds them.

A target (a cell or an atom) is safe if two ways of filling in all atoms with whole numbers, both fitting what is shown,
differ in it by the protection width. Fillings are kept: one proves many targets, and serves every pattern it fits. A
target none proves is bounded by linear programmes, whose optima are whole wherever cells are of two hierarchies; where
they are not, it is asked in whole numbers. Duality then says which shown cells hold a target that is too tight.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.sparse import csr_array

from release.suppression.programme import TOLERANCE, Floats, Integers, Optimum, Programme
from release.suppression.table import Table

_FEW_TARGETS = 4


@dataclass(frozen=True)
class Target:
    """A set of atoms to protect: a cell by its name, or an atom by its position where no statement is of it alone.

    `only_if_hidden` is the cell's position if it need not be protected while it is shown.
    """

    name: str | int
    members: tuple[int, ...]
    only_if_hidden: int | None


@dataclass(frozen=True)
class Hole:
    """A target that is too tight under a pattern, and what every safe pattern does about it.

    Hiding a set of cells widens the target by at most the sum of their `gains` (position of cell: people), of which at
    least `missing` are needed: the capacity constraints of Fischetti and Salazar-González (2001), Management Science
    47(7), rounded up to whole numbers.
    """

    target: Target
    missing: int
    gains: dict[int, int]


class Reader:
    """Somebody who sees a table and computes, asked for one protection width (people) and pattern after pattern.

    Raises ValueError if no counts fit the table.
    """

    def __init__(self, table: Table, width: int) -> None:
        self._width = width
        self._cells = range(len(table.cells))
        self._upper = np.array(table.upper, dtype=np.int64)
        self._low = np.array([statement.low for statement in table.statements], dtype=np.int64)
        self._high = np.array([statement.high for statement in table.statements], dtype=np.int64)
        self._sums = _matrix([statement.members for statement in table.statements], len(table.upper))
        self._most_stated = self._sums @ self._upper
        # so few people that there is no doubt to leave need no publication to be known closely
        can_be_wide = (each for each in _targets(table) if self._upper[list(each.members)].sum() >= width)
        self._targets = tuple(can_be_wide)
        self._target_sums = _matrix([target.members for target in self._targets], len(table.upper))
        self._counts = Programme(self._upper)
        self._counts.add_rows(self._sums, self._low.astype(float), self._high.astype(float))
        first = self._counts.optimum()
        self._fillings = [first.values if first.fits else self._counts.whole_optimum().values]

    def is_safe(self, hidden: Collection[int]) -> bool:
        """Whether every target is wide enough while the cells at these positions are hidden."""
        return next(self._holes(hidden), None) is None

    def holes(self, hidden: Collection[int]) -> tuple[Hole, ...]:
        """Every target that is too tight while the cells at these positions are hidden, in declared order."""
        return tuple(self._holes(hidden))

    def _holes(self, hidden: Collection[int]) -> Iterator[Hole]:
        self._show_all_but(hidden)
        conditions = {None, *hidden}
        asked = [i for i, target in enumerate(self._targets) if target.only_if_hidden in conditions]
        self._push_many(asked)
        for i in asked:
            if self._is_tight(i) and (hole := self._hole(i)):
                yield hole

    def _show_all_but(self, hidden: Collection[int]) -> None:
        """Ask about this pattern from now on; least and most of every target begin with the fillings that fit it."""
        self._shown_cells = [cell for cell in self._cells if cell not in hidden]
        low, high = self._low.astype(float), self._high.astype(float)
        low[list(hidden)], high[list(hidden)] = -np.inf, np.inf
        self._counts.bound_rows(low, high)
        self._least, self._most = np.full(len(self._targets), np.inf), np.full(len(self._targets), -np.inf)
        for filling in self._fillings:
            sums = self._sums @ filling
            if ((low <= sums) & (sums <= high)).all():
                self._see(filling)

    def _see(self, filling: Integers) -> None:
        """A filling that fits the pattern widens what every target can be."""
        totals = self._target_sums @ filling
        self._least, self._most = np.minimum(self._least, totals), np.maximum(self._most, totals)

    def _is_tight(self, i: int) -> bool:
        return bool(self._most[i] - self._least[i] < self._width)

    def _weights_of(self, targets: Sequence[int]) -> Integers:
        """How often each atom counts if these targets are added up."""
        members = [atom for i in targets for atom in self._targets[i].members]
        return np.bincount(np.array(members, dtype=np.int64), minlength=len(self._upper))

    def _least_of(self, weights: Integers) -> Optimum:
        self._counts.weigh(weights)
        return self._keep(self._counts.optimum())

    def _keep(self, optimum: Optimum) -> Optimum:
        """Remember a filling for this pattern and later ones, if it is one in whole numbers."""
        if optimum.fits:
            self._fillings.append(optimum.values)
            self._see(optimum.values)
        return optimum

    def _push_many(self, asked: Sequence[int]) -> None:
        """Move all targets not proven yet by up to the width, every other one upwards, as long as that proves many."""
        centre = self._fillings[0]
        self._counts.bound_columns(np.maximum(centre - self._width, 0), np.minimum(centre + self._width, self._upper))
        tight, before = [i for i in asked if self._is_tight(i)], len(asked) * 2
        while _FEW_TARGETS < len(tight) <= 0.75 * before:
            weights = self._weights_of(tight[::2]) - self._weights_of(tight[1::2])
            self._least_of(weights)
            self._least_of(-weights)
            tight, before = [i for i in tight if self._is_tight(i)], len(tight)
        self._counts.bound_columns(np.zeros_like(self._upper), self._upper)

    def _hole(self, i: int) -> Hole | None:
        """What holds a target; None if it turns out to be wide enough."""
        missing, gains = self._width, np.zeros(len(self._low))
        up = self._weights_of([i])
        for weights in (up, -up):
            optimum = self._least_of(weights)
            missing += ceil(optimum.bound - TOLERANCE)
            gains += np.ceil(self._gains(optimum.duals) - TOLERANCE)
            if not self._is_tight(i):
                return None
        if missing > 0:
            return Hole(self._targets[i], missing, {cell: int(gains[cell]) for cell in self._cells if gains[cell] > 0})
        for weights in (up, -up):
            self._counts.weigh(weights)
            self._keep(self._counts.whole_optimum())
            if not self._is_tight(i):
                return None
        return Hole(self._targets[i], 1, dict.fromkeys(self._shown_cells, 1))

    def _gains(self, duals: Floats) -> Floats:
        """By how much at most each statement widens a bound if it is made no more: by duality, per statement."""
        return np.where(duals > 0, duals * self._low, -duals * (self._most_stated - self._high))


def _targets(table: Table) -> Iterator[Target]:
    """Cells in declared order but those open to everybody for good, then atoms no statement is of alone."""
    told = {frozenset(known.members) for known in table.known if known.low == known.high}
    for i, cell in enumerate(table.cells):
        is_told = cell.low == cell.high or frozenset(cell.members) in told
        if cell.must_hide or not is_told:
            yield Target(cell.name, cell.members, None)
        elif cell.cost is not None:
            yield Target(cell.name, cell.members, i)
    stated = told | {frozenset(cell.members) for cell in table.cells}
    yield from (Target(i, (i,), None) for i in range(len(table.upper)) if frozenset((i,)) not in stated)


def _matrix(sets: Sequence[Sequence[int]], atom_count: int) -> csr_array:
    """A row of zeros and ones per set of atoms, which are few of all: with its zeros that of a large city would fill the memory."""
    members = np.array([atom for each in sets for atom in each], dtype=np.int64)
    starts = np.cumsum([0, *map(len, sets)])
    return csr_array((np.ones(len(members), dtype=np.int64), members, starts), (len(sets), atom_count))
