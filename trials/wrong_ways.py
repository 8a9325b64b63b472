"""Two wrong ways to the limits of a share, and how many worlds it takes to find them out.

    python -m trials.wrong_ways [--worlds N]

Wilson on Kish's effective n alone holds the truth a little too seldom, and only in a few cells: so little that the
2,000 worlds that suffice for the marts miss it more often than not. No model computes it, so more worlds cost seconds:
the first of them are those of the trial, drawn with the same seeds. The command says how likely it is that a number of
worlds finds it out, from draws of another seed, and what N worlds of the trial's own seed show.
"""

import argparse
import sys
from bisect import bisect_left

import numpy as np
import numpy.typing as npt

from trials.counting import IN_GRID, Counted, is_found_out
from trials.judging import CONFIDENCE, Cell
from trials.worlds import SEED, Sample, draw

WRONG_WAY_WORLDS = 10_000
Z = 1.959963984540054

_SEED_OF_THE_PLAN = 20241231  # shares no draw with the trial
_PLANNED = (2_000, 4_000, WRONG_WAY_WORLDS)
_PLANNING_WORLDS = 20_000

Numbers = npt.NDArray[np.float64]


def count_wrong_ways(counted: Counted, worlds: int, block_size: int, seed: int = SEED) -> None:
    """Count limits that hold the truth in `worlds` worlds: by Kish's effective n, and as if weights were equal."""
    for block, first in enumerate(range(0, worlds, block_size)):
        for number, sample in enumerate(counted.samples):
            chance = np.random.default_rng([seed, block, number])
            _count(counted, sample, min(block_size, worlds - first), chance)


def _count(counted: Counted, sample: Sample, worlds: int, chance: np.random.Generator) -> None:
    answers, weights = (
        each.reshape(worlds, -1) for each in draw(sample.design, list(sample.shares.values()), worlds, chance)
    )
    kish = weights.sum(axis=1) ** 2 / (weights**2).sum(axis=1)
    for outcome, truth in sample.truth.items():
        if truth in IN_GRID:
            given = list(sample.shares).index("improve" if outcome == "optimists" else "worsen")
            share = np.where(answers == given, weights, 0).sum(axis=1) / weights.sum(axis=1)
            for way, n in (("kish", kish), ("unweighted", np.full(worlds, float(sample.design.n)))):
                lower, upper = _wilson(share, n)
                counted.add(
                    (way, sample.item_id, sample.part, outcome), (100 * lower <= truth) & (truth <= 100 * upper)
                )


def _wilson(share: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    middle, spread = share + Z**2 / (2 * n), Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return (middle - spread) / (1 + Z**2 / n), (middle + spread) / (1 + Z**2 / n)


def chance_to_be_found(cells: list[Cell], worlds: int, chance: np.random.Generator) -> float:
    """How likely `worlds` worlds find out that one of these rates leaves its band: that of the plainest cell alone."""
    return max(
        float((chance.binomial(worlds, cell.rate, 100_000) < _fewest_explained(cell, worlds, len(cells))).mean())
        for cell in cells
    )


def _fewest_explained(cell: Cell, worlds: int, cells: int) -> int:
    inside = range(int(worlds * cell.band[0]))
    return bisect_left(inside, True, key=lambda hits: Cell("", worlds, hits, cell.band).is_explained(CONFIDENCE, cells))


def main() -> int:
    """Say how many worlds are needed and what so many show; exit code 1 if a wrong way is not found out."""
    parser = argparse.ArgumentParser(description="Count two wrong ways to the limits of a share.")
    parser.add_argument("--worlds", type=int, default=WRONG_WAY_WORLDS, help="worlds in each cell")
    parser.add_argument("--block", type=int, default=250, help="worlds drawn at once; part of the seed")
    chosen = parser.parse_args()
    planned = Counted()
    count_wrong_ways(planned, _PLANNING_WORLDS, chosen.block, _SEED_OF_THE_PLAN)
    cells = list(planned.coverage("kish").values())
    for worlds in _PLANNED:
        likely = chance_to_be_found(cells, worlds, np.random.default_rng(_SEED_OF_THE_PLAN))
        print(f"{worlds:,} worlds find out kish with a chance of at least {100 * likely:.1f} %")
    counted = Counted()
    count_wrong_ways(counted, chosen.worlds, chosen.block)
    found = {way: is_found_out(counted, way) for way in ("kish", "unweighted")}
    for way, is_found in found.items():
        lowest = min(counted.coverage(way).values(), key=lambda cell: cell.rate - cell.band[0])
        said = "found out" if is_found else "not found out"
        print(f"{chosen.worlds:,} worlds: {way} {said}, furthest {100 * lowest.rate:.2f} % ({lowest.name})")
    return 0 if all(found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
