"""The search for counts a publication leaves possible: every such set of counts is a witness for all sums at once.

A sum is safe as soon as two witnesses lie far enough apart on it, so most need no question of their own: the search goes to corners
where many sums are large and many small. What is left is asked sum by sum, over real numbers first. An answer, rounded, is a
witness only if it fulfils every statement exactly; where none attains what real numbers allow, whole ones are asked.
"""

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from attacker.solving import Solver, Undecided
from attacker.whole_numbers import Inequalities, Numbers, Positions, Sums

_SLACK = 1e-3  # what an answer over real numbers may miss the true one by: far more than it does, which only costs time
_FIRST = 1000.0  # weight of the sum asked for where the others, weighing 1, choose among its corners


class Contradiction(Exception):
    """No whole numbers of people fulfil all statements."""


class Search:
    """The least and the most seen so far of every sum of people, over counts that fulfil the inequalities.

    `is_limited` says of which sums there is a most at all.
    """

    def __init__(self, inequalities: Inequalities, sums: Sums) -> None:
        """Sees one set of counts. Raises Contradiction where there is none, Undecided where the solver gives up."""
        self._inequalities, self._sums = inequalities, sums
        self._real = Solver(inequalities, whole=False)
        self._signs = np.random.default_rng(0)
        self.least, self.most = np.full(sums.sum_count, math.inf), np.full(sums.sum_count, -math.inf)
        nowhere = np.zeros(len(inequalities.upper))
        if not self._is_witness(self._answer(self._real, nowhere)):
            self._ask_whole(nowhere)
        self.is_limited: NDArray[np.bool_] = sums.of(self._is_unlimited()) == 0

    def look_around(self, numbers: Positions) -> None:
        """See two opposite corners: what is large of these limited sums in one is small in the other."""
        way = self._way(numbers)
        for weights in (way, -way):
            self._is_witness(self._answer(self._real, weights))

    def settle(self, number: int, sign: int) -> None:
        """See this limited sum at its most (sign 1) or at its least (sign -1). Raises Undecided where the solver gives up."""
        weights = self._towards(np.array([number]), np.array([sign]))
        answer = self._answer(self._real, weights)
        possible = math.floor(weights @ answer + _SLACK)
        self._is_witness(answer)
        if self._seen(number, sign) < possible:
            aside = self._way(np.flatnonzero(self.is_limited))
            self._is_witness(self._answer(self._real, _FIRST * weights + aside))
        if self._seen(number, sign) < possible:
            self._ask_whole(weights)

    def _seen(self, number: int, sign: int) -> float:
        return float(self.most[number] if sign > 0 else -self.least[number])

    def _way(self, numbers: Positions) -> Numbers:
        return self._towards(numbers, self._signs.choice([-1, 1], len(numbers)))

    def _towards(self, numbers: Positions, signs: Positions) -> Numbers:
        """Weights by atom under which these sums are large, or small where the sign is -1."""
        weights = np.zeros(self._sums.sum_count)
        weights[numbers] = signs
        return self._sums.together(weights)

    def _is_unlimited(self) -> Numbers:
        """1 by atom whose count nothing limits, else 0; mostly there is none, which takes one question."""
        suspected = np.isinf(self._inequalities.upper).astype(float)
        if np.isfinite(self._answer(self._real, suspected)).all():
            return np.zeros_like(suspected)
        single = np.diag(suspected)
        return np.array([np.isinf(self._answer(self._real, weights)).any() for weights in single], dtype=float)

    @cached_property
    def _whole(self) -> Solver:
        return Solver(self._inequalities, whole=True)

    def _ask_whole(self, weights: Numbers) -> None:
        if not self._is_witness(self._answer(self._whole, weights)):
            raise Undecided("counts that are whole only within the solver's tolerance")

    @staticmethod
    def _answer(solver: Solver, weights: Numbers) -> Numbers:
        counts = solver.largest(weights)
        if counts is None:
            raise Contradiction
        return counts

    def _is_witness(self, counts: Numbers) -> bool:
        """Whether these counts, rounded, are possible; then they are seen."""
        rounded = np.rint(counts)
        if not self._inequalities.hold(rounded):
            return False
        values = self._sums.of(rounded)
        np.minimum(self.least, values, out=self.least)
        np.maximum(self.most, values, out=self.most)
        return True
