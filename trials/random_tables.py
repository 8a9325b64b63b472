"""Random tables of people as plain data: two hierarchies that cross, area sets that overlap, and what an office prints of a cell.

Nothing here decides what is hidden but the rule itself, which hides cells of few people and cells that lack few.
"""

import itertools
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from attacker.table import Statement

MINIMUM = 3  # people a shown cell has at least, and lacks at least
BASE = 5  # counts are printed as multiples of it, and the last digit of a rate stands for at least so many people
_MOST_DECIMALS = 2
_FEW = (0, 0, 1, 2, 2, 3, 4, 6)
_SOME = (5, 8, 13, 21, 40, 90)


@dataclass(frozen=True)
class Cell:
    """A sum of people that may be printed: its name, and the atoms that are its members."""

    name: str
    members: tuple[int, ...]


@dataclass(frozen=True)
class RandomTable:
    """True counts of people and known denominators by atom, the cells that may be printed, and whether as a rate in per cent."""

    counts: tuple[int, ...]
    denominators: tuple[int, ...]
    cells: tuple[Cell, ...]
    is_rate: bool

    def count(self, cell: Cell) -> int:
        """People in the cell."""
        return sum(self.counts[atom] for atom in cell.members)

    def denominator(self, cell: Cell) -> int:
        """People of whom those in the cell are some."""
        return sum(self.denominators[atom] for atom in cell.members)

    def is_primary(self, cell: Cell) -> bool:
        """Whether the rule itself hides the cell: few people are in it, or few are not."""
        return not MINIMUM <= self.count(cell) <= self.denominator(cell) - MINIMUM

    def decimals(self, cell: Cell) -> int | None:
        """Decimals its rate is printed with; None where its count is printed, as it is where a whole per cent is too few people."""
        if not self.is_rate:
            return None
        enough = [digits for digits in range(_MOST_DECIMALS + 1) if self.denominator(cell) >= 100 * BASE * 10**digits]
        return max(enough, default=None)

    def printed(self, cell: Cell) -> Statement:
        """What a reader knows of a shown cell: the digits, and that the rule shows it."""
        count, denominator, digits = self.count(cell), self.denominator(cell), self.decimals(cell)
        if digits is None:
            middle, half = Fraction(BASE * round(count / BASE)), Fraction(BASE // 2)
        else:
            middle = round(Fraction(100 * count, denominator), digits) * denominator / 100
            half = Fraction(denominator, 200 * 10**digits)
        low, high = max(middle - half, Fraction(MINIMUM)), min(middle + half, Fraction(denominator - MINIMUM))
        return Statement(cell.members, low, high)

    def published(self, hidden: Collection[Cell]) -> tuple[Statement, ...]:
        """What a reader knows when all cells but these are shown."""
        return tuple(self.printed(cell) for cell in self.cells if cell not in hidden)


def random_table(numbers: random.Random) -> RandomTable:
    """A table of 12 to 60 areas within districts, perhaps boroughs, and the city; beside them school areas and area sets.

    School areas cut across districts; an area set is a few districts with up to two areas more or less. Four areas in
    ten have few people; of the others one in ten lacks few.
    """
    areas = range(numbers.randint(12, 60))
    counts = tuple(numbers.choice(_FEW if numbers.random() < 0.4 else _SOME) for _ in areas)
    lacking = [
        numbers.randint(0, 4) if count in _SOME and numbers.random() < 0.1 else numbers.randint(20, 3000)
        for count in counts
    ]
    districts = _parts(areas, numbers.randint(4, 6), numbers)
    half, turn = numbers.randint(2, len(districts) - 1), numbers.randint(1, 5)
    boroughs = [_united(districts[:half]), _united(districts[half:])] if numbers.random() < 0.5 else []
    groups: dict[str, list[tuple[int, ...]]] = {
        "area": [(area,) for area in areas],
        "district": districts,
        "borough": boroughs,
        "city": [tuple(areas)],
        "school area": _parts([*areas[turn:], *areas[:turn]], numbers.randint(3, 8), numbers),
        "area set": [_area_set(districts, numbers) for _ in range(numbers.randint(2, 6))],
    }
    names: dict[tuple[int, ...], str] = {}
    for kind, sums in groups.items():
        for number, members in enumerate(sums, start=1):
            names.setdefault(tuple(sorted(members)), f"{kind} {number}")
    cells = tuple(Cell(name, members) for members, name in names.items())
    denominators = tuple(count + others for count, others in zip(counts, lacking, strict=True))
    return RandomTable(counts, denominators, cells, is_rate=numbers.random() < 0.5)


def _parts(areas: Sequence[int], count: int, numbers: random.Random) -> list[tuple[int, ...]]:
    """So many parts that follow each other."""
    cuts = [0, *sorted(numbers.sample(range(1, len(areas)), count - 1)), len(areas)]
    return [tuple(areas[begin:end]) for begin, end in itertools.pairwise(cuts)]


def _united(parts: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(itertools.chain.from_iterable(parts))


def _area_set(districts: Sequence[tuple[int, ...]], numbers: random.Random) -> tuple[int, ...]:
    some = _united(numbers.sample(districts, numbers.randint(1, len(districts) - 1)))
    edited = numbers.sample(_united(districts), numbers.randint(0, 2))
    return tuple({*some} ^ {*edited}) or some
