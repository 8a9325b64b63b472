"""What is published together: cells that sum up the same atoms, and what is known whatever is hidden.

An atom is the smallest part that is counted (an area, a single event), a cell a set of atoms. Cells may nest, cross
and overlap as they like: levels of two hierarchies, sets of areas, the city. All counts are of people.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A sum over atoms that is shown or hidden.

    `members` are positions of atoms. Whoever sees the cell concludes `low` ≤ count ≤ `high`: one count if it is exact,
    those that print the same rate, or those that round to the same base. `cost` is what is lost by hiding it (a
    denominator, a declared weight); None if it stays open. `must_hide` hides it whatever it costs.
    """

    name: str
    members: tuple[int, ...]
    low: int
    high: int
    cost: int | None
    must_hide: bool = False


@dataclass(frozen=True)
class Known:
    """A statement that holds whatever is hidden now, such as a cell of an earlier release: `low` ≤ count ≤ `high`."""

    members: tuple[int, ...]
    low: int
    high: int


@dataclass(frozen=True)
class Table:
    """Atoms with the most people each can count (everybody knows these), cells in declared order, and known statements.

    An atom nobody can be in is left out by the caller: nothing can protect it. Raises ValueError if a cell's name
    stands twice, or members, bounds or costs cannot be.
    """

    upper: tuple[int, ...]
    cells: tuple[Cell, ...]
    known: tuple[Known, ...] = ()

    @property
    def statements(self) -> tuple[Cell | Known, ...]:
        """What a reader knows if nothing is hidden: cells first, at their positions."""
        return (*self.cells, *self.known)

    def __post_init__(self) -> None:
        if len({cell.name for cell in self.cells}) < len(self.cells):
            raise ValueError("a name of a cell stands twice")
        if min(self.upper, default=0) < 0 or any(cell.cost is not None and cell.cost < 0 for cell in self.cells):
            raise ValueError("an upper bound or a cost is below zero")
        for statement in self.statements:
            places = set(statement.members)
            if not places or len(places) < len(statement.members) or not places <= set(range(len(self.upper))):
                raise ValueError(f"not a set of atoms: {statement}")
            if statement.low > statement.high:
                raise ValueError(f"no count is between the bounds: {statement}")


class Unprotectable(Exception):
    """Targets (names of cells, positions of atoms) that stay too tight if everything is hidden that may be."""

    def __init__(self, targets: tuple[str | int, ...]) -> None:
        super().__init__(f"cannot be protected whatever is hidden: {', '.join(map(str, targets))}")
        self.targets = targets
