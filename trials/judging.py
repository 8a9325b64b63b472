"""Counts of worlds against the bands STATISTICS C1 and C2 name.

A band is about the true rate; a measured one leaves it by chance now and then. So a count is refused only if no
true rate inside its band explains it, at 99.9 % over all cells looked at together (exact binomial tails,
Bonferroni). The same rule holds for few worlds and for many. Rates outside the band itself are printed and marked.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

STRICT = (0.93, 0.97)
LOOSE = (0.925, 0.985)
ERROR_RATE = (0.01, 0.04)
CONFIDENCE = 0.999


@dataclass(frozen=True)
class Cell:
    """How many of `worlds` hit, and the band the rate belongs in."""

    name: str
    worlds: int
    hits: int
    band: tuple[float, float]

    @property
    def rate(self) -> float:
        """Share of the worlds that hit."""
        return self.hits / self.worlds

    @property
    def is_in_band(self) -> bool:
        """Whether the measured rate itself lies in the band."""
        return self.band[0] <= self.rate <= self.band[1]

    def is_explained(self, confidence: float, cells: int) -> bool:
        """Whether some true rate in the band explains the count, as one of `cells` looked at."""
        tail = (1 - confidence) / (2 * cells)
        return _at_most(self.hits, self.worlds, self.band[0]) > tail and (
            _at_most(self.worlds - self.hits, self.worlds, 1 - self.band[1]) > tail
        )


def unexplained(cells: Sequence[Cell]) -> list[Cell]:
    """Cells whose counts no rate in their bands explains, looked at together."""
    return [cell for cell in cells if not cell.is_explained(CONFIDENCE, len(cells))]


def pooled(name: str, cells: Sequence[Cell], samples: int) -> Cell:
    """Cells of one band as one. Answers to one sample are not independent: it counts as `samples` draws, no more."""
    rate = sum(cell.hits for cell in cells) / sum(cell.worlds for cell in cells)
    return Cell(name, samples, round(rate * samples), cells[0].band)


def _at_most(hits: int, worlds: int, rate: float) -> float:
    """Probability of at most `hits` of `worlds` at a rate."""
    counts = np.arange(hits + 1)
    ways = math.lgamma(worlds + 1) - np.array([math.lgamma(k + 1) + math.lgamma(worlds - k + 1) for k in counts])
    return float(np.exp(ways + counts * math.log(rate) + (worlds - counts) * math.log1p(-rate)).sum())
