"""Small tables, and what can be concluded from them by going through every way to fill in the atoms: no optimisation."""

import itertools
import random
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from release.suppression import Cell, Known, Table


def random_table(seed: int) -> Table:
    """Two to six atoms and up to seven overlapping cells: exact ones, rounded ones, some that cannot be hidden."""
    draw = random.Random(seed)
    atoms = range(draw.randint(2, 6))
    most = {2: 9, 3: 9, 4: 6, 5: 4, 6: 3}[len(atoms)]
    upper = tuple(draw.randint(1, most) for _ in atoms)
    counts = [draw.randint(0, bound) for bound in upper]
    largest = min(draw.choice([2, 3, 6]), len(atoms))
    rounded, primary = draw.choice([0.0, 0.5, 1.0]), draw.choice([0.1, 0.2, 0.3])

    def statement(slack: int) -> Known:
        members = tuple(sorted(draw.sample(atoms, draw.randint(draw.choice([1, 2, 2]), largest))))
        total = sum(counts[atom] for atom in members)
        return Known(members, total - draw.randint(0, slack), total + draw.randint(0, slack))

    cells = []
    for number in range(draw.randint(1, 7)):
        said = statement(draw.choice([1, 2]) if draw.random() < rounded else 0)
        cost = None if draw.random() < 0.15 else draw.randint(0, 9)
        cells.append(Cell(f"cell {number}", said.members, said.low, said.high, cost, draw.random() < primary))
    return Table(upper, tuple(cells), (statement(1),) if draw.random() < 0.3 else ())


class Enumeration:
    """Every way to fill in the atoms of a table, one row each."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._fillings = np.array(list(itertools.product(*(range(most + 1) for most in table.upper))))
        self._told = {known.members for known in table.known if known.low == known.high}

    def tight(self, hidden: Collection[str], width: int) -> set[str | int]:
        """Targets (names of cells, positions of atoms) that are tighter than the width while these cells are hidden.

        Of so few people that they cannot differ by the width nobody asks that.
        """
        fits = np.ones(len(self._fillings), dtype=bool)
        for said in (*self._table.known, *(cell for cell in self._table.cells if cell.name not in hidden)):
            fits &= (said.low <= self._total(said.members)) & (self._total(said.members) <= said.high)
        targets: dict[str | int, tuple[int, ...]] = {
            cell.name: cell.members
            for cell in self._table.cells
            if cell.name in hidden or (cell.low < cell.high and cell.members not in self._told)
        }
        named = self._told | {cell.members for cell in self._table.cells}
        targets |= {atom: (atom,) for atom in range(len(self._table.upper)) if (atom,) not in named}
        wanted = {name: members for name, members in targets.items() if np.ptp(self._total(members)) >= width}
        return {name for name, members in wanted.items() if np.ptp(self._total(members)[fits]) < width}

    def patterns(self) -> list[tuple[int, frozenset[str]]]:
        """Every pattern there is, with the cost of what it hides beyond the cells that must be; cheapest first."""
        must = frozenset(cell.name for cell in self._table.cells if cell.must_hide)
        may = [(cell.cost, cell.name) for cell in self._table.cells if cell.cost is not None and cell.name not in must]
        subsets = itertools.chain.from_iterable(itertools.combinations(may, size) for size in range(len(may) + 1))
        found = [(sum(cost for cost, _ in some), must | {name for _, name in some}) for some in subsets]
        return sorted(found, key=lambda pattern: pattern[0])

    def least_cost(self, width: int) -> int | None:
        """What the cheapest safe pattern costs beyond the cells that must be hidden; None if no pattern is safe."""
        return next((cost for cost, hidden in self.patterns() if not self.tight(hidden, width)), None)

    def _total(self, members: tuple[int, ...]) -> NDArray[np.int64]:
        total: NDArray[np.int64] = self._fillings[:, list(members)].sum(axis=1)
        return total
