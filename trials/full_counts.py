"""Full counts as one outcome of a process: cases of two parts of a city, drawn at known rates, landed as figures of areas.

A world is a city of two parts with a fixed number of people. What a year counts is drawn: of a share each person is a
case or not (binomial), of a rate cases come one by one (Poisson). From the first year to the second the gap between the
parts widens by exactly its margin. Nothing here computes an estimate.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from trials.worlds import PARTS, SEED, WAVES, indicator_row, schemas

_LARGE = 100  # expected cases, and people who are none, from which on the strict band holds
_STREAM = 10_000  # added to the number of a scenario, so that no survey is drawn with the same seed
_PROVENANCE = {"_source": "register", "_table": "register__cases", "_delivery": "0" * 64, "_row": "drawn"}


@dataclass(frozen=True)
class CountScenario:
    """A gap between north and rest, in per cent of people or in cases per 1,000, that widens by exactly its margin."""

    item_id: str
    is_rate: bool
    people: Mapping[str, int]
    levels: Mapping[str, float]  # of the first year
    margin: float

    @property
    def factor(self) -> int:
        """Per how many people cases are told."""
        return 1000 if self.is_rate else 100

    @property
    def is_large(self) -> bool:
        """Whether chance is as good as normal: many cases, and of a share many others, in both parts."""
        return all(
            min(cases, self.people[part] - cases if not self.is_rate else cases) > _LARGE
            for part in PARTS
            for cases in (self.people[part] * self.levels[part] / self.factor,)
        )

    def level(self, wave: str, part: str) -> float:
        """The true share or rate."""
        return self.levels[part] + (self.margin if (wave, part) == (WAVES[1], "north") else 0.0)

    def cases(self, wave: str, part: str, worlds: int, chance: np.random.Generator) -> npt.NDArray[np.int64]:
        """What a year counts in each world."""
        people, rate = self.people[part], self.level(wave, part) / self.factor
        return chance.poisson(people * rate, worlds) if self.is_rate else chance.binomial(people, rate, worlds)


def count_scenarios() -> list[CountScenario]:
    """The shares and numbers of STATISTICS C2 as full counts, an office's small share, and rates of few and many cases."""
    shares = [
        # share in north and rest, people in north, margin in pp; the rest has five times as many people
        (50.0, 40.0, 2819, 2.0),
        (35.0, 30.0, 1100, 2.0),
        (20.0, 15.0, 1100, 2.0),
        (20.0, 18.0, 230, 4.0),
        (10.0, 8.0, 2819, 1.0),
        (10.0, 8.0, 230, 4.0),
        (2.0, 1.5, 50_000, 0.1),
    ]
    rates = [(8.0, 6.0, 2819, 2.0), (40.0, 30.0, 1100, 4.0), (120.0, 100.0, 50_000, 3.0)]  # per 1,000
    found = []
    for is_rate, rows in ((False, shares), (True, rates)):
        for north, rest, people, margin in rows:
            name = f"{'rate' if is_rate else 'share'}_{north:g}_of_{people}"
            both, levels = {"north": people, "rest": 5 * people}, {"north": north, "rest": rest}
            found.append(CountScenario(name, is_rate, both, levels, margin))
    return found


def land(folder: Path, block: int, worlds: int, scenarios: list[CountScenario]) -> None:
    """Write figures and indicators of a block of worlds beside what is landed of its surveys."""
    known = schemas()
    rows = {
        "area_figure": [row for number, each in enumerate(scenarios) for row in _figures(number, each, block, worlds)],
        "programme__indicator": [{**_indicator(each), **_PROVENANCE} for each in scenarios],
    }
    for name, found in rows.items():
        pq.write_table(pa.Table.from_pylist(found, schema=known[name]), folder / name / "full_counts.parquet")


def _figures(number: int, scenario: CountScenario, block: int, worlds: int) -> Iterator[dict[str, Any]]:
    chance = np.random.default_rng([SEED, block, _STREAM + number])
    for wave in WAVES:
        for part in PARTS:
            cases = scenario.cases(wave, part, worlds, chance).tolist()
            for world in range(worlds):
                for measure, value in (("cases", cases[world]), ("people", scenario.people[part])):
                    yield {
                        "measure_id": f"{scenario.item_id}_{measure}",
                        "area_level": "part",
                        "area_id": f"{part}-{world}",
                        "period": wave,
                        "reference_on": dt.date(int(wave), 12, 31),
                        "value": Decimal(value),
                        "status": "final",
                        "unit": "persons",
                        **_PROVENANCE,
                    }


def _indicator(scenario: CountScenario) -> dict[str, Any]:
    return indicator_row(
        scenario.item_id,
        scenario.margin,
        kind="ratio",
        scale="ratio" if scenario.is_rate else "share",
        numerator_measure_id=f"{scenario.item_id}_cases",
        denominator_measure_id=f"{scenario.item_id}_people",
        factor=Decimal(scenario.factor),
        unit="per_1000" if scenario.is_rate else "pct",
        tolerance=Decimal(0),
        source_id="register",
    )
