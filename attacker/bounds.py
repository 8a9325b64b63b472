"""What can be concluded of sums of people from a publication: the smallest and the largest each can be, over whole numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attacker.search import Contradiction, Search
from attacker.solving import Undecided
from attacker.table import Table, Target
from attacker.whole_numbers import Positions, inequalities, sums_of

__all__ = ["Contradiction", "Finding", "Undecided", "Unlimited", "bounds", "findings"]
_WORTH_A_LOOK = 4  # targets that two corners must settle, or each is asked by itself


class Unlimited(Exception):
    """Nothing that was published limits the target from above."""


@dataclass(frozen=True)
class Finding:
    """A target that is known too closely: its people number at least low and at most high, and can number both."""

    target: Target
    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        """Whether the number is known."""
        return self.low == self.high


def bounds(table: Table, target: Target) -> tuple[int, int]:
    """The smallest and the largest number of people the target can have.

    Raises Contradiction where no whole numbers fulfil the statements, Unlimited where there is no largest, Undecided where the
    solver gives up, ValueError where members are not different atoms of the table.
    """
    search = _search(table, [target])
    if not search.is_limited[0]:
        raise Unlimited(target.name)
    search.settle(0, 1)
    search.settle(0, -1)
    return int(search.least[0]), int(search.most[0])


def findings(table: Table, targets: Sequence[Target], width: int) -> list[Finding]:
    """The targets whose largest number exceeds the smallest by less than this many people, by name.

    Raises as `bounds` does, but never Unlimited: a target without a largest number is safe.
    """
    search = _search(table, targets)
    before, suspects = math.inf, _closer(search, width)
    while before - len(suspects) >= _WORTH_A_LOOK and len(suspects):
        search.look_around(suspects)
        before, suspects = len(suspects), _closer(search, width)
    for number in suspects.tolist():
        for sign in (1, -1):
            if search.most[number] - search.least[number] < width:
                search.settle(number, sign)
    found = [
        Finding(targets[number], int(search.least[number]), int(search.most[number]))
        for number in _closer(search, width).tolist()
    ]
    return sorted(found, key=lambda finding: finding.target.name)


def _search(table: Table, targets: Sequence[Target]) -> Search:
    return Search(inequalities(table), sums_of([(each.members, None) for each in targets], len(table.upper)))


def _closer(search: Search, width: int) -> Positions:
    return np.flatnonzero(search.is_limited & (search.most - search.least < width))
