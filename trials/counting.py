"""What was counted in simulated worlds: worlds and hits by cell, and the verdict on cells that left their band."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from trials.full_counts import CountScenario, count_scenarios
from trials.judging import ERROR_RATE, LOOSE, STRICT, Cell, pooled, unexplained
from trials.worlds import GapScenario, Sample, coverage_samples, gap_scenarios

# outcomes whose true share is one of the grid
IN_GRID = {10.0, 20.0, 35.0, 50.0}

Key = tuple[str, ...]


@dataclass
class Counted:
    """Worlds and hits by what was asked, and sums of widths; grows block by block."""

    samples: list[Sample] = field(default_factory=coverage_samples)
    scenarios: list[GapScenario] = field(default_factory=gap_scenarios)
    counts: list[CountScenario] = field(default_factory=count_scenarios)
    worlds: Counter[Key] = field(default_factory=Counter)
    hits: Counter[Key] = field(default_factory=Counter)
    sums: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    answers: int = 0

    def add(self, key: Key, hits: npt.NDArray[np.bool_]) -> None:
        """Count the worlds of one cell of a block."""
        self.worlds[key] += len(hits)
        self.hits[key] += int(hits.sum())

    def mean(self, key: Key) -> float:
        """Mean of a width over the worlds of a cell."""
        return self.sums[key] / self.worlds[key]

    def coverage(self, way: str = "mart") -> dict[Key, Cell]:
        """(item, part, outcome) → how often the limits of that way held the truth."""
        cells: dict[Key, Cell] = {}
        for sample in self.samples:
            for outcome, truth in sample.truth.items():
                if truth in IN_GRID:
                    key = (way, sample.item_id, sample.part, outcome)
                    band = STRICT if sample.design.n > 100 and truth > 10 else LOOSE
                    cells[key[1:]] = Cell(" ".join(key[1:]), self.worlds[key], self.hits[key], band)
        return cells

    def by_scenario(self, way: str, band: tuple[float, float]) -> dict[str, Cell]:
        """Scenario → how often what `way` names happened."""
        return {
            name: Cell(f"{way} {name}", self.worlds[way, name], self.hits[way, name], band)
            for name in (scenario.item_id for scenario in self.scenarios)
        }

    def by_count(self, way: str, band: tuple[float, float] | None = None) -> dict[str, Cell]:
        """Scenario of a full count → how often what `way` names happened; without a band that of coverage."""
        return {
            each.item_id: Cell(
                f"{way} {each.item_id}",
                self.worlds[way, each.item_id],
                self.hits[way, each.item_id],
                band or (STRICT if each.is_large else LOOSE),
            )
            for each in self.counts
        }

    def pooled_coverage(self, way: str = "mart") -> dict[tuple[float, float], Cell]:
        """(spread, relation) → coverage over all strict cells of such weights."""
        cells = self.coverage(way)
        found = {}
        for spread, relation in sorted({(s.design.spread, s.design.relation) for s in self.samples}):
            alike = [s for s in self.samples if (s.design.spread, s.design.relation) == (spread, relation)]
            chosen = [
                cells[s.item_id, s.part, outcome]
                for s in alike
                for outcome, truth in s.truth.items()
                if truth in IN_GRID and cells[s.item_id, s.part, outcome].band == STRICT
            ]
            drawn = sum(s.design.n > 100 for s in alike) * chosen[0].worlds
            found[spread, relation] = pooled(f"{way} CV {spread:g} r {relation:g}", chosen, drawn)
        return found


def judged(counted: Counted) -> list[Cell]:
    """Every cell of the marts that has a band."""
    return [
        *counted.coverage().values(),
        *counted.by_scenario("change", STRICT).values(),
        *counted.by_scenario("gap", STRICT).values(),
        *counted.by_scenario("error", ERROR_RATE).values(),
        *counted.by_count("gap").values(),
        *counted.by_count("error", ERROR_RATE).values(),
    ]


def is_found_out(counted: Counted, way: str) -> bool:
    """Whether these worlds refuse a wrong way, cell by cell or pooled."""
    if way in ("kish", "unweighted"):
        cells, together = list(counted.coverage(way).values()), list(counted.pooled_coverage(way).values())
    else:
        by_way = counted.by_count if way == "as counted" else counted.by_scenario
        cells = list(by_way(way, ERROR_RATE).values())
        together = [pooled(way, cells, sum(cell.worlds for cell in cells))]
    return bool(unexplained(cells) or unexplained(together))


def failures(counted: Counted) -> list[str]:
    """Sentences about every band that was left by more than chance, and every wrong way that was not found out."""
    found = [
        f"{cell.name}: {100 * cell.rate:.2f} % is not explained by its band" for cell in unexplained(judged(counted))
    ]
    for way in ("kish", "unweighted", "one-sided", "estimate", "as counted"):
        if not is_found_out(counted, way):
            found.append(f"the wrong way {way} was not found out")
    return found
