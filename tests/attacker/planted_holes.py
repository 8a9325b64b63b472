"""Publications with a hole of a known kind, and ones without: each is known from its construction, none from a solver.

A hole tells true things about new atoms and names those whose people can then be told too closely. What surrounds it
is true as well, about the same atoms and others: that can narrow a hole, never close it.
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from attacker.table import Statement, Table, Target

WIDTH = 3
_MINIMUM = 3  # people a shown cell has at least, and lacks at least
_UPPER = 400


@dataclass
class Publication:
    """True counts and known largest counts by atom, and what is told about them."""

    counts: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    def atoms(self, counts: list[int], upper: int = _UPPER) -> tuple[int, ...]:
        """New atoms of these counts."""
        self.counts += counts
        self.upper += [upper] * len(counts)
        return tuple(range(len(self.counts) - len(counts), len(self.counts)))

    def sum(self, members: tuple[int, ...]) -> int:
        """The true number of people."""
        return sum(self.counts[atom] for atom in members)

    def tell(self, members: tuple[int, ...]) -> None:
        """The exact number."""
        self.statements.append(Statement(members, self.sum(members), self.sum(members)))

    def tell_rounded(self, members: tuple[int, ...]) -> None:
        """The number rounded to 5, where the rule shows it."""
        most = sum(self.upper[atom] for atom in members) - _MINIMUM
        if _MINIMUM <= self.sum(members) <= most:
            printed = 5 * round(self.sum(members) / 5)
            self.statements.append(Statement(members, max(printed - 2, _MINIMUM), min(printed + 2, most)))

    def table(self) -> Table:
        """What the attacker sees."""
        return Table(tuple(map(float, self.upper)), tuple(self.statements))


Hole = Callable[[Publication, random.Random], tuple[int, ...]]


def _hidden_among_exact_siblings(told: Publication, numbers: random.Random) -> tuple[int, ...]:
    siblings = told.atoms(_counts(numbers, numbers.randint(2, 9)))
    for atom in siblings[1:]:
        told.tell((atom,))
    told.tell(siblings)
    return siblings[:1]


def _two_variants_one_area_apart(told: Publication, numbers: random.Random) -> tuple[int, ...]:
    areas = told.atoms(_counts(numbers, numbers.randint(3, 9)))
    told.tell(areas)
    told.tell(areas[1:])
    return areas[:1]


def _two_releases_of_different_pattern(told: Publication, numbers: random.Random) -> tuple[int, ...]:
    """The first hides two cells, the second one of them and a third; what one shows is known in both."""
    areas = told.atoms(_counts(numbers, numbers.randint(4, 9)))
    for hidden in (areas[1], areas[2]):
        told.tell(areas)
        for atom in areas[1:]:
            if atom != hidden:
                told.tell((atom,))
    return areas[:1]


def _rounding_that_gives_a_cell_back(told: Publication, numbers: random.Random) -> tuple[int, ...]:
    """Four or nine children, each 2 above what is printed; so their sum ends on 3 or 8, and is 2 below what is printed."""
    children = told.atoms([5 * numbers.randint(1, 40) + 2 for _ in range(numbers.choice((4, 9)))])
    for atom in children:
        told.tell_rounded((atom,))
    told.tell_rounded(children)
    return children[:1]


def _rate_of_too_many_decimals(told: Publication, numbers: random.Random) -> tuple[int, ...]:
    """Fewer than two people to a last digit."""
    denominator, digits = numbers.choice(((300, 1), (1900, 1), (2500, 2), (19_000, 2)))
    areas = told.atoms(_counts(numbers, numbers.randint(1, 3)), upper=denominator)
    printed, half = round(100 * told.sum(areas) / denominator, digits), 0.5 * 10**-digits
    low, high = (printed - half) * denominator / 100, (printed + half) * denominator / 100
    told.statements.append(Statement(areas, low, high))
    return areas


def _two_hierarchies_with_a_sliver(told: Publication, numbers: random.Random) -> tuple[int, ...]:
    """Two districts cover what three school areas cover, and one area more."""
    areas = told.atoms(_counts(numbers, numbers.randint(7, 12)))
    for covered, part_count in ((areas, 2), (areas[1:], 3)):
        cuts = [0, *sorted(numbers.sample(range(2, len(covered) - 1), part_count - 1)), len(covered)]
        for begin, end in itertools.pairwise(cuts):
            told.tell(covered[begin:end])
    return areas[:1]


def _few_who_are_not_counted(told: Publication, numbers: random.Random) -> tuple[int, ...]:
    """Nearly everybody: the rule keeps 3 apart, so the rounded number is one of at most three."""
    fives, rest = numbers.randint(2, 60), numbers.randint(1, 3)
    area = told.atoms([5 * fives - 2], upper=5 * fives + rest)
    told.tell_rounded(area)
    return area


def _change_between_two_periods(told: Publication, numbers: random.Random) -> tuple[int, ...]:
    before, since = told.atoms(_counts(numbers, 2))
    told.tell((before,))
    change = told.counts[since] - told.counts[before]
    told.statements.append(Statement((since, before), change, change, (1, -1)))
    return (since,)


# Each kind with the spread of people it leaves at most.
HOLES: dict[Hole, int] = {
    _hidden_among_exact_siblings: 0,
    _two_variants_one_area_apart: 0,
    _two_releases_of_different_pattern: 0,
    _rounding_that_gives_a_cell_back: 0,
    _rate_of_too_many_decimals: 1,
    _two_hierarchies_with_a_sliver: 0,
    _few_who_are_not_counted: 2,
    _change_between_two_periods: 0,
}


def planted(hole: Hole, numbers: random.Random) -> tuple[Publication, Target]:
    """The hole within its surroundings."""
    told = Publication()
    target = Target("hole", hole(told, numbers))
    told.atoms(_counts(numbers, numbers.randint(0, 30)))
    for _ in range(numbers.randint(5, 25)):
        members = _some(numbers, len(told.counts))
        numbers.choice((told.tell, told.tell_rounded))(members)
    return told, target


def safe(numbers: random.Random) -> tuple[Table, list[Target]]:
    """A publication that two different sets of counts fulfil, and sums that differ between them by at least the width.

    Whatever is told of a sum in which both agree is exact; else it is as close as it can be.
    """
    some = [numbers.randint(8, 40) for _ in range(numbers.randint(6, 40))]
    other = list(some)
    order = numbers.sample(range(len(some)), len(some))
    for gaining, losing in zip(order[::2], order[1::2], strict=False):
        moved = numbers.randint(WIDTH, WIDTH + 4)
        other[gaining] += moved
        other[losing] -= moved
    sums = [
        tuple(range(len(some))),
        *((atom,) for atom in range(len(some))),
        *(_some(numbers, len(some)) for _ in range(30)),
    ]
    values = [sorted(sum(counts[atom] for atom in members) for counts in (some, other)) for members in sums]
    statements = tuple(Statement(members, low, high) for members, (low, high) in zip(sums, values, strict=True))
    targets = [
        Target(f"{number}", members)
        for number, (members, (low, high)) in enumerate(zip(sums, values, strict=True))
        if high - low >= WIDTH
    ]
    return Table((float(_UPPER),) * len(some), statements), targets


def _counts(numbers: random.Random, atom_count: int) -> list[int]:
    return [numbers.choice((0, 1, 2, 4, 7, 12, 30, 90)) + numbers.randint(0, 2) for _ in range(atom_count)]


def _some(numbers: random.Random, atom_count: int) -> tuple[int, ...]:
    return tuple(numbers.sample(range(atom_count), numbers.randint(1, min(atom_count, 12))))
